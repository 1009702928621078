"""The Dialer through Twilio, a carrier that speaks its API, or the simulated one: only settings differ."""

from collections.abc import Mapping
from urllib.parse import urlencode

from bot.booking.callback import Outcome
from bot.telephony.dialer import Accepted, CallState, CarrierUnavailable, Rejected, Unknown
from bot.vendors.twilio import NOT_FOUND, CarrierCall, CarrierRefused, CarrierSilent, TwilioClient

NUMBER_CODES = {
    21211: Outcome.INVALID,
    21217: Outcome.INVALID,
    13224: Outcome.INVALID,
    21214: Outcome.UNREACHABLE,
    21216: Outcome.BLOCKED,
}
"""Twilio's codes that speak about the number that was to be called. https://www.twilio.com/docs/api/errors"""
NO_ROOM_CODES = frozenset({10004, 86008})
"""Too many calls at once: it is the same call's turn as soon as another one ends."""
NOT_IN_PROGRESS = 21220


class CallUrls:
    """Where the carrier asks what comes next. The attempt stands in the path: the signature then covers it."""

    def __init__(self, public_base_url: str) -> None:
        self._voice = f"{public_base_url}/webhooks/twilio/voice"
        self.inbound = f"{self._voice}/inbound"
        self.inbound_status = f"{self.inbound}/status"
        self.sms = f"{public_base_url}/webhooks/twilio/sms"
        self.sms_status = f"{public_base_url}/webhooks/twilio/sms-status"

    def step(self, attempt_id: str, step: str, query: Mapping[str, str] | None = None) -> str:
        """The address of one step of the call, such as answered, key or status."""
        return f"{self._voice}/{attempt_id}/{step}" + (f"?{urlencode(query)}" if query else "")

    def inbound_step(self, step: str, query: Mapping[str, str] | None = None) -> str:
        """The address of one step of a call that came in."""
        return f"{self.inbound}/{step}" + (f"?{urlencode(query)}" if query else "")


class TwilioDialer:
    """Dials with the business's own number."""

    def __init__(
        self,
        client: TwilioClient,
        *,
        number: str,
        urls: CallUrls,
        ring_seconds: int,
        agent_ring_seconds: int = 20,
        leaves_messages: bool = False,
    ) -> None:
        self._client = client
        self._number = number
        self._urls = urls
        self._ring_seconds = ring_seconds
        self._agent_ring_seconds = agent_ring_seconds
        self._leaves_messages = leaves_messages

    async def dial(self, attempt_id: str, to: str) -> Accepted | Rejected | Unknown:
        """Place the attempt's call, once."""
        return await self._place(
            to=to,
            answer_url=self._urls.step(attempt_id, "answered"),
            status_url=self._urls.step(attempt_id, "status"),
            ring_seconds=self._ring_seconds,
            machine_url=self._urls.step(attempt_id, "machine") if self._leaves_messages else "",
        )

    async def ring_agent(self, attempt_id: str, agent_id: str, to: str) -> Accepted | Rejected | Unknown:
        """Ring this agent for the attempt, once; how that call fares is reported under the agent's id."""
        return await self._place(
            to=to,
            answer_url=self._urls.step(attempt_id, "screen"),
            status_url=self._urls.step(attempt_id, "agent-status", {"agent": agent_id}),
            ring_seconds=self._agent_ring_seconds,
        )

    async def _place(
        self, *, to: str, answer_url: str, status_url: str, ring_seconds: int, machine_url: str = ""
    ) -> Accepted | Rejected | Unknown:
        try:
            call = await self._client.create_call(
                to=to,
                caller=self._number,
                answer_url=answer_url,
                status_url=status_url,
                ring_seconds=ring_seconds,
                machine_url=machine_url,
            )
        except CarrierRefused as refusal:
            return Rejected(
                code=refusal.code,
                number_is=NUMBER_CODES.get(refusal.code),
                try_later=refusal.try_later or refusal.code in NO_ROOM_CODES,
            )
        except CarrierSilent as silence:
            return Unknown(cause=silence.cause)
        return Accepted(call_sid=call.sid)

    async def fetch(self, call_sid: str) -> CallState | None:
        """How a call stands; None for a call that the carrier does not know."""
        try:
            return _state(await self._client.fetch_call(call_sid))
        except CarrierRefused as refusal:
            if refusal.code == NOT_FOUND:
                return None
            raise CarrierUnavailable from refusal
        except CarrierSilent as silence:
            raise CarrierUnavailable from silence

    async def latest(self, to: str) -> list[CallState]:
        """The newest calls to a number."""
        try:
            return [_state(call) for call in await self._client.calls_to(to)]
        except (CarrierRefused, CarrierSilent) as error:
            raise CarrierUnavailable from error

    async def redirect(self, attempt_id: str, call_sid: str, step: str) -> bool:
        """Lead a call of the attempt to another step; False when it is over."""
        try:
            await self._client.redirect_call(call_sid, self._urls.step(attempt_id, step))
        except CarrierRefused as refusal:
            if refusal.code in (NOT_FOUND, NOT_IN_PROGRESS):
                return False
            raise CarrierUnavailable from refusal
        except CarrierSilent as silence:
            raise CarrierUnavailable from silence
        return True

    async def end(self, call_sid: str) -> None:
        """Stop a call that must not go on."""
        try:
            await self._client.end_call(call_sid)
        except (CarrierRefused, CarrierSilent) as error:
            raise CarrierUnavailable from error


def _state(call: CarrierCall) -> CallState:
    return CallState(call_sid=call.sid, status=call.status, created_at=call.created_at, duration_s=call.duration_s)
