"""Whole talks as data: what a customer writes, and what must be true at the end. Read from tests/dialogue/talks/*.yml.

A talk has a `kind`, a `title` and any of:

- `lines`: what the customer writes. `{number}` is a number of the talk's own, `{other}` another one, `{reference}` the
  earlier booking, `{code}` the digits that were texted last, `{wrong code}` six others, `{press 2}` what the second
  button sends, `{2000}` as many letters. `=> name 18:00` checks the turn before: it expects a name and says "18:00"
  (`nothing`: nothing is asked).
  `{call ends}` is no message: the agent has spoken to the customer.
- `customer`: what the customer answers to each thing that is expected, after the lines, until nothing is asked any
  more. What is not named is answered as most would. `most`: in how many messages, lines included.
- `now`, `full` (slots without a place), `earlier` (bookings of the number from elsewhere): how things stand before.
- `booked`: the open bookings at the end, each with the facts that matter; none where it is not named.
- `end`: `expects`, `says`, `never` (in any turn), `language`, `callback` (its status in the last turn), `rating`,
  `opted_out` (`sms` or `calls`).

In every turn of every talk nothing is said twice in a row, no number is shown, and a booking comes with its turn.
"""

import asyncio
import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML

from bot.assistant import Utterance
from bot.booking import phone
from bot.booking.callback import Callback, Channel, Kind, Status
from bot.booking.slots import Slot
from bot.booking.when import Language
from bot.channels.web import as_text
from bot.store import callbacks, ledger, slots
from bot.usecases.bookings import BookingRequest
from bot.usecases.conversation import Turn
from bot.usecases.identity import Identity
from bot.usecases.new_times import NewTimes
from bot.usecases.notices import Notices
from bot.usecases.promises import plan_notice
from bot.usecases.seats import Seats
from bot.wiring import Product
from tests.support.assistant import Talk
from tests.support.carriers import ScriptedSms
from tests.support.clocks import tokyo

TALKS = Path(__file__).resolve().parents[1] / "dialogue" / "talks"
TUESDAY = "2026-11-24 10:00"
ENOUGH = 14
"""Messages after which a customer who only answers what is asked would have given up."""
LANGUAGES: tuple[Language, ...] = ("ja", "en")
ANSWERS: Mapping[Language, Mapping[str, str]] = {
    "ja": {
        "reason": "修理の相談", "name": "スキップ", "phone_number": "{number}", "preferred_slot": "明日の15時",
        "confirmation": "はい", "callback_choice": "このまま", "verification_code": "{code}",
    },
    "en": {
        "reason": "a repair", "name": "skip", "phone_number": "{number}", "preferred_slot": "tomorrow at 3pm",
        "confirmation": "yes", "callback_choice": "keep it", "verification_code": "{code}",
    },
}  # fmt: skip
"""What a customer answers who has nothing special to say."""

Set = Literal["develop", "probes", "heldout", "fresh", "second", "third", "fourth"]


@dataclass(frozen=True, kw_only=True)
class Dialogue:
    """One talk of the files."""

    language: Language
    told: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """What kind of talk it is."""
        return str(self.told["kind"])

    @property
    def name(self) -> str:
        """Language, kind and title."""
        return f"{self.language}: {self.kind}: {self.told['title']}"

    @property
    def needs_the_world(self) -> bool:
        """Whether it moves the clock or fills slots that other talks want."""
        return bool(self.told.get("now") or self.told.get("full"))


@dataclass(kw_only=True)
class Result:
    """What became of a talk: its faults, the customer's messages, and everything that was said."""

    dialogue: Dialogue
    faults: list[str] = field(default_factory=list)
    messages: int = 0
    said: list[str] = field(default_factory=list)


def dialogues(which: Set, languages: Iterable[Language] = LANGUAGES) -> list[Dialogue]:
    """All talks of a set."""
    found: list[Dialogue] = []
    for language in languages:
        talks = YAML(typ="safe").load((TALKS / f"{which}_{language}.yml").read_text(encoding="utf-8"))
        found += [Dialogue(language=language, told=told) for told in talks]
    return found


