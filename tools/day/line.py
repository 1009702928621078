"""The carrier's line model in this process: phones that ring, people who pick up, press a key, speak and hang up.

It answers the dispatcher as a carrier does and brings its reports to the product's own use case, in virtual time.
"""

from collections.abc import Callable

from bot.telephony.dialer import Accepted, CallState, Rejected, Unknown
from bot.usecases.calls import Calls
from tools.day.bell import Bell
from tools.day.instance import LINES, RING_S, Customer, Day
from tools.day.quick import moment

KEY = "1"


class LineModel:
    """A Dialer. `freed` hears that a call is over, and of which attempt."""

    def __init__(self, day: Day, bell: Bell) -> None:
        self._day = day
        self._bell = bell
        self._customers = {f"+8190{10_000_000 + one.index}": one for one in day.customers}
        self._live: dict[str, str] = {}
        self._ended: dict[str, CallState] = {}
        self.over_capacity = 0
        self.on_duty: Callable[[], int] = lambda: LINES
        self.freed: Callable[[], None] = lambda: None
        self.calls: Calls

    @property
    def live(self) -> int:
        """How many calls are under way."""
        return len(self._live)

    async def dial(self, attempt_id: str, to: str) -> Accepted | Rejected | Unknown:
        """Place the attempt's call, once."""
        now = self._bell.now
        if self._day.carrier_is_down(now):
            return Rejected(code=0, try_later=True)
        sid = f"CA{attempt_id}"
        self._live[sid] = to
        if len(self._live) > min(LINES, self.on_duty()):
            self.over_capacity += 1
        customer = self._customers[to]
        self._report(sid, attempt_id, now, "ringing")
        if customer.can_be_reached(now):
            self._bell.at(now + customer.picks_up_s, lambda at: self._converse(sid, attempt_id, customer, at))
        else:
            self._report(sid, attempt_id, now + RING_S, "no-answer")
        return Accepted(call_sid=sid)

    async def ring_agent(self, attempt_id: str, agent_id: str, to: str) -> Accepted | Rejected | Unknown:
        """Agents at their desks answer at once; the handle time has it in."""
        return Accepted(call_sid=_agents_sid(attempt_id))

    async def redirect(self, attempt_id: str, call_sid: str, step: str) -> bool:
        """Nobody is led anywhere: every agent comes, and every customer stays until the end."""
        return False

    async def fetch(self, call_sid: str) -> CallState | None:
        """How a call stands."""
        if call_sid in self._live:
            return CallState(call_sid=call_sid, status="in-progress")
        return self._ended.get(call_sid)

    async def latest(self, to: str) -> list[CallState]:
        """The newest calls to a number: none is ever in doubt here."""
        return []

    async def end(self, call_sid: str) -> None:
        """Stop a call that must not go on."""
        self._live.pop(call_sid, None)

    async def _converse(self, sid: str, attempt_id: str, customer: Customer, now: float) -> None:
        at = moment(now)
        await self.calls.answered(attempt_id, sid, now=at)
        await self.calls.key_pressed(attempt_id, sid, KEY, now=at)
        await self.calls.agent_answered(attempt_id, _agents_sid(attempt_id))
        await self.calls.agent_pressed(attempt_id, KEY, call_sid=_agents_sid(attempt_id), now=at)
        self._report(sid, attempt_id, now + customer.busy_s, "completed", duration_s=round(customer.busy_s))

    def _report(self, sid: str, attempt_id: str, second: float, status: str, *, duration_s: int | None = None) -> None:
        async def tell(now: float) -> None:
            if status != "ringing":
                self._live.pop(sid, None)
                self._ended[sid] = CallState(call_sid=sid, status=status, duration_s=duration_s)
            await self.calls.status_changed(attempt_id, sid, status, now=moment(now), duration_s=duration_s)
            if status != "ringing":
                self.freed()

        self._bell.at(second, tell)


def _agents_sid(attempt_id: str) -> str:
    return f"CB{attempt_id}"
