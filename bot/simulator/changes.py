"""Who looks at a handset is woken when something happens to it."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterator


class Changes:
    """Wakes those who watch numbers."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[asyncio.Event]] = defaultdict(set)

    def tell(self, number: str) -> None:
        """Something happened to this handset."""
        for event in self._watchers.get(number, ()):
            event.set()

    def tell_all(self) -> None:
        """Something happened that concerns every handset: the clock was moved, the carrier stops."""
        for watchers in self._watchers.values():
            for event in watchers:
                event.set()

    @contextlib.contextmanager
    def watching(self, numbers: Collection[str]) -> Iterator[asyncio.Event]:
        """An event that is set at each change to one of the numbers; the watcher clears it before looking."""
        event = asyncio.Event()
        for number in numbers:
            self._watchers[number].add(event)
        try:
            yield event
        finally:
            for number in numbers:
                self._watchers[number].discard(event)
                if not self._watchers[number]:
                    del self._watchers[number]
