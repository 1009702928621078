"""The handset in the browser: one phone, or a board of several, kept up to date by server-sent events."""

from urllib.parse import unquote, urlencode

from sanic import Blueprint, HTTPResponse, Request

from bot.gateway.rendering import page
from bot.gateway.simulator.streams import stream
from bot.gateway.simulator.texts import TEXTS, language_of
from bot.simulator.carrier import SimulatedCarrier
from bot.simulator.handsets import read_number
from bot.simulator.records import BEHAVIOURS

_SHOWN_AT_FIRST = 2
"""Of the phones that nobody but a visitor answers, the newest."""


def add_pages(blueprint: Blueprint, carrier: SimulatedCarrier, timezone: str, *, has_line: bool) -> None:
    """`/phone/{number}`, `/phones` and `/events`; times in `timezone`; where there is LINE they link to it."""

    def render(request: Request, template: str, numbers: list[str]) -> HTTPResponse:
        language = language_of(request.args.get("lang"))
        other = {**request.args, "lang": "ja" if language == "en" else "en"}
        return page(
            template,
            t=TEXTS[language],
            language=language,
            other_language_query=urlencode(other, doseq=True),
            timezone=timezone,
            takes_calls=carrier.takes_calls,
            has_line=has_line,
            behaviours=BEHAVIOURS,
            numbers=numbers,
        )

    @blueprint.get("/phone/<number>", name="phone_page")
    async def phone_page(request: Request, number: str) -> HTTPResponse:
        return render(request, "handset.html", [read_number(unquote(number))])

    @blueprint.get("/phones", name="board_page")
    async def board_page(request: Request) -> HTTPResponse:
        by_hand = [handset.number for handset in carrier.handsets.known() if handset.behaviour == "manual"]
        numbers = [read_number(number) for number in request.args.getlist("number", [])]
        return render(request, "handset_board.html", numbers or by_hand[: -_SHOWN_AT_FIRST - 1 : -1])

    @blueprint.get("/events", name="events")
    async def events(request: Request) -> None:
        numbers = [read_number(number) for number in request.args.getlist("number", [])]
        await stream(
            request, carrier.changes, numbers, stopping=carrier.stopping, state=lambda: _state(carrier, numbers)
        )


def _state(carrier: SimulatedCarrier, numbers: list[str]) -> dict[str, object]:
    settings = {number: carrier.handsets.setting(number) for number in numbers}
    return {
        "clock": carrier.clock.get(),
        "faulty": carrier.faulty,
        "known": [handset.number for handset in carrier.handsets.known()],
        "handsets": {
            number: {
                **carrier.handsets.view(number),
                "behaviour": setting.behaviour,
                "talk_s": setting.talk_s,
            }
            for number, setting in settings.items()
        },
    }
