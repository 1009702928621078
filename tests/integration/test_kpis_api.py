"""Figures over HTTP, as the contract says."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.booking.kpis import FIGURES
from bot.usecases.keys import Scope
from tests.integration.conftest import Gateway
from tests.support.clocks import TOKYO, tokyo
from tests.support.histories import FIRST_DAY, add_agents, happen, pasts
from tools.recount import read_log, recount

KPIS = "/api/v1/kpis"
SEPTEMBER = {"from": "2026-09-01", "to": "2026-10-01"}


@pytest.fixture
async def september(gateway: Gateway) -> Gateway:
    """A gateway after a September full of callbacks."""
    await add_agents(gateway.world.database)
    await happen(gateway.world.database, pasts(7, many=40))
    gateway.world.clock.moment = FIRST_DAY + timedelta(days=60)
    return gateway


async def asked(gateway: Gateway, **query: str) -> dict[str, Any]:
    answer = await gateway.api.get(KPIS, params=query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize("group_by", ["hour", "day", "channel", "topic"])
async def test_the_figures_are_those_of_a_recount(september: Gateway, group_by: str) -> None:
    told = await asked(september, **SEPTEMBER, group_by=group_by)
    log = await read_log(september.world.database)
    expected = recount(
        log, start=date(2026, 9, 1), end=date(2026, 10, 1), tz=TOKYO, now=september.world.now, by=group_by
    )
    assert {name: figure["value"] for name, figure in told["figures"].items()} == expected.pop("")
    groups = {
        group["key"]: {name: figure["value"] for name, figure in group["figures"].items()} for group in told["groups"]
    }
    assert {key: values for key, values in groups.items() if set(values.values()) != {None}} == expected
    assert list(groups) == sorted(groups)
    assert (told["group_by"], told["pending"], told["timezone"]) == (group_by, 0, "Asia/Tokyo")


async def test_every_figure_says_what_it_means_and_what_it_was_made_of(september: Gateway) -> None:
    told = await asked(september, **SEPTEMBER)
    assert [definition["name"] for definition in told["definitions"]] == list(told["figures"])
    assert {figure.name: figure.meaning.ja for figure in FIGURES} == {
        definition["name"]: definition["meaning"]["ja"] for definition in told["definitions"]
    }
    kept = told["figures"]["promise_adherence"]
    assert kept["value"] == kept["part"] / kept["whole"]
    assert told["groups"] == []


async def test_without_data_every_figure_is_null(gateway: Gateway) -> None:
    told = await asked(gateway, group_by="day")
    assert {figure["value"] for figure in told["figures"].values()} == {None}
    assert told["period"] == {"start": "2026-10-28", "end": "2026-11-25"}
    assert len(told["groups"]) == 28


@pytest.mark.parametrize(
    ("start", "end", "period"),
    [
        ("2026-09-01", "2026-09-02", ("2026-09-01", "2026-09-02")),
        ("2026-09-01T00:00:00+09:00", "2026-09-02T00:00:00+09:00", ("2026-09-01", "2026-09-02")),
        ("2026-08-31T15:00:00Z", "2026-09-01T15:00:00Z", ("2026-09-01", "2026-09-02")),
        ("2026-09-01T10:00:00+09:00", "2026-09-02T10:00:00+09:00", ("2026-09-01", "2026-09-03")),
    ],
)
async def test_days_are_days_in_business_time(
    september: Gateway, start: str, end: str, period: tuple[str, str]
) -> None:
    told = await asked(september, **{"from": start, "to": end})
    assert (told["period"]["start"], told["period"]["end"]) == period


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-13-01"}, "from"),
        ({"from": "1066-10-14"}, "from"),
        ({"to": "2026-09-01T10:00:00"}, "to"),
        ({"from": "2026-09-02", "to": "2026-09-02"}, "to"),
        ({"from": "2020-01-01", "to": "2026-09-02"}, "from"),
        ({"group_by": "agent"}, "group_by"),
    ],
)
async def test_a_wrong_question_names_its_fault(gateway: Gateway, query: dict[str, str], field: str) -> None:
    answer = await gateway.api.get(KPIS, params=query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_a_key_sees_only_what_it_was_made_for(gateway: Gateway) -> None:
    keys, now = gateway.product.keys, tokyo("2026-11-24 10:00")
    figures = await keys.issue(label="wallboard", now=now, scopes=[Scope.KPIS])
    booking = await keys.issue(label="crm", now=now, scopes=[Scope.CALLBACKS])
    for key, path, status in (
        (figures, KPIS, 200), (booking, KPIS, 403), (figures, "/api/v1/callbacks", 403),
        (booking, "/api/v1/callbacks", 200), ("nobody", KPIS, 401),
    ):  # fmt: skip
        answer = await gateway.public.get(path, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == status, (path, answer.text)
    assert (await gateway.public.get(KPIS)).status_code == 401


async def test_a_suppressed_call_is_counted_as_one(gateway: Gateway) -> None:
    world = await gateway.world.with_agents()
    booked = await world.book()
    await world.consent.stop(booked.phone_number, calls=True, now=world.now)
    await world.at(booked.window.start)
    told = await asked(gateway, **{"from": "2026-11-24", "to": "2026-11-25"})
    assert told["figures"]["suppressed_calls"]["value"] == 1
    assert told["figures"]["cancel_rate"]["value"] == 0
    assert told["figures"]["promise_adherence"]["value"] is None
