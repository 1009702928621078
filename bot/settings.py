"""The settings file and the environment, read once into one frozen value. An error names the line or the variable."""

import os
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, field_validator

from bot.booking.asides import Faq, Urgency
from bot.booking.business import Business
from bot.booking.pacing import LOOKS_AHEAD, Line, Pace
from bot.booking.phone import ALLOWED_KINDS, NumberPolicy
from bot.booking.priority import OrderPolicy
from bot.booking.rules import Rules, TopicRules
from bot.booking.topic import Topic
from bot.booking.when import PartsOfDay
from bot.settings_calls import CallsSection, EmailSection, LineSection, NoticesSection, RetrySection, VoiceSection
from bot.settings_desk import DeskSection
from bot.settings_lines import line_of
from bot.settings_promises import (
    CapacitySection,
    HoursSection,
    LawfulSection,
    Minutes,
    PartsOfDaySection,
    Section,
    SlotsSection,
    TopicSection,
)

OWN_PREFIX = "ORIKAESHI_"
RULES = ("hours", "topics", "slots", "capacity")
"""The sections that a running process takes anew; every other one comes with its next start."""
WITH_A_START = {"slots": ("hold_minutes",), "capacity": ("wrap_up_minutes", "measure_after_calls", "kept_target")}
"""Lines of them that come with its next start all the same."""


class SettingsError(Exception):
    """The product cannot start with these settings; the sentence says what to change and where."""


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):
        raise ValueError('name a time zone such as "Asia/Tokyo"') from None


def _kind(value: str) -> str:
    if value not in ALLOWED_KINDS:
        raise ValueError(f"choose from {', '.join(ALLOWED_KINDS)}")
    return value


E164 = Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class BusinessSection(Section):
    """[business]"""

    name_ja: Annotated[str, Field(min_length=1, max_length=40)]
    name_en: Annotated[str, Field(min_length=1, max_length=40)]
    hotline: Annotated[str, Field(min_length=3, max_length=20)]
    timezone: Annotated[ZoneInfo, BeforeValidator(_zone)] = ZoneInfo("Asia/Tokyo")


Phrase = Annotated[str, Field(min_length=2, max_length=80)]


class UrgentSection(Section):
    """[urgent]"""

    phrases: tuple[Phrase, ...] = ()
    unless: tuple[Phrase, ...] = ()


class FaqSection(Section):
    """[[faq]]"""

    phrases: Annotated[tuple[Phrase, ...], Field(min_length=1)]
    answer_ja: Annotated[str, Field(min_length=1, max_length=500)]
    answer_en: Annotated[str, Field(min_length=1, max_length=500)]


class OrderSection(Section):
    """[order]"""

    slack_seconds: Annotated[int, Field(ge=0, le=600)] = 15
    redial_after_minutes: Minutes = 30
    priority_minutes: Annotated[int, Field(ge=0, le=240)] = 0
    vip_numbers: Annotated[tuple[E164, ...], Field(max_length=500)] = ()
    vip_priority: Annotated[int, Field(ge=0, le=9)] = 5
    waiting_cap_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 45
    crowded_from: Annotated[float, Field(ge=0, le=10)] = 0.5

    def value(self, *, handle_time: timedelta) -> OrderPolicy:
        """Who is dialled first."""
        return OrderPolicy(
            slack=timedelta(seconds=self.slack_seconds),
            redial_after=timedelta(minutes=self.redial_after_minutes),
            priority_worth=timedelta(minutes=self.priority_minutes),
            waiting_cap=timedelta(minutes=self.waiting_cap_minutes),
            crowded_from=self.crowded_from,
            vips=frozenset(self.vip_numbers),
            vip_points=self.vip_priority,
            handle_time=handle_time,
        )


class NumbersSection(Section):
    """[numbers]"""

    default_country: Country = "JP"
    countries: Annotated[tuple[Country, ...], Field(min_length=1)] = ("JP",)
    kinds: Annotated[tuple[Annotated[str, AfterValidator(_kind)], ...], Field(min_length=1)] = (
        "mobile",
        "fixed",
        "voip",
    )


class CarrierSection(Section):
    """[carrier]"""

    kind: Literal["simulated", "twilio"] = "simulated"
    number: E164
    calls_per_second: Annotated[float, Field(gt=0, le=1000)] = 1.0
    lines: Annotated[int, Field(ge=1, le=10_000)] = 60


class WebSection(Section):
    """[web]"""

    messages_per_minute: Annotated[int, Field(ge=1)] = 60
    sessions_per_minute: Annotated[int, Field(ge=1)] = 20
    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = 0
    embed_on: tuple[Annotated[str, Field(pattern=r"^https?://[a-z0-9.-]+(:\d{1,5})?$")], ...] = ()


