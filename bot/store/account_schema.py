"""Tables of accounts: sessions, guesses, second factors, keys, and the log of who did what."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from bot.store.schema import UtcDateTime, metadata

# Real time in all of them: what guards a door does not follow the business clock.
agent_sessions = Table(
    "agent_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", ForeignKey("agents.id", ondelete="CASCADE"), nullable=False),
    Column("csrf_token", String(43), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),  # when its person last did something
    Column("awaits_code", Boolean, nullable=False, server_default=text("false")),  # the password was right, no more
    Index(None, "agent_id"),
)

login_guesses = Table(
    "login_guesses",
    metadata,
    # The hash of what was typed as a login, known to us or not: a table that says nothing about who works here.
    Column("subject", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("blocked_until", UtcDateTime),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("agent_id", ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True),
    Column("secret", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),  # before a code has proved it, nothing is asked for
    Column("last_step", Integer, nullable=False, server_default="0"),  # a code is good once, and none before it
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("agent_id", ForeignKey("agents.id", ondelete="CASCADE"), nullable=False),
    Column("used_at", UtcDateTime),
    Index(None, "agent_id"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("label", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("scopes", Text, nullable=False, server_default="callbacks kpis"),  # what it may do, by name
)

audit_log = Table(
    "audit_log",
    metadata,
    # Counted without a gap. The database refuses to change or remove a row; each carries the hash of all before it.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),  # a login, or whatever else acted
    Column("action", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("facts", Text, nullable=False),  # JSON as it was hashed
    Column("hash", String(64), nullable=False),
    Index(None, "actor", "number"),
    Index(None, "action", "number"),
    Index(None, "subject", "number"),
)
