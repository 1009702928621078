"""The page that tells how every part of the product does, in words, and what to do where one is ill."""

from datetime import UTC, datetime

from sanic import HTTPResponse, Request

from bot import __version__
from bot.booking.vitals import Condition, Vitals, findings, last_failure, living, paused_until
from bot.gateway.desk.pages import Pages
from bot.gateway.desk.words import Words
from bot.wiring import Product

WORST_FIRST = (Condition.ILL, Condition.WATCH)
MIB = 1024 * 1024


class HealthPages(Pages):
    """`/desk/health`"""

    def __init__(self, product: Product) -> None:
        super().__init__(product)
        self._began = datetime.now(UTC)

    async def parts(self, request: Request) -> HTTPResponse:
        """Every part as it is now."""
        words, real_now = self._words(request), datetime.now(UTC)
        seen = await self._product.check_up.look(now=words.now, real_now=real_now)
        found = findings(seen, now=words.now, real_now=real_now)
        worst = next((one for one in WORST_FIRST if any(part.condition == one for part in found)), Condition.WELL)
        told = Telling(words, seen, began=self._began, real_now=real_now)
        return self._page(request, "desk_health.html", words, parts=found, worst=worst, told=told, looked_at=real_now)


class Telling:
    """What was seen, as (name, value) for each part, in one language."""

    def __init__(self, words: Words, seen: Vitals, *, began: datetime, real_now: datetime) -> None:
        self._words = words
        self._seen = seen
        self._t = words.t["health"]
        self._began = began
        self._real_now = real_now

    def moment(self, at: datetime | None) -> str:
        """With its day always: the page speaks of real time and of the business's."""
        return f"{self._words.day(at)} {self._words.clock(at)}" if at else self._t["never"]

    def facts(self, part: str) -> list[tuple[str, str]]:
        """What was seen of one part."""
        told = getattr(self, f"_{part}")()
        return [(self._t[name], value) for name, value in told]

    def _gateway(self) -> list[tuple[str, str]]:
        return [("version", __version__), ("began", self.moment(self._began))]

    def _assistant(self) -> list[tuple[str, str]]:
        waiting = self._seen.unanswered
        told = [("model", self._seen.model or self._t["not_told"]), ("answered", self.moment(self._seen.answered_at))]
        told.append(("unanswered", f"{waiting.count:,}"))
        return [*told, ("waiting_since", self.moment(waiting.since))] if waiting.since else told

    def _actions(self) -> list[tuple[str, str]]:
        return []

    def _dispatcher(self) -> list[tuple[str, str]]:
        told = [("beat", self.moment(self._seen.beat_at))]
        alive = living(self._seen, real_now=self._real_now)
        for one in self._seen.dispatchers:
            lease = self._t["lease" if one in alive else "lease_over"].format(at=self.moment(one.lease_until))
            looked = self._t["looked"].format(at=self.moment(one.pulse.dispatched_at))
            told.append(("one_dispatcher", f"{one.id}: {lease} {looked}"))
        return told

    def _database(self) -> list[tuple[str, str]]:
        size = self._seen.size_bytes / MIB
        return [
            ("revision", f"{self._seen.revision or self._t['none']} / {self._seen.newest_revision}"),
            ("size", f"{size:,.1f} MiB"),
        ]

    def _carrier(self) -> list[tuple[str, str]]:
        until = paused_until(self._seen, real_now=self._real_now)
        breaker = self._t["breaker_closed" if living(self._seen, real_now=self._real_now) else "breaker_none"]
        if until:
            breaker = self._t["breaker_open"].format(at=self.moment(until))
        told = [("breaker", breaker), ("unsure", f"{self._seen.unsure_calls:,}")]
        failure = last_failure(self._seen)
        last = f"{self.moment(failure.failed_at)} ({failure.error})" if failure else self._t["none"]
        return [*told, ("last_error", last)]

    def _text_messages(self) -> list[tuple[str, str]]:
        return self._sending("text_messages")

    def _mails(self) -> list[tuple[str, str]]:
        return self._sending("mails") if self._seen.uses_mail else []

    def _line(self) -> list[tuple[str, str]]:
        if self._seen.line is None:
            return []
        used, limit = self._seen.line
        told = f"{used:,} / {self._t['no_limit'] if limit is None else f'{limit:,}'}"
        return [("quota", told), ("failed", f"{self._seen.on_line.failed:,}")]

    def _outbox(self) -> list[tuple[str, str]]:
        waiting = self._seen.outbox
        told = [("due", f"{waiting.count:,}")]
        return [*told, ("waiting_since", self.moment(waiting.since))] if waiting.since else told

    def _sending(self, part: str) -> list[tuple[str, str]]:
        sending = getattr(self._seen, part)
        told = [("tried", f"{sending.tried:,}"), ("failed", f"{sending.failed:,}")]
        return [*told, ("cause", sending.cause)] if sending.cause else told
