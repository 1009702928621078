"""Every figure that tells how promises are kept: defined here once, for the page, the API and the docs."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Literal

TOLERANCE = timedelta(seconds=60)
"""A first dial this long after the window's end still keeps the promise: a phone may be engaged for a moment."""
ESTIMATE_WITHIN = timedelta(minutes=10)
"""An estimate was right when the first dial came at most so much earlier or later."""
FOLLOWED_FOR = timedelta(days=7)
"""A matter was settled at the first contact when the number asked for nothing new for so long."""

COUNTS = (
    "chats", "chats_asking", "callbacks", "moved", "cancelled", "suppressed", "dialled", "dials", "spoken",
    "unreached", "expired", "followed", "settled_once", "surveys", "ratings", "rating_sum", "efforts", "effort_sum",
    "kept", "broken", "told", "estimates", "estimates_right", "rung", "answered", "talk_s", "reserved_s", "on_duty_s",
    "busy_s",
)  # fmt: skip
"""What is counted of each chat, promise and dial (`bot/booking/kpi_facts.py`); figures are sums of these."""
WAITS = ("wait_promise", "wait_asked")
"""What is measured in whole seconds and kept one by one, for exact percentiles."""

Language = Literal["ja", "en"]


class Unit(StrEnum):
    """What a figure is counted over, which decides the day and hour that it belongs to."""

    CHAT = "chat"  # when the talk began
    PROMISE = "promise"  # when the promised window began
    DIAL = "dial"  # when the phone was dialled
    SPELL = "spell"  # the hours in which somebody was on duty


class Grouping(StrEnum):
    """By what figures are told apart. `hour` is the hour of the day in business time."""

    HOUR = "hour"
    DAY = "day"
    CHANNEL = "channel"
    TOPIC = "topic"
    AGENT = "agent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """The same in both languages."""

    ja: str
    en: str

    def in_(self, language: str) -> str:
        """The words in this language."""
        return self.en if language == "en" else self.ja


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One figure. `part` over `whole` is a share (0 to 1) or a mean; a count is `part`, among `whole`.

    With `wait` it is the `rank`-th part of sorted waits in seconds, by nearest rank: always a wait that somebody had.
    """

    name: str
    title: Told
    meaning: Told
    unit: Unit
    form: Literal["share", "mean", "count", "seconds"]
    part: str | None = None
    whole: tuple[str, ...] = ()
    wait: str | None = None
    rank: float = 0.0


def _share(name: str, unit: Unit, part: str, whole: tuple[str, ...], title: Told, meaning: Told) -> Figure:
    return Figure(name=name, title=title, meaning=meaning, unit=unit, form="share", part=part, whole=whole)


def _mean(name: str, unit: Unit, part: str, whole: str, title: Told, meaning: Told) -> Figure:
    return Figure(name=name, title=title, meaning=meaning, unit=unit, form="mean", part=part, whole=(whole,))


def _count(name: str, unit: Unit, part: str, title: Told, meaning: Told) -> Figure:
    return Figure(name=name, title=title, meaning=meaning, unit=unit, form="count", part=part, whole=("callbacks",))


def _wait(name: str, wait: str, rank: float, title: Told, meaning: Told) -> Figure:
    return Figure(name=name, title=title, meaning=meaning, unit=Unit.PROMISE, form="seconds", wait=wait, rank=rank)


