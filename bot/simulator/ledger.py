"""The carrier's own books: one SQLite file, written by one process."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from bot.simulator.records import LIVE, CallRecord, ConferenceRecord, HandsetRecord, MessageRecord, Notification

_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    sid TEXT PRIMARY KEY, from_number TEXT NOT NULL, to_number TEXT NOT NULL, handset TEXT NOT NULL,
    direction TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    parent_sid TEXT, started_at TEXT, answered_at TEXT, ended_at TEXT, duration_s INTEGER, answered_by TEXT,
    sip_code INTEGER, sequence INTEGER NOT NULL, callback_url TEXT, callback_method TEXT NOT NULL,
    callback_events TEXT NOT NULL, queue_time_ms INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS calls_of_handset ON calls (handset);
CREATE INDEX IF NOT EXISTS calls_to ON calls (to_number);
CREATE INDEX IF NOT EXISTS calls_of_parent ON calls (parent_sid);
CREATE INDEX IF NOT EXISTS live_calls ON calls (status) WHERE status IN ('queued', 'ringing', 'in-progress');
CREATE TABLE IF NOT EXISTS heard (call_sid TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS heard_in_call ON heard (call_sid);
CREATE TABLE IF NOT EXISTS messages (
    sid TEXT PRIMARY KEY, from_number TEXT NOT NULL, to_number TEXT NOT NULL, handset TEXT NOT NULL,
    body TEXT NOT NULL, direction TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL, sent_at TEXT, error_code INTEGER, callback_url TEXT);
CREATE INDEX IF NOT EXISTS messages_of_handset ON messages (handset);
CREATE TABLE IF NOT EXISTS handsets (number TEXT PRIMARY KEY, behaviour TEXT NOT NULL, talk_s REAL);
CREATE TABLE IF NOT EXISTS opted_out (number TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS conferences (
    sid TEXT PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL, ended_because TEXT, ended_by TEXT);
CREATE TABLE IF NOT EXISTS notifications (
    sid TEXT PRIMARY KEY, call_sid TEXT NOT NULL, code INTEGER NOT NULL, message TEXT NOT NULL, url TEXT NOT NULL,
    at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS notifications_of_call ON notifications (call_sid);
"""

Record = CallRecord | MessageRecord | HandsetRecord | ConferenceRecord | Notification
Row = TypeVar("Row", CallRecord, MessageRecord, HandsetRecord, ConferenceRecord, Notification)
_TABLES: dict[type[Any], str] = {
    CallRecord: "calls",
    MessageRecord: "messages",
    HandsetRecord: "handsets",
    ConferenceRecord: "conferences",
    Notification: "notifications",
}


