"""Calls that the carrier's customer orders over the API, and calls that a handset places to the business."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.simulator.errors import CarrierError
from bot.simulator.exchange import call_params
from bot.simulator.leg import SIP_OK, SIP_UNAVAILABLE, Cancelled, HungUp, Leg, Redirected, Source
from bot.simulator.pacing import Pacing
from bot.simulator.persons import VOICEMAIL_GREETING_S
from bot.simulator.records import E164, Callback, CallRecord
from bot.simulator.rooms import Rooms, Seat
from bot.simulator.script import play
from bot.simulator.twiml import Conference, Dial, Method, read_conference
from bot.simulator.webhooks import Webhook, is_url

_DEFAULT_RING_S = 60.0
_LONGEST_RING_S = 600.0
_LONGEST_CALL_S = 14400.0
_MOST_TWIML = 4000
_DETECTION_S = 2.0
_MAGIC_NUMBERS = {
    "+15005550001": CarrierError(21217, "The phone number is invalid: +15005550001"),
    "+15005550002": CarrierError(21214, "'To' phone number cannot be reached"),
    "+15005550003": CarrierError(21215, "Account not authorized to call +15005550003."),
    "+15005550004": CarrierError(21216, "Account not allowed to call +15005550004"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A call as ordered: whom to ring for how long, what to play, how machines are detected."""

    to_number: str
    from_number: str
    source: Source
    fallback: Source | None
    callback: Callback | None
    timeout_s: float
    time_limit_s: float
    detection: str = ""
    detection_callback: Webhook | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ParticipantOrder:
    """Someone to call into a conference."""

    to_number: str
    from_number: str
    noun: Conference
    callback: Callback | None
    timeout_s: float
    time_limit_s: float


def read_order(form: Mapping[str, list[str]], business_number: str) -> Order:
    """The order in the form of `POST Calls.json`. Raises CarrierError."""
    to_number, from_number = _read_numbers(form, business_number)
    return Order(
        to_number=to_number,
        from_number=from_number,
        source=_document(form),
        fallback=_fallback(form),
        callback=read_callback(form),
        timeout_s=min(_seconds(form, "Timeout", _DEFAULT_RING_S), _LONGEST_RING_S),
        time_limit_s=_seconds(form, "TimeLimit", _LONGEST_CALL_S),
        detection="" if first(form, "SendDigits") else first(form, "MachineDetection"),
        detection_callback=_detection_callback(form),
    )


def read_participant(form: Mapping[str, list[str]], name: str, business_number: str) -> ParticipantOrder:
    """The order in the form of `POST Conferences/{name}/Participants.json`. Raises CarrierError."""
    to_number, from_number = _read_numbers(form, business_number)
    for field in ("WaitUrl", "ConferenceStatusCallback"):
        if first(form, field):
            require_url(first(form, field), field)
    return ParticipantOrder(
        to_number=to_number,
        from_number=from_number,
        noun=read_conference(name, {field: " ".join(values) for field, values in form.items() if any(values)}),
        callback=read_callback(form),
        timeout_s=min(_seconds(form, "Timeout", _DEFAULT_RING_S), _LONGEST_RING_S),
        time_limit_s=_seconds(form, "TimeLimit", _LONGEST_CALL_S),
    )


def _read_numbers(form: Mapping[str, list[str]], business_number: str) -> tuple[str, str]:
    to_number, from_number = first(form, "To"), first(form, "From")
    if not to_number:
        raise CarrierError(21201, "No 'To' number is specified")
    if not from_number:
        raise CarrierError(21213, "'From' phone number is required")
    if to_number in _MAGIC_NUMBERS:
        refusal = _MAGIC_NUMBERS[to_number]
        raise CarrierError(refusal.code, refusal.message)
    if not E164.fullmatch(to_number):
        raise CarrierError(21217, f"Phone number does not appear to be valid: {to_number}")
    if from_number != business_number:
        raise CarrierError(
            21210, f"The source phone number provided, {from_number}, is not yet verified for your account."
        )
    return to_number, from_number


