"""Which settings were in force since when; what a customer was told of the line; an index for supervisors' list."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MARKED = sa.text("attention IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "settings_history",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_settings_history")),
    )
    op.add_column("callbacks", sa.Column("told_start", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_callbacks_marked", "callbacks", ["updated_at"], sqlite_where=MARKED, postgresql_where=MARKED)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_callbacks_marked", table_name="callbacks")
    op.drop_column("callbacks", "told_start")
    op.drop_table("settings_history")
