"""What stands in place of a placeholder while a sentence is being worded."""

SITE = "https://callback.example.jp"
FACTS = {
    "ja": {
        "business": "みなと家電サポート", "when": "11月24日(火) 15:00〜15:30",
        "times": "12/25 10:00、12/26 16:30",
    },
    "en": {
        "business": "Minato Home Support", "when": "Tue, Nov 24, 3:00 PM-3:30 PM",
        "times": "Dec 25 10:00 AM, Dec 26 12:30 PM",
    },
}  # fmt: skip
STARTS = {"ja": "11月24日(火) 15:00", "en": "Tue, Nov 24, 3:00 PM"}
BRIEFLY = {"ja": "12/24 15:00", "en": "Dec 24 3:00 PM"}
"""Where the old time will not be kept, its start is enough; beside other times, as short as they are."""

COMMON: dict[str, object] = {
    "reference": "K7Q4MN", "link": f"{SITE}/c/Wq8_rT2mPz-4Lk9XcV7bNsK7Q4MN",
    "hotline": "0120-000-000", "code": "123456",
    "minutes": 10, "stop": f"{SITE}/m/Wq8_rT2mPz-4Lk9XcV7bNsK7Q4MN",
}  # fmt: skip
WITH_TIMES = ("_with_times", "_by_number")
NUMBERED = {"ja": "1 12/25 10:00、2 12/26 16:30", "en": "1 Dec 25 10:00 AM, 2 Dec 26 12:30 PM"}


def example(name: str, language: str) -> dict[str, object]:
    """A value for every placeholder of the sentence."""
    return COMMON | FACTS[language] | _time_of(name, language) | _times_of(name, language)


def _times_of(name: str, language: str) -> dict[str, str]:
    return {"times": NUMBERED[language]} if name.endswith("_by_number") else {}


def _time_of(name: str, language: str) -> dict[str, str]:
    if name.endswith(WITH_TIMES):
        return {"when": BRIEFLY[language]}
    return {"when": STARTS[language]} if name.endswith(("hours_changed", "capacity_changed", "expired")) else {}
