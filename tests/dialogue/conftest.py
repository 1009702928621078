"""One running assistant for all talks."""

from collections.abc import AsyncIterator, Iterator

import pytest

from bot.wiring import Product
from tests.support.assistant import RunningAssistant, running_assistant, trained_model


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """Rasa and the actions, started once."""
    with running_assistant(tmp_path_factory.mktemp("assistant"), trained_model()) as running:
        yield running


@pytest.fixture
async def product(assistant: RunningAssistant) -> AsyncIterator[Product]:
    """The product beside it, on a Tuesday morning."""
    assistant.set_clock("2026-11-24T10:00:00+09:00")
    ours = assistant.product()
    yield ours
    await ours.close()
