"""The simulated carrier as one object: everything that its HTTP face and its tests need."""

import asyncio
from datetime import datetime
from pathlib import Path

from bot.simulator.calls import Calls
from bot.simulator.changes import Changes
from bot.simulator.clock import ClockReading, SimulatedClock
from bot.simulator.errors import NotFitting, Unreadable
from bot.simulator.exchange import Exchange
from bot.simulator.faults import Faults, read_plan
from bot.simulator.handsets import Handsets, read_number
from bot.simulator.ledger import Ledger
from bot.simulator.messages import Messages
from bot.simulator.pacing import Pacing
from bot.simulator.rest import RestApi
from bot.simulator.room_api import RoomApi
from bot.simulator.rooms import Rooms
from bot.simulator.timers import Timers
from bot.simulator.webhooks import Postman


class SimulatedCarrier:
    """A carrier with one account and one business number, on one SQLite file, in one process.

    `path` is the file of its books; `sms_webhook_url` gets what handsets write to the business number,
    `voice_webhook_url` is the document that a handset hears when it calls that number, `voice_status_url` hears when it
    hung up. Calls over `calls_per_second`
    wait in a queue, and over `calls_at_once` they are refused; None is no limit.
    """

    def __init__(
        self,
        path: Path,
        *,
        account_sid: str,
        auth_token: str,
        business_number: str,
        sms_webhook_url: str,
        clock: SimulatedClock,
        voice_webhook_url: str | None = None,
        voice_status_url: str | None = None,
        calls_per_second: float | None = None,
        calls_at_once: int | None = None,
    ) -> None:
        self.account_sid = account_sid
        self.business_number = business_number
        self.clock = clock
        self._path = path
        self._auth_token = auth_token
        self._sms_webhook_url = sms_webhook_url
        self._voice_webhook_url = voice_webhook_url
        self._voice_status_url = voice_status_url
        self._calls_per_second = calls_per_second
        self._calls_at_once = calls_at_once
        self._running: asyncio.Task[None] | None = None
        self.stopping = asyncio.Event()
        """Set when the carrier stops, so that no request hangs any longer."""

    async def start(self) -> None:
        """Open the books and begin to work."""
        self.stopping = asyncio.Event()
        self._ledger = Ledger(self._path)
        self._timers = Timers(self.clock.now)
        self._faults = Faults()
        self.changes = Changes()
        self._postman = Postman(self._auth_token, self._timers, self._faults)
        self._exchange = Exchange(
            account_sid=self.account_sid,
            ledger=self._ledger,
            postman=self._postman,
            timers=self._timers,
            changes=self.changes,
            now=self.clock.now,
        )
        self.rooms = Rooms(self._exchange)
        self._calls = Calls(
            self.rooms, Pacing(self._timers, per_second=self._calls_per_second, at_once=self._calls_at_once)
        )
        self._messages = Messages(self._exchange, self.business_number, self._sms_webhook_url)
        self.handsets = Handsets(self._exchange, self._messages)
        self.rest = RestApi(
            self._exchange,
            self._calls,
            self._messages,
            self._faults,
            auth_token=self._auth_token,
            business_number=self.business_number,
            stopping=self.stopping,
            routes=RoomApi(self.rooms, self._calls, self._ledger, self.account_sid, self.business_number).routes(),
        )
        self._running = asyncio.get_running_loop().create_task(self._timers.run())

    def resume(self) -> None:
        """Finish what a stopped process left behind, once its webhooks can be answered.

        Calls that were live end as failed, messages are delivered, conferences are over.
        """
        self._ledger.close_conferences()
        self._exchange.end_after_line_cut()
        self._messages.resume()

    async def stop(self) -> None:
        """Stop at once. Live calls stay in the books and end as failed when it resumes."""
        self.stopping.set()
        self.changes.tell_all()
        if self._running is not None:
            self._running.cancel()
        await self._exchange.close()
        await self._postman.close()
        self._ledger.close()

    @property
    def takes_calls(self) -> bool:
        """Whether a handset can call the business number."""
        return self._voice_webhook_url is not None

    def call_business(self, number: str) -> None:
        """The handset calls the business number. Raises NotFitting where nobody takes such calls, Unreadable."""
        number = read_number(number)
        if self._voice_webhook_url is None:
            raise NotFitting("The business number takes no calls here.")
        self._calls.receive(number, self.business_number, self._voice_webhook_url, status_url=self._voice_status_url)

    def faults(self) -> dict[str, object]:
        """The faults that are shown now."""
        return self._faults.plan.as_json()

    @property
    def faulty(self) -> bool:
        """Whether any fault is shown now."""
        return self._faults.plan.active

    def set_faults(self, body: object) -> None:
        """Show the faults that `PUT /simulator/faults` describes. Raises Unreadable."""
        self._faults.set(read_plan(body))
        self.changes.tell_all()

    def set_clock(self, body: object) -> ClockReading:
        """Move the clock as `PUT /simulator/clock` describes. Raises Unreadable."""
        if not isinstance(body, dict) or not body.keys() <= {"now", "speed"}:
            raise Unreadable("body", "The body is an object with now, speed or both.")
        now, speed = _time(body.get("now")), _speed(body.get("speed"))
        try:
            self.clock.set(now=now, speed=speed)
        except ValueError as error:
            raise Unreadable("now" if speed is None else "speed", str(error)) from None
        self._timers.ring_due()
        self.changes.tell_all()
        return self.clock.get()


def _time(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Unreadable("now", "A time is written with its offset, for example 2026-11-24T15:00:00+09:00.")
    return moment


def _speed(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable("speed", "The speed is a number.")
    return float(value)
