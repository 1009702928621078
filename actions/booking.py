"""The customer said yes: the callback is booked."""

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import spans
from actions.product import product
from actions.soonest import told_soonest
from actions.speaking import SpeakingAction
from actions.times import asked_anew, time_taken
from actions.turn import Turn
from bot.booking import phone
from bot.booking.callback import Callback, Channel, Kind
from bot.booking.errors import NumberRefused, SlotFull, TooManyOpenCallbacks, WindowNotOffered
from bot.usecases.bookings import BookingRequest, IdempotencyKey
from bot.wording import dates


class ActionBook(SpeakingAction):
    """Books what was confirmed. Said twice, "yes" books once: the key is the talk and the number of its booking."""

    def name(self) -> str:
        return "action_book"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        if not turn.slots.get("confirmed"):
            return []  # the form was left, not finished
        ours = product()
        number = int(turn.slots.get("booking_number") or 0)
        key = IdempotencyKey(scope="chat", key=f"{turn.conversation_id}:{number}")
        try:
            callback = await ours.bookings.book(_request(turn), now=ours.clock.now(), idempotency=key)
        except (SlotFull, WindowNotOffered) as refusal:
            return time_taken(dispatcher, refusal)
        except NumberRefused as refusal:
            dispatcher.utter_message(response=f"utter_refused_{refusal.reason}")
            return asked_anew("phone_number")
        except TooManyOpenCallbacks as refusal:
            dispatcher.utter_message(response="utter_too_many", limit=str(refusal.limit), hotline=ours.business.hotline)
            return _finished()
        dispatcher.utter_message(
            response="utter_booked_asap" if callback.kind == Kind.ASAP else "utter_booked",
            when=_told_time(turn, callback),
            number=phone.masked(callback.phone_number),
            reference=callback.reference,
        )
        return [*_finished(), SlotSet("booking_number", number + 1), SlotSet("has_callback", True)]

    def after_trouble(self) -> list[EventType]:
        """Nothing is lost: the customer only has to say yes once more."""
        return [SlotSet("confirmed", None), SlotSet("asking", "first"), FollowupAction("callback_form")]


def _told_time(turn: Turn, callback: Callback) -> str:
    if callback.kind in (Kind.ASAP, Kind.AFTER_HOURS):
        return told_soonest(turn, callback.kind, callback.window, expected_at=callback.told_start, topic=callback.topic)
    return dates.start(callback.window, tz=product().business.timezone, language=turn.language)


def _request(turn: Turn) -> BookingRequest:
    slot = turn.slots["preferred_slot"]
    return BookingRequest(
        phone_number=turn.slots["phone_number"],
        reason=turn.slots["reason"],
        window=None if slot == spans.ASAP else spans.read(slot),
        language=turn.language,
        channel=Channel(turn.channel),
        name=turn.slots.get("customer_name") or None,
        company=turn.slots.get("company"),
        topic=turn.slots.get("topic"),
        alternate_phone_number=turn.slots.get("alternate_number"),
        conversation_id=turn.conversation_id,
    )


def _finished() -> list[EventType]:
    """A second booking asks for its own reason and time; name and number are known."""
    return [SlotSet(slot, None) for slot in ("reason", "topic", "preferred_slot", "offered_slots", "confirmed")]
