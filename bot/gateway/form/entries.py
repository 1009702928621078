"""What a customer has typed into the form, and what is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sanic import Request

from bot.booking import email as emails
from bot.booking import name as names
from bot.booking import reason as reasons
from bot.booking.asides import Urgency
from bot.gateway.times import moment_of

Language = Literal["ja", "en"]
SOONEST = "soonest"
TOKEN = re.compile(r"[\w-]{43}")
Field = Literal["topic", "reason", "urgent", "name", "phone_number", "email", "time", "send"]
"""What a fault is about; `send` is the form as a whole."""


@dataclass(frozen=True, kw_only=True)
class Entered:
    """The form's fields as they were typed. `time` is a slot's start (ISO) or SOONEST; `times_of` the topic whose times
    stood to choose from; `token` names this one form, so that sending it twice books once."""

    language: Language = "ja"
    token: str = ""
    topic: str = ""
    times_of: str = ""
    reason: str = ""
    name: str = ""
    phone_number: str = ""
    email: str = ""
    time: str = ""
    is_for_times: bool = False
    is_urgent_anyway: bool = False

    @property
    def start(self) -> datetime | None:
        """When the chosen slot begins; None for the soonest, or for nothing that is a time."""
        return moment_of(self.time)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What has to be mended: a sentence of [faults] in the form's words and what it wants to know."""

    about: Field
    sentence: str
    facts: Mapping[str, str] = field(default_factory=dict)


def language_of(request: Request) -> Language:
    """The language that the page's address names."""
    return "en" if request.args.get("lang") == "en" else "ja"


def entered_in(request: Request) -> Entered:
    """The fields of a form that was sent."""
    form = request.form

    def text(key: str, longest: int) -> str:
        return reasons.cleaned(str(form.get(key) or "") if form else "")[:longest]

    token = text("token", 64)
    return Entered(
        language=language_of(request),
        token=token if TOKEN.fullmatch(token) else "",
        topic=text("topic", 64),
        times_of=text("times_of", 64),
        reason=text("reason", reasons.LONGEST),
        name=" ".join(text("name", 200).split()),
        phone_number=text("phone_number", 40),
        email=text("email", 400),
        time=text("time", 40),
        is_for_times=text("do", 8) == "times",
        is_urgent_anyway=text("urgent_anyway", 4) == "yes",
    )


def faults_in(entered: Entered, *, topics: tuple[str, ...], urgency: Urgency) -> list[Fault]:
    """What is wrong with the fields by themselves, in the order in which they stand."""
    faults: list[Fault] = []
    if entered.topic not in topics:
        faults.append(Fault(about="topic", sentence="topic"))
    if not entered.reason:
        faults.append(Fault(about="reason", sentence="reason"))
    elif not reasons.is_meaningful(entered.reason):
        faults.append(Fault(about="reason", sentence="reason_unclear"))
    elif urgency.is_in(entered.reason) and not entered.is_urgent_anyway:
        faults.append(Fault(about="urgent", sentence="urgent"))
    if len(entered.name) > names.LONGEST:
        faults.append(Fault(about="name", sentence="name_long"))
    if not entered.phone_number:
        faults.append(Fault(about="phone_number", sentence="phone_number"))
    if entered.email and not emails.is_accepted(entered.email):
        faults.append(Fault(about="email", sentence="email"))
    if entered.time != SOONEST and entered.start is None:
        faults.append(Fault(about="time", sentence="time"))
    elif entered.times_of != entered.topic and entered.topic in topics:
        faults.append(Fault(about="time", sentence="time_of_another_topic"))
    return faults
