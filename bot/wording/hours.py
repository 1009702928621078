"""Business hours as one short sentence, such as 月〜金 9:00〜18:00(祝日を除く)."""

from datetime import datetime, time
from itertools import groupby

from bot.booking.hours import BusinessHours, Period
from bot.wording import say
from bot.wording.dates import WEEKDAYS_EN, WEEKDAYS_JA, time_of_day


def describe(hours: BusinessHours, language: str, *, now: datetime) -> str:
    """The week as it is at `now`: days with the same periods told together, closed days left out."""
    weekly = hours.weekly_on(hours.local_date(now))
    names = WEEKDAYS_JA if language == "ja" else WEEKDAYS_EN
    dash, comma = ("〜", "、") if language == "ja" else ("–", ", ")
    told = []
    for periods, days in groupby(range(7), key=lambda day: weekly.get(day, ())):
        if not periods:
            continue
        run = list(days)
        name = names[run[0]] if len(run) == 1 else names[run[0]] + dash + names[run[-1]]
        told.append(f"{name} {comma.join(_period(period, language, dash) for period in periods)}")
    sentence = comma.join(told)
    return say("chat.hours_but_holidays", language, hours=sentence) if hours.holidays_country else sentence


def _period(period: Period, language: str, dash: str) -> str:
    midnight = period.end == time.max
    end = ("24:00" if language == "ja" else "12:00 AM") if midnight else time_of_day(period.end, language=language)
    return time_of_day(period.start, language=language) + dash + end
