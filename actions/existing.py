"""What is booked already: the callbacks of this talk, told and chosen from."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.form import Answers
from actions.product import product
from actions.speaking import SpeakingAction
from actions.times import buttons
from actions.turn import Turn
from bot.booking import phone
from bot.booking.callback import Callback
from bot.booking.pick import position
from bot.wording import dates


async def open_callbacks(turn: Turn) -> tuple[Callback, ...]:
    """The open callbacks of this talk: only what was booked here may be shown or changed here."""
    return await product().bookings.open_in_conversation(turn.conversation_id)


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
    """Whether this talk has an open callback now: it may have been called or closed meanwhile."""

    def name(self) -> str:
        return "action_look_up_callbacks"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        booked = await open_callbacks(turn)
        cleared = [SlotSet(slot, None) for slot in ("chosen_callback", "new_slot", "cancel_confirmed", "second_choice")]
        return [SlotSet("has_callback", bool(booked)), *cleared]


class ActionTellCallbacks(SpeakingAction):
    """Every open callback of this talk, or that there is none."""

    def name(self) -> str:
        return "action_tell_callbacks"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        booked = await open_callbacks(turn)
        for callback in booked:
            dispatcher.utter_message(response="utter_callback_is", **told(callback, turn))
        if not booked:
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
