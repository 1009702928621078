"""Rules that change under a running process."""

import asyncio

from bot.booking.in_force import InForce, RulesInForce
from bot.booking.rules import Rules
from tests.support.products import office_hours, rules_of

EARLY, LATE = rules_of(office_hours("08:00", "12:00")), rules_of(office_hours("13:00", "18:00"))


def test_whoever_holds_the_rules_follows_each_change() -> None:
    in_force: InForce[Rules] = InForce(EARLY)
    rules = RulesInForce(lambda: in_force.value)
    assert rules.of("general") is EARLY.of("general")
    in_force.replace(LATE)
    assert rules.of(rules.topic(None)) is LATE.of("general")
    assert rules.lawful is LATE.lawful


async def test_a_decision_that_has_begun_ends_by_the_rules_it_began_with() -> None:
    in_force: InForce[Rules] = InForce(EARLY)
    changed = asyncio.Event()

    async def decide() -> tuple[Rules, Rules]:
        with in_force.pinned():
            before = in_force.value
            await changed.wait()
            with in_force.pinned():
                return before, in_force.value

    deciding = asyncio.create_task(decide())
    await asyncio.sleep(0)
    in_force.replace(LATE)
    changed.set()
    assert await deciding == (EARLY, EARLY)
    assert await decide() == (LATE, LATE)


async def test_what_a_decision_leaves_running_goes_by_the_newest_rules() -> None:
    in_force: InForce[Rules] = InForce(EARLY)
    over = asyncio.Event()

    async def left_behind() -> Rules:
        await over.wait()
        return in_force.value

    with in_force.pinned():
        task = asyncio.create_task(left_behind())
        await asyncio.sleep(0)
    in_force.replace(LATE)
    over.set()
    assert await task is LATE
