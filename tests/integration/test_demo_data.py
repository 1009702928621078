"""The made-up past of the demo."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.booking.kpis import FIGURES, Grouping
from bot.store.database import Database
from bot.usecases.kpis import Period
from bot.usecases.people import People
from tests.support.clocks import TOKYO
from tests.support.desk import CHEAP
from tests.support.products import World, a_product, settings_of
from tools import demo_data
from tools.demo_past import Past, Setting
from tools.recount import read_log, recount
from tools.terminal import Terminal


async def test_a_filled_demo_has_every_figure_and_filling_it_again_changes_nothing(
    database: Database, tmp_path: Path
) -> None:
    world = World(database)
    product = replace(await a_product(world, tmp_path), people=People(database, hasher=CHEAP))
    terminal = Terminal(io.StringIO())
    made = await demo_data.fill(product, terminal, days=14)
    assert made > 200
    now = product.clock.now()
    period = Period(start=now.date() - timedelta(days=30), end=now.date())
    report = await product.kpis.report(period, Grouping.DAY, now=now)
    log = await read_log(database)
    expected = recount(log, start=period.start, end=period.end, tz=TOKYO, now=now)
    assert {name: value.value for name, value in report.total.items()} == expected[""]
    assert [figure.name for figure in FIGURES if report.total[figure.name].value is None] == []
    assert await demo_data.fill(product, terminal, days=14) == 0
    assert await read_log(database) == log


async def test_the_past_is_the_same_every_time(sqlite: Database, tmp_path: Path) -> None:
    product = await a_product(World(sqlite), tmp_path)
    setting = Setting(seed=5, topics=("general",), agent_ids=("a", "b", "c"))
    openings = list(demo_data.openings(product, days=10, now=product.clock.now()))
    first, second = ([past.day(windows) for windows in openings] for past in map(Past, (setting, setting)))
    assert first == second


def test_made_up_history_has_no_place_beside_real_customers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = (Path(__file__).parents[2] / "orikaeshi.toml").read_text(encoding="utf-8")
    real = tmp_path / "real.toml"
    real.write_text(settings.replace('kind = "simulated"', 'kind = "twilio"'), encoding="utf-8")
    environment = {
        **settings_of(tmp_path), "ORIKAESHI_SETTINGS": str(real), "TWILIO_ACCOUNT_SID": "AC0", "TWILIO_AUTH_TOKEN": "x",
        "PUBLIC_BASE_URL": "https://desk.example",
    }  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["demo-data"])
    with pytest.raises(SystemExit):
        demo_data.main()
    assert "real customers live here" in capsys.readouterr().out
    assert not list(tmp_path.glob("*.db"))
