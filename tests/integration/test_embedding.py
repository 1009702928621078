"""What other sites may load and ask: little, and only those that the settings name."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest
from sanic import Blueprint, Request

from bot.gateway.demo import shop_blueprint
from bot.gateway.embedding import STATIC
from bot.gateway.live import stream
from bot.store.conversations import Said
from tests.integration.conftest import Gateway
from tests.support.serving import bound_socket, serving_at

MOST_BYTES = 40 * 1024
"""Compressed, of everything that a visitor's browser loads."""
IMPORT = re.compile(r'from "(\.[^"]+)"')
SITE = "https://www.example.jp"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Settings that name one site."""
    told = (Path(__file__).parents[2] / "orikaeshi.toml").read_text("utf-8")
    file = tmp_path / "embedding.toml"
    file.write_text(told.replace("embed_on = []", f'embed_on = ["{SITE}"]'), "utf-8")
    return {"ORIKAESHI_SETTINGS": str(file)}


async def test_everything_that_a_visitor_loads_is_small(gateway: Gateway) -> None:
    wanted, sizes = ["/static/embed/launcher.js"], dict[str, int]()
    for path in wanted:
        answer = await gateway.public.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip", path
        assert answer.headers["access-control-allow-origin"] == "*"
        sizes[path] = answer.num_bytes_downloaded
        for name in IMPORT.findall(answer.text):
            found = str(answer.url.join(name).path)
            if found not in wanted:
                wanted.append(found)
    assert "//" not in (await gateway.public.get("/static/chat/outbox.js")).text.split("\n")[0]
    for path in ("/embed/chat.js", "/embed/chat.css", "/embed/chat.html"):
        answer = await gateway.public.get(path, headers={"Accept-Encoding": "gzip"})
        sizes[path] = answer.num_bytes_downloaded
    assert len(sizes) > 20
    assert sum(sizes.values()) <= MOST_BYTES, sizes


def test_no_script_has_text_over_several_lines_which_could_look_like_a_comment() -> None:
    for script in STATIC.rglob("*.js"):
        for number, line in enumerate(script.read_text("utf-8").splitlines(), start=1):
            assert line.count("`") % 2 == 0, f"{script.name}:{number}"


async def test_only_sites_that_the_settings_name_may_talk_to_the_chat(gateway: Gateway) -> None:
    for origin, is_named in ((SITE, True), ("https://evil.example", False), ("null", False)):
        asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        for path in ("/api/v1/chat/sessions", "/api/v1/chat/sessions/x/messages", "/api/v1/chat/sessions/x/events"):
            for answer in (
                await gateway.public.options(path, headers=asks),
                await gateway.public.get(path, headers={"Origin": origin}),
            ):
                told = answer.headers.get("access-control-allow-origin")
                assert told == (origin if is_named else None), (path, answer.status_code)
                assert answer.headers["vary"] == "Origin"
                assert "access-control-allow-credentials" not in answer.headers
    answer = await gateway.public.get("/api/v1/callbacks", headers={"Origin": SITE})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(("origin", "told"), [(SITE, SITE), ("https://evil.example", None)])
async def test_what_is_said_later_is_heard_on_named_sites_alone(origin: str, told: str | None) -> None:
    events = Blueprint("events")

    async def said() -> AsyncGenerator[Said | None]:
        yield None

    @events.get("/api/v1/chat/sessions/x/events")
    async def listen(request: Request) -> None:
        await stream(request, said())

    with bound_socket() as sock:
        async with serving_at(sock, events, embed_on=(SITE,)) as address, httpx.AsyncClient() as http:
            answer = await http.get(f"{address}/api/v1/chat/sessions/x/events", headers={"Origin": origin})
            assert answer.headers.get("access-control-allow-origin") == told
            assert answer.text == ": open\n\n: still here\n\n"


async def test_the_demo_shop_is_there_only_with_the_simulated_carrier(gateway: Gateway) -> None:
    assert (await gateway.public.get("/demo/shop")).status_code == 404
    with bound_socket() as sock:
        async with serving_at(sock, shop_blueprint()) as address, httpx.AsyncClient() as http:
            for language, words in (("ja", "台所の家電"), ("en", "Kitchen appliances")):
                answer = await http.get(f"{address}/demo/shop?lang={language}")
                assert (answer.status_code, words in answer.text) == (200, True)
                assert 'src="/embed/chat.js" async' in answer.text
