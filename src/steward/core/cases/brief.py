"""What cases say in the morning brief: broken promises, those of the next four hours, what changed, and cases nobody has."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from math import log
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from steward.ground.access.models import User
from steward.ground.ui.brief import BriefLine, BriefPart, BriefSource, register
from steward.ground.ui.lists.keyset import capped_count
from steward.science.inference import Verdict, newcombe_difference, rate_ratio, verdict

from .models import Case, Kind, Promise
from .models.case import IS_UNFINISHED
from .queries import SOON, visible_cases

LINES = 5
WEEK = timedelta(days=7)
BEFORE = timedelta(days=28)
# The smallest changes that matter, and how many cases it takes to speak at all; measures take these over with their own definitions.
PRACTICAL_RATIO, PRACTICAL_SHARE, MINIMUM = log(1.2), 0.05, 30


def broken(user: User, at: datetime) -> BriefPart:
    cases = _watched(user, at).filter(next_due_at__lt=at)
    return _part(cases.order_by("next_due_at", "pk"), user, "?due=over", _("Reply"), "#composer-case{}")


def soon(user: User, at: datetime) -> BriefPart:
    cases = _watched(user, at).filter(next_due_at__gte=at, next_due_at__lt=at + SOON)
    return _part(cases.order_by("next_due_at", "pk"), user, "?due=soon", _("Reply"), "#composer-case{}")


def unassigned(user: User, at: datetime) -> BriefPart:
    """Cases that wait for a decision whose they are."""
    cases = visible_cases(user, at=at).filter(IS_UNFINISHED).filter(assignee=None)
    return _part(cases.order_by(F("next_due_at").asc(nulls_last=True), "pk"), user, "?assignee=nobody", _("Assign"))


def changed(user: User, at: datetime) -> BriefPart:
    """The last seven days against the twenty-eight before: how many complaints came, and how many first answers were in time."""
    midnight = at.astimezone(user.organisation.timezone if user.organisation else None).replace(hour=0, minute=0, second=0, microsecond=0)
    # Whole days are compared, so within an hour only the right to see changes the answer; the key holds whose right it is.
    key = f"cases.brief.changed:{user.pk}:{get_language()}:{at:%Y%m%d%H}:{sorted(user.access.unit_ids('cases.view'))}"
    lines: list[BriefLine] = cache.get_or_set(sha256(key.encode()).hexdigest(), lambda: _changes(user, midnight, at), 3600) or []
    return BriefPart(lines, len(lines))


def _changes(user: User, midnight: datetime, at: datetime) -> list[BriefLine]:
    return [line for line in (_complaints(user, midnight, at), _in_time(user, midnight, at)) if line is not None]


def _watched(user: User, at: datetime) -> QuerySet[Case]:
    """Those who steer watch their units; the others their own cases."""
    cases = visible_cases(user, at=at).filter(IS_UNFINISHED)
    steers = user.access.has("cases.assign")
    found: QuerySet[Case] = cases if steers else cases.filter(assignee__user=user)
    return found


def _part(cases: QuerySet[Case], user: User, query: str, action: str, place: str = "") -> BriefPart:
    """place: where on the page of a case the action leads, with {} for its id."""
    found = list(cases[:LINES])
    query += "" if user.access.has("cases.assign") or "assignee" in query else "&assignee=me"
    # Few cases are counted by the page itself; a second query only when there are more.
    count = len(found) if len(found) < LINES else capped_count(cases).value
    return BriefPart([_line(case, action, place) for case in found], count, reverse("cases:list") + query)


def _line(case: Case, action: str, place: str) -> BriefLine:
    who = case.assignee.user.name if case.assignee else _("nobody has it")
    why = " · ".join(
        filter(None, [case.number, str(case.get_kind_display()), case.customer.name if case.customer else "", str(case.unit.name), who])
    )
    address = reverse("cases:detail", args=[case.public_id])
    return BriefLine(case.title or _("(erased)"), why, address, case.next_due_at, (action, address + place.format(case.public_id)))


def _complaints(user: User, midnight: datetime, at: datetime) -> BriefLine | None:
    seen = Case.objects.visible_to(user, at=at).filter(kind=Kind.COMPLAINT)
    now = seen.filter(opened_at__gte=midnight - WEEK, opened_at__lt=midnight).count()
    before = seen.filter(opened_at__gte=midnight - WEEK - BEFORE, opened_at__lt=midnight - WEEK).count()
    if not now or not before:
        return None
    ratio = rate_ratio(now, WEEK.days, before, BEFORE.days)
    found = verdict(log(ratio.estimate), log(ratio.low), log(ratio.high), PRACTICAL_RATIO, now + before, MINIMUM)
    numbers = {"now": now, "usual": f"{before * WEEK / BEFORE:.1f}", "low": f"{ratio.low:.2f}", "high": f"{ratio.high:.2f}"}
    why = _("last 7 days against the 28 before: × %(low)s to %(high)s; n = %(n)s") % {**numbers, "n": now + before}
    if found is Verdict.EVIDENCE:
        text = _("More complaints came: %(now)s in 7 days, %(usual)s are usual") if ratio.low > 1 else None
        text = text or _("Fewer complaints came: %(now)s in 7 days, %(usual)s are usual")
        return _figure(text % numbers, why, "?kind=complaint&state=any&sort=newest")
    return None


def _in_time(user: User, midnight: datetime, at: datetime) -> BriefLine | None:
    due = Promise.objects.filter(
        case__in=Case.objects.visible_to(user, at=at), kind=Promise.Kind.FIRST_RESPONSE, basis=Promise.Basis.POLICY, cancelled_at=None
    )
    now, in_time = Q(due_at__gte=midnight - WEEK), Q(met_at__lte=F("due_at"))
    counts = due.filter(due_at__gte=midnight - WEEK - BEFORE, due_at__lt=midnight).aggregate(
        n=Count("pk", filter=now),
        kept=Count("pk", filter=now & in_time),
        n_before=Count("pk", filter=~now),
        kept_before=Count("pk", filter=~now & in_time),
    )
    n, kept, n_before, kept_before = counts["n"], counts["kept"], counts["n_before"], counts["kept_before"]
    if not n or not n_before:
        return None
    change = newcombe_difference(kept, n, kept_before, n_before)
    found = verdict(change.estimate, change.low, change.high, PRACTICAL_SHARE, min(n, n_before), MINIMUM)
    if found is not Verdict.EVIDENCE:
        return None
    numbers = {"now": f"{kept / n:.0%}", "before": f"{kept_before / n_before:.0%}"}
    points = {"low": f"{change.low * 100:+.0f}", "high": f"{change.high * 100:+.0f}", "n": n, "before": n_before}
    why = _("last 7 days against the 28 before: %(low)s to %(high)s points; n = %(n)s and %(before)s") % points
    text = (
        _("More first answers in time: %(now)s after %(before)s")
        if change.low > 0
        else _("Fewer first answers in time: %(now)s after %(before)s")
    )
    return _figure(text % numbers, why, "?due=over")


def _figure(title: str, why: str, query: str) -> BriefLine:
    address = reverse("cases:list") + query
    return BriefLine(title, why, address, action=(_("See the cases"), address))


def register_sources() -> None:
    sources: list[tuple[str, Any, int, Any, str]] = [
        ("cases.broken", "broken", 10, broken, "cases.view"),
        ("cases.soon", "soon", 10, soon, "cases.view"),
        ("cases.changed", "changed", 10, changed, "cases.assign"),
        ("cases.unassigned", "decisions", 10, unassigned, "cases.assign"),
    ]
    for key, block, order, find, capability in sources:
        register(BriefSource(key, block, order, find, capability))
