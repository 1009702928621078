"""Every figure counted again from the raw log, without a line of the code that the product counts with.

    python -m tools.recount 2026-10-01 2026-11-01                 # all figures of October as JSON
    python -m tools.recount 2026-10-01 2026-11-01 --by channel    # told apart; also hour, day, topic, agent

Reads the database of the settings (DATABASE_URL) and writes nothing. It is slow on purpose: one pass in plain Python
over callbacks, callback_events, attempts, notices, conversations and presence_spells, as docs/kpis.md defines
the figures.
"""

import argparse
import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from bot.store.database import Database

Row = dict[str, Any]
Log = dict[str, list[Row]]
Tally = dict[str, list[float]]
TABLES = {
    "callbacks": "SELECT id, status, channel, topic, created_at, phone_number, conversation_id FROM callbacks",
    "events": "SELECT callback_id, at, kind, facts FROM callback_events ORDER BY id",
    "attempts": "SELECT callback_id, agent_id, started_at, ended_at, confirmed_at, agent_confirmed_at, outcome "
    "FROM attempts "
    "ORDER BY callback_id, number",
    "notices": "SELECT callback_id, kind, state, sent_at FROM notices WHERE sent_at IS NOT NULL",
    "spells": "SELECT agent_id, state, started_at, ended_at FROM presence_spells",
    "chats": "SELECT id, channel, created_at FROM conversations",
}
WEEK = timedelta(days=7)


async def read_log(database: Database) -> Log:
    """Everything that was ever written about callbacks."""
    async with database.read() as tx:
        return {
            name: [{key: _plain(value) for key, value in row._mapping.items()} for row in await tx.execute(text(query))]
            for name, query in TABLES.items()
        }


def recount(
    log: Log, *, start: date, end: date, tz: ZoneInfo, now: datetime, by: str | None = None
) -> dict[str, dict[str, float | None]]:
    """Figures by group ("" is everything) for the days from `start` until just before `end`."""
    tallies: dict[str, Tally] = defaultdict(lambda: defaultdict(list))
    for at, group, name, value in (*_entries(log, now), *_duty(log, tz)):
        local = at.astimezone(tz)
        if not start <= local.date() < end:
            continue
        tallies[""][name].append(value)
        place = {**group, "hour": f"{local.hour:02d}", "day": local.date().isoformat()}
        if by and place.get(by):
            tallies[place[by]][name].append(value)
    tallies[""]
    return {group: _figures(tally) for group, tally in tallies.items()}


def _entries(log: Log, now: datetime) -> Iterator[tuple[datetime, dict[str, str], str, float]]:
    """(when it counts, whose it is, what, how much) for everything that counts."""
    asking = {callback["conversation_id"] for callback in log["callbacks"]}
    for chat in log["chats"]:
        yield chat["created_at"], {"channel": chat["channel"]}, "asked in a chat", chat["id"] in asking
    numbers: dict[str, list[Row]] = defaultdict(list)
    for callback in log["callbacks"]:
        numbers[callback["phone_number"]].append(callback)
    of: dict[str, dict[str, list[Row]]] = {name: _by_callback(log[name]) for name in ("events", "attempts", "notices")}
    for callback in log["callbacks"]:
        others = [other for other in numbers[callback["phone_number"]] if other is not callback]
        story = {name: rows.get(callback["id"], []) for name, rows in of.items()}
        yield from _of_callback(callback, story, others, now)


def _duty(log: Log, tz: ZoneInfo) -> Iterator[tuple[datetime, dict[str, str], str, float]]:
    """Agents' time, hour by hour of the day: how long they were on duty, and how much of it was filled."""
    calls: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for attempt in log["attempts"]:
        if attempt["ended_at"]:
            calls[attempt["agent_id"]].append((attempt["started_at"], attempt["ended_at"]))
    for spell in log["spells"]:
        if spell["state"] not in ("ready", "after_call"):
            continue
        edges = {spell["started_at"], spell["ended_at"]}
        hour = spell["started_at"].astimezone(tz).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
        while hour < spell["ended_at"]:
            edges.add(max(hour, spell["started_at"]))
            hour += timedelta(hours=1)
        whose = {"agent": spell["agent_id"]}
        for begin, end in pairwise(sorted(edges)):
            yield begin, whose, "on duty", _seconds(end - begin)
            if spell["state"] == "after_call":
                yield begin, whose, "busy", _seconds(end - begin)
                continue
            points = {begin, end} | {at for call in calls[spell["agent_id"]] for at in call if begin < at < end}
            filled = timedelta()
            for one, other in pairwise(sorted(points)):
                if any(start <= one and other <= over for start, over in calls[spell["agent_id"]]):
                    filled += other - one
            yield begin, whose, "busy", _seconds(filled)


