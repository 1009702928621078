"""The questions of the callback form that tell facts: free times, and what was understood."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import spans
from actions.product import product
from actions.soonest import told_soonest
from actions.speaking import SpeakingAction
from actions.times import ask_for_time, customer_of, time_taken
from actions.turn import Turn
from bot.booking import phone, reason
from bot.booking.callback import Kind
from bot.booking.errors import SlotFull, WindowNotOffered
from bot.usecases.bookings import Soonest
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
    after_hours = await _after_hours(turn) if slot == spans.ASAP else None
    _repeat_back(turn, dispatcher, after_hours=after_hours)
    return []


async def _after_hours(turn: Turn) -> Soonest | None:
    """What the soonest call would be when we are closed now."""
    ours = product()
    soonest = await ours.bookings.earliest(now=ours.clock.now(), customer=customer_of(turn))
    return soonest if soonest and soonest.kind == Kind.AFTER_HOURS else None


def _repeat_back(turn: Turn, dispatcher: CollectingDispatcher, *, after_hours: Soonest | None) -> None:
    slot, name = turn.slots["preferred_slot"], turn.slots.get("customer_name")
    numbers = (turn.slots["phone_number"], turn.slots.get("alternate_number"))
    facts = {
        "number": " / ".join(phone.masked(number) for number in numbers if number),
        "customer": " ".join(filter(None, (turn.slots.get("company"), name))),
        "about": reason.shortened(turn.slots["reason"]),
    }
    if slot != spans.ASAP:
        facts["when"] = dates.start(spans.read(slot), tz=product().business.timezone, language=turn.language)
    if after_hours:  # "as soon as possible" would sound like now
        facts["when"] = told_soonest(turn, after_hours.kind, after_hours.window, expected_at=None)
    is_asap = slot == spans.ASAP and not after_hours
    response = "utter_ask_confirmed" + ("_asap" if is_asap else "") + ("" if name else "_unnamed")
    dispatcher.utter_message(response=response, **facts)
