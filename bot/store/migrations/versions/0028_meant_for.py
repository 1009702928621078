"""Callbacks that are meant for one agent."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.add_column("callbacks", sa.Column("meant_for", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("callbacks", "meant_for")
