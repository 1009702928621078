"""Slots with a place left are found by an index of their own."""

from collections.abc import Sequence

from alembic import op
from sqlalchemy import text

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    left = text("booked < capacity")
    op.create_index("ix_slots_free", "slots", ["topic", "starts_at"], sqlite_where=left, postgresql_where=left)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_slots_free", "slots")
