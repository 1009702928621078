"""The link that every notice carries: it opens one booking for whoever holds the phone that it was sent to."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.booking.callback import Callback
from bot.booking.reference import LENGTH

MAC_BYTES = 16
"""128 bits: nobody guesses one, however long they try."""
PATH = "/c/"
MAIL_PATH = "/m/"

_TOKEN = re.compile(rf"[\w-]{{22}}([A-Z0-9]{{{LENGTH}}})", re.ASCII)


@dataclass(frozen=True, kw_only=True, repr=False)
class LinkKey:
    """Makes links under `secret` and knows them again. A link is over `kept` after its callback was closed."""

    secret: bytes
    base_url: str
    kept: timedelta

    def url(self, callback: Callback) -> str:
        """The whole address, as a notice carries it."""
        return self.base_url + self.path(callback)

    def path(self, callback: Callback) -> str:
        """The same without the host."""
        return PATH + self.token(callback.reference, callback.id, callback.phone_number)

    def token(self, reference: str, callback_id: str, phone_number: str) -> str:
        """28 characters: the sign and the reference, which stands last: an address ends with a letter or digit, or some
        phones would cut it. A changed number makes another link: the old phone may be a stranger's."""
        return self._mac("link", reference, callback_id, phone_number) + reference

    def opens(self, token: str, callback_id: str, phone_number: str) -> bool:
        """Whether the token is this callback's; in constant time."""
        expected = self.token(reference_in(token) or "", callback_id, phone_number)
        return hmac.compare_digest(token.encode(), expected.encode())

    def is_over(self, callback: Callback, *, now: datetime) -> bool:
        """Whether the link leads nowhere any more."""
        return not callback.is_open and now > callback.updated_at + self.kept

    def mail_path(self, callback: Callback, what: str, address: str) -> str:
        """The path of a link to one e-mail address: to confirm it or to stop writing there, and nothing else."""
        return f"{MAIL_PATH}{what}/{self._mac(what, callback.id, address)}{callback.reference}"

    def opens_mail(self, token: str, callback: Callback, what: str, address: str) -> bool:
        """Whether the token is this address's for that; in constant time."""
        expected = self._mac(what, callback.id, address) + callback.reference
        return hmac.compare_digest(token.encode(), expected.encode())

    def mark(self, callback: Callback, what: str) -> str:
        """Proof that a change comes from a page of ours that showed the booking as it is; good until it changes."""
        return self._mac("form", callback.id, callback.phone_number, str(callback.version), what)

    def is_marked(self, mark: str, callback: Callback, what: str) -> bool:
        """Whether that is the proof; in constant time."""
        return hmac.compare_digest(mark.encode(), self.mark(callback, what).encode())

    def _mac(self, *said: str) -> str:
        told = hmac.new(self.secret, "\n".join(said).encode(), hashlib.sha256).digest()[:MAC_BYTES]
        return urlsafe_b64encode(told).decode().rstrip("=")


def reference_in(token: str) -> str | None:
    """Which callback a token names, before anybody knows whether it may; None for what is no token."""
    found = _TOKEN.fullmatch(token)
    return found[1] if found else None
