"""What is odd about settings that would start: told before customers find out."""

from datetime import datetime
from pathlib import Path

import pytest

from bot import __main__ as administration
from bot.settings import Settings, SettingsError, load
from bot.settings_review import in_force, worries
from bot.usecases.settings_history import difference
from bot.wording import LANGUAGES
from tests.support.clocks import TUESDAY, tokyo
from tests.support.products import settings_of
from tests.unit.test_settings import MINIMAL, TWILIO, written
from tools.run import WORRY

REPAIR = '\n[[topics]]\nid = "repair"\nname_ja = "修理"\nname_en = "Repairs"\n'
SALES = REPAIR.replace("repair", "sales")
SHIFT = "\n[[capacity.shifts]]\n"
CLOSED = "\n".join(f"{day} = []" for day in ("monday", "tuesday", "wednesday", "thursday", "friday"))


def settings(folder: Path, more: str = "") -> Settings:
    return load(written(folder, MINIMAL + more))


def told(folder: Path, more: str, *, now: datetime = TUESDAY) -> list[str]:
    return [worry.sentence for worry in worries(settings(folder, more), now=now)]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", []),
        (f"{REPAIR}[topics.hours]\n{CLOSED}\n", ["never_open"]),
        ("\n[slots]\nlength_minutes = 120\n[hours]\nmonday = []\n" + CLOSED[len("monday = []"):].replace(
            "[]", '["09:00-10:30"]'), ["never_open"]),
        ("\n[slots]\nlead_minutes = 1440\nhorizon_days = 1\n", ["lead_beyond_horizon"]),
        (f"{SHIFT}agents = 1\nevery_day = []\n", ["no_places", ]),
        ("\n[capacity]\nhandle_minutes = 60\n[[capacity.shifts]]\nagents = 3\n", ["no_places"]),
        (f'{SHIFT}agents = 3\nfriday = ["20:00-22:00"]\n', ["day_without_places"]),
        (f'{SHIFT}agents = 3\nlanguages = ["ja"]\n', ["nobody_speaks_en"]),
        ('\n[hours]\nmonday = ["09:00-22:00"]\n', ["beyond_lawful_hours"]),
        ('\n[lawful_hours.countries]\nJP = ["18:00-20:00"]\n', ["never_lawful"]),
        ('\n[hours]\n' + '[[hours.exceptions]]\ndate = 2026-12-29\n' * 2, ["date_twice"]),
        ('\n[hours]\n' + '[[hours.changes]]\nsince = 2027-04-01\n' * 2, ["change_twice"]),
        (f'{SHIFT}agents = 3\n{SHIFT}agents = 3\ntopics = ["repairs"]\n', ["unknown_topic_in_shift"]),
        ('\n[[capacity.overrides]]\ntopic = "general"\nstart = 2026-12-01T15:10:00+09:00\ncapacity = 1\n',
         ["override_without_slot"]),
        ('\n[[capacity.overrides]]\ntopic = "general"\nstart = 2026-12-01T15:00:00+09:00\ncapacity = 1\n', []),
        ('\n[[capacity.overrides]]\ntopic = "other"\nstart = 2026-12-01T15:00:00+09:00\ncapacity = 1\n',
         ["override_without_slot"]),
        (f"\n[slots]\ncapacity = 7{SHIFT}agents = 3\n", ["capacity_beyond_roster"]),
        (f"\n[slots]\ncapacity = 6{SHIFT}agents = 3\n", []),
        (f"{REPAIR}{SALES}\n[slots]\ncapacity = 6{SHIFT}agents = 3\n", ["capacity_beyond_roster"]),
        ("\n[slots]\ncapacity = 50\n", []),  # nobody has told a roster
    ],
)  # fmt: skip
def test_what_promises_nothing_or_something_else_than_was_meant_is_told(
    tmp_path: Path, more: str, expected: list[str]
) -> None:
    assert told(tmp_path, more) == expected
    for worry in worries(settings(tmp_path, more), now=TUESDAY):
        assert all("{" not in worry.told(language) for language in LANGUAGES)


