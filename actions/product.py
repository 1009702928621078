"""The product that the actions work on: one for this process, put together when it is first needed."""

from functools import cache

from bot.wiring import Product, connect


@cache
def product() -> Product:
    """The product of this process; nothing is contacted until it is used."""
    return connect()
