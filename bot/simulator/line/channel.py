"""The simulated LINE as one object: everything that its HTTP face and its tests need."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from bot.simulator.changes import Changes
from bot.simulator.clock import SimulatedClock
from bot.simulator.line.books import Books
from bot.simulator.line.chats import Chats
from bot.simulator.line.events import Events
from bot.simulator.line.faults import Dice, read_faults
from bot.simulator.line.menus import Menus
from bot.simulator.line.people import People
from bot.simulator.line.postman import Postman
from bot.simulator.line.records import Delivery, RichMenu
from bot.simulator.line.rest import MessagingApi
from bot.simulator.line.sending import Sending
from bot.simulator.timers import Timers


class SimulatedLine:
    """LINE with one Messaging API channel, on one SQLite file, in one process.

    `path` is the file of its books; `webhook_url` gets what people do; `display_name` is the account's. Times are those
    of `clock`, but for reply tokens, which are good for a minute of real time (`real_now`: seconds since 1970): who
    answers needs real seconds.
    """

    def __init__(
        self,
        path: Path,
        *,
        channel_secret: str,
        access_token: str,
        webhook_url: str,
        clock: SimulatedClock,
        display_name: str = "公式アカウント",
        real_now: Callable[[], float] = time.time,
    ) -> None:
        self.clock = clock
        self.display_name = display_name
        self.destination = f"U{hashlib.sha256(channel_secret.encode()).hexdigest()[:32]}"
        """The user id of the business's account, as webhooks name it."""
        self._path = path
        self._channel_secret = channel_secret
        self._access_token = access_token
        self._webhook_url = webhook_url
        self._real_now = real_now
        self._running: asyncio.Task[None] | None = None
        self.stopping = asyncio.Event()
        """Set when it stops, so that no request hangs any longer."""

    async def start(self) -> None:
        """Open the books and begin to work."""
        self.stopping = asyncio.Event()
        self._books = Books(self._path)
        self._timers = Timers(self.clock.now)
        self._dice = Dice()
        self.changes = Changes()
        chats = Chats(self._books, self.changes, self.clock.now)
        menus = Menus(chats)
        self._postman = Postman(
            self._books,
            self._timers,
            self._dice,
            url=self._webhook_url,
            channel_secret=self._channel_secret,
            destination=self.destination,
            before_redelivery=self._renew,
        )
        self._events = Events(self._books, self._postman, now=self.clock.now, real_now=self._real_now)
        self.people = People(chats, menus, self._events)
        sending = Sending(chats, self._dice, real_now=self._real_now, stopping=lambda: self.stopping)
        self.rest = MessagingApi(
            chats,
            access_token=self._access_token,
            destination=self.destination,
            display_name=self.display_name,
            routes=[*sending.routes(), *menus.routes()],
        )
        self._running = asyncio.get_running_loop().create_task(self._timers.run())

    def resume(self) -> None:
        """Deliver what a stopped process left behind, once it can be answered."""
        self._postman.resume()

    async def stop(self) -> None:
        """Stop at once; what is on its way stays in the books."""
        self.stopping.set()
        self.changes.tell_all()
        if self._running is not None:
            self._running.cancel()
        await self._postman.close()
        self._books.close()

    def menu(self, menu_id: str) -> RichMenu | None:
        """A rich menu, for its picture."""
        return self._books.menu(menu_id)

    def faults(self) -> dict[str, object]:
        """The faults that are shown now."""
        return self._dice.faults.as_json()

    @property
    def faulty(self) -> bool:
        """Whether any fault is shown now."""
        return self._dice.faults.active

    def set_faults(self, body: object) -> None:
        """Show the faults that `PUT /simulator/line/faults` describes. Raises Unreadable."""
        self._dice.set(read_faults(body))
        self.changes.tell_all()

    def clock_moved(self) -> None:
        """Somebody moved the clock: do what is due."""
        self._timers.ring_due()
        self.changes.tell_all()

    def _renew(self, delivery: Delivery) -> None:
        self._events.renew(delivery)
