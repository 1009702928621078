"""The desk on a real server over a test's own database, and the callbacks that its agents see."""

import contextlib
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from playwright.async_api import Page

from bot.booking.callback import Callback, Status
from bot.booking.rules import Rules
from bot.gateway.desk import desk_blueprint
from bot.store import agents, attempts, callbacks, conversations
from bot.store.agents import Agent
from bot.store.database import Database
from bot.usecases.accounts import Accounts
from bot.usecases.agent import Desk
from bot.usecases.assigning import Assignments
from bot.usecases.audit import AuditLog
from bot.usecases.bulk import Bulk
from bot.usecases.followups import FollowUps
from bot.usecases.people import People
from bot.usecases.presences import Presences
from bot.usecases.second_factor import SecondFactor
from tests.support.clocks import REAL
from tests.support.products import BUSINESS, World, a_callback, a_product
from tests.support.serving import bound_socket, serving_at

PASSWORD = "correct horse"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Argon2 that takes no time."""
TOKEN = re.compile(r'name="csrf" value="([\w-]+)"')


class Office:
    """Agents at their desk: the use cases, and what happens around them."""

    def __init__(self, database: Database, *, hasher: PasswordHasher = CHEAP, rules: Rules | None = None) -> None:
        self.world = World(database, rules=rules)
        self.desk = Desk(database, business=BUSINESS, line=self.world.line)
        world = self.world
        self.follow_ups = FollowUps(database, self.desk, world.bookings, rules=world.rules, seats=world.seats)
        self.assignments = Assignments(database)
        self.bulk = Bulk(
            database, bookings=world.bookings, desk=self.desk, follow_ups=self.follow_ups, assignments=self.assignments
        )
        self.accounts = Accounts(database, hasher=hasher)
        self.second_factor = SecondFactor(database, self.accounts, issuer="Shop")
        self.presences = Presences(database)
        self.people = People(database, hasher=hasher)
        self.audit = AuditLog(database)
        self.clock = self.world.clock

    async def open(self) -> "Office":
        """Let the demo's people in."""
        await self.people.ensure_demo_people(PASSWORD, now=self.now)
        return self

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def agent(self, login: str = "sakura") -> Agent:
        """One of the demo's agents."""
        async with self.world.database.read() as tx:
            found = await agents.by_login(tx, login)
        assert found is not None
        return found

    async def has(self, letter: str = "K", **facts: Any) -> Callback:
        """A callback with this letter in its reference."""
        callback = a_callback(letter, **facts)
        async with self.world.database.write() as tx:
            await callbacks.add(tx, callback)
        return callback

    async def has_talk(self, callback: Callback, *said: tuple[str, str]) -> None:
        """What was said before it was booked: (sender, text)."""
        talk = secrets.token_urlsafe(32)
        async with self.world.database.write() as tx:
            await conversations.open_talk(tx, talk, channel="web", language=callback.language, now=self.now)
            for minute, (sender, text) in enumerate(said):
                at = callback.created_at + timedelta(minutes=minute)
                await conversations.add_message(tx, talk, sender=sender, text=text, now=at)
            known = await callbacks.get(tx, callback.id)
            await callbacks.change(tx, known, now=self.now, conversation_id=talk)

    async def dials(self, callback: Callback, login: str = "sakura") -> str:
        """The dispatcher has given the callback to this agent; returns the attempt."""
        agent, attempt_id = await self.agent(login), secrets.token_hex(16)
        async with self.world.database.write() as tx:
            known = await callbacks.get(tx, callback.id)
            await callbacks.change(tx, known, now=self.now, status=Status.DIALING)
            await attempts.begin(
                tx, attempt_id, callback_id=known.id, number=len(known.attempts) + 1, to_number=known.phone_number,
                agent_id=agent.id, now=self.now, real_now=REAL,
            )  # fmt: skip
        return attempt_id

    async def hears_key(self, attempt_id: str) -> None:
        """The customer has pressed the key: the agent's phone rings."""
        async with self.world.database.write() as tx:
            await attempts.change(
                tx, attempt_id, answered_at=self.now, confirmed_at=self.now, carrier_state="in-progress"
            )

    async def talks(self, attempt_id: str) -> None:
        """The agent has taken the call."""
        await self.hears_key(attempt_id)
        await self.world.calls.agent_pressed(attempt_id, "1", call_sid=f"CA-agent-{attempt_id}", now=self.now)

    async def hangs_up(self, attempt_id: str, status: str = "completed", *, duration_s: int | None = None) -> None:
        """The carrier reports the end."""
        async with self.world.database.read() as tx:
            dial = await attempts.get(tx, attempt_id)
        assert dial is not None
        await self.world.report(dial, status, duration_s=duration_s)

    async def read(self, callback: Callback) -> Callback:
        return await self.world.read(callback)

    async def history(self, callback: Callback) -> list[str]:
        """What happened to it, oldest first."""
        async with self.world.database.read() as tx:
            return [kind for _, kind, _ in await callbacks.history(tx, callback.id)]


@dataclass(frozen=True, kw_only=True)
class DeskServer:
    """Where the desk is served."""

    url: str
    office: Office


@contextlib.asynccontextmanager
async def serving(office: Office, folder: Path, **environment: str) -> AsyncIterator[DeskServer]:
    """The desk on a free port of this machine."""
    with bound_socket() as sock:
        told = {"PORT": str(sock.getsockname()[1]), **environment}
        product = replace(
            await a_product(office.world, folder, **told),
            desk=office.desk,
            follow_ups=office.follow_ups,
            assignments=office.assignments,
            bulk=office.bulk,
            accounts=office.accounts,
            people=office.people,
            second_factor=office.second_factor,
        )
        async with serving_at(sock, desk_blueprint(product)) as url:
            yield DeskServer(url=url, office=office)


async def enter(page: Page, url: str, login: str = "hana", path: str = "/desk") -> None:
    """Log in in a browser, as a person does, on the way to a page."""
    await page.goto(f"{url}/desk/login?next={path}")
    await page.locator("input[name=login]").fill(login)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("input[name=password]").press("Enter")
    await page.wait_for_url(f"**{path}")


class Visitor:
    """A program that behaves like a browser without scripts."""

    def __init__(self, url: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, trust_env=False)

    async def get(self, path: str = "/desk", **options: Any) -> httpx.Response:
        """Fetch a page without following redirects."""
        return await self.http.get(path, **options)

    async def token(self, path: str = "/desk") -> str:
        """The form token that this page carries."""
        found = TOKEN.search((await self.get(path)).text)
        assert found is not None
        return found[1]

    async def post(self, path: str, *, csrf: str | None = None, **fields: str) -> httpx.Response:
        """Send a form with the page's token, or with the given one."""
        token = await self.token("/desk/login" if path == "/desk/login" else "/desk") if csrf is None else csrf
        return await self.http.post(path, data={"csrf": token, **fields})

    async def log_in(self, login: str = "sakura", password: str = PASSWORD, **fields: str) -> httpx.Response:
        """Fill in the login form."""
        return await self.post("/desk/login", login=login, password=password, **fields)
