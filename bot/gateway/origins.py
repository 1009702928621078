"""Whether a form was sent from a page of ours: no other site may send one in a visitor's name."""

from urllib.parse import urlsplit

from sanic import Request


def is_own(request: Request, public_base_url: str) -> bool:
    """Whether the browser says that the request comes from our own pages; one that says nothing is believed.

    Pages with forms must not be served with `Referrer-Policy: no-referrer`: a browser would send "Origin: null".
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin: str | None = request.headers.get("origin")
    if origin is None:
        return True
    host = str(request.headers.get("host", ""))
    return origin.lower() == public_base_url.lower() or urlsplit(origin).netloc.lower() == host.lower()
