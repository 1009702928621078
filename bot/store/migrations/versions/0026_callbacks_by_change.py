"""Callbacks in the order of their last change, for supervisors who page through them."""

from collections.abc import Sequence

from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_index(op.f("ix_callbacks_updated_at_id"), "callbacks", ["updated_at", "id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_callbacks_updated_at_id"), table_name="callbacks")
