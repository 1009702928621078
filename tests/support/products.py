"""The use cases on a test's own database, with a scripted carrier and a clock that stands still."""

import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot import wiring
from bot.assistant import AssistantUnavailable, Reply, Utterance
from bot.booking.business import Business
from bot.booking.callback import Callback, Channel, Kind, Status
from bot.booking.hours import BusinessHours, Period
from bot.booking.lawful import LawfulHours
from bot.booking.link import LinkKey
from bot.booking.matching import EVERYTHING, Skills
from bot.booking.measured import MeasurePolicy
from bot.booking.pacing import Line, Pace
from bot.booking.phone import NumberPolicy
from bot.booking.retry import RetryPolicy, same_for_all
from bot.booking.rules import Rules, TopicRules
from bot.booking.slots import SlotPolicy
from bot.booking.topic import Topic
from bot.booking.window import Window
from bot.channels.channel import Heard
from bot.settings import RULES, WITH_A_START, load
from bot.settings_review import in_force
from bot.store import agents, attempts, callbacks
from bot.store.agents import Agent
from bot.store.attempts import Dial
from bot.store.database import Database
from bot.usecases.accounts import Accounts
from bot.usecases.agent_legs import AgentLegs
from bot.usecases.audit import AuditLog
from bot.usecases.bookings import BookingRequest, Bookings
from bot.usecases.calendar import CapacityCalendar
from bot.usecases.calls import Calls
from bot.usecases.choosing import Choosing
from bot.usecases.claims import Claims
from bot.usecases.conflicts import Conflicts
from bot.usecases.consent import Consent
from bot.usecases.conversation import Conversations
from bot.usecases.correspondence import Correspondence
from bot.usecases.dispatch import Dispatch
from bot.usecases.editing import Editing
from bot.usecases.emails import Emails
from bot.usecases.finding import Finding
from bot.usecases.following import Following
from bot.usecases.forecast import Forecast
from bot.usecases.guest_legs import GuestLegs
from bot.usecases.health import Health
from bot.usecases.identity import Identity
from bot.usecases.inbound import Inbound, InboundPolicy
from bot.usecases.keys import ApiKeys
from bot.usecases.kpis import Kpis
from bot.usecases.leases import Leases
from bot.usecases.line import LineReport, WaitingLine
from bot.usecases.links import Links
from bot.usecases.live_calls import LiveCalls
from bot.usecases.new_times import NewTimes
from bot.usecases.notices import NoticePolicy, Notices
from bot.usecases.number_lists import DoNotCall, Vips
from bot.usecases.offering import Offering
from bot.usecases.outcomes import Outcomes
from bot.usecases.overdue import Overdue
from bot.usecases.people import People
from bot.usecases.presences import Presences
from bot.usecases.ratings import Ratings
from bot.usecases.reconcile import Reconciliation
from bot.usecases.seats import Seats
from bot.usecases.second_factor import SecondFactor
from bot.usecases.settings_history import SettingsHistory
from bot.usecases.today import Today
from bot.usecases.transfers import Transfers
from bot.usecases.understanding import Understanding
from bot.usecases.vitals import CheckUp
from bot.usecases.wishes import Wishes
from bot.usecases.wordings import Wordings
from bot.wiring import Product
from tests.support.carriers import ScriptedDialer, ScriptedRooms, ScriptedSms, ScriptedTalks, sid_of
from tests.support.clocks import REAL, TOKYO, TUESDAY, MovableClock, tokyo

ROOT = Path(__file__).parents[2]
SLOT = Window(start=tokyo("2026-11-24 15:00"), end=tokyo("2026-11-24 15:30")).in_utc()
NUMBER = "+819012345678"
SLOTS = SlotPolicy(length=timedelta(minutes=30), lead=timedelta(minutes=30), horizon=timedelta(days=14), capacity=3)
MEASURED = MeasurePolicy(wrap_up=timedelta(minutes=2), least=30)
OWN_FAULT_LIMIT = 5
RETRIES = same_for_all(
    (timedelta(minutes=5), timedelta(minutes=30)),
    own_fault_delay=timedelta(minutes=2),
    own_fault_limit=OWN_FAULT_LIMIT,
    wait_at_most=timedelta(days=365),
)
LINKS = LinkKey(secret=b"a-key-for-tests" * 3, base_url="https://call.example.jp", kept=timedelta(days=14))
NOTICES = NoticePolicy(links=LINKS, send_hours=LawfulHours(unknown_zone=TOKYO), not_by_sms=frozenset({"starting"}))
LINE = Line(number="+815031234567", lines=60, pace=Pace(per_second=1e6, ahead=timedelta(milliseconds=1)))
"""So many and so fast that no limit is felt, unless a test is about limits."""
NUMBERS = NumberPolicy(default_country="JP", countries=frozenset({"JP"}), kinds=frozenset({"mobile", "fixed", "voip"}))
BUSINESS = Business(
    names={"ja": "みなと家電サポート", "en": "Minato Home Support"}, hotline="0120-000-000", timezone=TOKYO
)


