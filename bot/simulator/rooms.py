"""Conferences: rooms in which any number of legs hear each other.

Source: https://www.twilio.com/docs/voice/twiml/conference and /docs/voice/api/conference-participant-resource.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from email.utils import format_datetime

from bot.simulator.exchange import Exchange
from bot.simulator.leg import End, Leg, Source
from bot.simulator.records import ConferenceRecord, new_sid
from bot.simulator.twiml import Conference
from bot.simulator.webhooks import Webhook

_FEWEST_TO_START = 2
_BETWEEN_WAITING_DOCUMENTS_S = 1.0
_MUSIC = "♪"

Run = Callable[[Source], Awaitable[End]]
"""Plays a document on the leg that waits, without an end of the wait in it."""


@dataclass(kw_only=True, slots=True)
class Seat:
    """A leg in a room; `gone` is done when it has to leave."""

    leg: Leg
    noun: Conference
    gone: asyncio.Future[None]
    muted: bool = False
    hold: bool = False
    coaching: bool = False
    call_sid_to_coach: str | None = None
    run: Run | None = None
    """Plays documents on the leg once it is in the room."""
    music: asyncio.Task[None] | None = None
    """What is heard on hold."""


class Room:
    """A living conference."""

    def __init__(self, record: ConferenceRecord) -> None:
        self.record = record
        self.seats: dict[str, Seat] = {}
        self.expected: dict[str, Seat] = {}
        """Legs that ring and will enter."""
        self.started = asyncio.Event()
        self.reporting: Conference | None = None
        """The noun whose status callback applies: that of the first who entered with one."""
        self.sequence = 0

    def seat(self, name: str) -> Seat | None:
        """The seat of a call sid or a participant's label."""
        seats = self.seats | self.expected
        return seats.get(name) or next((seat for seat in seats.values() if seat.noun.label == name), None)


