"""From settings to objects: the only place that chooses what is real."""

import os
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol

from bot.assistant import Assistant
from bot.booking.asides import Faq, Urgency
from bot.booking.business import Business
from bot.booking.in_force import InForce, RulesInForce
from bot.booking.link import LinkKey
from bot.booking.phone import NumberPolicy
from bot.booking.rules import Rules
from bot.booking.topic import Topic
from bot.channels.channel import TalkChannel
from bot.channels.email import EmailChannel
from bot.channels.line import NAME as LINE
from bot.channels.line import LineChannel
from bot.channels.seals import Seals
from bot.channels.sms import NAME as SMS
from bot.channels.sms import SmsChannel
from bot.credentials import CarrierAccount, LineAccount, carrier_account, line_account, secret_key, whose
from bot.settings import RULES, WITH_A_START, Settings, load
from bot.settings_review import Worry, in_force, worries
from bot.simulator.clock import SimulatedClock
from bot.store.database import Database
from bot.store.settings_history import Version
from bot.telephony.twilio import CallUrls, TwilioDialer
from bot.telephony.twilio_rooms import TwilioRooms
from bot.usecases.accounts import Accounts
from bot.usecases.agent import Desk
from bot.usecases.agent_legs import AgentLegs
from bot.usecases.assigning import Assignments
from bot.usecases.audit import AuditLog
from bot.usecases.bookings import Bookings
from bot.usecases.bulk import Bulk
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
from bot.usecases.followups import FollowUps
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
from bot.usecases.mailing import Mailing
from bot.usecases.new_times import NewTimes
from bot.usecases.notices import Notices
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
from bot.vendors.line import LineClient
from bot.vendors.twilio import TwilioClient
from bot.wording import hours as hours_wording


class Clock(Protocol):
    """Business time."""

    def now(self) -> datetime:
        """Aware, in UTC."""


