"""Twilio's JSON resources. Source: Twilio's OpenAPI, twilio_api_v2010.json, version 2010-04-01."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import TypeVar
from urllib.parse import urlencode

from bot.simulator.api import Json
from bot.simulator.errors import CarrierError
from bot.simulator.messages import segments
from bot.simulator.records import API_VERSION, CallRecord, ConferenceRecord, MessageRecord, Notification
from bot.simulator.rooms import Seat

Record = TypeVar("Record")

DEFAULT_PAGE_SIZE = 50
LARGEST_PAGE_SIZE = 1000
_CALL_PARTS = (
    "Events",
    "Notifications",
    "Payments",
    "Recordings",
    "Siprec",
    "Streams",
    "Transcriptions",
    "UserDefinedMessageSubscriptions",
    "UserDefinedMessages",
)


def account_uri(account_sid: str) -> str:
    """The path of the account, from the root of the API."""
    return f"/{API_VERSION}/Accounts/{account_sid}"


def account_resource(account_sid: str, started_at: datetime) -> Json:
    """An account as `GET Accounts/{sid}.json` shows it."""
    uri = account_uri(account_sid)
    parts = ("calls", "conferences", "messages")
    return {
        "sid": account_sid,
        "auth_token": None,
        "friendly_name": "Simulated carrier",
        "owner_account_sid": account_sid,
        "status": "active",
        "type": "Full",
        "date_created": _date(started_at),
        "date_updated": _date(started_at),
        "subresource_uris": {part: f"{uri}/{part.capitalize()}.json" for part in parts},
        "uri": f"{uri}.json",
    }


def call_resource(call: CallRecord, account_sid: str) -> Json:
    """A call as `GET Calls/{sid}.json` shows it."""
    uri = f"{account_uri(account_sid)}/Calls/{call.sid}"
    return {
        "sid": call.sid,
        "account_sid": account_sid,
        "parent_call_sid": call.parent_sid,
        "date_created": _date(call.created_at),
        "date_updated": _date(call.updated_at),
        "to": call.to_number,
        "to_formatted": call.to_number,
        "from": call.from_number,
        "from_formatted": call.from_number,
        "phone_number_sid": None,
        "status": call.status,
        "start_time": _date(call.started_at),
        "end_time": _date(call.ended_at),
        "duration": None if call.duration_s is None else str(call.duration_s),
        "price": None,
        "price_unit": "USD",
        "direction": call.direction,
        "answered_by": call.answered_by,
        "api_version": API_VERSION,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": str(call.queue_time_ms),
        "trunk_sid": None,
        "uri": f"{uri}.json",
        "subresource_uris": {_snake(part): f"{uri}/{part}.json" for part in _CALL_PARTS},
    }


def message_resource(message: MessageRecord, account_sid: str) -> Json:
    """A message as `GET Messages/{sid}.json` shows it."""
    uri = f"{account_uri(account_sid)}/Messages/{message.sid}"
    return {
        "sid": message.sid,
        "account_sid": account_sid,
        "messaging_service_sid": None,
        "date_created": _date(message.created_at),
        "date_updated": _date(message.updated_at),
        "date_sent": _date(message.sent_at),
        "to": message.to_number,
        "from": message.from_number,
        "body": message.body,
        "status": message.status,
        "direction": message.direction,
        "num_segments": str(segments(message.body)),
        "num_media": "0",
        "error_code": message.error_code,
        "error_message": None,
        "price": None,
        "price_unit": "USD",
        "api_version": API_VERSION,
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


def conference_resource(conference: ConferenceRecord, account_sid: str) -> Json:
    """A conference as `GET Conferences/{sid}.json` shows it."""
    uri = f"{account_uri(account_sid)}/Conferences/{conference.sid}"
    # The specification knows no null for the reason: it is there once the conference has ended.
    ended = {"reason_conference_ended": conference.ended_because} if conference.ended_because else {}
    return {
        **ended,
        "sid": conference.sid,
        "account_sid": account_sid,
        "friendly_name": conference.name,
        "status": conference.status,
        "region": "jp1",
        "call_sid_ending_conference": conference.ended_by,
        "date_created": _date(conference.created_at),
        "date_updated": _date(conference.updated_at),
        "api_version": API_VERSION,
        "uri": f"{uri}.json",
        "subresource_uris": {
            "participants": f"{uri}/Participants.json",
            "recordings": f"{uri}/Recordings.json",
        },
    }


def participant_resource(seat: Seat, conference_sid: str, account_sid: str) -> Json:
    """A participant as `GET Participants/{call sid}.json` shows it."""
    call = seat.leg.record
    status = {"in-progress": "connected", "queued": "queued", "ringing": "ringing", "completed": "complete"}
    return {
        "account_sid": account_sid,
        "call_sid": call.sid,
        "conference_sid": conference_sid,
        "label": seat.noun.label,
        "call_sid_to_coach": seat.call_sid_to_coach,
        "coaching": seat.coaching,
        "muted": seat.muted,
        "hold": seat.hold,
        "start_conference_on_enter": seat.noun.start_on_enter,
        "end_conference_on_exit": seat.noun.end_on_exit,
        "status": status.get(call.status, "failed"),
        "queue_time": str(call.queue_time_ms),
        "date_created": _date(call.created_at),
        "date_updated": _date(call.updated_at),
        "uri": f"{account_uri(account_sid)}/Conferences/{conference_sid}/Participants/{call.sid}.json",
    }


def notification_resource(notification: Notification, account_sid: str) -> Json:
    """What went wrong in a call, as `GET Calls/{sid}/Notifications.json` shows it."""
    uri = f"{account_uri(account_sid)}/Calls/{notification.call_sid}/Notifications/{notification.sid}"
    return {
        "sid": notification.sid,
        "account_sid": account_sid,
        "call_sid": notification.call_sid,
        "api_version": API_VERSION,
        "error_code": str(notification.code),
        "log": "0",
        "message_text": notification.message,
        "more_info": f"https://www.twilio.com/docs/errors/{notification.code}",
        "request_method": "POST",
        "request_url": notification.url,
        "message_date": _date(notification.at),
        "date_created": _date(notification.at),
        "date_updated": _date(notification.at),
        "uri": f"{uri}.json",
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Which part of a list is asked for: `number` from 0, `size` records."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """Records before this page."""
        return self.number * self.size


def read_page(query: Mapping[str, str]) -> Page:
    """The page that the query names. Raises CarrierError 20001."""
    number, size = query.get("Page", "0"), query.get("PageSize", str(DEFAULT_PAGE_SIZE))
    if not number.isdecimal() or not size.isdecimal() or not 1 <= int(size) <= LARGEST_PAGE_SIZE:
        raise CarrierError(20001, f"Page size must be from 1 to {LARGEST_PAGE_SIZE}")
    return Page(number=int(number), size=int(size))


def list_resource(
    name: str,
    path: str,
    query: Mapping[str, str],
    found: Sequence[Record],
    render: Callable[[Record], Json],
) -> Json:
    """One page of a list. `found` holds the page and, if there is one, the first record of the next."""
    page = read_page(query)
    shown = found[: page.size]

    def uri(number: int) -> str:
        return f"{path}?{urlencode({**query, 'PageSize': str(page.size), 'Page': str(number)})}"

    return {
        name: [render(record) for record in shown],
        "page": page.number,
        "page_size": page.size,
        "start": page.offset,
        "end": max(page.offset, page.offset + len(shown) - 1),
        "uri": uri(page.number),
        "first_page_uri": uri(0),
        "next_page_uri": uri(page.number + 1) if len(found) > page.size else None,
        "previous_page_uri": uri(page.number - 1) if page.number else None,
    }


def _date(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment.replace(microsecond=0))


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
