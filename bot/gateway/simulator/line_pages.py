"""LINE in the browser: one person's chat, or a board of several, kept up to date by server-sent events."""

from urllib.parse import urlencode

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, raw, redirect

from bot.gateway.rendering import page
from bot.gateway.simulator.line_texts import LINE_TEXTS
from bot.gateway.simulator.streams import stream
from bot.gateway.simulator.texts import TEXTS, language_of
from bot.simulator.line.channel import SimulatedLine

_ANYBODY = ""
"""What the stream watches besides its people: that there are new ones, that the clock was moved."""
_SHOWN_AT_FIRST = 2
_A_DAY_S = 86400


def add_line_pages(blueprint: Blueprint, line: SimulatedLine, timezone: str) -> None:
    """`/line`, `/line/{user id}`, `/line/events` and the pictures of rich menus; times are shown in `timezone`."""

    @blueprint.get("/line", name="line_board_page")
    async def board_page(request: Request) -> HTTPResponse:
        newest = [str(person["user_id"]) for person in line.people.known()][: -_SHOWN_AT_FIRST - 1 : -1]
        return _page(request, line, timezone, "line_board.html", _known(request, line) or newest)

    @blueprint.get("/line/<user_id:U[0-9a-f]{32}>", name="line_person_page")
    async def person_page(request: Request, user_id: str) -> HTTPResponse:
        if user_id not in _everybody(line):
            return redirect(f"/simulator/line?lang={language_of(request.args.get('lang'))}")
        return _page(request, line, timezone, "line_person.html", [user_id])

    @blueprint.get("/line/events", name="line_events")
    async def events(request: Request) -> None:
        people = _known(request, line)
        watched = [*people, _ANYBODY]
        await stream(request, line.changes, watched, stopping=line.stopping, state=lambda: _state(line, people))

    @blueprint.get("/line/menus/<menu_id:richmenu-[0-9a-f]{32}>/image", name="line_menu_image")
    async def menu_image(_request: Request, menu_id: str) -> HTTPResponse:
        menu = line.menu(menu_id)
        if menu is None or menu.image is None or menu.image_type is None:
            return empty(status=404)
        headers = {"Cache-Control": f"private, max-age={_A_DAY_S}"}
        return raw(menu.image, content_type=menu.image_type, headers=headers)


def _page(request: Request, line: SimulatedLine, timezone: str, template: str, people: list[str]) -> HTTPResponse:
    language = language_of(request.args.get("lang"))
    other = {**request.args, "lang": "ja" if language == "en" else "en"}
    return page(
        template,
        t={**TEXTS[language], **LINE_TEXTS[language]},
        language=language,
        other_language_query=urlencode(other, doseq=True),
        timezone=timezone,
        account=line.display_name,
        people=people,
        names=[str(line.people.view(user_id)["display_name"]) for user_id in people],
    )


def _known(request: Request, line: SimulatedLine) -> list[str]:
    """Of the people whom the address names those who are still there: it may be older than the books."""
    wanted = dict.fromkeys(request.args.getlist("person", []))
    return [user_id for user_id in wanted if user_id in _everybody(line)]


def _everybody(line: SimulatedLine) -> set[str]:
    return {str(person["user_id"]) for person in line.people.known()}


def _state(line: SimulatedLine, people: list[str]) -> dict[str, object]:
    return {
        "clock": line.clock.get(),
        "faulty": line.faulty,
        "known": line.people.known(),
        "people": {user_id: line.people.view(user_id) for user_id in people},
    }
