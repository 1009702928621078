"""Whose booking it is: what was not booked in a talk is shown and changed only after a code sent to its number.

Whether a reference or number is known to us is never told: the same is answered, written and compared in either case.
"""

import asyncio
import hashlib
import hmac
import secrets
import unicodedata
from datetime import datetime, timedelta
from typing import Literal

import structlog

from bot.booking import phone
from bot.booking.business import Business
from bot.booking.callback import Callback
from bot.channels.channel import Channel, NotSent
from bot.store import callbacks, codes, contacts, conversations, ledger
from bot.store.codes import Asker, Code
from bot.store.database import Database, Transaction, one_at_a_time
from bot.usecases.wordings import Wordings

DIGITS = 6
TRIES = 5
VALID_FOR = timedelta(minutes=10)
PER_HOUR = 3
"""Codes to one number, and codes for one thing that was named."""
PER_LINK = 5
"""Codes an hour that the holder of one link may have sent, to whatever numbers."""
PROVED_FOR = timedelta(hours=1)
"""How long a talk may show and change what it has proved to own: a chat window stays open on shared screens."""
TRY_AGAIN_AFTER = timedelta(seconds=15)
BATCH = 20

Verdict = Literal["right", "wrong", "locked", "expired"]

log = structlog.get_logger(__name__)


