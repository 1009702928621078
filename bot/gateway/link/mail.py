"""What the links in e-mails lead to: one press confirms an address, one stops it, in the mail program, too."""

from sanic import Blueprint, HTTPResponse, Request

from bot.booking.callback import Callback
from bot.booking.link import MAIL_PATH
from bot.gateway.link import LOOKS, add_problems
from bot.gateway.link.pages import Pages
from bot.gateway.link.visits import Door, field, language_chosen, language_known
from bot.store.emails import Email
from bot.usecases.emails import CONFIRM, STOP
from bot.wiring import Product


def mail_blueprint(product: Product) -> Blueprint:
    """`/m/confirm/{token}` and `/m/stop/{token}`."""
    blueprint = Blueprint("mail", url_prefix=MAIL_PATH.rstrip("/"))
    pages, door = Pages(product), Door(product)
    key, emails = product.links.key, product.emails

    def question(request: Request, callback: Callback, known: Email, what: str) -> HTTPResponse:
        return pages.mail(
            language_chosen(request) or language_known(callback.language), what, address=known.address,
            action=key.mail_path(callback, what, known.address), mark=key.mark(callback, what),
        )  # fmt: skip

    async def ask(request: Request, what: str, token: str) -> HTTPResponse:
        door.count_look(request)
        callback, known = await emails.open(token, what, now=product.clock.now())
        return question(request, callback, known, what)

    @blueprint.route(f"/{CONFIRM}/<token:str>", methods=LOOKS, name="may_we")
    async def may_we(request: Request, token: str) -> HTTPResponse:
        return await ask(request, CONFIRM, token)

    @blueprint.route(f"/{STOP}/<token:str>", methods=LOOKS, name="shall_we_stop")
    async def shall_we_stop(request: Request, token: str) -> HTTPResponse:
        return await ask(request, STOP, token)

    @blueprint.post(f"/{CONFIRM}/<token:str>", name="confirm")
    async def confirm(request: Request, token: str) -> HTTPResponse:
        door.require_own(request)
        now = product.clock.now()
        callback, known = await emails.open(token, CONFIRM, now=now)
        if not key.is_marked(field(request, "mark"), callback, CONFIRM):  # moved meanwhile, or sent from elsewhere
            return question(request, callback, known, CONFIRM)
        await emails.confirm(known, now=now)
        return pages.mail(language_known(callback.language), CONFIRM, address=known.address)

    @blueprint.post(f"/{STOP}/<token:str>", name="stop")
    async def stop(request: Request, token: str) -> HTTPResponse:
        """From the page or, by RFC 8058, from a mail program of whatever origin: the address itself is the proof."""
        door.count_look(request)
        now = product.clock.now()
        callback, known = await emails.open(token, STOP, now=now)
        await emails.stop(known, now=now)
        return pages.mail(language_known(callback.language), STOP, address=known.address)

    add_problems(blueprint, pages)
    return blueprint
