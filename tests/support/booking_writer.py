"""Books as fast as it can and says each reference once it is acknowledged; for a test that stops it at any moment.

python -m tests.support.booking_writer sqlite:///some/file.db
"""

import asyncio
import sys
from dataclasses import replace

from bot.store.database import Database
from tests.support.products import SLOTS, World, number


async def _main(url: str) -> None:
    world = World(Database(url), slots=replace(SLOTS, capacity=1_000_000))
    index = 0
    while True:
        made = await world.book(phone_number=number(index))
        sys.stdout.write(f"{made.reference}\n")
        sys.stdout.flush()
        index += 1


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
