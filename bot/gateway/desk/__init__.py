"""The agent desk: what is next, who is calling and why, and how it ended."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import structlog
from sanic import Blueprint, HTTPResponse, Request, Sanic
from sanic.response import empty, json, redirect

from bot.booking.callback import Status
from bot.booking.errors import CallbackNotFound
from bot.booking.phone import national
from bot.booking.presence import CHOICES, Presence
from bot.gateway.desk.account import AccountPages, add_account
from bot.gateway.desk.admin import AdminPages, add_admin
from bot.gateway.desk.auth import (
    AdminsOnly,
    FormRefused,
    Gate,
    SupervisorsOnly,
    field,
    require_supervisor,
    session_of,
    wants_page,
)
from bot.gateway.desk.bulk import BulkPages, add_bulk
from bot.gateway.desk.calendar import add_calendar
from bot.gateway.desk.calls import CallPages, add_calls
from bot.gateway.desk.door import add_door
from bot.gateway.desk.events import BoardWatch, stream
from bot.gateway.desk.forecast import ForecastPages
from bot.gateway.desk.health import HealthPages
from bot.gateway.desk.kpis import KpiPages
from bot.gateway.desk.lists import ListPages, add_lists
from bot.gateway.desk.manager import ManagerPages, add_manager
from bot.gateway.desk.pages import Pages
from bot.gateway.desk.promising import PromisingPages, add_promising
from bot.gateway.desk.rules import add_rules
from bot.gateway.desk.templates import TemplatePages, add_templates
from bot.gateway.desk.today import TodayPages, add_today
from bot.usecases.agent import (
    RESOLUTIONS,
    SETTLEMENTS,
    AlreadyRecorded,
    MovedOn,
    NoteChangedElsewhere,
    OutcomeNotPossible,
    note_mark,
)
from bot.wiring import Product

log = structlog.get_logger(__name__)


def desk_blueprint(product: Product) -> Blueprint:
    """Everything under `/desk`."""
    blueprint = Blueprint("desk", url_prefix="/desk")
    gate = Gate(product.accounts, public_base_url=product.settings.public_base_url)
    pages = Pages(product)
    watch = BoardWatch(product.desk, product.accounts, product.presences, now=product.clock.now)

    @blueprint.on_request
    async def check(request: Request) -> HTTPResponse | None:
        return await gate.check(request)

    _add_life(blueprint, watch)
    add_door(blueprint, product, gate, pages, watch)
    add_account(blueprint, product, gate, AccountPages(product))
    add_promising(blueprint, product, PromisingPages(product))
    add_admin(blueprint, product, AdminPages(product))
    add_manager(blueprint, ManagerPages(product))
    add_bulk(blueprint, product, BulkPages(product))
    add_calendar(blueprint, product)
    add_rules(blueprint, product)
    add_today(blueprint, TodayPages(product))
    add_calls(blueprint, product, CallPages(product))
    add_lists(blueprint, product, ListPages(product))
    add_templates(blueprint, product, TemplatePages(product))
    _add_reading(blueprint, pages, watch)
    _add_figures(blueprint, KpiPages(product), ForecastPages(product))
    _add_health(blueprint, HealthPages(product))
    _add_writing(blueprint, product, pages)
    _add_watching(blueprint, product, pages)
    _add_problems(blueprint, pages)
    return blueprint


def _add_life(blueprint: Blueprint, watch: BoardWatch) -> None:
    tasks: set[asyncio.Task[None]] = set()

    @blueprint.before_server_start
    async def start(_app: Sanic[Any, Any]) -> None:
        tasks.add(asyncio.create_task(watch.run()))

    @blueprint.before_server_stop
    async def stop(_app: Sanic[Any, Any]) -> None:
        watch.end_all()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _add_reading(blueprint: Blueprint, pages: Pages, watch: BoardWatch) -> None:
    @blueprint.get("/")
    async def board(request: Request) -> HTTPResponse:
        return await pages.board(request)

    @blueprint.get("/callbacks/<reference:str>")
    async def dossier(request: Request, reference: str) -> HTTPResponse:
        return await pages.dossier(request, reference.upper())

    @blueprint.get("/supervision")
    async def supervision(request: Request) -> HTTPResponse:
        require_supervisor(request)
        return await pages.supervision(request)

    @blueprint.get("/events")
    async def events(request: Request) -> None:
        await stream(request, watch.listen(session_of(request)))


def _add_figures(blueprint: Blueprint, kpi_pages: KpiPages, forecast_pages: ForecastPages) -> None:
    @blueprint.get("/kpis")
    async def kpis(request: Request) -> HTTPResponse:
        require_supervisor(request)
        return await kpi_pages.figures(request)

    @blueprint.get("/kpis/<figure:str>")
    async def behind(request: Request, figure: str) -> HTTPResponse:
        require_supervisor(request)
        return await kpi_pages.behind(request, figure)

    @blueprint.get("/forecast")
    async def forecast(request: Request) -> HTTPResponse:
        require_supervisor(request)
        return await forecast_pages.outlook(request)


def _add_health(blueprint: Blueprint, health_pages: HealthPages) -> None:
    @blueprint.get("/health")
    async def health(request: Request) -> HTTPResponse:
        require_supervisor(request)
        return await health_pages.parts(request)


def _add_writing(blueprint: Blueprint, product: Product, pages: Pages) -> None:
    desk = product.desk

    @blueprint.post("/callbacks/<reference:str>/outcome")
    async def outcome(request: Request, reference: str) -> HTTPResponse:
        resolution, seen = field(request, "resolution"), field(request, "seen")
        if resolution not in RESOLUTIONS or seen not in set(Status):
            raise FormRefused
        await _record(product, request, reference.upper(), resolution, Status(seen))
        return pages.done(request, reference)

    @blueprint.post("/presence")
    async def presence(request: Request) -> HTTPResponse:
        chosen = field(request, "presence")
        if chosen not in CHOICES:
            raise FormRefused
        await product.presences.choose(
            session_of(request).agent, Presence(chosen), now=product.clock.now(), real_now=datetime.now(UTC)
        )
        return json({"presence": chosen}) if not wants_page(request) else redirect("/desk", status=303)

    @blueprint.post("/alive")
    async def alive(_request: Request) -> HTTPResponse:
        return empty()  # the door has noted that somebody is there

    @blueprint.post("/callbacks/<reference:str>/note")
    async def note(request: Request, reference: str) -> HTTPResponse:
        mark = await desk.write_note(
            reference.upper(),
            session_of(request).agent,
            field(request, "text"),
            seen=field(request, "seen") or note_mark(""),
            now=product.clock.now(),
        )
        return pages.done(request, reference, seen=mark)

    @blueprint.post("/callbacks/<reference:str>/number")
    async def number(request: Request, reference: str) -> HTTPResponse:
        shown = await desk.show_number(reference.upper(), session_of(request).agent, now=product.clock.now())
        if wants_page(request):
            return await pages.dossier(request, reference.upper(), number=shown)
        dossier = await desk.dossier(reference.upper(), reader=session_of(request).agent, now=product.clock.now())
        told = {"number": national(shown), "said": pages.said(dossier, is_open=True)}
        return json(told, headers={"Cache-Control": "no-store"})


def _add_watching(blueprint: Blueprint, product: Product, pages: Pages) -> None:
    desk = product.desk

    @blueprint.post("/callbacks/<reference:str>/release")
    async def release(request: Request, reference: str) -> HTTPResponse:
        require_supervisor(request)
        await desk.release(reference.upper(), session_of(request).agent, now=product.clock.now())
        return pages.done(request, reference)

    @blueprint.post("/callbacks/<reference:str>/settle")
    async def settle(request: Request, reference: str) -> HTTPResponse:
        require_supervisor(request)
        if (settlement := field(request, "settlement")) not in SETTLEMENTS:
            raise FormRefused
        await desk.settle(reference.upper(), session_of(request).agent, settlement, now=product.clock.now())
        return pages.done(request, reference)


async def _record(product: Product, request: Request, reference: str, resolution: str, seen: Status) -> None:
    agent, now, follow_ups = session_of(request).agent, product.clock.now(), product.follow_ups
    if resolution == "wrong_number":
        await follow_ups.wrong_number(reference, agent, seen=seen, now=now)
    elif resolution == "do_not_call":
        await follow_ups.do_not_call(reference, agent, seen=seen, now=now)
    elif resolution == "other_topic":
        await follow_ups.other_topic(reference, agent, field(request, "topic"), seen=seen, now=now)
    else:
        await product.desk.record(reference, agent, resolution, seen=seen, now=now)


def _add_problems(blueprint: Blueprint, pages: Pages) -> None:
    @blueprint.exception(CallbackNotFound)
    async def not_found(request: Request, _error: CallbackNotFound) -> HTTPResponse:
        return pages.problem(request, "not_found", status=404)

    @blueprint.exception(FormRefused)
    async def refused(request: Request, _error: FormRefused) -> HTTPResponse:
        return pages.problem(request, "expired_form", status=403)

    @blueprint.exception(SupervisorsOnly)
    async def supervisors_only(request: Request, _error: SupervisorsOnly) -> HTTPResponse:
        return pages.problem(request, "supervisors_only", status=403)

    @blueprint.exception(AdminsOnly)
    async def admins_only(request: Request, _error: AdminsOnly) -> HTTPResponse:
        return pages.problem(request, "admins_only", status=403)

    @blueprint.exception(MovedOn)
    async def moved_on(request: Request, _error: MovedOn) -> HTTPResponse:
        return await pages.conflict(request, "moved_on")

    @blueprint.exception(AlreadyRecorded)
    async def already_recorded(request: Request, error: AlreadyRecorded) -> HTTPResponse:
        return await pages.conflict(request, "already_recorded", name=error.agent_name)

    @blueprint.exception(OutcomeNotPossible)
    async def not_possible(request: Request, error: OutcomeNotPossible) -> HTTPResponse:
        return await pages.conflict(request, "not_possible", status=error.status)

    @blueprint.exception(NoteChangedElsewhere)
    async def note_changed(request: Request, error: NoteChangedElsewhere) -> HTTPResponse:
        return await pages.conflict(request, "note_elsewhere", saved=error.text)

    @blueprint.exception(Exception)
    async def unexpected(request: Request, error: Exception) -> HTTPResponse:
        log.error("unexpected", path=request.path, exc_info=error)
        return pages.problem(request, "unexpected", status=500)
