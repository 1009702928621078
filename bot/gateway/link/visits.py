"""Who stands at a link's page: the booking that it opens, and whether what was sent really comes from there."""

from dataclasses import dataclass

from sanic import Request

from bot.booking.callback import Callback
from bot.gateway.form.entries import Language
from bot.gateway.limits import RateLimit
from bot.gateway.origins import is_own
from bot.usecases.links import Opened
from bot.wiring import Product


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One look at the booking behind a link, in the language that the page is shown in."""

    token: str
    opened: Opened
    language: Language

    @property
    def callback(self) -> Callback:
        """The booking."""
        return self.opened.callback

    @property
    def path(self) -> str:
        """Where the page is."""
        return f"/c/{self.token}"


class Elsewhere(Exception):
    """The form was not sent from a page of ours."""


class OutOfDate(Exception):
    """The booking is no longer as the page showed it."""

    def __init__(self, visit: Visit) -> None:
        super().__init__("The booking is no longer as the page showed it.")
        self.visit = visit


class Door:
    """Lets the holders of links in. A look never changes anything: links are opened by scanners, too."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._looks = RateLimit(product.settings.web.messages_per_minute)
        self._sends = RateLimit(product.settings.web.sessions_per_minute)

    async def look(self, request: Request, token: str) -> Visit:
        """The booking behind the link. Raises LinkNotFound, and Problem (429) for an address that asks too often."""
        self.count_look(request)
        return await self._open(request, token)

    async def sent(self, request: Request, token: str) -> Visit:
        """The same for a form: besides, Elsewhere for one that another site has sent."""
        self.require_own(request)
        return await self._open(request, token)

    def count_look(self, request: Request) -> None:
        """Raise Problem (429) for an address that asks too often."""
        self._looks.check(request)

    def require_own(self, request: Request) -> None:
        """Raise Elsewhere for a form that another site has sent, and Problem (429) for too many."""
        if not is_own(request, self._product.settings.public_base_url, keeps_quiet=True):
            raise Elsewhere
        self._sends.check(request)

    def require_mark(self, request: Request, visit: Visit, what: str) -> None:
        """Raise OutOfDate unless the form carries the mark of a page that showed the booking as it is: each mark allows
        one change, and nobody who has not seen the page can know it."""
        if not self._product.links.key.is_marked(field(request, "mark"), visit.callback, what):
            raise OutOfDate(visit)

    async def _open(self, request: Request, token: str) -> Visit:
        opened = await self._product.links.open(token, now=self._product.clock.now())
        return Visit(
            token=token, opened=opened, language=language_chosen(request) or language_known(opened.callback.language)
        )


def field(request: Request, name: str, longest: int = 64) -> str:
    """One field of the form, "" when it is not there."""
    form = request.form
    return str(form.get(name) or "")[:longest] if form else ""


def language_of(request: Request) -> Language:
    """The language for whoever holds no link: the one that was chosen, or their browser's."""
    accepts_english = str(request.headers.get("accept-language", "")).lower().startswith("en")
    return language_chosen(request) or ("en" if accepts_english else "ja")


def language_chosen(request: Request) -> Language | None:
    """The language that the page's address names."""
    lang = request.args.get("lang")
    return language_known(lang) if lang in ("ja", "en") else None


def language_known(language: str) -> Language:
    """One of the languages that we have."""
    return "en" if language == "en" else "ja"
