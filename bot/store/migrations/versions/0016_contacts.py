"""Who writes to us where, and messages that wait for their answer."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.store.schema import UtcDateTime

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

UNSETTLED = sa.text("state IN ('waiting', 'working', 'answering')")
ARRIVALS = (
    sa.Column("sender", sa.String(length=64), nullable=True),
    sa.Column("content", sa.JSON(), nullable=True),
    sa.Column("at", UtcDateTime, nullable=True),
    sa.Column("state", sa.String(length=16), nullable=False, server_default="done"),
    sa.Column("claimed_at", UtcDateTime, nullable=True),
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "contacts",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("phone_number", sa.String(length=16), nullable=True),
        sa.Column("proved_at", UtcDateTime, nullable=True),
        sa.Column("conversation_id", sa.String(length=43), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("stopped_at", UtcDateTime, nullable=True),
        sa.Column("blocked_at", UtcDateTime, nullable=True),
        sa.Column("followed_at", UtcDateTime, nullable=True),
        sa.Column("asked", sa.JSON(), nullable=True),
        sa.Column("told_id", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_contacts_conversation_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_phone_number"), "contacts", ["phone_number"])
    op.create_index(op.f("ix_contacts_conversation_id"), "contacts", ["conversation_id"])
    for column in ARRIVALS:
        op.add_column("inbox", column)
    op.create_index("ix_inbox_unsettled", "inbox", ["at"], sqlite_where=UNSETTLED, postgresql_where=UNSETTLED)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_inbox_unsettled", table_name="inbox")
    for column in reversed(ARRIVALS):
        op.drop_column("inbox", column.name)
    op.drop_table("contacts")
