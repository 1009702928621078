"""What is booked already: the callbacks of this talk, told and chosen from."""

import re
from abc import abstractmethod
from dataclasses import replace

from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import spans
from actions.form import Answers, ReadingForm
from actions.guessing import guessed
from actions.product import product
from actions.replies import answer
from actions.speaking import SpeakingAction
from actions.telling import open_callbacks, tell_closed, tell_open, told
from actions.times import buttons, customer_of
from actions.turn import Turn
from bot.booking import another, hearing, reason, reference
from bot.booking.callback import Callback
from bot.booking.offer import grants
from bot.booking.phrases import DAY
from bot.booking.pick import position
from bot.booking.when import Wishes

CHOICES = ("chosen_callback", "new_slot", "new_number", "cancel_confirmed", "second_choice", "claim", "proved")
"""What an earlier wish about a booking left behind."""
THE_ONE = re.compile(
    r"の(?:方|ほう|やつ|件|(?:ご)?予約|お?電話|分)(?:です|で|を)?|\b(?:one|call|booking|appointment)\b", re.IGNORECASE
)
"""What stands for a booking beside the day or hour that it is told by."""
WANTED = {"move_callback": "move", "cancel_callback": "cancel", "check_callback": "check"}
"""What is wanted of a booking, by intent; its number is another matter."""


NEW_MATTERS = frozenset({"request_callback", "give_reason"})
"""Intents of messages that may tell of a second call."""


async def chosen(turn: Turn) -> Callback | None:
    """The callback that the talk is about: the chosen one, or the only one."""
    booked = await open_callbacks(turn)
    if len(booked) == 1:
        return booked[0]
    return next((callback for callback in booked if callback.reference == turn.slots.get("chosen_callback")), None)


async def choose(turn: Turn) -> Answers:
    """Which of several callbacks the message means, by its place in the list, its time or its reference."""
    booked = await open_callbacks(turn)
    if len(booked) == 1:
        return {"chosen_callback": booked[0].reference}
    for callback in booked:
        if callback.reference in turn.text.upper() or told(callback, turn)["when"] in turn.text:
            return {"chosen_callback": callback.reference}
    named = list(THE_ONE.finditer(turn.text))
    if turn.asked != "chosen_callback" and not named:
        return {}
    # "Move the 3 p.m. one to Friday": only what stands before tells which one, where a new time may follow.
    spoken = turn.text[: named[-1].start()] if named and turn.intent == "move_callback" else turn.text
    day_or_hour = THE_ONE.sub(" ", spoken)
    wishes = product().bookings.wishes(day_or_hour, language=turn.language, now=product().clock.now())
    meant = [callback for callback in booked if grants(callback.window, wishes)]
    if not meant and not DAY.search(day_or_hour):
        meant = [callback for callback in booked if _at_the_hour(callback, wishes)]
    # The last words of 「あとの方」 are part of its place in the list.
    index = position(turn.text[: named[-1].end()] if spoken != turn.text else spoken, len(booked))
    if len(meant) != 1 and index is None:
        return {}
    return {"chosen_callback": (meant[0] if len(meant) == 1 else booked[index or 0]).reference}


def _at_the_hour(callback: Callback, wishes: Wishes) -> bool:
    """Whether it is booked at this hour of whatever day: "the one at three" names no day."""
    tz = product().business.timezone
    hours = {wish.start.astimezone(tz).time() for wish in wishes.candidates if wish.kind == "instant" and wish.start}
    return callback.window.start.astimezone(tz).time() in hours


class ChangingForm(ReadingForm):
    """Asks which callback is meant, where several are booked, and then what is to become of it."""

    async def read(self, turn: Turn, dispatcher: CollectingDispatcher) -> Answers:
        if turn.asked and (turn.is_question or turn.intent in ("stop_form", "goodbye", "cancel_callback")):
            return {}
        answers: Answers = {} if turn.slots.get("chosen_callback") else await choose(turn)
        if turn.asked == "chosen_callback":
            return answers
        return answers | await self.read_change(turn, dispatcher, await chosen(turn))

    @abstractmethod
    async def read_change(self, turn: Turn, dispatcher: CollectingDispatcher, callback: Callback | None) -> Answers:
        """What the message says of the change."""


