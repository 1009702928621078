"""The section of the settings file about the desk: how long its sessions last, and when an empty one takes no calls."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from bot.settings_promises import Section
from bot.usecases.accounts import SessionPolicy


class DeskSection(Section):
    """[desk]"""

    idle_minutes: Annotated[int, Field(ge=5, le=12 * 60)] = 30
    session_hours: Annotated[int, Field(ge=1, le=24)] = 12
    away_seconds: Annotated[int, Field(ge=10, le=600)] = 30

    def sessions(self) -> SessionPolicy:
        """How long a session lasts."""
        return SessionPolicy(idle=timedelta(minutes=self.idle_minutes), longest=timedelta(hours=self.session_hours))
