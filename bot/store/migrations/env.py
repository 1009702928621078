"""Run by Alembic: connects as the product does and applies revisions in one transaction."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from bot.store.database import Database
from bot.store.schema import metadata


def run(connection: Connection) -> None:
    """Apply what is missing."""
    # SQLite cannot alter most of a table: batch mode makes a new one and moves the rows.
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def main() -> None:
    """Open the database, migrate, close it."""
    database = Database(context.config.attributes["url"])
    try:
        async with database.write() as tx:
            await tx.run_sync(run)
    finally:
        await database.close()


asyncio.run(main())