_NUMBERS = itertools.count(1)
"""One series for all stages, which may share a database."""


class Stage:
    """Where talks are played: the product beside a running assistant, and every phone's inbox."""

    def __init__(self, product: Product, set_clock: Callable[[str], None]) -> None:
        self.product = product
        self.set_clock = set_clock
        self.sms = ScriptedSms()
        self._identity = Identity(product.database, self.sms, business=product.business)
        settings = product.settings
        seats = Seats(
            product.rules,
            measured=settings.capacity.for_measuring(),
            hold_for=timedelta(minutes=settings.slots.hold_minutes),
        )
        self._notices = Notices(
            product.database,
            self.sms,
            business=product.business,
            new_times=NewTimes(product.rules, seats),
            policy=settings.notices.value(links=product.links.key, unknown_zone=product.business.timezone),
        )
        self._sending = asyncio.Lock()

    def number(self) -> str:
        """A mobile number that nobody else has."""
        count = next(_NUMBERS)
        return f"080-5{count // 1000:03d}-{count % 1000:04d}"

    async def code_for(self, numbers: Iterable[str]) -> str:
        """The digits that one of these phones received last; empty where none did."""
        async with self._sending:
            await self._identity.send_due(now=self.product.clock.now())
        texts = [text for to, text in self.sms.texts if to in set(numbers)]
        codes = [found[0] for text in texts if (found := re.search(r"(?<!\d)\d{6}(?!\d)", text))]
        return codes[-1] if codes else ""

    async def send_notices(self) -> None:
        """What the business says by itself is said."""
        async with self._sending:
            while await self._notices.send_due(now=self.product.clock.now(), real_now=datetime.now(UTC)):
                pass  # what other talks left to say may be more than is sent at once

    async def play_all(self, talks: Iterable[Dialogue], *, at_once: int = 3) -> list[Result]:
        """Every talk, several at a time; those that need the world for themselves come last."""
        own = [talk for talk in talks if not talk.needs_the_world]
        alone = [talk for talk in talks if talk.needs_the_world]
        places = asyncio.Semaphore(at_once)

        async def one(talk: Dialogue) -> Result:
            async with places:
                return await Play(self, talk).run()

        self.set_clock(f"{TUESDAY.replace(' ', 'T')}:00+09:00")
        results = list(await asyncio.gather(*map(one, own)))
        for talk in alone:
            self.set_clock(f"{talk.told.get('now', TUESDAY).replace(' ', 'T')}:00+09:00")
            results.append(await Play(self, talk).run())
        return results


