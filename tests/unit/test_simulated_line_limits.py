"""What LINE refuses: each limit, just within and just beyond, with the property that is at fault."""

from typing import Any

import pytest

from bot.simulator.line.api import LineError
from bot.simulator.line.content import check_messages
from bot.simulator.line.faults import Dice, LineFaults
from bot.simulator.line.findings import Findings
from bot.simulator.line.records import ulid

EMOJI = "😀"  # two units of UTF-16


def text(**more: Any) -> dict[str, Any]:
    return {"type": "text", "text": "x", **more}


def quick(*actions: dict[str, Any]) -> dict[str, Any]:
    return text(quickReply={"items": [{"type": "action", "action": action} for action in actions]})


def postback(**more: Any) -> dict[str, Any]:
    return {"type": "postback", "label": "x", "data": "x", **more}


def picker(**more: Any) -> dict[str, Any]:
    return {"type": "datetimepicker", "label": "x", "data": "x", "mode": "datetime", **more}


def box(*contents: Any, layout: str = "vertical", **more: Any) -> dict[str, Any]:
    return {"type": "box", "layout": layout, "contents": list(contents), **more}


def bubble(*contents: Any, **more: Any) -> dict[str, Any]:
    return {"type": "bubble", "body": box(*contents), **more}


def flex(contents: Any, alt: str = "x") -> dict[str, Any]:
    return {"type": "flex", "altText": alt, "contents": contents}


def carousel(count: int) -> dict[str, Any]:
    return flex({"type": "carousel", "contents": [bubble({"type": "text", "text": "x"})] * count})


def button(action: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "button", "action": action, **more}


def said(count: int) -> dict[str, Any]:
    return {"type": "text", "text": "あ" * count}


NESTED = said(1)
for _ in range(12):
    NESTED = box(NESTED)