class SystemClock:
    """Business time is real time."""

    def now(self) -> datetime:
        """Aware, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """The LINE channel: its client, what makes its buttons unforgeable, and its way of speaking."""

    client: LineClient
    seals: Seals
    channel: LineChannel


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """One version of what may be promised, and everything that is made of it: swapped as one."""

    settings: Settings
    rules: Rules
    topics: tuple[Topic, ...]
    agent_first: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> "Ruling":
        """By these settings."""
        return cls(
            settings=settings,
            rules=settings.for_rules(),
            topics=settings.for_topics(),
            agent_first=settings.calls_agent_first(),
        )


@dataclass(frozen=True, kw_only=True)
class Product:
    """Everything that a process needs, made once at its start."""

    settings: Settings
    clock: Clock
    account: CarrierAccount
    line_account: LineAccount | None
    line: Line | None
    carrier: TwilioClient
    database: Database
    assistant: Assistant
    business: Business
    rules: Rules
    numbers: NumberPolicy
    urls: CallUrls
    urgency: Urgency
    faqs: tuple[Faq, ...]
    bookings: Bookings
    conversations: Conversations
    correspondence: Correspondence
    calls: Calls
    live_calls: LiveCalls
    guest_legs: GuestLegs
    transfers: Transfers
    dispatch: Dispatch
    overdue: Overdue
    leases: Leases
    reconciliation: Reconciliation
    notices: Notices
    consent: Consent
    identity: Identity
    inbound: Inbound
    ratings: Ratings
    keys: ApiKeys
    kpis: Kpis
    calendar: CapacityCalendar
    forecast: Forecast
    today: Today
    desk: Desk
    follow_ups: FollowUps
    accounts: Accounts
    second_factor: SecondFactor
    people: People
    presences: Presences
    audit: AuditLog
    finding: Finding
    assignments: Assignments
    bulk: Bulk
    do_not_call: DoNotCall
    vips: Vips
    wordings: Wordings
    health: Health
    check_up: CheckUp
    links: Links
    emails: Emails
    line_report: LineReport
    conflicts: Conflicts
    settings_history: SettingsHistory
    editing: Editing
    in_force: InForce[Ruling]
    following: Following

    @property
    def topics(self) -> tuple[Topic, ...]:
        """What people call about, by the rules in force."""
        return self.in_force.value.topics

    def adopt(self, version: Version) -> None:
        """Go by another version of the rules from the next decision on. Raises ValueError."""
        _adopt(self.settings, self.in_force, version)

    @asynccontextmanager
    async def decision(self) -> AsyncIterator[None]:
        """What is awaited in it goes by one version of the rules, the newest one when it begins."""
        await self.following.look(now=self.clock.now())
        with self.in_force.pinned():
            yield

    def hours_text(self, language: str) -> str:
        """The calling hours of the first topic as a sentence."""
        today = self.clock.now()
        return hours_wording.describe(self.rules.of(self.rules.topic(None)).hours, language, now=today)

    def worries(self, sections: Mapping[str, Any] | None = None) -> tuple[Worry, ...]:
        """What a supervisor should know about the settings, or would about these sections."""
        settings = self.in_force.value.settings
        return worries(settings.with_rules(sections) if sections else settings, now=self.clock.now())

    async def close(self) -> None:
        """Give back connections and threads."""
        await self.assistant.close()
        await self.health.close()
        await self.database.close()
        self.carrier.close()
        if self.line:
            self.line.client.close()


def connect(settings: Settings | None = None) -> Product:
    """Put the product together; nothing is contacted yet. Raises SettingsError."""
    settings = settings or load()
    account = carrier_account(settings)
    business, numbers = settings.for_business(), settings.for_numbers()
    ruling = InForce(Ruling.of(settings))
    rules = RulesInForce(lambda: ruling.value.rules)
    base_url = settings.environment.twilio_api_base_url
    if settings.is_simulated:
        base_url = f"http://127.0.0.1:{settings.environment.port}/simulator"
    carrier = TwilioClient(account_sid=account.sid, auth_token=account.auth_token, base_url=base_url)
    urls = CallUrls(settings.public_base_url)
    database = Database(settings.database_url)
    dialer = TwilioDialer(
        carrier,
        number=settings.carrier.number,
        urls=urls,
        ring_seconds=settings.calls.ring_seconds,
        agent_ring_seconds=settings.calls.agent_ring_seconds,
        leaves_messages=settings.calls.voicemail_message,
    )
    reminders = settings.notices.reminders()
    seats = Seats(
        rules,
        measured=settings.capacity.for_measuring(),
        hold_for=timedelta(minutes=settings.slots.hold_minutes),
    )
    after_call = timedelta(minutes=settings.capacity.wrap_up_minutes)
    outcomes = Outcomes(
        database,
        rules=rules,
        retries=settings.retry.value(),
        seats=seats,
        after_call=after_call,
    )
    line = WaitingLine(rules, seats)
    bookings = Bookings(
        database, business=business, rules=rules, seats=seats, line=line, numbers=numbers, reminders=reminders
    )
    wishes = Wishes(database, bookings, business=business)
    legs = AgentLegs(database, dialer, outcomes, tries=settings.calls.agents_per_call)
    calls = Calls(database, dialer, outcomes, wishes=wishes, legs=legs, business=business)
    owner = f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(4)}"
    grace = timedelta(minutes=settings.calls.grace_minutes)
    order = settings.for_order()
    overdue = Overdue(database, rules=rules, grace=grace, order=order)
    claims = Claims(
        database, owner=owner, line=settings.for_line(), numbers=numbers, grace=grace, rules=rules, overdue=overdue,
        order=order,
    )  # fmt: skip
    assistant = Assistant(settings.environment.orikaeshi_assistant_url)
    link_key = settings.notices.for_links(secret_key(settings), settings.public_base_url)
    sms = SmsChannel(carrier, number=settings.carrier.number, status_url=urls.sms_status)
    conversations = Conversations(database, assistant, business=business)
    identity = Identity(database, sms, business=business)
    desk = Desk(database, business=business, line=line)
    accounts = Accounts(database, policy=settings.desk.sessions())
    consent = Consent(database, business=business)
    offering = Offering(bookings, rules=rules, business=business)
    at_line = line_account(settings)
    on_line = line_of(at_line, business) if at_line else None
    channels: dict[str, TalkChannel] = {SMS: sms} | ({LINE: on_line.channel} if on_line else {})
    health = Health(
        database, assistant, ping_carrier=carrier.ping, actions_url=settings.environment.orikaeshi_actions_url
    )
    follow_ups = FollowUps(database, desk, bookings, rules=rules, seats=seats)
    history = SettingsHistory(database, in_force=in_force(settings), who=whose(settings), edited=RULES)

    return Product(
        settings=settings,
        clock=SimulatedClock(settings.var / "clock") if settings.is_simulated else SystemClock(),
        account=account,
        line_account=at_line,
        line=on_line,
        carrier=carrier,
        database=database,
        assistant=assistant,
        business=business,
        rules=rules,
        numbers=numbers,
        urls=urls,
        urgency=settings.for_urgency(),
        faqs=settings.for_faqs(),
        bookings=bookings,
        conversations=conversations,
        correspondence=Correspondence(
            database,
            conversations,
            Understanding(
                database,
                offering=offering,
                choosing=Choosing(bookings, business=business),
                identity=identity,
                consent=consent,
                business=business,
            ),
            offering,
            channels=channels,
            business=business,
        ),
        calls=calls,
        live_calls=LiveCalls(
            database,
            TwilioRooms(
                carrier,
                number=settings.carrier.number,
                urls=urls,
                ring_seconds=settings.calls.agent_ring_seconds,
            ),
            after_call=after_call,
        ),
        guest_legs=GuestLegs(database),
        transfers=Transfers(database, dialer, legs=legs, after_call=after_call),
        dispatch=Dispatch(
            database,
            dialer,
            outcomes,
            owner=owner,
            claims=claims,
            overdue=overdue,
            legs=legs,
            agent_first=lambda topic: topic in ruling.value.agent_first,
        ),
        overdue=overdue,
        leases=Leases(database, owner=owner),
        reconciliation=Reconciliation(database, dialer, calls, outcomes, legs=legs),
        notices=Notices(
            database,
            sms,
            on_line=on_line.channel if on_line and settings.line.notices else None,
            by_mail=_mailing(settings, database, link_key),
            business=business,
            new_times=NewTimes(rules, seats),
            policy=settings.notices.value(links=link_key, unknown_zone=business.timezone),
        ),
        consent=consent,
        identity=identity,
        inbound=Inbound(
            database,
            bookings,
            identity,
            sms,
            business=business,
            numbers=numbers,
            policy=InboundPolicy(
                incidents=settings.voice.by_language(),
                topics=lambda: ruling.value.topics,
                form_url=f"{settings.public_base_url}/form",
            ),
        ),
        ratings=Ratings(database),
        keys=ApiKeys(database),
        kpis=Kpis(database, timezone=business.timezone),
        today=Today(database, tz=business.timezone, line=line, lines=settings.carrier.lines),
        calendar=CapacityCalendar(database, rules=rules, seats=seats),
        forecast=Forecast(database, rules=rules, seats=seats, target=settings.capacity.kept_target),
        desk=desk,
        follow_ups=follow_ups,
        assignments=(assignments := Assignments(database)),
        bulk=Bulk(database, bookings=bookings, desk=desk, follow_ups=follow_ups, assignments=assignments),
        do_not_call=DoNotCall(database, numbers=numbers),
        vips=Vips(database, numbers=numbers, from_settings=order.vips),
        wordings=Wordings(database, business=business, site=settings.public_base_url),
        accounts=accounts,
        second_factor=SecondFactor(database, accounts, issuer=business.name("en")),
        people=People(database),
        presences=Presences(database, away_after=timedelta(seconds=settings.desk.away_seconds)),
        audit=AuditLog(database),
        finding=Finding(database, numbers=numbers),
        links=Links(database, bookings, key=link_key),
        emails=Emails(database, key=link_key),
        line_report=LineReport(database),
        health=health,
        check_up=CheckUp(
            database,
            health,
            uses_mail=settings.email.is_on,
            line_usage=on_line.channel.usage if on_line else None,
            model=settings.environment.orikaeshi_assistant_model or None,
        ),
        conflicts=Conflicts(database, rules=rules, seats=seats, reminders=reminders),
        settings_history=history,
        editing=Editing(
            database, sections=RULES, fixed=WITH_A_START, read=lambda told: in_force(settings.with_rules(told))
        ),
        in_force=ruling,
        following=Following(database, history, adopt=partial(_adopt, settings, ruling)),
    )


def _adopt(settings: Settings, ruling: InForce[Ruling], version: Version) -> None:
    ruling.replace(Ruling.of(settings.with_rules(version.settings)))


def _mailing(settings: Settings, database: Database, key: LinkKey) -> Mailing | None:
    email = settings.email
    if not email.is_on:
        return None
    channel = EmailChannel(email.client(settings.environment.smtp_password), sender=email.sender)
    return Mailing(database, channel, business=settings.for_business(), key=key)


def line_of(account: LineAccount, business: Business) -> Line:
    """Everything that is needed to hear and speak on LINE."""
    secret, seals = account.channel_secret, Seals(account.channel_secret)
    client = LineClient(channel_secret=secret, access_token=account.access_token, base_url=account.base_url)
    return Line(client=client, seals=seals, channel=LineChannel(client, seals=seals, timezone=business.timezone))
