"""Each limit of a topic is kept when a place is sold, held, or changed for another. On both databases."""

from datetime import timedelta

import pytest

from bot.booking.errors import TooManyOpenCallbacks, WindowNotOffered
from bot.booking.rules import TopicRules
from bot.booking.slots import SlotPolicy
from bot.booking.window import Window
from bot.settings import SettingsError, load
from bot.store.database import Database
from bot.usecases.seats import Customer
from tests.support.clocks import tokyo
from tests.support.products import NUMBER, ROOT, World, number, office_hours, rules_of, settings_of

SHORT = SlotPolicy(
    length=timedelta(minutes=5), lead=timedelta(), horizon=timedelta(days=90), capacity=5, open_per_number=2
)
LONG = SlotPolicy(
    length=timedelta(minutes=120), lead=timedelta(hours=4), horizon=timedelta(days=3), capacity=5,
    cutoff=timedelta(minutes=60), open_per_number=1,
)  # fmt: skip


def world_of(database: Database) -> World:
    """Two topics with limits of their own, from nine to six."""
    topics = {
        "short": TopicRules(hours=office_hours(), policy=SHORT),
        "long": TopicRules(hours=office_hours(), policy=LONG),
    }
    return World(database, rules=rules_of(office_hours(), topics=topics))


def window(start: str, minutes: int) -> Window:
    return Window(start=tokyo(start), end=tokyo(start) + timedelta(minutes=minutes))


LIMITS = [
    ("short", "2026-11-24 10:00", 5, None),
    ("short", "2026-11-24 10:05", 5, None),
    ("short", "2026-11-24 10:02", 5, "off_grid"),
    ("short", "2026-11-24 10:05", 10, "off_grid"),
    ("short", "2026-11-24 17:55", 5, None),
    ("short", "2027-02-22 09:55", 5, None),
    ("short", "2027-02-22 10:00", 5, "too_far"),
    ("long", "2026-11-24 11:00", 120, "too_soon"),
    ("long", "2026-11-24 15:00", 120, None),
    ("long", "2026-11-24 15:00", 5, "off_grid"),
    ("long", "2026-11-24 17:00", 60, "closed"),  # 17:00 is the last moment before the cut-off
    ("long", "2026-11-26 15:00", 120, None),
    ("long", "2026-11-27 11:00", 120, "too_far"),
]


@pytest.mark.parametrize(("topic", "start", "minutes", "reason"), LIMITS)
async def test_lead_horizon_cutoff_and_length_of_the_topic_hold_for_booking_holding_and_moving(
    database: Database, topic: str, start: str, minutes: int, reason: str | None
) -> None:
    world, wanted = world_of(database), window(start, minutes)
    other = window("2026-11-25 09:00", 5 if topic == "short" else 120)
    moved = await world.book(other, topic=topic, phone_number=number(1))
    ways = (
        lambda: world.book(wanted, topic=topic, phone_number=number(2)),
        lambda: world.bookings.hold(wanted, customer=Customer(holder="talk-1"), now=world.now, topic=topic),
        lambda: world.bookings.move(moved.reference, wanted, now=world.now),
    )
    for way in ways:
        if reason is None:
            await way()
            continue
        with pytest.raises(WindowNotOffered) as refused:
            await way()
        assert refused.value.reason == reason
        assert refused.value.alternatives


async def test_a_number_has_as_many_open_promises_as_the_topic_allows(database: Database) -> None:
    world = world_of(database)
    first = await world.book(window("2026-11-25 09:00", 120), topic="long")
    with pytest.raises(TooManyOpenCallbacks):
        await world.book(window("2026-11-25 11:00", 120), topic="long")
    for minute in (0, 5):
        await world.book(window(f"2026-11-25 09:{minute:02d}", 5), topic="short", phone_number="090-1234-5678")
    for way in (window("2026-11-25 09:10", 5), None):
        with pytest.raises(TooManyOpenCallbacks) as refused:
            await world.book(way, topic="short", phone_number=NUMBER)
        assert refused.value.limit == 2
    await world.bookings.cancel(first.reference, now=world.now)
    await world.book(window("2026-11-25 11:00", 120), topic="long")


@pytest.mark.parametrize(
    ("setting", "wrong", "right"),
    [
        ("length_minutes", (4, 121), (5, 120)),
        ("horizon_days", (0, 91), (1, 90)),
        ("open_callbacks_per_number", (0, 21), (1, 20)),
    ],
)
def test_settings_outside_the_limits_are_refused(
    tmp_path_factory: pytest.TempPathFactory, setting: str, wrong: tuple[int, ...], right: tuple[int, ...]
) -> None:
    text = (ROOT / "orikaeshi.toml").read_text(encoding="utf-8")
    for value in (*wrong, *right):
        folder = tmp_path_factory.mktemp("shop")
        path = folder / "shop.toml"
        lines = [f"{setting} = {value}" if line.startswith(f"{setting} = ") else line for line in text.splitlines()]
        path.write_text("\n".join(lines), encoding="utf-8")
        environment = settings_of(folder, ORIKAESHI_SETTINGS=str(path))
        if value in right:
            load(environment)
            continue
        with pytest.raises(SettingsError, match=setting):
            load(environment)
