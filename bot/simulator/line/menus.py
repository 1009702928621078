"""Rich menus: created, given a picture, shown to everybody or to one person.

Source: https://developers.line.biz/en/reference/messaging-api/#rich-menu
"""

import struct
from dataclasses import replace

from bot.simulator.line.actions import LONGEST_LABEL, check_action
from bot.simulator.line.api import Json, LineAnswer, LineError, LineRequest, Route, not_found
from bot.simulator.line.chats import Chats
from bot.simulator.line.findings import Findings
from bot.simulator.line.records import Person, RichMenu, new_menu_id

MOST_AREAS = 20
LARGEST_IMAGE = 1024 * 1024
_WIDTHS = (800, 2500)
_LEAST_HEIGHT = 250
_LEAST_RATIO = 1.45
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


class Menus:
    """The channel's rich menus."""

    def __init__(self, chats: Chats) -> None:
        self._chats = chats
        self._books = chats.books

    def routes(self) -> list[Route]:
        """Below `/v2/bot`; pictures too, which LINE takes at another host."""
        menu, person = "/richmenu/(richmenu-[0-9a-f]{32})", "/user/(U[0-9a-f]{32})"
        return [
            ("POST", "/richmenu", self._create),
            ("POST", "/richmenu/validate", self._validate),
            ("GET", "/richmenu/list", self._list),
            ("GET", menu, self._get),
            ("DELETE", menu, self._delete),
            ("POST", f"{menu}/content", self._upload),
            ("GET", f"{menu}/content", self._download),
            ("GET", "/user/all/richmenu", self._get_default),
            ("DELETE", "/user/all/richmenu", self._clear_default),
            ("POST", "/user/all/richmenu/(richmenu-[0-9a-f]{32})", self._set_default),
            ("GET", f"{person}/richmenu", self._get_own),
            ("DELETE", f"{person}/richmenu", self._unlink),
            ("POST", f"{person}/richmenu/(richmenu-[0-9a-f]{{32}})", self._link),
        ]

    def shown_to(self, person: Person) -> RichMenu | None:
        """The rich menu at the bottom of somebody's chat."""
        chosen = person.menu_id or self._books.default_menu()
        return None if chosen is None else self._books.menu(chosen)

    async def _create(self, request: LineRequest) -> LineAnswer:
        menu = RichMenu(id=new_menu_id(), menu=_checked(request.json()))
        self._books.save(menu)
        return LineAnswer(body={"richMenuId": menu.id})

    async def _validate(self, request: LineRequest) -> LineAnswer:
        _checked(request.json())
        return LineAnswer()

    async def _list(self, _request: LineRequest) -> LineAnswer:
        return LineAnswer(body={"richmenus": [as_json(menu) for menu in self._books.menus()]})

    async def _get(self, _request: LineRequest, menu_id: str) -> LineAnswer:
        return LineAnswer(body=as_json(self._known(menu_id)))

    async def _delete(self, _request: LineRequest, menu_id: str) -> LineAnswer:
        self._known(menu_id)
        self._books.drop_menu(menu_id)
        self._chats.tell_all()
        return LineAnswer()

    async def _upload(self, request: LineRequest, menu_id: str) -> LineAnswer:
        menu = self._known(menu_id)
        if menu.image is not None:
            raise LineError(400, "An image has already been uploaded to the richmenu")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in ("image/png", "image/jpeg"):
            raise LineError(415, f"The content type, {kind or 'none'}, is not supported")
        if len(request.body) > LARGEST_IMAGE:
            raise LineError(413, "Request Entity Too Large")
        _check_image(request.body, kind, menu.menu)
        self._books.save(replace(menu, image=request.body, image_type=kind))
        return LineAnswer()

    async def _download(self, _request: LineRequest, menu_id: str) -> LineAnswer:
        menu = self._known(menu_id)
        if menu.image is None or menu.image_type is None:
            raise not_found()
        return LineAnswer(body=menu.image, content_type=menu.image_type)

    async def _get_default(self, _request: LineRequest) -> LineAnswer:
        chosen = self._books.default_menu()
        if chosen is None:
            raise LineError(404, "no default richmenu")
        return LineAnswer(body={"richMenuId": chosen})

    async def _set_default(self, _request: LineRequest, menu_id: str) -> LineAnswer:
        self._books.set_default_menu(self._ready(menu_id).id)
        self._chats.tell_all()
        return LineAnswer()

    async def _clear_default(self, _request: LineRequest) -> LineAnswer:
        self._books.set_default_menu(None)
        self._chats.tell_all()
        return LineAnswer()

    async def _get_own(self, _request: LineRequest, user_id: str) -> LineAnswer:
        person = self._books.person(user_id)
        if person is None or person.menu_id is None:
            raise LineError(404, "the user has no richmenu")
        return LineAnswer(body={"richMenuId": person.menu_id})

    async def _link(self, _request: LineRequest, user_id: str, menu_id: str) -> LineAnswer:
        self._choose(user_id, self._ready(menu_id).id)
        return LineAnswer()

    async def _unlink(self, _request: LineRequest, user_id: str) -> LineAnswer:
        self._choose(user_id, None)
        return LineAnswer()

    def _choose(self, user_id: str, menu_id: str | None) -> None:
        person = self._books.person(user_id)
        if person is None:
            raise not_found()
        self._chats.save(replace(person, menu_id=menu_id))

    def _known(self, menu_id: str) -> RichMenu:
        menu = self._books.menu(menu_id)
        if menu is None:
            raise not_found()
        return menu

    def _ready(self, menu_id: str) -> RichMenu:
        menu = self._known(menu_id)
        if menu.image is None:
            raise LineError(400, "must upload richmenu image before applying it to user")
        return menu


