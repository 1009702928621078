"""How a caller is spoken to: sentences of the section [inbound], and the question that ends each turn."""

from collections.abc import Mapping

from bot.store.inbound_calls import InboundCall
from bot.usecases.call_steps import AskCaller, Line, SayAndHangUp
from bot.wording import say


def line(name: str, language: str, **facts: object) -> Line:
    """A sentence in a language."""
    return Line(text=say(f"inbound.{name}", language, **facts), language=language)


def ask(
    call: InboundCall, step: str, *lines: Line, query: Mapping[str, str] | None = None, is_long: bool = False
) -> AskCaller:
    """A question whose answer goes to `step`."""
    return AskCaller(lines=lines, step=step, then=line("no_key", call.language), query=query or {}, is_long=is_long)


def end(call: InboundCall, name: str, **facts: object) -> SayAndHangUp:
    """The last sentence of a call."""
    return SayAndHangUp(text=say(f"inbound.{name}", call.language, **facts), language=call.language)


def spelled(characters: str) -> str:
    """Letters and digits one by one, so that a voice does not make a number of them."""
    return " ".join(letter for letter in characters if letter.isalnum())
