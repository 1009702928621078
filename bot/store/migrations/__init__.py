"""The history of the tables, as Alembic revisions."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from bot.store import (  # noqa: F401 - their tables belong to the whole, too
    account_schema,
    contact_schema,
    kpi_schema,
    room_schema,
    voice_schema,
)


def configuration(url: str) -> Config:
    """Alembic's configuration for a database, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Bring a database to the newest revision; nothing happens when it is there already."""
    command.upgrade(configuration(url), "head")


@cache
def newest() -> str:
    """The revision that this program needs."""
    return str(ScriptDirectory.from_config(configuration("")).get_current_head())