class SettingsFile(Section):
    """The whole file."""

    business: BusinessSection
    topics: Annotated[tuple[TopicSection, ...], Field(min_length=1)] = (
        TopicSection(id="general", name_ja="総合", name_en="General"),
    )
    urgent: UrgentSection = UrgentSection()
    faq: tuple[FaqSection, ...] = ()
    hours: HoursSection = HoursSection()
    lawful_hours: LawfulSection = LawfulSection()
    parts_of_day: PartsOfDaySection = PartsOfDaySection()
    slots: SlotsSection = SlotsSection()
    capacity: CapacitySection = CapacitySection()
    calls: CallsSection = CallsSection()
    voice: VoiceSection = VoiceSection()
    order: OrderSection = OrderSection()
    retry: RetrySection = RetrySection()
    notices: NoticesSection = NoticesSection()
    numbers: NumbersSection = NumbersSection()
    carrier: CarrierSection
    line: LineSection = LineSection()
    email: EmailSection = EmailSection()
    web: WebSection = WebSection()
    desk: DeskSection = DeskSection()

    @field_validator("topics")
    @classmethod
    def _each_topic_once(cls, topics: tuple[TopicSection, ...]) -> tuple[TopicSection, ...]:
        if len({topic.id for topic in topics}) < len(topics):
            raise ValueError("each topic needs an id of its own")
        return topics


class Environment(Section):
    """What the environment says: places, ports and secrets."""

    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    host: str = "127.0.0.1"
    public_base_url: Annotated[str, Field(pattern=r"^(https?://[^\s/?#@]+)?$")] = ""
    database_url: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    orikaeshi_settings: Path = Path("orikaeshi.toml")
    orikaeshi_var: Path = Path("var")
    orikaeshi_assistant_url: str = "http://127.0.0.1:5005"
    orikaeshi_actions_url: str = "http://127.0.0.1:5055"
    orikaeshi_assistant_model: str = ""
    orikaeshi_secret_key: Annotated[str, Field(pattern=r"^(\S{32,})?$")] = ""
    orikaeshi_demo_api_key: Annotated[str, Field(pattern=r"^(.{16,})?$")] = ""
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_api_base_url: str = ""
    smtp_password: str = ""
    line_channel_secret: str = ""
    line_channel_access_token: str = ""
    line_api_base_url: Annotated[str, Field(pattern=r"^(https?://\S*[^\s/])?$")] = ""


