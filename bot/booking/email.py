"""E-mail addresses as customers type them."""

import re
import unicodedata

from bot.booking.errors import BookingError

LONGEST = 254
"""RFC 5321, 4.5.3.1.3, without the brackets."""
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)


class AddressRefused(BookingError):
    """This is no e-mail address that we can write to."""

    def __init__(self) -> None:
        super().__init__("This is no e-mail address that we can write to.")


def accept(text: str) -> str:
    """The address, its domain in small letters; full-width signs are taken for what they mean. Raises AddressRefused.

    Only plain addresses on the internet: nothing that could be taken for a second header or a second recipient.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if len(plain) > LONGEST or not _ADDRESS.fullmatch(plain):
        raise AddressRefused
    local, _, domain = plain.rpartition("@")
    return f"{local}@{domain.lower()}"


def is_accepted(text: str) -> bool:
    """Whether `accept` takes it."""
    try:
        accept(text)
    except AddressRefused:
        return False
    return True


def masked(address: str) -> str:
    """t•••@example.jp: enough for whoever knows it."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"
