"""Hours in each state of presence, for those who lead the people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from steward.core.org.availability import WORK_TIME
from steward.core.org.exports import record_export
from steward.core.org.forms import DATE, SEARCH, UnitField
from steward.core.org.models import Presence, Staff
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.http import StaffRequest, staff
from steward.ground.fields import offer
from steward.ground.ui.lists import ListPage, csv_response

from ..presence import DayStates, Period, clock_words, period_of, seconds_by_day, total

CHUNK = 200


class HoursFilters(forms.Form):
    day = forms.DateField(label=gettext_lazy("Day"), required=False, widget=DATE)
    span = forms.ChoiceField(
        label=gettext_lazy("Period"), required=False, choices=[("", gettext_lazy("Its week")), ("day", gettext_lazy("This day"))]
    )
    unit = UnitField(label=gettext_lazy("Unit"), required=False, empty_label=gettext_lazy("Any"))
    q = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=80, widget=SEARCH)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class HoursList(ListPage[Staff]):
    key = "presence-hours"
    template = "desk/presence.html"
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"unit": ("unit__path", "user__name", "pk"), "name": ("user__name", "pk")}
    export_capability = "org.lead"
    request: StaffRequest

    @cached_property
    def bound_form(self) -> forms.Form:
        form = HoursFilters(self.request.GET or None, units=units_where(self.request.user, "org.lead"))
        if form.is_bound:
            form.is_valid()
        return form

    @cached_property
    def at(self) -> Any:
        return clock.now()

    @cached_property
    def period(self) -> Period:
        organisation = self.request.user.organisation
        today: date = self.at.astimezone(organisation.timezone).date() if organisation else self.at.date()
        return period_of(self.filters.get("day") or today, self.filters.get("span") or "week")

    def queryset(self) -> QuerySet[Staff]:
        here = Q(ended_date=None) | Q(ended_date__gte=self.period.first)
        people = Staff.objects.filter(here, unit_id__in=self.request.user.access.unit_ids("org.lead")).select_related("user", "unit")
        if unit := self.filters.get("unit"):
            people = people.filter(unit__path__startswith=unit.path)
        if words := (self.filters.get("q") or "").strip():
            people = people.filter(user__name__icontains=words)
        return people

    def context_of(self, rows: Sequence[Staff]) -> dict[str, Any]:
        """Each person of the page with the hours in every state and in all."""
        hours = seconds_by_day(rows, self.period, self.at)
        totals = [(person, total(hours.get(person.pk, {}))) for person in rows]
        return {
            "people": [
                (
                    person,
                    [(state.label, clock_words(spent[state]) if state in spent else "") for state in Presence.State],
                    clock_words(sum(seconds for state, seconds in spent.items() if state in WORK_TIME)),
                    clock_words(sum(spent.values())),
                )
                for person, spent in totals
            ]
        }

    def context(self) -> dict[str, Any]:
        return {"period": self.period, "states": Presence.State.labels, "at": self.at}

    def export(self) -> HttpResponseBase:
        """A line for each person and day, in minutes."""
        if not self.may_export:
            raise Http404
        people = self.queryset().order_by(*self.order, "pk")
        record_export(self.request, name=self.key, rows=people.count(), at=self.at)
        header = [_("Name"), _("Unit"), _("Day"), *(f"{label} ({_('minutes')})" for label in Presence.State.labels)]
        header.append(f"{_('Of it working time')} ({_('minutes')})")
        return csv_response(f"{self.key}-{self.period.first}.csv", header, self._lines(people))

    def _lines(self, people: QuerySet[Staff]) -> Iterator[list[Any]]:
        chunk: list[Staff] = []
        for person in people.iterator(chunk_size=CHUNK):
            chunk.append(person)
            if len(chunk) == CHUNK:
                yield from self._lines_of(chunk)
                chunk = []
        yield from self._lines_of(chunk)

    def _lines_of(self, people: list[Staff]) -> Iterator[list[Any]]:
        hours = seconds_by_day(people, self.period, self.at)
        for person in people:
            days: DayStates = hours.get(person.pk, {})
            for day in self.period.days:
                states = days.get(day, {})
                yield [
                    person.user.name,
                    str(person.unit),
                    day.isoformat(),
                    *(round(states.get(state, 0) / 60) for state in Presence.State.values),
                    round(sum(states.get(state, 0) for state in WORK_TIME) / 60),
                ]


@require_GET
@staff("org.lead")
def presence_hours(request: StaffRequest) -> HttpResponseBase:
    return HoursList(request).respond()
