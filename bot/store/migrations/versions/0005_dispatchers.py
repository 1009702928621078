"""Which dispatchers live, whose attempt is whose, and when a number may place its next call."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAITING = sa.text("status IN ('booked', 'retry_wait')")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "dispatchers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatchers")),
    )
    op.create_table(
        "pace",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_pace")),
    )
    op.add_column("attempts", sa.Column("owner", sa.String(length=64), nullable=True))
    op.create_index("ix_attempts_agent_id_started_at", "attempts", ["agent_id", "started_at"])
    op.create_index("ix_callbacks_waiting", "callbacks", ["due_at"], sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_callbacks_waiting", table_name="callbacks")
    op.drop_index("ix_attempts_agent_id_started_at", table_name="attempts")
    op.drop_column("attempts", "owner")
    op.drop_table("pace")
    op.drop_table("dispatchers")
