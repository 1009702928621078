"""What happens to a talk when the assistant's processes stop in the middle."""

from bot.wiring import Product
from tests.support.assistant import RunningAssistant, Talk


async def test_a_restart_of_both_processes_forgets_nothing(assistant: RunningAssistant, product: Product) -> None:
    talk = Talk(product)
    await talk.open()
    for line in ("プリンターが動かない", "田中太郎", "080-7777-0001"):
        await talk.say(line)
    for name in ("rasa", "actions"):
        assistant.stop(name)
    for name in ("actions", "rasa"):
        assistant.start(name)
    await talk.say("明日の15時")
    assert talk.turn.expects == "confirmation"
    assert "プリンターが動かない" in talk.text
    await talk.say("はい")
    assert [callback.name for callback in await talk.bookings()] == ["田中太郎"]
