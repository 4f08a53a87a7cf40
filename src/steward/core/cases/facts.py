"""Cases, promises and messages as facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Case as When
from django.db.models import Count, F, Min, Q, QuerySet, Value, Window
from django.db.models import When as If
from django.db.models.functions import Lead
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit, User
from steward.ground.journal.models import Entry
from steward.ground.measures.arrays import Array, Batch, local_hours
from steward.ground.measures.declarations import Column, Computed, Fact, Keys, RowLink, Side, facts
from steward.ground.worktime.queries import default_calendars, work_calendar
from steward.science.worktime import WorkCalendar, working_seconds_between

from .models import Assignment, Case, Message, Promise, State, StateSpan

# After these the working time of any case may have been counted by other hours, or a local day be another day.
CALENDAR_CODES = frozenset(
    f"worktime.{what}"
    for what in (
        "calendar_changed", "calendar_closed", "calendar_imported", "calendar_opened", "day_cleared", "day_set", "default_moved",
        "holidays_prefilled", "week_changed",
    )
) | {"org.unit_changed", "org.unit_moved"}  # fmt: skip
FOLLOW_UP, REOPEN = np.timedelta64(7, "D"), np.timedelta64(30, "D")  # windows of domain §3: fcr and reopen_rate
NEIGHBOURS = timedelta(days=31)  # how far back a person's case can be that a new one makes a repeated contact; longer than any window
MINUTE = np.timedelta64(60, "s")
SHIFTS = ((6, 14, "early"), (14, 22, "late"))  # by the local hour of receipt; the rest is night


def _answers(keys: Keys) -> QuerySet[Any]:
    """The first answer by a person; an acknowledgement by a machine is none."""
    return (
        Message.objects.filter(keys.q("case_id"), direction=Message.Direction.OUT, automatic=False)
        .values("case_id")
        .annotate(first=Min("at"))
    )


def _reopenings(keys: Keys) -> QuerySet[Any]:
    """When a case was closed first, and when it was opened again after that."""
    closed = StateSpan.objects.filter(keys.q("case_id"), state=State.CLOSED)
    return closed.values("case_id").annotate(again=Min("ended_at"), before=Min("started_at"), times=Count("ended_at"))


def _hands(keys: Keys) -> QuerySet[Any]:
    return Assignment.objects.filter(keys.q("case_id")).values("case_id").annotate(holders=Count("pk"))


def _next_contacts(keys: Keys) -> QuerySet[Any]:
    """When the same person came again about the same matter, by any channel; what was merged is the same contact."""
    people = Case.objects.filter(keys.q(), customer__isnull=False).values("customer_id")
    contacts = Case.objects.filter(customer_id__in=people, merged_into=None)
    following = Window(Lead("opened_at"), partition_by=[F("customer_id"), F("category_id")], order_by=[F("opened_at").asc(), F("pk").asc()])
    return contacts.annotate(next_at=following)


def _durations(batch: Batch) -> Mapping[str, Any]:
    """Minutes by the clock and by the unit's working hours. The first answer may have come before the case was entered: then it took no time."""
    opened, answered, closed = batch["opened_at"], batch["answered_at"], batch["closed_at"]
    # A contact further away is none that any window asks for, and following it would mean reading a person's whole past at every case.
    far = batch["next_contact_at"] - opened > np.timedelta64(NEIGHBOURS)
    calendars = _calendars([unit for unit, _places in batch.groups("unit_id")])
    batch.columns["next_contact_at"] = np.where(far, np.datetime64("NaT", "us"), batch["next_contact_at"])
    return {
        "settled_date": batch["opened_date"] + FOLLOW_UP,
        "repeated": _within(opened, batch["next_contact_at"], FOLLOW_UP, known=~np.isnan(batch["customer_id"])),
        "reopened_soon": _within(batch["first_closed_at"], batch["reopened_at"], REOPEN, known=~np.isnat(batch["first_closed_at"])),
        "resolution_minutes": _minutes(opened, closed),
        "answer_minutes": _minutes(opened, answered),
        "answer_work_minutes": _working(batch, calendars, opened, answered),
        "resolution_work_minutes": _working(batch, calendars, opened, closed),
        "shift": _shifts(batch),
    }


def _within(start: Array, later: Array, days: np.timedelta64, *, known: Array) -> Array:
    """Whether `later` came within so many days; NaN where it cannot be known."""
    came = ~np.isnat(later) & (later - start <= days)
    return np.where(known, came.astype(np.float64), np.nan)


