"""Which faults a run mixes, drawn from its seed."""

import random
from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Chances of each fault: of a dial, of a webhook, or of a step of a process; counts where it says so."""

    dispatchers: int = 1
    refused: float = 0.0
    error_before: float = 0.0
    error_after: float = 0.0
    hang: float = 0.0
    reset: float = 0.0
    lost: float = 0.0
    late: float = 0.0
    doubled: float = 0.0
    reordered: float = 0.0
    kills: int = 0
    restarts: int = 0
    jumps: int = 0
    vanish: float = 0.0
    cancels: float = 0.0
    silent_list: float = 0.0


KINDS: dict[str, Plan] = {
    "nothing": Plan(),
    "429": Plan(refused=0.5),
    "500 before accept": Plan(error_before=0.5),
    "500 after accept": Plan(error_after=0.5),
    "hang": Plan(hang=0.5),
    "reset": Plan(reset=0.5),
    "lost webhooks": Plan(lost=0.5),
    "late webhooks": Plan(late=0.5),
    "doubled webhooks": Plan(doubled=0.5),
    "reordered webhooks": Plan(reordered=0.5),
    "killed": Plan(kills=5, dispatchers=2),
    "database restart": Plan(restarts=3, dispatchers=2),
    "two dispatchers": Plan(dispatchers=2),
    "five dispatchers": Plan(dispatchers=5),
    "clock jump": Plan(jumps=3),
    "agents vanish": Plan(vanish=0.02),
    "cancellations": Plan(cancels=0.5),
    "a list that is silent": Plan(error_after=0.4, lost=0.4, silent_list=0.5),
}
"""One run of each is part of `make test`."""


def mixed(seed: int) -> Plan:
    """A mixture: every fault is in about every second one, with a chance of its own."""
    chance = random.Random(f"plan {seed}")
    most = {
        "refused": 0.3, "error_before": 0.2, "error_after": 0.2, "hang": 0.2, "reset": 0.2, "lost": 0.3, "late": 0.3,
        "doubled": 0.3, "reordered": 0.3, "vanish": 0.01, "cancels": 0.3, "silent_list": 0.3,
    }  # fmt: skip
    counts = {"kills": 4, "restarts": 2, "jumps": 2}
    drawn: dict[str, float] = {name: chance.choice([0, chance.random() * up]) for name, up in most.items()}
    drawn |= {name: chance.choice([0, chance.randint(1, up)]) for name, up in counts.items()}
    assert set(drawn) | {"dispatchers"} == {entry.name for entry in fields(Plan)}
    return Plan(dispatchers=chance.choice([1, 2, 2, 5]), **drawn)  # type: ignore[arg-type]  # the counts are whole
