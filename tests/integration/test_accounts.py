"""Accounts: who is let in, for how long, and how guessing is slowed down."""

import asyncio
from datetime import timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher

from bot.store import agents
from bot.store.agents import Agent
from bot.store.database import Database
from bot.store.sessions import DeskSession
from bot.usecases.accounts import LoginToken, SessionPolicy
from bot.usecases.guessing import FREE_GUESSES, LONGEST_BLOCK, Blocked, blocked_for
from bot.usecases.passwords import PasswordRefused
from bot.usecases.people import DEMO_AGENTS, DEMO_PEOPLE, LastAdmin, LoginTaken, PersonNotFound
from tests.support.clocks import REAL
from tests.support.desk import PASSWORD, Office
from tests.support.products import NUMBER, number

POLICY = SessionPolicy()
A_MOMENT = timedelta(seconds=1)
NEW = "a longer password"


@pytest.fixture
async def office(database: Database) -> Office:
    """The demo's people at their desk."""
    return await Office(database).open()


async def logged_in(office: Office, login: str = "sakura", password: str = PASSWORD) -> LoginToken:
    token = await office.accounts.log_in(login, password, real_now=REAL)
    assert token is not None
    return token


async def session(office: Office, token: LoginToken, *, after: timedelta = A_MOMENT) -> DeskSession | None:
    return await office.accounts.session(token.token, real_now=REAL + after)


async def somebody(office: Office, login: str = "mika", role: str = "agent") -> Agent:
    return await office.people.add(
        login=login, name="Mika", password=PASSWORD, phone_number=NUMBER, role=role, actor="aoi", now=REAL
    )


async def changed(office: Office, login: str, **changes: object) -> None:
    known = (await office.people.person(login)).agent
    facts = {name: getattr(known, name) for name in ("name", "phone_number", "role", "skills", "needs_desk")} | changes
    await office.people.change(login, actor="aoi", now=REAL, **facts)


async def test_a_session_lasts_twelve_hours_at_most_and_ends_at_once_at_logout(office: Office) -> None:
    token = await logged_in(office, " Sakura ")
    almost = POLICY.longest - A_MOMENT
    for half_hour in range(1, 24):
        known = await session(office, token, after=timedelta(minutes=29 * half_hour))
        assert known is not None
        await office.accounts.touch(known, real_now=REAL + timedelta(minutes=29 * half_hour))
    assert known is not None
    await office.accounts.touch(known, real_now=REAL + timedelta(minutes=719))
    found = await session(office, token, after=almost)
    assert found is not None
    assert found.agent.name == "桜井 さくら"
    assert token.token not in (found.token_hash, found.csrf_token)
    assert await session(office, token, after=POLICY.longest) is None
    await office.accounts.log_out(found, real_now=REAL)
    assert await session(office, token, after=almost) is None
    assert await office.accounts.standing([found.token_hash], real_now=REAL + almost) == {}


async def test_a_session_ends_when_nobody_does_anything(office: Office) -> None:
    token = await logged_in(office)
    assert await session(office, token, after=POLICY.idle - A_MOMENT) is not None
    assert await session(office, token, after=POLICY.idle) is None


@pytest.mark.parametrize(
    ("login", "password"),
    [("sakura", "wrong"), ("nobody", PASSWORD), ("sakura", ""), ("", ""), ("sakura", PASSWORD * 100)],
)
async def test_only_the_right_password_of_a_known_login_lets_in(office: Office, login: str, password: str) -> None:
    assert await office.accounts.log_in(login, password, real_now=REAL) is None