class Identity:
    """Proof that a customer holds the phone that a booking was made for."""

    def __init__(self, database: Database, sms: Channel, *, business: Business) -> None:
        self._database = database
        self._sms = sms
        self._business = business
        self._wordings = Wordings(database, business=business)

    async def ask(self, conversation_id: str, claim: str, *, now: datetime) -> bool:
        """Ask for a code for `claim`, a reference or an E.164 number; False when that was asked too often.

        The code goes out by `send_due`, so that an answer takes as long for an unknown claim as for a known one.
        """
        async with self._database.write() as tx:
            await one_at_a_time(tx, claim)
            if await codes.asked_for(tx, claim, since=now - timedelta(hours=1)) >= PER_HOUR:
                return False
            await codes.ask(
                tx, Asker(conversation_id=conversation_id), claim=claim, phone_number=await _number_of(tx, claim),
                now=now, expires_at=now + VALID_FOR,
            )  # fmt: skip
        return True

    async def ask_for_new(self, callback: Callback, number: str, *, now: datetime) -> bool:
        """Ask for a code at a number that the callback is to go to instead, in E.164; False when that was asked too
        often. It is sent whether the number is known to us or not."""
        asker, an_hour_ago = Asker(callback_id=callback.id), now - timedelta(hours=1)
        async with self._database.write() as tx:
            await one_at_a_time(tx, number)
            if (
                await codes.asked_for(tx, number, since=an_hour_ago) >= PER_HOUR
                or await codes.asked_by(tx, asker, since=an_hour_ago) >= PER_LINK
            ):
                return False
            await codes.ask(tx, asker, claim=number, phone_number=number, now=now, expires_at=now + VALID_FOR)
        return True

    async def check_new(self, callback: Callback, written: str, *, now: datetime) -> tuple[Verdict, str]:
        """The same as `check` for the code that this callback's link asked for last, and the number that it proves."""
        verdict, code = await self._check(Asker(callback_id=callback.id), written, now=now)
        return verdict, (code.phone_number if code else None) or ""

    async def send_due(self, *, now: datetime) -> int:
        """Send the codes that were asked for; returns how many were taken."""
        async with self._database.read() as tx:
            waiting = await codes.due(tx, now=now, limit=BATCH)
        for code in waiting:
            await self._send(code, now=now)
        return len(waiting)

    async def check(self, conversation_id: str, written: str, *, now: datetime) -> Verdict:
        """Whether these are the digits of the code that this talk asked for last. Each look costs a try."""
        verdict, _ = await self._check(Asker(conversation_id=conversation_id), written, now=now)
        return verdict

    async def _check(self, asker: Asker, written: str, *, now: datetime) -> tuple[Verdict, Code | None]:
        async with self._database.write() as tx:
            code = await codes.latest(tx, asker)
            if code is None or not await codes.use_try(tx, code.id, limit=TRIES, now=now):
                return "locked" if code and code.tries >= TRIES else "expired", code
        if await asyncio.to_thread(_matches, written, code.code_hash or NO_CODE) and code.phone_number:
            async with self._database.write() as tx:
                if not await codes.prove(tx, code.id, now=now):
                    return "expired", code
                if asker.conversation_id:
                    await contacts.link(tx, asker.conversation_id, code.phone_number, now=now)
            return "right", code
        return "wrong" if code.tries + 1 < TRIES else "locked", code

    async def open_callbacks(self, conversation_id: str, *, now: datetime) -> tuple[Callback, ...]:
        """What this talk may show and change: what was booked in it, and what is open for the numbers it has proved."""
        async with self._database.read() as tx:
            found = await _callbacks_of(tx, conversation_id, now=now)
        once = {callback.id: callback for callback in found if callback.is_open}
        return tuple(sorted(once.values(), key=lambda callback: (callback.window.start, callback.id)))

    async def last_closed(self, conversation_id: str, *, now: datetime) -> Callback | None:
        """The callback of this talk's customer that was settled last, where there is one."""
        async with self._database.read() as tx:
            found = await _callbacks_of(tx, conversation_id, now=now)
        closed = [callback for callback in found if not callback.is_open]
        return max(closed, key=lambda callback: callback.updated_at, default=None)

    async def own_number(self, conversation_id: str) -> str | None:
        """The number that the person of this talk has proved for good; None in the web chat and before the proof."""
        async with self._database.read() as tx:
            contact = await contacts.of_conversation(tx, conversation_id)
        return contact.phone_number if contact else None

    async def unlink(self, conversation_id: str, *, now: datetime) -> bool:
        """Take no number for this person's any more; False where none was."""
        async with self._database.write() as tx:
            contact = await contacts.of_conversation(tx, conversation_id)
            await contacts.unlink(tx, conversation_id)
            await codes.forget_proofs(tx, conversation_id, now=now)
        return bool(contact and contact.phone_number)

    async def talk_about(self, conversation_id: str, callback: Callback, *, now: datetime) -> None:
        """From here on the talk is about this booking."""
        async with self._database.write() as tx:
            await conversations.change(tx, conversation_id, now=now, callback_id=callback.id)

    async def _send(self, code: Code, *, now: datetime) -> None:
        secret = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        code_hash = await asyncio.to_thread(_hashed, secret)
        number = code.phone_number or ""
        async with self._database.write() as tx:
            if not await codes.claim(tx, code.id, code_hash=code_hash):
                return
            no_sms, _ = await ledger.opted_out(tx, number)
            # Counted in silence, too: a refusal would tell that another reference belongs to the same number.
            is_often = await codes.asked_before(tx, code, since=now - timedelta(hours=1)) >= PER_HOUR
            if no_sms or is_often or not phone.takes_sms(number):
                await codes.settle(tx, code.id, state="silent")
                return
            language = await _language_of(tx, code)
        minutes = int(VALID_FOR.total_seconds() // 60)
        name = self._business.name(language)
        text = await self._wordings.say("notices.code", language, business=name, code=secret, minutes=minutes)
        answer = await self._sms.send(number, text)
        log.info("verification_code", answer=type(answer).__name__)
        async with self._database.write() as tx:
            if isinstance(answer, NotSent) and answer.try_later:
                await codes.settle(tx, code.id, state="waiting", due_at=now + TRY_AGAIN_AFTER)
            else:
                await codes.settle(tx, code.id, state="refused" if isinstance(answer, NotSent) else "sent")


async def _callbacks_of(tx: Transaction, conversation_id: str, *, now: datetime) -> list[Callback]:
    """What was booked in the talk, and for the numbers that its person has proved: lately by a code in the web chat,
    for good on a channel of their own."""
    numbers = set(await codes.proved_numbers(tx, conversation_id, since=now - PROVED_FOR))
    contact = await contacts.of_conversation(tx, conversation_id)
    if contact and contact.phone_number:
        numbers.add(contact.phone_number)
    found = await callbacks.of_conversation(tx, conversation_id)
    for number in sorted(numbers):
        found += await callbacks.of_number(tx, number)
    return found


async def _number_of(tx: Transaction, claim: str) -> str | None:
    """The number that an open booking was made for; None where nothing open is known by that name."""
    if claim.startswith("+"):
        return claim if await callbacks.count_open(tx, claim) else None
    callback = await callbacks.by_reference(tx, claim)
    return callback.phone_number if callback and callback.is_open else None


async def _language_of(tx: Transaction, code: Code) -> str:
    if code.callback_id:
        return (await callbacks.get(tx, code.callback_id)).language
    talk = await conversations.get(tx, code.conversation_id or "")
    return talk.language if talk else "ja"


def _hashed(secret: str, salt: bytes | None = None) -> str:
    """Six digits are soon tried out: a slow hash keeps whoever reads the table busy for longer than a code is valid."""
    salt = salt or secrets.token_bytes(16)
    return f"{salt.hex()}:{hashlib.scrypt(secret.encode(), salt=salt, n=2**13, r=8, p=1, dklen=32).hex()}"


def _matches(written: str, code_hash: str) -> bool:
    digits = "".join(letter for letter in unicodedata.normalize("NFKC", written) if letter.isdigit())
    salt = bytes.fromhex(code_hash.split(":")[0])
    return hmac.compare_digest(_hashed(digits, salt), code_hash)


NO_CODE = _hashed(secrets.token_hex(16))
"""Compared where no code was sent: a try takes as long."""
