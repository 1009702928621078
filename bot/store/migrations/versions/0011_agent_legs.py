"""The agent's own leg of a call."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.add_column("attempts", sa.Column("agent_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("attempts", sa.Column("agent_call_sid", sa.String(length=64), nullable=True))
    op.add_column("attempts", sa.Column("agents_missed", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Take back."""
    op.drop_column("attempts", "agents_missed")
    op.drop_column("attempts", "agent_call_sid")
    op.drop_column("attempts", "agent_asked_at")
