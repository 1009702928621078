"""The exchange: opens legs, rings phones, connects and ends legs, and tells the carrier's customer about each step."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime

from bot.simulator.changes import Changes
from bot.simulator.errors import DocumentError
from bot.simulator.ledger import Ledger
from bot.simulator.leg import (
    SIP_BUSY,
    SIP_DECLINED,
    SIP_OK,
    SIP_TERMINATED,
    Answered,
    Cancelled,
    HungUp,
    Leg,
    Refused,
)
from bot.simulator.persons import Persons
from bot.simulator.records import (
    API_VERSION,
    Callback,
    CallRecord,
    CallStatus,
    HandsetRecord,
    Notification,
    new_sid,
)
from bot.simulator.timers import Timers
from bot.simulator.webhooks import Postman, Webhook

_PLACES = ("City", "State", "Zip", "Country")
_log = logging.getLogger(__name__)


class Exchange:
    """All living legs of one account."""

    def __init__(
        self,
        *,
        account_sid: str,
        ledger: Ledger,
        postman: Postman,
        timers: Timers,
        changes: Changes,
        now: Callable[[], datetime],
    ) -> None:
        self.account_sid = account_sid
        self.ledger = ledger
        self.postman = postman
        self.timers = timers
        self.changes = changes
        self.now = now
        self.persons = Persons(timers, self.handset)
        self.legs: dict[str, Leg] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def handset(self, number: str) -> HandsetRecord:
        """The handset of a number; every number has one, in manual behaviour until told otherwise."""
        return self.ledger.handset(number) or HandsetRecord(number=number)

    def know(self, number: str) -> None:
        """Create the handset of a number that is called or written to for the first time."""
        if self.ledger.handset(number) is None:
            self.ledger.save(HandsetRecord(number=number))
            self.changes.tell_all()

    def legs_of(self, number: str) -> list[Leg]:
        """The living legs at a handset, oldest first."""
        return [leg for leg in self.legs.values() if leg.record.handset == number]

    def open(
        self,
        *,
        caller: str,
        called: str,
        handset: str,
        direction: str,
        callback: Callback | None = None,
        parent_sid: str | None = None,
        queued_s: float = 0.0,
    ) -> Leg:
        """A new leg in state queued, in the books before anything else happens."""
        now = self.now()
        record = CallRecord(
            sid=new_sid("CA"),
            from_number=caller,
            to_number=called,
            handset=handset,
            direction=direction,
            status="queued",
            created_at=now,
            updated_at=now,
            parent_sid=parent_sid,
            callback_url=callback.url if callback else None,
            callback_method=callback.method if callback else "POST",
            callback_events=callback.events if callback else "",
            queue_time_ms=round(queued_s * 1000),
        )
        self.know(handset)
        self.ledger.save(record)
        leg = self.legs[record.sid] = Leg(record)
        return leg

    async def ring(self, leg: Leg, *, timeout_s: float) -> bool:
        """Ring the phone until someone decides or the time is over; true if it was answered, else the leg has ended."""
        if leg.decision.done():
            self.end(leg, "canceled", SIP_TERMINATED)
            return False
        self._announce(leg, "initiated", status="initiated")
        refusal = self.persons.refusal(leg.record.handset)
        if refusal is not None:
            leg.decide(Refused(refusal))
        else:
            self._change(leg, status="ringing", started_at=self.now())
            self._announce(leg, "ringing")
            self.persons.rings(leg)
            await self.timers.wait(leg.decision, timeout_s)
            self.persons.leaves(leg)
        match leg.decision.result() if leg.decision.done() else None:
            case Answered(machine):
                self._answer(leg, machine=machine)
                return True
            case Refused(sip_code):
                busy = sip_code in (SIP_BUSY, SIP_DECLINED)
                self.end(leg, "busy" if busy else "failed", sip_code)
            case Cancelled():
                self.end(leg, "canceled", SIP_TERMINATED)
            case None:
                leg.decide(Cancelled())
                self.end(leg, "no-answer", SIP_TERMINATED)
        return False

    def pick_up(self, leg: Leg) -> None:
        """A call that a handset placed reaches the business number and is taken at once."""
        self._change(leg, status="ringing", started_at=self.now())
        leg.decide(Answered())
        self._answer(leg, machine=False)

    def connect(self, one: Leg, other: Leg) -> None:
        """Two people can speak with each other now."""
        for leg, peer in ((one, other), (other, one)):
            self.join(leg, peer.record.handset)

    def join(self, leg: Leg, peer: str | None) -> None:
        """The leg is connected with the handset `peer`, or with nobody any more."""
        first = peer is not None and leg.connected_to is None
        leg.connected_to = peer
        if first:
            self.persons.connected(leg)
        self.changes.tell(leg.record.handset)

    def hear(self, leg: Leg, text: str) -> None:
        """A sentence is said on the leg."""
        self.ledger.hear(leg.record.sid, text)
        self.changes.tell(leg.record.handset)

    def detect(self, leg: Leg, answered_by: str) -> None:
        """Note what machine detection found."""
        self._change(leg, answered_by=answered_by)

    def end(self, leg: Leg, status: CallStatus, sip_code: int) -> None:
        """End a leg once; what is asked afterwards changes nothing."""
        if leg.ended.done():
            return
        leg.decide(Cancelled())
        leg.interrupt(HungUp(by_handset=False))
        talked = 0.0 if leg.answered_elapsed_s is None else self.timers.elapsed() - leg.answered_elapsed_s
        self.persons.leaves(leg)
        leg.asking = leg.connected_to = None
        self._change(leg, status=status, ended_at=self.now(), duration_s=round(talked), sip_code=sip_code)
        del self.legs[leg.record.sid]
        leg.ended.set_result(None)
        self._announce(leg, "completed")

    def end_after_line_cut(self) -> None:
        """End the calls that were live when the process stopped, as the carrier does after a cut line."""
        for record in self.ledger.live_calls():
            leg = self.legs[record.sid] = Leg(record)
            self.end(leg, "failed", SIP_TERMINATED)

    def note(self, leg: Leg, error: DocumentError) -> None:
        """Note what was wrong with a document of this call."""
        _log.warning("Call document error %s: %s", error.code, error.message)
        self.ledger.save(
            Notification(
                sid=new_sid("NO"),
                call_sid=leg.record.sid,
                code=error.code,
                message=error.message,
                url=error.url,
                at=self.now(),
            )
        )

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run something beside; a failure is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    async def close(self) -> None:
        """Stop everything that runs; calls stay in the books as they are."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("The simulated exchange failed", exc_info=error)

    def _answer(self, leg: Leg, *, machine: bool) -> None:
        leg.machine = machine
        leg.answered_elapsed_s = self.timers.elapsed()
        self._change(leg, status="in-progress", answered_at=self.now(), sip_code=SIP_OK)
        self._announce(leg, "answered")

    def _change(self, leg: Leg, **facts: object) -> None:
        leg.record = replace(leg.record, updated_at=self.now(), **facts)  # type: ignore[arg-type] # named by callers above
        self.ledger.save(leg.record)
        self.changes.tell(leg.record.handset)

    def _announce(self, leg: Leg, event: str, *, status: str | None = None) -> None:
        record = leg.record
        leg.record = replace(record, sequence=record.sequence + 1)
        self.ledger.save(leg.record)
        if record.callback_url is None or event not in record.callback_events.split():
            return
        params = call_params(self.account_sid, record) | {
            "CallStatus": status or record.status,
            "Timestamp": format_datetime(self.now()),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(record.sequence),
        }
        if event == "completed":
            seconds = record.duration_s or 0
            params["CallDuration"] = str(seconds)
            params["Duration"] = str(-(-seconds // 60))
            params["SipResponseCode"] = str(record.sip_code)
        self.postman.notify(record.sid, Webhook(url=record.callback_url, method=record.callback_method, params=params))


def call_params(account_sid: str, record: CallRecord) -> dict[str, str]:
    """The parameters that every request about a call carries; what is not known is sent blank."""
    params = {
        "CallSid": record.sid,
        "AccountSid": account_sid,
        "From": record.from_number,
        "To": record.to_number,
        "Caller": record.from_number,
        "Called": record.to_number,
        "CallStatus": record.status,
        "ApiVersion": API_VERSION,
        "Direction": record.direction,
    }
    params |= {f"{side}{place}": "" for side in ("From", "To", "Caller", "Called") for place in _PLACES}
    if record.parent_sid is not None:
        params["ParentCallSid"] = record.parent_sid
    if record.answered_by is not None:
        params["AnsweredBy"] = record.answered_by
    return params
