"""Plays TwiML documents on a leg, verb by verb."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from bot.simulator.dialing import Dialled, dial
from bot.simulator.errors import DocumentError
from bot.simulator.exchange import call_params
from bot.simulator.leg import End, HungUp, Leg, Redirected, Source
from bot.simulator.rooms import Rooms
from bot.simulator.twiml import (
    Conference,
    Dial,
    Gather,
    Hangup,
    Method,
    Pause,
    Play,
    Redirect,
    Reject,
    Say,
    Unknown,
    Verb,
    parse_voice,
)
from bot.simulator.webhooks import Webhook

MOST_DOCUMENTS = 500
"""A call that asks for more goes round in a circle."""

_AUDIO_S = 3.0
_SHORTEST_SENTENCE_S = 0.5
_CHARACTERS_PER_S = {"ja": 8.0, "zh": 6.0, "ko": 7.0}
_LATIN_CHARACTERS_PER_S = 15.0


def speaking_s(sentence: Say) -> float:
    """Roughly how long a voice takes to say it, in seconds."""
    pace = _CHARACTERS_PER_S.get(sentence.language[:2].lower(), _LATIN_CHARACTERS_PER_S)
    return max(_SHORTEST_SENTENCE_S, len(sentence.text) / pace)


async def play(rooms: Rooms, leg: Leg, source: Source) -> End:
    """Play documents on an answered leg until they end or it hangs up; a redirection goes on with the new document."""
    while True:
        script = asyncio.ensure_future(_Script(rooms, leg).run(source))
        try:
            over: set[asyncio.Future[Any]] = {script, leg.interruption}
            await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
        finally:
            script.cancel()
            await asyncio.gather(script, return_exceptions=True)
        if not leg.interruption.done():
            return script.result()
        match leg.take_interruption():
            case Redirected(source):
                continue
            case HungUp():
                return End.HUNG_UP


class _Script:
    def __init__(self, rooms: Rooms, leg: Leg) -> None:
        self._rooms = rooms
        self._exchange = rooms.exchange
        self._leg = leg

    async def run(self, source: Source) -> End:
        step: Source | End = source
        for _ in range(MOST_DOCUMENTS):
            if isinstance(step, End):
                return step
            document = await self._load(step)
            if document is None:
                return End.HUNG_UP
            step = await self._perform(*document)
        self._exchange.note(self._leg, DocumentError(11202, "The documents of this call go round in a circle."))
        return End.HUNG_UP

    async def _load(self, source: Source) -> tuple[tuple[Verb, ...], Source] | None:
        """The verbs, and the document that they stand in; None if neither it nor the fallback can be read."""
        try:
            return await self._read(source), source
        except DocumentError as error:
            self._exchange.note(self._leg, error)
            if self._leg.fallback is None:
                return None
            trouble = {"ErrorCode": str(error.code), "ErrorUrl": error.url}
        fallback = replace(self._leg.fallback, params=trouble)
        try:
            return await self._read(fallback), fallback
        except DocumentError as error:
            self._exchange.note(self._leg, error)
            return None

    async def _read(self, source: Source) -> tuple[Verb, ...]:
        if source.verbs is not None:
            return source.verbs
        text = source.text
        if text is None:
            params = call_params(self._exchange.account_sid, self._leg.record) | source.params
            text = await self._exchange.postman.fetch(Webhook(url=source.url, method=source.method, params=params))
        return parse_voice(text)

    async def _perform(self, verbs: Iterable[Verb], current: Source) -> Source | End:
        for verb in verbs:
            match verb:
                case Hangup() | Reject():
                    return End.HUNG_UP
                case Redirect():
                    return _follow(current, verb.url or None, verb.method)
                case Gather():
                    follow = await self._gather(verb, current)
                case Dial():
                    follow = await self._dial(verb, current)
                case Unknown():
                    error = DocumentError(12200, f"There is no verb {verb.tag}.", current.url)
                    self._exchange.note(self._leg, error)
                    follow = None
                case Say() | Play() | Pause():
                    await self._speak(verb)
                    follow = None
            if follow is not None:
                return follow
        return End.FELL_THROUGH

    async def _speak(self, prompt: Say | Play | Pause, until: "asyncio.Future[None] | None" = None) -> None:
        silence: asyncio.Future[None] = until or asyncio.get_running_loop().create_future()
        for _ in range(1 if isinstance(prompt, Pause) else prompt.loop or MOST_DOCUMENTS):
            if silence.done():
                return
            match prompt:
                case Say():
                    self._exchange.hear(self._leg, prompt.text)
                    length_s = speaking_s(prompt)
                case Play():
                    self._exchange.hear(self._leg, f"♪ {urlsplit(prompt.url).path.rpartition('/')[2]}".strip())
                    length_s = _AUDIO_S
                case Pause():
                    length_s = prompt.length_s
            await self._exchange.timers.wait(silence, length_s)

    async def _gather(self, verb: Gather, current: Source) -> Source | None:
        leg, timers = self._leg, self._exchange.timers
        asking = leg.ask(verb.num_digits, verb.finish_on_key)
        self._exchange.persons.asked(leg)
        self._exchange.changes.tell(leg.record.handset)
        try:
            for prompt in verb.prompts:
                await self._speak(prompt, until=asking.stroke)
            while not asking.complete and await timers.wait(asking.next_stroke(), verb.timeout_s):
                pass
        finally:
            leg.asking = None
            self._exchange.changes.tell(leg.record.handset)
        if not asking.digits and not verb.action_on_empty:
            return None
        params = {"Digits": asking.digits, "FinishedOnKey": asking.finished_on, "msg": "Gather End"}
        return _follow(current, verb.action, verb.method, params)

    async def _dial(self, verb: Dial, current: Source) -> Source | None:
        if verb.conference is not None:
            dialled = await self._attend(verb.conference, current)
        else:
            nouns = tuple(
                replace(
                    number,
                    url=_resolve(current, number.url),
                    status_callback=_resolve(current, number.status_callback),
                )
                for number in verb.numbers
            )
            dialled = await dial(self._exchange, self._leg, replace(verb, numbers=nouns), self._play_on)
        if verb.action is None:
            return None
        return _follow(current, verb.action, verb.method, _dial_params(dialled))

    async def _attend(self, noun: Conference, current: Source) -> Dialled:
        noun = replace(
            noun,
            wait_url=_resolve(current, noun.wait_url),
            status_callback=_resolve(current, noun.status_callback),
        )
        waiting = _Script(self._rooms, self._leg)
        entered = await self._rooms.attend(self._leg, noun, waiting.run)
        return Dialled(status="answered" if entered else "failed", bridged=entered)

    async def _play_on(self, leg: Leg, source: Source) -> End:
        return await play(self._rooms, leg, source)


def _resolve(current: Source, url: str | None) -> str | None:
    """A URL of a document, seen from where the document is; blank stays blank, which means none."""
    return urljoin(current.url, url) if url else url


def _follow(current: Source, url: str | None, method: Method, params: dict[str, str] | None = None) -> Source:
    """The next document; without a URL the current one is asked again."""
    if url is None and not current.url:
        return current
    return Source(url=urljoin(current.url, url or ""), method=method, params=params or {})


def _dial_params(dialled: Dialled) -> dict[str, str]:
    params = {"DialCallStatus": dialled.status, "DialBridged": str(dialled.bridged).lower()}
    if dialled.sid is not None:
        params["DialCallSid"] = dialled.sid
    if dialled.duration_s is not None:
        params["DialCallDuration"] = str(dialled.duration_s)
    return params
