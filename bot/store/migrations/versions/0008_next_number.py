"""Which number a retry dials."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.add_column("callbacks", sa.Column("dial_number", sa.String(length=16), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("callbacks", "dial_number")
