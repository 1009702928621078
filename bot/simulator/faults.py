"""The faults that the carrier shows when told to: refused, lost and hanging requests, unreliable webhooks."""

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Literal

from bot.simulator.errors import Unreadable

CallFault = Literal["429", "10004", "500_before_accept", "500_after_accept", "timeout"]
_CALL_FAULTS: tuple[CallFault, ...] = ("429", "10004", "500_before_accept", "500_after_accept", "timeout")
_LONGEST_DELAY_S = 86400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookFaults:
    """Probabilities of a lost, doubled or overtaken notification, and how late all of them come (seconds)."""

    lost: float = 0.0
    duplicate: float = 0.0
    reordered: float = 0.0
    late_s: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class FaultPlan:
    """Probabilities of the faults of a call creation, and the faults of notifications."""

    calls: Mapping[CallFault, float] = field(default_factory=dict)
    webhooks: WebhookFaults = field(default_factory=WebhookFaults)
    seed: int | None = None

    @property
    def active(self) -> bool:
        """Whether any fault can happen."""
        return any(self.calls.values()) or self.webhooks != WebhookFaults()

    def as_json(self) -> dict[str, object]:
        """The plan in the form in which it is set."""
        return {"calls": dict(self.calls), "webhooks": asdict(self.webhooks), "seed": self.seed}


class Faults:
    """Decides by a seeded random number which request meets which fault."""

    def __init__(self) -> None:
        self.plan = FaultPlan()
        self._random = random.Random()  # noqa: S311 (faults, not secrets)

    def set(self, plan: FaultPlan) -> None:
        """Show these faults from now on; the same seed gives the same sequence."""
        self.plan = plan
        self._random = random.Random(plan.seed)  # noqa: S311 (faults, not secrets)

    def of_call_creation(self) -> CallFault | None:
        """The fault that this creation meets, if any."""
        draw = self._random.random()
        for name, probability in self.plan.calls.items():
            if draw < probability:
                return name
            draw -= probability
        return None

    def happens(self, probability: float) -> bool:
        """Whether a fault of this probability happens now."""
        return probability > 0 and self._random.random() < probability


def read_plan(body: object) -> FaultPlan:
    """The plan that `PUT /simulator/faults` describes; `{}` is none. Raises Unreadable."""
    wanted = _object(body, "", ("calls", "webhooks", "seed"))
    calls = _object(wanted.get("calls", {}), "calls", _CALL_FAULTS)
    chances = {name: _number(calls[name], f"calls.{name}", 1) for name in _CALL_FAULTS if name in calls}
    if sum(chances.values()) > 1:
        raise Unreadable("calls", "The probabilities of the call faults must not add up to more than 1.")
    names = [entry.name for entry in fields(WebhookFaults)]
    webhooks = _object(wanted.get("webhooks", {}), "webhooks", names)
    limits = {name: _LONGEST_DELAY_S if name == "late_s" else 1 for name in webhooks}
    seed = wanted.get("seed")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise Unreadable("seed", "The seed must be a whole number.")
    return FaultPlan(
        calls=chances,
        webhooks=WebhookFaults(
            **{name: _number(webhooks[name], f"webhooks.{name}", limit) for name, limit in limits.items()}
        ),
        seed=seed,
    )


def _object(value: object, name: str, allowed: "tuple[str, ...] | list[str]") -> dict[str, object]:
    if not isinstance(value, dict):
        raise Unreadable(name or "body", "This must be an object.")
    unknown = next((key for key in value if key not in allowed), None)
    if unknown is not None:
        raise Unreadable(f"{name}.{unknown}".lstrip("."), f"There is no such fault; known are {', '.join(allowed)}.")
    return value


def _number(value: object, name: str, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise Unreadable(name, f"This must be a number from 0 to {most:g}.")
    return float(value)
