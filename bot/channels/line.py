"""LINE: what people do there as it comes by webhook, and answers by the free reply first, by a paid push for what comes
later."""

import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.booking.vitals import WATCHED_FROM
from bot.channels.channel import Answer, Heard, MaybeSent, NotSent, Sent
from bot.channels.line_menu import AREAS, PRESSED
from bot.channels.line_messages import LONGEST_TEXT, PICKED, Message, messages
from bot.channels.seals import Seals
from bot.vendors.line import LineClient, LineRefused, LineSilent, Quota

NAME = "line"
RETRY_KEYS = uuid.UUID("6a2b7c1e-6d3c-5f0e-9a51-0c7d6f2b8e11")
"""Under this name the keys of our own messages become retry keys: the same message has the same key for ever."""
PUSHES = 3
"""Times that one push is asked for: under its retry key it is sent once."""
QUOTA_READ_EVERY_S = 300.0
MONTH_USED_UP = 429

log = structlog.get_logger(__name__)


def heard(body: bytes, *, seals: Seals, tz: ZoneInfo) -> list[Heard]:
    """What people did, by the time at which they did it. Events that mean nothing to us are left out.

    Raises ValueError for what is no webhook of LINE's.
    """
    try:
        events = json.loads(body)["events"]
        found = [_event(event, seals=seals, tz=tz) for event in events]
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError("not a webhook of LINE's") from error
    return sorted((one for one in found if one), key=lambda one: one.at)


def _event(event: dict[str, Any], *, seals: Seals, tz: ZoneInfo) -> Heard | None:
    source = event.get("source") or {}
    if source.get("type") != "user" or event.get("mode") == "standby":
        return None  # in a group nobody is our customer; in standby another module answers
    about = _about(event, source["userId"], seals=seals, tz=tz)
    if about is None:
        return None
    return Heard(
        channel=NAME,
        key=event["webhookEventId"],
        sender=source["userId"],
        at=datetime.fromtimestamp(event["timestamp"] / 1000, UTC),
        reply=event.get("replyToken"),
        **about,
    )


def _about(event: dict[str, Any], sender: str, *, seals: Seals, tz: ZoneInfo) -> dict[str, str] | None:
    match event["type"]:
        case "message" if event["message"]["type"] == "text":
            return {"text": event["message"]["text"]}
        case "message":
            return {"kind": "other"}
        case "follow" | "unfollow" as kind:
            return {"kind": kind}
        case "postback":
            return _pressed(event["postback"], sender, seals=seals, tz=tz)
    return None


def _pressed(postback: dict[str, Any], sender: str, *, seals: Seals, tz: ZoneInfo) -> dict[str, str]:
    """A button of ours; one that we never made for this person is told as one of no offer that we know."""
    if (area := postback["data"].removeprefix(PRESSED)) in AREAS:
        return {"kind": "menu", "text": area}
    carried = seals.read(postback["data"], by=sender)
    if carried is None:
        return {"kind": "slot"}
    kind, offer, minutes = carried.split("|")
    start = datetime.fromtimestamp(int(minutes) * 60, UTC)
    if kind == "when":
        start = datetime.strptime(postback["params"]["datetime"], PICKED).replace(tzinfo=tz)
    return {"kind": kind, "offer": offer, "start": start.isoformat()}


class LineChannel:
    """Writes as the business's official account."""

    def __init__(
        self, client: LineClient, *, seals: Seals, timezone: ZoneInfo, stopwatch: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._seals = seals
        self._timezone = timezone
        self._stopwatch = stopwatch
        self._quota: tuple[float, Quota] | None = None

    async def send(self, to: str, text: str) -> Sent | NotSent | MaybeSent:
        """Push one message, once. Two with the same words are two."""
        return await self._push(to, [{"type": "text", "text": text[:LONGEST_TEXT]}], key=uuid.uuid4())

    async def show_work(self, to: str) -> None:
        """Three dots, until the answer comes."""
        try:
            await self._client.show_loading(to)
        except (LineRefused, LineSilent) as trouble:
            log.info("line_loading", trouble=type(trouble).__name__)

    async def answer(self, to: str, answer: Answer, *, reply: str | None) -> Sent | NotSent | MaybeSent:
        """Answer with the reply token, and by a push where it is used, too old or missing."""
        said = messages(answer, tz=self._timezone, sealed=lambda text: self._seals.seal(text, to=to))
        if reply and (outcome := await self._reply(reply, said)):
            return outcome
        return await self._push(to, said, key=uuid.uuid5(RETRY_KEYS, answer.key))

    async def _reply(self, token: str, said: list[Message]) -> Sent | NotSent | MaybeSent | None:
        """None where the token is of no use. It works once: asked again after a silence, nothing is said twice."""
        was_silent = False
        for _ in range(2):
            try:
                return Sent(message_sid=await self._client.reply(token, said))
            except LineRefused as refusal:
                if was_silent and refusal.status:
                    return MaybeSent(cause="reply token used or too old")  # most likely by us
                if refusal.try_later:
                    return NotSent(code=refusal.status, try_later=True)
                return None
            except LineSilent:
                was_silent = True
        return MaybeSent(cause="silence")

    async def _push(self, to: str, said: list[Message], *, key: uuid.UUID) -> Sent | NotSent | MaybeSent:
        if not await self._has_quota():
            return NotSent(code=MONTH_USED_UP, try_later=False)
        for _ in range(PUSHES):
            try:
                return Sent(message_sid=await self._client.push(to, said, retry_key=str(key)) or str(key))
            except LineRefused as refusal:
                self._quota = None
                return NotSent(code=refusal.status, try_later=refusal.try_later)
            except LineSilent as silence:
                cause = silence.cause
        return MaybeSent(cause=cause)

    async def usage(self) -> tuple[int, int | None] | None:
        """(used, limit) of this month's pushes, at most a few minutes old; None where LINE does not tell."""
        known = await self._known_quota()
        return (known[1].used, known[1].limit) if known else None

    async def _known_quota(self) -> tuple[float, Quota] | None:
        known = self._quota
        if known is None or self._stopwatch() - known[0] > QUOTA_READ_EVERY_S:
            try:
                known = (self._stopwatch(), await self._client.quota())
            except (LineRefused, LineSilent) as trouble:
                log.warning("line_quota_unknown", trouble=type(trouble).__name__)
                return None
            self._quota = known
        return known

    async def _has_quota(self) -> bool:
        """Whether the month has a message left; where LINE does not tell, it is tried."""
        known = await self._known_quota()
        if known is None:
            return True
        quota = known[1]
        if quota.limit is None:
            return True
        if quota.used >= WATCHED_FROM * quota.limit:
            log.warning("line_quota", used=quota.used, limit=quota.limit)
        self._quota = (known[0], Quota(limit=quota.limit, used=quota.used + 1))
        return quota.used < quota.limit
