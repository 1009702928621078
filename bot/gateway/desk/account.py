"""One's own account: language and light, the password, and the second step of the login."""

import io
from datetime import UTC, datetime
from typing import Any

import segno
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import raw, redirect

from bot.booking.errors import CallbackNotFound
from bot.gateway.desk.auth import ACCOUNT, FormRefused, Gate, field, session_of
from bot.gateway.desk.pages import Pages
from bot.usecases.accounts import LANGUAGES, THEMES
from bot.usecases.guessing import Blocked
from bot.usecases.passwords import SHORTEST_PASSWORD, PasswordRefused
from bot.usecases.second_factor import WrongCode
from bot.wiring import Product


class AccountPages(Pages):
    """The page of one's own account, and the second step of the login."""

    async def account(
        self, request: Request, problem: str | None = None, *, status: int = 200, **facts: Any
    ) -> HTTPResponse:
        """Everything about the reader's own account. `done` and `papers` are told once."""
        words, session = self._words(request), session_of(request)
        sentences = words.t["account"]
        told = {"papers": None, "done": None} | facts
        return self._page(
            request,
            "desk_account.html",
            words,
            status=status,
            me=session.agent,
            themes=THEMES,
            languages=LANGUAGES,
            factor=await self._product.second_factor.state(session.agent),
            shortest=SHORTEST_PASSWORD,
            problem=sentences[problem].format(shortest=SHORTEST_PASSWORD, **facts) if problem else None,
            done=sentences[told["done"]] if told["done"] else None,
            papers=told["papers"],
        )

    def code(self, request: Request, problem: str | None = None, *, status: int = 200, **facts: Any) -> HTTPResponse:
        """The second step of the login."""
        words = self._words(request)
        told = words.t["account"][problem].format(**facts) if problem else None
        return self._page(request, "desk_code.html", words, status=status, problem=told)

    async def picture(self, request: Request) -> HTTPResponse:
        """What a generator reads with its camera; only while it is being set up. Raises CallbackNotFound."""
        state = await self._product.second_factor.state(session_of(request).agent)
        if state.uri is None:
            raise CallbackNotFound("factor.svg")
        drawn = io.BytesIO()
        segno.make(state.uri, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff", dark="#000")
        return raw(drawn.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def add_account(blueprint: Blueprint, product: Product, gate: Gate, pages: AccountPages) -> None:
    """`/desk/account` and `/desk/login/code`."""
    _add_choices(blueprint, product, gate, pages)
    _add_code(blueprint, product, gate, pages)
    _add_factor(blueprint, product, gate, pages)


def _add_choices(blueprint: Blueprint, product: Product, gate: Gate, pages: AccountPages) -> None:
    @blueprint.get("/account")
    async def account(request: Request) -> HTTPResponse:
        return await pages.account(request, done="saved" if "saved" in request.args else None)

    @blueprint.post("/account")
    async def choose_view(request: Request) -> HTTPResponse:
        language, theme = field(request, "language"), field(request, "theme")
        if language not in LANGUAGES or theme not in THEMES:
            raise FormRefused
        await product.accounts.choose(session_of(request).agent, language=language, theme=theme)
        return redirect(f"{ACCOUNT}?saved=1", status=303)

    @blueprint.post("/account/password")
    async def change_password(request: Request) -> HTTPResponse:
        old, new = field(request, "old"), field(request, "new")
        try:
            if new != field(request, "again"):
                raise PasswordRefused("not_alike")
            token = await product.accounts.change_password(session_of(request), old, new, real_now=datetime.now(UTC))
        except PasswordRefused as refused:
            return await pages.account(request, refused.reason, status=422)
        except Blocked as blocked:
            return await pages.account(request, "wait", status=429, seconds=_seconds(blocked))
        response = redirect(f"{ACCOUNT}?saved=1", status=303)
        gate.let_in(response, token)
        return response


def _add_code(blueprint: Blueprint, product: Product, gate: Gate, pages: AccountPages) -> None:
    @blueprint.get("/login/code")
    async def code_page(request: Request) -> HTTPResponse:
        return pages.code(request) if session_of(request).awaits_code else redirect("/desk", status=303)

    @blueprint.post("/login/code")
    async def enter_code(request: Request) -> HTTPResponse:
        if not session_of(request).awaits_code:
            return redirect("/desk", status=303)
        try:
            token = await product.second_factor.enter(
                session_of(request), field(request, "code"), real_now=datetime.now(UTC)
            )
        except WrongCode:
            return pages.code(request, "wrong_code", status=401)
        except Blocked as blocked:
            return pages.code(request, "wait", status=429, seconds=_seconds(blocked))
        response = redirect("/desk", status=303)
        gate.let_in(response, token)
        return response


def _add_factor(blueprint: Blueprint, product: Product, gate: Gate, pages: AccountPages) -> None:
    @blueprint.post("/account/factor/begin")
    async def begin_factor(request: Request) -> HTTPResponse:
        await product.second_factor.begin(session_of(request).agent, real_now=datetime.now(UTC))
        return redirect(f"{ACCOUNT}#factor", status=303)

    @blueprint.get("/account/factor.svg")
    async def picture(request: Request) -> HTTPResponse:
        return await pages.picture(request)

    @blueprint.post("/account/factor/<step:(confirm|off)>")
    async def decide_factor(request: Request, step: str) -> HTTPResponse:
        session, code, real_now = session_of(request), field(request, "code"), datetime.now(UTC)
        papers = None
        try:
            if step == "confirm":
                token, papers = await product.second_factor.confirm(session, code, real_now=real_now)
            else:
                token = await product.second_factor.switch_off(session, code, real_now=real_now)
        except WrongCode:
            return await pages.account(request, "wrong_code", status=422)
        except Blocked as blocked:
            return await pages.account(request, "wait", status=429, seconds=_seconds(blocked))
        # The page's forms belong to the session that has just begun.
        request.ctx.desk_session = await product.accounts.session(token.token, real_now=real_now)
        response = await pages.account(request, done=f"factor_{step}", papers=papers)
        gate.let_in(response, token)
        return response


def _seconds(blocked: Blocked) -> int:
    return max(1, round(blocked.wait.total_seconds()))
