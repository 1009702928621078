"""Tables of what is known of numbers: who is not to be called or written to, and who is called first."""

from sqlalchemy import Column, Index, String, Table, Text, UniqueConstraint

from bot.store.schema import UtcDateTime, metadata

consent = Table(
    "consent",
    metadata,
    Column("phone_number", String(16), primary_key=True),
    Column("sms_opted_out_at", UtcDateTime),
    Column("do_not_call_at", UtcDateTime),
    # A name that tells nothing of the number, for addresses and logs; when it last said no to anything; and whose wish
    # each was: a supervisor's login, or nobody's for the customer's own.
    Column("id", String(16), nullable=False),
    Column("changed_at", UtcDateTime),
    Column("sms_by", Text),
    Column("calls_by", Text),
    Column("line_by", Text),
    Column("reason", Text),
    UniqueConstraint("id"),
    Index(None, "changed_at", "id"),
)

vips = Table(
    "vips",
    metadata,
    # Numbers that have more priority in the dial order, beside those that the settings name.
    Column("id", String(16), primary_key=True),
    Column("phone_number", String(16), nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)
