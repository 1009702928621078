"""What is changed through a link: each change is one form, sent once, and does what the chat would do."""

from sanic import HTTPResponse, Request
from sanic.response import redirect

from bot.booking import phone
from bot.booking import reason as reasons
from bot.booking.callback import Callback, Status
from bot.booking.email import AddressRefused
from bot.booking.errors import (
    CallbackNotOpen,
    NotRateable,
    NumberRefused,
    SlotFull,
    TooManyOpenCallbacks,
    WindowNotOffered,
)
from bot.booking.window import Window
from bot.gateway.link.pages import Pages
from bot.gateway.link.visits import Door, OutOfDate, Visit, field
from bot.gateway.times import moment_of
from bot.usecases.emails import AskedTooOften
from bot.wiring import Product

SCORES = frozenset("12345")
LONGEST_TYPED = 400


class Changes:
    """Takes the forms."""

    def __init__(self, product: Product, pages: Pages, door: Door) -> None:
        self._product = product
        self._pages = pages
        self._door = door

    async def move(self, request: Request, token: str) -> HTTPResponse:
        """Promise another time instead, or anew where the call was not made."""
        visit = await self._door.sent(request, token)
        start = moment_of(field(request, "time"))
        if visit.callback.is_open and start == visit.callback.window.start:  # sent twice
            return self._done(visit, "moved")
        self._door.require_mark(request, visit, "move")
        if start is None:
            fault = self._pages.said_fault("time", visit.language)
            return await self._pages.move(visit, fault=fault, status=422)
        topic = self._product.rules.known(visit.callback.topic)
        window = Window(start=start, end=start + self._product.rules.of(topic).policy.length)
        try:
            return await self._moved(visit, window)
        except (SlotFull, WindowNotOffered) as refusal:
            name = "time_taken" if isinstance(refusal, SlotFull) else "time_not_offered"
            fault = self._pages.said_fault(name, visit.language)
            return await self._pages.move(visit, fault=fault, near=refusal.alternatives, status=409)
        except NumberRefused as refusal:
            fault = self._pages.said_fault(refusal.reason, visit.language)
            return await self._pages.move(visit, fault=fault, status=409)
        except TooManyOpenCallbacks as refusal:
            fault = self._pages.said_fault("too_many", visit.language, limit=str(refusal.limit))
            return await self._pages.move(visit, fault=fault, status=409)

    async def cancel(self, request: Request, token: str) -> HTTPResponse:
        """Take the promise back."""
        visit = await self._door.sent(request, token)
        if visit.callback.status != Status.CANCELLED:  # else sent twice
            self._door.require_mark(request, visit, "cancel")
            try:
                await self._product.bookings.cancel(visit.callback.reference, now=self._product.clock.now())
            except CallbackNotOpen:
                return await self._not_open(visit)
        return self._done(visit, "cancelled")

    async def keep(self, request: Request, token: str) -> HTTPResponse:
        """Wait all the same."""
        visit = await self._door.sent(request, token)
        self._door.require_mark(request, visit, "keep")
        await self._product.links.keep_waiting(visit.callback, now=self._product.clock.now())
        return self._done(visit, "kept")

    async def number(self, request: Request, token: str) -> HTTPResponse:
        """Send a code to another number."""
        visit = await self._door.sent(request, token)
        self._door.require_mark(request, visit, "number")
        typed = field(request, "phone_number")
        if not visit.callback.is_changeable:
            return await self._not_open(visit)
        try:
            number = phone.accept(typed, self._product.numbers)
        except NumberRefused as refusal:
            fault = self._pages.said_fault(refusal.reason, visit.language)
            return await self._pages.number(visit, fault=fault, typed=typed, status=422)
        wrong = "" if phone.takes_sms(number) else "not_mobile"
        if number == visit.callback.phone_number:
            wrong = "same"
        if wrong:
            fault = self._pages.said_number(wrong, visit.language)
            return await self._pages.number(visit, fault=fault, typed=typed, status=422)
        if not await self._product.identity.ask_for_new(visit.callback, number, now=self._product.clock.now()):
            fault = self._pages.said_number("asked_often", visit.language)
            return await self._pages.number(visit, fault=fault, typed=typed, status=429)
        return self._on(f"{visit.path}/code?lang={visit.language}")

    async def code(self, request: Request, token: str) -> HTTPResponse:
        """Call the other number from now on, once it is proved; the link is another one then."""
        visit = await self._door.sent(request, token)
        self._door.require_mark(request, visit, "code")
        now = self._product.clock.now()
        verdict, number = await self._product.identity.check_new(visit.callback, field(request, "code"), now=now)
        if verdict != "right":
            fault = self._pages.said_number(verdict, visit.language)
            return await self._pages.code(visit, fault=fault, status=422)
        try:
            changed = await self._product.bookings.change_number(visit.callback.reference, number, now=now)
        except CallbackNotOpen:
            return await self._not_open(visit)
        except WindowNotOffered:
            fault = self._pages.said_number("not_lawful", visit.language)
        except NumberRefused as refusal:
            fault = self._pages.said_fault(refusal.reason, visit.language)
        except TooManyOpenCallbacks as refusal:
            fault = self._pages.said_fault("too_many", visit.language, limit=str(refusal.limit))
        else:
            return self._done(visit, "renumbered", callback=changed)
        return await self._pages.number(visit, fault=fault, status=409)

    async def stop(self, request: Request, token: str) -> HTTPResponse:
        """No messages, or neither messages nor calls, to this number from now on; or both again."""
        visit, what = await self._door.sent(request, token), field(request, "what")
        if what == "calls" and visit.opened.no_calls:  # sent twice
            return self._done(visit, "stopped_all")
        self._door.require_mark(request, visit, "stop")
        if what == "restart":
            await self._product.links.restart(visit.callback)
            return self._done(visit, "restarted")
        calls = what == "calls"
        await self._product.links.stop(visit.callback, calls=calls, now=self._product.clock.now())
        return self._done(visit, "stopped_all" if calls else "stopped")

    async def email(self, request: Request, token: str) -> HTTPResponse:
        """Ask at an address whether notices may go there; or stop writing there."""
        visit = await self._door.sent(request, token)
        self._door.require_mark(request, visit, "email")
        now, emails = self._product.clock.now(), self._product.emails
        if field(request, "what") == "stop":
            if known := await emails.of(visit.callback):
                await emails.stop(known, now=now)
            return self._on(f"{visit.path}/email?lang={visit.language}")
        typed, fault = field(request, "address", LONGEST_TYPED), ""
        if not self._product.settings.email.is_on or not visit.callback.is_open:
            return await self._not_open(visit)
        try:
            await emails.ask(visit.callback, typed, instead=field(request, "instead") == "yes", now=now)
        except AddressRefused:
            fault = self._pages.said_email("refused", visit.language)
        except AskedTooOften:
            fault = self._pages.said_email("asked_often", visit.language)
        if fault:
            return await self._pages.email(visit, fault=fault, typed=typed, status=422)
        return self._on(f"{visit.path}/email?lang={visit.language}")

    async def rate(self, request: Request, token: str) -> HTTPResponse:
        """Say how the call was, with one tap; a comment may follow."""
        visit, score = await self._door.sent(request, token), field(request, "score")
        self._door.require_mark(request, visit, "rate")
        comment = reasons.cleaned(field(request, "comment", reasons.LONGEST)) or None
        if score not in SCORES:
            raise OutOfDate(visit)
        try:
            await self._product.ratings.rate(
                visit.callback.reference, int(score), comment=comment, now=self._product.clock.now()
            )
        except NotRateable:
            return await self._not_open(visit)
        return self._done(visit, "rated")

    async def _moved(self, visit: Visit, window: Window) -> HTTPResponse:
        now = self._product.clock.now()
        if visit.opened.may_book_again:
            made = await self._product.links.book_again(visit.callback, window, now=now)
            return self._done(visit, "booked", callback=made)
        try:
            await self._product.bookings.move(visit.callback.reference, window, now=now)
        except CallbackNotOpen:
            return await self._not_open(visit)
        return self._done(visit, "moved")

    async def _not_open(self, visit: Visit) -> HTTPResponse:
        now = await self._product.links.open(visit.token, now=self._product.clock.now())
        return await self._pages.overview(
            Visit(token=visit.token, opened=now, language=visit.language), problem="not_open", status=409
        )

    def _done(self, visit: Visit, what: str, *, callback: Callback | None = None) -> HTTPResponse:
        """On to the page that shows the booking as it is now: reloading it sends nothing again."""
        path = self._product.links.key.path(callback) if callback else visit.path
        return self._on(f"{path}?lang={visit.language}&done={what}")

    def _on(self, address: str) -> HTTPResponse:
        response = redirect(address, status=303)
        response.headers["Cache-Control"] = "no-store"
        return response
