"""Calls that must not go on: a second one for an attempt, or one whose attempt was given up."""

import structlog

from bot.telephony.dialer import CarrierUnavailable, Dialer

log = structlog.get_logger(__name__)


async def stop_stray(dialer: Dialer, call_sid: str, *, attempt_id: str) -> None:
    """Stop the call; where the carrier cannot be asked, its next report will bring us here again."""
    log.error("stray_call_stopped", attempt=attempt_id)
    try:
        await dialer.end(call_sid)
    except CarrierUnavailable:
        log.exception("stray_call_not_stopped", attempt=attempt_id)
