"""The desk's door: the login, its second step where somebody wants one, and the way out."""

from datetime import UTC, datetime
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from bot.gateway.desk.auth import FormRefused, Gate, LoginBrake, field, own_page, session_of
from bot.gateway.desk.events import BoardWatch
from bot.gateway.desk.pages import Pages
from bot.gateway.limits import LONGEST_WAIT_S
from bot.usecases.guessing import LONGEST_BLOCK, Blocked
from bot.wiring import Product


class Door:
    """What the login does with a form."""

    def __init__(self, product: Product, gate: Gate, pages: Pages, watch: BoardWatch) -> None:
        self._accounts = product.accounts
        self._presences = product.presences
        self._clock = product.clock
        self._gate = gate
        self._pages = pages
        self._watch = watch
        self._brake = LoginBrake()

    def form(self, request: Request, problem: str | None = None, *, status: int = 200, **facts: Any) -> HTTPResponse:
        """The form, with what was wrong."""
        token = self._gate.form_token(request)
        response = self._pages.login(request, token, problem, status=status, **facts)
        self._gate.remember_form(response, token)
        return response

    async def log_in(self, request: Request) -> HTTPResponse:
        """Let somebody in, or say why not."""
        try:
            self._gate.require_form_token(request)
        except FormRefused:
            return self.form(request, "expired_form", status=403)
        login, real_now = field(request, "login"), datetime.now(UTC)
        if (seconds := self._brake.wait(request, login)) > 0:
            return self._wait(request, min(LONGEST_WAIT_S, seconds))
        try:
            token = await self._accounts.log_in(login, field(request, "password"), real_now=real_now)
        except Blocked as blocked:
            return self._wait(request, min(LONGEST_BLOCK, blocked.wait).total_seconds())
        if token is None:
            return self.form(request, "wrong", status=401)
        self._brake.forgive(request, login)
        if earlier := await self._gate.session(request):
            await self._accounts.log_out(earlier, real_now=real_now)
            self._watch.end(earlier)
        response = redirect(own_page(field(request, "next")), status=303)
        self._gate.let_in(response, token)
        return response

    async def log_out(self, request: Request) -> HTTPResponse:
        """End the session."""
        session = session_of(request)
        await self._accounts.log_out(session, real_now=datetime.now(UTC))
        await self._presences.leave(session.agent, now=self._clock.now())
        self._watch.end(session)
        response = redirect("/desk/login?ended=1", status=303)
        self._gate.let_out(response)
        return response

    def _wait(self, request: Request, seconds: float) -> HTTPResponse:
        whole = max(1, round(seconds))
        response = self.form(request, "wait", status=429, seconds=whole)
        response.headers["Retry-After"] = str(whole)
        return response


def add_door(blueprint: Blueprint, product: Product, gate: Gate, pages: Pages, watch: BoardWatch) -> None:
    """`/desk/login` and `/desk/logout`."""
    door = Door(product, gate, pages, watch)

    @blueprint.get("/login")
    async def login_page(request: Request) -> HTTPResponse:
        if await gate.session(request):
            return redirect(own_page(request.args.get("next", "")), status=303)
        return door.form(request)

    @blueprint.post("/login")
    async def log_in(request: Request) -> HTTPResponse:
        return await door.log_in(request)

    @blueprint.post("/logout")
    async def log_out(request: Request) -> HTTPResponse:
        return await door.log_out(request)
