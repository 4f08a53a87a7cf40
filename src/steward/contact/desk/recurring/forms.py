from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.cases.forms import StaffField
from steward.core.cases.models import Kind, Priority
from steward.core.catalog.models import Category, ServiceItem
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.fields import offer

from .models import RecurringCase

WEEKDAYS = [
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
]


class RecurringForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    title = forms.CharField(label=_("In one sentence"), max_length=200)
    body = forms.CharField(
        label=_("What is to be done each time"), widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=5000
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.REQUEST)
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, initial=Priority.NORMAL)
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.none(), to_field_name="public_id", required=False)
    service = forms.ModelChoiceField(label=_("Service"), queryset=ServiceItem.objects.none(), to_field_name="public_id", required=False)
    assignee = StaffField(
        label=_("Who gets it"),
        queryset=Staff.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("Handed out like any other case"),
    )
    every = forms.ChoiceField(label=_("How often"), choices=RecurringCase.Every.choices)
    weekdays = forms.MultipleChoiceField(
        label=_("On which days of the week"), choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    month_day = forms.IntegerField(
        label=_("On which day of the month"), min_value=1, max_value=31, initial=1, help_text=_("A shorter month has its last day.")
    )
    at_time = forms.TimeField(label=_("At what time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    starts_date = forms.DateField(label=_("First date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends_date = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    skip_rest = forms.BooleanField(label=_("Not on holidays and days without work"), required=False)
    catch_up = forms.IntegerField(
        label=_("Open at most so many missed ones"),
        min_value=0,
        max_value=31,
        initial=3,
        help_text=_("When the system stood still; what is missed beyond that is listed here."),
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        roots = {unit.root_id for unit in units}
        paths = list(Unit.objects.filter(pk__in=roots).values_list("path", flat=True))
        within = Unit.objects.filter(path__startswith=paths[0]) if paths else Unit.objects.none()
        offer(self, "category", Category.objects.filter(closed_at=None, unit__in=within).order_by("code"))
        offer(self, "service", ServiceItem.objects.filter(closed_at=None, unit__in=within).order_by("code"))
        people = Staff.objects.filter(unit__in=[unit.pk for unit in units], ended_date=None).select_related("user", "unit")
        offer(self, "assignee", people.order_by("user__name"))

    def clean_weekdays(self) -> list[int]:
        return sorted(int(day) for day in self.cleaned_data["weekdays"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("every") == RecurringCase.Every.WEEK and not data.get("weekdays"):
            self.add_error("weekdays", _("Choose at least one day of the week."))
        if data.get("ends_date") and data.get("starts_date") and data["ends_date"] < data["starts_date"]:
            self.add_error("ends_date", _("It would end before it begins."))
        return data


def initial_of(row: RecurringCase) -> dict[str, Any]:
    plain = ("title", "body", "kind", "priority", "every", "month_day", "at_time", "starts_date", "ends_date", "skip_rest", "catch_up")
    shared = {name: one.public_id for name in ("unit", "category", "service", "assignee") if (one := getattr(row, name)) is not None}
    return {name: getattr(row, name) for name in plain} | shared | {"weekdays": [str(day) for day in row.weekdays]}


class RecurringFilters(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(label=_("State"), choices=[("", _("In use")), ("all", _("All"))], required=False)
