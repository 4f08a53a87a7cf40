"""Contact limits from the rules of a unit (`delivery_limits`); what a rule leaves out keeps the default."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from steward.ground.access.models import Unit
from steward.ground.rules.operations import today_of
from steward.ground.rules.queries import resolve

from .gates import Limits

NEVER = 1_000_000


def limits_from_rules(unit: Unit | None, at: datetime) -> Limits | None:
    """The limits in force for a unit; None (the defaults) without a unit or a rule. A rule that says null lifts that limit."""
    if unit is None:
        return None
    body = resolve("delivery_limits", "default", unit, today_of(unit, at))
    if body is None:
        return None
    plain = Limits()
    cap, quiet = body.get("contact_cap"), body.get("quiet_hours")
    return Limits(
        cap=int(cap["messages"]) if cap else NEVER,
        window=timedelta(days=int(cap["days"])) if cap else plain.window,
        quiet_from=time.fromisoformat(quiet["from"]) if quiet else time(0, 0),
        quiet_until=time.fromisoformat(quiet["until"]) if quiet else time(0, 0),
    )
