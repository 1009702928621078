"""How long people were in each presence, and the figure of how their time was used."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COUNTS = ("on_duty_s", "busy_s")
SPELL = """INSERT INTO presence_spells (agent_id, state, started_at, ended_at)
    VALUES (NEW.id, OLD.presence, OLD.presence_since, NEW.presence_since)"""
ENDED = "OLD.presence <> NEW.presence AND OLD.presence_since < NEW.presence_since"
"""Not where the time of either is unknown, nor where a clock was set back."""
CHANGE = "INSERT INTO kpi_changes (unit, subject) VALUES ('spell', NEW.id)"
WATCHED = (
    ("presence_watch_agents", "agents", "UPDATE OF presence", ENDED, SPELL),
    ("kpi_watch_presence_spells", "presence_spells", "INSERT", "", CHANGE),
)
"""(name, table, on what, when, what is then written)."""


def upgrade() -> None:
    """Apply."""
    op.add_column("agents", sa.Column("presence_since", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "presence_spells",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_presence_spells_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_spells")),
    )
    op.create_index(op.f("ix_presence_spells_agent_id_ended_at"), "presence_spells", ["agent_id", "ended_at"])
    for table in ("kpi_facts", "kpi_sums"):
        for name in COUNTS:
            op.add_column(table, sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name, table, event, when, deed in WATCHED:
        firing = f"AFTER {event} ON {table} FOR EACH ROW {f'WHEN ({when})' if when else ''}"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"CREATE TRIGGER {name} {firing} BEGIN {deed}; END")
            continue
        body = f"BEGIN {deed}; RETURN NULL; END"
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        op.execute(f"CREATE TRIGGER {name} {firing} EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Take back."""
    for name, table, *_ in reversed(WATCHED):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
    for table in ("kpi_sums", "kpi_facts"):
        for name in COUNTS:
            op.drop_column(table, name)
    op.drop_index(op.f("ix_presence_spells_agent_id_ended_at"), table_name="presence_spells")
    op.drop_table("presence_spells")
    op.drop_column("agents", "presence_since")
