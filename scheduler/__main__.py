"""python -m scheduler"""

import asyncio
import logging as standard_logging
import signal
import sys

from bot import logging, wiring
from bot.settings import Settings, SettingsError, load
from scheduler import collector
from scheduler.ticks import Ticks


async def serve(settings: Settings) -> None:
    """Ring until a signal says stop; a tick that has begun is finished."""
    product = wiring.connect(settings)
    ticks = Ticks(product)
    collector.rarely()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    ticks.start()
    await stop.wait()
    await ticks.stop()
    await product.close()


def main() -> None:
    """Read the settings and serve."""
    try:
        settings = load()
    except SettingsError as error:
        sys.exit(str(error))
    logging.set_up(settings.environment.log_level)
    # "maximum number of running instances reached" is how it should be: a tick is never run beside itself.
    standard_logging.getLogger("apscheduler").setLevel(standard_logging.ERROR)
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