def test_a_holiday_week_is_no_fault_of_the_settings(tmp_path: Path) -> None:
    assert told(tmp_path, "", now=tokyo("2026-12-28 18:00")) == []


def test_the_settings_that_we_ship_are_sound(tmp_path: Path) -> None:
    assert worries(load(settings_of(tmp_path)), now=TUESDAY) == ()


def test_a_worry_names_topic_and_day_in_the_readers_language(tmp_path: Path) -> None:
    (worry,) = worries(settings(tmp_path, f"{SHIFT}agents = 3\nfriday = []\n"), now=TUESDAY)
    assert worry.told("ja") == "「総合」: 金曜日は営業していますが、受付可能数がどの枠も0です。"
    assert worry.told("en") == "General: Fri is open, but every slot on it has a capacity of 0."


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("\n[slots]\ncapacity = true\n", "line 10: slots.capacity: true and false are not possible here."),
        (
            "\n[retry.busy]\nminutes = [5, true]\nmost = 2\n",
            "retry.busy.minutes: true and false are not possible here.",
        ),
        ("\n[capacity]\ninbound_share = false\n", "capacity.inbound_share: true and false are not possible here."),
        (REPAIR * 2, "topics: each topic needs an id of its own."),
    ],
)
def test_what_could_only_be_a_slip_is_refused(tmp_path: Path, more: str, says: str) -> None:
    with pytest.raises(SettingsError, match=r".") as wrong:
        settings(tmp_path, more)
    assert says in str(wrong.value)


@pytest.mark.parametrize("address", ["http://callback.example.jp", ""])
def test_real_calls_need_an_address_that_is_encrypted(tmp_path: Path, address: str) -> None:
    environment = written(tmp_path, MINIMAL.replace("[carrier]", '[carrier]\nkind = "twilio"'))
    load({**environment, **TWILIO})
    with pytest.raises(SettingsError, match="the https address"):
        load({**environment, **TWILIO, "PUBLIC_BASE_URL": address})


def test_a_change_is_told_line_by_line_as_it_stands_in_the_file(tmp_path: Path) -> None:
    before = in_force(settings(tmp_path))
    more = (
        '\n[hours]\nfriday = ["09:00-12:00", "13:00-24:00"]\nholidays = ""\n[parts_of_day]\nevening = "17:00-20:00"\n'
    )
    more += "[slots]\ncapacity = 4\n[[hours.exceptions]]\ndate = 2026-12-29\n"
    assert difference(before, in_force(settings(tmp_path, more))) == [
        {"setting": "hours.friday", "before": "09:00-18:00", "after": "09:00-12:00, 13:00-24:00"},
        {"setting": "hours.holidays", "before": "JP", "after": ""},
        {"setting": "hours.exceptions.2026-12-29.date", "before": None, "after": "2026-12-29"},
        {"setting": "hours.exceptions.2026-12-29.closed", "before": None, "after": ""},
        {"setting": "parts_of_day.evening", "before": "18:00-21:00", "after": "17:00-20:00"},
        {"setting": "slots.capacity", "before": "0", "after": "4"},
        {"setting": "hours.exceptions", "before": "", "after": None},
    ]


def test_secrets_and_places_are_no_part_of_the_history(tmp_path: Path) -> None:
    secret = {"DATABASE_URL": "postgresql://me:hush@db/x", "ORIKAESHI_DEMO_API_KEY": "hush-hush-hush-hush"}
    assert "hush" not in str(in_force(load({**settings_of(tmp_path), **secret})))


def test_the_start_says_what_is_odd_in_a_plain_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in written(tmp_path, f"{MINIMAL}{SHIFT}agents = 3\nfriday = []\n").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["bot", "migrate"])
    administration.main()
    line = capsys.readouterr().out.strip()
    assert line == "WARNING settings: General: Fri is open, but every slot on it has a capacity of 0."
    assert WORRY.search(line)  # which is what `make run` shows
