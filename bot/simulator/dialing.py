"""The verb Dial: ring one or more phones for a leg and connect it with the first that takes the call."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.simulator.exchange import Exchange
from bot.simulator.leg import SIP_OK, SIP_UNAVAILABLE, Cancelled, End, HungUp, Leg, Player, Redirected, Source
from bot.simulator.records import Callback
from bot.simulator.twiml import Dial, Number


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialled:
    """What became of a Dial: the values of DialCallStatus, DialCallSid, DialCallDuration and DialBridged."""

    status: str
    sid: str | None = None
    duration_s: int | None = None
    bridged: bool = False


async def dial(exchange: Exchange, leg: Leg, verb: Dial, player: Player) -> Dialled:
    """Ring every number of `verb`; returns when the conversation, or the ringing without one, is over."""
    ready: asyncio.Future[Leg] = asyncio.get_running_loop().create_future()
    children = [_open(exchange, leg, verb, noun) for noun in verb.numbers]
    if not children:
        return Dialled(status="failed")
    for child, noun in zip(children, verb.numbers, strict=True):
        exchange.spawn(_attend(exchange, child, noun, verb.timeout_s, ready, player))
    all_ended = asyncio.ensure_future(_all_ended(children))
    try:
        decided: set[asyncio.Future[Any]] = {ready, all_ended}
        await asyncio.wait(decided, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            return _missed(children[0])
        winner = ready.result()
        _give_up([child for child in children if child is not winner])
        return await _talk(exchange, leg, winner, verb.time_limit_s)
    finally:
        all_ended.cancel()
        _give_up(children)


def _open(exchange: Exchange, leg: Leg, verb: Dial, noun: Number) -> Leg:
    callback = None
    if noun.status_callback is not None:
        callback = Callback(
            url=noun.status_callback,
            method=noun.status_callback_method,
            events=noun.status_callback_events,
        )
    return exchange.open(
        caller=verb.caller_id or leg.record.from_number,
        called=noun.number,
        handset=noun.number,
        direction="outbound-dial",
        callback=callback,
        parent_sid=leg.record.sid,
    )


async def _attend(
    exchange: Exchange, child: Leg, noun: Number, timeout_s: float, ready: asyncio.Future[Leg], player: Player
) -> None:
    """The life of the called leg: it rings, hears its document, talks."""
    try:
        if not await exchange.ring(child, timeout_s=timeout_s):
            return
        if await _accepts(child, noun, player) and not ready.done():
            ready.set_result(child)
            await _stay(exchange, child, player)
    except Exception:
        exchange.end(child, "failed", SIP_UNAVAILABLE)
        raise
    exchange.end(child, "completed", SIP_OK)


async def _accepts(child: Leg, noun: Number, player: Player) -> bool:
    """Play the document of the number, if it has one, before anyone is connected."""
    return noun.url is None or await player(child, Source(url=noun.url, method=noun.method)) is not End.HUNG_UP


async def _stay(exchange: Exchange, child: Leg, player: Player) -> None:
    """Connected, until one side hangs up or the leg is redirected elsewhere."""
    await asyncio.wait({child.interruption})
    happened = child.take_interruption()
    child.left.set_result(None)
    if isinstance(happened, Redirected):
        exchange.join(child, None)
        await player(child, happened.source)


async def _talk(exchange: Exchange, leg: Leg, child: Leg, time_limit_s: float) -> Dialled:
    exchange.connect(leg, child)
    began_s = exchange.timers.elapsed()
    try:
        if not await exchange.timers.wait(child.left, time_limit_s):
            child.interrupt(HungUp(by_handset=False))
            await asyncio.wait({child.left})
    finally:
        exchange.join(leg, None)
    return Dialled(
        status="completed",
        sid=child.record.sid,
        duration_s=round(exchange.timers.elapsed() - began_s),
        bridged=True,
    )


def _missed(child: Leg) -> Dialled:
    """Nobody took the call. One who picked up and refused in the document was not connected: no-answer."""
    record = child.record
    status = "no-answer" if record.status == "completed" else record.status
    return Dialled(status=status, sid=record.sid)


def _give_up(children: Sequence[Leg]) -> None:
    for child in children:
        if not child.decide(Cancelled()) and not child.left.done():
            child.interrupt(HungUp(by_handset=False))


async def _all_ended(legs: Sequence[Leg]) -> None:
    await asyncio.wait([leg.ended for leg in legs])
