"""The picture of the rich menu on LINE, drawn anew by a browser: python -m tools.line_menu"""

from playwright.sync_api import sync_playwright

from bot.channels.line_menu import AREAS, HEIGHT, PICTURE, WIDTH
from tests.support.browser import launch

ENGLISH = {"book": "Book a call", "check": "Check my call", "move": "Change the time", "person": "Talk to a person"}
ICONS = {
    "book": '<rect x="3" y="5" width="18" height="16" rx="2"/><path d="M3 10h18M8 3v4M16 3v4M12 13v5M9.5 15.5h5"/>',
    "check": '<rect x="3" y="5" width="18" height="16" rx="2"/><path d="M3 10h18M8 3v4M16 3v4M8 15l3 3 5-5"/>',
    "move": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "person": '<path d="M4 13a8 8 0 0 1 16 0M4 13v4h3v-5H4M20 13v4h-3v-5h3M20 17c0 3-3 4-7 4"/>',
}
STYLE = f"""
body {{ margin: 0; width: {WIDTH}px; height: {HEIGHT}px; display: grid; grid-template-columns: 1fr 1fr; gap: 4px;
  background: #cfe3dd; font-family: "Noto Sans CJK JP", "Noto Sans JP", sans-serif; }}
div {{ background: #fff; display: flex; flex-direction: column; align-items: center; justify-content: center; }}
svg {{ width: 132px; height: 132px; fill: none; stroke: #0b5c4a; stroke-width: 1.6; stroke-linecap: round;
  stroke-linejoin: round; }}
b {{ font-size: 62px; color: #12352c; margin-top: 14px; }}
span {{ font-size: 36px; color: #3c5a52; margin-top: 6px; }}
"""


def draw() -> bytes:
    """The picture as a PNG."""
    cells = "".join(
        f'<div><svg viewBox="0 0 24 24">{ICONS[area]}</svg><b>{label}</b><span>{ENGLISH[area]}</span></div>'
        for area, label in AREAS.items()
    )
    with sync_playwright() as playwright, launch(playwright) as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.set_content(f"<style>{STYLE}</style>{cells}")
        return page.screenshot(type="png")


if __name__ == "__main__":
    PICTURE.write_bytes(draw())
