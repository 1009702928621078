"""What customers said survives the end of a process."""

import os
import signal

from tests.support.running import Product, eventually, process_with

BACK_WITHIN_S = 120.0


def test_the_assistant_dies_and_what_was_said_is_answered_when_it_is_back(product: Product) -> None:
    product.set_clock("2026-12-08T10:00:00+09:00")  # a Tuesday
    opened = product.http.post("/api/v1/chat/sessions", json={"language": "ja"}).json()
    talk = f"/api/v1/chat/sessions/{opened['session_id']}/messages"

    def write(text: str) -> dict[str, object]:
        answer = product.http.post(talk, json={"text": text})
        assert answer.status_code == 200
        turn: dict[str, object] = answer.json()
        return turn

    def said_by_assistant() -> int:
        lines = product.http.get(talk).json()["messages"]
        return sum(line["sender"] == "assistant" for line in lines)

    asked = write("冷蔵庫の件です")
    assistant = process_with("--port", str(product.rasa_port))
    assert assistant
    os.kill(assistant, signal.SIGKILL)

    before = said_by_assistant()
    apology = write("佐藤です")
    assert "アシスタントが応答できません" in str(apology["messages"])
    assert apology["expects"] == asked["expects"]
    assert product.http.get("/readyz").status_code == 503
    eventually(lambda: said_by_assistant() > before, within_s=BACK_WITHIN_S)
    assert write("090-4567-8901")["expects"] == "preferred_slot"