def _minutes(start: Array, end: Array) -> Array:
    passed = np.floor((end - start) / MINUTE)
    return np.where(np.isnat(end), np.nan, np.maximum(passed, 0))


def _working(batch: Batch, calendars: Mapping[int, WorkCalendar], start: Array, end: Array) -> Array:
    worked = np.full(batch.size, np.nan)
    for unit, places in batch.groups("unit_id"):
        known = places[~np.isnat(end[places])]
        calendar = calendars.get(unit)
        if calendar is None or not known.size:
            continue
        first = np.minimum(start[known], end[known])
        worked[known] = working_seconds_between(calendar, first.astype("datetime64[s]"), end[known].astype("datetime64[s]")) // 60
    return worked


def _calendars(units: Sequence[int]) -> dict[int, WorkCalendar]:
    found = default_calendars(dict(Unit.objects.filter(pk__in=units).values_list("pk", "path")))
    return {unit: work_calendar(calendar) for unit, calendar in found.items()}


def _shifts(batch: Batch) -> Array:
    hours = local_hours(batch["opened_at"], batch.zones)
    names = np.full(batch.size, "night", dtype=object)
    for start, end, name in SHIFTS:
        names[(hours >= start) & (hours < end)] = name
    return names


def _cases_of_people(ids: Sequence[int]) -> Iterable[int]:
    return Case.objects.filter(customer_id__in=ids).values_list("pk", flat=True)


def _with_neighbours(ids: Sequence[int]) -> Iterable[int]:
    """A case, and the cases its person brought in the weeks before: whether they came again is a matter of both."""
    touched = Case.objects.filter(pk__in=ids, customer__isnull=False).values_list("customer_id", "opened_at")
    first: dict[int, tuple[datetime, datetime]] = {}
    for person, opened in touched.iterator(chunk_size=10_000):
        low, high = first.get(person, (opened, opened))
        first[person] = (min(low, opened), max(high, opened))
    if not first:
        return ids
    low, high = min(pair[0] for pair in first.values()) - NEIGHBOURS, max(pair[1] for pair in first.values())
    others = Case.objects.filter(customer_id__in=list(first), opened_at__gte=low, opened_at__lte=high).values_list(
        "pk", "customer_id", "opened_at"
    )
    near = {pk for pk, person, opened in others.iterator(chunk_size=10_000) if first[person][0] - NEIGHBOURS <= opened <= first[person][1]}
    return near.union(ids)


def _left_behind(after: int, upto: int) -> Iterable[int]:
    """Cases of somebody whose other case turned out to be somebody else's, or was merged into another and is apart again."""
    moved = Entry.objects.filter(seq__gt=after, seq__lte=upto, code="cases.property_changed", public__field="customer")
    people = {int(public["before"]) for public in moved.values_list("public", flat=True) if public["before"]}
    return Case.objects.filter(customer_id__in=people).values_list("pk", flat=True) if people else ()


def _of_case(model: Any) -> Any:
    return lambda ids: model.objects.filter(case_id__in=ids).values_list("pk", flat=True)


def _case_links(user: User, ids: Sequence[int]) -> list[RowLink]:
    found = Case.objects.visible_to(user).filter(pk__in=ids).order_by("-pk")
    return [RowLink(case.pk, case.number, reverse("cases:detail", args=[case.public_id]), case.title) for case in found]


def _links_by_case(model: Any) -> Any:
    """Rows that hang from a case are shown as their case."""

    def links(user: User, ids: Sequence[int]) -> list[RowLink]:
        seen = model.objects.filter(pk__in=ids, case__in=Case.objects.visible_to(user)).select_related("case").order_by("-pk")
        return [RowLink(row.pk, row.case.number, reverse("cases:detail", args=[row.case.public_id]), row.case.title) for row in seen]

    return links


def _yes(condition: Q) -> Any:
    return When(If(condition, then=Value(1)), default=Value(0))


_CASE = (
    Column("case_unit_id", "case__unit_id"), Column("kind", "case__kind", "VARCHAR"), Column("channel", "case__channel", "VARCHAR"),
    Column("priority", "case__priority", "VARCHAR"), Column("service_id", "case__service_id"), Column("category_id", "case__category_id"),
    Column("staff_id", "case__assignee_id"), Column("confidential", "case__confidential", "BOOLEAN"),
)  # fmt: skip

