"""The sections of the settings file that say how calls are placed and what follows when one does not connect."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from bot.booking.callback import Outcome
from bot.booking.lawful import DAYTIME, LawfulHours
from bot.booking.link import LinkKey
from bot.booking.retry import RetryPolicy, RetryRule
from bot.settings_promises import Connect, Minutes, Periods, Section
from bot.usecases.notices import NoticePolicy
from bot.vendors.smtp import Security, SmtpClient

Pauses = Annotated[tuple[Annotated[int, Field(ge=1, le=24 * 60)], ...], Field(min_length=1, max_length=9)]


class CallsSection(Section):
    """[calls]"""

    ring_seconds: Annotated[int, Field(ge=10, le=60)] = 25
    agent_ring_seconds: Annotated[int, Field(ge=10, le=60)] = 20
    connect: Connect = "customer_first"
    agents_per_call: Annotated[int, Field(ge=1, le=20)] = 3
    hold_music: Annotated[str, Field(pattern=r"^(https://\S+)?$")] = ""
    voicemail_message: bool = True
    grace_minutes: Minutes = 60


class IncidentSection(Section):
    """What everybody who calls should know at the moment, in both languages."""

    ja: Annotated[str, Field(min_length=1, max_length=200)]
    en: Annotated[str, Field(min_length=1, max_length=200)]


class VoiceSection(Section):
    """[voice]: what callers hear first."""

    incidents: Annotated[tuple[IncidentSection, ...], Field(max_length=3)] = ()

    def by_language(self) -> dict[str, tuple[str, ...]]:
        """The incidents as callers hear them."""
        return {
            "ja": tuple(incident.ja for incident in self.incidents),
            "en": tuple(incident.en for incident in self.incidents),
        }


class RetryRuleSection(Section):
    """[retry.busy] and the like: what is not named stays as it was."""

    minutes: Pauses | None = None
    most: Annotated[int, Field(ge=1, le=20)] | None = None
    alternate: bool | None = None

    def over(self, rule: RetryRule) -> RetryRule:
        """This rule, and what it does not say as in the given one."""
        return RetryRule(
            delays=rule.delays if self.minutes is None else _pauses(*self.minutes),
            most=self.most or rule.most,
            alternate=rule.alternate if self.alternate is None else self.alternate,
        )


def _pauses(*minutes: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=count) for count in minutes)


SAFE_RULES: Mapping[Outcome, RetryRule] = {
    Outcome.NO_ANSWER: RetryRule(delays=_pauses(5, 30), most=3, alternate=True),
    Outcome.BUSY: RetryRule(delays=_pauses(5, 10), most=3),
    Outcome.DECLINED: RetryRule(delays=_pauses(30), most=2),
    Outcome.VOICEMAIL: RetryRule(delays=_pauses(15, 60), most=2, alternate=True),
    Outcome.NOT_CONFIRMED: RetryRule(delays=_pauses(5, 30), most=3, alternate=True),
    Outcome.UNREACHABLE: RetryRule(delays=_pauses(15, 60), most=2, alternate=True),
    Outcome.INVALID: RetryRule(delays=_pauses(1), most=1, alternate=True),
    Outcome.BLOCKED: RetryRule(delays=_pauses(1), most=1, alternate=True),
    Outcome.AGENT_MISSED: RetryRule(delays=_pauses(2), most=6),
    Outcome.CARRIER_FAILED: RetryRule(delays=_pauses(2), most=6),
}
"""A line that is engaged is free soon; a phone that is off, or a person who declines, needs time."""


class RetrySection(Section):
    """[retry]"""

    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    wait_at_most_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 120
    no_answer: RetryRuleSection = RetryRuleSection()
    busy: RetryRuleSection = RetryRuleSection()
    declined: RetryRuleSection = RetryRuleSection()
    voicemail: RetryRuleSection = RetryRuleSection()
    not_confirmed: RetryRuleSection = RetryRuleSection()
    unreachable: RetryRuleSection = RetryRuleSection()
    invalid: RetryRuleSection = RetryRuleSection()
    blocked: RetryRuleSection = RetryRuleSection()
    agent_missed: RetryRuleSection = RetryRuleSection()
    carrier_failed: RetryRuleSection = RetryRuleSection()

    def value(self) -> RetryPolicy:
        """What follows an attempt that failed."""
        return RetryPolicy(
            rules={outcome: getattr(self, outcome.value).over(rule) for outcome, rule in SAFE_RULES.items()},
            attempts=self.attempts,
            wait_at_most=timedelta(hours=self.wait_at_most_hours),
        )


NoticeKind = Literal[
    "confirmation", "moved", "cancelled", "reminder_day", "reminder", "reminder_soon", "starting", "late", "missed",
    "choose_time", "unreached", "number_unusable", "expired", "thanks", "hours_changed", "capacity_changed",
    "settled",
]  # fmt: skip


class EmailSection(Section):
    """[email]: without a host there is none, and nothing offers it."""

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]{0,253}$")] = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Security = "starttls"
    username: Annotated[str, Field(max_length=254)] = ""
    sender: Annotated[str, Field(pattern=r"^([^\s@<>]+@[^\s@<>]+)?$")] = ""

    @model_validator(mode="after")
    def _needs_a_sender(self) -> Self:
        if self.host and not self.sender:
            raise ValueError("name the sender's address: sender")
        return self

    @property
    def is_on(self) -> bool:
        """Whether notices can go by e-mail."""
        return bool(self.host)

    def client(self, password: str) -> SmtpClient:
        """The mail server."""
        return SmtpClient(
            host=self.host, port=self.port, security=self.security, username=self.username, password=password
        )


class NoticesSection(Section):
    """[notices]"""

    reminder_minutes: Annotated[tuple[Annotated[int, Field(ge=5, le=7 * 24 * 60)], ...], Field(max_length=5)] = (
        1440,
        60,
        10,
    )
    send_hours: Annotated[Periods, Field(min_length=1)] = DAYTIME
    not_by_sms: tuple[NoticeKind, ...] = ("starting",)
    link_days: Annotated[int, Field(ge=1, le=90)] = 14
    replies: bool = True

    def reminders(self) -> tuple[timedelta, ...]:
        """How long before the window a customer is reminded."""
        return _pauses(*self.reminder_minutes)

    def for_links(self, secret: bytes, base_url: str) -> LinkKey:
        """What makes the links that notices carry."""
        return LinkKey(secret=secret, base_url=base_url, kept=timedelta(days=self.link_days))

    def value(self, *, links: LinkKey, unknown_zone: ZoneInfo) -> NoticePolicy:
        """How customers are told."""
        return NoticePolicy(
            links=links,
            not_by_sms=frozenset(self.not_by_sms),
            replies=self.replies,
            send_hours=LawfulHours(default=self.send_hours, unknown_zone=unknown_zone),
        )


class LineSection(Section):
    """[line]"""

    notices: bool = True
