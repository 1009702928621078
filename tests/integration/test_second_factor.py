"""The second step of the login: codes that are good once, codes on paper, and what a guesser gets."""

import asyncio
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from bot.store.database import Database
from bot.store.sessions import DeskSession
from bot.usecases.guessing import FREE_GUESSES, Blocked
from bot.usecases.second_factor import PAPERS, WrongCode
from tests.support.clocks import REAL
from tests.support.desk import PASSWORD, Office

STEP = timedelta(seconds=30)


@pytest.fixture
async def office(database: Database) -> Office:
    """The demo's people at their desk."""
    return await Office(database).open()


async def session(office: Office, *, real_now: datetime = REAL) -> DeskSession:
    """Sakura, with the right password."""
    token = await office.accounts.log_in("sakura", PASSWORD, real_now=real_now)
    assert token is not None
    found = await office.accounts.session(token.token, real_now=real_now)
    assert found is not None
    return found


async def generator(office: Office) -> pyotp.TOTP:
    """Sakura's, as the QR code tells it."""
    await office.second_factor.begin(await office.agent(), real_now=REAL)
    uri = (await office.second_factor.state(await office.agent())).uri
    assert uri is not None
    return pyotp.TOTP(parse_qs(urlsplit(uri).query)["secret"][0])


async def set_up(office: Office) -> tuple[pyotp.TOTP, list[str]]:
    """It is on; the code of REAL is used."""
    totp = await generator(office)
    _, papers = await office.second_factor.confirm(await session(office), totp.at(REAL), real_now=REAL)
    return totp, papers


async def test_nothing_is_asked_for_before_a_code_has_confirmed_the_generator(office: Office) -> None:
    await generator(office)
    assert not (await session(office)).awaits_code
    with pytest.raises(WrongCode):
        await office.second_factor.confirm(await session(office), "000000", real_now=REAL)
    assert not (await session(office)).awaits_code


async def test_confirming_rotates_the_session_and_the_secret_is_never_told_again(office: Office) -> None:
    totp, before = await generator(office), await session(office)
    token, papers = await office.second_factor.confirm(before, totp.at(REAL), real_now=REAL)
    assert await office.accounts.standing([before.token_hash], real_now=REAL) == {}
    assert await office.accounts.session(token.token, real_now=REAL) is not None
    assert len(set(papers)) == PAPERS
    state = await office.second_factor.state(await office.agent())
    assert (state.is_on, state.uri, state.secret, state.papers_left) == (True, None, None, PAPERS)
    await office.second_factor.begin(await office.agent(), real_now=REAL)  # nobody swaps it for one of their own
    assert (await office.second_factor.state(await office.agent())).is_on


async def test_a_code_is_good_once_and_none_before_it_is_good_after_it(office: Office) -> None:
    totp, _ = await set_up(office)
    later = REAL + STEP
    waiting = await session(office, real_now=later)
    assert waiting.awaits_code
    with pytest.raises(WrongCode):
        await office.second_factor.enter(waiting, totp.at(REAL), real_now=later)
    token = await office.second_factor.enter(waiting, totp.at(later), real_now=later)
    opened = await office.accounts.session(token.token, real_now=later)
    assert opened is not None
    assert not opened.awaits_code
    assert opened.token_hash != waiting.token_hash
    with pytest.raises(WrongCode):
        await office.second_factor.enter(await session(office, real_now=later), totp.at(later), real_now=later)


async def test_the_same_code_at_the_same_moment_lets_in_once(office: Office) -> None:
    totp, _ = await set_up(office)
    later = REAL + STEP
    waiting = [await session(office, real_now=later) for _ in range(4)]
    tries = [office.second_factor.enter(one, totp.at(later), real_now=later) for one in waiting]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(answer, Exception) for answer in answers) == 1


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_generators_clock_may_be_one_step_off(office: Office, steps: int, fits: bool) -> None:
    totp, _ = await set_up(office)
    later = REAL + 10 * STEP
    code = totp.at(later + steps * STEP)
    waiting = await session(office, real_now=later)
    if fits:
        await office.second_factor.enter(waiting, f" {code[:3]} {code[3:]} ", real_now=later)
    else:
        with pytest.raises(WrongCode):
            await office.second_factor.enter(waiting, code, real_now=later)


async def test_a_code_on_paper_is_good_once_however_it_is_typed(office: Office) -> None:
    _, papers = await set_up(office)
    typed = f"{papers[0][:5]}-{papers[0][5:]}".upper()
    await office.second_factor.enter(await session(office), typed, real_now=REAL)
    assert (await office.second_factor.state(await office.agent())).papers_left == PAPERS - 1
    with pytest.raises(WrongCode):
        await office.second_factor.enter(await session(office), papers[0], real_now=REAL)


async def test_guessing_codes_is_slowed_down(office: Office) -> None:
    totp, _ = await set_up(office)
    later = REAL + STEP
    waiting = await session(office, real_now=later)
    for _ in range(FREE_GUESSES):
        with pytest.raises(WrongCode):
            await office.second_factor.enter(waiting, "000000", real_now=later)
    with pytest.raises(Blocked):
        await office.second_factor.enter(waiting, totp.at(later), real_now=later)


async def test_the_half_open_session_opens_nothing_and_ends_soon(office: Office) -> None:
    await set_up(office)
    waiting = await session(office)
    assert await office.accounts.standing([waiting.token_hash], real_now=REAL) == {}
    again = await office.accounts.log_in("sakura", PASSWORD, real_now=REAL)
    assert again is not None
    assert again.expires_at - REAL == timedelta(minutes=5)


async def test_it_takes_a_code_to_switch_it_off_or_an_admin(office: Office) -> None:
    totp, papers = await set_up(office)
    opened = await session(office)
    with pytest.raises(WrongCode):
        await office.second_factor.switch_off(opened, totp.at(REAL), real_now=REAL)
    await office.second_factor.switch_off(opened, papers[1], real_now=REAL)
    assert not (await session(office)).awaits_code
    await set_up(office)
    assert (await session(office)).awaits_code
    await office.people.drop_factor("sakura", actor="aoi", now=REAL)
    assert not (await session(office)).awaits_code


async def test_no_secret_stands_in_the_audit_log(office: Office) -> None:
    totp, papers = await set_up(office)
    await office.second_factor.enter(await session(office), papers[0], real_now=REAL)
    entries = await office.audit.listing(limit=50)
    assert [entry.action for entry in reversed(entries)] == ["logged_in", "factor_on", "logged_in"]
    kept = " ".join(f"{entry.facts} {entry.subject}" for entry in entries)
    assert not any(word in kept for word in (totp.secret, papers[0], totp.at(REAL)))
