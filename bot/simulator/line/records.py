"""What the simulated LINE keeps: people, their chats, tokens, deliveries, rich menus. Times are aware, in UTC, of the
simulated clock; moments called `_real` are seconds since 1970 of the real one."""

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.simulator.line.api import Json

USER_ID = re.compile(r"U[0-9a-f]{32}")
MENU_ID = re.compile(r"richmenu-[0-9a-f]{32}")
_BASE_32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID_BITS, _ULID_RANDOM_BITS, _LETTER_BITS = 130, 80, 5

Sender = Literal["business", "person"]
DeliveryState = Literal["pending", "delivered", "failed"]


def new_user_id() -> str:
    """Somebody's id with this channel."""
    return "U" + secrets.token_hex(16)


def new_message_id() -> str:
    """Eighteen digits, as LINE numbers messages today."""
    return str(5 * 10**17 + secrets.randbelow(10**17))


def new_menu_id() -> str:
    """The id of a rich menu."""
    return f"richmenu-{uuid.uuid4().hex}"


def ulid(milliseconds: int) -> str:
    """A fresh webhookEventId; ids of later moments sort behind."""
    number = (milliseconds << _ULID_RANDOM_BITS) | secrets.randbits(_ULID_RANDOM_BITS)
    shifts = range(_ULID_BITS - _LETTER_BITS, -1, -_LETTER_BITS)
    return "".join(_BASE_32[(number >> shift) & 31] for shift in shifts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody with LINE. `has_followed` tells an unblocking from a first follow; `quick_replies_of` is the message
    whose quick replies stand above the keyboard."""

    user_id: str
    display_name: str
    language: str = "ja"
    is_following: bool = False
    has_followed: bool = False
    menu_id: str | None = None
    quick_replies_of: str | None = None
    loading_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatMessage:
    """One message in a person's chat with the business; `content` is the message object as it was sent.

    `sent_as` is reply, push or multicast for the business's, text or postback for the person's.
    """

    id: str
    user_id: str
    sender: Sender
    sent_as: str
    at: datetime
    quote_token: str
    content: Json


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyToken:
    """Good for one answer until `valid_until_real`."""

    token: str
    user_id: str
    event_at_real: float
    valid_until_real: float
    used: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One webhook event and how its delivery stands after so many attempts."""

    event_id: str
    user_id: str
    event: Json
    reply_token: str | None = None
    state: DeliveryState = "pending"
    attempts: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryKey:
    """A request that was accepted under this key; `digest` is of its path and body."""

    key: str
    digest: str
    request_id: str
    sent: tuple[Json, ...]
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RichMenu:
    """A rich menu as it was created, without its id; and its picture, once it was uploaded."""

    id: str
    menu: Json
    image: bytes | None = None
    image_type: str | None = None
