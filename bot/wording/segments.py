"""What a text message costs: how many parts the network makes of it."""

from typing import Literal

Alphabet = Literal["GSM-7", "UCS-2"]

_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ!\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO_SEPTETS = frozenset("^{}\\[~]|€\f")
"""3GPP TS 23.038, 6.2.1: the default alphabet and its extension, whose signs count twice."""


def alphabet(text: str) -> Alphabet:
    """The narrowest alphabet that holds the text: one other sign, and the whole message needs the wide one."""
    return "GSM-7" if set(text) <= _GSM_7 | _TWO_SEPTETS else "UCS-2"


def segments(text: str) -> int:
    """The parts that are billed: 160 septets or 70 UTF-16 units in one, 153 or 67 in each of several. An emoji is two
    units, and neither it nor an escaped sign is ever split between two parts."""
    if alphabet(text) == "GSM-7":
        return _parts([2 if sign in _TWO_SEPTETS else 1 for sign in text], single=160, joined=153)
    return _parts([len(sign.encode("utf-16-le")) // 2 for sign in text], single=70, joined=67)


def _parts(sizes: list[int], *, single: int, joined: int) -> int:
    if sum(sizes) <= single:
        return 1
    parts, room = 1, joined
    for size in sizes:
        if size > room:
            parts, room = parts + 1, joined
        room -= size
    return parts