class ActionLookUpCallbacks(SpeakingAction):
    """Whether this talk has an open callback now: it may have been called or closed meanwhile.

    Whoever names a booking that is not of this talk means that one.
    """

    def name(self) -> str:
        return "action_look_up_callbacks"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        return await _looked_up(turn, dispatcher)


async def redirected(turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType] | None:
    """To what the words ask for, where the model took the message for something else; else None."""
    if turn.form and turn.intent == "stop_form" != turn.raw_intent:
        return [FollowupAction("action_stop")]
    wanted = _wanted(turn)
    is_first = turn.form == "callback_form" and turn.asked == "reason"  # what they came for, where we ask for that
    if wanted is None or (turn.form and not is_first) or WANTED.get(turn.raw_intent) == wanted:
        return None
    if is_first:
        turn = replace(turn, form=None)
        left: list[EventType] = [ActiveLoop(None), SlotSet("requested_slot", None)]
        return [*left, *(await redirected(turn, dispatcher) or ())]
    events = await _looked_up(turn, dispatcher)
    if any(event["event"] == "followup" for event in events):
        return events
    is_here = any(event.get("name") == "has_callback" and event["value"] for event in events)
    return [*events, FollowupAction(f"{wanted}_form" if is_here else "identity_form")]


def _wanted(turn: Turn) -> str | None:
    return "number" if hearing.changes_number(turn.text) else WANTED.get(turn.intent)


async def _looked_up(turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
    if turn.is_question and turn.intent != turn.raw_intent:
        await answer(turn, dispatcher)
        return [FollowupAction("action_listen")]
    booked = await open_callbacks(turn)
    named = reference.read(turn.text)
    is_here = bool(booked) and (named is None or named in {callback.reference for callback in booked})
    wanted = _wanted(turn)
    cleared = [SlotSet(slot, None) for slot in CHOICES]
    events = [SlotSet("has_callback", is_here), SlotSet("wanted", wanted), *cleared]
    if is_here and not turn.form and turn.intent in NEW_MATTERS:
        events += await _told_of_another(turn)
    if is_here and not turn.form and another.asks_for_another(turn.text):
        return [*events, FollowupAction("second_form")]
    if is_here and not turn.form and turn.intent == "ask_business" and not reason.asks_for_call(turn.text):
        dispatcher.utter_message(response=turn.fresh("utter_for_the_agent"))
        return [*events, FollowupAction("action_listen")]
    if wanted == "number":
        return [*events, FollowupAction("number_form" if is_here else "identity_form")]
    if wanted and not booked and not named and await tell_closed(turn, dispatcher):
        return [*events, FollowupAction("action_listen")]
    return events


async def _told_of_another(turn: Turn) -> list[EventType]:
    """What the message tells of a second call already: it is not asked for again once the customer chooses one."""
    ours = product()
    left = another.without_another(turn.text)
    is_matter = turn.intent == "give_reason" or left != turn.text or reason.has_matter(left)
    told = reason.part(left) if is_matter else None
    events: list[EventType] = [SlotSet("reason", told), SlotSet("topic", guessed(told) if told else None)]
    now = ours.clock.now()
    offer = await ours.bookings.propose(turn.text, language=turn.language, now=now, customer=customer_of(turn))
    is_taken = offer.kind == "chosen" and not offer.asap and offer.window is not None
    return [*events, SlotSet("preferred_slot", spans.written(offer.window) if is_taken and offer.window else None)]


class ActionTellCallbacks(SpeakingAction):
    """Every open callback of this talk, or that there is none."""

    def name(self) -> str:
        return "action_tell_callbacks"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        if not await tell_open(turn, dispatcher):
            dispatcher.utter_message(response="utter_no_callback_here", hotline=product().business.hotline)
        return []


class ActionAskChosenCallback(SpeakingAction):
    """Which of several callbacks is meant."""

    def name(self) -> str:
        return "action_ask_chosen_callback"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        windows = tuple(callback.window for callback in await open_callbacks(turn))
        dispatcher.utter_message(response="utter_ask_chosen_callback", buttons=buttons(windows, turn.language))
        return []
