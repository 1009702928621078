"""A call under way, from outside: supervisors listen in, whisper and join; agents ask a colleague in and hand over."""

import secrets
from datetime import datetime
from typing import Literal

import structlog

from bot.booking.callback import Callback
from bot.booking.errors import CallbackNotFound
from bot.store import agents, attempts, callbacks, room_guests
from bot.store.agents import Agent
from bot.store.attempts import Dial
from bot.store.database import Database, Transaction
from bot.store.room_guests import Guest
from bot.telephony.dialer import CARRIER_RANK, FINAL_RANK, Accepted, Rejected, Unknown
from bot.telephony.rooms import NOBODY, Change, Rooms, Voice

Speaking = Literal["listens", "whispers", "speaks"]
LISTENED_IN, CONSULTED, HANDED_OVER = "listened_in", "consulted", "handed_over"
"""The history's words for who was in the call beside the two."""

log = structlog.get_logger(__name__)


class NoTalk(Exception):
    """Nobody can be let into the call: customer and agent are not, or no longer, speaking."""

    def __init__(self) -> None:
        super().__init__("Customer and agent are not speaking.")


class NotYourCall(Exception):
    """Only the agent who has the call may hand it over."""

    def __init__(self) -> None:
        super().__init__("Another agent has this call.")


class NotFree(Exception):
    """Whoever was to come into the room has a call, or is asked into one already."""

    def __init__(self) -> None:
        super().__init__("They have another call, or are asked into one already.")


class NotThere(Exception):
    """The guest has not picked up yet, or is gone."""

    def __init__(self) -> None:
        super().__init__("They are not in the call.")


class PhoneRefused(Exception):
    """The carrier cannot ring the phone of whoever was to come into the room."""

    def __init__(self) -> None:
        super().__init__("Their phone cannot be rung.")


