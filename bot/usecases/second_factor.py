"""A second step of the login for whoever wants one: codes of a generator (TOTP, RFC 6238), and codes on paper."""

import re
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

import pyotp

from bot.store import audit, second_factors, sessions
from bot.store.agents import Agent
from bot.store.database import Database, Transaction
from bot.store.sessions import DeskSession
from bot.usecases.accounts import Accounts, LoginToken
from bot.usecases.guessing import Guessing

STEP_S = 30
STEPS_OFF = 1
"""A generator's clock may be half a minute off, and people take their time to type."""
PAPERS = 10
PAPER_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
PAPER_LENGTH = 10
DIGITS = re.compile(r"\d{6}")


class WrongCode(Exception):
    """The code is not right, or was used before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FactorState:
    """`is_on`: codes are asked for. `uri` is there only while the generator is being set up; never again after it."""

    is_on: bool
    uri: str | None = None
    secret: str | None = None
    papers_left: int = 0


class SecondFactor:
    """Setting it up, using it, switching it off. Real time."""

    def __init__(self, database: Database, accounts: Accounts, *, issuer: str) -> None:
        self._database = database
        self._accounts = accounts
        self._issuer = issuer
        self._guessing = Guessing(database)

    async def state(self, agent: Agent) -> FactorState:
        """Where somebody stands."""
        async with self._database.read() as tx:
            factor = await second_factors.of(tx, agent.id)
            left = await second_factors.papers_left(tx, agent.id)
        if factor is None or factor.confirmed_at:
            return FactorState(is_on=factor is not None, papers_left=left)
        uri = pyotp.TOTP(factor.secret).provisioning_uri(name=agent.login, issuer_name=self._issuer)
        return FactorState(is_on=False, uri=uri, secret=factor.secret)

    async def begin(self, agent: Agent, *, real_now: datetime) -> None:
        """Draw a secret for somebody's generator; one that is in use stays."""
        async with self._database.write() as tx:
            known = await second_factors.of(tx, agent.id)
            if known is None or known.confirmed_at is None:
                await second_factors.begin(tx, agent.id, pyotp.random_base32(), real_now=real_now)

    async def confirm(self, session: DeskSession, code: str, *, real_now: datetime) -> tuple[LoginToken, list[str]]:
        """The generator is set up: from now on codes are asked for. Returns a new session and the codes on paper.

        Raises WrongCode and Blocked.
        """
        agent = session.agent
        await self._guessing.begin(_subject(agent), real_now=real_now)
        papers = ["".join(secrets.choice(PAPER_LETTERS) for _ in range(PAPER_LENGTH)) for _ in range(PAPERS)]
        async with self._database.write() as tx:
            factor = await second_factors.of(tx, agent.id)
            if factor is None or factor.confirmed_at or not await _fits(tx, agent, code, real_now=real_now):
                raise WrongCode
            await second_factors.confirm(tx, agent.id, [_hashed(paper) for paper in papers], real_now=real_now)
            token = await self._accounts.begin_anew(tx, agent, real_now=real_now)
            await audit.append(tx, at=real_now, actor=agent.login, action="factor_on", subject=agent.login)
        await self._guessing.forgive(_subject(agent))
        return token, papers

    async def enter(self, session: DeskSession, code: str, *, real_now: datetime) -> LoginToken:
        """The second step of a login, with a code of the generator or one on paper. Raises WrongCode and Blocked."""
        agent = session.agent
        await self._guessing.begin(_subject(agent), real_now=real_now)
        async with self._database.write() as tx:
            on_paper = await second_factors.use_paper(tx, agent.id, _hashed(code), real_now=real_now)
            is_right = on_paper or await _fits(tx, agent, code, real_now=real_now)
            if is_right:
                await sessions.end(tx, session.token_hash)
                token = await self._accounts.begin_one(tx, agent, real_now=real_now)
            facts = {"by": "paper" if on_paper else "code"}
            action = "logged_in" if is_right else "code_failed"
            await audit.append(tx, at=real_now, actor=agent.login, action=action, facts=facts)
        if not is_right:
            raise WrongCode
        await self._guessing.forgive(_subject(agent))
        return token

    async def switch_off(self, session: DeskSession, code: str, *, real_now: datetime) -> LoginToken:
        """Ask for no codes any more; it takes one to say so. Returns a new session. Raises WrongCode and Blocked."""
        agent = session.agent
        await self._guessing.begin(_subject(agent), real_now=real_now)
        async with self._database.write() as tx:
            on_paper = await second_factors.use_paper(tx, agent.id, _hashed(code), real_now=real_now)
            if not on_paper and not await _fits(tx, agent, code, real_now=real_now):
                raise WrongCode
            await second_factors.drop(tx, agent.id)
            token = await self._accounts.begin_anew(tx, agent, real_now=real_now)
            await audit.append(tx, at=real_now, actor=agent.login, action="factor_off", subject=agent.login)
        await self._guessing.forgive(_subject(agent))
        return token


async def _fits(tx: Transaction, agent: Agent, code: str, *, real_now: datetime) -> bool:
    """Whether the code is the generator's of about now, and used for the first time."""
    factor, digits = await second_factors.of(tx, agent.id), _plain(code)
    if factor is None or not DIGITS.fullmatch(digits):
        return False
    totp = pyotp.TOTP(factor.secret)
    fitting = [step for step in _steps(real_now) if compare_digest(totp.at(step * STEP_S), digits)]
    return bool(fitting) and await second_factors.use_step(tx, agent.id, fitting[-1])


def _steps(real_now: datetime) -> Iterator[int]:
    middle = int(real_now.timestamp()) // STEP_S
    yield from range(middle - STEPS_OFF, middle + STEPS_OFF + 1)


def _subject(agent: Agent) -> str:
    return f"code:{agent.id}"


def _plain(code: str) -> str:
    """As people type it: full-width digits, blanks and hyphens mean nothing."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code)).lower()


def _hashed(code: str) -> str:
    return sha256(_plain(code).encode()).hexdigest()
