"""The actions that a button can have. Source: https://developers.line.biz/en/reference/messaging-api/#action-objects"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from bot.simulator.line.findings import Findings

LONGEST_DATA = 300
LONGEST_LABEL = 20
LONGEST_FLEX_LABEL = 40
_LONGEST_TEXT = 300
_LONGEST_URI = 1000
_SCHEMES = ("https:", "http:", "line:", "tel:")

MODES: Mapping[str, Callable[[str], "date | time | datetime"]] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
}
_WRITTEN: Mapping[str, int] = {"date": len("2026-11-24"), "time": len("15:00"), "datetime": len("2026-11-24T15:00")}

_COMMON = ("type", "label")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "postback": ("data", "displayText", "text", "inputOption", "fillInText"),
    "message": ("text",),
    "uri": ("uri", "altUri"),
    "datetimepicker": ("data", "mode", "initial", "max", "min"),
    "clipboard": ("clipboardText",),
    "richmenuswitch": ("data", "richMenuAliasId"),
    "camera": (),
    "cameraRoll": (),
    "location": (),
}
_ONLY_IN_QUICK_REPLIES = ("camera", "cameraRoll", "location")


def read_moment(mode: str, written: object) -> "date | time | datetime | None":
    """A date, a time or both, as a date-time picker writes it; None if it is something else."""
    if not isinstance(written, str) or mode not in MODES or len(written) != _WRITTEN[mode]:
        return None
    if mode == "datetime" and written[10] not in "tT":
        return None
    try:
        return MODES[mode](written.replace("t", "T"))
    except ValueError:
        return None


def check_action(
    found: Findings,
    where: str,
    value: object,
    *,
    label: bool = True,
    longest_label: int = LONGEST_LABEL,
    quick: bool = False,
) -> None:
    """Note what is wrong with an action; whether it needs a `label` depends on what it is the action of."""
    action = found.mapping(where, value)
    if not action:
        return
    kind = action.get("type")
    allowed = [name for name in _FIELDS if quick or name not in _ONLY_IN_QUICK_REPLIES]
    if quick:
        allowed.remove("richmenuswitch")
    if kind not in allowed:
        found.one_of(f"{where}.type", kind, allowed)
        return
    found.mapping(where, value, (*_COMMON, *_FIELDS[str(kind)]))
    found.text(f"{where}.label", action.get("label"), most=longest_label, required=label)
    _check_kind(found, where, str(kind), action)


def _check_kind(found: Findings, where: str, kind: str, action: Mapping[str, object]) -> None:
    match kind:
        case "postback":
            found.text(f"{where}.data", action.get("data"), most=LONGEST_DATA)
            found.text(f"{where}.displayText", action.get("displayText"), most=_LONGEST_TEXT, required=False)
        case "message":
            found.text(f"{where}.text", action.get("text"), most=_LONGEST_TEXT)
        case "uri":
            uri = found.text(f"{where}.uri", action.get("uri"), most=_LONGEST_URI)
            if uri and not uri.startswith(_SCHEMES):
                found.add(f"{where}.uri", "invalid uri scheme")
        case "datetimepicker":
            _check_picker(found, where, action)
        case "clipboard":
            found.text(f"{where}.clipboardText", action.get("clipboardText"), most=1000)
        case "richmenuswitch":
            found.text(f"{where}.richMenuAliasId", action.get("richMenuAliasId"), most=32)
            found.text(f"{where}.data", action.get("data"), most=LONGEST_DATA)


def _check_picker(found: Findings, where: str, action: Mapping[str, object]) -> None:
    found.text(f"{where}.data", action.get("data"), most=LONGEST_DATA)
    mode = action.get("mode")
    found.one_of(f"{where}.mode", mode, tuple(MODES))
    if not isinstance(mode, str) or mode not in MODES:
        return
    moments = {}
    for name in ("initial", "max", "min"):
        written = action.get(name)
        moments[name] = read_moment(mode, written)
        if written is not None and moments[name] is None:
            found.add(f"{where}.{name}", "invalid format")
    least, most, initial = moments["min"], moments["max"], moments["initial"]
    if least is not None and most is not None and not least < most:  # type: ignore[operator] # both of one mode
        found.add(f"{where}.max", "max must be greater than min")
    elif initial is not None and not fits(initial, least, most):
        found.add(f"{where}.initial", "initial must be between min and max")


def fits(
    moment: "date | time | datetime", least: "date | time | datetime | None", most: "date | time | datetime | None"
) -> bool:
    """Whether it lies between the limits, both of which belong to the choice; all of one mode."""
    return (least is None or least <= moment) and (most is None or moment <= most)  # type: ignore[operator] # of one mode
