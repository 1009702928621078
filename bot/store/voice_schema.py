"""The table of calls that come in: what their callers have said so far."""

from sqlalchemy import Column, Index, Integer, String, Table

from bot.store.schema import UtcDateTime, metadata

inbound_calls = Table(
    "inbound_calls",
    metadata,
    Column("call_sid", String(64), primary_key=True),
    Column("caller", String(16)),  # E.164; empty where the caller withheld it
    Column("language", String(8), nullable=False),
    Column("phone_number", String(16)),  # where to call back, once it was said
    Column("topic", String(64)),
    Column("conversation_id", String(43)),  # in which codes are asked for
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("proved_at", UtcDateTime),
    Column("at", UtcDateTime, nullable=False),
    # open; settled (something came of it); left (a link is to be sent), sending, told; quiet (nothing is to be sent)
    Column("state", String(16), nullable=False),
    Column("sms_to", String(16)),
    Column("sms_at", UtcDateTime),
    Index(None, "caller", "at"),
    Index(None, "sms_to", "sms_at"),
    Index(None, "state"),
)
