"""What somebody hears and presses who is rung for the room of a call: who asks and why, and that only a key lets in."""

from datetime import datetime

from bot.store import agents, attempts, callbacks, room_guests
from bot.store.database import Database
from bot.telephony.rooms import NOBODY
from bot.usecases.call_steps import AskKey, HangUp, JoinRoom, Next, SayAndHangUp
from bot.usecases.calls import CONNECT_KEY
from bot.usecases.talks import is_talk, voice_of
from bot.wording import say


class GuestLegs:
    """Answers the carrier about guests' calls. Every method may be called twice."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def answered(self, guest_id: str, call_sid: str) -> Next:
        """A guest's phone was picked up, by somebody or something."""
        async with self._database.write() as tx:
            guest = await room_guests.get(tx, guest_id)
            dial = await attempts.get(tx, guest.attempt_id) if guest else None
            if guest is None or dial is None:
                return HangUp()
            callback = await callbacks.get(tx, dial.callback_id)
            is_theirs = await room_guests.adopt(tx, guest_id, call_sid)
            agent_name = (await agents.names(tx)).get(dial.agent_id, "")
        if not is_theirs or not is_talk(dial):
            return SayAndHangUp(text=say("voice.talk_over", callback.language), language=callback.language)
        sentence = "voice.asked_to_listen" if guest.role == "supervisor" else "voice.asked_in"
        return AskKey(
            text=say(sentence, callback.language, agent=agent_name, reason=callback.reason),
            then=say("voice.guest_not_confirmed", callback.language),
            language=callback.language,
            step="guest-key",
            query={"guest": guest_id},
        )

    async def pressed(self, guest_id: str, call_sid: str, digits: str, *, now: datetime) -> Next:
        """A guest pressed a key: with the right one they come in, as they were asked to or have chosen since."""
        if digits != CONNECT_KEY:
            return HangUp()
        async with self._database.write() as tx:
            guest = await room_guests.get(tx, guest_id)
            dial = await attempts.get(tx, guest.attempt_id) if guest else None
            if guest is None or dial is None:
                return HangUp()
            language = (await callbacks.get(tx, dial.callback_id)).language
            comes_in = is_talk(dial) and await room_guests.adopt(tx, guest_id, call_sid)
            if comes_in:
                await room_guests.change(tx, guest_id, joined_at=guest.joined_at or now)
        if not comes_in:
            return SayAndHangUp(text=say("voice.talk_over", language), language=language)
        return JoinRoom(
            text=say("voice.joining", language),
            language=language,
            guest_id=guest_id,
            voice=voice_of(guest.voice, dial.agent_call_sid or NOBODY),
        )
