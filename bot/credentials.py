"""Who the business is to its carriers, and what signs its links: from the environment, or made up once under var/."""

import getpass
import json
import os
import secrets
from dataclasses import dataclass

from bot.private_files import first_written
from bot.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierAccount:
    """Whose calls these are. The simulated carrier's account is made up once and kept under var/."""

    sid: str
    auth_token: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LineAccount:
    """Whose LINE channel it is, and where LINE is. The simulated one's secrets are made up once and kept under var/."""

    channel_secret: str
    access_token: str
    base_url: str
    is_simulated: bool = False


def secret_key(settings: Settings) -> bytes:
    """What signs the links: from the environment, or made up once and kept under var/, where every process finds it."""
    given = settings.environment.orikaeshi_secret_key
    return (given or first_written(settings.var / "secret-key", secrets.token_urlsafe(32))).encode()


def whose(settings: Settings) -> str:
    """The file that the settings come from and the account that started the product with it."""
    try:
        account = getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        account = str(os.getuid())
    return f"{settings.environment.orikaeshi_settings.name} ({account})"


def carrier_account(settings: Settings) -> CarrierAccount:
    """From the environment, or the simulated carrier's."""
    if not settings.is_simulated:
        environment = settings.environment
        return CarrierAccount(sid=environment.twilio_account_sid, auth_token=environment.twilio_auth_token)
    made_up = json.dumps({"sid": f"AC{secrets.token_hex(16)}", "auth_token": secrets.token_hex(16)})
    return CarrierAccount(**json.loads(first_written(settings.var / "simulated-account.json", made_up)))


def line_account(settings: Settings) -> LineAccount | None:
    """None where there is no LINE channel."""
    environment = settings.environment
    if environment.line_channel_secret:
        return LineAccount(
            channel_secret=environment.line_channel_secret,
            access_token=environment.line_channel_access_token,
            base_url=environment.line_api_base_url,
        )
    if not settings.is_simulated:
        return None
    made_up = json.dumps({"channel_secret": secrets.token_hex(16), "access_token": secrets.token_urlsafe(48)})
    account = json.loads(first_written(settings.var / "simulated-line.json", made_up))
    here = f"http://127.0.0.1:{environment.port}/simulator/line"
    return LineAccount(**account, base_url=here, is_simulated=True)
