"""The rules in force: one value that a running process takes another for, and never two of them in one decision."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.booking.lawful import LawfulHours
from bot.booking.rules import Rules, TopicRules

Value = TypeVar("Value")


@dataclass(slots=True)
class Pin(Generic[Value]):
    """What one decision goes by; None once it is over: a task that it left behind goes by what is in force then."""

    value: Value | None

    def end(self) -> None:
        """The decision is over."""
        self.value = None


class InForce(Generic[Value]):
    """A frozen value that may be replaced at any moment. Within `pinned` it stays what it was at the beginning."""

    def __init__(self, value: Value) -> None:
        self._newest = value
        self._pin: ContextVar[Pin[Value] | None] = ContextVar("pin", default=None)

    @property
    def value(self) -> Value:
        """What is to be gone by here and now."""
        pin = self._pin.get()
        return self._newest if pin is None or pin.value is None else pin.value

    def replace(self, value: Value) -> None:
        """In force for every decision that begins from now on."""
        self._newest = value

    def begin(self) -> Pin[Value]:
        """A decision begins in this task, for whoever has no block to put it in; it lasts until `end`."""
        pin = Pin(self._newest)
        self._pin.set(pin)
        return pin

    @contextmanager
    def pinned(self) -> Iterator[None]:
        """One decision: whatever is awaited in it sees the same value; one within another belongs to it."""
        outer = self._pin.get()
        if outer is not None and outer.value is not None:
            yield
            return
        pin = self.begin()
        try:
            yield
        finally:
            pin.end()


class RulesInForce(Rules):
    """Rules that are asked for anew each time: whoever was given these follows every change."""

    def __init__(self, current: Callable[[], Rules]) -> None:
        object.__setattr__(self, "_current", current)

    @property
    def topics(self) -> Mapping[str, TopicRules]:
        """The rules of every topic by its id."""
        rules: Rules = object.__getattribute__(self, "_current")()
        return rules.topics

    @property
    def lawful(self) -> LawfulHours:
        """When people may be called at all."""
        rules: Rules = object.__getattribute__(self, "_current")()
        return rules.lawful
