"""The simulated LINE's own books: one SQLite file, written by one process."""

import json
import sqlite3
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from bot.simulator.line.records import ChatMessage, Delivery, Person, ReplyToken, RetryKey, RichMenu

_SCHEMA = """
CREATE TABLE IF NOT EXISTS people (
    user_id TEXT PRIMARY KEY, display_name TEXT NOT NULL, language TEXT NOT NULL, is_following INTEGER NOT NULL,
    has_followed INTEGER NOT NULL, menu_id TEXT, quick_replies_of TEXT, loading_until TEXT);
CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, sender TEXT NOT NULL, sent_as TEXT NOT NULL, at TEXT NOT NULL,
    quote_token TEXT NOT NULL, content TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS messages_of_person ON messages (user_id);
CREATE TABLE IF NOT EXISTS reply_tokens (
    token TEXT PRIMARY KEY, user_id TEXT NOT NULL, event_at_real REAL NOT NULL, valid_until_real REAL NOT NULL,
    used INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    event_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, event TEXT NOT NULL, reply_token TEXT, state TEXT NOT NULL,
    attempts INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_of_person ON deliveries (user_id);
CREATE INDEX IF NOT EXISTS pending_deliveries ON deliveries (state) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS retry_keys (
    key TEXT PRIMARY KEY, digest TEXT NOT NULL, request_id TEXT NOT NULL, sent TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS menus (id TEXT PRIMARY KEY, menu TEXT NOT NULL, image BLOB, image_type TEXT);
CREATE TABLE IF NOT EXISTS default_menu (only INTEGER PRIMARY KEY CHECK (only = 1), menu_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS billed (at TEXT NOT NULL, people INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS billed_at ON billed (at);
"""

Record = Person | ChatMessage | ReplyToken | Delivery | RetryKey | RichMenu
Row = TypeVar("Row", Person, ChatMessage, ReplyToken, Delivery, RetryKey, RichMenu)
_TABLES: dict[type[Any], str] = {
    Person: "people",
    ChatMessage: "messages",
    ReplyToken: "reply_tokens",
    Delivery: "deliveries",
    RetryKey: "retry_keys",
    RichMenu: "menus",
}
_JSON = ("content", "event", "sent", "menu")
_BOOLEANS = ("is_following", "has_followed", "used")
_TIMES = ("at", "loading_until")


class Books:
    """Newest known state of everything. Not for several processes at once."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        # A power cut may cost the last moments of a simulation, never the file.
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def save(self, record: Record) -> None:
        """Write one record over its earlier state."""
        names = [field.name for field in fields(record)]
        self._db.execute(
            f"INSERT INTO {_TABLES[type(record)]} ({', '.join(names)})"  # noqa: S608 (names of our own classes)
            f" VALUES ({', '.join('?' * len(names))}) ON CONFLICT DO UPDATE SET"
            f" {', '.join(f'{name} = excluded.{name}' for name in names)}",
            [_written(name, getattr(record, name)) for name in names],
        )

    def person(self, user_id: str) -> Person | None:
        """Somebody by id."""
        return self._one(Person, "user_id = ?", user_id)

    def people(self) -> list[Person]:
        """Everybody, in the order in which they became known."""
        return self._select(Person, "TRUE")

    def chat(self, user_id: str, *, limit: int) -> list[ChatMessage]:
        """The latest messages of a chat, oldest first."""
        return self._select(ChatMessage, "user_id = ?", user_id, tail=f"ORDER BY rowid DESC LIMIT {int(limit)}")[::-1]

    def message(self, message_id: str) -> ChatMessage | None:
        """One message."""
        return self._one(ChatMessage, "id = ?", message_id)

    def reply_token(self, token: str) -> ReplyToken | None:
        """One reply token."""
        return self._one(ReplyToken, "token = ?", token)

    def delivery(self, event_id: str) -> Delivery | None:
        """One webhook event."""
        return self._one(Delivery, "event_id = ?", event_id)

    def latest_delivery(self, user_id: str) -> Delivery | None:
        """The latest webhook event of a person."""
        return next(iter(self._select(Delivery, "user_id = ?", user_id, tail="ORDER BY rowid DESC LIMIT 1")), None)

    def pending_deliveries(self) -> list[Delivery]:
        """What has not arrived yet and is not given up, oldest first."""
        return self._select(Delivery, "state = 'pending'")

    def retry_key(self, key: str) -> RetryKey | None:
        """What was accepted under a retry key."""
        return self._one(RetryKey, "key = ?", key)

    def menu(self, menu_id: str) -> RichMenu | None:
        """One rich menu."""
        return self._one(RichMenu, "id = ?", menu_id)

    def menus(self) -> list[RichMenu]:
        """Every rich menu, oldest first."""
        return self._select(RichMenu, "TRUE")

    def drop_menu(self, menu_id: str) -> None:
        """Forget a rich menu wherever it is shown."""
        self._db.execute("DELETE FROM menus WHERE id = ?", [menu_id])
        self._db.execute("DELETE FROM default_menu WHERE menu_id = ?", [menu_id])
        self._db.execute("UPDATE people SET menu_id = NULL WHERE menu_id = ?", [menu_id])

    def default_menu(self) -> str | None:
        """The rich menu of everybody who has none of their own."""
        row = self._db.execute("SELECT menu_id FROM default_menu").fetchone()
        return None if row is None else str(row["menu_id"])

    def set_default_menu(self, menu_id: str | None) -> None:
        """Choose it; None for nothing."""
        self._db.execute("DELETE FROM default_menu")
        if menu_id is not None:
            self._db.execute("INSERT INTO default_menu VALUES (1, ?)", [menu_id])

    def bill(self, people: int, at: datetime) -> None:
        """Count a message to so many people."""
        self._db.execute("INSERT INTO billed VALUES (?, ?)", [at.isoformat(), people])

    def billed(self, start: datetime, end: datetime) -> int:
        """People written to for money from `start` until before `end`."""
        counted = "SELECT COALESCE(SUM(people), 0) FROM billed WHERE at >= ? AND at < ?"
        return int(self._db.execute(counted, [start.isoformat(), end.isoformat()]).fetchone()[0])

    def _one(self, kind: type[Row], where: str, value: str) -> Row | None:
        return next(iter(self._select(kind, where, value)), None)

    def _select(self, kind: type[Row], where: str, *values: str, tail: str = "ORDER BY rowid") -> list[Row]:
        query = f"SELECT * FROM {_TABLES[kind]} WHERE {where} {tail}"  # noqa: S608 (our own words)
        return [_read(kind, row) for row in self._db.execute(query, values)]


def _written(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if name in _JSON else value


def _read(kind: type[Row], row: sqlite3.Row) -> Row:
    facts: dict[str, Any] = {name: row[name] for name in row.keys()}  # noqa: SIM118 (a Row iterates its values)
    for name, value in facts.items():
        if value is None:
            continue
        if name in _JSON:
            read = json.loads(value)
            facts[name] = tuple(read) if name == "sent" else read
        elif name in _TIMES:
            facts[name] = datetime.fromisoformat(value)
        elif name in _BOOLEANS:
            facts[name] = bool(value)
    return kind(**facts)
