"""What is booked already: the callbacks of this talk, told and chosen from."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.form import Answers
from actions.product import product
from actions.soonest import told_moment
from actions.speaking import SpeakingAction
from actions.times import buttons
from actions.turn import Turn
from bot.booking import phone, reference
from bot.booking.callback import Callback, Kind, Status
from bot.booking.pick import position
from bot.booking.window import Window
from bot.wording import dates

CHOICES = ("chosen_callback", "new_slot", "cancel_confirmed", "second_choice", "claim", "proved")
"""What an earlier wish about a booking left behind."""
WANTED = {"move_callback": "move", "cancel_callback": "cancel", "check_callback": "check"}
"""What is wanted of a booking, by intent."""


async def open_callbacks(turn: Turn) -> tuple[Callback, ...]:
    """The open callbacks that may be shown and changed here: booked in this talk, or proved to be the customer's."""
    ours = product()
    return await ours.identity.open_callbacks(turn.conversation_id, now=ours.clock.now())


def told(callback: Callback, turn: Turn) -> dict[str, str]:
    """A callback in words: its time, masked number and reference."""
    return {
        "when": dates.start(callback.window, tz=product().business.timezone, language=turn.language),
        "number": phone.masked(callback.phone_number),
        "reference": callback.reference,
    }


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
    if turn.asked != "chosen_callback":
        return {}
    ours = product()
    offer = await ours.bookings.propose(turn.text, language=turn.language, now=ours.clock.now())
    wanted = {offer.window, *offer.options} if offer.kind != "nothing" else set()
    meant = [callback for callback in booked if callback.window in wanted]
    index = position(turn.text, len(booked))
    if len(meant) != 1 and index is None:
        return {}
    return {"chosen_callback": (meant[0] if len(meant) == 1 else booked[index or 0]).reference}


class ActionLookUpCallbacks(SpeakingAction):
    """Whether this talk has an open callback now: it may have been called or closed meanwhile.

    Whoever names a booking that is not of this talk means that one.
    """

    def name(self) -> str:
        return "action_look_up_callbacks"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        booked = await open_callbacks(turn)
        named = reference.read(turn.text)
        is_here = bool(booked) and (named is None or named in {callback.reference for callback in booked})
        cleared = [SlotSet(slot, None) for slot in CHOICES]
        return [SlotSet("has_callback", is_here), SlotSet("wanted", WANTED.get(turn.intent)), *cleared]


class ActionTellCallbacks(SpeakingAction):
    """Every open callback of this talk, or that there is none."""

    def name(self) -> str:
        return "action_tell_callbacks"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        booked = await open_callbacks(turn)
        for callback in booked:
            await _tell(callback, turn, dispatcher)
        if not booked:
            dispatcher.utter_message(response="utter_no_callback_here", hotline=product().business.hotline)
        elif len(booked) == 1:
            ours = product()
            await ours.identity.talk_about(turn.conversation_id, booked[0], now=ours.clock.now())
        return []


async def _tell(callback: Callback, turn: Turn, dispatcher: CollectingDispatcher) -> None:
    """Where a callback stands: its time, its place in the line, or what has been tried."""
    ours = product()
    facts = told(callback, turn)
    if callback.status in (Status.DIALING, Status.IN_CALL):
        dispatcher.utter_message(response="utter_callback_is_ringing", **facts)
    elif callback.status == Status.RETRY_WAIT:
        again = Window(start=callback.due_at, end=callback.window.end)
        when = dates.start(again, tz=ours.business.timezone, language=turn.language)
        dispatcher.utter_message(response="utter_callback_is_retried", **(facts | {"when": when}))
    elif callback.kind == Kind.SCHEDULED:
        dispatcher.utter_message(response="utter_callback_is", **facts)
    else:
        standing = await ours.bookings.standing(callback, now=ours.clock.now())
        if standing.queue_position is None or standing.estimated_start is None:
            dispatcher.utter_message(response="utter_callback_is", **facts)
            return
        facts["when"] = told_moment(turn, standing.estimated_start)
        place = str(standing.queue_position)
        dispatcher.utter_message(response="utter_callback_is_waiting", position=place, **facts)


class ActionAskChosenCallback(SpeakingAction):
    """Which of several callbacks is meant."""

    def name(self) -> str:
        return "action_ask_chosen_callback"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        windows = tuple(callback.window for callback in await open_callbacks(turn))
        dispatcher.utter_message(response="utter_ask_chosen_callback", buttons=buttons(windows, turn.language))
        return []
