"""Calls under way: supervisors listen, whisper and join; agents ask a colleague in and hand the call over."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sanic import Blueprint, HTTPResponse, Request

from bot.gateway.desk.auth import FormRefused, field, require_supervisor, session_of
from bot.gateway.desk.pages import Pages
from bot.store.agents import Agent
from bot.telephony.dialer import CarrierUnavailable
from bot.usecases.talks import NoTalk, NotFree, NotThere, NotYourCall, PhoneRefused, Speaking
from bot.wiring import Product

TROUBLES: dict[type[Exception], str] = {
    NoTalk: "call_no_talk", NotYourCall: "call_not_yours", NotFree: "call_not_free", NotThere: "call_not_there",
    PhoneRefused: "call_phone_refused", CarrierUnavailable: "call_carrier_silent",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What somebody wants of a call. `whom` is a colleague or a topic, `note` what the next agent should know."""

    reference: str
    who: Agent
    whom: str
    note: str
    now: datetime


Doing = Callable[[Product, Asked], Awaitable[object]]


def _speak(speaking: Speaking) -> Doing:
    return lambda product, ask: product.live_calls.speak(ask.reference, ask.who, speaking, now=ask.now)


FOR_AGENTS: dict[str, Doing] = {
    "consult": lambda product, ask: product.live_calls.consult(
        ask.reference, ask.who, ask.whom, note=ask.note, now=ask.now
    ),
    "together": lambda product, ask: product.live_calls.bring_together(ask.reference, ask.who, now=ask.now),
    "dismiss": lambda product, ask: product.live_calls.dismiss(ask.reference, ask.who, now=ask.now),
    "hand_over": lambda product, ask: product.live_calls.hand_over(ask.reference, ask.who, note=ask.note, now=ask.now),
    "hand_on": lambda product, ask: product.transfers.to_colleague(
        ask.reference, ask.who, ask.whom, note=ask.note, now=ask.now
    ),
    "to_topic": lambda product, ask: product.transfers.to_topic(
        ask.reference, ask.who, ask.whom, note=ask.note, now=ask.now
    ),
    "leave": lambda product, ask: product.live_calls.leave(ask.reference, ask.who, now=ask.now),
}
FOR_SUPERVISORS: dict[str, Doing] = {
    "listen": lambda product, ask: product.live_calls.listen(ask.reference, ask.who, now=ask.now),
    "listens": _speak("listens"),
    "whispers": _speak("whispers"),
    "speaks": _speak("speaks"),
}


class CallPages(Pages):
    """The list of calls under way."""

    async def calls(self, request: Request) -> HTTPResponse:
        """Every call with its agent, topic and length, and what the supervisor may do with it."""
        words = self._words(request)
        entries = await self._product.desk.calls(now=words.now)
        attempts = [entry.call.attempt_id for entry in entries if entry.call]
        return self._page(
            request, "desk_calls.html", words, entries=entries, reader=session_of(request).agent,
            guests=await self._product.live_calls.guests_of(attempts),
        )  # fmt: skip

    def did(self, request: Request, reference: str, deed: str) -> HTTPResponse:
        """It is done: told to a script, the page anew for a person."""
        return self.done(request, reference, told=self._words(request).t["call"][f"did_{deed}"])


def add_calls(blueprint: Blueprint, product: Product, pages: CallPages) -> None:
    """`/desk/calls` and `/desk/callbacks/{reference}/call`."""

    @blueprint.get("/calls")
    async def calls(request: Request) -> HTTPResponse:
        require_supervisor(request)
        return await pages.calls(request)

    @blueprint.post("/callbacks/<reference:str>/call")
    async def do(request: Request, reference: str) -> HTTPResponse:
        deed, _, whom = field(request, "deed").partition(":")
        if deed in FOR_SUPERVISORS:
            require_supervisor(request)
        doing = FOR_AGENTS.get(deed) or FOR_SUPERVISORS.get(deed)
        if doing is None or (deed == "to_topic" and field(request, "topic") not in {one.id for one in product.topics}):
            raise FormRefused
        await doing(
            product,
            Asked(
                reference=reference.upper(),
                who=session_of(request).agent,
                whom=field(request, "topic") if deed == "to_topic" else whom,
                note=field(request, "note"),
                now=product.clock.now(),
            ),
        )
        return pages.did(request, reference, deed)

    @blueprint.exception(*TROUBLES)
    async def not_possible(request: Request, error: Exception) -> HTTPResponse:
        return await pages.conflict(request, TROUBLES[type(error)])