def as_json(menu: RichMenu) -> Json:
    """A rich menu as LINE's API shows it."""
    return {"richMenuId": menu.id, **menu.menu}


def _checked(body: Json) -> Json:
    """The rich menu that a body describes. Raises LineError 400."""
    found = Findings()
    size = found.mapping("size", body.get("size"))
    width = found.whole_number("size.width", size.get("width"), least=_WIDTHS[0], most=_WIDTHS[1])
    height = found.whole_number("size.height", size.get("height"), least=_LEAST_HEIGHT, most=_WIDTHS[1])
    if width / max(1, height) < _LEAST_RATIO:
        found.add("size", f"The aspect ratio (width / height) must be {_LEAST_RATIO} or more")
    if not isinstance(body.get("selected"), bool):
        found.add("selected", "May not be empty")
    found.text("name", body.get("name"), most=300)
    found.text("chatBarText", body.get("chatBarText"), most=14)
    for index, each in enumerate(found.items("areas", body.get("areas"), least=0, most=MOST_AREAS)):
        area = found.mapping(f"areas[{index}]", each, ("bounds", "action"))
        _check_bounds(found, f"areas[{index}].bounds", area.get("bounds"), width, height)
        check_action(found, f"areas[{index}].action", area.get("action"), label=False, longest_label=LONGEST_LABEL)
    found.raise_any()
    return {name: body[name] for name in ("size", "selected", "name", "chatBarText", "areas")}


def _check_bounds(found: Findings, where: str, value: object, width: int, height: int) -> None:
    bounds = found.mapping(where, value, ("x", "y", "width", "height"))
    left, top = (found.whole_number(f"{where}.{name}", bounds.get(name), least=0, most=2500) for name in ("x", "y"))
    across, down = (
        found.whole_number(f"{where}.{name}", bounds.get(name), least=1, most=2500) for name in ("width", "height")
    )
    if left + across > width or top + down > height:
        found.add(where, "The area lies outside the rich menu")


def _check_image(image: bytes, kind: str, menu: Json) -> None:
    """The picture is what it says it is, and as large as the menu (of a JPEG only the former is looked at)."""
    if not image.startswith(_PNG if kind == "image/png" else _JPEG):
        raise LineError(400, "The image is not readable")
    size = menu.get("size")
    if kind == "image/png" and isinstance(size, dict):
        width, height = struct.unpack(">II", image[16:24]) if len(image) >= 24 else (0, 0)
        if (width, height) != (size["width"], size["height"]):
            raise LineError(400, "The image size must match the richmenu size")