class LiveCalls:
    """Rooms of calls under way. Every method raises CallbackNotFound, NoTalk where the two do not speak, and
    CarrierUnavailable when the carrier could not be asked: then it may be asked again."""

    def __init__(self, database: Database, rooms: Rooms) -> None:
        self._database = database
        self._rooms = rooms

    async def guests(self, reference: str) -> list[Guest]:
        """Who is in the room beside the two, or on the way there."""
        async with self._database.read() as tx:
            dial = await _talk(tx, await _find(tx, reference))
            return await room_guests.of(tx, dial.id)

    async def listen(self, reference: str, supervisor: Agent, *, now: datetime) -> Guest:
        """Ring the supervisor, who then hears both and is heard by nobody. Raises NotFree and PhoneRefused."""
        return await self._invite(reference, supervisor, "supervisor", "listens", LISTENED_IN, now=now)

    async def speak(self, reference: str, supervisor: Agent, speaking: Speaking, *, now: datetime) -> Guest:
        """From now on the supervisor only listens, whispers (the agent alone hears it) or speaks with both. Raises
        NotThere before they have picked up."""
        async with self._database.read() as tx:
            dial = await _talk(tx, await _find(tx, reference))
            guest = await _guest(tx, dial, supervisor.id)
        await self._change(guest, Change(voice=_voice(speaking, dial)))
        async with self._database.write() as tx:
            await room_guests.change(tx, guest.id, voice=speaking)
            changed = await room_guests.get(tx, guest.id)
        return changed or guest

    async def leave(self, reference: str, supervisor: Agent, *, now: datetime) -> None:
        """The supervisor goes; the call goes on. Harmless for one who is not there."""
        async with self._database.read() as tx:
            dial = await _talk(tx, await _find(tx, reference))
            mine = [one for one in await room_guests.of(tx, dial.id) if one.agent_id == supervisor.id]
        for guest in mine:
            await self._send_out(guest, now=now)

    async def consult(self, reference: str, agent: Agent, colleague_id: str, *, now: datetime) -> Guest:
        """Ring a colleague, while the customer hears music and not what the two agents say. Raises NotYourCall, NotFree
        and PhoneRefused."""
        async with self._database.read() as tx:
            dial = await _talk(tx, await _find(tx, reference), of=agent)
            colleague = await agents.by_id(tx, colleague_id)
        if colleague is None or colleague.presence != "ready" or colleague.id == agent.id:
            raise NotFree
        await self._hold_customer(dial, held=True)
        try:
            return await self._invite(reference, colleague, "colleague", "speaks", CONSULTED, now=now)
        except Exception:
            await self._hold_customer(dial, held=False)
            raise

    async def bring_together(self, reference: str, agent: Agent) -> None:
        """The customer hears both agents. Raises NotYourCall."""
        async with self._database.read() as tx:
            dial = await _talk(tx, await _find(tx, reference), of=agent)
        await self._hold_customer(dial, held=False)

    async def dismiss(self, reference: str, agent: Agent, *, now: datetime) -> None:
        """The colleague goes, and the customer is back with the agent. Raises NotYourCall."""
        async with self._database.read() as tx:
            dial = await _talk(tx, await _find(tx, reference), of=agent)
            asked = [one for one in await room_guests.of(tx, dial.id) if one.role == "colleague"]
        for guest in asked:
            await self._send_out(guest, now=now)
        await self._hold_customer(dial, held=False)

    async def hand_over(self, reference: str, agent: Agent, *, now: datetime) -> Guest:
        """The colleague has the call from now on, and the agent is free. Raises NotYourCall, and NotThere before the
        colleague has picked up."""
        async with self._database.read() as tx:
            callback = await _find(tx, reference)
            dial = await _talk(tx, callback, of=agent)
            colleague = await _guest(tx, dial, role="colleague")
        await self._change(colleague, Change(closes=True))
        if dial.agent_call_sid:
            await self._rooms.change(dial.id, dial.agent_call_sid, Change(closes=False))
        await self._hold_customer(dial, held=False)
        async with self._database.write() as tx:
            if not await room_guests.hand_over(tx, colleague, agent_id=agent.id, now=now):
                raise NoTalk
            facts = {"agent_id": agent.id, "to_agent_id": colleague.agent_id}
            await callbacks.note_event(tx, callback.id, HANDED_OVER, at=now, facts=facts)
            others = [one for one in await room_guests.of(tx, dial.id) if one.voice != "speaks" and one.call_sid]
        for guest in others:  # who whispered to one agent whispers to the next
            voice = Voice(muted=guest.voice == "listens", coaches=colleague.call_sid or NOBODY)
            await self._rooms.change(dial.id, guest.call_sid or "", Change(voice=voice))
        if dial.agent_call_sid:
            await self._rooms.remove(dial.id, dial.agent_call_sid)
        return colleague

    async def guest_status(self, guest_id: str, call_sid: str, status: str, *, now: datetime) -> None:
        """The carrier reports how far a guest's call is; reports may come twice, late or out of order."""
        rank = CARRIER_RANK.get(status)
        async with self._database.write() as tx:
            guest = await room_guests.get(tx, guest_id)
            if guest is None or guest.left_at is not None or guest.call_sid not in (None, call_sid) or rank is None:
                return
            told = {"call_sid": call_sid} | ({"joined_at": guest.joined_at or now} if status == "in-progress" else {})
            await room_guests.change(tx, guest.id, **(told | ({"left_at": now} if rank == FINAL_RANK else {})))
            dial = await attempts.get(tx, guest.attempt_id)
        if rank == FINAL_RANK and guest.role == "colleague" and dial is not None and dial.is_live:
            await self._hold_customer(dial, held=False)  # nobody comes: the customer is not left with the music

    async def _invite(
        self, reference: str, somebody: Agent, role: str, speaking: Speaking, word: str, *, now: datetime
    ) -> Guest:
        guest_id = secrets.token_hex(16)
        async with self._database.write() as tx:
            callback = await _find(tx, reference)
            dial = await _talk(tx, callback)
            if dial.agent_id == somebody.id or not await room_guests.ask(
                tx, guest_id, attempt_id=dial.id, agent_id=somebody.id, role=role, voice=speaking, now=now
            ):
                raise NotFree
            await callbacks.note_event(tx, callback.id, word, at=now, facts={"agent_id": somebody.id})
        answer = await self._rooms.invite(dial.id, guest_id, somebody.phone_number, _voice(speaking, dial))
        async with self._database.write() as tx:
            match answer:
                case Accepted(call_sid=call_sid):
                    await room_guests.change(tx, guest_id, call_sid=call_sid)
                case Rejected():
                    await room_guests.change(tx, guest_id, left_at=now)
                case Unknown(cause=cause):  # the phone may ring: what becomes of it is reported under the guest's id
                    log.warning("guest_leg_unknown", attempt=dial.id, cause=cause)
            guest = await room_guests.get(tx, guest_id)
        if guest is None or isinstance(answer, Rejected):
            raise PhoneRefused
        return guest

    async def _send_out(self, guest: Guest, *, now: datetime) -> None:
        if guest.call_sid:
            await self._rooms.remove(guest.attempt_id, guest.call_sid)
        async with self._database.write() as tx:
            await room_guests.change(tx, guest.id, left_at=now)

    async def _change(self, guest: Guest, change: Change) -> None:
        if guest.call_sid is None or not await self._rooms.change(guest.attempt_id, guest.call_sid, change):
            raise NotThere

    async def _hold_customer(self, dial: Dial, *, held: bool) -> None:
        if dial.call_sid:
            await self._rooms.change(dial.id, dial.call_sid, Change(held=held))


def _voice(speaking: Speaking, dial: Dial) -> Voice:
    agents_call = dial.agent_call_sid or NOBODY
    return {
        "listens": Voice(muted=True, coaches=agents_call),
        "whispers": Voice(coaches=agents_call),
        "speaks": Voice(),
    }[speaking]


async def _find(tx: Transaction, reference: str) -> Callback:
    callback = await callbacks.by_reference(tx, reference)
    if callback is None:
        raise CallbackNotFound(reference)
    return callback


async def _talk(tx: Transaction, callback: Callback, *, of: Agent | None = None) -> Dial:
    """The talk of a callback, this agent's if one is named."""
    dial = await attempts.live_of(tx, callback.id)
    if dial is None or not (dial.confirmed_at and dial.agent_confirmed_at):
        raise NoTalk
    if of is not None and dial.agent_id != of.id:
        raise NotYourCall
    return dial


async def _guest(tx: Transaction, dial: Dial, agent_id: str | None = None, *, role: str | None = None) -> Guest:
    """The one of the call's guests who is meant, and has picked up."""
    for guest in await room_guests.of(tx, dial.id):
        if guest.is_here and agent_id in (None, guest.agent_id) and role in (None, guest.role):
            return guest
    raise NotThere
