"""Calls that come in are kept, and how far their callers are."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.store.schema import UtcDateTime

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "inbound_calls",
        sa.Column("call_sid", sa.String(64), nullable=False),
        sa.Column("caller", sa.String(16)),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("phone_number", sa.String(16)),
        sa.Column("topic", sa.String(64)),
        sa.Column("conversation_id", sa.String(43)),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("proved_at", UtcDateTime()),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("sms_to", sa.String(16)),
        sa.Column("sms_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("call_sid", name="pk_inbound_calls"),
    )
    op.create_index("ix_inbound_calls_caller_at", "inbound_calls", ["caller", "at"])
    op.create_index("ix_inbound_calls_sms_to_sms_at", "inbound_calls", ["sms_to", "sms_at"])
    op.create_index("ix_inbound_calls_state", "inbound_calls", ["state"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("inbound_calls")
