"""What each text message cost."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.add_column("notices", sa.Column("segments", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("notices", "segments")
