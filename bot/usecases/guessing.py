"""Slowing down whoever guesses: after a few wrong ones, each next one has to wait twice as long."""

from datetime import datetime, timedelta
from hashlib import sha256

from bot.store import guesses
from bot.store.database import Database

FREE_GUESSES = 6
FIRST_BLOCK = timedelta(seconds=15)
LONGEST_BLOCK = timedelta(minutes=15)
"""Short enough that nobody can keep a colleague out for a day, long enough for a hundred guesses a day at most."""
FORGOTTEN_AFTER = timedelta(days=1)


class Blocked(Exception):
    """Too many wrong guesses: the next one is not looked at for `wait`, right or wrong."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"Too many wrong guesses; wait {round(wait.total_seconds())} seconds.")
        self.wait = wait


def blocked_for(failures: int) -> timedelta:
    """How long no guess is looked at after so many wrong ones in a row."""
    if failures < FREE_GUESSES:
        return timedelta()
    doubled: timedelta = FIRST_BLOCK * 2 ** min(failures - FREE_GUESSES, 16)
    return min(doubled, LONGEST_BLOCK)


class Guessing:
    """The count for each thing that can be guessed, whoever guesses it and from wherever. Real time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, subject: str, *, real_now: datetime) -> None:
        """Count a guess before it is looked at. Raises Blocked."""
        hashed = _hashed(subject)
        async with self._database.write() as tx:
            failures = await guesses.count(tx, hashed, real_now=real_now)
            if failures is None:
                until = await guesses.blocked_until(tx, hashed)
                raise Blocked(until - real_now if until else FIRST_BLOCK)
            if pause := blocked_for(failures):
                await guesses.block(tx, hashed, until=real_now + pause)
            await guesses.forget(tx, before=real_now - FORGOTTEN_AFTER)

    async def forgive(self, subject: str) -> None:
        """The guess was right: the count begins anew."""
        async with self._database.write() as tx:
            await guesses.forgive(tx, _hashed(subject))


def _hashed(subject: str) -> str:
    return sha256(subject.encode()).hexdigest()
