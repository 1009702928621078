"""Who listens in on a call, and who is asked to take it over."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "room_guests",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("attempt_id", sa.String(length=32), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("voice", sa.String(length=16), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_room_guests_attempt_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_room_guests_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_guests")),
    )
    op.create_index("ix_room_guests_attempt_id", "room_guests", ["attempt_id"])
    for name, column, condition in (
        ("uq_room_guests_here", "agent_id", "left_at IS NULL"),
        ("uq_room_guests_colleague", "attempt_id", "left_at IS NULL AND role = 'colleague'"),
    ):
        where = sa.text(condition)
        op.create_index(name, "room_guests", [column], unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Take back."""
    op.drop_table("room_guests")
