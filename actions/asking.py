"""The questions of the callback form that tell facts: free times, and what was understood."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import spans
from actions.product import product
from actions.speaking import SpeakingAction
from actions.times import ask_for_time, customer_of, time_taken
from actions.turn import Turn
from bot.booking import phone, reason
from bot.booking.errors import SlotFull, WindowNotOffered
from bot.wording import dates


class ActionAskPreferredSlot(SpeakingAction):
    """When to call, with free times to choose from."""

    def name(self) -> str:
        return "action_ask_preferred_slot"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        response = "utter_ask_which_slot" if turn.slots.get("offered_slots") else "utter_ask_preferred_slot"
        return [SlotSet("offered_slots", await ask_for_time(turn, dispatcher, response=response))]


class ActionAskConfirmed(SpeakingAction):
    """Everything repeated back; after an aside only the question; after a no, what to change."""

    def name(self) -> str:
        return "action_ask_confirmed"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        if turn.slots.get("changing"):
            dispatcher.utter_message(response="utter_ask_what_to_change")
        elif turn.slots.get("asking") != "first":
            dispatcher.utter_message(response="utter_ask_confirmed_again")
        else:
            return await _keep_and_repeat_back(turn, dispatcher)
        return []


async def _keep_and_repeat_back(turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
    """The time is kept while the customer decides, so that it is still there on their yes."""
    ours, slot = product(), turn.slots["preferred_slot"]
    if slot != spans.ASAP:
        try:
            await ours.bookings.hold(
                spans.read(slot), customer=customer_of(turn), now=ours.clock.now(), topic=turn.slots.get("topic")
            )
        except (SlotFull, WindowNotOffered) as refusal:
            return time_taken(dispatcher, refusal)
    _repeat_back(turn, dispatcher)
    return []


def _repeat_back(turn: Turn, dispatcher: CollectingDispatcher) -> None:
    slot, name = turn.slots["preferred_slot"], turn.slots.get("customer_name")
    numbers = (turn.slots["phone_number"], turn.slots.get("alternate_number"))
    facts = {
        "number": " / ".join(phone.masked(number) for number in numbers if number),
        "customer": " ".join(filter(None, (turn.slots.get("company"), name))),
        "about": reason.shortened(turn.slots["reason"]),
    }
    if slot != spans.ASAP:
        facts["when"] = dates.start(spans.read(slot), tz=product().business.timezone, language=turn.language)
    response = "utter_ask_confirmed" + ("_asap" if slot == spans.ASAP else "") + ("" if name else "_unnamed")
    dispatcher.utter_message(response=response, **facts)
