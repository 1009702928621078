"""Codes that prove whose booking it is."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEXES = (
    ("conversation_id", "id"),
    ("claim", "created_at"),
    ("phone_number", "created_at"),
    ("state", "due_at"),
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "verification_codes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=43), nullable=False),
        sa.Column("claim", sa.String(length=16), nullable=False),
        sa.Column("phone_number", sa.String(length=16), nullable=True),
        sa.Column("code_hash", sa.String(length=128), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_verification_codes_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_codes")),
    )
    for columns in INDEXES:
        op.create_index(op.f(f"ix_verification_codes_{'_'.join(columns)}"), "verification_codes", list(columns))


def downgrade() -> None:
    """Take back."""
    for columns in INDEXES:
        op.drop_index(op.f(f"ix_verification_codes_{'_'.join(columns)}"), table_name="verification_codes")
    op.drop_table("verification_codes")