FIGURES = (
    _share(
        "request_rate", Unit.CHAT, "chats_asking", ("chats",),
        Told(ja="コールバック要求率", en="Request rate"),
        Told(
            ja="始まった会話のうち、折り返しの予約に至った割合です。",
            en="Of the chats that were started, the share in which a callback was booked.",
        ),
    ),
    _count(
        "callbacks", Unit.PROMISE, "callbacks",
        Told(ja="折り返しの件数", en="Callbacks"),
        Told(
            ja="この期間にお約束した折り返しの数です。変更されたものは、最後のお約束の日に数えます。",
            en="Callbacks promised for this time. One that was moved counts on the day of its last promise.",
        ),
    ),
    _share(
        "promise_adherence", Unit.PROMISE, "kept", ("kept", "broken"),
        Told(ja="約束時間の遵守率", en="Promise adherence"),
        Told(
            ja="守るべきだったお約束のうち、最初の発信がお約束の時間帯（終了後60秒まで）に行われた割合です。"
            "発信の前に変更・取り消しされたものと、まだ時間が来ていないものは数えません。",
            en="Of the promises that came due, the share whose first dial came within the promised window or at most "
            "60 seconds after it. Left out: what was moved or cancelled before, and what is not due yet.",
        ),
    ),
    _share(
        "completion_rate", Unit.PROMISE, "spoken", ("spoken", "unreached", "expired"),
        Told(ja="完了率", en="Completion rate"),
        Told(
            ja="終わった折り返しのうち、お客さまと担当者が話せた割合です。取り消し、発信しないと決めたもの、"
            "電話の前に解決したものは数えません。",
            en="Of the callbacks that are over, the share in which customer and agent spoke. Left out: cancelled, "
            "suppressed, and settled before any call.",
        ),
    ),
    _wait(
        "wait_promise_median", "wait_promise", 0.5,
        Told(ja="時間帯の開始から発信まで（中央値）", en="Window start to dial, median"),
        Told(
            ja="お約束の時間帯の開始から最初の発信までの時間の中央値です。半数がこの時間以内でした。",
            en="Time from the start of the promised window to its first dial: half waited at most this long.",
        ),
    ),
    _wait(
        "wait_promise_p90", "wait_promise", 0.9,
        Told(ja="時間帯の開始から発信まで（90%）", en="Window start to dial, 90th percentile"),
        Told(
            ja="お約束の時間帯の開始から最初の発信までの時間です。10件のうち9件がこの時間以内でした。",
            en="Time from the start of the promised window to its first dial: nine in ten waited at most this long.",
        ),
    ),
    _wait(
        "wait_asked_median", "wait_asked", 0.5,
        Told(ja="受付から発信まで（中央値）", en="Asked to dialled, median"),
        Told(
            ja="受付から最初の発信までの時間の中央値です。先の日時のご予約では長くなります。",
            en="Time from the booking to the first dial: half waited at most this long. Long where customers chose "
            "a later day.",
        ),
    ),
    _wait(
        "wait_asked_p90", "wait_asked", 0.9,
        Told(ja="受付から発信まで（90%）", en="Asked to dialled, 90th percentile"),
        Told(
            ja="受付から最初の発信までの時間です。10件のうち9件がこの時間以内でした。",
            en="Time from the booking to the first dial: nine in ten waited at most this long.",
        ),
    ),
    _share(
        "delay_notice_rate", Unit.PROMISE, "told", ("broken",),
        Told(ja="遅れの事前連絡率", en="Delay notice rate"),
        Told(
            ja="守れなかったお約束のうち、時間帯が終わる前に遅れのお知らせを送れた割合です。",
            en="Of the promises that were not kept, the share whose customer was sent a delay notice before the window "
            "ended.",
        ),
    ),
    _share(
        "estimate_accuracy", Unit.PROMISE, "estimates_right", ("estimates",),
        Told(ja="見込み時刻の的中率", en="Estimate accuracy"),
        Told(
            ja="お伝えした見込み時刻のうち、最初の発信が前後10分以内だった割合です。",
            en="Of the estimated times that customers were told, the share whose first dial came within 10 minutes of "
            "it, earlier or later.",
        ),
    ),
    _share(
        "reschedule_rate", Unit.PROMISE, "moved", ("callbacks",),
        Told(ja="変更率", en="Reschedule rate"),
        Told(
            ja="折り返しのうち、日時が一度でも変更された割合です。",
            en="Of all callbacks, the share whose time was changed at least once.",
        ),
    ),
    _share(
        "cancel_rate", Unit.PROMISE, "cancelled", ("callbacks",),
        Told(ja="取り消し率", en="Cancel rate"),
        Told(
            ja="折り返しのうち、取り消された割合です。発信しないと決めたものは含みません。",
            en="Of all callbacks, the share that was cancelled. Suppressed ones are not among them.",
        ),
    ),
    _share(
        "answer_rate", Unit.DIAL, "answered", ("rung",),
        Told(ja="応答率", en="Answer rate"),
        Told(
            ja="終わった発信のうち、お客さまが電話に出て確認のボタンを押した割合です。回線の不具合は数えません。",
            en="Of the dials that are over, the share in which the customer picked up and pressed the key. Line "
            "failures are left out.",
        ),
    ),
    _mean(
        "attempts_per_callback", Unit.PROMISE, "dials", "dialled",
        Told(ja="発信回数（1件あたり）", en="Attempts per callback"),
        Told(
            ja="一度でも発信した折り返し1件あたりの、平均の発信回数です。",
            en="How often a callback was dialled on average, of those dialled at all.",
        ),
    ),
    _share(
        "no_show_rate", Unit.PROMISE, "unreached", ("spoken", "unreached"),
        Told(ja="不在率", en="No-show rate"),
        Told(
            ja="最後まで発信した折り返しのうち、すべての発信でお客さまが出なかった割合です。",
            en="Of the callbacks that were dialled to their end, the share in which the customer never picked up.",
        ),
    ),
    _count(
        "suppressed_calls", Unit.PROMISE, "suppressed",
        Told(ja="見合わせた電話", en="Suppressed calls"),
        Told(
            ja="発信の直前に、電話を希望されない番号・かけられない番号とわかり、発信しなかった折り返しの数です。",
            en="Callbacks that were not dialled because the number had opted out or may not be called.",
        ),
    ),
    _share(
        "first_contact_resolution", Unit.PROMISE, "settled_once", ("followed",),
        Told(ja="一次解決率", en="First-contact resolution"),
        Told(
            ja="お話しできた折り返しのうち、その後7日間に同じ番号から新しいご依頼がなかった割合です。"
            "7日たっていないものは数えません。",
            en="Of the callbacks in which we spoke, the share after which the number asked for nothing new in 7 days. "
            "Those younger than 7 days are not counted yet.",
        ),
    ),
    _mean(
        "satisfaction", Unit.PROMISE, "rating_sum", "ratings",
        Told(ja="満足度", en="Satisfaction"),
        Told(ja="お客さまの評価（1〜5）の平均です。", en="The average of customers' ratings, 1 to 5."),
    ),
    _share(
        "response_rate", Unit.PROMISE, "ratings", ("surveys",),
        Told(ja="評価の回答率", en="Response rate"),
        Told(
            ja="評価をお願いした折り返しのうち、回答があった割合です。",
            en="Of the callbacks for which a rating was asked, the share that got one.",
        ),
    ),
    _mean(
        "effort", Unit.PROMISE, "effort_sum", "efforts",
        Told(ja="お客さまの手間", en="Effort score"),
        Told(
            ja="手間についての回答（1〜5、小さいほど楽）の平均です。お聞きした場合だけ数えます。",
            en="The average answer to how hard it was, 1 (easy) to 5, where it was asked.",
        ),
    ),
    _share(
        "agent_use", Unit.DIAL, "talk_s", ("reserved_s",),
        Told(ja="担当者の通話率", en="Share of talk"),
        Told(
            ja="担当者が折り返しのために確保されていた時間のうち、お客さまと話していた割合です。",
            en="Of the time for which agents were kept for a callback, the share in which they spoke.",
        ),
    ),
    _share(
        "occupancy", Unit.SPELL, "busy_s", ("on_duty_s",),
        Told(ja="担当者の稼働率", en="Agent use"),
        Told(
            ja="担当者が「受付可」か「後処理」だった時間のうち、電話（発信から終わりまで）と後処理に使った割合です。"
            "休憩・不在は含みません。状態が変わったときに、それまでの時間を数えます。",
            en="Of the time in which agents were ready or in after-call work, the share spent on calls (from the dial "
            "until they ended) and on after-call work. Breaks are left out. Time counts once the state has changed.",
        ),
    ),
)  # fmt: skip

BY_NAME = {figure.name: figure for figure in FIGURES}
