"""A call under way, from outside: supervisors listen in, whisper and join; agents ask a colleague in and hand over."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.store import agents, attempts, audit, callbacks, presences, room_guests
from bot.store.agents import Agent
from bot.store.attempts import Dial
from bot.store.database import Database
from bot.store.room_guests import Guest
from bot.telephony.dialer import CARRIER_RANK, FINAL_RANK, Accepted, Rejected, Unknown
from bot.telephony.rooms import Change, Rooms
from bot.usecases.outcomes import AFTER_CALL
from bot.usecases.talks import (
    CONSULTED,
    HANDED_OVER,
    LISTENED_IN,
    LONGEST_HANDOVER_NOTE,
    NoTalk,
    NotFree,
    NotThere,
    PhoneRefused,
    Speaking,
    guest_of,
    talk_of,
    voice_of,
)

log = structlog.get_logger(__name__)


class LiveCalls:
    """Rooms of calls under way. Every method raises CallbackNotFound, NoTalk where the two do not speak, and
    CarrierUnavailable when the carrier could not be asked: then it may be asked again. Whatever is done is in the
    audit log. `after_call` is what an agent who hands a call over has to write things down."""

    def __init__(self, database: Database, rooms: Rooms, *, after_call: timedelta = AFTER_CALL) -> None:
        self._database = database
        self._rooms = rooms
        self._after_call = after_call

    async def guests(self, reference: str) -> list[Guest]:
        """Who is in the room beside the two, or on the way there."""
        async with self._database.read() as tx:
            dial = await talk_of(tx, await callbacks.named(tx, reference))
            return await room_guests.of(tx, dial.id)

    async def guests_of(self, attempt_ids: Sequence[str]) -> dict[str, list[Guest]]:
        """Who is in these rooms, or on the way there, by attempt."""
        async with self._database.read() as tx:
            found = await room_guests.everywhere(tx)
        return {one: [guest for guest in found if guest.attempt_id == one] for one in attempt_ids}

    async def colleagues(self, agent: Agent) -> list[Agent]:
        """Who could be asked into a call of this agent now, the longest without a call first."""
        async with self._database.read() as tx:
            return [one for one in await agents.ready(tx) if one.id != agent.id]

    async def listen(self, reference: str, supervisor: Agent, *, now: datetime) -> Guest:
        """Ring the supervisor, who then hears both and is heard by nobody. Raises NotFree and PhoneRefused."""
        guest, _ = await self._ask(reference, supervisor, supervisor, "listens", now=now)
        return await self._ring(guest, supervisor, now=now)

    async def speak(self, reference: str, supervisor: Agent, speaking: Speaking, *, now: datetime) -> Guest:
        """From now on the supervisor only listens, whispers (the agent alone hears it) or speaks with both. Raises
        NotThere before they have picked up."""
        async with self._database.read() as tx:
            dial = await talk_of(tx, await callbacks.named(tx, reference))
            guest = await guest_of(tx, dial, supervisor.id, role="supervisor")
        await self._change(guest, Change(voice=voice_of(speaking, dial.agent_call_sid)))
        async with self._database.write() as tx:
            await room_guests.change(tx, guest.id, voice=speaking)
            changed = await room_guests.get(tx, guest.id)
            await audit.append(tx, at=now, actor=supervisor.login, action=f"call_{speaking}", subject=reference)
        return changed or guest

    async def leave(self, reference: str, somebody: Agent, *, now: datetime) -> None:
        """The supervisor, or the colleague who was asked in, goes; the call goes on. Harmless for one who is not
        there."""
        async with self._database.read() as tx:
            dial = await talk_of(tx, await callbacks.named(tx, reference))
            mine = [one for one in await room_guests.of(tx, dial.id) if one.agent_id == somebody.id]
        for guest in mine:
            await self._send_out(guest, now=now)
            if guest.role == "colleague":
                await self._hold_customer(dial, held=False)
            await self._audit(somebody, "call_left", reference, now=now)

    async def consult(self, reference: str, agent: Agent, colleague_id: str, *, note: str = "", now: datetime) -> Guest:
        """Ring a colleague, while the customer hears music and not what the two agents say. Raises NotYourCall, NotFree
        and PhoneRefused."""
        async with self._database.read() as tx:
            colleague = await agents.by_id(tx, colleague_id)
            await talk_of(tx, await callbacks.named(tx, reference), of=agent)
        if colleague is None or colleague.id == agent.id:
            raise NotFree
        guest, dial = await self._ask(reference, agent, colleague, "aside", note=note, now=now)
        try:
            await self._hold_customer(dial, held=True)
            return await self._ring(guest, colleague, now=now)
        except Exception:
            async with self._database.write() as tx:
                await room_guests.change(tx, guest.id, left_at=now)
            await self._hold_customer(dial, held=False)
            raise

    async def bring_together(self, reference: str, agent: Agent, *, now: datetime) -> None:
        """The customer hears both agents. Raises NotYourCall, and NotThere before the colleague has picked up: the
        customer comes back from hold by `dismiss`, too."""
        async with self._database.read() as tx:
            dial = await talk_of(tx, await callbacks.named(tx, reference), of=agent)
            guest = await guest_of(tx, dial, role="colleague")
        await self._hold_customer(dial, held=False)
        async with self._database.write() as tx:
            await room_guests.change(tx, guest.id, voice="speaks")
            await audit.append(tx, at=now, actor=agent.login, action="call_together", subject=reference)

    async def dismiss(self, reference: str, agent: Agent, *, now: datetime) -> None:
        """The colleague goes, or need not come, and the customer is back with the agent. Raises NotYourCall."""
        async with self._database.read() as tx:
            dial = await talk_of(tx, await callbacks.named(tx, reference), of=agent)
            asked = [one for one in await room_guests.of(tx, dial.id) if one.role == "colleague"]
        for guest in asked:
            await self._send_out(guest, now=now)
        await self._hold_customer(dial, held=False)
        await self._audit(agent, "call_dismissed", reference, now=now)

    async def hand_over(self, reference: str, agent: Agent, *, note: str = "", now: datetime) -> Guest:
        """The colleague has the call from now on, and the agent is free. Raises NotYourCall, and NotThere before the
        colleague has picked up."""
        async with self._database.read() as tx:
            callback = await callbacks.named(tx, reference)
            dial = await talk_of(tx, callback, of=agent)
            colleague = await guest_of(tx, dial, role="colleague")
        await self._change(colleague, Change(closes=True))
        if dial.agent_call_sid:
            await self._rooms.change(dial.id, dial.agent_call_sid, Change(closes=False))
        await self._hold_customer(dial, held=False)
        async with self._database.write() as tx:
            if not await room_guests.hand_over(tx, colleague, agent_id=agent.id, now=now):
                raise NoTalk
            await presences.begin_after_call(tx, agent.id, now=now, until=now + self._after_call)
            facts = handover_facts(agent, colleague.agent_id, note)
            await callbacks.note_event(tx, callback.id, HANDED_OVER, at=now, facts=facts)
            others = [one for one in await room_guests.of(tx, dial.id) if one.is_here and one.voice != "speaks"]
            told = {"to": colleague.agent_name}
            await audit.append(tx, at=now, actor=agent.login, action="call_handed_over", subject=reference, facts=told)
        for guest in others:  # who whispered to one agent whispers to the next
            await self._rooms.change(
                dial.id, guest.call_sid or "", Change(voice=voice_of(guest.voice, colleague.call_sid))
            )
        if dial.agent_call_sid:
            await self._rooms.send_out(dial.id, dial.agent_call_sid)
        return colleague

    async def guest_status(self, guest_id: str, call_sid: str, status: str, *, now: datetime) -> None:
        """The carrier reports how far a guest's call is; reports may come twice, late or out of order. Only its end
        matters: who has come in is known by the key."""
        rank = CARRIER_RANK.get(status)
        async with self._database.write() as tx:
            guest = await room_guests.get(tx, guest_id)
            if guest is None or guest.left_at is not None or guest.call_sid not in (None, call_sid) or rank is None:
                return
            await room_guests.change(
                tx, guest.id, call_sid=call_sid, **({"left_at": now} if rank == FINAL_RANK else {})
            )
            dial = await attempts.get(tx, guest.attempt_id)
        if rank == FINAL_RANK and guest.role == "colleague" and dial is not None and dial.is_live:
            await self._hold_customer(dial, held=False)  # nobody comes: the customer is not left with the music

    async def _ask(
        self, reference: str, who: Agent, somebody: Agent, speaking: Speaking, *, note: str = "", now: datetime
    ) -> tuple[Guest, Dial]:
        """Write down that somebody is asked in, before their phone rings: then their page opens the card first."""
        is_colleague = speaking == "aside"
        role, word = ("colleague", CONSULTED) if is_colleague else ("supervisor", LISTENED_IN)
        async with self._database.write() as tx:
            callback = await callbacks.named(tx, reference)
            dial = await talk_of(tx, callback, of=who if is_colleague else None)
            guest_id = secrets.token_hex(16)
            if dial.agent_id == somebody.id or not await room_guests.ask(
                tx, guest_id, attempt_id=dial.id, agent_id=somebody.id, role=role, voice=speaking, now=now,
                must_be_ready=is_colleague,
            ):  # fmt: skip
                raise NotFree
            facts = handover_facts(who, somebody.id, note) if is_colleague else {"agent_id": who.id}
            await callbacks.note_event(tx, callback.id, word, at=now, facts=facts)
            guest = await room_guests.get(tx, guest_id)
            told = {"to": somebody.name} if is_colleague else {}
            action = "call_consulted" if is_colleague else "call_listens"
            await audit.append(tx, at=now, actor=who.login, action=action, subject=reference, facts=told)
        if guest is None:
            raise NotFree
        return guest, dial

    async def _ring(self, guest: Guest, somebody: Agent, *, now: datetime) -> Guest:
        answer = await self._rooms.invite(guest.attempt_id, guest.id, somebody.phone_number)
        async with self._database.write() as tx:
            match answer:
                case Accepted(call_sid=call_sid):
                    await room_guests.change(tx, guest.id, call_sid=call_sid)
                case Rejected():
                    await room_guests.change(tx, guest.id, left_at=now)
                case Unknown(cause=cause):  # the phone may ring: what becomes of it is reported under the guest's id
                    log.warning("guest_leg_unknown", attempt=guest.attempt_id, cause=cause)
            known = await room_guests.get(tx, guest.id)
        if known is None or isinstance(answer, Rejected):
            raise PhoneRefused
        return known

    async def _send_out(self, guest: Guest, *, now: datetime) -> None:
        if guest.call_sid:
            await self._rooms.send_out(guest.attempt_id, guest.call_sid)
        async with self._database.write() as tx:
            await room_guests.change(tx, guest.id, left_at=now)

    async def _change(self, guest: Guest, change: Change) -> None:
        if guest.call_sid is None or not await self._rooms.change(guest.attempt_id, guest.call_sid, change):
            raise NotThere

    async def _hold_customer(self, dial: Dial, *, held: bool) -> None:
        if dial.call_sid:
            await self._rooms.change(dial.id, dial.call_sid, Change(held=held))

    async def _audit(self, somebody: Agent, action: str, reference: str, *, now: datetime) -> None:
        async with self._database.write() as tx:
            await audit.append(tx, at=now, actor=somebody.login, action=action, subject=reference)


def handover_facts(agent: Agent, to_agent_id: str, note: str) -> dict[str, str]:
    """What the history keeps of it."""
    told = note.replace("\r\n", "\n").strip()[:LONGEST_HANDOVER_NOTE]
    return {"agent_id": agent.id, "to_agent_id": to_agent_id} | ({"note": told} if told else {})
