"""What a button carries out and back: readable by anybody, made by nobody else, and of use to one person only."""

import base64
import hashlib
import hmac

PURPOSE = b"orikaeshi buttons"
BYTES = 16


class Seals:
    """Seals short texts with a key of its own, derived from a secret that is there for something else."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), PURPOSE, hashlib.sha256)

    def seal(self, text: str, *, to: str) -> str:
        """The text with its seal, for this receiver."""
        return f"{text}~{self._mark(text, to)}"

    def read(self, sealed: str, *, by: str) -> str | None:
        """The text, None where the seal is not ours or was made for somebody else."""
        text, _, mark = sealed.rpartition("~")
        return text if hmac.compare_digest(mark.encode(), self._mark(text, by).encode()) else None

    def _mark(self, text: str, to: str) -> str:
        mark = hmac.digest(self._key, f"{to}\n{text}".encode(), hashlib.sha256)[:BYTES]
        return base64.urlsafe_b64encode(mark).decode().rstrip("=")
