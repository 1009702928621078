"""Whether a form was sent from a page of ours: no other site may send one in a visitor's name."""

from urllib.parse import urlsplit

from sanic import Request


def is_own(request: Request, public_base_url: str, *, keeps_quiet: bool = False) -> bool:
    """Whether the browser says that the request comes from our own pages; one that says nothing is believed.

    `keeps_quiet`: the page was served with `Referrer-Policy: no-referrer`, with which a browser sends "Origin: null"
    along with our own form. Such forms need a proof of their own, for a frame of another site sends the same.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin: str | None = request.headers.get("origin")
    if origin is None or (keeps_quiet and origin == "null"):
        return True
    host = str(request.headers.get("host", ""))
    return origin.lower() == public_base_url.lower() or urlsplit(origin).netloc.lower() == host.lower()
