"""What every test may use: databases of both kinds, started once and fresh for each test."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from bot.store.database import Database
from tests.support.browser import launch
from tests.support.databases import KINDS, MISSING, PostgresServer, SqliteFiles, postgres_binaries

settings.register_profile("orikaeshi", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("orikaeshi")

WHOLE_FOLDERS = ("dialogue", "journey")
"""Their tests share a running assistant or product, which would be started once for each worker."""
LONGEST_FIRST = (*WHOLE_FOLDERS, "integration", "unit")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shares servers or a browser stays with one worker (`-n 2`), and the longest begins first."""
    for item in items:
        folder = item.path.parent.name
        item.add_marker(pytest.mark.xdist_group(folder if folder in WHOLE_FOLDERS else item.path.stem))
    items.sort(key=lambda item: LONGEST_FIRST.index(item.path.parent.name))


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    """One migrated SQLite file to copy from."""
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the whole run; in CI it has to be there."""
    binaries = postgres_binaries()
    if binaries is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    server = PostgresServer(binaries)
    yield server
    server.stop()


@pytest.fixture(params=KINDS)
def databases(request: pytest.FixtureRequest) -> SqliteFiles | PostgresServer:
    """Where fresh databases of each kind come from. Not asynchronous: a server is started outside the event loop."""
    name = "sqlite_files" if request.param == "sqlite" else "postgres_server"
    made: SqliteFiles | PostgresServer = request.getfixturevalue(name)
    return made


@pytest.fixture
async def database_url(databases: SqliteFiles | PostgresServer, tmp_path: Path) -> str:
    """A fresh database of each kind."""
    return await databases.fresh(tmp_path)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The same, open."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def second_database(database_url: str) -> AsyncIterator[Database]:
    """The same database as another process sees it."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite(sqlite_files: SqliteFiles, tmp_path: Path) -> AsyncIterator[Database]:
    """A fresh SQLite database, where the kind does not matter."""
    opened = Database(await sqlite_files.fresh(tmp_path))
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium without a window. Not for longer: Playwright keeps an event loop in the main thread meanwhile."""
    with sync_playwright() as playwright, launch(playwright) as browser:
        yield browser
