"""Administration: python -m bot migrate | add-agent | api-key | verify-audit."""

import argparse
import asyncio
import getpass
import sys
from datetime import UTC, datetime

from bot import wiring
from bot.booking import phone
from bot.booking.errors import BookingError
from bot.settings import Settings, SettingsError, load
from bot.settings_review import worries
from bot.store.migrations import upgrade
from bot.usecases.keys import EVERYTHING, Scope
from bot.usecases.passwords import PasswordRefused
from bot.usecases.people import ROLES, LoginTaken


class AuditBroken(Exception):
    """The audit log is not as it was written."""


def main() -> None:
    """Run one command; a fault ends with one sentence."""
    arguments = _parser().parse_args()
    try:
        settings = load()
        if arguments.command == "migrate":
            upgrade(settings.database_url)
            for worry in worries(settings, now=datetime.now(UTC)):
                print(f"WARNING settings: {worry.told('en')}")
        elif arguments.command == "add-agent":
            asyncio.run(_add_agent(settings, arguments))
        elif arguments.command == "verify-audit":
            print(asyncio.run(_verify_audit(settings, arguments)))
        else:
            print(asyncio.run(_issue_key(settings, arguments)))
    except (SettingsError, BookingError, LoginTaken, PasswordRefused, AuditBroken) as error:
        sys.exit(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Administration of Orikaeshi.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser(
        "migrate", help="bring the database to this version's tables; tells what is odd about the settings"
    )
    agent = commands.add_parser("add-agent", help="let somebody in at the desk; asks for the password")
    agent.add_argument("login")
    agent.add_argument("name")
    agent.add_argument("phone_number", help="the phone that rings, with its country code")
    agent.add_argument("--role", choices=ROLES, default="agent")
    agent.add_argument(
        "--phone-only", action="store_true", help="takes calls at once and without a page of the desk being open"
    )
    key = commands.add_parser("api-key", help="make an API key; it is shown once, and an earlier one of the label ends")
    key.add_argument("label", help="the system that uses it")
    key.add_argument("--scopes", nargs="+", choices=tuple(Scope), default=tuple(EVERYTHING), help="what it may do")
    audit = commands.add_parser("verify-audit", help="check that the audit log is as it was written")
    audit.add_argument("--anchor", metavar="NUMBER:HASH", help="what an earlier check has told: it must still be there")
    return parser


async def _add_agent(settings: Settings, arguments: argparse.Namespace) -> None:
    product = wiring.connect(settings)
    number = phone.accept(arguments.phone_number, product.numbers)
    password = getpass.getpass("Password: ")
    try:
        await product.people.add(
            login=arguments.login, name=arguments.name, password=password, phone_number=number,
            role=arguments.role, presence="ready" if arguments.phone_only else "offline",
            needs_desk=not arguments.phone_only, actor=_whoever(), now=datetime.now(UTC),
        )  # fmt: skip
    finally:
        await product.close()


async def _issue_key(settings: Settings, arguments: argparse.Namespace) -> str:
    product = wiring.connect(settings)
    try:
        scopes = [Scope(name) for name in arguments.scopes]
        return await product.keys.issue(label=arguments.label, now=datetime.now(UTC), scopes=scopes, actor=_whoever())
    finally:
        await product.close()


async def _verify_audit(settings: Settings, arguments: argparse.Namespace) -> str:
    product = wiring.connect(settings)
    try:
        number, _, told = (arguments.anchor or "").partition(":")
        verified = await product.audit.verify(anchor=(int(number), told) if number.isdigit() else None)
    finally:
        await product.close()
    if verified.first_bad is not None:
        raise AuditBroken(f"The audit log was changed: entry {verified.first_bad} is missing or not as it was written.")
    return f"{verified.count} entries, all as they were written. Anchor: {verified.count}:{verified.last_hash}"


def _whoever() -> str:
    return f"command ({getpass.getuser()})"


if __name__ == "__main__":
    main()
