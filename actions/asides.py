"""What is answered before anything else, whatever was asked: urgent matters, opting out, and frequent questions."""

from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import guessing
from actions.product import product
from actions.turn import Turn
from bot.booking import asides, hearing, phone, rating, reason, remarks
from bot.booking.errors import CallbackNotFound, CallbackNotOpen, NumberRefused
from bot.channels.sms import keyword

PATIENCE = 3
"""After this many messages in a row that were not understood, a person is offered."""
DECLINES = frozenset({"deny", "skip", "stop_form"})
"""Answers of a customer who does not want to rate a call."""
LOW = 2
"""Stars with which something went wrong."""

STOPPED: list[EventType] = [
    ActiveLoop(None),
    SlotSet("requested_slot", None),
    SlotSet("confirmed", None),
    SlotSet("changing", False),
]
"""No form is open any more. What was answered is kept."""


async def said_aside(turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType] | None:
    """Answer what cannot wait for the talk's own way; None where the message is nothing of the kind.

    The events end an open form, or are empty where it only has to ask its question again.
    """
    ours = product()
    if hearing.is_nonsense(turn.text):
        say_misunderstood(turn, dispatcher)
        return []
    if remarks.is_a_moment(turn.text):
        dispatcher.utter_message(response=turn.fresh("utter_take_your_time"))
        return []
    if ours.urgency.is_in(turn.text):
        dispatcher.utter_message(response="utter_urgent", hotline=ours.business.hotline)
        kept = [] if turn.slots.get("reason") else _kept_as_reason(reason.cleaned(turn.text))
        return [*STOPPED, *kept]
    if unwanted := _unwanted(turn):
        return await _opt_out(turn, dispatcher, calls=unwanted == "calls")
    if not turn.form and await _rates(turn, dispatcher):
        return []
    if found := asides.answer_to(turn.text, ours.faqs, language=turn.language):
        dispatcher.utter_message(response="utter_faq", answer=found)
        if not turn.form:
            dispatcher.utter_message(response="utter_offer_callback")
        return []
    return None


def say_misunderstood(turn: Turn, dispatcher: CollectingDispatcher) -> None:
    """Says so; the third time in a row it offers a person instead of a third excuse."""
    ours = product()
    if turn.intent == "ask_business":
        dispatcher.utter_message(response=turn.fresh("utter_for_the_agent"))
        return
    first = "utter_out_of_scope" if turn.intent == "out_of_scope" else "utter_misunderstood"
    times = turn.times_misunderstood % PATIENCE
    dispatcher.utter_message(
        response=(first, "utter_misunderstood_again", "utter_offer_person")[times],
        hotline=ours.business.hotline,
        hours=ours.hours_text(turn.language),
    )


def _kept_as_reason(told: str) -> list[EventType]:
    return [SlotSet("reason", told), SlotSet("topic", guessing.guessed(told))]


async def _rates(turn: Turn, dispatcher: CollectingDispatcher) -> bool:
    """Whether the message answers how the call was."""
    ours = product()
    stars = rating.read(turn.text)
    if stars is None and turn.intent not in DECLINES:
        return False
    rated = await ours.ratings.give(
        turn.conversation_id, stars, comment=rating.comment(turn.text) if stars else None, now=ours.clock.now()
    )
    if rated:
        heard = "utter_rating_declined" if stars is None else "utter_rated_low" if stars <= LOW else "utter_rated"
        dispatcher.utter_message(response=heard, hotline=ours.business.hotline)
    return rated


def _unwanted(turn: Turn) -> str | None:
    """In the middle of a form "stop" ends the form; elsewhere there is only one thing that it can end."""
    if not turn.form and keyword(turn.text) == "stop":
        return "messages"
    return asides.opts_out(turn.text)


async def _opt_out(turn: Turn, dispatcher: CollectingDispatcher, *, calls: bool) -> list[EventType]:
    """Obeyed at once for the numbers that are named, or else for those of this talk; who gave none is told how."""
    ours = product()
    now = ours.clock.now()
    booked = await ours.identity.open_callbacks(turn.conversation_id, now=now)
    given = turn.slots.get("phone_number")
    named = _numbers_in(turn.text)
    numbers = named or {callback.phone_number for callback in booked} | ({given} if given else set())
    for number in numbers:
        await ours.consent.stop(number, calls=calls, now=now)
    for callback in booked if calls else ():
        if callback.phone_number not in numbers:
            continue
        try:
            await ours.bookings.cancel(callback.reference, now=now)
        except (CallbackNotOpen, CallbackNotFound):
            continue  # it rings already: the agent hears it from the customer
    done = "utter_no_more_calls" if calls else "utter_no_more_messages"
    told = ", ".join(sorted(phone.masked(number) for number in numbers))
    dispatcher.utter_message(response=done if numbers else "utter_how_to_opt_out", numbers=told)
    return [*STOPPED, SlotSet("phone_number", None)] if calls else []


def _numbers_in(text: str) -> set[str]:
    """Every number that the message names and that could be called."""
    try:
        heard = phone.heard(text, product().numbers)
    except NumberRefused:
        return set()
    return {number for number in (heard.main, heard.alternate) if number}
