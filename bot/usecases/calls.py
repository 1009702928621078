"""One call, step by step: the customer answers and presses a key, the agent hears why, and they speak."""

import contextlib
from collections.abc import Mapping
from datetime import datetime

from bot.booking.business import Business
from bot.booking.callback import Callback, Outcome, Status
from bot.store import agent_legs, attempts, callbacks, conversations
from bot.store.attempts import Dial
from bot.store.callbacks import StaleCallback
from bot.store.database import Database, Transaction
from bot.telephony.dialer import CARRIER_RANK, FINAL_RANK, RINGING_RANK, CarrierUnavailable, Dialer
from bot.usecases.agent_legs import AgentLegs
from bot.usecases.call_steps import AskKey, EnterRoom, HangUp, LeaveMessage, Next, SayAndHangUp, Wait
from bot.usecases.customer_legs import CustomerLegs
from bot.usecases.outcomes import Outcomes
from bot.usecases.promises import plan_notice
from bot.usecases.strays import stop_stray
from bot.usecases.wishes import Wishes, WishStep
from bot.wording import say

CONNECT_KEY = "1"


class Calls:
    """Answers the carrier's question "what now?" and records what it reports. Every method may be called twice."""

    def __init__(
        self,
        database: Database,
        dialer: Dialer,
        outcomes: Outcomes,
        *,
        wishes: Wishes,
        legs: AgentLegs,
        business: Business,
    ) -> None:
        self._database = database
        self._dialer = dialer
        self._outcomes = outcomes
        self._wishes = wishes
        self._agent_legs = legs
        self._customers = CustomerLegs(database, dialer, outcomes)
        self._business = business

    async def answered(self, attempt_id: str, call_sid: str, *, now: datetime) -> Next:
        """The customer's phone was picked up, by someone or something."""
        found = await self._ours(attempt_id, call_sid)
        if found is None:
            return HangUp()
        dial, callback = found
        async with self._database.write() as tx:
            await attempts.change(tx, dial.id, answered_at=dial.answered_at or now, carrier_state="in-progress")
        return AskKey(
            text=say("voice.greeting", callback.language, business=self._business.name(callback.language)),
            then=say("voice.not_confirmed", callback.language),
            language=callback.language,
            step="key",
        )

    async def key_pressed(self, attempt_id: str, call_sid: str, digits: str, *, now: datetime) -> Next:
        """The customer pressed a key: only this counts as a person reached."""
        found = await self._ours(attempt_id, call_sid)
        if found is None:
            return HangUp()
        dial, callback = found
        if digits != CONNECT_KEY:
            wish = await self._wishes.begun(digits, dial, callback, now=now)
            return wish or await self.answered(attempt_id, call_sid, now=now)
        async with self._database.write() as tx:
            await attempts.change(tx, dial.id, confirmed_at=dial.confirmed_at or now, answered_by="human")
        agent_waits = dial.agent_confirmed_at is not None
        if agent_waits:
            await self._both_are_there(dial, now=now)
        elif not await self._agent_legs.ring(attempt_id, now=now):
            return SayAndHangUp(text=say("voice.no_agent", callback.language), language=callback.language)
        text = say("voice.connecting", callback.language)
        return EnterRoom(text=text, language=callback.language, who="customer", opens=agent_waits)

    async def wish_pressed(
        self, attempt_id: str, call_sid: str, digits: str, *, step: WishStep, query: Mapping[str, str], now: datetime
    ) -> Next:
        """The customer goes on with something else than talking; a key that means nothing leads back to the start."""
        found = await self._ours(attempt_id, call_sid)
        if found is None:
            return HangUp()
        following = await self._wishes.pressed(step, digits, *found, query=query, now=now)
        return following or await self.answered(attempt_id, call_sid, now=now)

    async def machine_detected(self, attempt_id: str, call_sid: str, answered_by: str) -> None:
        """The carrier has listened who answered. A machine is left a message; what it takes for a person proves
        nothing, and whoever has pressed a key is a person whatever it says."""
        found = await self._ours(attempt_id, call_sid)
        if found is None or not answered_by.startswith("machine"):
            return
        async with self._database.write() as tx:
            if not await attempts.machine_answered(tx, attempt_id, answered_by):
                return
        if answered_by.startswith("machine_end"):
            with contextlib.suppress(CarrierUnavailable):  # then no message is left: the notice says that we called
                await self._dialer.redirect(attempt_id, call_sid, "voicemail")

    async def greeting_ended(self, attempt_id: str, call_sid: str) -> Next:
        """What a machine records: anybody may listen to it, so neither name nor subject."""
        found = await self._ours(attempt_id, call_sid)
        if found is None:
            return HangUp()
        _, callback = found
        text = say("voice.voicemail", callback.language, business=self._business.name(callback.language))
        return LeaveMessage(text=text, language=callback.language)

    async def agent_answered(self, attempt_id: str, call_sid: str) -> Next:
        """The agent's phone was picked up: they hear who and why before they take it."""
        found = await self._live(attempt_id)
        if found is None or not await self._is_the_agents(attempt_id, call_sid):
            return await self._say("voice.customer_gone", attempt_id)
        _, callback = found
        sentence = "voice.whisper" if callback.name else "voice.whisper_unnamed"
        text = say(sentence, callback.language, name=callback.name, reason=callback.reason)
        return AskKey(text=text, language=callback.language, step="accepted")

    async def agent_pressed(self, attempt_id: str, digits: str, *, call_sid: str, now: datetime) -> Next:
        """The agent takes the call with a key: an agent's voicemail never does."""
        if digits != CONNECT_KEY:
            return HangUp()
        found = await self._live(attempt_id)
        if found is None or not await self._is_the_agents(attempt_id, call_sid):
            return await self._say("voice.customer_gone", attempt_id)
        dial, callback = found
        async with self._database.write() as tx:
            await attempts.change(tx, dial.id, agent_confirmed_at=dial.agent_confirmed_at or now)
        if dial.confirmed_at:
            await self._both_are_there(dial, now=now)
        elif not await self._customers.place(dial, callback, now=now):
            return await self._say("voice.customer_missed", attempt_id)
        sentence = "voice.joining" if dial.confirmed_at else "voice.dialling_customer"
        text = say(sentence, callback.language)
        return EnterRoom(text=text, language=callback.language, who="agent", opens=dial.confirmed_at is not None)

    async def agent_status_changed(
        self, attempt_id: str, call_sid: str, status: str, *, now: datetime, agent_id: str | None = None
    ) -> None:
        """The carrier reports how far the leg of an agent is: only its end matters."""
        if CARRIER_RANK.get(status) == FINAL_RANK:
            await self._agent_legs.ended(attempt_id, call_sid, now=now, agent_id=agent_id)

    async def waiting(self, attempt_id: str, who: str) -> Next:
        """What somebody hears who waits in the room."""
        return await self._in_the_room(attempt_id, "voice.please_wait" if who == "customer" else "voice.customer_rings")

    async def on_hold(self, attempt_id: str) -> Next:
        """What the customer hears while the agent asks somebody else."""
        return await self._in_the_room(attempt_id, "voice.on_hold", is_on_hold=True)

    async def _in_the_room(self, attempt_id: str, sentence: str, *, is_on_hold: bool = False) -> Next:
        """It has no end, even where the attempt has one: in a room the carrier lets a document hang up on nobody."""
        async with self._database.read() as tx:
            dial = await attempts.get(tx, attempt_id)
            if dial is None:
                return HangUp()
            language = (await callbacks.get(tx, dial.callback_id)).language
        return Wait(text=say(sentence, language), language=language, is_on_hold=is_on_hold)

    async def handed_on(self, attempt_id: str) -> Next:
        """The customer waits for the agent whom the call was handed on to."""
        found = await self._live(attempt_id)
        if found is None:
            return HangUp()
        language = found[1].language
        opens = found[0].agent_confirmed_at is not None
        return EnterRoom(text=say("voice.handing_on", language), language=language, who="customer", opens=opens)

    async def room_closed(self, attempt_id: str) -> Next:
        """The customer's time in the room is over: after a talk the call ends; else nobody could come."""
        async with self._database.read() as tx:
            dial = await attempts.get(tx, attempt_id)
        if dial is None or dial.agent_confirmed_at:
            return HangUp()
        return await self.nobody_came(attempt_id)

    async def nobody_came(self, attempt_id: str) -> Next:
        """The customer is told the truth, and called again."""
        return await self._say("voice.no_agent", attempt_id)

    async def customer_missed(self, attempt_id: str) -> Next:
        """The agent who waits is told that the customer could not be reached."""
        return await self._say("voice.customer_missed", attempt_id)

    async def status_changed(
        self, attempt_id: str, call_sid: str, status: str, *, now: datetime, duration_s: int | None = None,
        answered_by: str | None = None, sip_code: int | None = None,
    ) -> None:  # fmt: skip
        """The carrier reports how far the call is. Reports may come twice, late or out of order."""
        rank = CARRIER_RANK.get(status)
        if rank is None:
            return
        found = await self._ours(attempt_id, call_sid, is_over=rank == FINAL_RANK)
        if found is None:
            return
        dial, callback = found
        known = CARRIER_RANK.get(dial.carrier_state, 0)
        if rank < known:
            return
        if rank < FINAL_RANK:
            async with self._database.write() as tx:
                await attempts.change(tx, dial.id, carrier_state=status)
                if known < RINGING_RANK <= rank:
                    await self._say_in_chat(tx, callback, now=now)
                    await plan_notice(tx, callback, "starting", now=now)
            return
        outcome = outcome_of(dial, status, answered_by or dial.answered_by, sip_code)
        await self._outcomes.end(dial, outcome, now=now, answered_by=answered_by, duration_s=duration_s)
        await self._agent_legs.release(dial)

    async def _both_are_there(self, dial: Dial, *, now: datetime) -> None:
        async with self._database.write() as tx:
            callback = await callbacks.get(tx, dial.callback_id)
            if callback.status == Status.DIALING:
                with contextlib.suppress(StaleCallback):  # somebody has just written down how it ended
                    await callbacks.change(tx, callback, now=now, status=Status.IN_CALL)

    async def _is_the_agents(self, attempt_id: str, call_sid: str) -> bool:
        """Whether this is the call with which the attempt's agent was rung; an earlier agent's is not."""
        async with self._database.write() as tx:
            return await agent_legs.adopt(tx, attempt_id, call_sid)

    async def _say(self, sentence: str, attempt_id: str) -> Next:
        """A last sentence in the customer's language, whether the attempt lives or not."""
        async with self._database.read() as tx:
            dial = await attempts.get(tx, attempt_id)
            if dial is None:
                return HangUp()
            language = (await callbacks.get(tx, dial.callback_id)).language
        return SayAndHangUp(text=say(sentence, language), language=language)

    async def _say_in_chat(self, tx: Transaction, callback: Callback, *, now: datetime) -> None:
        """Whoever still looks at the chat is told to pick up: a number that one expects is answered more often."""
        if callback.conversation_id:
            text = say("chat.call_starting", callback.language, business=self._business.name(callback.language))
            await conversations.add_message(
                tx, callback.conversation_id, sender="system", text=text, now=now, later=True
            )

    async def _ours(self, attempt_id: str, call_sid: str, *, is_over: bool = False) -> tuple[Dial, Callback] | None:
        """The live attempt that this call belongs to. Another call than the attempt's own is stopped at once."""
        async with self._database.write() as tx:
            dial = await attempts.get(tx, attempt_id)
            if dial is None:
                return None
            is_ours = dial.call_sid == call_sid or await attempts.adopt(tx, dial.id, call_sid)
        if is_ours:
            return await self._live(attempt_id)
        if not is_over:
            await stop_stray(self._dialer, call_sid, attempt_id=attempt_id)
        return None

    async def _live(self, attempt_id: str) -> tuple[Dial, Callback] | None:
        async with self._database.read() as tx:
            dial = await attempts.get(tx, attempt_id)
            if dial is None or not dial.is_live:
                return None
            return dial, await callbacks.get(tx, dial.callback_id)


