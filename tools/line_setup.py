"""`make line-setup`: the rich menu for the LINE account that the environment names, and whether the account answers."""

import asyncio
import sys

from bot.channels.line_menu import set_up
from bot.settings import SettingsError
from bot.vendors.line import LineClient, LineRefused, LineSilent
from bot.wiring import connect


async def main() -> int:
    """Returns 0 when the account is ready."""
    try:
        product = connect()
    except SettingsError as error:
        print(error)
        return 1
    try:
        if product.line is None:
            print("There is no LINE account: set LINE_CHANNEL_SECRET and LINE_CHANNEL_ACCESS_TOKEN.")
            return 1
        return await _set_up(product.line.client, webhook=f"{product.settings.public_base_url}/webhooks/line")
    finally:
        await product.close()


async def _set_up(client: LineClient, *, webhook: str) -> int:
    try:
        made = await set_up(client)
        quota = await client.quota()
    except LineRefused as refusal:
        print(f"LINE refuses: {refusal}")
        return 1
    except LineSilent as silence:
        print(f"LINE does not answer: {silence.cause}. Nothing is lost: run it again.")
        return 1
    print("The rich menu was made and is shown to everybody." if made else "The rich menu is shown as it was.")
    left = "any number of messages" if quota.limit is None else f"{quota.limit - quota.used} of {quota.limit} messages"
    print(f"This month {left} can still be pushed.")
    print(f"In LINE's console, the webhook URL is {webhook}, switched on; greeting and automatic replies are off.")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
