"""What the carrier keeps: calls, messages, handsets. Times are aware, in UTC, of the simulated clock."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

CallStatus = Literal["queued", "ringing", "in-progress", "completed", "busy", "no-answer", "failed", "canceled"]
LIVE: tuple[CallStatus, ...] = ("queued", "ringing", "in-progress")

Behaviour = Literal["manual", "answer", "no_answer", "busy", "voicemail", "unreachable"]
BEHAVIOURS: tuple[Behaviour, ...] = get_args(Behaviour)

API_VERSION = "2010-04-01"
E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def new_sid(prefix: str) -> str:
    """A fresh resource name: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


@dataclass(frozen=True, kw_only=True, slots=True)
class Callback:
    """Where and about which events the customer of the carrier wants to be told. `events` is space separated."""

    url: str
    method: str = "POST"
    events: str = "completed"


@dataclass(frozen=True, kw_only=True, slots=True)
class CallRecord:
    """One leg. `handset` is the number of the phone at its end; `sequence` counts the events told so far."""

    sid: str
    from_number: str
    to_number: str
    handset: str
    direction: str
    status: CallStatus
    created_at: datetime
    updated_at: datetime
    parent_sid: str | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    duration_s: int | None = None
    answered_by: str | None = None
    sip_code: int | None = None
    sequence: int = 0
    callback_url: str | None = None
    callback_method: str = "POST"
    callback_events: str = "completed"
    queue_time_ms: int = 0

    @property
    def live(self) -> bool:
        """Whether the leg has not ended."""
        return self.status in LIVE


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageRecord:
    """One SMS. `direction` is Twilio's: inbound, outbound-api or outbound-reply."""

    sid: str
    from_number: str
    to_number: str
    handset: str
    body: str
    direction: str
    status: str
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    error_code: int | None = None
    callback_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class HandsetRecord:
    """A phone and how it reacts by itself; `talk_s` None means until the other side hangs up."""

    number: str
    behaviour: Behaviour = "manual"
    talk_s: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConferenceRecord:
    """A room; `status` is init, in-progress or completed. Why and through which call it ended, where that is known."""

    sid: str
    name: str
    status: str
    created_at: datetime
    updated_at: datetime
    ended_because: str | None = None
    ended_by: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Notification:
    """Something that went wrong with a call's documents; `code` is Twilio's."""

    sid: str
    call_sid: str
    code: int
    message: str
    url: str
    at: datetime