class Rooms:
    """All conferences of the account."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._living: dict[str, Room] = {}

    def find(self, name: str) -> Room | None:
        """The living room of this sid or friendly name."""
        by_name = self._living.get(name)
        return by_name or next((room for room in self._living.values() if room.record.sid == name), None)

    def room(self, name: str) -> Room:
        """The living room of this friendly name, opened if there is none."""
        room = self._living.get(name)
        if room is None:
            now = self.exchange.now()
            record = ConferenceRecord(sid=new_sid("CF"), name=name, status="init", created_at=now, updated_at=now)
            room = self._living[name] = Room(record)
            self.exchange.ledger.save(record)
        return room

    def expect(self, leg: Leg, noun: Conference) -> Seat:
        """Keep a seat for a leg that is being called."""
        seat = Seat(
            leg=leg, noun=noun, gone=asyncio.get_running_loop().create_future(), muted=noun.muted,
            coaching=bool(noun.coach), call_sid_to_coach=noun.coach,
        )  # fmt: skip
        self.room(noun.name).expected[leg.record.sid] = seat
        return seat

    def forget(self, seat: Seat) -> None:
        """The leg will never enter, if it has not entered."""
        room = self._living.get(seat.noun.name)
        if room is not None and room.expected.pop(seat.leg.record.sid, None) is not None:
            self._end_if_empty(room, None)

    async def attend(self, leg: Leg, noun: Conference, run: Run) -> bool:
        """Be in the room until sent away, or the room ends; false if it was full."""
        room = self.room(noun.name)
        if len(room.seats) >= noun.max_participants:
            return False
        seat = room.expected.pop(leg.record.sid, None) or self.expect(leg, noun)
        room.expected.pop(leg.record.sid, None)
        seat.run = run
        self._enter(room, seat)
        waiting = asyncio.ensure_future(self._wait(room, seat, run))
        try:
            await asyncio.wait({seat.gone})
        finally:
            waiting.cancel()
            self._end_music(seat)
            await asyncio.gather(waiting, return_exceptions=True)
            self._leave(room, seat)
        return True

    def update(
        self, room: Room, seat: Seat, *, muted: bool | None, hold: bool | None, coach: str | None,
        music: Source | None = None,
    ) -> None:  # fmt: skip
        """Mute, hold or let coach a participant; None leaves as it is, an empty `coach` ends coaching. `music` is heard
        over and over on hold; the carrier's own where there is none."""
        if muted is not None and muted != seat.muted:
            seat.muted = muted
            self._tell(room, "participant-mute" if muted else "participant-unmute", seat)
        if hold is not None and hold != seat.hold:
            seat.hold = hold
            self._end_music(seat)
            if hold:
                seat.music = self.exchange.spawn(self._hold_music(seat, music))
            self._tell(room, "participant-hold" if hold else "participant-unhold", seat)
        if coach is not None:
            seat.coaching, seat.call_sid_to_coach = bool(coach), coach or None
            self._tell(room, "participant-modify", seat)
        self._connect(room)

    def end(self, room: Room, reason: str = "conference-ended-via-api", ended_by: str | None = None) -> None:
        """Close the room; everyone in it goes on with the next verb of its document."""
        if self._living.pop(room.record.name, None) is None:
            return
        for seat in room.seats.values():
            if not seat.gone.done():
                seat.gone.set_result(None)
        self._change(room, replace(room.record, status="completed", ended_because=reason, ended_by=ended_by))
        self._tell(room, "conference-end", None, {"ReasonConferenceEnded": reason, "CallSidEndingConference": ended_by})

    def _enter(self, room: Room, seat: Seat) -> None:
        room.seats[seat.leg.record.sid] = seat
        if room.reporting is None and seat.noun.status_callback is not None:
            room.reporting = seat.noun
        self._tell(room, "participant-join", seat)
        may_start = any(other.noun.start_on_enter for other in room.seats.values())
        if not room.started.is_set() and may_start and len(room.seats) >= _FEWEST_TO_START:
            room.started.set()
            self._change(room, replace(room.record, status="in-progress"))
            self._tell(room, "conference-start", None)
        self._connect(room)

    def _leave(self, room: Room, seat: Seat) -> None:
        del room.seats[seat.leg.record.sid]
        self.exchange.join(seat.leg, None)
        self._tell(room, "participant-leave", seat)
        if seat.noun.end_on_exit:
            self.end(room, "participant-with-end-conference-on-exit-left", seat.leg.record.sid)
        self._end_if_empty(room, seat.leg.record.sid)
        self._connect(room)

    def _end_if_empty(self, room: Room, ended_by: str | None) -> None:
        if not room.seats and not room.expected:
            self.end(room, "last-participant-left", ended_by)

    async def _wait(self, room: Room, seat: Seat, run: Run) -> None:
        """What a participant hears until the conference starts."""
        music = asyncio.ensure_future(self._music(seat, run))
        try:
            await room.started.wait()
        finally:
            music.cancel()
            await asyncio.gather(music, return_exceptions=True)

    async def _hold_music(self, seat: Seat, music: Source | None) -> None:
        if music is None:
            self.exchange.hear(seat.leg, _MUSIC)
        while music is not None and seat.run is not None:
            await seat.run(music)
            await self.exchange.timers.sleep(_BETWEEN_WAITING_DOCUMENTS_S)

    @staticmethod
    def _end_music(seat: Seat) -> None:
        if seat.music is not None:
            seat.music.cancel()
            seat.music = None

    async def _music(self, seat: Seat, run: Run) -> None:
        noun = seat.noun
        if noun.wait_url is None:
            self.exchange.hear(seat.leg, _MUSIC)
        while noun.wait_url:
            await run(Source(url=noun.wait_url, method=noun.wait_method))
            await self.exchange.timers.sleep(_BETWEEN_WAITING_DOCUMENTS_S)

    def _connect(self, room: Room) -> None:
        """Each participant who is not on hold is connected with the first of the others."""
        present = [seat for seat in room.seats.values() if room.started.is_set() and not seat.hold]
        for seat in room.seats.values():
            peer = next((other for other in present if other is not seat and seat in present), None)
            handset = peer.leg.record.handset if peer else None
            if seat.leg.connected_to != handset:
                self.exchange.join(seat.leg, handset)

    def _change(self, room: Room, record: ConferenceRecord) -> None:
        room.record = replace(record, updated_at=self.exchange.now())
        self.exchange.ledger.save(room.record)

    def _tell(self, room: Room, event: str, seat: Seat | None, facts: dict[str, str | None] | None = None) -> None:
        noun = room.reporting
        room.sequence += 1
        if (
            noun is None
            or noun.status_callback is None
            or _subscription(event) not in noun.status_callback_events.split()
        ):
            return
        params = {
            "ConferenceSid": room.record.sid,
            "FriendlyName": room.record.name,
            "AccountSid": self.exchange.account_sid,
            "SequenceNumber": str(room.sequence),
            "Timestamp": format_datetime(self.exchange.now()),
            "StatusCallbackEvent": event,
        }
        params |= {name: value for name, value in (facts or {}).items() if value is not None}
        if seat is not None:
            params |= _seat_params(seat)
        self.exchange.postman.notify(
            room.record.sid, Webhook(url=noun.status_callback, method=noun.status_callback_method, params=params)
        )


def _subscription(event: str) -> str:
    """The word of statusCallbackEvent that asks for this event."""
    return event.partition("-")[2].removeprefix("un")


def _seat_params(seat: Seat) -> dict[str, str]:
    params = {
        "CallSid": seat.leg.record.sid,
        "Muted": str(seat.muted).lower(),
        "Hold": str(seat.hold).lower(),
        "Coaching": str(seat.coaching).lower(),
        "StartConferenceOnEnter": str(seat.noun.start_on_enter).lower(),
        "EndConferenceOnExit": str(seat.noun.end_on_exit).lower(),
    }
    if seat.noun.label is not None:
        params["ParticipantLabel"] = seat.noun.label
    return params
