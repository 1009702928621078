"""A client's own name for a chat message."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAMED = sa.text("key IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    op.add_column("messages", sa.Column("key", sa.String(length=64), nullable=True))
    op.create_index(
        "uq_messages_key",
        "messages",
        ["conversation_id", "key"],
        unique=True,
        sqlite_where=NAMED,
        postgresql_where=NAMED,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("uq_messages_key", table_name="messages")
    op.drop_column("messages", "key")