class CountingHasher(PasswordHasher):
    """Remembers how often it worked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.worked: list[str] = []

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.worked.append("hash")
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 (argon2's own name)
        self.worked.append("verify")
        return super().verify(hash, password)


async def test_an_unknown_login_costs_one_password_hash_like_a_known_one(sqlite: Database) -> None:
    hasher = CountingHasher()
    office = await Office(sqlite, hasher=hasher).open()
    hasher.worked.clear()
    await office.accounts.log_in("nobody", "x", real_now=REAL)
    await office.accounts.log_in("sakura", "x", real_now=REAL)
    assert hasher.worked == ["hash", "verify"]


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (5, 0), (6, 15), (7, 30), (8, 60), (11, 480), (12, 900), (13, 900), (9999, 900)]
)
def test_each_wrong_guess_after_the_sixth_doubles_the_wait(failures: int, seconds: int) -> None:
    assert blocked_for(failures) == timedelta(seconds=seconds)


@pytest.mark.parametrize("login", ["sakura", "nobody"])
async def test_a_login_is_blocked_alike_whether_somebody_has_it_or_not(office: Office, login: str) -> None:
    for _ in range(FREE_GUESSES):
        assert await office.accounts.log_in(login, "guess", real_now=REAL) is None
    with pytest.raises(Blocked) as refused:
        await office.accounts.log_in(login, PASSWORD, real_now=REAL)
    assert refused.value.wait == timedelta(seconds=15)
    assert await office.accounts.log_in("ken", PASSWORD, real_now=REAL) is not None


async def test_the_block_holds_in_every_process_and_ends_with_the_right_password(
    office: Office, second_database: Database
) -> None:
    for _ in range(FREE_GUESSES):
        await office.accounts.log_in("sakura", "guess", real_now=REAL)
    other = Office(second_database)
    with pytest.raises(Blocked):
        await other.accounts.log_in("sakura", PASSWORD, real_now=REAL)
    later = REAL + timedelta(seconds=15)
    assert await other.accounts.log_in("sakura", PASSWORD, real_now=later) is not None
    assert await office.accounts.log_in("sakura", "guess", real_now=later) is None  # counted from one again
    assert await office.accounts.log_in("sakura", PASSWORD, real_now=later) is not None


async def test_of_many_guesses_at_once_no_more_are_looked_at_than_one_after_the_other(office: Office) -> None:
    guesses = [office.accounts.log_in("sakura", "guess", real_now=REAL) for _ in range(3 * FREE_GUESSES)]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert answers.count(None) == FREE_GUESSES
    assert all(isinstance(answer, Blocked) for answer in answers if answer is not None)


async def test_a_block_never_lasts_longer_than_a_quarter_of_an_hour(office: Office) -> None:
    moment = REAL
    for _ in range(FREE_GUESSES + 10):
        assert await office.accounts.log_in("sakura", "guess", real_now=moment) is None
        moment += LONGEST_BLOCK
    assert await office.accounts.log_in("sakura", PASSWORD, real_now=moment) is not None


async def test_a_new_password_ends_every_session_and_begins_another(office: Office) -> None:
    here, elsewhere = await logged_in(office), await logged_in(office)
    known = await session(office, here)
    assert known is not None
    token = await office.accounts.change_password(known, PASSWORD, NEW, real_now=REAL)
    assert await session(office, here) is None
    assert await session(office, elsewhere) is None
    assert await session(office, token) is not None
    assert await office.accounts.log_in("sakura", PASSWORD, real_now=REAL) is None
    assert await office.accounts.log_in("sakura", NEW, real_now=REAL) is not None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("wrong", NEW, "wrong_old"),
        (PASSWORD, "too short", "too_short"),
        (PASSWORD, "x" * 201, "too_long"),
        (PASSWORD, "Sakura-2026!", "contains_login"),
        (PASSWORD, PASSWORD, "same"),
    ],
)
async def test_a_password_that_cannot_be_used_changes_nothing(office: Office, old: str, new: str, reason: str) -> None:
    token = await logged_in(office)
    known = await session(office, token)
    assert known is not None
    with pytest.raises(PasswordRefused) as refused:
        await office.accounts.change_password(known, old, new, real_now=REAL)
    assert refused.value.reason == reason
    assert await session(office, token) is not None


async def test_whoever_is_let_go_is_out_at_once_and_may_come_back(office: Office) -> None:
    token = await logged_in(office)
    await office.people.disable("sakura", actor="aoi", now=REAL)
    assert await session(office, token) is None
    assert await office.accounts.log_in("sakura", PASSWORD, real_now=REAL) is None
    assert (await office.agent()).presence == "offline"
    await office.people.enable("sakura", actor="aoi", now=REAL)
    assert await session(office, token) is None
    assert await office.accounts.log_in("sakura", PASSWORD, real_now=REAL) is not None


async def test_another_role_ends_the_sessions_and_another_name_does_not(office: Office) -> None:
    token = await logged_in(office)
    await changed(office, "sakura", name="桜井 桜")
    assert await session(office, token) is not None
    await changed(office, "sakura", role="supervisor")
    assert await session(office, token) is None


async def test_a_reset_password_is_good_for_one_login_only(office: Office) -> None:
    token = await logged_in(office)
    password = await office.people.reset_password("sakura", actor="aoi", now=REAL)
    assert await session(office, token) is None
    assert await office.accounts.log_in("sakura", PASSWORD, real_now=REAL) is None
    known = await session(office, await logged_in(office, password=password))
    assert known is not None
    assert known.agent.must_change_password
    again = await session(office, await office.accounts.change_password(known, password, NEW, real_now=REAL))
    assert again is not None
    assert not again.agent.must_change_password


async def test_a_login_is_given_once(office: Office) -> None:
    await somebody(office)
    with pytest.raises(LoginTaken, match="Somebody has the login mika already"):
        await somebody(office, " MIKA")
    with pytest.raises(PersonNotFound):
        await office.people.disable("nobody", actor="aoi", now=REAL)


async def test_there_is_always_an_admin_left(office: Office) -> None:
    for change in (office.people.disable("aoi", actor="aoi", now=REAL), changed(office, "aoi", role="agent")):
        with pytest.raises(LastAdmin):
            await change
    await somebody(office, "mika", "admin")
    both = [office.people.disable(login, actor="aoi", now=REAL) for login in ("aoi", "mika")]
    answers = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["LastAdmin", "NoneType"]


async def test_the_demo_has_three_ready_agents_once_and_their_password_follows(office: Office) -> None:
    await office.people.ensure_demo_people("another password", now=office.now)
    assert [agent.login for agent in DEMO_AGENTS] == ["sakura", "ken", "emma"]
    assert await office.accounts.log_in("ken", PASSWORD, real_now=REAL) is None
    assert await office.accounts.log_in("ken", "another password", real_now=REAL) is not None
    assert (await office.agent("emma")).presence == "ready"


async def test_gateways_that_start_together_make_each_person_of_the_demo_once(database_url: str) -> None:
    together = [Database(database_url) for _ in range(3)]
    offices = [Office(database, hasher=CountingHasher()) for database in together]
    await asyncio.gather(*(office.people.ensure_demo_people(PASSWORD, now=REAL) for office in offices))
    for demo in DEMO_PEOPLE:
        assert await offices[0].accounts.log_in(demo.login, PASSWORD, real_now=REAL)
    async with together[0].read() as tx:
        assert await agents.count(tx) == len(DEMO_PEOPLE)
    for database in together:
        await database.close()


async def test_people_are_listed_with_those_who_may_not_come_last(office: Office) -> None:
    await office.people.disable("emma", actor="aoi", now=REAL)
    await changed(office, "ken", phone_number=number(4))
    assert [person.agent.login for person in await office.people.everybody()] == [
        "aoi",
        "hana",
        "ken",
        "sakura",
        "emma",
    ]
