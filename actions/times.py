"""Reading a wish about time for whichever form asks, and asking for one with the times that are free."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import spans
from actions.form import Answers
from actions.product import product
from actions.turn import Turn
from bot.booking import pick, shift
from bot.booking.errors import SlotFull, WindowNotOffered
from bot.booking.phrases import DAY
from bot.booking.window import Window
from bot.usecases.seats import Customer
from bot.wording import dates

MEANT = re.compile(
    r"(?:でした|だった|と言いました|って言いました|と言った|って言った)(?=(?:よ|けど|が|のに|はず)*[。.!！]*$)|"
    r"\b(?:i|we) (?:said|meant|asked for|told you)\b|\bwas (?=(?:better|best|right|fine|good|ok(?:ay)?"
    r"|correct)\b)",
    re.IGNORECASE,
)
"""「木曜でした」, "3 p.m. was better" correct what was said; a reader who knows no talk takes it for what is over."""


SAME_TIME = re.compile(r"(?:その|この)?(?:同じ|おなじ)(?:お?時間|時刻)|\b(?:at )?(?:the )?same time\b", re.IGNORECASE)
"""The hour of what was wished for before."""


async def read_time(
    turn: Turn, dispatcher: CollectingDispatcher, *, slot: str, is_asked: bool, near: Window | None = None
) -> Answers:
    """`slot` filled from the message, or emptied with times to choose from; nothing when no time is meant.

    `near` is a time that the talk is about when none has been offered: "4 p.m." is meant on its day.
    """
    ours = product()
    offered = spans.read_all(turn.slots.get("offered_slots"))
    turn = _shifted(turn, slot, near)
    if is_asked and offered and (picked := _picked(turn, offered)):
        return {slot: spans.written(picked), "offered_slots": None}
    offer = await ours.bookings.propose(
        _meant(turn),
        language=turn.language,
        now=ours.clock.now(),
        customer=customer_of(turn),
        topic=turn.slots.get("topic"),
        near=_spoken_of(turn, offered, slot) or near,
    )
    if offer.kind == "nothing":
        return {}
    if is_asked and offered and set(offer.options) == set(offered) and offer.because == "several":
        # Whoever says the same again has no wish among them, and is asked for a yes anyway.
        return {slot: spans.written(offer.options[0]), "offered_slots": None}
    if offer.because == "several" and (same := await _same_hour(turn, slot)):
        return {slot: spans.written(same), "offered_slots": None}
    if offer.kind == "chosen":
        kept = spans.ASAP if offer.asap else spans.written(offer.window) if offer.window else None
        return {slot: kept, "offered_slots": None}
    because = "closed" if offer.because == "off_grid" else offer.because
    dispatcher.utter_message(
        response=f"utter_time_{because}", hours=ours.hours_text(turn.language), hotline=ours.business.hotline
    )
    return {slot: None, "offered_slots": [spans.written(window) for window in offer.options]}


async def _same_hour(turn: Turn, slot: str) -> Window | None:
    """The hour that was taken before, on the other day that the message names alone; None where it is not free."""
    ours, taken = product(), turn.slots.get(slot)
    if not taken or taken == spans.ASAP:
        return None
    now, tz = ours.clock.now(), ours.business.timezone
    wishes = ours.bookings.wishes(_meant(turn), language=turn.language, now=now)
    if len(wishes.candidates) != 1 or wishes.candidates[0].kind != "date" or wishes.candidates[0].start is None:
        return None
    hour = spans.read(taken).start.astimezone(tz).time()
    start = datetime.combine(wishes.candidates[0].start.astimezone(tz).date(), hour, tzinfo=tz)
    slots = await ours.bookings.slots(
        now=now,
        start=start,
        end=start + timedelta(minutes=1),
        topic=turn.slots.get("topic"),
        customer=customer_of(turn),
    )
    return next((found.window for found in slots if found.free), None)


def _shifted(turn: Turn, slot: str, near: Window | None) -> Turn:
    """With the moment itself, where the message only says how much earlier or later than the time before."""
    taken = turn.slots.get(slot)
    base = spans.read(taken) if taken and taken != spans.ASAP else near
    by = shift.read(turn.text) if base else None
    if base is None or by is None:
        return turn
    moved = Window(start=base.start + by, end=base.end + by)
    return replace(turn, text=dates.start(moved, tz=product().business.timezone, language=turn.language))


def _meant(turn: Turn) -> str:
    if SAME_TIME.search(turn.text) and (hour := _hour_before(turn)):
        return SAME_TIME.sub(f" {hour} ", turn.text)
    return MEANT.sub(lambda found: " is " if found[0].isascii() else "です", turn.text)


def _hour_before(turn: Turn) -> str | None:
    """The clock time that the customer named last, before this message."""
    ours = product()
    said = [event.get("text") or "" for event in turn.events if event["event"] == "user"][:-1]
    for text in reversed(said):
        wishes = ours.bookings.wishes(text, language=turn.language, now=ours.clock.now())
        if wishes.candidates and (first := wishes.candidates[0]).kind == "instant" and first.start:
            return f"{first.start.astimezone(ours.business.timezone):%H:%M}"
    return None


def customer_of(turn: Turn) -> Customer:
    """Who a time is for, as far as the talk knows."""
    return Customer(number=turn.slots.get("phone_number"), language=turn.language, holder=turn.conversation_id)


def _picked(turn: Turn, offered: tuple[Window, ...]) -> Window | None:
    if DAY.search(turn.text):
        return None  # "the last Friday" is a day, not the last of the offered times
    if turn.intent == "affirm":
        return offered[0]  # whoever says yes to all of them is asked once more whether the first is right
    return pick.window(turn.text, offered)


def _spoken_of(turn: Turn, offered: tuple[Window, ...], slot: str) -> Window | None:
    """A time on the one day that the talk is about: that of all offered times, or of the time taken before."""
    days = {dates.day(window.start, tz=product().business.timezone, language=turn.language) for window in offered}
    if len(days) == 1:
        return offered[0]
    taken = turn.slots.get(slot)
    return spans.read(taken) if taken and taken != spans.ASAP else None


async def ask_for_time(turn: Turn, dispatcher: CollectingDispatcher, *, response: str, **facts: str) -> list[str]:
    """Ask with a button for each offered time, or else for the soonest ones. Returns what the buttons offer."""
    ours = product()
    offered = spans.read_all(turn.slots.get("offered_slots"))
    windows = offered or await ours.bookings.soonest(
        now=ours.clock.now(), customer=customer_of(turn), topic=turn.slots.get("topic")
    )
    if not windows:
        dispatcher.utter_message(response="utter_nothing_free", hotline=ours.business.hotline)
    dispatcher.utter_message(response=response, buttons=buttons(windows, turn.language), **facts)
    return [spans.written(window) for window in windows]


def buttons(windows: tuple[Window, ...], language: str) -> list[dict[str, str]]:
    """A button for each window: what it shows is the span, what it says is the start."""
    tz = product().business.timezone
    return [
        {
            "title": dates.span(window, tz=tz, language=language),
            "payload": dates.start(window, tz=tz, language=language),
        }
        for window in windows
    ]


def time_taken(dispatcher: CollectingDispatcher, refusal: SlotFull | WindowNotOffered) -> list[EventType]:
    """Somebody else has the time by now: other times are asked for."""
    dispatcher.utter_message(response="utter_slot_taken")
    return asked_anew("preferred_slot", offered_slots=[spans.written(window) for window in refusal.alternatives])


def asked_anew(slot: str, *, offered_slots: list[str] | None = None) -> list[EventType]:
    """The callback form asks for this slot again."""
    return [
        SlotSet(slot, None),
        SlotSet("confirmed", None),
        SlotSet("offered_slots", offered_slots),
        SlotSet("asking", "first"),
        FollowupAction("callback_form"),
    ]
