"""The four processes of the product: where each listens, what it is told, and the command that starts it."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.terminal import CannotGoOn
from tools.train import rasa_environment

LOOPBACK = "127.0.0.1"
PORT = 8000
RASA_PORT = 5005
ACTIONS_PORT = 5055
EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not listened on


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """Where the three listening processes listen; the assistant and the actions on loopback only."""

    gateway: int
    assistant: int
    actions: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """A process of the product: its name, its command and its environment variables."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]


def port_number(environ: Mapping[str, str], name: str, default: int) -> int:
    """The port that the variable `name` asks for. Raises CannotGoOn where it is not a port number."""
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise CannotGoOn(f"{name} is {text!r}, but a port is a number from 1 to 65535: leave it out or mend it.")
    return int(text)


def is_free(port: int, *, host: str = "") -> bool:
    """Whether a server can listen on `port` of `host` (empty: every address of this machine)."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a connection that lingers from an earlier run does not make a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise CannotGoOn(
                f"port {port} is kept for the administrator: choose one from 1024 up, for example "
                f"'PORT={PORT} make run'."
            ) from error
        except OSError:
            return False
    return True


def choose_ports(environ: Mapping[str, str]) -> Ports:
    """The gateway's port as asked for; the others as asked for or, where that is taken, any free one.

    Raises CannotGoOn where the gateway's is taken.
    """
    gateway = port_number(environ, "PORT", PORT)
    if not is_free(gateway):
        other = gateway + 1 if gateway < 65535 else PORT
        raise CannotGoOn(
            f"port {gateway} is taken by another program: stop that one, or start with 'PORT={other} make run'."
        )
    assistant = _free_port(port_number(environ, "RASA_PORT", RASA_PORT), besides={gateway})
    actions = _free_port(port_number(environ, "ACTIONS_PORT", ACTIONS_PORT), besides={gateway, assistant})
    return Ports(gateway=gateway, assistant=assistant, actions=actions)


def var_folder(environ: Mapping[str, str], root: Path) -> Path:
    """Where everything that is written at run time lies."""
    return root / (environ.get("ORIKAESHI_VAR") or "var")


def gateway_url(environ: Mapping[str, str], ports: Ports) -> str:
    """The gateway's address on this machine, without a trailing slash."""
    host = environ.get("HOST") or LOOPBACK
    return f"http://{LOOPBACK if host in EVERY_ADDRESS else host}:{ports.gateway}"


def tracker_url(environ: Mapping[str, str], root: Path) -> str:
    """Where the assistant keeps conversations: the product's PostgreSQL, else a file. For Rasa's own drivers."""
    scheme, _, place = environ.get("DATABASE_URL", "").partition("://")
    if scheme.startswith("postgres"):  # the app's URL may name asyncpg, which Rasa does not have
        return f"postgresql://{place}"
    return f"sqlite:///{var_folder(environ, root) / 'tracker.db'}"


def assistant_environment(environ: Mapping[str, str], root: Path, ports: Ports) -> dict[str, str]:
    """What Rasa is told: where the actions are, where it keeps conversations, to be quiet."""
    told = {
        "ACTION_ENDPOINT_URL": f"http://{LOOPBACK}:{ports.actions}/webhook",
        "TRACKER_URL": tracker_url(environ, root),
    }
    return rasa_environment(environ, root) | told


def app_environment(environ: Mapping[str, str], root: Path, ports: Ports) -> dict[str, str]:
    """What the three processes of the app are told: their ports and one another's addresses."""
    told = {
        "PORT": str(ports.gateway),
        "ORIKAESHI_VAR": str(var_folder(environ, root)),
        "ORIKAESHI_ASSISTANT_URL": f"http://{LOOPBACK}:{ports.assistant}",
        "ORIKAESHI_ACTIONS_URL": f"http://{LOOPBACK}:{ports.actions}",
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    return dict(environ) | told


def migration(environ: Mapping[str, str], root: Path, ports: Ports) -> Service:
    """What makes the database ready for the app's processes; it ends by itself."""
    return _app_service("migrations", root, app_environment(environ, root, ports), "bot", "migrate")


def app_services(
    environ: Mapping[str, str], root: Path, ports: Ports, *, model: Path | None = None
) -> tuple[Service, ...]:
    """The actions, the gateway and the scheduler; they are told with which `model` the assistant runs."""
    env = app_environment(environ, root, ports)
    if model:
        env["ORIKAESHI_ASSISTANT_MODEL"] = model.name.removesuffix(".tar.gz")
    return (
        _app_service("actions", root, env | {"ACTIONS_PORT": str(ports.actions)}, "actions"),
        _app_service("gateway", root, env, "bot.gateway"),
        _app_service("scheduler", root, env, "scheduler"),
    )


def assistant_service(environ: Mapping[str, str], root: Path, ports: Ports, *, model: Path) -> Service:
    """Rasa with the trained `model`."""
    command = [str(root / ".venv-rasa" / "bin" / "python"), "-m", "serving", "run", "--model", str(model)]
    command += ["--interface", LOOPBACK, "--port", str(ports.assistant)]
    command += ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    return Service(name="assistant", command=tuple(command), env=assistant_environment(environ, root, ports))


def _app_service(name: str, root: Path, env: Mapping[str, str], *module: str) -> Service:
    return Service(name=name, command=(str(root / ".venv" / "bin" / "python"), "-m", *module), env=env)


def _free_port(wanted: int, *, besides: set[int]) -> int:
    if wanted not in besides and is_free(wanted, host=LOOPBACK):
        return wanted
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port = int(probe.getsockname()[1])
    return port if port not in besides else _free_port(0, besides=besides)
