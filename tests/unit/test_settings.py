"""Settings: one truth, and a sentence that names the line for everything that is wrong."""

import tomllib
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.booking.callback import Outcome
from bot.booking.hours import Period
from bot.settings import SettingsError, load
from tests.support.products import ROOT, settings_of

MINIMAL = """\
[business]
name_ja = "店"
name_en = "Shop"
hotline = "0120-000-000"

[carrier]
number = "+815031234567"
"""
OPTIONAL_TABLES = {
    "hours": {"exceptions", "changes"}, "lawful_hours": {"countries"}, "capacity": {"overrides"},
    "topics": {"hours", "slots", "handle_minutes", "examples", "connect", "share"},
}  # fmt: skip
DAY = "[[hours.exceptions]]\ndate = 2026-12-29\n"
TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "secret-token",
    "PUBLIC_BASE_URL": "https://callback.example.jp",
}


def written(folder: Path, text: str) -> dict[str, str]:
    """An environment whose settings file says this."""
    path = folder / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return {**settings_of(folder), "ORIKAESHI_SETTINGS": str(path)}


def test_every_default_equals_the_line_in_the_file_that_documents_it(tmp_path: Path) -> None:
    told = tomllib.loads((ROOT / "orikaeshi.toml").read_text(encoding="utf-8"))
    shown = load(settings_of(tmp_path))
    minimal = load(written(tmp_path, MINIMAL))
    for section in (
        "topics",
        "hours",
        "lawful_hours",
        "parts_of_day",
        "slots",
        "capacity",
        "calls",
        "notices",
        "numbers",
        "web",
    ):
        assert getattr(minimal, section) == getattr(shown, section)
    assert minimal.retry.value() == shown.retry.value()
    assert (minimal.business.timezone, minimal.carrier.kind) == (shown.business.timezone, shown.carrier.kind)
    for section, lines in told.items():
        first_table, value = (
            (lines[0], getattr(shown, section)[0]) if isinstance(lines, list) else (lines, getattr(shown, section))
        )
        assert set(first_table) == set(type(value).model_fields) - OPTIONAL_TABLES.get(section, set()), section


