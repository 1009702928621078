"""Where Rasa keeps talks: as it does itself, but a turn costs the same in a long talk as in a short one.

Rasa reads a whole talk for each message, replays it at every step and hands all of it to every action. What decides a
turn are the slots, the open form and the last few messages; only those are brought to life here. Everything is kept.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.pool import StaticPool

from serving.shortening import shortened


class TalkStore(SQLTrackerStore):
    """`tracker_store` in endpoints.yml; its `url` is a SQLAlchemy URL."""

    def __init__(self, host: str, **kwargs: Any) -> None:
        super().__init__(host=host, **kwargs)
        if self.engine.dialect.name == "sqlite":
            self.engine.dispose()
            # Without a pool every query opens the file anew. Rasa uses it from its one event loop only.
            self.engine = sa.create_engine(host, poolclass=StaticPool, connect_args={"check_same_thread": False})
            self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
            with self.engine.connect() as connection:  # a turn is one write to the disk instead of three
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                connection.exec_driver_sql("PRAGMA synchronous=FULL")

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        if fetch_events_from_all_sessions:
            return await super()._retrieve(sender_id, fetch_events_from_all_sessions)
        kept = sa.select(self.SQLEvent.type_name, self.SQLEvent.data).where(self.SQLEvent.sender_id == sender_id)
        with self.engine.connect() as connection:
            rows = connection.execute(kept.order_by(self.SQLEvent.id)).all()
        if not rows or not self.domain:
            return None
        events = shortened([(row.type_name, row.data) for row in rows])
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        tracker.kept = len(tracker.events)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep what is new."""
        await self.stream_events(tracker)
        new = [event.as_dict() for event in list(tracker.events)[getattr(tracker, "kept", 0) :]]
        if new:
            values = [_row(tracker.sender_id, told) for told in new]
            with self.engine.begin() as connection:
                connection.execute(sa.insert(self.SQLEvent), values)
        tracker.kept = len(tracker.events)


def _row(sender_id: str, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "sender_id": sender_id,
        "type_name": told["event"],
        "timestamp": told.get("timestamp"),
        "intent_name": told.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": told.get("name"),
        "data": json.dumps(told),
    }
