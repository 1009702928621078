"""What a person sees of a handset and does with it."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

from bot.simulator.errors import NotFitting, Unreadable
from bot.simulator.exchange import Exchange
from bot.simulator.leg import SIP_DECLINED, Answered, HungUp, Leg, Refused
from bot.simulator.messages import LONGEST_BODY, Messages
from bot.simulator.records import BEHAVIOURS, E164, Behaviour, CallRecord, HandsetRecord, MessageRecord

Json = dict[str, object]

_SHOWN = 200
_LONGEST_TALK_S = 86400.0
_KEYS = re.compile(r"[0-9*#]{1,32}")
_REACHES_HANDSET = ("delivered", "received")
_TURNS_TO_SETTLE = 50


class Handsets:
    """Every phone that the carrier can reach."""

    def __init__(self, exchange: Exchange, messages: Messages) -> None:
        self._exchange = exchange
        self._messages = messages

    def known(self) -> list[HandsetRecord]:
        """Every handset that was called, written to or created, oldest first."""
        return self._exchange.ledger.handsets()

    def setting(self, number: str) -> HandsetRecord:
        """How a handset reacts by itself. Raises Unreadable."""
        return self._exchange.handset(read_number(number))

    def view(self, number: str) -> Json:
        """`{"ringing": [call], "in_call": [call], "calls": [...], "messages": [...]}`, the latest 200, oldest first.

        A call's and a message's `direction` is the handset's: inbound is what reaches it. A number that nobody has used
        has empty lists. Raises Unreadable.
        """
        number = read_number(number)
        legs = self._exchange.legs_of(number)
        records = self._exchange.ledger.calls([("handset =", number)], limit=_SHOWN)[::-1]
        messages = self._exchange.ledger.messages([("handset =", number)], limit=_SHOWN)[::-1]
        sids = {record.sid for record in records} | {leg.record.sid for leg in legs}
        heard = self._exchange.ledger.heard(sids)

        def show(chosen: Iterable[CallRecord]) -> list[Json]:
            return [self._call(record, heard[record.sid]) for record in chosen]

        return {
            "ringing": show(leg.record for leg in legs if leg.ringing),
            "in_call": show(leg.record for leg in legs if leg.in_call),
            "calls": show(records),
            "messages": [_message(message) for message in messages if message.status in _REACHES_HANDSET],
        }

    def set(self, number: str, body: object) -> HandsetRecord:
        """Change how a handset reacts: `{"behaviour", "talk_s"?}`. Raises Unreadable.

        A phone that rings reacts anew.
        """
        handset = read_setting(read_number(number), body)
        self._exchange.ledger.save(handset)
        for leg in self._exchange.legs_of(handset.number):
            if leg.ringing:
                self._exchange.persons.rings(leg)
        self._exchange.changes.tell(handset.number)
        return handset

    async def act(self, number: str, action: str, body: object) -> None:
        """Do `action` (answer, decline, hang_up, press, sms) with the handset. Raises NotFitting, Unreadable."""
        number = read_number(number)
        match action:
            case "answer":
                await self._answer(number)
            case "decline":
                await self._decline(number)
            case "hang_up":
                await self._hang_up(number)
            case "press":
                self._press(number, _text(body, "digits"))
            case "sms":
                self._write(number, _text(body, "text"))
            case _:
                raise Unreadable("action", "A handset can answer, decline, hang_up, press and sms.")

    async def _answer(self, number: str) -> None:
        leg = self._ringing(number)
        leg.decide(Answered())
        await _settled(lambda: leg.record.status != "ringing")

    async def _decline(self, number: str) -> None:
        leg = self._ringing(number)
        leg.decide(Refused(SIP_DECLINED))
        await _settled(leg.ended.done)

    async def _hang_up(self, number: str) -> None:
        leg = self._in_call(number, "hang up")
        leg.interrupt(HungUp(by_handset=True))
        await _settled(leg.ended.done)

    def _press(self, number: str, digits: str) -> None:
        if not _KEYS.fullmatch(digits):
            raise Unreadable("digits", "Keys are 1 to 32 of 0-9, * and #.")
        self._in_call(number, "press keys").press(digits)
        self._exchange.changes.tell(number)

    def _write(self, number: str, text: str) -> None:
        if not text.strip() or len(text) > LONGEST_BODY:
            raise Unreadable("text", f"A message has 1 to {LONGEST_BODY} characters.")
        self._messages.receive(number, text)

    def _ringing(self, number: str) -> Leg:
        leg = next((leg for leg in self._exchange.legs_of(number) if leg.ringing), None)
        if leg is None:
            raise NotFitting("This handset is not ringing.")
        return leg

    def _in_call(self, number: str, wish: str) -> Leg:
        leg = next((leg for leg in self._exchange.legs_of(number) if leg.in_call), None)
        if leg is None:
            raise NotFitting(f"This handset is not in a call, so nobody can {wish}.")
        return leg

    def _call(self, record: CallRecord, heard: list[str]) -> Json:
        leg = self._exchange.legs.get(record.sid)
        return {
            "sid": record.sid,
            "from": record.from_number,
            "to": record.to_number,
            "direction": "outbound" if record.direction == "inbound" else "inbound",
            "status": record.status,
            "started_at": _iso(record.started_at),
            "answered_at": _iso(record.answered_at),
            "ended_at": _iso(record.ended_at),
            "heard": heard,
            "asks_for_digits": leg is not None and leg.asks_for_digits,
            "connected_to": None if leg is None else leg.connected_to,
        }


def read_number(number: str) -> str:
    """A number in E.164. Raises Unreadable."""
    if not E164.fullmatch(number):
        raise Unreadable("number", "A number is written in E.164, for example +819012345678.")
    return number


def read_setting(number: str, body: object) -> HandsetRecord:
    """The setting that `PUT handsets/{number}` describes. Raises Unreadable."""
    if not isinstance(body, Mapping):
        raise Unreadable("body", "The body must be a JSON object.")
    unknown = next((key for key in body if key not in ("behaviour", "talk_s")), None)
    if unknown is not None:
        raise Unreadable(str(unknown), "Only behaviour and talk_s can be set.")
    behaviour, talk_s = body.get("behaviour"), body.get("talk_s")
    if behaviour not in BEHAVIOURS:
        raise Unreadable("behaviour", f"The behaviour is one of {', '.join(BEHAVIOURS)}.")
    handset = HandsetRecord(number=number, behaviour=cast(Behaviour, behaviour))
    if talk_s is None:
        return handset
    if isinstance(talk_s, bool) or not isinstance(talk_s, int | float) or not 0 <= talk_s <= _LONGEST_TALK_S:
        raise Unreadable("talk_s", f"The time to talk is from 0 to {_LONGEST_TALK_S:g} seconds, or null.")
    return replace(handset, talk_s=float(talk_s))


def _text(body: object, name: str) -> str:
    value = body.get(name) if isinstance(body, Mapping) else None
    if not isinstance(value, str):
        raise Unreadable(name, "A text is needed here.")
    return value


def _message(message: MessageRecord) -> Json:
    return {
        "direction": "outbound" if message.direction == "inbound" else "inbound",
        "from": message.from_number,
        "body": message.body,
        "at": _iso(message.sent_at or message.created_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


async def _settled(reached: Callable[[], bool]) -> None:
    """Let the call's own task take note, so that whoever acts sees the effect in the next answer."""
    for _ in range(_TURNS_TO_SETTLE):
        if reached():
            return
        await asyncio.sleep(0)
