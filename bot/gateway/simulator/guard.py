"""Who may use the simulator: programs and browsers on this machine, nobody else."""

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from sanic import HTTPResponse, Request
from sanic.response import json as json_response

_PROXY_HEADERS = (
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "x-scheme",
    "via",
)
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def refuse_strangers(request: Request) -> HTTPResponse | None:
    """404 to whoever comes from elsewhere or through a proxy, 403 to a page of another origin that wants a change."""
    if (
        not _is_loopback(_peer(request))
        or any(name in request.headers for name in _PROXY_HEADERS)
        or not _names_this_machine(request.headers.get("host", ""))
    ):
        return _problem(404, "not-found", "There is nothing at this address.")
    if request.method not in _SAFE_METHODS and not _same_origin(request):
        return _problem(403, "foreign-origin", "A page of another origin may not change the simulation.")
    return None


def _peer(request: Request) -> str:
    """The address at the other end of the socket; no header can change it."""
    info = request.conn_info
    name = info.peername if info is not None else None
    return str(name[0]) if isinstance(name, tuple) and name else ""


def _is_loopback(address: str) -> bool:
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        return ip.ipv4_mapped.is_loopback
    return ip.is_loopback


def _names_this_machine(host: str) -> bool:
    """Whether the Host header is a loopback name: a foreign name that resolves to us is another site's page."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or name.endswith(".localhost") or _is_loopback(name)


def _same_origin(request: Request) -> bool:
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()


def _problem(status: int, slug: str, title: str) -> HTTPResponse:
    body = {"type": slug, "title": title, "status": status}
    return json_response(body, status=status, content_type="application/problem+json")
