"""What the settings file said, beside what the desk made of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.add_column("settings_history", sa.Column("from_file", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("settings_history", "from_file")
