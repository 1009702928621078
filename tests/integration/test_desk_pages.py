"""The desk's door and its forms, over HTTP on a real server."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.booking.callback import Status
from bot.gateway.desk.auth import FAILURES_PER_MINUTE, SESSION_COOKIE
from bot.store.database import Database
from bot.usecases.agent import note_mark
from tests.support.desk import PASSWORD, DeskServer, Office, Visitor, serving

JSON = {"Accept": "application/json"}


@pytest.fixture
async def server(sqlite: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    """The desk, with one callback for today."""
    office = await Office(sqlite).open()
    await office.has("K", name="佐藤 由美")
    async with serving(office, tmp_path) as running:
        yield running


@pytest.fixture
async def visitor(server: DeskServer) -> AsyncIterator[Visitor]:
    """Somebody at the door."""
    stranger = Visitor(server.url)
    yield stranger
    await stranger.http.aclose()


@pytest.fixture
async def agent(visitor: Visitor) -> Visitor:
    """Sakura, logged in."""
    assert (await visitor.log_in()).status_code == 303
    return visitor


@pytest.mark.parametrize(
    ("path", "login"),
    [
        ("/desk", "/desk/login"),
        ("/desk/", "/desk/login"),
        ("/desk/callbacks/K7Q4MN", "/desk/login?next=%2Fdesk%2Fcallbacks%2FK7Q4MN"),
    ],
)
async def test_a_stranger_is_led_to_the_login_and_back(visitor: Visitor, path: str, login: str) -> None:
    answer = await visitor.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, login)
    wanted = "/desk" if path == "/desk/" else path
    assert (await visitor.log_in(next=wanted)).headers["location"] == wanted


@pytest.mark.parametrize("path", ["/desk", "/desk/events", "/desk/callbacks/K7Q4MN"])
async def test_a_script_without_a_session_is_told_so(visitor: Visitor, path: str) -> None:
    answer = await visitor.get(path, headers={"Accept": "text/event-stream"})
    assert answer.status_code == 401
    assert "佐藤" not in answer.text


@pytest.mark.parametrize("path", ["outcome", "note", "number"])
async def test_a_stranger_changes_and_learns_nothing(server: DeskServer, visitor: Visitor, path: str) -> None:
    answer = await visitor.post(f"/desk/callbacks/K7Q4MN/{path}", csrf="x" * 43, resolution="resolved", seen="booked")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/login")
    board = await server.office.desk.board(now=server.office.now)
    assert [entry.callback.status for entry in board.upcoming] == [Status.BOOKED]


async def test_the_session_cookie_is_new_at_each_login_and_out_of_reach_for_scripts(visitor: Visitor) -> None:
    visitor.http.cookies.set(SESSION_COOKIE, "chosen-by-somebody-else", path="/desk")
    cookies = []
    for _ in range(2):
        visitor.http.cookies.delete(SESSION_COOKIE)
        header = (await visitor.log_in()).headers["set-cookie"]
        for word in ("HttpOnly", "SameSite=Lax", "Path=/desk", "Max-Age=43200"):
            assert word in header
        cookies.append(re.search(rf"{SESSION_COOKIE}=([\w-]+)", header)[1])  # type: ignore[index]  # it is there
    assert len(set(cookies)) == 2
    assert all(len(cookie) >= 22 for cookie in cookies)  # 128 bits and more


async def test_cookies_are_secure_where_the_desk_is(sqlite: Database, tmp_path: Path) -> None:
    office = await Office(sqlite).open()
    async with serving(office, tmp_path, PUBLIC_BASE_URL="https://desk.example") as server:
        visitor = Visitor(server.url)
        assert "Secure" in (await visitor.get("/desk/login")).headers["set-cookie"]
        await visitor.http.aclose()


async def test_an_old_cookie_opens_nothing_after_the_logout(server: DeskServer, agent: Visitor) -> None:
    cookie = agent.http.cookies[SESSION_COOKIE]
    answer = await agent.post("/desk/logout")
    assert answer.headers["location"] == "/desk/login?ended=1"
    thief = Visitor(server.url)
    thief.http.cookies.set(SESSION_COOKIE, cookie, path="/desk")
    assert (await thief.get("/desk")).status_code == 303
    await thief.http.aclose()


async def test_a_second_login_ends_the_session_before_it(server: DeskServer, agent: Visitor) -> None:
    before = agent.http.cookies[SESSION_COOKIE]
    token = await Visitor(server.url).token("/desk/login")
    agent.http.cookies.set("orikaeshi_desk_form", token, path="/desk/login")
    assert (await agent.post("/desk/login", csrf=token, login="ken", password=PASSWORD)).status_code == 303
    thief = Visitor(server.url)
    thief.http.cookies.set(SESSION_COOKIE, before, path="/desk")
    assert (await thief.get("/desk")).status_code == 303
    await thief.http.aclose()


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_a_wrong_password_and_an_unknown_login_look_the_same(visitor: Visitor, language: str) -> None:
    await visitor.get(f"/desk/login?lang={language}")
    wrong = await visitor.log_in("sakura", "wrong")
    unknown = await visitor.log_in("sakuro", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("sakura", "") == unknown.text.replace("sakuro", "")
    assert 'role="alert"' in wrong.text


async def test_guessing_is_slowed_down_for_that_login_only(visitor: Visitor) -> None:
    answers = [(await visitor.log_in("sakura", "guess")).status_code for _ in range(FAILURES_PER_MINUTE)]
    assert answers == [401] * FAILURES_PER_MINUTE
    braked = await visitor.log_in()
    assert braked.status_code == 429
    assert 1 <= int(braked.headers["retry-after"]) <= 20
    assert "秒後に" in braked.text
    assert (await visitor.log_in("ken")).status_code == 303


async def test_logging_in_often_is_not_guessing(visitor: Visitor) -> None:
    for _ in range(FAILURES_PER_MINUTE + 2):
        assert (await visitor.log_in()).status_code == 303
        await visitor.post("/desk/logout")


@pytest.mark.parametrize("csrf", ["", "x", "y" * 43])
@pytest.mark.parametrize("path", ["/desk/logout", "/desk/callbacks/K7Q4MN/note", "/desk/callbacks/K7Q4MN/outcome"])
async def test_a_form_without_our_token_is_refused(server: DeskServer, agent: Visitor, path: str, csrf: str) -> None:
    fields = {"text": "forged", "resolution": "resolved", "seen": "booked"}
    assert (await agent.post(path, csrf=csrf, **fields)).status_code == 403
    assert (await agent.get("/desk")).status_code == 200
    dossier = await server.office.desk.dossier("K7Q4MN", reader=await server.office.agent(), now=server.office.now)
    assert (dossier.own_note, dossier.resolved) == (None, None)


async def test_another_agents_token_is_not_ours(server: DeskServer, agent: Visitor) -> None:
    ken = Visitor(server.url)
    await ken.log_in("ken")
    answer = await agent.post("/desk/callbacks/K7Q4MN/note", csrf=await ken.token(), text="x")
    assert answer.status_code == 403
    await ken.http.aclose()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_form_of_another_site_is_refused_even_with_the_token(agent: Visitor, headers: dict[str, str]) -> None:
    token = await agent.token()
    answer = await agent.http.post("/desk/logout", data={"csrf": token}, headers=headers)
    assert answer.status_code == 403
    assert (await agent.get("/desk")).status_code == 200


async def test_a_login_form_of_another_site_is_refused(visitor: Visitor) -> None:
    fields = {"login": "sakura", "password": PASSWORD, "csrf": "z" * 43}
    assert (await visitor.http.post("/desk/login", data=fields)).status_code == 403


async def test_an_unknown_reference_gets_a_page_that_says_so(agent: Visitor) -> None:
    for reference in ("ZZZZZZ", "K7Q4M", "%3Csvg%20onload=x%3E"):
        answer = await agent.get(f"/desk/callbacks/{reference}")
        assert answer.status_code == 404
        assert "見つかりません" in answer.text
        assert "<svg onload" not in answer.text


async def test_the_number_is_masked_until_it_is_asked_for(server: DeskServer, agent: Visitor) -> None:
    for path in ("/desk", "/desk/callbacks/K7Q4MN"):
        text = (await agent.get(path)).text
        assert "5678" in text
        assert "1234" not in text
    shown = await agent.post("/desk/callbacks/K7Q4MN/number")
    assert "090-1234-5678" in shown.text
    dossier = await server.office.desk.dossier("K7Q4MN", reader=await server.office.agent(), now=server.office.now)
    assert [event.agent_name for event in dossier.history if event.kind == "number_shown"] == ["桜井 さくら"]


async def test_without_scripts_an_agent_records_and_writes_all_the_same(server: DeskServer, agent: Visitor) -> None:
    here = "/desk/callbacks/K7Q4MN"
    noted = await agent.post(f"{here}/note", text="訪問修理を手配", seen=note_mark(""))
    assert (noted.status_code, noted.headers["location"]) == (303, here)
    await agent.post(f"{here}/outcome", resolution="resolved", seen="booked")
    page = (await agent.get(here)).text
    assert "訪問修理を手配" in page
    assert "桜井 さくらさんが10:00に記録" in page
    board = await server.office.desk.board(now=server.office.now)
    assert [entry.callback.resolution for entry in board.finished] == ["settled"]


async def test_the_second_agent_is_told_kindly_who_was_first(server: DeskServer, agent: Visitor) -> None:
    office = server.office
    await office.desk.record("K7Q4MN", await office.agent("ken"), "resolved", seen=Status.BOOKED, now=office.now)
    here = "/desk/callbacks/K7Q4MN/outcome"
    told = await agent.post(here, resolution="resolved", seen="booked")
    assert told.status_code == 409
    assert "森田 健さんが先に記録しています" in told.text
    token = await agent.token()
    fields = {"csrf": token, "resolution": "resolved", "seen": "booked"}
    assert "森田 健" in (await agent.http.post(here, data=fields, headers=JSON)).json()["message"]


@pytest.mark.parametrize(
    ("seen", "sentence"), [("dialing", "いまの状態（発信中）では記録できません"), ("booked", "状況が変わりました")]
)
async def test_an_outcome_that_does_not_fit_is_explained(
    server: DeskServer, agent: Visitor, seen: str, sentence: str
) -> None:
    late = await server.office.has("D", window_shift=timedelta(hours=1))
    await server.office.dials(late)
    told = await agent.post("/desk/callbacks/D7Q4MN/outcome", resolution="resolved", seen=seen)
    assert told.status_code == 409
    assert sentence in told.text


async def test_a_note_that_could_not_be_kept_is_still_on_the_page(server: DeskServer, agent: Visitor) -> None:
    office = server.office
    await office.desk.write_note("K7Q4MN", await office.agent(), "左の窓", seen=note_mark(""), now=office.now)
    told = await agent.post("/desk/callbacks/K7Q4MN/note", text="右の窓", seen=note_mark(""))
    assert told.status_code == 409
    assert "左の窓" in told.text
    assert "右の窓" in told.text


@pytest.mark.parametrize(("resolution", "seen"), [("", "booked"), ("exploded", "booked"), ("resolved", "sold")])
async def test_an_outcome_that_we_do_not_offer_is_refused(agent: Visitor, resolution: str, seen: str) -> None:
    answer = await agent.post("/desk/callbacks/K7Q4MN/outcome", resolution=resolution, seen=seen)
    assert answer.status_code == 403


async def test_pages_allow_no_foreign_or_inline_code_and_are_never_stored(agent: Visitor) -> None:
    for path in ("/desk", "/desk/callbacks/K7Q4MN"):
        answer = await agent.get(path)
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", answer.text)


async def test_the_language_stays_once_it_is_chosen(agent: Visitor) -> None:
    assert "次の折り返し" in (await agent.get("/desk")).text
    assert "Next callbacks" in (await agent.get("/desk?lang=en")).text
    assert "Next callbacks" in (await agent.get("/desk")).text


async def test_a_database_that_is_away_is_told_on_a_page(
    server: DeskServer, agent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(**_facts: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(server.office.desk, "board", away)
    answer = await agent.get("/desk")
    assert answer.status_code == 500
    assert "こちらの不具合で表示できませんでした" in answer.text
    assert "disk" not in answer.text


async def test_numbers_in_the_talk_are_as_hidden_as_the_number_itself(server: DeskServer, agent: Visitor) -> None:
    callback = await server.office.has("Q", conversation_id=None)
    await server.office.has_talk(callback, ("customer", "090-1234-5678です"))
    page = (await agent.get("/desk/callbacks/Q7Q4MN")).text
    assert "•••••••5678です" in page
    assert "090-1234-5678" not in page
    shown = await agent.post("/desk/callbacks/Q7Q4MN/number")
    assert "090-1234-5678です" in shown.text