def office_hours(start: str = "09:00", end: str = "18:00", **changes: Any) -> BusinessHours:
    """Monday to Friday in Tokyo, closed on Japanese holidays."""
    period = Period(start=datetime.fromisoformat(f"2000-01-01 {start}").time(),
                    end=datetime.fromisoformat(f"2000-01-01 {end}").time())  # fmt: skip
    hours = BusinessHours(timezone=TOKYO, weekly=dict.fromkeys(range(5), (period,)), holidays_country="JP")
    return replace(hours, **changes)


def rules_of(hours: BusinessHours, slots: SlotPolicy = SLOTS, **changes: Any) -> Rules:
    """One topic, and the lawful hours by default."""
    topics = {"general": TopicRules(hours=hours, policy=slots)}
    return replace(Rules(topics=topics, lawful=LawfulHours(unknown_zone=TOKYO)), **changes)


def a_callback(
    letter: str = "K", *, due_at: datetime | None = None, window_shift: timedelta = timedelta(), **changes: Any
) -> Callback:
    """A booked callback for SLOT; `letter` begins its reference."""
    window = Window(start=SLOT.start + window_shift, end=SLOT.end + window_shift)
    made = Callback(
        id=secrets.token_hex(16), reference=f"{letter}7Q4MN", status=Status.BOOKED, kind=Kind.SCHEDULED, window=window,
        slot_start=window.start, due_at=due_at or window.start, phone_number=NUMBER, reason="洗濯機の修理",
        topic="general", language="ja", channel=Channel.WEB, created_at=TUESDAY, updated_at=TUESDAY,
    )  # fmt: skip
    return replace(made, **changes)


def a_request(window: Window | None = SLOT, **changes: Any) -> BookingRequest:
    """What a customer asks for."""
    made = BookingRequest(phone_number=NUMBER, reason="洗濯機の修理", window=window, language="ja", channel=Channel.API)
    return replace(made, **changes)


def number(index: int) -> str:
    """One of many different mobile numbers."""
    return f"+8190{10_000_000 + index}"


@dataclass
class FakeAssistant:
    """An assistant that gives the scripted answers in turn, then repeats what it heard."""

    script: deque[Reply | Exception] = field(default_factory=deque)
    heard: list[tuple[str, str]] = field(default_factory=list)
    is_down: bool = False

    async def open(self, conversation_id: str, *, language: str, channel: str = "web") -> Reply:
        return self._next("greeting" if language == "en" else "ご用件をお聞かせください。", expects="reason")

    async def say(self, conversation_id: str, text: str, *, language: str, channel: str = "web") -> Reply:
        reply = self._next(f"heard: {text}")
        self.heard.append((conversation_id, text))
        return reply

    async def ping(self) -> None:
        if self.is_down:
            raise AssistantUnavailable(was_sent=False)

    async def close(self) -> None:
        """Nothing to give back."""

    def _next(self, text: str, *, expects: str | None = None) -> Reply:
        if self.is_down:
            raise AssistantUnavailable(was_sent=False)
        if self.script:
            answer = self.script.popleft()
            if isinstance(answer, Exception):
                raise answer
            return answer
        return Reply(utterances=(Utterance(text=text),), expects=expects)


