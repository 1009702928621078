"""The REST resources of conferences and their participants."""

from collections.abc import Mapping
from dataclasses import replace

from bot.simulator.api import ApiAnswer, ApiRequest, Json, Route, not_found, ok
from bot.simulator.calls import Calls, first, read_participant, require_url
from bot.simulator.errors import CarrierError
from bot.simulator.ledger import Ledger
from bot.simulator.leg import Source
from bot.simulator.records import ConferenceRecord
from bot.simulator.resources import conference_resource, list_resource, participant_resource, read_page
from bot.simulator.rooms import Room, Rooms, Seat

_CONFERENCE = r"/Conferences/([^/]+)"
_PARTICIPANT = rf"{_CONFERENCE}/Participants/([^/]+)\.json"
_TRUTH = {"true": True, "false": False}


class RoomApi:
    """Conferences.json and Participants.json; a conference is named by its sid or its friendly name."""

    def __init__(self, rooms: Rooms, calls: Calls, ledger: Ledger, account_sid: str, business_number: str) -> None:
        self._rooms = rooms
        self._calls = calls
        self._ledger = ledger
        self._account_sid = account_sid
        self._business_number = business_number

    def routes(self) -> list[Route]:
        """The routes below the account."""
        return [
            ("GET", r"/Conferences\.json", self._list),
            ("GET", rf"{_CONFERENCE}\.json", self._fetch),
            ("POST", rf"{_CONFERENCE}\.json", self._update),
            ("POST", rf"{_CONFERENCE}/Participants\.json", self._add),
            ("GET", rf"{_CONFERENCE}/Participants\.json", self._list_participants),
            ("GET", _PARTICIPANT, self._fetch_participant),
            ("POST", _PARTICIPANT, self._update_participant),
            ("DELETE", _PARTICIPANT, self._remove_participant),
        ]

    async def _list(self, request: ApiRequest) -> ApiAnswer:
        page = read_page(request.query)
        columns = {"FriendlyName": "name", "Status": "status"}
        filters = [(f"{column} =", request.query[name]) for name, column in columns.items() if request.query.get(name)]
        found = self._ledger.conferences(filters, limit=page.size + 1, offset=page.offset)
        return ok(list_resource("conferences", request.path, request.query, found, self._show))

    async def _fetch(self, request: ApiRequest, sid: str) -> ApiAnswer:
        return ok(self._show(self._known(request, sid)))

    async def _update(self, request: ApiRequest, sid: str) -> ApiAnswer:
        conference = self._known(request, sid)
        room = self._rooms.find(conference.sid)
        if first(request.form, "Status") == "completed" and room is not None:
            self._rooms.end(room)
        return ok(self._show(self._known(request, sid)))

    async def _add(self, request: ApiRequest, name: str) -> ApiAnswer:
        room = self._rooms.find(name)
        friendly_name = name if room is None else room.record.name
        order = read_participant(request.form, friendly_name, self._business_number)
        seat = self._calls.add_participant(order)
        if _flag(request.form, "Coaching"):
            seat.coaching, seat.call_sid_to_coach = True, first(request.form, "CallSidToCoach")
        return ApiAnswer(status=201, body=self._show_participant(self._rooms.room(friendly_name), seat))

    async def _list_participants(self, request: ApiRequest, name: str) -> ApiAnswer:
        room = self._living(request, name)
        page = read_page(request.query)
        filters = {
            field: _TRUTH[request.query[parameter]]
            for parameter, field in (("Muted", "muted"), ("Hold", "hold"), ("Coaching", "coaching"))
            if request.query.get(parameter) in _TRUTH
        }
        seats = [
            seat
            for seat in room.seats.values()
            if all(getattr(seat, field) == wanted for field, wanted in filters.items())
        ]
        return ok(
            list_resource(
                "participants",
                request.path,
                request.query,
                seats[page.offset :],
                lambda seat: self._show_participant(room, seat),
            )
        )

    async def _fetch_participant(self, request: ApiRequest, name: str, participant: str) -> ApiAnswer:
        room = self._living(request, name)
        return ok(self._show_participant(room, _seat(request, room, participant)))

    async def _update_participant(self, request: ApiRequest, name: str, participant: str) -> ApiAnswer:
        room = self._living(request, name)
        seat = _seat(request, room, participant)
        form = request.form
        end_on_exit = _flag(form, "EndConferenceOnExit")
        if end_on_exit is not None:
            seat.noun = replace(seat.noun, end_on_exit=end_on_exit)
        coaching = _flag(form, "Coaching")
        coach = None if coaching is None else (first(form, "CallSidToCoach") if coaching else "")
        if coach and coach not in room.seats:
            raise CarrierError(20001, "Parameter 'CallSidToCoach' is not valid")
        self._rooms.update(
            room, seat, muted=_flag(form, "Muted"), hold=_flag(form, "Hold"), coach=coach, music=_hold_music(form)
        )
        return ok(self._show_participant(room, seat))

    async def _remove_participant(self, request: ApiRequest, name: str, participant: str) -> ApiAnswer:
        room = self._living(request, name)
        seat = _seat(request, room, participant)
        if not seat.gone.done():
            seat.gone.set_result(None)
        return ApiAnswer(status=204, body=None)

    def _living(self, request: ApiRequest, name: str) -> Room:
        room = self._rooms.find(name)
        if room is None:
            raise not_found(request.path)
        return room

    def _known(self, request: ApiRequest, sid: str) -> ConferenceRecord:
        found = self._ledger.conferences([("sid =", sid)], limit=1)
        if not found:
            raise not_found(request.path)
        return found[0]

    def _show(self, conference: ConferenceRecord) -> Json:
        return conference_resource(conference, self._account_sid)

    def _show_participant(self, room: Room, seat: Seat) -> Json:
        return participant_resource(seat, room.record.sid, self._account_sid)


def _seat(request: ApiRequest, room: Room, name: str) -> Seat:
    seat = room.seat(name)
    if seat is None:
        raise not_found(request.path)
    return seat


def _hold_music(form: Mapping[str, list[str]]) -> Source | None:
    url = first(form, "HoldUrl")
    if not url:
        return None
    require_url(url, "HoldUrl")
    return Source(url=url, method="POST" if first(form, "HoldMethod").upper() == "POST" else "GET")


def _flag(form: Mapping[str, list[str]], name: str) -> bool | None:
    value = first(form, name).lower()
    if not value:
        return None
    if value not in _TRUTH:
        raise CarrierError(20001, f"Parameter '{name}' is not valid")
    return _TRUTH[value]