WISHED = {
    "moved": Outcome.MOVED,
    "cancelled": Outcome.CANCELLED,
    "refused": Outcome.REFUSED,
    "later": Outcome.DECLINED,
}
SIP_DECLINED = 603
SIP_NO_SUCH_NUMBER = frozenset({404, 484, 604})
"""https://www.rfc-editor.org/rfc/rfc3261#section-21.4.5 and following."""


def outcome_of(dial: Dial, status: str, answered_by: str | None, sip_code: int | None = None) -> Outcome:
    """What a carrier's final status means for the promise, given who pressed which key before."""
    if dial.wish:
        return WISHED[dial.wish]
    if status == "completed":
        if dial.confirmed_at:
            return Outcome.CONNECTED if dial.agent_confirmed_at else Outcome.AGENT_MISSED
        machine = (answered_by or "").startswith("machine")
        return Outcome.VOICEMAIL if machine else Outcome.NOT_CONFIRMED
    if status == "busy":
        return Outcome.DECLINED if sip_code == SIP_DECLINED else Outcome.BUSY
    if status == "failed":
        return Outcome.INVALID if sip_code in SIP_NO_SUCH_NUMBER else Outcome.UNREACHABLE
    return {"no-answer": Outcome.NO_ANSWER, "canceled": Outcome.CARRIER_FAILED}[status]