class World:
    """One process of the product over a database: its use cases, carrier and clock."""

    def __init__(
        self,
        database: Database,
        *,
        hours: BusinessHours | None = None,
        slots: SlotPolicy = SLOTS,
        rules: Rules | None = None,
        numbers: NumberPolicy = NUMBERS,
        retries: RetryPolicy = RETRIES,
        dialer: ScriptedDialer | None = None,
        line: Line = LINE,
        grace: timedelta = timedelta(hours=1),
        agent_first: frozenset[str] = frozenset(),
        leads: tuple[timedelta, ...] = (timedelta(minutes=60),),
        notices: NoticePolicy = NOTICES,
    ) -> None:
        self.database = database
        self.clock = MovableClock()
        self.real = REAL
        self.stopwatch = 0.0
        self.dialer = dialer or ScriptedDialer()
        self.sms = ScriptedSms()
        self.talks = ScriptedTalks()
        self.assistant = FakeAssistant()
        self.hours = hours or office_hours()
        self.rules = rules or rules_of(self.hours, slots)
        seats = self.seats = Seats(self.rules, measured=MEASURED, hold_for=timedelta(minutes=3))
        self.line = WaitingLine(self.rules, seats)
        self.bookings = Bookings(
            database,
            business=BUSINESS,
            rules=self.rules,
            seats=seats,
            line=self.line,
            numbers=numbers,
            reminders=leads,
        )
        self.outcomes = Outcomes(database, rules=self.rules, retries=retries, seats=seats)
        self.wishes = Wishes(database, self.bookings, business=BUSINESS)
        self.legs = AgentLegs(database, self.dialer, self.outcomes, tries=2)
        self.calls = Calls(database, self.dialer, self.outcomes, wishes=self.wishes, legs=self.legs, business=BUSINESS)
        self.rooms = ScriptedRooms()
        self.live_calls = LiveCalls(database, self.rooms)
        self.guest_legs = GuestLegs(database)
        self.transfers = Transfers(database, self.dialer, legs=self.legs)
        self.owner = secrets.token_hex(4)
        self.overdue = Overdue(database, rules=self.rules, grace=grace)
        self.claims = Claims(
            database,
            owner=self.owner,
            line=line,
            numbers=numbers,
            grace=grace,
            rules=self.rules,
            overdue=self.overdue,
        )
        self.dispatch = Dispatch(
            database, self.dialer, self.outcomes, owner=self.owner, claims=self.claims,
            overdue=self.overdue, legs=self.legs, agent_first=agent_first.__contains__,
            stopwatch=lambda: self.stopwatch, jitter=lambda: 1.0,
        )  # fmt: skip
        self.leases = Leases(database, owner=self.owner)
        self.reconciliation = Reconciliation(database, self.dialer, self.calls, self.outcomes, legs=self.legs)
        self.notices = Notices(
            database, self.sms, on_line=self.talks, business=BUSINESS, new_times=NewTimes(self.rules, seats),
            policy=notices,
        )  # fmt: skip
        self.links = Links(database, self.bookings, key=LINKS)
        self.emails = Emails(database, key=LINKS)
        self.conflicts = Conflicts(database, rules=self.rules, seats=seats, reminders=leads)
        self.consent = Consent(database, business=BUSINESS)
        self.ratings = Ratings(database)
        self.identity = Identity(database, self.sms, business=BUSINESS)
        policy = InboundPolicy(
            incidents={},
            topics=lambda: (Topic(id="general", names={"ja": "一般", "en": "General"}),),
            form_url="https://call.example.jp/form",
        )
        self.inbound = Inbound(
            database, self.bookings, self.identity, self.sms, business=BUSINESS, numbers=numbers, policy=policy
        )
        self.conversations = Conversations(database, self.assistant, business=BUSINESS)  # type: ignore[arg-type]  # a fake
        offering = Offering(self.bookings, rules=self.rules, business=BUSINESS)
        understanding = Understanding(
            database, offering=offering, choosing=Choosing(self.bookings, business=BUSINESS), identity=self.identity,
            consent=self.consent, business=BUSINESS,
        )  # fmt: skip
        self.correspondence = Correspondence(
            database,
            self.conversations,
            understanding,
            offering,
            channels={"sms": self.sms, "line": self.talks},
            business=BUSINESS,
        )

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def book(self, window: Window | None = SLOT, **changes: Any) -> Callback:
        return await self.bookings.book(a_request(window, **changes), now=self.now)

    async def with_agents(self, count: int = 1, presence: str = "ready", skills: Skills = EVERYTHING) -> "World":
        """Add people who take calls, until there are so many."""
        async with self.database.write() as tx:
            for index in range(await agents.count(tx), count):
                agent = Agent(
                    id=secrets.token_hex(16), login=f"agent{index}", name=f"Agent {index}", role="agent",
                    phone_number=f"+81312340{index:03d}", presence=presence, password_hash="-",
                    skills=skills,
                )  # fmt: skip
                await agents.add(tx, agent, now=TUESDAY)
        return self

    async def at(self, moment: datetime) -> int:
        """The dispatcher's bell rings at this moment."""
        self.clock.moment = moment
        return await self.dispatch.dial_due(now=moment, real_now=self.real)

    async def report(self, dial: Dial, *statuses: str, sid: str | None = None, **facts: Any) -> None:
        """The carrier reports how far the call is."""
        for status in statuses:
            await self.calls.status_changed(dial.id, sid or sid_of(dial.id), status, now=self.now, **facts)

    async def check_quiet(self, **later: float) -> int:
        """The watchdog looks, so much real time later."""
        self.real += timedelta(**later)
        return await self.reconciliation.check_quiet_calls(now=self.now, real_now=self.real)

    async def text(self, text: str, *, key: str = "", sender: str = NUMBER) -> str | None:
        """Somebody sends a text message; what it is answered with at once, and behind the webhook, is sent."""
        heard = Heard(channel="sms", key=key or secrets.token_hex(8), sender=sender, text=text, at=self.now)
        words = await self.consent.text_received(heard, now=self.now)
        await self.correspondence.answer_due(now=self.now, real_now=self.real)
        return words

    async def read(self, callback: Callback) -> Callback:
        async with self.database.read() as tx:
            return await callbacks.get(tx, callback.id)

    async def live(self) -> list[Dial]:
        async with self.database.read() as tx:
            return await attempts.live(tx)

    async def the_dial(self) -> Dial:
        (dial,) = await self.live()
        return dial

    async def send_notices(self) -> list[str]:
        """What is sent when the notices' bell rings now."""
        before = len(self.sms.texts)
        await self.notices.send_due(now=self.now, real_now=self.real)
        return [text for _, text in self.sms.texts[before:]]


