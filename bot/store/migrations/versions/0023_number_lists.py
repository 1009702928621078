"""Why a number is not called and who wanted that, and the numbers that are called first."""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NOTED = ("sms_by", "calls_by", "line_by", "reason")


def upgrade() -> None:
    """Apply."""
    op.add_column("consent", sa.Column("id", sa.String(length=16), nullable=True))
    op.add_column("consent", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    for name in NOTED:
        op.add_column("consent", sa.Column(name, sa.Text(), nullable=True))
    _name_rows()
    with op.batch_alter_table("consent") as table:
        table.alter_column("id", existing_type=sa.String(length=16), nullable=False)
        table.create_unique_constraint(op.f("uq_consent_id"), ["id"])
    op.create_index(op.f("ix_consent_changed_at_id"), "consent", ["changed_at", "id"])
    op.create_table(
        "vips",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("phone_number", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vips")),
        sa.UniqueConstraint("phone_number", name=op.f("uq_vips_phone_number")),
    )


def _name_rows() -> None:
    """Every number that has said no gets its name, and the time when it last did."""
    connection = op.get_bind()
    numbers = connection.execute(sa.text("SELECT phone_number FROM consent")).scalars().all()
    named = [{"id": secrets.token_hex(8), "number": number} for number in numbers]
    if named:
        connection.execute(sa.text("UPDATE consent SET id = :id WHERE phone_number = :number"), named)
    op.execute("UPDATE consent SET changed_at = COALESCE(do_not_call_at, sms_opted_out_at)")
    op.execute("UPDATE consent SET changed_at = sms_opted_out_at WHERE sms_opted_out_at > do_not_call_at")


def downgrade() -> None:
    """Take back."""
    op.drop_table("vips")
    op.drop_index(op.f("ix_consent_changed_at_id"), table_name="consent")
    with op.batch_alter_table("consent") as table:
        table.drop_constraint(op.f("uq_consent_id"), type_="unique")
        for name in (*NOTED, "changed_at", "id"):
            table.drop_column(name)
