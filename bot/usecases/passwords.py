"""Passwords: which are good enough, and their slow hashes."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
HASHES_AT_ONCE = 2
"""Each one takes 64 MiB and a core: a flood of logins must wait in line, not take the machine down."""


class PasswordRefused(Exception):
    """The password cannot be used. `reason` is too_short, too_long, contains_login or same."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The password cannot be used: {reason.replace('_', ' ')}.")
        self.reason = reason


def require_good(password: str, *, login: str) -> None:
    """Raise PasswordRefused for one that is too short, too long or made of the login. Length beats odd characters."""
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordRefused("too_short")
    if len(password) > LONGEST_PASSWORD:
        raise PasswordRefused("too_long")
    if login and login.lower() in password.lower():
        raise PasswordRefused("contains_login")


class Passwords:
    """Argon2, a few at a time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._hashing = asyncio.Semaphore(HASHES_AT_ONCE)

    async def hash(self, password: str) -> str:
        """What is stored of it."""
        async with self._hashing:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether it is the password; takes as long where there is none: time does not tell who works here."""
        if len(password) > LONGEST_PASSWORD:
            return False
        if stored is None:
            await self.hash(password)
            return False
        async with self._hashing:
            try:
                return await asyncio.to_thread(self._hasher.verify, stored, password)
            except (VerificationError, InvalidHashError):
                return False
