"""The public chat API and the page that uses it."""

from sanic import Blueprint, HTTPResponse, Request

from bot.booking.line import Standing
from bot.channels.web import as_text
from bot.gateway import answers
from bot.gateway.limits import RateLimit
from bot.gateway.live import LiveTalks, stream
from bot.gateway.openapi import documented
from bot.gateway.problems import field_problem
from bot.gateway.rendering import page
from bot.gateway.requests import answer, body_of, key_of
from bot.gateway.shapes import NewMessage, NewSession, said_shape, turn_shape
from bot.usecases.conversation import Turn
from bot.wiring import Product

LONGEST_KEY = 64
"""Characters of a client's own name for a message."""


def chat_blueprint(product: Product, live: LiveTalks) -> Blueprint:
    """`/` and `/api/v1/chat/…`."""
    blueprint = Blueprint("chat")
    sessions = RateLimit(product.settings.web.sessions_per_minute)
    messages = RateLimit(product.settings.web.messages_per_minute)

    @blueprint.get("/")
    async def chat_page(_request: Request) -> HTTPResponse:
        return page(
            "chat.html", business=product.business, hours={lang: product.hours_text(lang) for lang in ("ja", "en")}
        )

    @blueprint.post("/api/v1/chat/sessions")
    @documented(
        "Begin a chat", body=NewSession, answer=answers.ChatSession, status=201, tag="chat", problems=(422, 429)
    )
    async def open_session(request: Request) -> HTTPResponse:
        sessions.check(request)
        body = body_of(request, NewSession)
        now = product.clock.now()
        session_id, turn = await product.conversations.open(channel="web", language=body.language, now=now)
        shape = await _shape(product, turn)
        return answer(answers.ChatSession(session_id=session_id, **dict(shape)), status=201)

    @blueprint.post("/api/v1/chat/sessions/<session_id:str>/messages")
    @documented(
        "Say something",
        body=NewMessage,
        answer=answers.Turn,
        tag="chat",
        headers=("Idempotency-Key",),
        problems=(404, 409, 422, 429),
    )
    async def say(request: Request, session_id: str) -> HTTPResponse:
        messages.check(request)
        text = as_text(body_of(request, NewMessage).text)
        if not text:
            raise field_problem("text", "write something")
        turn = await product.conversations.say(
            session_id, text, now=product.clock.now(), key=key_of(request, longest=LONGEST_KEY)
        )
        return answer(await _shape(product, turn))

    @blueprint.get("/api/v1/chat/sessions/<session_id:str>/messages")
    @documented("Read what was said", answer=answers.Transcript, tag="chat", problems=(404,))
    async def transcript(_request: Request, session_id: str) -> HTTPResponse:
        said = await product.conversations.transcript(session_id)
        now = await _shape(product, await product.conversations.standing(session_id))
        lines = [said_shape(line) for line in said]
        return answer(
            answers.Transcript(messages=lines, expects=now.expects, callback=now.callback, language=now.language)
        )

    @blueprint.get("/api/v1/chat/sessions/<session_id:str>/events")
    @documented("Hear what the business says later", content_type="text/event-stream", tag="chat", problems=(404,))
    async def events(request: Request, session_id: str) -> None:
        await product.conversations.transcript(session_id)  # 404 for an unknown talk
        await stream(request, live.listen(session_id))

    return blueprint


async def _shape(product: Product, turn: Turn) -> answers.Turn:
    standing = await product.bookings.standing(turn.callback, now=product.clock.now()) if turn.callback else Standing()
    return turn_shape(turn, standing)
