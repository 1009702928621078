"""The page behind the link in every notice: the promise, and what its customer may do with it, without a login."""

import structlog
from sanic import Blueprint, HTTPResponse, Request

from bot.gateway.link.changes import Changes
from bot.gateway.link.pages import Pages
from bot.gateway.link.visits import Door, Elsewhere, OutOfDate, language_of
from bot.gateway.problems import Problem
from bot.usecases.links import LinkNotFound
from bot.wiring import Product

log = structlog.get_logger(__name__)
LOOKS = ("GET", "HEAD")


def link_blueprint(product: Product) -> Blueprint:
    """`/c/{token}` and the pages below it."""
    blueprint = Blueprint("link", url_prefix="/c")
    pages, door = Pages(product), Door(product)
    _add_reading(blueprint, pages, door)
    _add_changes(blueprint, Changes(product, pages, door))
    add_problems(blueprint, pages)
    return blueprint


def _add_reading(blueprint: Blueprint, pages: Pages, door: Door) -> None:
    @blueprint.route("/<token:str>", methods=LOOKS)
    async def overview(request: Request, token: str) -> HTTPResponse:
        return await pages.overview(await door.look(request, token), done=request.args.get("done", ""))

    @blueprint.route("/<token:str>/move", methods=LOOKS, name="times")
    async def times(request: Request, token: str) -> HTTPResponse:
        return await pages.move(await door.look(request, token))

    @blueprint.route("/<token:str>/cancel", methods=LOOKS, name="are_you_sure")
    async def are_you_sure(request: Request, token: str) -> HTTPResponse:
        return await pages.cancel(await door.look(request, token))

    @blueprint.route("/<token:str>/number", methods=LOOKS, name="which_number")
    async def which_number(request: Request, token: str) -> HTTPResponse:
        return await pages.number(await door.look(request, token))

    @blueprint.route("/<token:str>/code", methods=LOOKS, name="which_code")
    async def which_code(request: Request, token: str) -> HTTPResponse:
        return await pages.code(await door.look(request, token))

    @blueprint.route("/<token:str>/stop", methods=LOOKS, name="which_contact")
    async def which_contact(request: Request, token: str) -> HTTPResponse:
        return await pages.stop(await door.look(request, token))

    @blueprint.route("/<token:str>/email", methods=LOOKS, name="which_address")
    async def which_address(request: Request, token: str) -> HTTPResponse:
        return await pages.email(await door.look(request, token))

    @blueprint.route("/<token:str>/callback.ics", methods=LOOKS, name="calendar")
    async def calendar(request: Request, token: str) -> HTTPResponse:
        return pages.calendar(await door.look(request, token))


def _add_changes(blueprint: Blueprint, changes: Changes) -> None:
    for name in ("move", "cancel", "keep", "number", "code", "stop", "email", "rate"):
        blueprint.add_route(getattr(changes, name), f"/<token:str>/{name}", methods=("POST",), name=name)


def add_problems(blueprint: Blueprint, pages: Pages) -> None:
    """Answer every error with a page."""

    @blueprint.exception(LinkNotFound)
    async def gone(request: Request, _error: LinkNotFound) -> HTTPResponse:
        return pages.gone(language_of(request))

    @blueprint.exception(Elsewhere)
    async def elsewhere(request: Request, _error: Elsewhere) -> HTTPResponse:
        return pages.refused(language_of(request), "elsewhere", status=403)

    @blueprint.exception(OutOfDate)
    async def out_of_date(_request: Request, error: OutOfDate) -> HTTPResponse:
        return await pages.overview(error.visit, problem="changed", status=409)

    @blueprint.exception(Problem)
    async def too_often(request: Request, error: Problem) -> HTTPResponse:
        wait = error.headers.get("Retry-After", "1")
        response = pages.refused(language_of(request), "too_often", status=error.status, seconds=wait)
        response.headers["Retry-After"] = wait
        return response

    @blueprint.exception(Exception)
    async def unexpected(request: Request, error: Exception) -> HTTPResponse:
        log.error("unexpected", path=request.route.path if request.route else "", exc_info=error)  # never the token
        return pages.unexpected(language_of(request))
