"""The newest attempts are found at once: when people answer is asked of them."""

from collections.abc import Sequence

from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_index(op.f("ix_attempts_started_at"), "attempts", ["started_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_attempts_started_at"), "attempts")
