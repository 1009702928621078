"""Rooms as conferences of Twilio, of a carrier that speaks its API, or of the simulated one."""

from bot.telephony.dialer import Accepted, CarrierUnavailable, Rejected, Unknown
from bot.telephony.rooms import NOBODY, Change, room_of
from bot.telephony.twilio import NOT_IN_PROGRESS, CallUrls
from bot.vendors.twilio import NOT_FOUND, CarrierRefused, CarrierSilent, TwilioClient


class TwilioRooms:
    """Calls people in with the business's own number."""

    def __init__(self, client: TwilioClient, *, number: str, urls: CallUrls, ring_seconds: int) -> None:
        self._client = client
        self._number = number
        self._urls = urls
        self._ring_seconds = ring_seconds

    async def invite(self, attempt_id: str, guest_id: str, to: str) -> Accepted | Rejected | Unknown:
        """Ring somebody for the attempt's room, once; only a key brings them in."""
        who = {"guest": guest_id}
        try:
            call = await self._client.create_call(
                to=to,
                caller=self._number,
                answer_url=self._urls.step(attempt_id, "guest", who),
                status_url=self._urls.step(attempt_id, "guest-status", who),
                ring_seconds=self._ring_seconds,
            )
        except CarrierRefused as refusal:
            return Rejected(code=refusal.code, try_later=refusal.try_later)
        except CarrierSilent as silence:
            return Unknown(cause=silence.cause)
        return Accepted(call_sid=call.sid)

    async def change(self, attempt_id: str, call_sid: str, change: Change) -> bool:
        """Change how a call takes part; False when it, or the room, is gone."""
        changes: dict[str, object] = {}
        if change.voice is not None:
            changes |= {"muted": change.voice.muted, "coaching": change.voice.coaches != NOBODY}
            if change.voice.coaches != NOBODY:
                changes["call_sid_to_coach"] = change.voice.coaches
        if change.held is not None:
            changes["hold"] = change.held
            if change.held:  # nobody hears silence
                changes["hold_url"] = self._urls.step(attempt_id, "hold")
                changes["hold_method"] = "POST"  # the carrier's default is GET, and every step of ours is a POST
        if change.closes is not None:
            changes["end_conference_on_exit"] = change.closes
        try:
            await self._client.change_participant(room_of(attempt_id), call_sid, **changes)
        except CarrierRefused as refusal:
            if refusal.code == NOT_FOUND:
                return False
            raise CarrierUnavailable from refusal
        except CarrierSilent as silence:
            raise CarrierUnavailable from silence
        return True

    async def send_out(self, attempt_id: str, call_sid: str) -> None:
        """End a call that is in the room or still rings for it."""
        try:
            await self._client.end_call(call_sid)
        except CarrierRefused as refusal:
            if refusal.code not in (NOT_FOUND, NOT_IN_PROGRESS):
                raise CarrierUnavailable from refusal
        except CarrierSilent as silence:
            raise CarrierUnavailable from silence