ACCEPTED: list[Any] = [
    [text()] * 5,
    [text(text="あ" * 5000)],
    [text(text=EMOJI * 2500)],
    [quick(*[postback(label="二十" * 10)] * 13)],
    [quick(postback(data="x" * 300))],
    [quick(picker(min="2026-11-24T15:00", initial="2026-11-24T15:00", max="2026-11-24T15:01"))],
    [quick(picker(mode="date", min="2026-11-24", max="2026-11-25"), picker(mode="time", initial="15:00"))],
    [quick({"type": "location", "label": "場所"}, {"type": "uri", "label": "x", "uri": "tel:0120000000"})],
    [flex(bubble(said(1), size="kilo"), alt="x" * 1500)],
    [carousel(12)],
    [flex(bubble(button(postback(label="四" * 40), style="primary", color="#06C755", height="sm")))],
    [flex(bubble(box({"type": "filler"}, said(1), layout="baseline", paddingAll="12px", spacing="md")))],
    [flex(bubble({"type": "separator", "margin": "lg"}, {"type": "image", "url": "https://example.jp/a.png"}))],
    [{"type": "template", "altText": "x",
      "template": {"type": "confirm", "text": "よろしいですか。", "actions": [postback(), postback()]}}],
]  # fmt: skip
REFUSED: list[tuple[Any, str]] = [
    (None, "messages"),
    ([], "messages"),
    ([text()] * 6, "messages"),
    ([{"type": "carrier-pigeon"}], "messages[0].type"),
    ([text(text="")], "messages[0].text"),
    ([text(text=7)], "messages[0].text"),
    ([text(), text(text="あ" * 5001)], "messages[1].text"),
    ([text(text=EMOJI * 2501)], "messages[0].text"),
    ([quick()], "messages[0].quickReply.items"),
    ([quick(*[postback()] * 14)], "messages[0].quickReply.items"),
    ([quick(postback(label="二" * 21))], "messages[0].quickReply.items[0].action.label"),
    ([quick({"type": "postback", "data": "x"})], "messages[0].quickReply.items[0].action.label"),
    ([quick(postback(data="x" * 301))], "messages[0].quickReply.items[0].action.data"),
    ([quick(postback(displayText="x" * 301))], "messages[0].quickReply.items[0].action.displayText"),
    ([quick(postback(tooltip="x"))], "messages[0].quickReply.items[0].action.tooltip"),
    ([quick({"type": "uri", "label": "x", "uri": "javascript:alert(1)"})],
     "messages[0].quickReply.items[0].action.uri"),
    ([quick(picker(min="2026-11-24T15:00", max="2026-11-24T15:00"))],
     "messages[0].quickReply.items[0].action.max"),
    ([quick(picker(min="2026-11-24T15:00", initial="2026-11-24T14:59"))],
     "messages[0].quickReply.items[0].action.initial"),
    ([quick(picker(initial="2026-11-24 15:00"))], "messages[0].quickReply.items[0].action.initial"),
    ([quick(picker(min="2026-11-24T15:00+09:00"))], "messages[0].quickReply.items[0].action.min"),
    ([quick(picker(mode="week"))], "messages[0].quickReply.items[0].action.mode"),
    ([flex(bubble(said(1)), alt="x" * 1501)], "messages[0].altText"),
    ([flex(bubble(said(1)), alt="")], "messages[0].altText"),
    ([flex({"type": "bubble"})], "messages[0].contents"),
    ([flex(bubble(said(1), size="tera"))], "messages[0].contents.size"),
    ([carousel(0)], "messages[0].contents.contents"),
    ([carousel(13)], "messages[0].contents.contents"),
    ([flex(bubble(*[said(2000)] * 6))], "messages[0].contents"),  # over 30 KB
    ([flex(bubble({"type": "text", "text": ""}))], "messages[0].contents.body.contents[0].text"),
    ([flex(bubble(said(1), footer={"type": "text", "text": "x"}))], "messages[0].contents.footer.type"),
    ([flex(bubble(button(postback(label="四" * 41))))], "messages[0].contents.body.contents[0].action.label"),
    ([flex(bubble(button(postback(), style="loud")))], "messages[0].contents.body.contents[0].style"),
    ([flex(bubble(button(postback(), color="green")))], "messages[0].contents.body.contents[0].color"),
    ([flex(bubble(box(said(1), paddingAll="12em")))], "messages[0].contents.body.contents[0].paddingAll"),
    ([flex(bubble({"type": "box", "contents": []}))], "messages[0].contents.body.contents[0].layout"),
    ([flex(bubble(box(button(postback()), layout="baseline")))],
     "messages[0].contents.body.contents[0].contents[0].type"),
    ([flex(bubble({"type": "image", "url": "http://example.jp/a.png"}))], "messages[0].contents.body.contents[0].url"),
    ([flex(bubble({**said(1), "colour": "#000000"}))], "messages[0].contents.body.contents[0].colour"),
    ([flex(bubble(NESTED))], "messages[0].contents.body" + ".contents[0]" * 10),
]  # fmt: skip


def refusal(messages: Any) -> LineError | None:
    found = Findings()
    check_messages(found, messages)
    try:
        found.raise_any()
    except LineError as error:
        return error
    return None


@pytest.mark.parametrize("messages", ACCEPTED)
def test_what_fits_is_accepted(messages: Any) -> None:
    error = refusal(messages)
    assert error is None, error and error.details


@pytest.mark.parametrize(("messages", "where"), REFUSED)
def test_what_does_not_fit_is_refused_with_its_property(messages: Any, where: str) -> None:
    error = refusal(messages)
    assert error is not None
    body = error.answer().body
    assert isinstance(body, dict)
    assert (error.status, body["message"]) == (400, f"The request body has {len(error.details)} error(s)")
    assert where in [detail["property"] for detail in error.details]
    assert all(detail["message"] for detail in error.details)


def test_ids_of_events_sort_by_their_moments() -> None:
    ids = [ulid(milliseconds) for milliseconds in (0, 1, 1_764_000_000_000, 2**48 - 1)]
    assert ids == sorted(ids)
    assert all(len(each) == 26 and each.isalnum() for each in ids)


def test_the_same_seed_gives_the_same_faults() -> None:
    def drawn() -> list[bool]:
        dice = Dice()
        dice.set(LineFaults(lost=0.5, seed=7))
        return [dice.happens(0.5) for _ in range(50)]

    assert drawn() == drawn()
    assert {True, False} == set(drawn())
