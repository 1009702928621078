"""python -m bot.gateway"""

import sys

from bot import logging, wiring
from bot.gateway.app import create_app
from bot.settings import SettingsError, load


def main() -> None:
    """Serve until a signal says stop."""
    try:
        settings = load()
    except SettingsError as error:
        sys.exit(str(error))
    logging.set_up(settings.environment.log_level)
    app = create_app(wiring.connect(settings))
    environment = settings.environment
    # One process: server-sent events and the simulated carrier live in its memory.
    app.run(host=environment.host, port=environment.port, single_process=True, motd=False, access_log=False)


if __name__ == "__main__":
    main()
