"""The same for many callbacks: a page that tells what will change, and one that tells how each ended."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import cast, get_args

from sanic import Blueprint, HTTPResponse, Request

from bot.gateway.desk.auth import FormRefused, field, require_sign, require_supervisor, session_of, sign_of
from bot.gateway.desk.manager import ON_A_PAGE
from bot.gateway.desk.pages import Pages
from bot.gateway.times import moment_of
from bot.usecases.agent import SETTLEMENTS
from bot.usecases.bulk import Deed, Line, Plan, Seen
from bot.wiring import Product

PICK = re.compile(r"([A-Z0-9]{1,12}):(\d{1,9})(?:@(\S{1,40}))?")


class BulkPages(Pages):
    """Preview and result."""

    def preview(self, request: Request, lines: Sequence[Line], plan: Plan) -> HTTPResponse:
        """What will change and what cannot, and the button that does exactly this."""
        seen = [_seen(line) for line in lines if line.trouble is None]
        return self._bulk(request, lines, plan, seen=seen, mark=sign_of(request, *_shown(plan, seen)), is_done=False)

    def result(self, request: Request, lines: Sequence[Line], plan: Plan) -> HTTPResponse:
        """How each ended."""
        return self._bulk(request, lines, plan, seen=(), mark="", is_done=True)

    def _bulk(
        self, request: Request, lines: Sequence[Line], plan: Plan, *, seen: Sequence[str], mark: str, is_done: bool
    ) -> HTTPResponse:
        return self._page(
            request, "desk_bulk.html", self._words(request), lines=lines, plan=plan, seen=seen, mark=mark,
            is_done=is_done, after=moment_of(plan.argument) if plan.deed == "move" else None,
        )  # fmt: skip


def add_bulk(blueprint: Blueprint, product: Product, pages: BulkPages) -> None:
    """`/desk/bulk` and `/desk/bulk/done`."""

    @blueprint.post("/bulk")
    async def preview(request: Request) -> HTTPResponse:
        require_supervisor(request)
        picked, plan = _picked(request), await _plan(request, product)
        return pages.preview(request, await product.bulk.preview(picked, plan, now=product.clock.now()), plan)

    @blueprint.post("/bulk/done")
    async def carry_out(request: Request) -> HTTPResponse:
        require_supervisor(request)
        picked, plan = _picked(request), await _plan(request, product)
        require_sign(request, *_shown(plan, picked))
        found = [PICK.fullmatch(one) for one in picked]
        seen = [Seen(reference=one[1], version=int(one[2]), to=moment_of(one[3] or "")) for one in found if one]
        agent = session_of(request).agent
        return pages.result(request, await product.bulk.carry_out(seen, plan, agent, now=product.clock.now()), plan)


def _picked(request: Request) -> list[str]:
    picked = [str(one) for one in (request.form.getlist("pick") or [] if request.form else [])]
    return picked[:ON_A_PAGE]


async def _plan(request: Request, product: Product) -> Plan:
    """What the form says; raises FormRefused for what there is not."""
    deed, _, argument = field(request, "deed").partition(":")
    if deed == "move":
        return Plan(deed="move", argument=_after(argument or field(request, "after"), product))
    if deed == "assign":
        return await _for_somebody(argument, product)
    topics = {topic.id for topic in product.topics}
    known = {"cancel": {""}, "release": {""}, "requeue": topics, "settle": set(SETTLEMENTS)}
    if deed not in get_args(Deed) or argument not in known[deed]:
        raise FormRefused
    return Plan(deed=cast("Deed", deed), argument=argument)


async def _for_somebody(agent_id: str, product: Product) -> Plan:
    people = {agent.id: agent for agent in await product.assignments.people()} if agent_id else {}
    if agent_id and agent_id not in people:
        raise FormRefused
    return Plan(deed="assign", argument=agent_id, taker=people.get(agent_id))


def _after(told: str, product: Product) -> str:
    """The moment from which on other times are looked for, in business time where no zone is said; "" for now."""
    try:
        moment = datetime.fromisoformat(told) if told else None
    except ValueError:
        raise FormRefused from None
    if moment is None:
        return ""
    if not 1970 <= moment.year <= 9000:
        raise FormRefused
    return (moment if moment.tzinfo else moment.replace(tzinfo=product.business.timezone)).isoformat()


def _seen(line: Line) -> str:
    """What was shown of a callback: its version, and the new time if there is one."""
    shown = f"{line.callback.reference}:{line.callback.version}"
    return f"{shown}@{line.new.start.isoformat()}" if line.new else shown


def _shown(plan: Plan, picked: Sequence[str]) -> tuple[str, ...]:
    return plan.deed, plan.argument, *picked
