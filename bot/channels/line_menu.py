"""The rich menu at the bottom of the chat on LINE: book, check, change, talk to a person.

https://developers.line.biz/en/reference/messaging-api/#rich-menu
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import structlog

from bot.vendors.line import LineClient

AREAS = {"book": "電話を予約", "check": "予約を確認", "move": "時間を変更", "person": "担当者と話す"}
"""From the left to the right and down, two in a row, with what a screen reader reads. Pressed, each says its words in
the person's own language."""
WIDTH, HEIGHT = 1200, 810
PICTURE = Path(__file__).parent / "images" / "line-menu.png"
"""Drawn by python -m tools.line_menu."""
FAMILY = "orikaeshi-"
PRESSED = "menu|"
"""How the data of these buttons begins. They are not sealed: they say only what anybody may write."""

log = structlog.get_logger(__name__)


def menu() -> dict[str, Any]:
    """The menu as LINE takes it, under a name that changes with everything that is in it."""
    across, down = WIDTH // 2, HEIGHT // 2
    areas = [
        {
            "bounds": {"x": index % 2 * across, "y": index // 2 * down, "width": across, "height": down},
            "action": {"type": "postback", "label": label, "data": f"{PRESSED}{area}"},
        }
        for index, (area, label) in enumerate(AREAS.items())
    ]
    made = {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "chatBarText": "メニュー / Menu",
        "areas": areas,
    }
    told = hashlib.sha256(json.dumps(made).encode() + PICTURE.read_bytes()).hexdigest()
    return made | {"name": FAMILY + told[:12]}


async def set_up(client: LineClient) -> bool:
    """Show our menu to everybody, and drop what it was before; done twice, nothing changes. Returns whether it was made
    anew. Raises LineRefused or LineSilent."""
    wanted, there = menu(), await client.rich_menus()
    known = there.get(wanted["name"])
    if known:
        await client.show_rich_menu(known)
    else:
        await client.add_rich_menu(wanted, PICTURE.read_bytes())
    for name, menu_id in there.items():
        if name.startswith(FAMILY) and name != wanted["name"]:
            await client.drop_rich_menu(menu_id)
    log.info("line_menu", name=wanted["name"], made=known is None)
    return known is None
