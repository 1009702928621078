"""An answer as LINE's message objects: texts, a carousel of times by the day, quick replies; every limit is kept here.

https://developers.line.biz/en/reference/messaging-api/#message-objects
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from bot.booking.window import Window
from bot.channels.channel import Answer, Choice
from bot.wording import dates, say

MOST_MESSAGES = 5
LONGEST_TEXT = 5000
LONGEST_ALT_TEXT = 400
MOST_QUICK_REPLIES = 13
LONGEST_LABEL = 20
LONGEST_ACTION_TEXT = 300
LONGEST_DATA = 300
MOST_BUBBLES = 12
MOST_BUTTONS = 6
PICKED = "%Y-%m-%dT%H:%M"
"""How LINE's date and time picker writes a time, which it does without a zone."""

Message = dict[str, Any]
Sealed = Callable[[str], str]
"""Makes what a button carries unforgeable."""


def messages(answer: Answer, *, tz: ZoneInfo, sealed: Sealed) -> list[Message]:
    """One to five messages. The quick replies stand under the last."""
    said = [_text(text) for text in _at_most(answer.texts, MOST_MESSAGES - 1)]
    offered = (*answer.more, *(choice.window for choice in answer.choices if choice.window))
    times = sorted({window.start: window for window in offered}.values())
    if times:
        said.append(_carousel(times, answer, tz=tz, sealed=sealed))
    if quick := _quick_replies(answer, times, tz=tz, sealed=sealed):
        said[-1] = said[-1] | {"quickReply": {"items": quick}}
    return said


def labelled(text: str) -> str:
    """A label that fits."""
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"


def _at_most(texts: Sequence[str], most: int) -> list[str]:
    """Texts beyond the last place are told in it."""
    first, rest = list(texts[: most - 1]), texts[most - 1 :]
    return [*first, "\n".join(rest)] if rest else first


def _text(text: str) -> Message:
    return {"type": "text", "text": text[:LONGEST_TEXT]}


def _carousel(times: Sequence[Window], answer: Answer, *, tz: ZoneInfo, sealed: Sealed) -> Message:
    """A bubble for each day, a button for each time."""
    days = [
        (day, list(windows)) for day, windows in groupby(times, key=lambda window: window.start.astimezone(tz).date())
    ]
    bubbles = [_bubble(windows, answer, tz=tz, sealed=sealed) for _, windows in days[:MOST_BUBBLES]]
    told = say("chat.free_times", answer.language, times=dates.brief(times, tz=tz, language=answer.language))
    return {
        "type": "flex",
        "altText": told[:LONGEST_ALT_TEXT],
        "contents": {"type": "carousel", "contents": bubbles},
    }


def _bubble(windows: Sequence[Window], answer: Answer, *, tz: ZoneInfo, sealed: Sealed) -> Message:
    day = dates.day(windows[0].start, tz=tz, language=answer.language)
    header = {"type": "text", "text": day, "weight": "bold", "size": "md", "align": "center", "color": "#ffffff"}
    return {
        "type": "bubble",
        "size": "micro",
        "header": {
            "type": "box", "layout": "vertical", "backgroundColor": "#0b5c4a", "paddingAll": "md", "contents": [header],
        },
        "body": {
            "type": "box", "layout": "vertical", "spacing": "sm", "paddingAll": "md",
            "contents": [_button(window, answer, tz=tz, sealed=sealed) for window in _spread(windows, MOST_BUTTONS)],
        },
    }  # fmt: skip


def _button(window: Window, answer: Answer, *, tz: ZoneInfo, sealed: Sealed) -> Message:
    return {
        "type": "button",
        "style": "secondary",
        "height": "sm",
        "action": {
            "type": "postback",
            "label": labelled(dates.clock(window.start, tz=tz, language=answer.language)),
            "data": sealed(carried("slot", answer.offer, window.start)),
            "displayText": dates.start(window, tz=tz, language=answer.language),
        },
    }


def carried(kind: str, offer: str, start: datetime) -> str:
    """What a button says: its kind, the offer it stands in, and a time in minutes since 1970."""
    return f"{kind}|{offer}|{int(start.timestamp()) // 60}"


def _spread(windows: Sequence[Window], most: int) -> list[Window]:
    """Some of many, evenly, the first and the last among them."""
    if len(windows) <= most:
        return list(windows)
    return [windows[round(index * (len(windows) - 1) / (most - 1))] for index in range(most)]


def _quick_replies(answer: Answer, times: Sequence[Window], *, tz: ZoneInfo, sealed: Sealed) -> list[Message]:
    """What can be said with one tap; a time among them is in the carousel already."""
    actions = [_says(choice) for choice in answer.choices if not choice.window]
    if times:
        actions += list(_about_times(answer, times, tz=tz, sealed=sealed))
    return [{"type": "action", "action": action} for action in actions[:MOST_QUICK_REPLIES]]


def _says(choice: Choice) -> Message:
    label = choice.title if len(choice.title) <= LONGEST_LABEL else choice.value
    return {"type": "message", "label": labelled(label), "text": choice.value[:LONGEST_ACTION_TEXT]}


def _about_times(answer: Answer, times: Sequence[Window], *, tz: ZoneInfo, sealed: Sealed) -> Iterable[Message]:
    """Other days, a time that is picked, and leaving it."""
    language, last = answer.language, times[-1].start
    if answer.until and last < answer.until:
        yield {
            "type": "postback",
            "label": say("chat.other_days", language),
            "data": sealed(carried("more", answer.offer, last)),
            "displayText": say("chat.other_days", language),
        }
        first, most = min(times).start.astimezone(tz), answer.until.astimezone(tz)
        yield {
            "type": "datetimepicker",
            "label": say("chat.pick_time", language),
            "data": sealed(carried("when", answer.offer, last)),
            "mode": "datetime",
            "initial": first.strftime(PICKED),
            "min": first.strftime(PICKED),
            "max": most.strftime(PICKED),
        }
    if not answer.reference:
        yield _says(Choice(title=say("chat.leave", language), value=say("chat.leave_words", language)))
