"""What each agent can answer."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.add_column("agents", sa.Column("topics", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("agents", sa.Column("languages", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Take back."""
    op.drop_column("agents", "languages")
    op.drop_column("agents", "topics")
