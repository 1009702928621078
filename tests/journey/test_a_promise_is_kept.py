"""From the first word in the chat to the last word on the phone, through real processes."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from bot.usecases.people import DEMO_AGENTS
from tests.support.browser import log_in
from tests.support.databases import PostgresServer, outside_any_loop
from tests.support.running import Handset, Product, eventually, running_product

CUSTOMER = "+819012345678"
IN_ENGLISH = "+819023456789"
NOBODY = "+819034567890"
RINGS_WITHIN_S = 2.0


def _answer_and_press(product: Product, number: str) -> None:
    handset = product.handset(number)
    handset.do("answer")
    eventually(handset.is_asked_for_a_key)
    handset.do("press", digits="1")


def _agents_answer_by_hand(product: Product) -> None:
    for agent in DEMO_AGENTS:
        product.handset(agent.phone_number).behave("manual")


def _the_ringing_agent(product: Product) -> str:
    return eventually(
        lambda: next(
            (agent.phone_number for agent in DEMO_AGENTS if product.handset(agent.phone_number).is_ringing()), ""
        )
    )


def test_a_customer_books_in_japanese_and_speaks_with_an_agent_who_knows_why(
    product: Product, browser: Browser
) -> None:
    product.set_clock("2026-11-24T10:00:00+09:00")  # a Tuesday
    _agents_answer_by_hand(product)
    page = browser.new_page(viewport={"width": 390, "height": 844}, locale="ja-JP")
    page.goto(product.url)
    log = page.get_by_role("log")
    box = page.get_by_role("textbox")

    def write(text: str) -> None:
        box.fill(text)
        box.press("Enter")

    expect(log).to_contain_text("ご用件", timeout=15_000)
    write("洗濯機の修理について相談したいです")
    expect(log).to_contain_text("お名前", timeout=15_000)
    write("佐藤です")
    expect(log).to_contain_text("番号を教えてください", timeout=15_000)
    write("090-1234-5678です")
    expect(log).to_contain_text("ご希望の日時", timeout=15_000)
    write("明日の15時でお願いします")
    expect(log).to_contain_text("11月25日(水) 15:00", timeout=15_000)
    write("はい")
    expect(log).to_contain_text("受付番号", timeout=15_000)

    [booked] = product.api.get("/callbacks", params={"phone_number": CUSTOMER}).json()["callbacks"]
    reference = booked["reference"]
    assert booked["status"] == "booked"
    assert datetime.fromisoformat(booked["window"]["start"]) == datetime.fromisoformat("2026-11-25T15:00:00+09:00")
    handset = product.handset(CUSTOMER)
    assert reference in eventually(handset.texts)[0]

    desk = browser.new_page()
    log_in(product, desk)
    desk.goto(f"{product.url}/desk/callbacks/{reference}")
    expect(desk.get_by_role("main")).to_contain_text("洗濯機の修理について相談したいです")
    expect(desk.get_by_role("main")).to_contain_text("明日の15時でお願いします")

    product.set_clock("2026-11-25T14:59:59+09:00")
    eventually(handset.is_ringing, within_s=RINGS_WITHIN_S + 1)
    late_by = product.now() - datetime.fromisoformat("2026-11-25T15:00:00+09:00")
    assert timedelta() <= late_by <= timedelta(seconds=RINGS_WITHIN_S)
    _answer_and_press(product, CUSTOMER)
    agent = product.handset(_the_ringing_agent(product))
    expect(desk.get_by_role("main")).to_contain_text("洗濯機の修理について相談したいです")
    agent.do("answer")
    eventually(agent.is_asked_for_a_key)
    agent.do("press", digits="1")
    product.wait_for_status(reference, "in_call")
    assert eventually(handset.talks_with)

    desk.reload()
    desk.get_by_role("button", name=re.compile("解決")).first.click()
    completed = product.wait_for_status(reference, "completed")
    handset.do("hang_up")
    completed = eventually(lambda: found if (found := product.callback(reference))["attempts"][0]["outcome"] else None)
    assert [attempt["outcome"] for attempt in completed["attempts"]] == ["connected"]
    page.close()
    desk.close()


def test_the_same_in_english_through_the_api_alone(product: Product) -> None:
    _book_and_speak_in_english(product)


def test_the_same_on_postgresql(postgres_server: PostgresServer, tmp_path: Path) -> None:
    with running_product(tmp_path, DATABASE_URL=outside_any_loop(postgres_server.empty())) as product:
        _book_and_speak_in_english(product)
    theirs = {"simulated-line.db", "simulator.db"}  # the simulated carriers' own: not ours
    assert {file.name for file in tmp_path.glob("*.db")} == theirs


def _book_and_speak_in_english(product: Product) -> None:
    product.set_clock("2026-11-26T10:00:00+09:00")  # a Thursday
    for agent in DEMO_AGENTS:
        product.handset(agent.phone_number).behave("answer")
    opened = product.http.post("/api/v1/chat/sessions", json={"language": "en"})
    assert opened.status_code == 201
    assert opened.json()["language"] == "en"
    talk = f"/api/v1/chat/sessions/{opened.json()['session_id']}/messages"

    def write(text: str) -> dict[str, Any]:
        turn: dict[str, Any] = product.http.post(talk, json={"text": text}).json()
        return turn

    assert write("I'd like a call about my broken washing machine")["expects"] in ("name", "reason")
    asked = write("My name is Emily Carter")
    assert asked["expects"] == "phone_number"
    asked = write("090 2345 6789")
    assert asked["expects"] == "preferred_slot"
    asked = write("tomorrow at 3 pm please")
    assert asked["expects"] == "confirmation"
    assert "3:00 PM" in asked["messages"][-1]["text"]
    booked = write("yes")
    assert booked["callback"]["phone_number"].endswith("6789")
    assert "+8190" not in str(booked)

    reference = booked["callback"]["reference"]
    assert product.callback(reference)["name"] == "Emily Carter"
    product.set_clock("2026-11-27T15:00:00+09:00")
    handset = product.handset(IN_ENGLISH)
    eventually(handset.is_ringing, within_s=RINGS_WITHIN_S + 1)
    _answer_and_press(product, IN_ENGLISH)
    assert eventually(handset.talks_with, within_s=20) in {agent.phone_number for agent in DEMO_AGENTS}
    product.wait_for_status(reference, "in_call")
    handset.do("hang_up")
    assert [dial["outcome"] for dial in product.wait_for_status(reference, "completed")["attempts"]] == ["connected"]


def test_nobody_answers_three_times_and_the_customer_is_told(product: Product) -> None:
    product.set_clock("2026-12-01T10:00:00+09:00")  # a Tuesday
    handset = product.handset(NOBODY)
    handset.behave("no_answer")
    [slot, *_] = product.api.get("/slots", params={"from": "2026-12-01T11:00:00+09:00"}).json()["slots"]
    window = {"start": slot["start"], "end": slot["end"]}
    booked = product.api.post("/callbacks", json={"phone_number": NOBODY, "reason": "test", "window": window}).json()
    reference = booked["reference"]

    product.set_clock(window["start"])
    for number, minutes in ((1, 5), (2, 30), (3, 0)):
        eventually(handset.is_ringing, within_s=RINGS_WITHIN_S + 1)
        assert len(product.callback(reference)["attempts"]) == number
        _let_it_ring_out(product, reference, number)
        if minutes:
            _not_before(product, handset, minutes)
    over = product.wait_for_status(reference, "unreached")
    assert [dial["outcome"] for dial in over["attempts"]] == ["no_answer"] * 3
    assert eventually(lambda: [text for text in handset.texts() if reference in text and "何度か" in text])


def _let_it_ring_out(product: Product, reference: str, number: int) -> None:
    product.set_clock((product.now() + timedelta(seconds=60)).isoformat())
    eventually(lambda: len(product.callback(reference)["attempts"]) == number and _last_outcome(product, reference))


def _last_outcome(product: Product, reference: str) -> str | None:
    outcome: str | None = product.callback(reference)["attempts"][-1]["outcome"]
    return outcome


def _not_before(product: Product, handset: Handset, minutes: int) -> None:
    product.set_clock((product.now() + timedelta(minutes=minutes) - timedelta(seconds=20)).isoformat())
    ticks = product.now() + timedelta(seconds=2)  # four times the dispatcher's tick
    eventually(lambda: product.now() >= ticks)
    assert not handset.is_ringing()
    product.set_clock((product.now() + timedelta(seconds=30)).isoformat())