def read_callback(form: Mapping[str, list[str]]) -> Callback | None:
    """The status callback of a form; the events may be repeated fields or one field with spaces."""
    url = first(form, "StatusCallback")
    if not url:
        return None
    require_url(url, "StatusCallback")
    events = " ".join(form.get("StatusCallbackEvent", [])) or "completed"
    return Callback(url=url, method=_method(form, "StatusCallbackMethod"), events=events)


class Calls:
    """Places, redirects and ends calls."""

    def __init__(self, rooms: Rooms, pacing: Pacing) -> None:
        self._rooms = rooms
        self._pacing = pacing
        self._exchange = rooms.exchange

    def place(self, order: Order) -> CallRecord:
        """Accept the order; the call begins as soon as the pace allows. Answers with the call as it was accepted.

        Raises CarrierError 10004 where too many calls live.
        """
        queued_s = self._admit()
        leg = self._exchange.open(
            queued_s=queued_s,
            caller=order.from_number,
            called=order.to_number,
            handset=order.to_number,
            direction="outbound-api",
            callback=order.callback,
        )
        leg.fallback = order.fallback
        accepted = leg.record
        self._exchange.spawn(self._live(leg, order, queued_s))
        return accepted

    def add_participant(self, order: ParticipantOrder) -> Seat:
        """Call someone into a conference. Raises CarrierError 10004 where too many calls live."""
        queued_s = self._admit()
        leg = self._exchange.open(
            queued_s=queued_s,
            caller=order.from_number,
            called=order.to_number,
            handset=order.to_number,
            direction="outbound-api",
            callback=order.callback,
        )
        seat = self._rooms.expect(leg, order.noun)
        self._exchange.spawn(self._bring(leg, seat, order, queued_s))
        return seat

    def _admit(self) -> float:
        return self._pacing.admit(sum(leg.record.direction == "outbound-api" for leg in self._exchange.legs.values()))

    async def _queue(self, leg: Leg, queued_s: float) -> None:
        if queued_s > 0:  # who cancels it meanwhile ends the wait
            await self._exchange.timers.wait(leg.decision, queued_s)

    async def _bring(self, leg: Leg, seat: Seat, order: ParticipantOrder, queued_s: float) -> None:
        try:
            await self._queue(leg, queued_s)
            if await self._exchange.ring(leg, timeout_s=order.timeout_s):
                await self._converse(leg, Source(verbs=(Dial(conference=order.noun),)), order.time_limit_s)
        finally:
            self._rooms.forget(seat)

    def receive(self, handset: str, business_number: str, url: str, *, status_url: str | None = None) -> CallRecord:
        """A handset calls the business: the document at `url` is played to it, and `status_url` hears of its end."""
        callback = Callback(url=status_url, method="POST", events="completed") if status_url else None
        leg = self._exchange.open(
            caller=handset, called=business_number, handset=handset, direction="inbound", callback=callback
        )
        self._exchange.pick_up(leg)
        self._exchange.spawn(self._converse(leg, Source(url=url), _LONGEST_CALL_S))
        return leg.record

    def update(self, sid: str, form: Mapping[str, list[str]]) -> None:
        """Cancel, complete or redirect a call (`POST Calls/{sid}.json`). Raises CarrierError 21220."""
        leg = self._exchange.legs.get(sid)
        status = first(form, "Status")
        if status not in ("", "canceled", "completed"):
            raise CarrierError(20001, "Parameter 'Status' is not valid")
        if leg is None:
            raise CarrierError(21220, "Call is not in-progress. Cannot redirect.")
        if status:
            self._stop(leg, status)
        elif first(form, "Url") or first(form, "Twiml"):
            if not leg.in_call:
                raise CarrierError(21220, "Call is not in-progress. Cannot redirect.")
            leg.fallback = _fallback(form) or leg.fallback
            leg.interrupt(Redirected(_document(form)))

    @staticmethod
    def _stop(leg: Leg, status: str) -> None:
        if leg.decide(Cancelled()):
            return
        if status == "canceled":
            raise CarrierError(21220, "Invalid call state: only a queued or ringing call can be canceled.")
        leg.interrupt(HungUp(by_handset=False))

    async def _live(self, leg: Leg, order: Order, queued_s: float) -> None:
        exchange = self._exchange
        await self._queue(leg, queued_s)
        if not await exchange.ring(leg, timeout_s=order.timeout_s):
            return
        if order.detection_callback is not None:
            exchange.spawn(self._detect_beside(leg, order.detection, order.detection_callback))
        elif order.detection:
            await self._detect(leg, order.detection)
        await self._converse(leg, order.source, order.time_limit_s)

    async def _converse(self, leg: Leg, source: Source, time_limit_s: float) -> None:
        limit = self._exchange.spawn(self._end_in(leg, time_limit_s))
        try:
            await play(self._rooms, leg, source)
        except Exception:
            self._exchange.end(leg, "failed", SIP_UNAVAILABLE)
            raise
        finally:
            limit.cancel()
        self._exchange.end(leg, "completed", SIP_OK)

    async def _end_in(self, leg: Leg, seconds: float) -> None:
        await self._exchange.timers.sleep(seconds)
        leg.interrupt(HungUp(by_handset=False))

    async def _detect(self, leg: Leg, mode: str) -> float:
        """Listen who has answered; returns the seconds that it took."""
        waits_for_end = mode == "DetectMessageEnd"
        length_s = VOICEMAIL_GREETING_S if leg.machine and waits_for_end else _DETECTION_S
        await self._exchange.timers.wait(leg.ended, length_s)
        if not leg.ended.done():
            machine = "machine_end_beep" if waits_for_end else "machine_start"
            self._exchange.detect(leg, machine if leg.machine else "human")
        return length_s

    async def _detect_beside(self, leg: Leg, mode: str, callback: Webhook) -> None:
        length_s = await self._detect(leg, mode)
        params = call_params(self._exchange.account_sid, leg.record)
        params["MachineDetectionDuration"] = str(round(length_s * 1000))
        params.setdefault("AnsweredBy", "unknown")
        self._exchange.postman.notify(
            f"{leg.record.sid} detection",
            Webhook(url=callback.url, method=callback.method, params=params),
        )


