"""How often one address may ask: token buckets in real time, in this process."""

import time
from collections import OrderedDict
from ipaddress import ip_address

from sanic import Request

from bot.gateway.problems import Problem

REMEMBERED = 50_000
LONGEST_WAIT_S = 20


class RateLimit:
    """So many requests a minute from one address, a burst of the same size at once. Loopback is not bound."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, request: Request) -> None:
        """Raise 429 with Retry-After when this address asks too often."""
        wait = self.wait_of(request)
        if wait > 0:
            seconds = min(LONGEST_WAIT_S, max(1, round(wait)))
            raise Problem(
                429, "too-many-requests", f"Please wait {seconds} seconds.", headers={"Retry-After": str(seconds)}
            )

    def wait_of(self, request: Request) -> float:
        """Seconds until the address that this comes from may ask again; 0 takes one token."""
        address = address_of(request)
        return 0.0 if _is_loopback(address) else self.wait_for(address, time.monotonic())

    def wait_for(self, address: str, moment: float) -> float:
        """Seconds until this address may ask again; 0 takes one token."""
        tokens, last = self._buckets.pop(address, (float(self._per_minute), moment))
        tokens = min(float(self._per_minute), tokens + (moment - last) * self._per_minute / 60)
        allowed = tokens >= 1
        self._buckets[address] = (tokens - 1 if allowed else tokens, moment)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) * 60 / self._per_minute


def address_of(request: Request) -> str:
    """The customer's address: what trusted proxies tell, else the socket's own peer."""
    return (request.remote_addr or request.ip).strip("[]")  # Sanic puts a proxy's IPv6 address into brackets


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:  # a proxy may tell a name of its own
        return False
