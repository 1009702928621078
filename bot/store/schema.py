"""The tables. Rules that must never break (one seat sold once, one live attempt a callback) are constraints here."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in Python, UTC in the database. SQLite has no zones: taken off and put on here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they would be stored as if they were UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None or value.tzinfo is UTC:  # as PostgreSQL's driver tells it: a claim reads thousands of them
            return value
        return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

slots = Table(
    "slots",
    metadata,
    Column("topic", String(64), primary_key=True),
    Column("starts_at", UtcDateTime, primary_key=True),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("booked", Integer, nullable=False, server_default="0"),
    CheckConstraint("booked >= 0 AND booked <= capacity", name="seats"),
    # What is free is found here alone, however much is sold out before it.
    Index(
        "ix_slots_free",
        "topic",
        "starts_at",
        sqlite_where=text("booked < capacity"),
        postgresql_where=text("booked < capacity"),
    ),
)

holds = Table(
    "holds",
    metadata,
    # A place kept for somebody who is asked for a yes: counted in its slot's `booked` until it is used or lapses.
    Column("holder", String(64), primary_key=True),
    Column("topic", String(64), primary_key=True),
    Column("slot_start", UtcDateTime, primary_key=True),
    Column("held_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "topic", "slot_start"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(43), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("expects", String(32)),
    Column("callback_id", String(32)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("sender", String(16), nullable=False),
    # The client's own name for a message: one that arrives twice is the same message.
    Column("key", String(64)),
    Column("text", Text, nullable=False),
    Column("buttons", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # False while the assistant was down: such a message is handed over as soon as it is back.
    Column("answered", Boolean, nullable=False, server_default=text("true")),
    # True for what is said outside the answer to a message: those who listen live are sent it.
    Column("later", Boolean, nullable=False, server_default=text("false")),
    Index(None, "conversation_id", "id"),
    Index(
        "uq_messages_key",
        "conversation_id",
        "key",
        unique=True,
        sqlite_where=text("key IS NOT NULL"),
        postgresql_where=text("key IS NOT NULL"),
    ),
    Index("ix_messages_unanswered", "id", sqlite_where=text("NOT answered"), postgresql_where=text("NOT answered")),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("reference", String(12), nullable=False, unique=True),
    Column("status", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("window_start", UtcDateTime, nullable=False),
    Column("window_end", UtcDateTime, nullable=False),
    Column("slot_start", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("phone_number", String(16), nullable=False),
    Column("alternate_phone_number", String(16)),
    Column("dial_number", String(16)),  # what is dialled next, where it is not phone_number
    Column("name", Text),
    Column("company", Text),
    Column("reason", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("attention", String(32)),
    Column("resolution", String(32)),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="SET NULL")),
    Column("meant_for", String(32)),  # agents.id; a wish, not a tie: who is gone, off or busy is passed over
    Column("told_start", UtcDateTime),  # when the customer was told to expect the soonest call
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index(None, "status", "due_at"),
    # What is owed is looked for twice a second: this keeps years of history and a million promises out of the search.
    Index(
        "ix_callbacks_waiting",
        "due_at",
        sqlite_where=text("status IN ('booked', 'retry_wait')"),
        postgresql_where=text("status IN ('booked', 'retry_wait')"),
    ),
    Index(None, "phone_number"),
    Index(None, "window_start"),
    Index(None, "conversation_id"),
    # What changed last is read first, a page at a time.
    Index(None, "updated_at", "id"),
    # What a supervisor has to look at is little among much: only that is in the index.
    Index(
        "ix_callbacks_marked",
        "updated_at",
        sqlite_where=text("attention IS NOT NULL"),
        postgresql_where=text("attention IS NOT NULL"),
    ),
)

callback_events = Table(
    "callback_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("callback_id", ForeignKey("callbacks.id", ondelete="CASCADE"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("facts", JSON, nullable=False),
    Index(None, "callback_id", "id"),
)

agents = Table(
    "agents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("phone_number", String(16), nullable=False),
    Column("role", String(16), nullable=False),
    Column("presence", String(16), nullable=False),
    Column("presence_since", UtcDateTime),  # in business time; a trigger keeps every spell that is over
    # What somebody can answer; an empty list is everything.
    Column("topics", JSON, nullable=False, server_default="[]"),
    Column("languages", JSON, nullable=False, server_default="[]"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("must_change_password", Boolean, nullable=False, server_default=text("false")),
    Column("language", String(8)),  # of the desk's pages, and their light; empty: as the browser says
    Column("theme", String(8)),
    # False for who takes calls by phone alone. Otherwise ready means that a page of the desk is open (in real time).
    Column("needs_desk", Boolean, nullable=False, server_default=text("false")),
    Column("desk_seen_at", UtcDateTime),
    Column("after_call_until", UtcDateTime),  # when the time for writing things down ends by itself
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("callback_id", ForeignKey("callbacks.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("to_number", String(16), nullable=False),
    Column("agent_id", ForeignKey("agents.id"), nullable=False),
    Column("owner", String(64)),  # the dispatcher that is to place the call
    # intent, agent (their phone rings first), posting (the carrier is being asked), accepted or unknown, then the
    # carrier's own words
    Column("carrier_state", String(16), nullable=False),
    Column("call_sid", String(64), unique=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("confirmed_at", UtcDateTime),  # the customer pressed the key
    Column("wish", String(16)),  # what the customer pressed for instead: moved, cancelled, refused, later
    Column("agent_asked_at", UtcDateTime),  # the agent's phone was asked to ring
    Column("agent_call_sid", String(64)),
    Column("agents_missed", JSON, nullable=False, server_default="[]"),  # who was rung before and did not take it
    Column("agent_confirmed_at", UtcDateTime),  # the agent pressed the key: from here on they speak
    Column("ended_at", UtcDateTime),
    Column("outcome", String(32)),
    Column("answered_by", String(32)),
    Column("duration_s", Integer),
    # Real time, whatever the business clock does: the watchdog measures how long a carrier has been silent.
    Column("begun_at", UtcDateTime, nullable=False),
    Column("checked_at", UtcDateTime),
    UniqueConstraint("callback_id", "number"),
    # How long calls take is asked of the newest ones that were spoken.
    Index(
        "ix_attempts_spoken",
        "started_at",
        sqlite_where=text("outcome = 'connected'"),
        postgresql_where=text("outcome = 'connected'"),
    ),
    Index(None, "agent_id", "started_at"),
    # When people answer is asked of the newest ones.
    Index(None, "started_at"),
    # One live attempt a callback, a number and an agent: no code path can double-dial past these.
    Index(
        "uq_attempts_live_callback",
        "callback_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index(
        "uq_attempts_live_number",
        "to_number",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index(
        "uq_attempts_live_agent",
        "agent_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

notices = Table(
    "notices",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("callback_id", ForeignKey("callbacks.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("occasion", String(64), nullable=False),  # the same kind is sent once for the same occasion
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("message_sid", String(64)),
    Column("claimed_at", UtcDateTime),  # real time: a notice that stays in "sending" was left by a process that died
    Column("sent_at", UtcDateTime),
    Column("segments", Integer),  # what the carrier bills for it
    Column("detail", Text),
    UniqueConstraint("callback_id", "kind", "occasion"),
    Index(None, "state", "due_at"),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("callback_id", ForeignKey("callbacks.id", ondelete="CASCADE"), nullable=False),
    Column("agent_id", ForeignKey("agents.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "callback_id"),
)

ratings = Table(
    "ratings",
    metadata,
    Column("callback_id", ForeignKey("callbacks.id", ondelete="CASCADE"), primary_key=True),
    Column("score", Integer, nullable=False),
    Column("rated_at", UtcDateTime, nullable=False),
    CheckConstraint("score BETWEEN 1 AND 5", name="score"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("scope", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("callback_id", ForeignKey("callbacks.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

wordings = Table(
    "wordings",
    metadata,
    # How a business words a sentence, the newest row of each; without a text it is said as it is by default again.
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("text", Text),
    Column("who", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "name", "language", "number"),
)

verification_codes = Table(
    "verification_codes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    # Who asks: a talk, or the holder of a callback's link who wants to be called at another number.
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE")),
    Column("callback_id", ForeignKey("callbacks.id", ondelete="CASCADE")),
    Column("claim", String(16), nullable=False),  # what the customer named: a reference or a number, known to us or not
    Column("phone_number", String(16)),  # where the code goes; empty where there is nothing to prove
    Column("code_hash", String(128)),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("proved_at", UtcDateTime),
    Index(None, "conversation_id", "id"),
    Index(None, "callback_id", "id"),
    Index(None, "claim", "created_at"),
    Index(None, "phone_number", "created_at"),
    Index(None, "state", "due_at"),
)

# Real time in both: a lease and a pace are about processes and the carrier, not about the business's day.
dispatchers = Table(
    "dispatchers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("lease_until", UtcDateTime, nullable=False),
    # For people to look at, in real time: when it last looked for work, failures of the carrier in a row, until when it
    # asks nothing, and the last failure.
    Column("dispatched_at", UtcDateTime),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("paused_until", UtcDateTime),
    Column("failed_at", UtcDateTime),
    Column("error", String(64)),
)

pace = Table(
    "pace",
    metadata,
    Column("number", String(32), primary_key=True),
    Column("next_at", UtcDateTime, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("process", String(32), primary_key=True),
    Column("beat_at", UtcDateTime, nullable=False),
)

settings_history = Table(
    "settings_history",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("changes", JSON, nullable=False),
    Column("checked_at", UtcDateTime),  # when the open promises were held against these settings
    Column("from_file", JSON(none_as_null=True)),  # what the file said; null: the same as the settings
)
