"""What admins do: people, keys, and reading who did what."""

import re
from typing import Any
from urllib.parse import quote, urlencode

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from bot.booking import phone
from bot.booking.errors import NumberRefused
from bot.booking.matching import Skills
from bot.gateway.desk.auth import FormRefused, field, require_admin, session_of
from bot.gateway.desk.pages import Pages
from bot.usecases.keys import EVERYTHING, Scope
from bot.usecases.people import ROLES, LastAdmin, LoginTaken, PersonNotFound
from bot.wiring import Product

ON_A_PAGE = 50
PEOPLE = "/desk/people"
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
LONGEST_NAME = 60
LONGEST_LABEL = 60
LANGUAGES = ("ja", "en")


class Refused(Exception):
    """What was entered cannot be taken over. `name` is the sentence that says why."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class AdminPages(Pages):
    """Pages that only admins see."""

    async def people(self, request: Request, *, problem: str | None = None, status: int = 200) -> HTTPResponse:
        """Everybody, and the form for one more."""
        words = self._words(request)
        return self._page(
            request,
            "desk_people.html",
            words,
            status=status,
            people=await self._product.people.everybody(),
            problem=words.t["people"][problem] if problem else None,
            entered=self._entered(request),
            **self._choices(),
        )

    async def person(
        self,
        request: Request,
        login: str,
        *,
        problem: str | None = None,
        password: str | None = None,
        status: int = 200,
    ) -> HTTPResponse:
        """Somebody. `password` is the one for one login, shown once. Raises PersonNotFound."""
        words = self._words(request)
        return self._page(
            request,
            "desk_person.html",
            words,
            status=status,
            person=await self._product.people.person(login),
            problem=words.t["people"][problem] if problem else None,
            password=password,
            is_saved="saved" in request.args,
            **self._choices(),
        )

    async def keys(self, request: Request, *, key: str | None = None, status: int = 200) -> HTTPResponse:
        """The keys of the business API. `key` is a new one, shown once."""
        keys = await self._product.keys.listing()
        return self._page(
            request, "desk_keys.html", self._words(request), status=status, keys=keys, key=key,
            scopes=tuple(Scope), usual=EVERYTHING,
        )  # fmt: skip

    async def audit(self, request: Request) -> HTTPResponse:
        """Who did what, the newest first."""
        words = self._words(request)
        wanted = {name: str(request.args.get(name, "")).strip() for name in ("actor", "action", "subject")}
        before = request.args.get("before", "")
        found = await self._product.audit.listing(
            **wanted, before=int(before) if before.isascii() and before.isdigit() else None, limit=ON_A_PAGE + 1
        )
        shown = found[:ON_A_PAGE]
        more = {**{name: value for name, value in wanted.items() if value}, "before": shown[-1].number if shown else 0}
        return self._page(
            request,
            "desk_audit.html",
            words,
            entries=shown,
            wanted=wanted,
            older=urlencode(more) if len(found) > ON_A_PAGE else None,
            is_first=not before,
        )

    def _choices(self) -> dict[str, Any]:
        return {"roles": ROLES, "all_topics": self._product.topics, "languages": LANGUAGES}

    def _entered(self, request: Request) -> dict[str, str]:
        return {name: field(request, name) for name in ("login", "name", "phone")}

    def facts(self, request: Request) -> dict[str, Any]:
        """What the form says about somebody. Raises Refused and FormRefused."""
        name, role = field(request, "name").strip(), field(request, "role")
        if not name or len(name) > LONGEST_NAME:
            raise Refused("bad_name")
        if role not in ROLES:
            raise FormRefused
        try:
            number = phone.accept(field(request, "phone"), self._product.numbers)
        except NumberRefused:
            raise Refused("bad_number") from None
        skills = Skills(
            topics=_chosen(request, "topic", {topic.id for topic in self._product.topics}),
            languages=_chosen(request, "language", set(LANGUAGES)),
        )
        needs_desk = field(request, "phone_only") == ""
        return {"name": name, "phone_number": number, "role": role, "skills": skills, "needs_desk": needs_desk}


def add_admin(blueprint: Blueprint, product: Product, pages: AdminPages) -> None:
    """`/desk/people`, `/desk/keys` and `/desk/audit`."""
    _add_people(blueprint, product, pages)
    _add_person(blueprint, product, pages)
    _add_keys(blueprint, product, pages)

    @blueprint.get("/audit")
    async def audit_page(request: Request) -> HTTPResponse:
        require_admin(request)
        return await pages.audit(request)

    @blueprint.exception(PersonNotFound)
    async def nobody(request: Request, _error: PersonNotFound) -> HTTPResponse:
        return pages.problem(request, "nobody", status=404)


def _add_people(blueprint: Blueprint, product: Product, pages: AdminPages) -> None:
    @blueprint.get("/people")
    async def people_page(request: Request) -> HTTPResponse:
        require_admin(request)
        return await pages.people(request)

    @blueprint.post("/people")
    async def add_person(request: Request) -> HTTPResponse:
        require_admin(request)
        login = field(request, "login").strip().lower()
        try:
            if not LOGIN.fullmatch(login):
                raise Refused("bad_login")
            password = await product.people.add_with_one_time_password(
                login=login, actor=_actor(request), now=product.clock.now(), **pages.facts(request)
            )
        except Refused as refused:
            return await pages.people(request, problem=refused.name, status=422)
        except LoginTaken:
            return await pages.people(request, problem="login_taken", status=409)
        return await pages.person(request, login, password=password, status=201)


def _add_person(blueprint: Blueprint, product: Product, pages: AdminPages) -> None:
    @blueprint.get("/people/<login:str>")
    async def person_page(request: Request, login: str) -> HTTPResponse:
        require_admin(request)
        return await pages.person(request, login)

    @blueprint.post("/people/<login:str>")
    async def change_person(request: Request, login: str) -> HTTPResponse:
        require_admin(request)
        try:
            await product.people.change(login, actor=_actor(request), now=product.clock.now(), **pages.facts(request))
        except Refused as refused:
            return await pages.person(request, login, problem=refused.name, status=422)
        except LastAdmin:
            return await pages.person(request, login, problem="last_admin", status=409)
        return redirect(f"{PEOPLE}/{quote(login)}?saved=1", status=303)

    @blueprint.post("/people/<login:str>/password")
    async def reset_password(request: Request, login: str) -> HTTPResponse:
        require_admin(request)
        told = await product.people.reset_password(login, actor=_actor(request), now=product.clock.now())
        return await pages.person(request, login, password=told)

    @blueprint.post("/people/<login:str>/<what:(disable|enable|factor)>")
    async def decide_access(request: Request, login: str, what: str) -> HTTPResponse:
        require_admin(request)
        deed = {
            "disable": product.people.disable, "enable": product.people.enable, "factor": product.people.drop_factor,
        }[what]  # fmt: skip
        try:
            await deed(login, actor=_actor(request), now=product.clock.now())
        except LastAdmin:
            return await pages.person(request, login, problem="last_admin", status=409)
        return redirect(f"{PEOPLE}/{quote(login)}?saved=1", status=303)


def _add_keys(blueprint: Blueprint, product: Product, pages: AdminPages) -> None:
    @blueprint.get("/keys")
    async def keys_page(request: Request) -> HTTPResponse:
        require_admin(request)
        return await pages.keys(request)

    @blueprint.post("/keys")
    async def issue_key(request: Request) -> HTTPResponse:
        require_admin(request)
        label = field(request, "label").strip()[:LONGEST_LABEL]
        scopes = [Scope(name) for name in _chosen(request, "scope", set(Scope))]
        if not label or not scopes:
            raise FormRefused
        key = await product.keys.issue(label=label, scopes=scopes, actor=_actor(request), now=product.clock.now())
        return await pages.keys(request, key=key, status=201)

    @blueprint.post("/keys/revoke")
    async def revoke_key(request: Request) -> HTTPResponse:
        require_admin(request)
        await product.keys.revoke(field(request, "label"), actor=_actor(request), now=product.clock.now())
        return redirect("/desk/keys", status=303)


def _actor(request: Request) -> str:
    return session_of(request).agent.login


def _chosen(request: Request, name: str, known: set[Any]) -> frozenset[str]:
    """The boxes that were ticked; raises FormRefused for one that there is not."""
    chosen = frozenset(str(value) for value in (request.form.getlist(name) or [] if request.form else []))
    if not chosen <= {str(one) for one in known}:
        raise FormRefused
    return chosen