CASES = Fact(
    "cases",
    Case,
    label=_("Cases"),
    capability="cases.view",
    confidential="confidential",
    times=("opened_at", "closed_at", "answered_at", "first_closed_at"),
    rebuild_on=CALENDAR_CODES,
    subjects={"cases.case": _with_neighbours, "customers.customer": _cases_of_people},
    also=_left_behind,
    rows=_case_links,
    columns=(
        Column("id", "pk"), Column("unit_id", "unit_id"), Column("kind", "kind", "VARCHAR"), Column("channel", "channel", "VARCHAR"),
        Column("priority", "priority", "VARCHAR"), Column("state", "state", "VARCHAR"), Column("resolution", "resolution", "VARCHAR"),
        Column("service_id", "service_id"), Column("category_id", "category_id"), Column("staff_id", "assignee_id"),
        Column("customer_id", "customer_id", personal=True), Column("segment", "customer__kind", "VARCHAR"),
        Column("erased", _yes(Q(customer__erased_at__isnull=False)), "BOOLEAN"),
        Column("confidential", "confidential", "BOOLEAN"),
        Column("opened_at", "opened_at", "TIMESTAMP"), Column("closed_at", "closed_at", "TIMESTAMP"),
        Column("due_at", "next_due_at", "TIMESTAMP"),
    ),
    sides=(
        Side(_answers, "case_id", (Column("answered_at", "first", "TIMESTAMP"),)),
        Side(_reopenings, "case_id", (
            Column("reopened_at", "again", "TIMESTAMP"), Column("first_closed_at", "before", "TIMESTAMP"), Column("reopenings", "times"),
        )),
        Side(_hands, "case_id", (Column("holders", "holders"),)),
        Side(_next_contacts, "pk", (Column("next_contact_at", "next_at", "TIMESTAMP", personal=True),)),
    ),
    computed=(
        Computed(
            (
                ("settled_date", "DATE"), ("repeated", "BOOLEAN"), ("reopened_soon", "BOOLEAN"),
                ("resolution_minutes", "DOUBLE"), ("answer_minutes", "DOUBLE"), ("answer_work_minutes", "DOUBLE"),
                ("resolution_work_minutes", "DOUBLE"), ("shift", "VARCHAR"),
            ),
            _durations,
        ),
    ),
)  # fmt: skip

PROMISES = Fact(
    "promises",
    Promise,
    label=_("Promises"),
    capability="cases.view",
    confidential="confidential",
    confidential_model=Case,
    confidential_key="case_id",
    unit="case_unit_id",
    times=("due_at", "started_at"),
    rebuild_on=frozenset({"org.unit_changed", "org.unit_moved"}),
    subjects={"cases.case": _of_case(Promise)},
    rows=_links_by_case(Promise),
    dimensions={"unit": "case_unit_id", "team": "case_unit_id"},
    columns=(
        Column("id", "pk"), Column("case_id", "case_id"), *_CASE,
        Column("promise", "kind", "VARCHAR"), Column("basis", "basis", "VARCHAR"), Column("clock", "clock", "VARCHAR"),
        Column("started_at", "started_at", "TIMESTAMP"), Column("due_at", "due_at", "TIMESTAMP"), Column("met_at", "met_at", "TIMESTAMP"),
        Column("missed_at", "missed_at", "TIMESTAMP"), Column("cancelled_at", "cancelled_at", "TIMESTAMP"),
    ),
)  # fmt: skip

MESSAGES = Fact(
    "messages",
    Message,
    label=_("Messages"),
    capability="cases.view",
    confidential="confidential",
    confidential_model=Case,
    confidential_key="case_id",
    unit="case_unit_id",
    times=("sent_at",),
    rebuild_on=frozenset({"org.unit_changed", "org.unit_moved"}),
    subjects={"cases.case": _of_case(Message)},
    rows=_links_by_case(Message),
    dimensions={"unit": "case_unit_id", "team": "case_unit_id"},
    columns=(
        Column("id", "pk"), Column("case_id", "case_id"), *_CASE,
        Column("direction", "direction", "VARCHAR"), Column("automatic", "automatic", "BOOLEAN"), Column("sent_at", "at", "TIMESTAMP"),
    ),
)  # fmt: skip


def register() -> None:
    facts.register(CASES, PROMISES, MESSAGES)
