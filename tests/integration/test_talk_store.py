"""The assistant's memory of talks, in Rasa's own environment, on both databases."""

import asyncio
import subprocess
from pathlib import Path

from tests.support.databases import PostgresServer, SqliteFiles

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import asyncio, sys
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from serving.shortening import MESSAGES
from serving.talks import TalkStore

async def main(url):
    domain = Domain.from_yaml("slots: {reason: {type: text, mappings: [{type: custom}]}}")
    store = TalkStore(host=url, domain=domain)
    talk = DialogueStateTracker("talk", domain.slots)
    for index in range(30):
        talk.update(ActionExecuted("action_listen"))
        talk.update(UserUttered(str(index)))
        if index == 2:
            talk.update(SlotSet("reason", "the washing machine"))
        await store.save(talk)
        talk = await store.retrieve("talk")
    lives = [event.text for event in talk.events if isinstance(event, UserUttered)]
    assert lives == [str(index) for index in range(30 - MESSAGES, 30)], lives
    assert talk.get_slot("reason") == "the washing machine"
    whole = await store.retrieve_full_tracker("talk")
    kept = [event.text for event in whole.events if isinstance(event, UserUttered)]
    assert kept == [str(index) for index in range(30)], kept
    assert await store.retrieve("another") is None

asyncio.run(main(sys.argv[1]))
"""


async def test_everything_is_kept_and_the_last_messages_live_on(
    databases: PostgresServer | SqliteFiles, tmp_path: Path
) -> None:
    url = await databases.empty() if isinstance(databases, PostgresServer) else f"sqlite:///{tmp_path / 'tracker.db'}"
    command = [str(ROOT / ".venv-rasa" / "bin" / "python"), "-c", PROGRAM, url]
    done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
