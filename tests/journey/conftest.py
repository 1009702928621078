"""One running product for all journeys: each has its own numbers and its own day."""

from collections.abc import Iterator

import pytest

from tests.support.running import Product, running_product


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product as `make run` starts it."""
    with running_product(tmp_path_factory.mktemp("var")) as product:
        yield product
