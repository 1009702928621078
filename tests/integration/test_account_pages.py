"""Pages of accounts over HTTP: one's own, people, keys and the audit log."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest

from bot.store.database import Database
from bot.usecases.guessing import FREE_GUESSES
from bot.usecases.keys import ApiKeys
from tests.support.desk import PASSWORD, DeskServer, Office, Visitor, serving

NEW = "a longer password"
CODE = re.compile(r"<code>([\w-]+)</code>")
FACTS = {"name": "木村 美香", "phone": "090-1111-2222", "role": "agent"}


@pytest.fixture
async def server(sqlite: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    """The desk, with one callback for today."""
    office = await Office(sqlite).open()
    await office.has("K", name="佐藤 由美")
    async with serving(office, tmp_path) as running:
        yield running


@pytest.fixture
async def admin(server: DeskServer) -> AsyncIterator[Visitor]:
    visitor = Visitor(server.url)
    await visitor.log_in("aoi")
    yield visitor
    await visitor.http.aclose()


@pytest.fixture
async def agent(server: DeskServer) -> AsyncIterator[Visitor]:
    visitor = Visitor(server.url)
    await visitor.log_in()
    yield visitor
    await visitor.http.aclose()


@pytest.mark.parametrize("path", ["/desk/people", "/desk/people/sakura", "/desk/keys", "/desk/audit"])
@pytest.mark.parametrize("login", ["sakura", "hana"])
async def test_administration_is_for_admins_only(server: DeskServer, path: str, login: str) -> None:
    visitor = Visitor(server.url)
    await visitor.log_in(login)
    assert (await visitor.get(path)).status_code == 403
    assert "/desk/people" not in (await visitor.get("/desk")).text
    for post in ("/desk/people", "/desk/people/ken/disable", "/desk/people/sakura", "/desk/keys", "/desk/keys/revoke"):
        assert (await visitor.post(post, **FACTS)).status_code == 403
    assert (await server.office.people.person("ken")).agent.disabled_at is None
    await visitor.http.aclose()


async def test_an_admin_sees_what_a_supervisor_sees(admin: Visitor) -> None:
    assert (await admin.get("/desk/supervision")).status_code == 200
    assert (await admin.get("/desk/kpis")).status_code == 200


async def test_who_is_added_chooses_a_password_before_anything_else(server: DeskServer, admin: Visitor) -> None:
    added = await admin.post("/desk/people", login="mika", **FACTS)
    assert added.status_code == 201
    once = CODE.search(added.text)
    assert once is not None
    assert added.headers["cache-control"] == "no-store"
    assert once[1] not in (await admin.get("/desk/people/mika")).text
    mika = Visitor(server.url)
    await mika.log_in("mika", once[1])
    assert (await mika.get("/desk")).headers["location"] == "/desk/account"
    assert (await mika.get("/desk/events", headers={"Accept": "text/event-stream"})).status_code == 401
    token = await mika.token("/desk/account")
    before = mika.http.cookies["orikaeshi_desk"]
    changed = await mika.post("/desk/account/password", csrf=token, old=once[1], new=NEW, again=NEW)
    assert (changed.status_code, changed.headers["location"]) == (303, "/desk/account?saved=1")
    assert mika.http.cookies["orikaeshi_desk"] != before
    assert (await mika.get("/desk")).status_code == 200
    await mika.http.aclose()


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"login": "sakura"}, 409, "すでに使われています"),
        ({"login": "<b>"}, 422, "ログインIDは"),
        ({"login": "mika", "phone": "119"}, 422, "この電話番号は使えません"),
        ({"login": "mika", "name": " "}, 422, "名前を"),
        ({"login": "mika", "role": "owner"}, 403, ""),
        ({"login": "mika", "topic": "exploding"}, 403, ""),
    ],
)
async def test_what_cannot_be_taken_over_is_explained(
    server: DeskServer, admin: Visitor, fields: dict[str, str], status: int, sentence: str
) -> None:
    answer = await admin.post("/desk/people", **{**FACTS, **fields})
    assert answer.status_code == status
    assert sentence in answer.text
    assert len(await server.office.people.everybody()) == 5


async def test_letting_somebody_go_closes_their_pages(admin: Visitor, agent: Visitor) -> None:
    assert (await agent.get("/desk")).status_code == 200
    await admin.post("/desk/people/sakura/disable")
    assert (await agent.get("/desk")).headers["location"] == "/desk/login"
    assert "停止中" in (await admin.get("/desk/people")).text
    await admin.post("/desk/people/sakura/enable")
    assert (await agent.log_in()).headers["location"] == "/desk"


async def test_the_last_admin_cannot_leave(admin: Visitor) -> None:
    refused = await admin.post("/desk/people/aoi/disable")
    assert refused.status_code == 409
    assert "システム管理者がいなくなる" in refused.text
    assert (await admin.get("/desk/people/nobody")).status_code == 404


async def test_skills_and_role_are_changed_on_the_page(server: DeskServer, admin: Visitor) -> None:
    fields = {"name": "森田 健", "phone": "+815031000002", "role": "supervisor", "language": "ja", "phone_only": "1"}
    assert (await admin.post("/desk/people/ken", **fields)).status_code == 303
    ken = (await server.office.people.person("ken")).agent
    assert (ken.role, ken.skills.languages, ken.needs_desk) == ("supervisor", frozenset({"ja"}), False)


async def test_a_key_is_shown_once_may_only_read_and_ends_when_it_is_revoked(
    server: DeskServer, admin: Visitor
) -> None:
    keys = ApiKeys(server.office.world.database)
    made = await admin.post("/desk/keys", label="壁掛け", scope="read")
    key = CODE.search(made.text)
    assert key is not None
    assert key[1] not in (await admin.get("/desk/keys")).text
    access = await keys.access(key[1])
    assert access is not None
    assert (access.label, access.scopes) == ("壁掛け", frozenset({"read"}))
    await admin.post("/desk/keys/revoke", label="壁掛け")
    assert await keys.access(key[1]) is None


async def test_the_audit_page_filters_and_turns_pages(server: DeskServer, admin: Visitor, agent: Visitor) -> None:
    for index in range(60):
        await server.office.audit.note(at=server.office.now, actor="ken", action="noted", subject=f"N{index}")
    await agent.post("/desk/callbacks/K7Q4MN/number")
    newest = (await admin.get("/desk/audit")).text
    assert "電話番号の表示" in newest
    assert "090-1234-5678" not in newest
    assert "N59" in newest
    assert "N0<" not in newest
    older = re.search(r'href="(/desk/audit\?before=\d+)"', newest)
    assert older is not None
    assert "N0<" in (await admin.get(older[1])).text
    filtered = (await admin.get("/desk/audit?action=number_shown&actor=sakura&subject=K7Q4MN")).text
    assert "K7Q4MN" in filtered
    assert "N59" not in filtered
    assert (await admin.get("/desk/audit?before=x&actor=%3Csvg%3E")).status_code == 200


async def test_the_language_and_the_light_go_with_the_account(server: DeskServer, agent: Visitor) -> None:
    await agent.post("/desk/account", language="en", theme="dark")
    elsewhere = Visitor(server.url)
    await elsewhere.log_in()
    page = (await elsewhere.get("/desk")).text
    assert "Next callbacks" in page
    assert 'data-theme="dark"' in page
    assert 'name="color-scheme" content="dark"' in page
    await agent.get("/desk?lang=ja")
    assert "次の折り返し" in (await elsewhere.get("/desk")).text
    assert (await agent.post("/desk/account", language="tlh", theme="dark")).status_code == 403
    await elsewhere.http.aclose()


async def test_two_steps_from_the_set_up_to_the_login(server: DeskServer, agent: Visitor) -> None:
    assert (await agent.get("/desk/account/factor.svg")).status_code == 404
    await agent.post("/desk/account/factor/begin")
    page = (await agent.get("/desk/account")).text
    secret = re.search(r'<code class="secret-line">(\w+)</code>', page)
    assert secret is not None
    assert (await agent.get("/desk/account/factor.svg")).headers["content-type"] == "image/svg+xml"
    totp = pyotp.TOTP(secret[1])
    wrong = await agent.post("/desk/account/factor/confirm", code="000000")
    assert wrong.status_code == 422
    on = await agent.post("/desk/account/factor/confirm", code=totp.now())
    papers = CODE.findall(on.text)
    assert len(papers) == 10
    assert secret[1] not in on.text
    assert (await agent.get("/desk/account/factor.svg")).status_code == 404
    assert (await agent.get("/desk")).status_code == 200  # the session went on under a new name

    other = Visitor(server.url)
    await other.log_in()
    for path in ("/desk", "/desk/callbacks/K7Q4MN", "/desk/account"):
        assert (await other.get(path)).headers["location"] == "/desk/login/code"
    token = await other.token("/desk/login/code")
    assert (await other.post("/desk/callbacks/K7Q4MN/number", csrf=token)).status_code == 303
    assert (await other.post("/desk/login/code", csrf=token, code="000000")).status_code == 401
    entered = await other.post("/desk/login/code", csrf=token, code=papers[0])
    assert entered.headers["location"] == "/desk"
    assert "次の折り返し" in (await other.get("/desk")).text
    await other.http.aclose()


async def test_the_login_says_how_long_to_wait_and_not_whom_it_knows(server: DeskServer) -> None:
    waits = []
    for login in ("sakura", "nobody"):
        for _ in range(FREE_GUESSES):
            await server.office.accounts.log_in(login, "guess", real_now=datetime.now(UTC))
        visitor = Visitor(server.url)
        answer = await visitor.log_in(login, PASSWORD)
        waits.append(
            (answer.status_code, answer.text.replace(login, "").replace(await visitor.token("/desk/login"), ""))
        )
        await visitor.http.aclose()
    assert waits[0][0] == waits[1][0] == 429
    assert re.sub(r"\d+秒", "", waits[0][1]) == re.sub(r"\d+秒", "", waits[1][1])


async def test_a_page_that_follows_by_itself_keeps_no_session_alive(server: DeskServer, agent: Visitor) -> None:
    touched: list[str] = []
    touch = server.office.accounts.touch

    async def noted(*arguments: object, **facts: object) -> None:
        touched.append("touched")
        await touch(*arguments, **facts)  # type: ignore[arg-type]  # passed on as they came

    server.office.accounts.touch = noted  # type: ignore[method-assign]  # to see who asks
    for headers in ({"Sec-Fetch-Dest": "empty", "Accept": "text/html"}, {"Accept": "application/json"}):
        assert (await agent.get("/desk", headers=headers)).status_code == 200
    assert touched == []
    await agent.get("/desk", headers={"Sec-Fetch-Dest": "document"})
    assert touched == ["touched"]
