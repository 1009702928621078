"""The desk's pages, rendered for one agent in their language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sanic import HTTPResponse, Request
from sanic.response import json, redirect

from bot.booking import phone
from bot.booking.phone import national
from bot.booking.presence import CHOICES
from bot.gateway.desk.auth import field, own_page, session_of, wants_page
from bot.gateway.desk.summary import identity_hints, summary
from bot.gateway.desk.words import Language, Words
from bot.gateway.rendering import page
from bot.store.agents import Agent
from bot.store.room_guests import Guest
from bot.usecases.agent import LONGEST_NOTE, SETTLEMENTS, note_mark
from bot.usecases.board import Dossier, Stage
from bot.usecases.talks import LONGEST_HANDOVER_NOTE
from bot.wiring import Product

LANGUAGE_COOKIE = "orikaeshi_desk_lang"
A_YEAR_S = 365 * 24 * 3600
MOST_COLLEAGUES = 100
"""So many who are ready are shown to choose from; a topic finds everybody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """Who else is in a talk or on the way there, and who could be asked in."""

    guests: Sequence[Guest]
    colleagues: Sequence[Agent]


class Pages:
    """Board, dossier, login and the page that says what went wrong."""

    def __init__(self, product: Product) -> None:
        self._product = product

    async def board(self, request: Request) -> HTTPResponse:
        """What is next."""
        words = self._words(request)
        reader = session_of(request).agent
        board = await self._product.desk.board(now=words.now, with_unsettled=reader.watches)
        return self._page(request, "desk_board.html", words, board=board, reader=reader)

    async def supervision(self, request: Request) -> HTTPResponse:
        """What a supervisor has to look at, and the settings: what is odd about them, and who changed them when."""
        words = self._words(request)
        return self._page(
            request,
            "desk_supervision.html",
            words,
            marked=await self._product.desk.marked(now=words.now),
            worries=[worry.told(words.language) for worry in self._product.worries()],
            versions=await self._product.settings_history.listing(),
        )

    async def dossier(
        self,
        request: Request,
        reference: str,
        *,
        number: str | None = None,
        message: str | None = None,
        draft: str | None = None,
        saved: str | None = None,
        status: int = 200,
    ) -> HTTPResponse:
        """One callback. `draft` is what the agent wrote and we could not keep, `saved` what stands instead."""
        words = self._words(request)
        dossier = await self._product.desk.dossier(reference, reader=session_of(request).agent, now=words.now)
        note = dossier.own_note.text if dossier.own_note else ""
        reader = session_of(request).agent
        return self._page(
            request,
            "desk_dossier.html",
            words,
            status=status,
            dossier=dossier,
            reader=reader,
            settlements=SETTLEMENTS,
            room=await self._room(dossier, reader),
            longest_handover=LONGEST_HANDOVER_NOTE,
            number=national(number) if number else None,
            summary=summary(dossier, words),
            hints=identity_hints(dossier, words),
            said_texts=self.said(dossier, is_open=number is not None),
            message=message,
            note=note if draft is None else draft,
            saved_note=saved,
            seen=note_mark(note),
            longest_note=LONGEST_NOTE,
        )

    async def _room(self, dossier: Dossier, reader: Agent) -> Room | None:
        """Who takes part in the talk under way, and who could be asked in by the agent whose it is."""
        call = dossier.entry.call
        if call is None or call.stage != Stage.TALKING:
            return None
        guests = (await self._product.live_calls.guests_of([call.attempt_id]))[call.attempt_id]
        colleagues = await self._product.live_calls.colleagues(reader) if call.agent_id == reader.id else []
        return Room(guests=guests, colleagues=colleagues[:MOST_COLLEAGUES])

    def said(self, dossier: Dossier, *, is_open: bool) -> list[str]:
        """What was said in the talk; numbers in it are as hidden as the callback's own."""
        numbers = self._product.numbers
        return [line.text if is_open else phone.hidden(line.text, numbers) for line in dossier.talk]

    def login(
        self, request: Request, token: str, problem: str | None, *, status: int = 200, **facts: Any
    ) -> HTTPResponse:
        """The login form, with what was wrong with the last try."""
        words = self._words(request)
        sentences = words.t["login"]
        return self._page(
            request,
            "desk_login.html",
            words,
            status=status,
            token=token,
            problem=sentences[problem].format(**facts) if problem else None,
            notice=sentences["ended"] if "ended" in request.args and not problem else None,
            login=field(request, "login"),
            next_page=own_page(field(request, "next") or request.args.get("next", "")),
        )

    def problem(self, request: Request, name: str, *, status: int) -> HTTPResponse:
        """One sentence and the way back."""
        words = self._words(request)
        sentence = words.t["problem"][name]
        if not wants_page(request):
            return json({"message": sentence}, status=status)
        return self._page(request, "desk_problem.html", words, status=status, sentence=sentence)

    async def conflict(
        self, request: Request, problem: str, /, *, saved: str | None = None, **facts: Any
    ) -> HTTPResponse:
        """409: the callback as it now is, and why nothing was written over."""
        words = self._words(request)
        if "status" in facts:
            facts |= {"status": words.label("status", facts["status"])}
        sentence = words.t["problem"][problem].format(**facts)
        if not wants_page(request):
            told = (
                {"message": sentence}
                if saved is None
                else {"message": sentence, "saved": saved, "seen": note_mark(saved)}
            )
            return json(told, status=409)
        draft = field(request, "text") if saved is not None else None
        reference = str(request.match_info["reference"]).upper()
        return await self.dossier(request, reference, message=sentence, draft=draft, saved=saved, status=409)

    def done(self, request: Request, reference: str, **facts: str) -> HTTPResponse:
        """It is written down: facts for a script, the page anew for a person."""
        if wants_page(request):
            return redirect(own_page(f"/desk/callbacks/{reference}"), status=303)
        return json(facts)

    def _words(self, request: Request) -> Words:
        return Words(
            _language(request),
            tz=self._product.business.timezone,
            now=self._product.clock.now(),
            topics=self._product.topics,
        )

    def _page(self, request: Request, template: str, words: Words, *, status: int = 200, **facts: Any) -> HTTPResponse:
        response = page(
            template,
            status=status,
            w=words,
            t=words.t,
            business_name=self._product.business.name(words.language),
            session=getattr(request.ctx, "desk_session", None),
            theme=_theme(request),
            presences=CHOICES,
            path=request.path if request.method == "GET" else own_page(request.path.rpartition("/")[0]),
            **facts,
        )
        # With no-referrer a browser would send "Origin: null" along with our own forms.
        response.headers["Referrer-Policy"] = "same-origin"
        if request.args.get("lang") == words.language:
            secure = self._product.settings.public_base_url.startswith("https:")
            response.add_cookie(
                LANGUAGE_COOKIE,
                words.language,
                path="/desk",
                max_age=A_YEAR_S,
                httponly=True,
                samesite="Lax",
                secure=secure,
            )
        return response


def _language(request: Request) -> Language:
    """What the link says, else what the account says, else what this browser was told before."""
    session = getattr(request.ctx, "desk_session", None)
    chosen = session.agent.language if session else None
    wanted = request.args.get("lang") or chosen or request.cookies.get(LANGUAGE_COOKIE)
    return "en" if wanted == "en" else "ja"


def _theme(request: Request) -> str:
    session = getattr(request.ctx, "desk_session", None)
    return (session.agent.theme if session else None) or "auto"
