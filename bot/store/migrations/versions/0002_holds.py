"""Places kept for somebody who is asked for a yes; talks by their time."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "holds",
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("slot_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("holder", "topic", "slot_start", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_topic_slot_start"), "holds", ["topic", "slot_start"], unique=False)
    op.create_index(
        "ix_attempts_spoken",
        "attempts",
        ["started_at"],
        unique=False,
        sqlite_where=sa.text("outcome = 'connected'"),
        postgresql_where=sa.text("outcome = 'connected'"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_attempts_spoken", table_name="attempts")
    op.drop_index(op.f("ix_holds_topic_slot_start"), table_name="holds")
    op.drop_table("holds")
