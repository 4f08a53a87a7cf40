"""Forms validate and clean; the operations decide."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.catalog.models import Category, ServiceItem
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.fields import offer

from .models import Case, CaseLink, Channel, Kind, Message, Priority, Promise
from .models.case import HoldReason, Resolution

ANY = ("", _("Any"))


class CaseFilters(forms.Form):
    STATES: ClassVar = [
        ("", _("Unfinished")),
        ("new", _("New")),
        ("open", _("In progress")),
        ("on_hold", _("On hold")),
        ("closed", _("Closed")),
        ("any", _("All")),
    ]
    DUE: ClassVar = [ANY, ("over", _("Overdue")), ("soon", _("Within 4 hours"))]
    ASSIGNEES: ClassVar = [ANY, ("me", _("Me")), ("nobody", _("Nobody"))]

    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[ANY, *Kind.choices], required=False)
    priority = forms.ChoiceField(label=_("Priority"), choices=[ANY, *Priority.choices], required=False)
    assignee = forms.ChoiceField(label=_("With"), choices=ASSIGNEES, required=False)
    due = forms.ChoiceField(label=_("Due"), choices=DUE, required=False)
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Unit.objects.none(), required=False, empty_label=_("Any"), to_field_name="public_id"
    )

    def __init__(self, *args: Any, units: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if units is not None:
            offer(self, "unit", units)


class OpenCaseForm(forms.Form):
    """Only the words are needed; everything else has a sensible start."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.REQUEST)
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices, initial=Channel.COUNTER)
    title = forms.CharField(label=_("In one sentence"), max_length=200)
    body = forms.CharField(label=_("In their own words"), widget=forms.Textarea(attrs={"rows": 5}), required=False)
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, initial=Priority.NORMAL)
    service = forms.ModelChoiceField(label=_("Service"), queryset=ServiceItem.objects.none(), required=False, to_field_name="public_id")
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.none(), required=False, to_field_name="public_id")
    customer_name = forms.CharField(label=_("Full name"), max_length=120, required=False)
    customer_phone = forms.CharField(label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    key = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["key"] = uuid.uuid4().hex
        super().__init__(*args, **kwargs)
        roots = {unit.root_id for unit in units}
        offer(self, "unit", units)
        paths = [unit.path for unit in Unit.objects.filter(pk__in=roots)]
        for name, model in (("service", ServiceItem), ("category", Category)):
            rows = (
                model._default_manager.filter(closed_at=None, unit__in=Unit.objects.filter(path__startswith=paths[0]))
                if paths
                else model._default_manager.none()
            )
            offer(self, name, rows.order_by("code"))


class MessageForm(forms.Form):
    body = forms.CharField(label=_("Text"), widget=forms.Textarea, max_length=20_000)
    direction = forms.ChoiceField(choices=Message.Direction.choices, initial=Message.Direction.OUT)
    attachment = forms.FileField(label=_("Attachment"), required=False)
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


def with_team(member: Staff) -> str:
    return f"{member} · {member.unit}"


class StaffField(forms.ModelChoiceField[Staff]):
    """Colleagues with their team: two may share a name, and one hands work to a place as much as to a person."""

    def label_from_instance(self, obj: Staff) -> str:
        return with_team(obj)


class AssignForm(forms.Form):
    to = StaffField(label=_("Hand over to"), queryset=Staff.objects.none(), to_field_name="public_id")
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500, help_text=_("Needed when the person is away."))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, staff: Any, holder: Staff | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to", staff)
        if holder is not None:
            self.fields["to"].help_text = _("Now with %(name)s.") % {"name": holder}


class ConcernForm(forms.Form):
    to = forms.ModelChoiceField(
        label=_("Who"),
        queryset=Staff.objects.none(),
        to_field_name="public_id",
        help_text=_("They will not work on this case, and it is taken from them."),
    )

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to", staff)


class HoldForm(forms.Form):
    reason_code = forms.ChoiceField(label=_("Waiting for"), choices=HoldReason.choices)
    reason = forms.CharField(label=_("Remark"), required=False, max_length=500)


class CloseForm(forms.Form):
    resolution = forms.ChoiceField(label=_("Outcome"), choices=Resolution.choices)
    reason = forms.CharField(
        label=_("Remark"), required=False, max_length=500, help_text=_("Needed when it was withdrawn or nobody could be reached.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class PropertiesForm(forms.ModelForm[Case]):
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500)

    class Meta:
        model = Case
        fields = ("title", "priority", "service", "category")
        labels: ClassVar = {"title": _("Title"), "priority": _("Priority"), "service": _("Service"), "category": _("Category")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = self.instance.unit.ancestor_ids
        offer(self, "service", ServiceItem.objects.filter(unit_id__in=units, closed_at=None))
        offer(self, "category", Category.objects.filter(unit_id__in=units, closed_at=None))


class DismissForm(forms.Form):
    suggestion = forms.UUIDField()
    reason = forms.CharField(label=_("Reason"), max_length=500)


class KindForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, help_text=_("Needed when a complaint becomes something else.")
    )


class TransferForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), to_field_name="public_id")
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class OtherCaseForm(forms.Form):
    """Names another case by its number, among those the person sees."""

    number = forms.CharField(label=_("Number of the other case"), max_length=20)
    kind = forms.ChoiceField(label=_("How they belong together"), choices=CaseLink.Kind.choices, required=False)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500)


class PromiseForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What was promised"),
        choices=[choice for choice in Promise.Kind.choices if choice[0] in ("call_back", "resolution", "other")],
    )
    basis = forms.ChoiceField(
        label=_("By"), choices=[choice for choice in Promise.Basis.choices if choice[0] != "policy"], initial=Promise.Basis.SPOKEN
    )
    due_at = forms.DateTimeField(label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    words = forms.CharField(label=_("In words"), required=False, max_length=200)


class TaskForm(forms.Form):
    title = forms.CharField(label=_("What is to be done"), max_length=200)
    owner = StaffField(label=_("Who"), queryset=Staff.objects.none(), required=False, to_field_name="public_id")
    due_at = forms.DateTimeField(label=_("Until"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    estimate_minutes = forms.IntegerField(label=_("Minutes of work"), min_value=1, max_value=10_000, initial=15)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500, help_text=_("Needed when the person is away."))

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner", staff)
