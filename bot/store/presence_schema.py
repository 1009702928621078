"""How long people were ready, wrote things down, or were away: one row for each spell, once it is over."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from bot.store.schema import UtcDateTime, metadata

presence_spells = Table(
    "presence_spells",
    metadata,
    # Written by a trigger, in the transaction that changes the presence: none can change without a trace.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("agent_id", ForeignKey("agents.id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),  # in business time, as calls are
    Column("ended_at", UtcDateTime, nullable=False),
    Index(None, "agent_id", "ended_at"),
)
