"""What each text message cost."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "segments"
down_revision: str | None = "agent_legs"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.add_column("notices", sa.Column("segments", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("notices", "segments")
