"""Flex messages. Source: https://developers.line.biz/en/reference/messaging-api/#flex-message"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.simulator.line.actions import LONGEST_FLEX_LABEL, check_action
from bot.simulator.line.findings import Findings

LARGEST_BUBBLE = 30 * 1024
LARGEST_CAROUSEL = 50 * 1024
MOST_BUBBLES = 12
_DEEPEST = 10
_LONGEST_TEXT = 2000
_MOST_CONTENTS = 200
BUBBLE_SIZES = ("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")

_PLACE = ("position", "offsetTop", "offsetBottom", "offsetStart", "offsetEnd")
_PADDING = ("paddingAll", "paddingTop", "paddingBottom", "paddingStart", "paddingEnd")
_SIZE = re.compile(r"none|xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl|full|light|normal|medium|semi-bold|bold|\d+(\.\d+)?(px|%)")
_SIZES = frozenset(
    {"spacing", "margin", "borderWidth", "cornerRadius", "width", "maxWidth", "maxHeight", "size", "lineSpacing"}
    | {*_PLACE[1:], *_PADDING}
)
_COLORS = ("backgroundColor", "borderColor", "color")
_ALIGN = ("start", "end", "center")
_GRAVITY = ("top", "bottom", "center")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Component:
    """What a component may have, and which of that is a choice of words."""

    fields: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_TEXT_STYLE = {
    "weight": ("regular", "bold"),
    "style": ("normal", "italic"),
    "decoration": ("none", "underline", "line-through"),
}
_COMPONENTS: Mapping[str, _Component] = {
    "box": _Component(
        fields=(
            *("layout", "flex", "contents", "spacing", "margin", "backgroundColor", "borderColor", "borderWidth"),
            *("cornerRadius", "width", "maxWidth", "height", "maxHeight", "action", "justifyContent", "alignItems"),
            *("background", *_PLACE, *_PADDING),
        ),
        choices={
            "layout": ("horizontal", "vertical", "baseline"),
            "position": ("relative", "absolute"),
            "justifyContent": ("center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"),
            "alignItems": ("center", "flex-start", "flex-end"),
        },
    ),
    "button": _Component(
        fields=("flex", "color", "style", "action", "gravity", "margin", "height", "adjustMode", "scaling", *_PLACE),
        choices={"style": ("primary", "secondary", "link"), "gravity": _GRAVITY, "height": ("md", "sm")},
    ),
    "image": _Component(
        fields=(
            *("url", "flex", "margin", "align", "gravity", "size", "aspectRatio", "aspectMode", "backgroundColor"),
            *("action", "animated", *_PLACE),
        ),
        choices={"align": _ALIGN, "gravity": _GRAVITY, "aspectMode": ("fit", "cover")},
    ),
    "icon": _Component(fields=("url", "size", "aspectRatio", "margin", "scaling", *_PLACE)),
    "text": _Component(
        fields=(
            *("flex", "text", "size", "align", "gravity", "color", "weight", "style", "decoration", "wrap"),
            *("lineSpacing", "margin", "action", "maxLines", "contents", "adjustMode", "scaling", *_PLACE),
        ),
        choices={"align": _ALIGN, "gravity": _GRAVITY, **_TEXT_STYLE},
    ),
    "span": _Component(fields=("text", "size", "color", "weight", "style", "decoration"), choices=_TEXT_STYLE),
    "separator": _Component(fields=("margin", "color")),
    "filler": _Component(fields=("flex",)),
    "video": _Component(fields=("url", "previewUrl", "altContent", "aspectRatio", "action")),
}
_IN_BASELINE = ("text", "icon", "filler")
_IN_BOX = ("box", "button", "image", "icon", "text", "separator", "filler")


def check_container(found: Findings, where: str, value: object) -> None:
    """Note what is wrong with the contents of a Flex message: a bubble or a carousel of bubbles."""
    container = found.mapping(where, value)
    if container.get("type") != "carousel":
        _check_bubble(found, where, container)
        return
    found.mapping(where, container, ("type", "contents"))
    if _bytes(container) > LARGEST_CAROUSEL:
        found.add(where, f"Size must be less than or equal to {LARGEST_CAROUSEL} bytes")
    for index, bubble in enumerate(found.items(f"{where}.contents", container.get("contents"), most=MOST_BUBBLES)):
        _check_bubble(found, f"{where}.contents[{index}]", bubble)


def _check_bubble(found: Findings, where: str, value: object) -> None:
    bubble = found.mapping(
        where, value, ("type", "size", "direction", "styles", "header", "hero", "body", "footer", "action")
    )
    if not bubble:
        return
    found.one_of(f"{where}.type", bubble.get("type"), ("bubble",))
    found.one_of(f"{where}.size", bubble.get("size"), BUBBLE_SIZES, required=False)
    if _bytes(bubble) > LARGEST_BUBBLE:
        found.add(where, f"Size must be less than or equal to {LARGEST_BUBBLE} bytes")
    if not any(part in bubble for part in ("header", "hero", "body", "footer")):
        found.add(where, "At least one block must be specified")
    for part in ("header", "body", "footer"):
        if part in bubble:
            _check_component(found, f"{where}.{part}", bubble[part], ("box",))
    if "hero" in bubble:
        _check_component(found, f"{where}.hero", bubble["hero"], ("box", "image", "video"))
    if "action" in bubble:
        check_action(found, f"{where}.action", bubble["action"], label=False, longest_label=LONGEST_FLEX_LABEL)


def _check_component(
    found: Findings, where: str, value: object, allowed: tuple[str, ...] = _IN_BOX, depth: int = 0
) -> None:
    component = found.mapping(where, value)
    if not component:
        return
    kind = component.get("type")
    if kind not in allowed:
        found.one_of(f"{where}.type", kind, allowed)
        return
    shape = _COMPONENTS[str(kind)]
    found.mapping(where, component, ("type", *shape.fields))
    for name, words in shape.choices.items():
        found.one_of(f"{where}.{name}", component.get(name), words, required=name == "layout")
    _check_looks(found, where, component)
    if kind == "button":
        check_action(found, f"{where}.action", component.get("action"), longest_label=LONGEST_FLEX_LABEL)
    elif "action" in component:
        check_action(found, f"{where}.action", component["action"], label=False, longest_label=LONGEST_FLEX_LABEL)
    _check_inside(found, where, component, depth)


def _check_looks(found: Findings, where: str, component: Mapping[str, object]) -> None:
    for name in _SIZES & component.keys():
        if not (isinstance(component[name], str) and _SIZE.fullmatch(str(component[name]))):
            found.add(f"{where}.{name}", "invalid property")
    for name in _COLORS:
        found.color(f"{where}.{name}", component.get(name))


def _check_inside(found: Findings, where: str, component: Mapping[str, object], depth: int) -> None:
    match component["type"]:
        case "box":
            if depth >= _DEEPEST:
                found.add(where, "The box is nested too deeply")
                return
            inside = _IN_BASELINE if component.get("layout") == "baseline" else _IN_BOX
            contents = found.items(f"{where}.contents", component.get("contents"), least=0, most=_MOST_CONTENTS)
            for index, part in enumerate(contents):
                _check_component(found, f"{where}.contents[{index}]", part, inside, depth + 1)
        case "text" if "contents" in component:
            spans = found.items(f"{where}.contents", component["contents"], most=_MOST_CONTENTS)
            for index, span in enumerate(spans):
                _check_component(found, f"{where}.contents[{index}]", span, ("span",))
        case "text" | "span":
            found.text(f"{where}.text", component.get("text"), most=_LONGEST_TEXT)
        case "image" | "icon" | "video":
            found.https(f"{where}.url", component.get("url"))


def _bytes(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
