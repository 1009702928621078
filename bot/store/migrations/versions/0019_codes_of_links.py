"""A code may be asked for through a callback's link, too."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("verification_codes") as table:
        table.alter_column("conversation_id", existing_type=sa.String(length=43), nullable=True)
        table.add_column(sa.Column("callback_id", sa.String(length=32), nullable=True))
        table.create_foreign_key(
            op.f("fk_verification_codes_callback_id"), "callbacks", ["callback_id"], ["id"], ondelete="CASCADE"
        )
        table.create_index(op.f("ix_verification_codes_callback_id_id"), ["callback_id", "id"])


def downgrade() -> None:
    """Take back: what links have asked for is forgotten."""
    op.execute("DELETE FROM verification_codes WHERE conversation_id IS NULL")
    with op.batch_alter_table("verification_codes") as table:
        table.drop_index(op.f("ix_verification_codes_callback_id_id"))
        table.drop_constraint(op.f("fk_verification_codes_callback_id"), type_="foreignkey")
        table.drop_column("callback_id")
        table.alter_column("conversation_id", existing_type=sa.String(length=43), nullable=False)
