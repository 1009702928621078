"""The faults that the simulated LINE shows when told to, and the two settings that an operator makes at LINE's."""

import random
from dataclasses import asdict, dataclass, fields

from bot.simulator.errors import Unreadable

FREE_PUSHES = 200
"""A month, on the plan that costs nothing in Japan."""
_LONGEST_DELAY_S = 86400.0
_MOST_PUSHES = 10_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class LineFaults:
    """Probabilities: a webhook is `lost`, comes twice (`duplicate`) or behind the next (`reordered`); a push or
    multicast meets a 500 before it is accepted (`push_500`) or after (`push_500_after`); the answer to an accepted
    message hangs (`timeout`); a good reply token is refused (`invalid_reply_token`). Every webhook comes `late_s`
    simulated seconds late.

    `redelivery` is LINE's switch of that name, `quota` the pushes that the plan allows a month.
    """

    redelivery: bool = False
    quota: int = FREE_PUSHES
    lost: float = 0.0
    duplicate: float = 0.0
    reordered: float = 0.0
    late_s: float = 0.0
    push_500: float = 0.0
    push_500_after: float = 0.0
    timeout: float = 0.0
    invalid_reply_token: float = 0.0
    seed: int | None = None

    @property
    def active(self) -> bool:
        """Whether any fault can happen."""
        return any(getattr(self, name) > 0 for name in (*_CHANCES, "late_s"))

    def as_json(self) -> dict[str, object]:
        """In the form in which they are set."""
        return asdict(self)


_CHANCES = ("lost", "duplicate", "reordered", "push_500", "push_500_after", "timeout", "invalid_reply_token")


class Dice:
    """Decides by a seeded random number which request meets which fault."""

    def __init__(self) -> None:
        self.faults = LineFaults()
        self._random = random.Random()  # noqa: S311 (faults, not secrets)

    def set(self, faults: LineFaults) -> None:
        """Show these faults from now on; the same seed gives the same sequence."""
        self.faults = faults
        self._random = random.Random(faults.seed)  # noqa: S311 (faults, not secrets)

    def happens(self, chance: float) -> bool:
        """Whether a fault of this probability happens now."""
        return chance > 0 and self._random.random() < chance


def read_faults(body: object) -> LineFaults:
    """What `PUT /simulator/line/faults` describes; `{}` is none. Raises Unreadable."""
    if not isinstance(body, dict):
        raise Unreadable("body", "This must be an object.")
    known = [field.name for field in fields(LineFaults)]
    for name, value in body.items():
        if name not in known:
            raise Unreadable(name, f"There is no such fault; known are {', '.join(known)}.")
        _check(name, value)
    return LineFaults(**body)


def _check(name: str, value: object) -> None:
    match name:
        case "redelivery":
            if not isinstance(value, bool):
                raise Unreadable(name, "This must be true or false.")
        case "seed" | "quota":
            whole = isinstance(value, int) and not isinstance(value, bool)
            if name == "seed" and (value is None or whole):
                return
            if not whole or not 0 <= int(str(value)) <= _MOST_PUSHES:
                raise Unreadable(name, f"This must be a whole number from 0 to {_MOST_PUSHES}.")
        case _:
            most = _LONGEST_DELAY_S if name == "late_s" else 1
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
                raise Unreadable(name, f"This must be a number from 0 to {most:g}.")
