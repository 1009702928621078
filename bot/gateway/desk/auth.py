"""Who may come to the desk: cookies, the same-origin rule, form tokens and the brake on guessing passwords."""

import re
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest, digest
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from sanic import HTTPResponse, Request
from sanic.response import redirect, text

from bot.gateway.limits import RateLimit, address_of
from bot.gateway.origins import is_own
from bot.store.sessions import DeskSession
from bot.usecases.accounts import LANGUAGES, Accounts, LoginToken

SESSION_COOKIE = "orikaeshi_desk"
FORM_COOKIE = "orikaeshi_desk_form"
PATH = "/desk"
LOGIN = "/desk/login"
CODE = "/desk/login/code"
ACCOUNT = "/desk/account"
LOGOUT = "/desk/logout"
FORM_TOKEN = re.compile(r"[\w-]{43}")
OWN_PAGES = re.compile(
    r"/desk(/callbacks(/[A-Za-z0-9]{1,12})?|/lists/(do-not-call|vip)(/[0-9a-f]{16})?"
    r"|/templates(/(notices|email)\.[a-z_]+/(ja|en))?"
    r"|/(book|supervision|today|kpis|forecast|calendar|settings|health|account|people|keys|audit))?"
)
FAILURES_PER_MINUTE = 6
LOGINS_FROM_ONE_ADDRESS = 30
"""A minute, under whatever names: whoever tries one password for many."""


class FormRefused(Exception):
    """The form was not sent from a page of ours, or from one that is out of date."""


class SupervisorsOnly(Exception):
    """The page is for those who watch over promises."""


class AdminsOnly(Exception):
    """The page is for those who look after accounts."""


class LoginBrake(RateLimit):
    """So many wrong passwords a minute for one login from one address, and for all logins from it. A right one clears
    the account."""

    def __init__(self) -> None:
        super().__init__(FAILURES_PER_MINUTE)
        self._addresses = RateLimit(LOGINS_FROM_ONE_ADDRESS)

    def wait(self, request: Request, login: str) -> float:
        """Seconds to wait before the next guess; 0 lets this one through and counts it."""
        mine = self.wait_for(self._who(request, login), monotonic())
        return mine or self._addresses.wait_of(request)

    def forgive(self, request: Request, login: str) -> None:
        """This was the right password."""
        self._buckets.pop(self._who(request, login), None)

    def _who(self, request: Request, login: str) -> str:
        return f"{login.strip().lower()[:64]} {address_of(request)}"


class Gate:
    """Lets people through. Everything under /desk but the login page needs a session; every POST a token of ours."""

    def __init__(self, accounts: Accounts, *, public_base_url: str) -> None:
        self._accounts = accounts
        self._origin = public_base_url.lower()
        self._secure = self._origin.startswith("https:")

    async def check(self, request: Request) -> HTTPResponse | None:
        """Put the session on the request, or answer in the page's place. Raises FormRefused."""
        if request.method == "POST":
            self._require_own_origin(request)
        if request.path == LOGIN:
            return None
        session = await self.session(request)
        if session is None:
            return _to_login(request)
        if request.method == "POST":
            _require_token(request, session.csrf_token)
        if elsewhere := _due_first(session, request.path):
            return redirect(elsewhere, status=303) if wants_page(request) else text("Please log in.", status=401)
        if _is_somebodys_doing(request):
            await self._accounts.touch(session, real_now=datetime.now(UTC))
        await self._keep_language(request, session)
        request.ctx.desk_session = session
        return None

    async def _keep_language(self, request: Request, session: DeskSession) -> None:
        """A language that was chosen by a link is the account's from then on, wherever its person logs in."""
        chosen, agent = request.args.get("lang"), session.agent
        if chosen in LANGUAGES and chosen != agent.language and not session.awaits_code:
            await self._accounts.choose(agent, language=chosen, theme=agent.theme or "auto")

    async def session(self, request: Request) -> DeskSession | None:
        """The live session that the cookie names."""
        token = request.cookies.get(SESSION_COOKIE)
        return await self._accounts.session(token, real_now=datetime.now(UTC)) if token else None

    def form_token(self, request: Request) -> str:
        """The login form's token: before there is a session, the same secret in a cookie and in the form."""
        known = request.cookies.get(FORM_COOKIE) or ""
        return known if FORM_TOKEN.fullmatch(known) else secrets.token_urlsafe(32)

    def require_form_token(self, request: Request) -> None:
        """Raise FormRefused unless form and cookie agree."""
        _require_token(request, request.cookies.get(FORM_COOKIE) or "")

    def remember_form(self, response: HTTPResponse, token: str) -> None:
        """Set the login form's cookie."""
        self._set(response, FORM_COOKIE, token, path=LOGIN)

    def let_in(self, response: HTTPResponse, token: LoginToken) -> None:
        """Set the session's cookie: never readable by a script, never sent along by another site's form."""
        lasts_s = int(self._accounts.policy.longest.total_seconds())
        self._set(response, SESSION_COOKIE, token.token, path=PATH, max_age=lasts_s)
        self._set(response, FORM_COOKIE, "", path=LOGIN, max_age=0)

    def let_out(self, response: HTTPResponse) -> None:
        """Take the session's cookie back."""
        self._set(response, SESSION_COOKIE, "", path=PATH, max_age=0)

    def _set(self, response: HTTPResponse, name: str, value: str, **options: Any) -> None:
        response.add_cookie(name, value, httponly=True, samesite="Lax", secure=self._secure, **options)

    def _require_own_origin(self, request: Request) -> None:
        if not is_own(request, self._origin):
            raise FormRefused