@pytest.mark.parametrize(
    ("line", "text", "says"),
    [
        (2, '[business]\nname_ja = ""\n', "name_ja"),
        (6, MINIMAL.replace("[carrier]", "name = 1\n\n[carrier]"), "business.name: this setting is unknown"),
        (1, '[business]\nname_ja = "店"\nname_en = "S"\n', "hotline: this setting is missing"),
        (10, MINIMAL + '\n[hours]\nmonday = ["9-18"]\n', 'write a period as "09:00-18:00"'),
        (10, MINIMAL + '\n[hours]\nmonday = ["18:00-09:00"]\n', "must end after it starts"),
        (10, MINIMAL + '\n[hours]\nmonday = ["25:00-26:00"]\n', "hour must be in 0..23"),
        (10, MINIMAL + '\n[hours]\nmonday = ["09:00-13:00", "12:00-18:00"]\n', "must not overlap"),
        (10, MINIMAL + '\n[lawful_hours]\ndefault = []\n', "at least 1 item"),
        (1, MINIMAL + '\n[lawful_hours.countries]\nFrance = []\n', "ISO code"),
        (10, MINIMAL + '\n[hours]\nholidays = "Japan"\n', "holidays"),
        (10, MINIMAL + '\n[hours]\nmondy = []\n', "this setting is unknown"),
        (12, MINIMAL + '\n[hours]\n[[hours.exceptions]]\ndate = 2026-12-29\nopen = ["x"]\n', "write a period"),
        (14, MINIMAL + "\n[hours]\n" + DAY * 2 + 'open = ["x"]\n', "write a period"),
        (15, MINIMAL + "\n[hours]\n" + DAY + 'open = ["10:00-12:00"]\n' + DAY + 'open = ["x"]\n', "write a period"),
        (1, "colour = 1\n" + MINIMAL, "colour: this setting is unknown"),
        (10, MINIMAL + "\n[slots]\nlength_minutes = 3\n", "greater than or equal to 5"),
        (11, MINIMAL + "\n[slots]\nlength_minutes = 30\ncapacity = -1\n", "capacity"),
        (10, MINIMAL + '\n[slots]\ncapacity = "many"\n', "valid integer"),
        (10, MINIMAL + "\n[retry.busy]\nminutes = [5, 0]\n", "greater than or equal to 1"),
        (11, MINIMAL + "\n[retry]\nattempts = 3\nbusy = { minutes = [5, 0] }\n", "greater than or equal to 1"),
        (10, MINIMAL + "\n[retry]\nvoicemail.minutes = []\n", "at least 1 item"),
        (10, MINIMAL + "\n[calls]\nring_seconds = 600\n", "less than or equal to 60"),
        (10, MINIMAL + '\n[numbers]\ncountries = ["japan"]\n', "countries"),
        (10, MINIMAL + '\n[numbers]\nkinds = ["satellite"]\n', "choose from mobile, fixed"),
        (10, MINIMAL + "\n[web]\ntrusted_proxies = -1\n", "trusted_proxies"),
        (9, MINIMAL + "\n[slot]\ncapacity = 3\n", "slot: this setting is unknown"),
        (7, MINIMAL.replace("+815031234567", "050-3123-4567"), "carrier.number"),
        (6, MINIMAL.replace("[carrier]", '[carrier]\nkind = "vonage"').replace("\n\n", "\n"), "simulated"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told_with_its_file_and_line(tmp_path: Path, line: int, text: str, says: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        load(written(tmp_path, text))
    sentence = str(wrong.value)
    assert f"shop.toml, line {line}: " in sentence
    assert says in sentence
    assert sentence.endswith(".")


def test_a_zone_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r'line 5: business.timezone: name a time zone such as "Asia/Tokyo"\.'):
        load(written(tmp_path, MINIMAL.replace("\n\n", '\ntimezone = "Asia/Tokio"\n\n', 1)))


def test_a_week_without_an_open_day_is_refused(tmp_path: Path) -> None:
    days = "\n".join(f"{day} = []" for day in ("monday", "tuesday", "wednesday", "thursday", "friday"))
    with pytest.raises(SettingsError, match="at least one day must be open"):
        load(written(tmp_path, f"{MINIMAL}\n[hours]\n{days}\n"))


def test_a_file_that_is_no_toml_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"shop.toml: .*line 2"):
        load(written(tmp_path, '[business]\nname_ja = "open\n'))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"missing.toml cannot be read: No such file"):
        load({"ORIKAESHI_SETTINGS": str(tmp_path / "missing.toml")})


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("ORIKAESHI_SETINGS", "x", "ORIKAESHI_SETINGS is unknown"),
        ("PORT", "http", "PORT is wrong"),
        ("PORT", "70000", "PORT is wrong"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is wrong"),
        ("ORIKAESHI_DEMO_API_KEY", "short", "ORIKAESHI_DEMO_API_KEY is wrong"),
        ("PUBLIC_BASE_URL", "callback.example.jp", "PUBLIC_BASE_URL is wrong"),
        ("PUBLIC_BASE_URL", "https://callback.example.jp/", "PUBLIC_BASE_URL is wrong"),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        load({**settings_of(tmp_path), variable: value})


@pytest.mark.parametrize("variable", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"])
def test_the_simulated_carrier_never_starts_beside_real_credentials(tmp_path: Path, variable: str) -> None:
    with pytest.raises(SettingsError, match="never starts beside real credentials") as wrong:
        load({**settings_of(tmp_path), variable: TWILIO[variable]})
    assert TWILIO[variable] not in str(wrong.value)


@pytest.mark.parametrize("missing", list(TWILIO))
def test_twilio_needs_its_credentials_and_a_public_address(tmp_path: Path, missing: str) -> None:
    environment = written(tmp_path, MINIMAL.replace("[carrier]", '[carrier]\nkind = "twilio"'))
    assert not load({**environment, **TWILIO}).is_simulated
    given = {name: value for name, value in TWILIO.items() if name != missing}
    with pytest.raises(SettingsError, match="Calls through Twilio need"):
        load({**environment, **given})


def test_an_empty_variable_counts_as_unset(tmp_path: Path) -> None:
    assert load({**settings_of(tmp_path), "TWILIO_AUTH_TOKEN": "", "PORT": ""}).environment.port == 8000


def test_places_follow_from_the_environment(tmp_path: Path) -> None:
    settings = load({**settings_of(tmp_path), "PORT": "8123"})
    assert settings.public_base_url == "http://127.0.0.1:8123"
    assert settings.database_url == f"sqlite:///{tmp_path}/orikaeshi.db"
    assert load({**settings_of(tmp_path), "DATABASE_URL": "postgresql://db/x"}).database_url == "postgresql://db/x"


def test_the_file_becomes_the_values_that_the_core_knows(tmp_path: Path) -> None:
    text = MINIMAL + (
        '\n[hours]\nmonday = ["09:00-12:00", "13:00-24:00"]\nholidays = ""\n'
        "[[hours.exceptions]]\ndate = 2026-12-29\n"
        '[slots]\nlength_minutes = 15\n[retry]\nattempts = 2\nbusy.minutes = [1]\n[numbers]\nkinds = ["mobile"]\n'
    )
    settings = load(written(tmp_path, text))
    rules = settings.for_rules().of("general")
    hours = rules.hours
    assert hours.weekly[0] == (Period(start=time(9), end=time(12)), Period(start=time(13), end=time.max))
    assert (hours.exceptions, hours.holidays_country) == ({date(2026, 12, 29): ()}, None)
    assert rules.policy.length == timedelta(minutes=15)
    retries = settings.retry.value()
    assert retries.attempts == 2
    assert (retries.rules[Outcome.BUSY].delays, retries.rules[Outcome.BUSY].most) == ((timedelta(minutes=1),), 3)
    assert settings.for_numbers().kinds == {"mobile"}
    assert settings.for_business().name("en") == "Shop"


def test_a_topic_has_hours_and_slots_of_its_own_over_those_of_the_business(tmp_path: Path) -> None:
    text = MINIMAL + (
        '[[topics]]\nid = "sales"\nname_ja = "購入"\nname_en = "Sales"\n'
        '[topics.hours]\nsaturday = ["10:00-15:00"]\n[topics.slots]\nlength_minutes = 60\ncutoff_minutes = 30\n'
        '[[topics]]\nid = "general"\nname_ja = "総合"\nname_en = "General"\n'
        '[[hours.exceptions]]\ndate = 2026-12-15\nclosed = ["13:00-18:00"]\n'
        '[[hours.changes]]\nsince = 2027-04-01\nsaturday = ["09:00-10:00"]\nfriday = []\n'
        '[lawful_hours.countries]\nFR = ["10:00-13:00", "14:00-20:00"]\n'
    )
    rules = load(written(tmp_path, text)).for_rules()
    sales, general = rules.of("sales"), rules.of("general")
    saturday, friday = date(2027, 4, 3), date(2027, 4, 2)
    assert sales.hours.periods(saturday) == (Period(start=time(10), end=time(15)),)
    assert general.hours.periods(saturday) == (Period(start=time(9), end=time(10)),)
    assert sales.hours.periods(friday) == general.hours.periods(friday) == ()
    assert sales.hours.periods(date(2026, 12, 15)) == (Period(start=time(9), end=time(13)),)
    assert (sales.policy.length, sales.policy.cutoff) == (timedelta(hours=1), timedelta(minutes=30))
    assert (general.policy.length, general.policy.lead) == (timedelta(minutes=30), timedelta(minutes=30))
    assert len(rules.lawful.countries["FR"]) == 2


def test_settings_cannot_be_changed_afterwards(tmp_path: Path) -> None:
    settings: Any = load(settings_of(tmp_path))
    with pytest.raises(ValueError, match="frozen"):
        settings.slots.capacity = 5
