from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.catalog.models import ServiceItem
from steward.core.org.models import Skill, Staff
from steward.ground.access.models import Unit
from steward.ground.fields import offer

from .models import InternalRequest, Location, ServiceOrder, SubTask

LONG = 4000


class RequestFilters(forms.Form):
    STATES: ClassVar = [("", _("Not settled")), *InternalRequest.State.choices, ("any", _("All"))]
    SIDES: ClassVar = [("", _("Both")), ("asked", _("We are asked")), ("asking", _("We ask"))]

    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    side = forms.ChoiceField(label=_("Which way"), choices=SIDES, required=False)
    due = forms.ChoiceField(label=_("Due"), choices=[("", _("Any")), ("over", _("Overdue"))], required=False)
    unit = forms.ModelChoiceField(
        label=_("Department"), queryset=Unit.objects.none(), required=False, empty_label=_("Any"), to_field_name="public_id"
    )

    def __init__(self, *args: Any, units: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if units is not None:
            offer(self, "unit", units)


def _words(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONG, widget=forms.Textarea(attrs={"rows": 4}))


class AskForm(forms.Form):
    to_unit = forms.ModelChoiceField(label=_("Department"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    question = _words(_("What they are asked"))
    hold = forms.BooleanField(label=_("The case waits for the answer"), required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to_unit", units)


class AskAgainForm(forms.Form):
    question = _words(_("What they are asked"))
    hold = forms.BooleanField(label=_("The case waits for the answer"), required=False)


class AnswerForm(forms.Form):
    answer = _words(_("Your answer"))


class ReturnForm(forms.Form):
    code = forms.ChoiceField(label=_("Why it goes back"), choices=InternalRequest.Bounce.choices)
    words = forms.CharField(label=_("In a sentence"), max_length=500)


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class AcceptForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False, widget=forms.HiddenInput)


class PeriodForm(forms.Form):
    DAYS: ClassVar = [("28", _("28 days")), ("90", _("90 days")), ("365", _("A year"))]

    days = forms.ChoiceField(label=_("Period"), choices=DAYS, required=False)


class OrderFilters(forms.Form):
    STATES: ClassVar = [("", _("To do")), *ServiceOrder.State.choices, ("any", _("All"))]

    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    due = forms.ChoiceField(label=_("Promised"), choices=[("", _("Any")), ("over", _("Overdue"))], required=False)
    place = forms.CharField(label=_("Place"), max_length=20, required=False)


class RoomFilters(forms.Form):
    status = forms.ChoiceField(label=_("State"), choices=[("", _("Any")), *Location.Status.choices], required=False)
    orders = forms.ChoiceField(label=_("Orders"), choices=[("", _("Any")), ("open", _("With open orders"))], required=False)


class OrderForm(forms.Form):
    location = forms.ModelChoiceField(label=_("Place"), queryset=Location.objects.none(), to_field_name="public_id", empty_label=None)
    service = forms.ModelChoiceField(
        label=_("What is needed"), queryset=ServiceItem.objects.none(), to_field_name="public_id", empty_label=None
    )
    to_unit = forms.ModelChoiceField(label=_("Department"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    words = forms.CharField(label=_("More about it"), max_length=300, required=False)
    skill = forms.ModelChoiceField(label=_("Needs the skill"), queryset=Skill.objects.none(), to_field_name="public_id", required=False)
    case = forms.CharField(label=_("Number of the case"), max_length=20, required=False)

    def __init__(self, *args: Any, locations: Any, organisation: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "location", locations)
        inside = Unit.objects.filter(path__startswith=f"{organisation}.", closed_at=None)
        offer(self, "to_unit", inside.order_by("path"))
        offer(self, "service", ServiceItem.objects.filter(unit__in=inside, closed_at=None).order_by("code"))
        offer(self, "skill", Skill.objects.filter(organisation=organisation).order_by("code"))


class DoneForm(forms.Form):
    photo = forms.FileField(label=_("Photo of the result"), required=False)
    tell = forms.CharField(label=_("Tell the person"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class GiveForm(forms.Form):
    to = forms.ModelChoiceField(queryset=Staff.objects.none(), to_field_name="public_id")
    reason = forms.CharField(max_length=500, required=False)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to", people)


class StatusForm(forms.Form):
    status = forms.ChoiceField(choices=Location.Status.choices)


class LocationForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    code = forms.CharField(label=_("Code"), max_length=20)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    parent = forms.ModelChoiceField(label=_("Lies in"), queryset=Location.objects.none(), to_field_name="public_id", required=False)

    def __init__(self, *args: Any, units: Any, locations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        offer(self, "parent", locations)


class OwnerForm(forms.Form):
    to = forms.ModelChoiceField(label=_("Who answers for it"), queryset=Staff.objects.none(), to_field_name="public_id", empty_label=None)
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to", people)


class SubTaskForm(forms.Form):
    title = forms.CharField(label=_("What is to be done"), max_length=200)
    owner = forms.ModelChoiceField(label=_("Who does it"), queryset=Staff.objects.none(), to_field_name="public_id", empty_label=None)
    estimate_minutes = forms.IntegerField(label=_("Estimated working minutes"), min_value=1, max_value=100_000, initial=60)
    due_at = forms.DateTimeField(label=_("Due"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    needs = forms.ModelMultipleChoiceField(label=_("Waits for"), queryset=SubTask.objects.none(), to_field_name="public_id", required=False)

    def __init__(self, *args: Any, people: Any, parts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner", people)
        offer(self, "needs", parts)


class DecisionForm(forms.Form):
    words = forms.CharField(label=_("What was decided"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
