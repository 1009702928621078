"""What is changed through a link: each change is one form, sent once, and does what the chat would do."""

from sanic import HTTPResponse, Request
from sanic.response import redirect

from bot.booking.callback import Callback, Status
from bot.booking.errors import CallbackNotOpen, NumberRefused, SlotFull, TooManyOpenCallbacks, WindowNotOffered
from bot.booking.window import Window
from bot.gateway.link.pages import Pages
from bot.gateway.link.visits import Door, Visit, field
from bot.gateway.times import moment_of
from bot.wiring import Product


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
        response = redirect(f"{path}?lang={visit.language}&done={what}", status=303)
        response.headers["Cache-Control"] = "no-store"
        return response