def _of_callback(
    callback: Row, story: dict[str, list[Row]], others: list[Row], now: datetime
) -> Iterator[tuple[datetime, dict[str, str], str, float]]:
    group = {"channel": callback["channel"], "topic": callback["topic"]}
    events, attempts = story["events"], story["attempts"]
    for attempt in attempts:
        for name, value in _of_attempt(attempt):
            yield attempt["started_at"], {**group, "agent": attempt["agent_id"]}, name, value
    promises = [event for event in events if "window_start" in event["facts"]]
    expected = _expected(events)
    endings = {"completed", "unreached", "cancelled", "expired"}
    closed = None
    if callback["status"] in endings:
        last_words = [event["at"] for event in events if event["kind"] == callback["status"]]
        closed = last_words[-1] if last_words else events[-1]["at"]
    refused = any(event["kind"] == "suppressed" for event in events)
    for place, promise in enumerate(promises):
        following = promises[place + 1] if place + 1 < len(promises) else None
        since = datetime.min.replace(tzinfo=UTC) if place == 0 else promise["at"]
        until = following["at"] if following else datetime.max.replace(tzinfo=UTC)
        made = [attempt for attempt in attempts if since <= attempt["started_at"] < until]
        whose = {**group, "agent": made[-1]["agent_id"] if made else ""}
        begins, ends = (datetime.fromisoformat(promise["facts"][f"window_{edge}"]) for edge in ("start", "end"))
        gone = following["at"] if following else closed
        lost = following is None and callback["status"] == "expired"
        told = [
            notice["sent_at"]
            for notice in story["notices"]
            if notice["kind"] == "late" and notice["state"] in ("sent", "delivered")
            and since <= notice["sent_at"] < until
        ]  # fmt: skip
        spared = refused and following is None
        for name, value in _of_promise(expected[place], begins, ends, made, gone, lost, spared, told, now):
            yield begins, whose, name, value
        if following is None:
            for name, value in _of_whole(callback, story, others, place > 0, refused, now):
                yield begins, whose, name, value


def _expected(events: list[Row]) -> list[str | None]:
    """For each promise, the time of the call that was told last before the next one."""
    found: list[str | None] = []
    for event in events:
        if "window_start" in event["facts"]:
            found.append(None)
        if found and event["facts"].get("estimated_start"):
            found[-1] = event["facts"]["estimated_start"]
    return found


def _of_attempt(attempt: Row) -> Iterator[tuple[str, float]]:
    if attempt["outcome"] not in (None, "carrier_failed"):
        yield "answered", attempt["outcome"] in ("connected", "agent_missed")
    if attempt["ended_at"]:
        yield "reserved", _seconds(attempt["ended_at"] - attempt["started_at"])
        if attempt["outcome"] == "connected" and attempt["agent_confirmed_at"]:
            both_there = max(at for at in (attempt["confirmed_at"], attempt["agent_confirmed_at"]) if at)
            yield "talked", _seconds(attempt["ended_at"] - both_there)


def _of_promise(
    expected: str | None, begins: datetime, ends: datetime, made: list[Row], gone: datetime | None, lost: bool,
    spared: bool, told: list[datetime], now: datetime,
) -> Iterator[tuple[str, float]]:  # fmt: skip
    limit = ends + timedelta(minutes=1)
    broken = False
    if made:
        first = made[0]["started_at"]
        broken = not begins <= first <= limit
        yield "kept", not broken
        yield "from the window", _seconds(first - begins)
        if expected:
            yield "estimate right", abs((first - datetime.fromisoformat(expected)).total_seconds()) <= 600
    elif not spared and (lost or (gone or now) > limit):
        broken = True
        yield "kept", False
    if broken:
        yield "told", any(at <= ends for at in told)


