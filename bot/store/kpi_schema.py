"""Tables of the figures: what changed, what each promise and dial counts for, and the sums by day."""

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, String, Table, text

from bot.booking.kpis import COUNTS, WAITS
from bot.store.schema import UtcDateTime, metadata

kpi_changes = Table(
    "kpi_changes",
    metadata,
    # Written by triggers, in the transaction of whatever changed: nothing can change and not be counted anew.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("unit", String(8), nullable=False),  # callback, chat or spell
    Column("subject", String(43), nullable=False),
)

kpi_facts = Table(
    "kpi_facts",
    metadata,
    Column("subject", String(43), primary_key=True),  # the callback, the talk, or the spell
    Column("unit", String(8), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),  # in business time, as the hour
    Column("hour", String(2), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("agent", String(32), nullable=False),
    *(Column(name, Integer) for name in WAITS),
    *(Column(name, Integer, nullable=False, server_default="0") for name in COUNTS),
    Column("check_at", UtcDateTime),  # when time alone changes what the callback counts for
    Index(None, "day"),
    Index(
        "ix_kpi_facts_check_at",
        "check_at",
        sqlite_where=text("check_at IS NOT NULL"),
        postgresql_where=text("check_at IS NOT NULL"),
    ),
)

kpi_sums = Table(
    "kpi_sums",
    metadata,
    Column("dimension", String(16), primary_key=True),
    Column("day", Date, primary_key=True),  # of a month its first
    Column("value", String(64), primary_key=True),
    *(Column(name, LargeBinary, nullable=False) for name in WAITS),  # sorted, see bot.booking.kpi_sums.packed
    *(Column(name, Integer, nullable=False) for name in COUNTS),
)

kpi_stale_days = Table("kpi_stale_days", metadata, Column("day", Date, primary_key=True))

kpi_state = Table(
    "kpi_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("signature", String(64), nullable=False),  # by which definitions and zone everything was counted
    Column("as_of", UtcDateTime, nullable=False),
)