def _document(form: Mapping[str, list[str]]) -> Source:
    url, text = first(form, "Url"), first(form, "Twiml")
    if url:
        require_url(url, "Url")
        return Source(url=url, method=_method(form, "Method"))
    if not text:
        raise CarrierError(21205, "Url parameter is required.")
    if len(text) > _MOST_TWIML:
        raise CarrierError(21624, "Twiml must be at most 4000 characters.")
    return Source(text=text)


def _fallback(form: Mapping[str, list[str]]) -> Source | None:
    url = first(form, "FallbackUrl")
    if not url:
        return None
    require_url(url, "FallbackUrl")
    return Source(url=url, method=_method(form, "FallbackMethod"))


def _detection_callback(form: Mapping[str, list[str]]) -> Webhook | None:
    url = first(form, "AsyncAmdStatusCallback")
    if not url or first(form, "AsyncAmd").lower() != "true" or not first(form, "MachineDetection"):
        return None
    require_url(url, "AsyncAmdStatusCallback")
    return Webhook(url=url, method=_method(form, "AsyncAmdStatusCallbackMethod"), params={})


def require_url(url: str, name: str) -> None:
    """Raise CarrierError unless the parameter of this name is a URL."""
    if not is_url(url):
        raise CarrierError(21205 if name == "Url" else 21609, f"{name} is not a valid URL: {url}")


def first(form: Mapping[str, list[str]], name: str) -> str:
    """The first value of a form field, blank if there is none."""
    return next(iter(form.get(name, [])), "").strip()


def _method(form: Mapping[str, list[str]], name: str) -> Method:
    return "GET" if first(form, name).upper() == "GET" else "POST"


def _seconds(form: Mapping[str, list[str]], name: str, default: float) -> float:
    value = first(form, name)
    if not value:
        return default
    if not value.isdecimal():
        raise CarrierError(20001, f"Parameter '{name}' is not valid")
    return float(value)
