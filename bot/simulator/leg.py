"""One living leg of a call: what has been decided about it, what is said and pressed on it."""

import asyncio
import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.simulator.records import CallRecord
from bot.simulator.twiml import Method, Verb

SIP_OK = 200
SIP_NOT_FOUND = 404
SIP_UNAVAILABLE = 480
SIP_BUSY = 486
SIP_TERMINATED = 487
SIP_DECLINED = 603


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a document comes from: verbs or text at hand, or a URL with the parameters to add to the request."""

    url: str = ""
    text: str | None = None
    verbs: tuple[Verb, ...] | None = None
    method: Method = "POST"
    params: dict[str, str] = field(default_factory=dict)


class End(enum.Enum):
    """How the documents of a leg came to their end."""

    FELL_THROUGH = enum.auto()
    HUNG_UP = enum.auto()


@dataclass(frozen=True, slots=True)
class Answered:
    """Someone, or a machine, picked up."""

    machine: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The phone did not take the call; `sip_code` says how."""

    sip_code: int


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The caller gave up while it rang."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """One side ended the call; `by_handset` tells which."""

    by_handset: bool


@dataclass(frozen=True, slots=True)
class Redirected:
    """The leg goes on with another document."""

    source: Source


Decision = Answered | Refused | Cancelled
Interruption = HungUp | Redirected


class Asking:
    """Digits that are being asked for; the finishing key is not among them."""

    def __init__(self, num_digits: int | None, finish_on_key: str) -> None:
        self.digits = ""
        self.finished_on = ""
        self._num_digits = num_digits
        self._finish_on_key = finish_on_key
        self.stroke: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def complete(self) -> bool:
        """Whether no further digit is awaited."""
        return bool(self.finished_on) or len(self.digits) == self._num_digits

    def press(self, digit: str) -> bool:
        """Take a digit; false if none was awaited."""
        if self.complete:
            return False
        if digit in self._finish_on_key:
            self.finished_on = digit
        else:
            self.digits += digit
        if not self.stroke.done():
            self.stroke.set_result(None)
        return True

    def next_stroke(self) -> asyncio.Future[None]:
        """Done at the next key."""
        self.stroke = asyncio.get_running_loop().create_future()
        return self.stroke


class Leg:
    """The living part of a CallRecord. The exchange alone changes `record`."""

    def __init__(self, record: CallRecord) -> None:
        loop = asyncio.get_running_loop()
        self.record = record
        self.decision: asyncio.Future[Decision] = loop.create_future()
        self.interruption: asyncio.Future[Interruption] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.left: asyncio.Future[None] = loop.create_future()
        self.asking: Asking | None = None
        self.connected_to: str | None = None
        self.answered_elapsed_s: float | None = None
        self.fallback: Source | None = None
        self.machine = False
        self._asked_before = False
        self._early_digits = ""

    @property
    def ringing(self) -> bool:
        """Whether the phone rings and nobody has decided yet."""
        return self.record.status == "ringing" and not self.decision.done()

    @property
    def in_call(self) -> bool:
        """Whether someone has picked up and not yet hung up."""
        return (
            self.record.live and (self.record.status == "in-progress" or self.decision.done()) and not self.hanging_up
        )

    @property
    def hanging_up(self) -> bool:
        """Whether the end of the leg has been decided."""
        if self.interruption.done() and isinstance(self.interruption.result(), HungUp):
            return True
        return self.decision.done() and not isinstance(self.decision.result(), Answered)

    @property
    def asks_for_digits(self) -> bool:
        """Whether a key pressed now is an answer."""
        return self.asking is not None and not self.asking.complete

    def decide(self, decision: Decision) -> bool:
        """Answer, refuse or cancel while it rings; false if it was decided before."""
        if self.decision.done():
            return False
        self.decision.set_result(decision)
        return True

    def interrupt(self, interruption: Interruption) -> bool:
        """Hang up or redirect; the first wish is carried out, a later one is not (false)."""
        if self.interruption.done():
            return False
        self.interruption.set_result(interruption)
        return True

    def take_interruption(self) -> Interruption:
        """The interruption that happened; after a redirection the leg can be interrupted anew."""
        happened = self.interruption.result()
        if isinstance(happened, Redirected):
            self.interruption = asyncio.get_running_loop().create_future()
        return happened

    def ask(self, num_digits: int | None, finish_on_key: str) -> Asking:
        """Await digits. Keys pressed before the first question of a call count as an answer to it."""
        asking = self.asking = Asking(num_digits, finish_on_key)
        for digit in self._early_digits:
            asking.press(digit)
        self._early_digits, self._asked_before = "", True
        return asking

    def press(self, digits: str) -> None:
        """Press keys; where nobody asks they are tones that nobody hears."""
        for digit in digits:
            if self.asking is not None:
                self.asking.press(digit)
            elif not self._asked_before:
                self._early_digits += digit


Player = Callable[[Leg, Source], Awaitable[End]]
"""Plays documents on a leg until they end, it hangs up or it is redirected elsewhere."""
