"""Who else is in the room of a call: supervisors who listen in, and colleagues who are asked to take it over."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, text

from bot.store.schema import UtcDateTime, metadata

HERE = text("left_at IS NULL")
COLLEAGUE_HERE = text("left_at IS NULL AND role = 'colleague'")

room_guests = Table(
    "room_guests",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("attempt_id", ForeignKey("attempts.id", ondelete="CASCADE"), nullable=False),
    Column("agent_id", ForeignKey("agents.id"), nullable=False),
    Column("role", String(16), nullable=False),  # supervisor or colleague
    Column("voice", String(16), nullable=False),  # listens, whispers, speaks or aside
    Column("call_sid", String(64)),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("joined_at", UtcDateTime),
    Column("left_at", UtcDateTime),
    Index(None, "attempt_id"),
    # Nobody is in two rooms, and one colleague at a time is asked to take a call over.
    Index("uq_room_guests_here", "agent_id", unique=True, sqlite_where=HERE, postgresql_where=HERE),
    Index(
        "uq_room_guests_colleague", "attempt_id", unique=True, sqlite_where=COLLEAGUE_HERE,
        postgresql_where=COLLEAGUE_HERE,
    ),
)  # fmt: skip
