"""The form's pages, rendered with the times that are really free."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from sanic import HTTPResponse

from bot.booking import name as names
from bot.booking import phone
from bot.booking import reason as reasons
from bot.booking.callback import Callback, Kind
from bot.booking.window import Window
from bot.gateway.form.entries import SOONEST, Entered, Fault, Language
from bot.gateway.rendering import embeddable, page
from bot.gateway.times import FreeTimes, promised
from bot.usecases.seats import Customer
from bot.wiring import Product
from bot.wording import dates, soonest


@cache
def texts(language: Language) -> dict[str, dict[str, str]]:
    """Every sentence of the form by section and name."""
    return tomllib.loads((files(__package__) / f"{language}.toml").read_text(encoding="utf-8"))


class Pages:
    """The form itself, and what stands after it."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._times = FreeTimes(product)

    async def form(
        self, entered: Entered, faults: Sequence[Fault] = (), *, near: Sequence[Window] = (), status: int = 200
    ) -> HTTPResponse:
        """The form as it was typed, and what is wrong with it. `near`: times close to one that is gone."""
        t = texts(entered.language)
        told = {fault.about: self._told(fault, entered.language) for fault in faults}
        return self._page(
            "form.html",
            entered.language,
            status=status,
            entered=entered,
            faults=told,
            topics=[(topic.id, topic.name(entered.language)) for topic in self._product.topics],
            near=self._times.near(near, language=entered.language),
            soonest_value=SOONEST,
            soonest_hint=await self._soonest(entered),
            days=await self._times.days(
                topic=self._topic(entered),
                customer=self._customer(entered),
                language=entered.language,
                chosen=entered.time,
            ),
            longest_reason=reasons.LONGEST,
            longest_name=names.LONGEST,
            has_email=self._product.settings.email.is_on,
            title=f"{t['page']['fault_title']} {t['page']['title']}" if faults else t["page"]["title"],
        )

    def booked(self, callback: Callback | None, *, language: Language) -> HTTPResponse:
        """What was promised; 404 for a form that booked nothing."""
        t = texts(language)
        return self._page(
            "form_booked.html",
            language,
            status=200 if callback else 404,
            callback=callback if callback and callback.is_open else None,
            is_over=callback is not None and not callback.is_open,
            when=promised(callback, tz=self._product.business.timezone, language=language) if callback else "",
            number=phone.masked(callback.phone_number) if callback else "",
            is_texted=callback is not None and phone.takes_sms(callback.phone_number),
            title=t["booked"]["title"] if callback else t["booked"]["nothing"],
        )

    def _told(self, fault: Fault, language: Language) -> str:
        facts = {"hotline": self._product.business.hotline, **fault.facts}
        return texts(language)["faults"][fault.sentence].format(**facts)

    async def _soonest(self, entered: Entered) -> str | None:
        """What "as soon as possible" means now; None when nothing is free."""
        now, tz = self._product.clock.now(), self._product.business.timezone
        topic = self._topic(entered)
        found = await self._product.bookings.earliest(now=now, topic=topic, customer=self._customer(entered))
        if found is None:
            return None
        if found.kind == Kind.AFTER_HOURS:
            is_first_thing = self._product.rules.is_first_thing(topic, found.window, now=now)
            return soonest.after_hours(found.window, is_first_thing=is_first_thing, tz=tz, language=entered.language)
        expected = dates.at(found.expected_at, tz=tz, language=entered.language)
        return texts(entered.language)["form"]["soonest_hint"].format(when=expected)

    def _topic(self, entered: Entered) -> str:
        return self._product.rules.known(entered.times_of)

    def _customer(self, entered: Entered) -> Customer:
        return Customer(language=entered.language)

    def _page(self, template: str, language: Language, *, status: int, **facts: Any) -> HTTPResponse:
        product = self._product
        response = page(
            template,
            status=status,
            t=texts(language),
            language=language,
            business_name=product.business.name(language),
            hotline=product.business.hotline,
            hours=product.hours_text(language),
            zone=product.business.timezone.key,
            **facts,
        )
        # With no-referrer a browser would send "Origin: null" along with our own form.
        response.headers["Referrer-Policy"] = "same-origin"
        return embeddable(response, product.settings.web.embed_on)
