"""The pages behind a link: the promise as it stands, and one page for each thing that can be done with it."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from sanic import HTTPResponse
from sanic.response import raw

from bot.booking import phone
from bot.booking import reason as reasons
from bot.booking.callback import HOURS_CHANGED, LATE, SETTLED, Callback, Status
from bot.booking.email import masked
from bot.booking.window import Window
from bot.gateway.form import pages as form_pages
from bot.gateway.form.entries import Language
from bot.gateway.link import calendar
from bot.gateway.link.visits import Visit
from bot.gateway.rendering import page
from bot.gateway.times import FreeTimes, promised
from bot.usecases.making import customer_of
from bot.wiring import Product
from bot.wording import dates

ROBOTS = "noindex, nofollow"
NOWHERE = "/c/gone"
"""Where the other language stands of a page that belongs to no booking."""


@cache
def texts(language: Language) -> dict[str, dict[str, str]]:
    """Every sentence of the link's pages by section and name; what the form says in the same place is the form's."""
    own = tomllib.loads((files(__package__) / f"{language}.toml").read_text(encoding="utf-8"))
    form = form_pages.texts(language)
    return {"page": form["page"], "form": form["form"], "faults": form["faults"], **own}


class Pages:
    """Renders them; nothing here changes anything."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._times = FreeTimes(product)

    async def overview(self, visit: Visit, *, done: str = "", problem: str = "", status: int = 200) -> HTTPResponse:
        """The promise: when, where, how it stands. `done` and `problem` name what has just happened."""
        t, callback, place = texts(visit.language), visit.callback, await self._place(visit)
        tz = self._product.business.timezone
        state = _state(callback, is_late=callback.is_late(now=self._product.clock.now()))
        return self._page(
            "link.html",
            visit,
            status=status,
            state=state,
            title=t["status"][state],
            hint=t["hint"][state].format(
                business=self._product.business.name(visit.language), when=self._at(callback, visit)
            ),
            when=(
                dates.span(callback.window, tz=tz, language=visit.language)
                if place
                else promised(callback, tz=tz, language=visit.language)
            ),
            place=place,
            number=phone.masked(callback.phone_number),
            topic=self._topic(visit),
            score=await self._product.ratings.of(callback),
            may_rate=callback.status == Status.COMPLETED and callback.resolution != SETTLED,
            longest_comment=reasons.LONGEST,
            done=t["done"].get(done, ""),
            problem=self._said("problem", problem, visit.language) if problem else "",
        )

    async def move(
        self, visit: Visit, *, fault: str = "", near: Sequence[Window] = (), status: int = 200
    ) -> HTTPResponse:
        """Every free time. `fault` says why a time was not taken, `near` are others close to it."""
        t, callback = texts(visit.language), visit.callback
        again = "_again" if visit.opened.may_book_again else ""
        return self._page(
            "link_move.html",
            visit,
            status=status,
            subpage="/move",
            title=t["move"][f"title{again}"],
            send=t["move"][f"send{again}"],
            when=promised(callback, tz=self._product.business.timezone, language=visit.language),
            fault=fault,
            near=self._times.near(near, language=visit.language),
            days=await self._times.days(
                topic=self._product.rules.known(callback.topic),
                customer=customer_of(callback),
                language=visit.language,
            ),
        )

    async def cancel(self, visit: Visit) -> HTTPResponse:
        """Whether they are sure."""
        return self._page(
            "link_cancel.html",
            visit,
            subpage="/cancel",
            title=texts(visit.language)["cancel"]["title"],
            when=promised(visit.callback, tz=self._product.business.timezone, language=visit.language),
        )

    async def number(self, visit: Visit, *, fault: str = "", typed: str = "", status: int = 200) -> HTTPResponse:
        """Which number to call instead."""
        title = texts(visit.language)["number"]["title"]
        return self._page(
            "link_number.html", visit, status=status, subpage="/number", title=title, fault=fault, typed=typed
        )

    async def code(self, visit: Visit, *, fault: str = "", status: int = 200) -> HTTPResponse:
        """The digits that were sent there."""
        title = texts(visit.language)["number"]["code_title"]
        return self._page("link_code.html", visit, status=status, subpage="/code", title=title, fault=fault)

    async def stop(self, visit: Visit) -> HTTPResponse:
        """Which kinds of contact are not wanted."""
        title = texts(visit.language)["stop"]["title"]
        return self._page("link_stop.html", visit, subpage="/stop", title=title)

    async def email(self, visit: Visit, *, fault: str = "", typed: str = "", status: int = 200) -> HTTPResponse:
        """Which address to write to, and how far it is proved."""
        known = await self._product.emails.of(visit.callback)
        known = None if known is None or known.stopped_at else known
        title = texts(visit.language)["email"]["title"]
        return self._page(
            "link_email.html", visit, status=status, subpage="/email", title=title, fault=fault, typed=typed,
            known=known, address=masked(known.address) if known else "",
        )  # fmt: skip

    def said_email(self, name: str, language: Language) -> str:
        """A sentence about an e-mail address."""
        return self._said("email", name, language)

    def mail(
        self, language: Language, what: str, *, address: str = "", action: str = "", mark: str = ""
    ) -> HTTPResponse:
        """What a link in an e-mail leads to: a question with one button, or, without one, that it is done."""
        t = texts(language)["email"]
        title = t[f"{what}_title"] if action else t[f"{what}_done"]
        return self._page(
            "link_mail.html",
            language,
            title=title,
            address=address,
            action=action,
            said=t[f"{what}_button"],
            proof=mark,
        )

    def calendar(self, visit: Visit) -> HTTPResponse:
        """The promise as a calendar takes it."""
        words = texts(visit.language)["calendar"]
        body = calendar.entry(self._product, visit.callback, words, language=visit.language)
        headers = {"Cache-Control": "no-store", "X-Robots-Tag": ROBOTS}
        return raw(body, headers=headers, content_type="text/calendar; charset=utf-8")

    def said_number(self, name: str, language: Language) -> str:
        """A sentence about a new number."""
        return self._said("number", name, language)

    def gone(self, language: Language) -> HTTPResponse:
        """For a link that was never made and one that is over: the same, to the letter."""
        return self._page("link_gone.html", language, status=404, title=texts(language)["gone"]["title"])

    def refused(self, language: Language, sentence: str, *, status: int, **facts: str) -> HTTPResponse:
        """A request that was not even looked at: sent too often, or from elsewhere."""
        told = self._said("problem", sentence, language, **facts)
        return self._page("link_refused.html", language, status=status, title=told)

    def unexpected(self, language: Language) -> HTTPResponse:
        """Something broke on our side."""
        told = self._said("unexpected", "hint", language)
        return self._page("link_refused.html", language, status=503, title=told)

    def said_fault(self, name: str, language: Language, **facts: str) -> str:
        """A sentence of the form's faults."""
        return self._said("faults", name, language, **facts)

    def _said(self, section: str, name: str, language: Language, **facts: str) -> str:
        return texts(language)[section][name].format(hotline=self._product.business.hotline, **facts)

    def _at(self, callback: Callback, visit: Visit) -> str:
        return dates.at(callback.due_at, tz=self._product.business.timezone, language=visit.language)

    async def _place(self, visit: Visit) -> str:
        """The place in the line of those who asked for the soonest call; nothing for a promised time."""
        now, facts = self._product.clock.now(), texts(visit.language)["facts"]
        standing = await self._product.bookings.standing(visit.callback, now=now)
        if standing.queue_position is None:
            return ""
        if standing.estimated_start is None:
            return facts["place_only"].format(position=standing.queue_position)
        when = dates.clock(standing.estimated_start, tz=self._product.business.timezone, language=visit.language)
        return facts["place_value"].format(position=standing.queue_position, when=when)

    def _topic(self, visit: Visit) -> str:
        """What it is about, as far as a stranger at the shoulder may read; "" where there is one topic only."""
        topics = self._product.topics
        name = next((topic.name(visit.language) for topic in topics if topic.id == visit.callback.topic), "")
        return name if len(topics) > 1 else ""

    def _page(self, template: str, who: Visit | Language, *, status: int = 200, **facts: Any) -> HTTPResponse:
        product, key = self._product, self._product.links.key
        visit, language = (who, who.language) if isinstance(who, Visit) else (None, who)
        response = page(
            template,
            status=status,
            t=texts(language),
            language=language,
            business_name=product.business.name(language),
            hotline=product.business.hotline,
            hours=product.hours_text(language),
            zone=product.business.timezone.key,
            has_email=product.settings.email.is_on,
            visit=visit,
            mark=(lambda what: key.mark(visit.callback, what)) if visit else None,
            **{"subpage": "", "path": visit.path if visit else NOWHERE, **facts},
        )
        response.headers["X-Robots-Tag"] = ROBOTS
        return response


def _state(callback: Callback, *, is_late: bool) -> str:
    """Which of our words tells best how the promise stands."""
    if callback.status == Status.BOOKED:
        if callback.attention == HOURS_CHANGED:
            return HOURS_CHANGED
        return LATE if is_late or callback.attention == LATE else "booked"
    if callback.status == Status.COMPLETED and callback.resolution == SETTLED:
        return "settled"
    return callback.status.value
