"""A carrier's webhook is believed only with its signature over the public address and every field."""

import structlog
from sanic import Request

from bot.gateway.problems import Problem
from bot.wiring import Product

log = structlog.get_logger(__name__)


def signed_fields(product: Product, request: Request) -> dict[str, str]:
    """The fields of a webhook that its carrier signed; 403 for any other request.

    Blank fields count: they are signed too, and Sanic's `request.form` would drop them. The address is the public one,
    for behind a proxy the request's own is not what the carrier signed.
    """
    form = request.get_form(keep_blank_values=True)
    fields = {name: values[0] for name, values in form.items()} if form else {}
    url = product.settings.public_base_url + request.path
    if request.query_string:
        url += f"?{request.query_string}"
    if not product.carrier.is_signed(url, fields, request.headers.get("x-twilio-signature", "")):
        log.warning("webhook_refused", path=request.path)
        raise Problem(403, "bad-signature", "The signature does not fit this request.")
    return fields