class Play:
    """One talk, played to its end."""

    def __init__(self, stage: Stage, dialogue: Dialogue) -> None:
        self._stage = stage
        self._product = stage.product
        self._told = dialogue.told
        self._talk = Talk(stage.product, self._told.get("begins", dialogue.language))
        self._language = dialogue.language
        self._numbers = {"own": stage.number(), "other": stage.number()}
        self._e164 = {name: phone.accept(number, stage.product.numbers) for name, number in self._numbers.items()}
        self._earlier: list[Callback] = []
        self._fillers: list[Callback] = []
        self._known: set[str] = set()
        self.result = Result(dialogue=dialogue)

    async def run(self) -> Result:
        """Play it and look at what came of it."""
        try:
            await self._prepare()
            await self._heard(await self._talk.open())
            for line in self._told.get("lines", ()):
                await self._line(line)
            await self._answer_on()
            await self._look_at_the_end()
        except Exception as error:  # a talk that breaks is a failed talk, and the next one is played
            self.result.faults.append(f"broke: {error!r}")
        finally:
            await self._clean_up()
        return self.result

    async def _prepare(self) -> None:
        for told in self._told.get("earlier", ()):
            self._earlier.append(await self._book(self._e164["own"], told["start"], told["reason"]))
        for start in self._told.get("full", ()):
            slot = await self._slot(start)
            self._fillers += [
                await self._book(phone.accept(self._stage.number(), self._product.numbers), start, "another matter")
                for _ in range(slot.free)
            ]
        self._known = {callback.reference for callback in self._earlier}

    async def _book(self, number: str, start: str, reason: str) -> Callback:
        window = (await self._slot(start)).window
        request = BookingRequest(
            phone_number=number, reason=reason, window=window, language=self._language, channel=Channel.FORM
        )
        return await self._product.bookings.book(request, now=self._product.clock.now())

    async def _slot(self, start: str) -> Slot:
        moment = tokyo(f"2026-{start}")
        found = await self._product.bookings.slots(
            now=self._product.clock.now(), start=moment, end=moment + timedelta(minutes=1)
        )
        return found[0]

    async def _line(self, line: str) -> None:
        if line.startswith("=>"):
            expects, _, said = line.removeprefix("=>").strip().partition(" ")
            self._check(
                (self._talk.turn.expects or "nothing") == expects, f"expects {self._talk.turn.expects}, not {expects}"
            )
            self._check(said in self._talk.text, f"does not say “{said}”")
        elif line == "{call ends}":
            await self._end_call()
        else:
            await self._say(await self._filled(line))

    async def _say(self, text: str) -> None:
        before = [utterance.text for utterance in self._talk.turn.utterances]
        self.result.messages += 1
        self.result.said.append(f"> {text[:120]}")
        await self._heard(await self._talk.say(as_text(text)), before)

    async def _heard(self, turn: Turn, before: Iterable[str] = ()) -> None:
        said = [utterance.text for utterance in turn.utterances]
        self.result.said.append(f"{' / '.join(said)}  [{turn.expects}]")
        self._check(not set(said) & set(before), "says the same twice in a row")
        digits = re.sub(r"\D", "", self._talk.text)
        for number in self._numbers.values():
            self._check(number.replace("-", "")[1:] not in digits, "shows a number")
        self._check(not any(piece in self._talk.text for piece in self._end("never", ())), "says what it must not")
        made = {callback.reference for callback in await self._talk.bookings()} - self._known
        if made:
            self._known |= made
            self._check(turn.callback is not None and turn.callback.reference in made, "a booking without its turn")

    async def _filled(self, line: str) -> str:
        if pressed := re.fullmatch(r"\{press (\d)\}", line):
            return self._talk.buttons[int(pressed[1]) - 1]
        code = await self._stage.code_for(self._e164.values()) if "code}" in line else ""
        pieces = {
            "{number}": self._numbers["own"],
            "{other}": self._numbers["other"],
            "{reference}": self._earlier[0].reference if self._earlier else "",
            "{code}": code,
            "{wrong code}": "000000" if code != "000000" else "111111",
            "{2000}": ("冷蔵庫が冷えない。" * 223)[:2000],
        }
        for piece, value in pieces.items():
            line = line.replace(piece, value)
        return line

    async def _answer_on(self) -> None:
        answers = self._told.get("customer")
        while answers is not None and (asked := self._talk.turn.expects) and self.result.messages < ENOUGH:
            await self._say(await self._filled({**ANSWERS[self._language], **answers}[asked]))

    async def _end_call(self) -> None:
        """The agent has spoken to the customer, and what the business says afterwards has been said."""
        product, (callback, *_) = self._product, await self._talk.bookings()
        now = product.clock.now()
        async with product.database.write() as tx:
            ringing = await callbacks.change(tx, callback, now=now, status=Status.DIALING)
            done = await callbacks.change(tx, ringing, now=now, status=Status.COMPLETED)
            await plan_notice(tx, done, "survey", now=now)
        await self._stage.send_notices()
        (*_, told) = await product.conversations.transcript(self._talk.conversation_id)
        asked = Utterance(text=told.text, buttons=tuple((b["title"], b["value"]) for b in told.buttons))
        standing = await product.conversations.standing(self._talk.conversation_id)
        self._talk.turn = replace(standing, utterances=(asked,))
        self.result.said.append(f"{told.text}  [{standing.expects}]")

    async def _look_at_the_end(self) -> None:
        turn, end = self._talk.turn, self._told.get("end", {})
        if self._told.get("customer") is None:
            self._check(turn.expects == end.get("expects"), f"ends expecting {turn.expects}")
        else:
            self._check(turn.expects is None, f"still expects {turn.expects}")
        self._check(self.result.messages <= self._told.get("most", ENOUGH), f"takes {self.result.messages} messages")
        for piece in end.get("says", ()):
            self._check(piece in self._talk.text, f"does not end with “{piece}”")
        if language := end.get("language"):
            self._check(turn.language == language, f"ends in {turn.language}")
        if status := end.get("callback"):
            self._check(turn.callback is not None and turn.callback.status == status, "does not show the booking")
        await self._look_at_the_books(end)

    async def _look_at_the_books(self, end: Mapping[str, Any]) -> None:
        wanted = [self._wanted(told) for told in self._told.get("booked", ())]
        found = [self._facts(callback) for callback in await self._all() if callback.is_open]
        is_so = len(found) == len(wanted) and all(
            all(_fits(have.get(name), value) for name, value in want.items())
            for want, have in zip(wanted, found, strict=True)
        )
        self._check(is_so, f"booked {found}")
        async with self._product.database.read() as tx:
            events = [event for callback in await self._all() for event in await callbacks.history(tx, callback.id)]
            no_sms, no_calls = await ledger.opted_out(tx, self._e164["own"])
        if "rating" in end:
            stars = next((facts["score"] for _, kind, facts in events if kind == "rated"), None)
            self._check(stars == end["rating"], f"rated {stars}")
        self._check((no_sms, no_calls) == OPTED_OUT[end.get("opted_out")], "is not left alone as asked")

    def _wanted(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """The number is the talk's own unless it is told."""
        wanted = {"number": "own", "language": self._language, **told}
        return wanted | {name: self._e164[wanted[name]] for name in ("number", "alternate") if name in wanted}

    def _facts(self, callback: Callback) -> dict[str, Any]:
        local = callback.window.start.astimezone(self._product.business.timezone)
        return {
            "start": f"{local:%m-%d %H:%M}" if callback.kind == Kind.SCHEDULED else "asap",
            "reason": callback.reason,
            "name": callback.name,
            "number": callback.phone_number,
            "alternate": callback.alternate_phone_number,
            "company": callback.company,
            "language": callback.language,
        }

    async def _all(self) -> list[Callback]:
        """Everything that was booked in the talk or for its numbers, by time."""
        found: dict[str, Callback] = {}
        async with self._product.database.read() as tx:
            mine = await callbacks.of_conversation(tx, self._talk.conversation_id)
            for number in self._e164.values():
                mine += await callbacks.of_number(tx, number)
        found |= {callback.id: callback for callback in mine}
        return sorted(found.values(), key=lambda callback: callback.window.start)

    async def _clean_up(self) -> None:
        """A slot has few places, and every talk wants the same."""
        now = self._product.clock.now()
        await self._product.bookings.release(self._talk.conversation_id)
        for callback in [*await self._all(), *self._fillers]:
            if callback.status == Status.COMPLETED:
                async with self._product.database.write() as tx:
                    await slots.give_back(tx, callback.topic, callback.slot_start)
            else:
                await self._product.bookings.cancel(callback.reference, now=now)

    def _end(self, name: str, default: Any) -> Any:
        return self._told.get("end", {}).get(name, default)

    def _check(self, holds: bool, fault: str) -> None:
        if not holds and fault not in self.result.faults:
            self.result.faults.append(fault)


OPTED_OUT = {None: (False, False), "sms": (True, False), "calls": (True, True)}


def _fits(have: Any, want: Any) -> bool:
    """A sentence need only hold what was asked for; anything else is the same."""
    return want in have if isinstance(want, str) and isinstance(have, str) else bool(have == want)
