"""`python -m actions`: the action server, on loopback only.

One process and quicker than rasa_sdk's own command, which starts two and listens on every address.
"""

import os
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions.product import product
from bot import going_by, logging

PORT = 5055


class DomainlessExecutor(ActionExecutor):
    """Rasa leaves the domain out (`enable_selective_domain`): no action reads it, and it is larger than a talk."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        return {}


def main() -> None:
    """Serve on ACTIONS_PORT until told to stop."""
    logging.set_up(os.environ.get("LOG_LEVEL") or "info")
    executor = DomainlessExecutor()
    executor.register_package("actions")
    port = int(os.environ.get("ACTIONS_PORT") or PORT)
    app = create_app(executor)
    going_by.install(app, product)
    app.run(host="127.0.0.1", port=port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
