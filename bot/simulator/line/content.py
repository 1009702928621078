"""The messages that can be sent. Source: https://developers.line.biz/en/reference/messaging-api/#message-objects"""

from collections.abc import Sequence
from typing import cast

from bot.simulator.line.actions import LONGEST_LABEL, check_action
from bot.simulator.line.api import Json
from bot.simulator.line.findings import Findings
from bot.simulator.line.flex import check_container

MOST_MESSAGES = 5
LONGEST_TEXT = 5000
LONGEST_ALT_TEXT = 1500
MOST_QUICK_REPLIES = 13
KINDS = ("text", "textV2", "sticker", "image", "video", "audio", "location", "imagemap", "template", "flex")
_LONGEST_TITLE = 40
_LONGEST_TEMPLATE_TEXT = 240


def check_messages(found: Findings, value: object, where: str = "messages") -> Sequence[Json]:
    """Note what is wrong with the messages of a request; returns them."""
    messages = found.items(where, value, most=MOST_MESSAGES)
    for index, message in enumerate(messages):
        _check_message(found, f"{where}[{index}]", message)
    return cast("Sequence[Json]", messages)


def _check_message(found: Findings, where: str, value: object) -> None:
    message = found.mapping(where, value)
    if not message:
        return
    kind = message.get("type")
    found.one_of(f"{where}.type", kind, KINDS)
    match kind:
        case "text" | "textV2":
            found.text(f"{where}.text", message.get("text"), most=LONGEST_TEXT)
        case "flex":
            found.text(f"{where}.altText", message.get("altText"), most=LONGEST_ALT_TEXT)
            check_container(found, f"{where}.contents", message.get("contents"))
        case "template":
            found.text(f"{where}.altText", message.get("altText"), most=LONGEST_ALT_TEXT)
            _check_template(found, f"{where}.template", message.get("template"))
        case "image" | "video":
            found.https(f"{where}.originalContentUrl", message.get("originalContentUrl"))
            found.https(f"{where}.previewImageUrl", message.get("previewImageUrl"))
        case "sticker":
            for name in ("packageId", "stickerId"):
                found.text(f"{where}.{name}", message.get(name), most=20)
    if "quickReply" in message:
        _check_quick_replies(found, f"{where}.quickReply", message["quickReply"])


def _check_quick_replies(found: Findings, where: str, value: object) -> None:
    reply = found.mapping(where, value, ("items",))
    for index, each in enumerate(found.items(f"{where}.items", reply.get("items"), most=MOST_QUICK_REPLIES)):
        at = f"{where}.items[{index}]"
        item = found.mapping(at, each, ("type", "imageUrl", "action"))
        found.one_of(f"{at}.type", item.get("type"), ("action",))
        if "imageUrl" in item:
            found.https(f"{at}.imageUrl", item["imageUrl"])
        check_action(found, f"{at}.action", item.get("action"), longest_label=LONGEST_LABEL, quick=True)


def _check_template(found: Findings, where: str, value: object) -> None:
    template = found.mapping(where, value)
    match template.get("type"):
        case "confirm":
            found.text(f"{where}.text", template.get("text"), most=_LONGEST_TEMPLATE_TEXT)
            _check_actions(found, where, template, least=2, most=2)
        case "buttons":
            found.text(f"{where}.title", template.get("title"), most=_LONGEST_TITLE, required=False)
            found.text(f"{where}.text", template.get("text"), most=160)
            _check_actions(found, where, template, least=1, most=4)
        case "carousel":
            for index, column in enumerate(found.items(f"{where}.columns", template.get("columns"), most=10)):
                at = f"{where}.columns[{index}]"
                shown = found.mapping(at, column)
                found.text(f"{at}.text", shown.get("text"), most=120)
                _check_actions(found, at, shown, least=1, most=3)
        case kind:
            found.one_of(f"{where}.type", kind, ("buttons", "confirm", "carousel"))


def _check_actions(found: Findings, where: str, holder: Json, *, least: int, most: int) -> None:
    for index, action in enumerate(found.items(f"{where}.actions", holder.get("actions"), least=least, most=most)):
        check_action(found, f"{where}.actions[{index}]", action)
