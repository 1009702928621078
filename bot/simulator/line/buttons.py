"""What a person can tap: the actions within a message, its quick replies, a rich menu."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.simulator.errors import NotFitting
from bot.simulator.line.api import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """Something to tap; `label` is what stands on it, or empty."""

    label: str
    action: Json

    def is_called(self, name: object) -> bool:
        """Whether `name` is its label, the data or text or address that it sends, or its whole action."""
        if isinstance(name, Mapping):
            return dict(name) == self.action
        sent = (self.action.get(key) for key in ("data", "text", "uri", "clipboardText"))
        return isinstance(name, str) and name != "" and name in (self.label, *sent)


def of_message(content: Json) -> list[Button]:
    """The buttons within a Flex or template message, in the order of reading."""
    body = {"flex": "contents", "template": "template"}.get(str(content.get("type")))
    return [] if body is None else list(_within(content.get(body)))


def of_quick_replies(content: Json) -> list[Button]:
    """The quick replies that a message brings."""
    reply = content.get("quickReply")
    items = reply.get("items", []) if isinstance(reply, dict) else []
    return [_button(item["action"], "") for item in items]


def of_menu(menu: Json) -> list[Button]:
    """The areas of a rich menu."""
    areas = menu.get("areas")
    return [_button(area["action"], "") for area in areas] if isinstance(areas, list) else []


def chosen(buttons: list[Button], name: object) -> Button:
    """The button of this name; the first where several look alike. Raises NotFitting."""
    found = next((button for button in buttons if button.is_called(name)), None)
    if found is None:
        labels = ", ".join(button.label for button in buttons if button.label) or "none"
        raise NotFitting(f"There is no such button here; there are: {labels}.")
    return found


def _within(part: object) -> Iterator[Button]:
    if isinstance(part, list):
        for each in part:
            yield from _within(each)
    elif isinstance(part, dict):
        for name in ("action", "defaultAction"):
            if isinstance(part.get(name), dict):
                yield _button(part[name], str(part.get("text", "")))
        if isinstance(part.get("actions"), list):
            yield from (_button(action, "") for action in part["actions"])
        for name in ("header", "hero", "body", "footer", "contents", "columns"):
            yield from _within(part.get(name))


def _button(action: Json, text: str) -> Button:
    return Button(label=str(action.get("label") or text), action=action)
