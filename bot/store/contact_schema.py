"""Tables of what arrives by webhook, and of the people who write to us on channels of their own."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from bot.store.schema import UtcDateTime, metadata

inbox = Table(
    "inbox",
    metadata,
    Column("source", String(16), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("received_at", UtcDateTime, nullable=False),
    # Of what is answered behind the webhook: who sent it, what it says (forgotten when it is settled), when by the
    # channel's clock, and how far it is: waiting, working, answering; then done, refused or unknown.
    Column("sender", String(64)),
    Column("content", JSON(none_as_null=True)),
    Column("at", UtcDateTime),
    Column("state", String(16), nullable=False, server_default="done"),
    Column("claimed_at", UtcDateTime),  # real time
    Index(
        "ix_inbox_unsettled",
        "at",
        sqlite_where=text("state IN ('waiting', 'working', 'answering')"),
        postgresql_where=text("state IN ('waiting', 'working', 'answering')"),
    ),
)

emails = Table(
    "emails",
    metadata,
    # Where a customer wants to read about one callback, too, or instead of text messages.
    Column("callback_id", ForeignKey("callbacks.id", ondelete="CASCADE"), primary_key=True),
    Column("address", String(254), nullable=False),
    Column("instead", Boolean, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("proved_at", UtcDateTime),  # nothing but the question is written there before
    Column("stopped_at", UtcDateTime),
    Index(None, "address", "asked_at"),
)

contacts = Table(
    "contacts",
    metadata,
    # Where a person writes to us. Whoever proves the same number on two channels is one customer.
    Column("channel", String(16), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("phone_number", String(16)),  # proved: by sending from it, or by a code sent to it
    Column("proved_at", UtcDateTime),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="SET NULL")),
    Column("language", String(8), nullable=False),
    Column("stopped_at", UtcDateTime),  # the person wants no messages here
    Column("blocked_at", UtcDateTime),  # the channel says that nothing reaches them
    Column("followed_at", UtcDateTime),  # of the latest follow or unfollow, by the channel's clock
    # What a bare digit answers: the choices that were told last with numbers.
    Column("asked", JSON(none_as_null=True)),
    Column(
        "told_id", Integer, nullable=False, server_default="0"
    ),  # the last message of the talk that was sent behind an answer
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "phone_number"),
    Index(None, "conversation_id"),
)