def session_of(request: Request) -> DeskSession:
    """The session that the gate has put on the request."""
    session: DeskSession = request.ctx.desk_session
    return session


def require_supervisor(request: Request) -> None:
    """Raise SupervisorsOnly for anybody else."""
    if not session_of(request).agent.watches:
        raise SupervisorsOnly


def require_admin(request: Request) -> None:
    """Raise AdminsOnly for anybody else."""
    if not session_of(request).agent.administers:
        raise AdminsOnly


def field(request: Request, name: str) -> str:
    """One field of the form, "" when it is not there."""
    form = request.form
    return str(form.get(name) or "") if form else ""


def number_field(request: Request, name: str) -> int:
    """A whole number that a form of ours carries. Raises FormRefused."""
    value = field(request, name)
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise FormRefused
    return int(value)


def sign_of(request: Request, *shown: str) -> str:
    """A sign, good in this session, that this and nothing else was shown."""
    return digest(session_of(request).csrf_token.encode(), "\n".join(shown).encode(), sha256).hex()


def require_sign(request: Request, *shown: str) -> None:
    """Raise FormRefused unless the form bears the sign of what is to be done now."""
    if not compare_digest(sign_of(request, *shown).encode(), field(request, "mark").encode()):
        raise FormRefused


def own_page(path: str) -> str:
    """The page to go to after the login: one of the desk's, whatever a link says."""
    return path if OWN_PAGES.fullmatch(path) else PATH


def wants_page(request: Request) -> bool:
    """Whether a person navigates, as opposed to a script of ours that asks."""
    return request.headers.get("accept", "") not in ("application/json", "text/event-stream")


def _due_first(session: DeskSession, path: str) -> str | None:
    """Where somebody has to go before anywhere else: to the second step of the login, to a password of their own."""
    if session.awaits_code:
        return None if path in (CODE, LOGOUT) else CODE
    if session.agent.must_change_password:
        return None if path in (ACCOUNT, f"{ACCOUNT}/password", LOGOUT) else ACCOUNT
    return None


def _is_somebodys_doing(request: Request) -> bool:
    """Whether a person did this, and not a page that follows along by itself."""
    if request.method == "POST":
        return True
    is_followed = request.headers.get("sec-fetch-dest", "document") != "document"
    return wants_page(request) and not is_followed


def _to_login(request: Request) -> HTTPResponse:
    if not wants_page(request):
        return text("Please log in.", status=401)
    wanted = own_page(request.path) if request.method == "GET" else PATH
    query = "" if wanted == PATH else "?" + urlencode({"next": wanted})
    return redirect(LOGIN + query, status=303)


def _require_token(request: Request, expected: str) -> None:
    if not expected or not compare_digest(field(request, "csrf").encode(), expected.encode()):
        raise FormRefused
