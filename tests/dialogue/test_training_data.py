"""What the assistant learns from, judged by Rasa itself."""

import os
import re
import subprocess
from pathlib import Path

from tools.train import rasa_environment

ROOT = Path(__file__).resolve().parents[2]
MEANT = re.compile(
    # Rasa looks for sentences in rules only; tests/unit/test_assistant_files.py finds those that nobody says.
    r"The utterance '\w+' is not used in any story or rule|"
    # Sent by the gateway: were there examples, a customer could say it.
    r"The intent 'open_conversation' is listed in the domain file, but is not found"
)


def test_rasa_finds_nothing_wrong_with_intents_examples_and_rules() -> None:
    command = [str(ROOT / ".venv-rasa" / "bin" / "python"), "-m", "rasa", "data", "validate"]
    command += ["--domain", "domain.yml", "--data", "data", "--config", "config.yml"]
    environment = rasa_environment(os.environ, ROOT)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    told = done.stdout + done.stderr
    warnings = [line for line in told.splitlines() if "UserWarning" in line and not MEANT.search(line)]
    assert done.returncode == 0, told[-3000:]
    assert warnings == []
    assert "No story structure conflicts found" in told