class Ledger:
    """Calls, messages and handsets, newest known state. Not for several processes at once."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        # A power cut may cost the last moments of a simulation, never the file.
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)
        if "queue_time_ms" not in {column["name"] for column in self._db.execute("PRAGMA table_info(calls)")}:
            # books that were begun before calls were queued
            self._db.execute("ALTER TABLE calls ADD COLUMN queue_time_ms INTEGER NOT NULL DEFAULT 0")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def save(self, record: Record) -> None:
        """Write one record over its earlier state."""
        names = [field.name for field in fields(record)]
        values = [getattr(record, name) for name in names]
        self._db.execute(
            f"INSERT INTO {_TABLES[type(record)]} ({', '.join(names)})"  # noqa: S608 (names of our own classes)
            f" VALUES ({', '.join('?' * len(names))}) ON CONFLICT DO UPDATE SET"
            f" {', '.join(f'{name} = excluded.{name}' for name in names)}",
            [value.isoformat() if isinstance(value, datetime) else value for value in values],
        )

    def call(self, sid: str) -> CallRecord | None:
        """One call by its sid."""
        return next(iter(self._select(CallRecord, "sid = ?", [sid])), None)

    def message(self, sid: str) -> MessageRecord | None:
        """One message by its sid."""
        return next(iter(self._select(MessageRecord, "sid = ?", [sid])), None)

    def handset(self, number: str) -> HandsetRecord | None:
        """One handset by its number."""
        return next(iter(self._select(HandsetRecord, "number = ?", [number])), None)

    def handsets(self) -> list[HandsetRecord]:
        """Every handset, in the order in which it became known."""
        return self._select(HandsetRecord, "TRUE", [])

    def live_calls(self) -> list[CallRecord]:
        """Calls that have not ended, oldest first."""
        return self._select(CallRecord, f"status IN ({', '.join('?' * len(LIVE))})", LIVE)

    def unsent_messages(self) -> list[MessageRecord]:
        """Messages that are still on their way, oldest first."""
        return self._select(MessageRecord, "status IN ('queued', 'sent')", [])

    def calls(self, where: Sequence[tuple[str, str]] = (), *, limit: int = 500, offset: int = 0) -> list[CallRecord]:
        """Calls that satisfy every condition (such as `("to_number =", value)`), newest first."""
        clause, values = _clause(where)
        return self._select(CallRecord, clause, values, tail="ORDER BY rowid DESC", limit=limit, offset=offset)

    def messages(
        self, where: Sequence[tuple[str, str]] = (), *, limit: int = 500, offset: int = 0
    ) -> list[MessageRecord]:
        """Messages that satisfy every condition, newest first."""
        clause, values = _clause(where)
        return self._select(MessageRecord, clause, values, tail="ORDER BY rowid DESC", limit=limit, offset=offset)

    def conferences(
        self, where: Sequence[tuple[str, str]] = (), *, limit: int = 500, offset: int = 0
    ) -> list[ConferenceRecord]:
        """Conferences that satisfy every condition, newest first."""
        clause, values = _clause(where)
        return self._select(ConferenceRecord, clause, values, tail="ORDER BY rowid DESC", limit=limit, offset=offset)

    def close_conferences(self) -> None:
        """Mark every conference as over: no room outlives its process."""
        self._db.execute("UPDATE conferences SET status = 'completed' WHERE status <> 'completed'")

    def notifications(self, call_sid: str) -> list[Notification]:
        """What went wrong in a call, oldest first."""
        return self._select(Notification, "call_sid = ?", [call_sid])

    def hear(self, call_sid: str, text: str) -> None:
        """Note a sentence that was said on a leg."""
        self._db.execute("INSERT INTO heard VALUES (?, ?)", [call_sid, text])

    def heard(self, call_sids: Iterable[str]) -> dict[str, list[str]]:
        """The sentences said on each of these legs, in order."""
        sids = list(call_sids)
        said: dict[str, list[str]] = {sid: [] for sid in sids}
        marks = ", ".join("?" * len(sids))
        query = f"SELECT call_sid, text FROM heard WHERE call_sid IN ({marks}) ORDER BY rowid"  # noqa: S608 (marks only)
        for call_sid, text in self._db.execute(query, sids):
            said[call_sid].append(text)
        return said

    def opted_out(self, number: str) -> bool:
        """Whether this handset has sent STOP and not START since."""
        return self._db.execute("SELECT 1 FROM opted_out WHERE number = ?", [number]).fetchone() is not None

    def set_opted_out(self, number: str, opted_out: bool) -> None:
        """Note STOP (true) or START (false)."""
        if opted_out:
            self._db.execute("INSERT OR IGNORE INTO opted_out VALUES (?)", [number])
        else:
            self._db.execute("DELETE FROM opted_out WHERE number = ?", [number])

    def _select(
        self,
        kind: type[Row],
        where: str,
        values: Sequence[str],
        *,
        tail: str = "ORDER BY rowid",
        limit: int = -1,
        offset: int = 0,
    ) -> list[Row]:
        query = f"SELECT * FROM {_TABLES[kind]} WHERE {where} {tail} LIMIT ? OFFSET ?"  # noqa: S608 (our own words)
        return [_read(kind, row) for row in self._db.execute(query, [*values, limit, offset])]


def _clause(where: Sequence[tuple[str, str]]) -> tuple[str, list[str]]:
    clause = " AND ".join(f"{condition} ?" for condition, _ in where) or "TRUE"
    return clause, [value for _, value in where]


def _read(kind: type[Row], row: sqlite3.Row) -> Row:
    facts: dict[str, Any] = {name: row[name] for name in row.keys()}  # noqa: SIM118 (a Row iterates its values)
    for name, value in facts.items():
        if (name == "at" or name.endswith("_at")) and value is not None:
            facts[name] = datetime.fromisoformat(value)
    return kind(**facts)
