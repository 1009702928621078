"""What is booked already, told to the customer."""

from rasa_sdk.executor import CollectingDispatcher

from actions.product import product
from actions.soonest import told_moment
from actions.turn import Turn
from bot.booking import phone
from bot.booking.callback import Callback, Kind, Status
from bot.booking.window import Window
from bot.wording import dates


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


async def tell_open(turn: Turn, dispatcher: CollectingDispatcher) -> bool:
    """Tell every open callback that may be shown here; False for none."""
    booked = await open_callbacks(turn)
    for callback in booked:
        await _tell(callback, turn, dispatcher)
    if len(booked) == 1:
        ours = product()
        await ours.identity.talk_about(turn.conversation_id, booked[0], now=ours.clock.now())
    return bool(booked)


async def tell_closed(turn: Turn, dispatcher: CollectingDispatcher) -> bool:
    """Tell how the last callback of this talk ended; False where there was none."""
    ours = product()
    closed = await ours.identity.last_closed(turn.conversation_id, now=ours.clock.now())
    if closed is None:
        return False
    await ours.identity.talk_about(turn.conversation_id, closed, now=ours.clock.now())
    dispatcher.utter_message(response=f"utter_callback_was_{closed.status}", **told(closed, turn))
    return True


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