class Settings(SettingsFile):
    """Everything that was decided outside the code, as one frozen value."""

    environment: Environment

    def with_rules(self, told: Mapping[str, Any]) -> "Settings":
        """These settings with another version's rules of what may be promised: the sections of RULES, written as in the
        file. Raises ValidationError, which is a ValueError."""
        own = {name: getattr(self, name) for name in type(self).model_fields}
        rules = {name: told[name] for name in RULES if name in told}
        settings = type(self).model_validate({**own, **rules})
        if "shifts" in self.capacity.model_fields_set or settings.capacity.shifts != CapacitySection().shifts:
            return settings
        # A version writes out what its file left to the defaults: still nobody has said who is on shift.
        said = settings.capacity.model_dump(exclude={"shifts"})
        return settings.model_copy(update={"capacity": CapacitySection.model_validate(said)})

    @property
    def is_simulated(self) -> bool:
        """Whether the embedded carrier is used: the demo. No real call can be made then."""
        return self.carrier.kind == "simulated"

    @property
    def var(self) -> Path:
        """The folder of everything that is written at run time."""
        return self.environment.orikaeshi_var

    @property
    def public_base_url(self) -> str:
        """Where the carrier and customers reach the gateway, without a trailing slash."""
        return self.environment.public_base_url or f"http://127.0.0.1:{self.environment.port}"

    @property
    def database_url(self) -> str:
        """The database: SQLite under var/ unless DATABASE_URL names a PostgreSQL server."""
        return self.environment.database_url or f"sqlite:///{self.var / 'orikaeshi.db'}"

    def for_business(self) -> Business:
        """The business's names and zone."""
        names = {"ja": self.business.name_ja, "en": self.business.name_en}
        return Business(
            names=names,
            hotline=self.business.hotline,
            timezone=self.business.timezone,
            parts_of_day=PartsOfDay(**self.parts_of_day.model_dump()),
        )

    def for_topics(self) -> tuple[Topic, ...]:
        """What people call about; the first is where a callback goes that names no topic."""
        return tuple(
            Topic(id=topic.id, names={"ja": topic.name_ja, "en": topic.name_en}, examples=topic.examples)
            for topic in self.topics
        )

    def for_urgency(self) -> Urgency:
        """What cannot wait for a callback."""
        return Urgency(phrases=self.urgent.phrases, unless=self.urgent.unless)

    def for_faqs(self) -> tuple[Faq, ...]:
        """Questions that are answered in writing."""
        return tuple(Faq(phrases=faq.phrases, answers={"ja": faq.answer_ja, "en": faq.answer_en}) for faq in self.faq)

    def for_rules(self) -> Rules:
        """What may be promised for each topic, and when people may be called at all."""
        roster = self.capacity.value(self.business.timezone, topics=self.topics)
        return Rules(
            topics={
                topic.id: TopicRules(
                    hours=self.hours.value(self.business.timezone, own=topic.hours),
                    policy=self.slots.value(own=topic.slots),
                    roster=roster if topic.fixed_capacity(self.slots) is None else None,
                    handle_time=roster.handle_times[topic.id],
                )
                for topic in self.topics
            },
            lawful=self.lawful_hours.value(unknown_zone=self.business.timezone),
        )

    def for_order(self) -> OrderPolicy:
        """Who is dialled first when more is due than there are agents."""
        minutes = self.capacity.handle_minutes + self.capacity.wrap_up_minutes
        return self.order.value(handle_time=timedelta(minutes=minutes))

    def calls_agent_first(self) -> frozenset[str]:
        """The topics whose calls begin at the agent's phone."""
        return frozenset(topic.id for topic in self.topics if (topic.connect or self.calls.connect) == "agent_first")

    def for_line(self) -> Line:
        """How many calls at once, and how fast one after the other."""
        pace = Pace(per_second=self.carrier.calls_per_second, ahead=LOOKS_AHEAD)
        return Line(number=self.carrier.number, lines=self.carrier.lines, pace=pace)

    def for_numbers(self) -> NumberPolicy:
        """Which numbers may be called."""
        return NumberPolicy(
            default_country=self.numbers.default_country,
            countries=frozenset(self.numbers.countries),
            kinds=frozenset(self.numbers.kinds),
        )


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment and the file it names; raises SettingsError with one sentence for the first fault."""
    environment = _environment(os.environ if environ is None else environ)
    path = environment.orikaeshi_settings
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error.strerror}.") from None
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}.") from None
    try:
        settings = Settings.model_validate({**tables, "environment": environment})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        line = line_of(text, first["loc"])
        raise SettingsError(f"{path}, line {line}: {where}: {_sentence(first['msg'], first['type'])}") from None
    _check_carrier(settings)
    _check_line(settings)
    _check_waiting(settings)
    return settings


def _environment(environ: Mapping[str, str]) -> Environment:
    known = {name.upper(): name for name in Environment.model_fields}
    for name in environ:
        if name.startswith(OWN_PREFIX) and name not in known:
            raise SettingsError(f"The environment variable {name} is unknown; the known ones are {', '.join(known)}.")
    given = {known[name]: value for name, value in environ.items() if name in known and value != ""}
    try:
        return Environment.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        raise SettingsError(
            f"The environment variable {name} is wrong: {_sentence(first['msg'], first['type'])}"
        ) from None


def _check_line(settings: Settings) -> None:
    ours = settings.environment
    if bool(ours.line_channel_secret) != bool(ours.line_channel_access_token):
        raise SettingsError("LINE needs both LINE_CHANNEL_SECRET and LINE_CHANNEL_ACCESS_TOKEN in the environment.")


def _check_waiting(settings: Settings) -> None:
    if settings.order.waiting_cap_minutes >= settings.calls.grace_minutes > 0:
        raise SettingsError(
            "order.waiting_cap_minutes must be less than calls.grace_minutes: "
            "else a late call is given up before its turn has come."
        )


def _check_carrier(settings: Settings) -> None:
    environment = settings.environment
    credentials = environment.twilio_account_sid or environment.twilio_auth_token
    if settings.is_simulated and credentials:
        raise SettingsError(
            "The simulated carrier never starts beside real credentials: "
            'unset TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or set kind = "twilio" under [carrier].'
        )
    if settings.is_simulated:
        return
    if not (environment.twilio_account_sid and environment.twilio_auth_token):
        raise SettingsError("Calls through Twilio need TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN in the environment.")
    if not environment.public_base_url.lower().startswith("https://"):
        raise SettingsError(
            "Calls through Twilio need PUBLIC_BASE_URL: the https address at which Twilio reaches this gateway."
        )


def _sentence(message: str, kind: str) -> str:
    if kind == "extra_forbidden":
        return "this setting is unknown."
    if kind == "missing":
        return "this setting is missing."
    return message.removeprefix("Value error, ").rstrip(".") + "."
