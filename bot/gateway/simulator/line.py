"""The simulated LINE's HTTP face: the Messaging API, the people, the faults."""

from collections.abc import Callable

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json as json_response
from sanic.response import raw

from bot.simulator.line.api import LARGEST_BODY, LineRequest
from bot.simulator.line.channel import SimulatedLine

ReadBody = Callable[[Request], object]


def add_line(blueprint: Blueprint, line: SimulatedLine, read_body: ReadBody) -> None:
    """Everything under `/simulator/line` but the pages; `read_body` reads JSON and raises Unreadable."""
    _add_messaging_api(blueprint, line)
    _add_people(blueprint, line, read_body)

    @blueprint.get("/line/faults", name="line_faults")
    async def faults(_request: Request) -> HTTPResponse:
        return json_response(line.faults())

    @blueprint.put("/line/faults", name="set_line_faults")
    async def set_faults(request: Request) -> HTTPResponse:
        line.set_faults(read_body(request))
        return json_response(line.faults())


def _add_messaging_api(blueprint: Blueprint, line: SimulatedLine) -> None:
    async def messaging_api(request: Request, resource: str) -> HTTPResponse:
        if request.stream is not None:
            # Pictures of rich menus are larger than anything else that the gateway takes.
            request.stream.request_max_size = LARGEST_BODY + 1
        await request.receive_body()  # type: ignore[no-untyped-call] # Sanic gives it no types
        answer = await line.rest.answer(
            LineRequest(
                method=request.method,
                path=f"/v2/bot/{resource}",
                body=request.body,
                headers={name.lower(): value for name, value in request.headers.items()},
            )
        )
        headers = dict(answer.headers)
        if isinstance(answer.body, bytes):
            return raw(answer.body, status=answer.status, headers=headers, content_type=answer.content_type)
        return json_response(answer.body, status=answer.status, headers=headers)

    uri = "/line/v2/bot/<resource:path>"
    blueprint.add_route(messaging_api, uri, methods=["GET", "POST", "DELETE"], name="line_api", stream=True)


def _add_people(blueprint: Blueprint, line: SimulatedLine, read_body: ReadBody) -> None:
    @blueprint.get("/line/people", name="line_people")
    async def people(_request: Request) -> HTTPResponse:
        return json_response({"people": line.people.known()})

    @blueprint.post("/line/people", name="create_line_person")
    async def create(request: Request) -> HTTPResponse:
        user_id = line.people.create(read_body(request))
        return json_response(line.people.view(user_id), status=201)

    @blueprint.get("/line/people/<user_id:str>", name="line_person")
    async def person(_request: Request, user_id: str) -> HTTPResponse:
        return json_response(line.people.view(user_id))

    @blueprint.put("/line/people/<user_id:str>", name="put_line_person")
    async def put(request: Request, user_id: str) -> HTTPResponse:
        line.people.put(user_id, read_body(request))
        return json_response(line.people.view(user_id))

    actions = "follow|unfollow|text|tap|redeliver"

    @blueprint.post(f"/line/people/<user_id:str>/<action:({actions})>", name="act_as_line_person")
    async def act(request: Request, user_id: str, action: str) -> HTTPResponse:
        done = line.people.act(user_id, action, read_body(request) if request.body else {})
        return json_response({**line.people.view(user_id), **done})
