"""`python -m components.parse MODEL`: what the trained model takes texts for. Runs in Rasa's own environment.

Reads JSON lines `{"text"}` on stdin and writes `{"intent", "confidence"}` for each, in their order.
"""

from __future__ import annotations

import asyncio
import json
import sys

from rasa.core.agent import Agent


async def main(model: str) -> None:
    """Load the model once and answer every line."""
    agent = Agent.load(model)
    for line in sys.stdin:
        parsed = await agent.parse_message(json.loads(line)["text"])
        intent = parsed["intent"]
        sys.stdout.write(json.dumps({"intent": intent["name"], "confidence": intent["confidence"]}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