def _of_whole(
    callback: Row, story: dict[str, list[Row]], others: list[Row], moved: bool, refused: bool, now: datetime
) -> Iterator[tuple[str, float]]:
    attempts, status = story["attempts"], callback["status"]
    yield "moved", moved
    yield "cancelled", status == "cancelled" and not refused
    yield "suppressed", refused
    if attempts:
        yield "dials", len(attempts)
        yield "from the request", _seconds(attempts[0]["started_at"] - callback["created_at"])
    talks = [attempt["ended_at"] for attempt in attempts if attempt["outcome"] == "connected" and attempt["ended_at"]]
    if talks:
        yield "completed", True
        yield "missed", False
        if now - max(talks) >= WEEK:
            yield "settled", not any(max(talks) < other["created_at"] <= max(talks) + WEEK for other in others)
    elif not refused and status in ("unreached", "expired"):
        yield "completed", False
        if status == "unreached":
            yield "missed", True
    scores = [event["facts"] for event in story["events"] if event["kind"] == "rated"]
    rating, effort = (scores[-1].get(name) if scores else None for name in ("score", "effort"))
    thanked = any(
        notice["kind"] == "thanks" and notice["state"] in ("sent", "delivered") for notice in story["notices"]
    )
    if rating is not None or thanked or any(event["kind"] == "rating_asked" for event in story["events"]):
        yield "responded", rating is not None
    if rating is not None:
        yield "rating", rating
    if effort is not None:
        yield "effort", effort


def _figures(tally: Tally) -> dict[str, float | None]:
    def mean(name: str) -> float | None:
        return sum(tally[name]) / len(tally[name]) if tally[name] else None

    def rank(name: str, tenths: int) -> float | None:
        return sorted(tally[name])[ceil(len(tally[name]) * tenths / 10) - 1] if tally[name] else None

    def talk_share() -> float | None:
        return sum(tally["talked"]) / sum(tally["reserved"]) if sum(tally["reserved"]) else None

    def filled_share() -> float | None:
        return sum(tally["busy"]) / sum(tally["on duty"]) if sum(tally["on duty"]) else None

    figures: dict[str, Callable[[], float | None]] = {
        "request_rate": lambda: mean("asked in a chat"),
        "callbacks": lambda: len(tally["moved"]) or None,
        "promise_adherence": lambda: mean("kept"),
        "completion_rate": lambda: mean("completed"),
        "wait_promise_median": lambda: rank("from the window", 5),
        "wait_promise_p90": lambda: rank("from the window", 9),
        "wait_asked_median": lambda: rank("from the request", 5),
        "wait_asked_p90": lambda: rank("from the request", 9),
        "delay_notice_rate": lambda: mean("told"),
        "estimate_accuracy": lambda: mean("estimate right"),
        "reschedule_rate": lambda: mean("moved"),
        "cancel_rate": lambda: mean("cancelled"),
        "answer_rate": lambda: mean("answered"),
        "attempts_per_callback": lambda: mean("dials"),
        "no_show_rate": lambda: mean("missed"),
        "suppressed_calls": lambda: sum(tally["suppressed"]) if tally["suppressed"] else None,
        "first_contact_resolution": lambda: mean("settled"),
        "satisfaction": lambda: mean("rating"),
        "response_rate": lambda: mean("responded"),
        "effort": lambda: mean("effort"),
        "agent_use": talk_share,
        "occupancy": filled_share,
    }
    return {name: figure() for name, figure in figures.items()}


def _by_callback(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["callback_id"]].append(row)
    return found


def _seconds(passed: timedelta) -> int:
    return max(0, int(passed.total_seconds() // 1))


def _plain(value: Any) -> Any:
    """SQLite gives times and facts as text, PostgreSQL times with an offset."""
    if isinstance(value, str) and value[:1] == "{":
        return json.loads(value)
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:11] == " ":
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC)
    return value


async def _main(arguments: argparse.Namespace) -> None:
    from bot.wiring import connect

    product = connect()
    log = await read_log(product.database)
    figures = recount(
        log, start=arguments.start, end=arguments.end, tz=product.business.timezone, now=product.clock.now(),
        by=arguments.by,
    )  # fmt: skip
    json.dump(figures, sys.stdout, ensure_ascii=False, indent=2)
    print()
    await product.close()


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("start", type=date.fromisoformat, help="the first day, in business time")
    parser.add_argument("end", type=date.fromisoformat, help="the day after the last one")
    parser.add_argument("--by", choices=("hour", "day", "channel", "topic", "agent"))
    asyncio.run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
