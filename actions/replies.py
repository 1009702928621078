"""Questions and remarks that are answered in the middle of anything."""

from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.product import product
from actions.soonest import told_moment
from actions.telling import tell_open
from actions.turn import Turn
from bot.booking import hearing

OFTEN = frozenset({"thank", "greet", "insult", "ask_help"})
"""What people say twice in a row; the second answer is in other words."""


async def answer(turn: Turn, dispatcher: CollectingDispatcher) -> None:
    """Answer the question or remark that the message is."""
    ours = product()
    facts: dict[str, str] = {"hotline": ours.business.hotline, "hours": ours.hours_text(turn.language)}
    is_own = turn.intent == "ask_wait" or (turn.intent == "ask_hours" and hearing.asks_when_called(turn.text))
    if is_own and not turn.form and await tell_open(turn, dispatcher):
        return  # whoever has booked asks for their own place in the line
    if turn.intent in ("ask_wait", "ask_person"):
        soonest = await ours.bookings.earliest(now=ours.clock.now())
        if soonest is None:
            dispatcher.utter_message(response="utter_nothing_free", **facts)
            return
        facts["soonest"] = told_moment(turn, soonest.expected_at)
    response = f"utter_{turn.intent}"
    dispatcher.utter_message(response=turn.fresh(response) if turn.intent in OFTEN else response, **facts)


async def stopped(turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
    """The customer stops, leaves, or says farewell when all is done."""
    if turn.form == "callback_form":
        dispatcher.utter_message(response="utter_stopped")
    elif turn.form:
        dispatcher.utter_message(response="utter_left_as_it_is")
    else:
        dispatcher.utter_message(response=turn.fresh("utter_goodbye"))
    await product().bookings.release(turn.conversation_id)
    return [
        ActiveLoop(None),
        SlotSet("requested_slot", None),
        SlotSet("confirmed", None),
        SlotSet("changing", False),
    ]
