import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.services import (
    LOOPBACK,
    Ports,
    app_services,
    assistant_service,
    choose_ports,
    gateway_url,
    is_free,
    port_number,
    tracker_url,
)
from tools.terminal import CannotGoOn

PORTS = Ports(gateway=8000, assistant=5005, actions=5055)


@contextmanager
def taken_port() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_somebody_listens_on_is_not_free() -> None:
    with taken_port() as port:
        assert not is_free(port)
        assert not is_free(port, host=LOOPBACK)
    assert is_free(port)


def test_a_taken_gateway_port_is_named_with_the_way_out() -> None:
    with taken_port() as port, pytest.raises(CannotGoOn, match=f"port {port} is taken.*'PORT={port + 1} make run'"):
        choose_ports({"PORT": str(port)})


def test_the_other_ports_give_way_silently() -> None:
    with taken_port() as taken, taken_port() as gateway_to_be:
        pass
    with taken_port() as taken:
        ports = choose_ports({"PORT": str(gateway_to_be), "RASA_PORT": str(taken), "ACTIONS_PORT": str(gateway_to_be)})
    assert ports.gateway == gateway_to_be
    assert len({ports.gateway, ports.assistant, ports.actions, taken}) == 4


@pytest.mark.parametrize("wrong", ["0", "65536", "-1", "http", "80.5", "８０００"])
def test_a_port_that_is_no_port_is_named(wrong: str) -> None:
    with pytest.raises(CannotGoOn, match=r"PORT is .* a number from 1 to 65535"):
        port_number({"PORT": wrong}, "PORT", 8000)


@pytest.mark.parametrize("environ", [{}, {"PORT": ""}])
def test_without_a_wish_the_default_port_holds(environ: dict[str, str]) -> None:
    assert port_number(environ, "PORT", 8000) == 8000


@pytest.mark.parametrize(
    ("database_url", "tracker"),
    [
        ("", "sqlite:////home/shop/var/tracker.db"),
        ("sqlite:///var/orikaeshi.db", "sqlite:////home/shop/var/tracker.db"),
        ("postgresql://me:p%40ss@db:5433/shop", "postgresql://me:p%40ss@db:5433/shop"),
        ("postgresql+asyncpg://me@db/shop", "postgresql://me@db/shop"),
        ("postgres://me@db/shop", "postgresql://me@db/shop"),
    ],
)
def test_conversations_are_kept_where_the_product_keeps_its_data(database_url: str, tracker: str) -> None:
    assert tracker_url({"DATABASE_URL": database_url}, Path("/home/shop")) == tracker


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104 - a case of the table, nothing listens
        ("192.0.2.7", "http://192.0.2.7:8000"),
    ],
)
def test_the_gateway_is_asked_where_it_listens(host: str, url: str) -> None:
    assert gateway_url({"HOST": host}, PORTS) == url


def test_the_processes_are_told_where_the_others_are(tmp_path: Path) -> None:
    rasa = assistant_service({}, tmp_path, PORTS, model=tmp_path / "model.tar.gz")
    app = app_services({}, tmp_path, PORTS, model=tmp_path / "model.tar.gz")
    assert rasa.env["ACTION_ENDPOINT_URL"] == "http://127.0.0.1:5055/webhook"
    assert [service.name for service in app] == ["actions", "gateway", "scheduler"]
    for service in app:
        assert service.env["PORT"] == "8000"
        assert service.env["ORIKAESHI_ASSISTANT_MODEL"] == "model"
        assert service.env["ORIKAESHI_ASSISTANT_URL"] == "http://127.0.0.1:5005"
        assert service.env["ORIKAESHI_ACTIONS_URL"] == "http://127.0.0.1:5055"


def test_assistant_and_actions_listen_on_loopback_only(tmp_path: Path) -> None:
    rasa = assistant_service({"SANIC_HOST": "0.0.0.0"}, tmp_path, PORTS, model=tmp_path / "model.tar.gz")  # noqa: S104 - what must not win
    actions = app_services({}, tmp_path, PORTS)[0]
    assert rasa.command[rasa.command.index("--interface") + 1] == LOOPBACK
    assert actions.command[-2:] == ("-m", "actions")  # which listens on loopback only, whatever it is told
    assert actions.env["ACTIONS_PORT"] == str(PORTS.actions)
