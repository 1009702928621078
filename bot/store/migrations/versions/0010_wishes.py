"""What customers press for in the call."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.add_column("attempts", sa.Column("wish", sa.String(length=16), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("attempts", "wish")
