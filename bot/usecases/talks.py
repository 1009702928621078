"""A talk under way: who may do what with it, and why not."""

from typing import Literal, TypeGuard

from bot.booking.callback import Callback
from bot.store import attempts, room_guests
from bot.store.agents import Agent
from bot.store.attempts import Dial
from bot.store.database import Transaction
from bot.store.room_guests import Guest
from bot.telephony.rooms import NOBODY, Voice

Speaking = Literal["listens", "whispers", "speaks", "aside"]
"""How a guest takes part. `aside`: with the agent alone, while the customer is on hold."""
LONGEST_HANDOVER_NOTE = 500
LISTENED_IN, CONSULTED, HANDED_OVER = "listened_in", "consulted", "handed_over"
"""The history's words for who was in the call beside the two. `agent_id` did it, `to_agent_id` was asked or has the
call now, and `note` is what the one told the other."""


class NoTalk(Exception):
    """Nobody can be let into the call: customer and agent are not, or no longer, speaking."""

    def __init__(self) -> None:
        super().__init__("Customer and agent are not speaking.")


class NotYourCall(Exception):
    """Only the agent who has the call may hand it over."""

    def __init__(self) -> None:
        super().__init__("Another agent has this call.")


class NotFree(Exception):
    """Whoever was to come into the room has a call, or is asked into one already."""

    def __init__(self) -> None:
        super().__init__("They have another call, or are asked into one already.")


class NotThere(Exception):
    """The guest has not picked up yet, or is gone."""

    def __init__(self) -> None:
        super().__init__("They are not in the call.")


class PhoneRefused(Exception):
    """The carrier cannot ring the phone of whoever was to come into the room."""

    def __init__(self) -> None:
        super().__init__("Their phone cannot be rung.")


async def talk_of(tx: Transaction, callback: Callback, *, of: Agent | None = None) -> Dial:
    """The talk of a callback, this agent's if one is named. Raises NoTalk and NotYourCall."""
    dial = await attempts.live_of(tx, callback.id)
    if not is_talk(dial):
        raise NoTalk
    if of is not None and dial.agent_id != of.id:
        raise NotYourCall
    return dial


def is_talk(dial: Dial | None) -> TypeGuard[Dial]:
    """Whether customer and agent speak."""
    return dial is not None and dial.is_live and bool(dial.confirmed_at and dial.agent_confirmed_at)


async def guest_of(tx: Transaction, dial: Dial, agent_id: str | None = None, *, role: str | None = None) -> Guest:
    """The one of the call's guests who is meant, and is in the room. Raises NotThere."""
    for guest in await room_guests.of(tx, dial.id):
        if guest.is_here and agent_id in (None, guest.agent_id) and role in (None, guest.role):
            return guest
    raise NotThere


def voice_of(speaking: str, agents_call: str | None) -> Voice:
    """How somebody is heard who takes part in this way beside an agent with this call."""
    coaches = agents_call or NOBODY
    return {"listens": Voice(muted=True, coaches=coaches), "whispers": Voice(coaches=coaches)}.get(speaking, Voice())