def settings_of(folder: Path, **environment: str) -> Mapping[str, str]:
    """An environment for the repository's own settings file, with everything written into `folder`."""
    return {
        "ORIKAESHI_SETTINGS": str(ROOT / "orikaeshi.toml"),
        "ORIKAESHI_VAR": str(folder),
        **environment,
    }


async def a_product(world: World, folder: Path, *, api_key: str | None = None, **environment: str) -> Product:
    """The product as the gateway gets it, with the test's database, clock and assistant in place of its own."""
    product = wiring.connect(load(settings_of(folder, **environment)))
    await product.assistant.close()
    await product.database.close()
    assistant: Any = world.assistant
    history = SettingsHistory(
        world.database, in_force=in_force(product.settings), who="orikaeshi.toml (tester)", edited=RULES
    )
    accounts = Accounts(world.database)
    health = Health(
        world.database, assistant, ping_carrier=product.carrier.ping,
        actions_url=product.settings.environment.orikaeshi_actions_url,
    )  # fmt: skip
    editing = Editing(
        world.database,
        sections=RULES,
        fixed=WITH_A_START,
        read=lambda told: in_force(product.settings.with_rules(told)),
    )
    replaced = replace(
        product, clock=world.clock, database=world.database, assistant=assistant, bookings=world.bookings,
        conversations=world.conversations, correspondence=world.correspondence, calls=world.calls,
        live_calls=world.live_calls, guest_legs=world.guest_legs, transfers=world.transfers,
        dispatch=world.dispatch, overdue=world.overdue,
        leases=world.leases, notices=world.notices, conflicts=world.conflicts, links=world.links, emails=world.emails,
        identity=world.identity,
        line_report=LineReport(world.database),
        settings_history=history,
        following=Following(world.database, history, adopt=product.adopt),
        editing=editing,
        consent=world.consent, inbound=world.inbound,
        keys=ApiKeys(world.database), ratings=world.ratings, reconciliation=world.reconciliation,
        kpis=Kpis(world.database, timezone=TOKYO),
        check_up=CheckUp(world.database, health, uses_mail=False, line_usage=None, model=None),
        today=Today(world.database, tz=TOKYO, line=world.line, lines=60),
        calendar=CapacityCalendar(world.database, rules=world.rules, seats=world.seats),
        forecast=Forecast(world.database, rules=world.rules, seats=world.seats, target=0.95),
        accounts=accounts, people=People(world.database),
        presences=Presences(world.database),
        second_factor=SecondFactor(world.database, accounts, issuer="Shop"), audit=AuditLog(world.database),
        finding=Finding(world.database, numbers=NUMBERS), do_not_call=DoNotCall(world.database, numbers=NUMBERS),
        vips=Vips(world.database, numbers=NUMBERS, from_settings=product.vips.from_settings),
        wordings=Wordings(world.database, business=product.business),
    )  # fmt: skip
    if api_key:
        await replaced.keys.let_in(api_key, label="test", now=world.now)
    return replaced
