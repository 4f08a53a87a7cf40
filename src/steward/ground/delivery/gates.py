"""What a message passes before it may go: consent, the contact cap, quiet hours. Upper rooms bring the answers; here are the defaults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from steward.ground.access.models import Unit

from .models import Dispatch
from .purposes import Purpose, purposes
from .recipients import Recipient


@dataclass(frozen=True)
class Limits:
    """Contact limits of a unit. The contact cap counts capped purposes per person and window; quiet hours are local to the unit."""

    cap: int = 2
    window: timedelta = timedelta(days=30)
    quiet_from: time = time(21, 0)
    quiet_until: time = time(8, 30)


ConsentCheck = Callable[[Recipient, str, str, datetime], bool]
LimitsSource = Callable[[Unit | None, datetime], "Limits | None"]
_consent_checks: dict[str, ConsentCheck] = {}
_limits_source: LimitsSource | None = None


def register_consent_check(key: str, check: ConsentCheck) -> None:
    """Register `check(recipient, channel, purpose, at)`; a message that needs consent goes only when every check says yes."""
    if key in _consent_checks:
        raise ValueError(f"The consent check {key!r} is registered twice.")
    _consent_checks[key] = check


def set_limits_source(source: LimitsSource | None) -> None:
    """Register where limits come from (the rules of a unit); None from the source means the defaults."""
    global _limits_source
    _limits_source = source


def limits_of(unit: Unit | None, at: datetime) -> Limits:
    return (_limits_source(unit, at) if _limits_source else None) or Limits()


def refusal(to: Recipient, channel: str, purpose: Purpose, unit: Unit | None, at: datetime) -> str:
    """Why the message may not go, as a code: `no_consent`, `contact_cap`; empty when it may. Runs in the transaction that writes it."""
    if purpose.needs_consent and not all(check(to, channel, purpose.code, at) for check in _consent_checks.values()):
        return "no_consent"
    if purpose.needs_consent and to.is_customer and not _consent_checks:
        return "no_consent"
    if purpose.capped and to.id is not None and _contacts(to, unit, at) >= limits_of(unit, at).cap:
        return "contact_cap"
    return ""


def earliest(purpose: Purpose, unit: Unit | None, at: datetime) -> datetime:
    """When the message may go: now, after its hold, or when the quiet hours end."""
    ready = at + timedelta(seconds=int(settings.STEWARD_DELIVERY_HOLD_SECONDS)) if purpose.hold else at
    if not purpose.keeps_quiet:
        return ready
    limits = limits_of(unit, at)
    zone = unit.timezone if unit else ZoneInfo(str(settings.TIME_ZONE))
    local = ready.astimezone(zone)
    if not _quiet(local.time(), limits):
        return ready
    day = local.date() + timedelta(days=1) if local.time() >= limits.quiet_until else local.date()
    return datetime.combine(day, limits.quiet_until, zone).astimezone(at.tzinfo)


def _quiet(moment: time, limits: Limits) -> bool:
    start, end = limits.quiet_from, limits.quiet_until
    return start <= moment < end if start <= end else moment >= start or moment < end


def _contacts(to: Recipient, unit: Unit | None, at: datetime) -> int:
    """Capped messages to this person in the window. Two senders of one person wait for each other, so that the cap holds."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"delivery:{to.type}:{to.id}"])
    capped = [purpose.code for purpose in purposes() if purpose.capped]
    since = at - limits_of(unit, at).window
    gone = (Dispatch.State.CANCELLED, Dispatch.State.SUPPRESSED, Dispatch.State.FAILED)
    mine = Dispatch.objects.filter(recipient_type=to.type, recipient_id=to.id, purpose__in=capped, created_at__gt=since)
    return mine.exclude(state__in=gone).count()
