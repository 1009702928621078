"""The simulated carrier's HTTP face: the carrier's API, the handsets, the faults, the clock and the handset page; and
LINE's, where it is simulated too.

Mounted only where the simulated carrier is configured; it has no login and answers on loopback only.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from sanic import Blueprint, HTTPResponse, Request, Sanic
from sanic.response import empty
from sanic.response import json as json_response

from bot.gateway.simulator.guard import refuse_strangers
from bot.gateway.simulator.line import add_line
from bot.gateway.simulator.line_pages import add_line_pages
from bot.gateway.simulator.pages import add_pages
from bot.simulator.api import ApiRequest
from bot.simulator.carrier import SimulatedCarrier
from bot.simulator.errors import NotFitting, Unreadable
from bot.simulator.line.channel import SimulatedLine

PREFIX = "/simulator"
_API = "/2010-04-01"


def simulator_blueprint(
    carrier: SimulatedCarrier, *, line: SimulatedLine | None = None, timezone: str = "Asia/Tokyo"
) -> Blueprint:
    """Everything under `/simulator`. The carrier, and LINE where it is given, start and stop with the application.

    The pages show times in `timezone` (a name of the IANA database).
    """
    blueprint = Blueprint("simulator", url_prefix=PREFIX)
    blueprint.on_request(refuse_strangers)
    blueprint.exception(Unreadable)(_unreadable)
    blueprint.exception(NotFitting)(_not_fitting)

    _live_with(blueprint, (carrier, line) if line else (carrier,))
    _add_carrier_api(blueprint, carrier)
    _add_handsets(blueprint, carrier)
    _add_settings(blueprint, carrier, line)
    add_pages(blueprint, carrier, timezone, has_line=line is not None)
    if line:
        add_line(blueprint, line, _body)
        add_line_pages(blueprint, line, timezone)
    return blueprint


def _live_with(blueprint: Blueprint, simulated: Sequence[SimulatedCarrier | SimulatedLine]) -> None:
    @blueprint.before_server_start
    async def start(_app: Sanic[Any, Any]) -> None:
        for each in simulated:
            await each.start()

    @blueprint.after_server_start
    async def resume(_app: Sanic[Any, Any]) -> None:
        for each in simulated:
            each.resume()

    @blueprint.before_server_stop
    async def stop(_app: Sanic[Any, Any]) -> None:
        for each in simulated:
            await each.stop()


def _add_carrier_api(blueprint: Blueprint, carrier: SimulatedCarrier) -> None:
    # One route for all: a path such as <sid>.json is not one that the router can tell apart.
    async def carrier_api(request: Request, resource: str) -> HTTPResponse:
        form: dict[str, list[str]] = {}
        if request.method == "POST":
            form = dict((request.get_form(keep_blank_values=True) or {}).items())
        answer = await carrier.rest.answer(
            ApiRequest(
                method=request.method,
                path=f"{_API}/{resource}",
                query={name: values[0] for name, values in request.args.items()},
                form=form,
                authorization=request.headers.get("authorization"),
            )
        )
        if answer.body is None:
            return empty(status=answer.status)
        return json_response(answer.body, status=answer.status, headers=dict(answer.headers))

    uri = f"{_API}/<resource:path>"
    blueprint.add_route(carrier_api, uri, methods=["GET", "POST", "DELETE"], name="carrier_api")


def _add_handsets(blueprint: Blueprint, carrier: SimulatedCarrier) -> None:
    @blueprint.get("/handsets", name="handsets")
    async def handsets(_request: Request) -> HTTPResponse:
        known = [
            {"number": handset.number, "behaviour": handset.behaviour, "talk_s": handset.talk_s}
            for handset in carrier.handsets.known()
        ]
        return json_response({"handsets": known})

    @blueprint.get("/handsets/<number>", name="handset")
    async def handset(_request: Request, number: str) -> HTTPResponse:
        return json_response(carrier.handsets.view(unquote(number)))

    @blueprint.put("/handsets/<number>", name="set_handset")
    async def set_handset(request: Request, number: str) -> HTTPResponse:
        setting = carrier.handsets.set(unquote(number), _body(request))
        return json_response({"number": setting.number, "behaviour": setting.behaviour, "talk_s": setting.talk_s})

    @blueprint.post("/handsets/<number>/<action:(answer|decline|hang_up|press|sms|call)>", name="act")
    async def act(request: Request, number: str, action: str) -> HTTPResponse:
        number = unquote(number)
        if action == "call":
            carrier.call_business(number)
        else:
            await carrier.handsets.act(number, action, _body(request) if request.body else {})
        return json_response(carrier.handsets.view(number))


def _add_settings(blueprint: Blueprint, carrier: SimulatedCarrier, line: SimulatedLine | None) -> None:
    @blueprint.get("/faults", name="faults")
    async def faults(_request: Request) -> HTTPResponse:
        return json_response(carrier.faults())

    @blueprint.put("/faults", name="set_faults")
    async def set_faults(request: Request) -> HTTPResponse:
        carrier.set_faults(_body(request))
        return json_response(carrier.faults())

    @blueprint.get("/clock", name="clock")
    async def clock(_request: Request) -> HTTPResponse:
        return json_response(carrier.clock.get())

    @blueprint.put("/clock", name="set_clock")
    async def set_clock(request: Request) -> HTTPResponse:
        reading = carrier.set_clock(_body(request))
        if line:
            line.clock_moved()
        return json_response(reading)


def _body(request: Request) -> object:
    try:
        return json.loads(request.body)
    except ValueError:
        raise Unreadable("body", "The body must be JSON.") from None


async def _unreadable(_request: Request, error: Unreadable) -> HTTPResponse:
    problem = {
        "type": "unreadable",
        "title": error.message,
        "status": 422,
        "errors": [{"field": error.field, "message": error.message}],
    }
    return json_response(problem, status=422, content_type="application/problem+json")


async def _not_fitting(_request: Request, error: NotFitting) -> HTTPResponse:
    problem = {"type": "not-fitting", "title": str(error), "status": 409}
    return json_response(problem, status=409, content_type="application/problem+json")
