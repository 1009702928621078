"""Figures: what changed, what it counts for, sums by day; and which keys may read what.

The tables' columns stand here as they were at this revision; a new figure brings a revision of its own.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAITS = ("wait_promise", "wait_asked")
COUNTS = (
    "chats", "chats_asking", "callbacks", "moved", "cancelled", "suppressed", "dialled", "dials", "spoken",
    "unreached", "expired", "followed", "settled_once", "surveys", "ratings", "rating_sum", "efforts", "effort_sum",
    "kept", "broken", "told", "estimates", "estimates_right", "rung", "answered", "talk_s", "reserved_s",
)  # fmt: skip
CHECKED = sa.text("check_at IS NOT NULL")
WATCHED = (
    ("callback_events", "INSERT", "callback", "callback_id", ""),
    ("conversations", "INSERT", "chat", "id", ""),
    (
        "notices",
        "UPDATE",
        "callback",
        "callback_id",
        "WHEN (NEW.kind IN ('late', 'thanks') AND NEW.sent_at IS NOT NULL)",
    ),
)
"""(table, on what, unit, the column that names its subject, when)."""


def upgrade() -> None:
    """Apply."""
    _make_tables()
    for watched in WATCHED:
        for statement in _triggers(*watched):
            op.execute(statement)
    op.add_column("api_keys", sa.Column("scopes", sa.Text(), nullable=False, server_default="callbacks kpis"))


def _make_tables() -> None:
    op.create_table(
        "kpi_changes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=43), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_changes")),
    )
    op.create_table(
        "kpi_facts",
        sa.Column("subject", sa.String(length=43), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.String(length=2), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=32), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in WAITS),
        *(sa.Column(name, sa.Integer(), nullable=False, server_default="0") for name in COUNTS),
        sa.Column("check_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("subject", "unit", "number", name=op.f("pk_kpi_facts")),
    )
    op.create_index("ix_kpi_facts_day", "kpi_facts", ["day"])
    op.create_index("ix_kpi_facts_check_at", "kpi_facts", ["check_at"], sqlite_where=CHECKED, postgresql_where=CHECKED)
    op.create_table(
        "kpi_sums",
        sa.Column("dimension", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in WAITS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint("dimension", "day", "value", name=op.f("pk_kpi_sums")),
    )
    op.create_table(
        "kpi_stale_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_kpi_stale_days")),
    )
    op.create_table(
        "kpi_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_state")),
    )


def _triggers(table: str, event: str, unit: str, subject: str, when: str) -> tuple[str, ...]:
    name, into = f"kpi_watch_{table}", "INSERT INTO kpi_changes (unit, subject)"
    one_row = f"{into} VALUES ('{unit}', NEW.{subject})"
    if op.get_bind().dialect.name == "sqlite":
        return (f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {when} BEGIN {one_row}; END",)
    note, firing = one_row, f"FOR EACH ROW {when}"
    if event == "INSERT":  # a thousand rows at once are noted in one go
        note = f"{into} SELECT DISTINCT '{unit}', {subject} FROM written"  # noqa: S608 - as above
        firing = "REFERENCING NEW TABLE AS written FOR EACH STATEMENT"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {note}; RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {event} ON {table} {firing} EXECUTE FUNCTION {name}()",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_column("api_keys", "scopes")
    for table, *_ in WATCHED:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER kpi_watch_{table}")
        else:
            op.execute(f"DROP TRIGGER kpi_watch_{table} ON {table}")
            op.execute(f"DROP FUNCTION kpi_watch_{table}()")
    for table in ("kpi_state", "kpi_stale_days", "kpi_sums", "kpi_facts", "kpi_changes"):
        op.drop_table(table)
