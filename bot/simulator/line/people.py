"""What people see of LINE and do with it: write, tap, follow, block."""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.simulator.errors import NotFitting, Unreadable
from bot.simulator.line import buttons
from bot.simulator.line.actions import fits, read_moment
from bot.simulator.line.api import Json
from bot.simulator.line.buttons import Button
from bot.simulator.line.chats import Chats
from bot.simulator.line.content import LONGEST_TEXT
from bot.simulator.line.events import Events
from bot.simulator.line.findings import length
from bot.simulator.line.menus import Menus, as_json
from bot.simulator.line.records import USER_ID, ChatMessage, Person, new_user_id

LANGUAGES = ("ja", "en")
_SHOWN = 200
_LONGEST_NAME = 20
_LEAVES_QUICK_REPLIES = ("uri", "clipboard")
_MESSAGE_ID = re.compile(r"[0-9]{18}")


class People:
    """Everybody who has LINE."""

    def __init__(self, chats: Chats, menus: Menus, events: Events) -> None:
        self._chats = chats
        self._books = chats.books
        self._menus = menus
        self._events = events

    def known(self) -> list[Json]:
        """Everybody, newest last: `{"user_id", "display_name", "is_following"}`."""
        return [
            {"user_id": person.user_id, "display_name": person.display_name, "is_following": person.is_following}
            for person in self._books.people()
        ]

    def view(self, user_id: str) -> Json:
        """What this person's LINE shows: the latest 200 messages, oldest first, quick replies, the rich menu.

        A message is `{"id", "sender": "business" | "person", "sent_as", "at", "message": {…as sent}}`. Raises
        Unreadable, NotFitting.
        """
        person = self._person(user_id)
        menu = self._menus.shown_to(person)
        loading = person.loading_until is not None and person.loading_until > self._chats.now()
        return {
            "user_id": person.user_id,
            "display_name": person.display_name,
            "language": person.language,
            "is_following": person.is_following,
            "messages": [_shown(message) for message in self._books.chat(user_id, limit=_SHOWN)],
            "quick_replies": [button.action for button in self._quick_replies(person)],
            "rich_menu": None if menu is None else {**as_json(menu), "has_image": menu.image is not None},
            "loading_until": person.loading_until.isoformat() if loading and person.loading_until else None,
        }

    def create(self, body: object) -> str:
        """A new person, who does not follow the business yet; returns the id. Raises Unreadable."""
        user_id = new_user_id()
        self.put(user_id, body)
        return user_id

    def put(self, user_id: str, body: object) -> None:
        """`{"display_name", "language"?}`: create or rename somebody. Raises Unreadable."""
        read_user_id(user_id)
        if not isinstance(body, Mapping) or not body.keys() <= {"display_name", "language"}:
            raise Unreadable("body", "The body is an object with display_name and, if you like, language.")
        name, language = body.get("display_name"), body.get("language", "ja")
        if not isinstance(name, str) or not 1 <= length(name.strip()) <= _LONGEST_NAME:
            raise Unreadable("display_name", f"A name has 1 to {_LONGEST_NAME} characters.")
        if language not in LANGUAGES:
            raise Unreadable("language", f"The language is one of {', '.join(LANGUAGES)}.")
        known = self._books.person(user_id) or Person(user_id=user_id, display_name="")
        self._chats.save(replace(known, display_name=name.strip(), language=str(language)))

    def act(self, user_id: str, action: str, body: object) -> Json:
        """Do `action` (follow, unfollow, text, tap, redeliver) as this person; returns what came of it, mostly `{}`.

        Raises NotFitting, Unreadable.
        """
        person = self._person(user_id)
        asked = body if isinstance(body, Mapping) else {}
        match action:
            case "follow":
                self._follow(person)
            case "unfollow":
                self._unfollow(person)
            case "text":
                self._write(self._following(person), asked.get("text"))
            case "tap":
                return self._tap(self._following(person), asked)
            case "redeliver":
                self._events.repeat(person, asked.get("event"))
            case _:
                raise Unreadable("action", "A person can follow, unfollow, text, tap and redeliver.")
        return {}

    def _follow(self, person: Person) -> None:
        if person.is_following:
            raise NotFitting("This person follows the account already.")
        self._chats.save(replace(person, is_following=True, has_followed=True))
        self._events.tell(person, "follow", {"follow": {"isUnblocked": person.has_followed}})

    def _unfollow(self, person: Person) -> None:
        self._following(person)
        self._chats.save(replace(person, is_following=False, quick_replies_of=None, loading_until=None))
        self._events.tell(person, "unfollow", {}, answerable=False)

    def _write(self, person: Person, text: object) -> None:
        if not isinstance(text, str) or not text.strip() or length(text) > LONGEST_TEXT:
            raise Unreadable("text", f"A message has 1 to {LONGEST_TEXT} characters.")
        written = self._chats.write(person, text, "text")
        content = {"type": "text", "id": written.id, "quoteToken": written.quote_token, "text": text}
        self._events.tell(person, "message", {"message": content})

    def _tap(self, person: Person, asked: Mapping[str, object]) -> Json:
        button, quick = self._find(person, asked)
        action = button.action
        picked = _picked(action, asked.get("datetime")) if action["type"] == "datetimepicker" else None
        if quick and action["type"] not in _LEAVES_QUICK_REPLIES:
            person = replace(person, quick_replies_of=None)
            self._chats.save(person)
        match action["type"]:
            case "message":
                self._write(person, action["text"])
            case "postback" | "datetimepicker":
                shown = action.get("displayText") or action.get("text")
                if isinstance(shown, str):
                    self._chats.write(person, shown, "postback")
                params = {} if picked is None else {"params": picked}
                self._events.tell(person, "postback", {"postback": {"data": action["data"], **params}})
            case "uri":
                return {"opens": action["uri"]}
            case "clipboard":
                return {"copies": action["clipboardText"]}
            case kind:
                raise NotFitting(f"The simulated LINE does nothing with the action {kind}.")
        return {}

    def _find(self, person: Person, asked: Mapping[str, object]) -> tuple[Button, bool]:
        """The button that is meant, and whether it is a quick reply."""
        name, quick = asked.get("button"), self._quick_replies(person)
        if asked.get("message") is None:
            menu = self._menus.shown_to(person)
            found = buttons.chosen([*quick, *(buttons.of_menu(menu.menu) if menu else [])], name)
            return found, found in quick
        message = self._message(person, asked["message"])
        shown = quick if message.id == person.quick_replies_of else []
        found = buttons.chosen([*buttons.of_message(message.content), *shown], name)
        return found, found in shown

    def _message(self, person: Person, wanted: object) -> ChatMessage:
        """A message by its id, or by its place among those shown; -1 is the newest."""
        if isinstance(wanted, str) and _MESSAGE_ID.fullmatch(wanted):
            message = self._books.message(wanted)
            if message is not None and message.user_id == person.user_id:
                return message
        elif isinstance(wanted, int) and not isinstance(wanted, bool):
            chat = self._books.chat(person.user_id, limit=_SHOWN)
            if -len(chat) <= wanted < len(chat):
                return chat[wanted]
        raise NotFitting("There is no such message in this chat.")

    def _quick_replies(self, person: Person) -> list[Button]:
        message = self._books.message(person.quick_replies_of or "")
        return [] if message is None else buttons.of_quick_replies(message.content)

    def _person(self, user_id: str) -> Person:
        person = self._books.person(read_user_id(user_id))
        if person is None:
            raise NotFitting("There is no such person yet; PUT creates one.")
        return person

    @staticmethod
    def _following(person: Person) -> Person:
        if not person.is_following:
            raise NotFitting("This person does not follow the account.")
        return person


def read_user_id(user_id: str) -> str:
    """An id of a person. Raises Unreadable."""
    if not USER_ID.fullmatch(user_id):
        raise Unreadable("user_id", "A user id is U and 32 hexadecimal digits.")
    return user_id


def _picked(action: Json, written: object) -> Json:
    """What a date-time picker sends. Raises NotFitting for what it would not let anybody choose."""
    mode = str(action["mode"])
    moment = read_moment(mode, written)
    if moment is None:
        raise Unreadable("datetime", f"Choose a {mode} as the picker writes it, for example 2026-11-24T15:00.")
    if not fits(moment, read_moment(mode, action.get("min")), read_moment(mode, action.get("max"))):
        raise NotFitting("The picker does not offer this.")
    return {mode: written}


def _shown(message: ChatMessage) -> Json:
    return {
        "id": message.id,
        "sender": message.sender,
        "sent_as": message.sent_as,
        "at": message.at.isoformat(),
        "message": message.content,
    }
