"""The promise as an entry of a calendar (RFC 5545): the same one again when it is moved, gone when it is cancelled."""

from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

from icalendar import Calendar, Event, Timezone

from bot.booking.callback import Callback, Status
from bot.gateway.form.entries import Language
from bot.wiring import Product


def entry(product: Product, callback: Callback, t: dict[str, str], *, language: Language) -> bytes:
    """The entry. Neither the reason nor the link is in it: calendars are shared with families and colleagues."""
    zone = product.business.timezone
    is_over = callback.status in (Status.CANCELLED, Status.EXPIRED, Status.UNREACHED)
    business = product.business.name(language)
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Orikaeshi//Callback//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_over else "PUBLISH")
    event.add("uid", f"{callback.reference}@{urlsplit(product.settings.public_base_url).hostname}")
    event.add("sequence", callback.version - 1)
    event.add("dtstamp", product.clock.now())
    event.add("created", callback.created_at)
    event.add("last-modified", callback.updated_at)
    event.add("dtstart", callback.window.start.astimezone(zone))
    event.add("dtend", callback.window.end.astimezone(zone))
    event.add("summary", t["summary"].format(business=business))
    event.add("description", t["description"].format(reference=callback.reference, hotline=product.business.hotline))
    event.add("status", "CANCELLED" if is_over else "CONFIRMED")
    event.add("class", "PRIVATE")
    calendar.add_component(_zone(zone.key, callback.window.start.year))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


@lru_cache(maxsize=16)
def _zone(key: str, year: int) -> Timezone:
    """The zone's rules around a year; making them takes a while."""
    return Timezone.from_tzid(key, first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1))
