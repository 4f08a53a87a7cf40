from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Priority
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.fields import offer


class ManyForm(forms.Form):
    """What to do with the ticked cases: hand them to somebody, or give them a priority."""

    act = forms.ChoiceField(choices=[("assign", _("Hand over")), ("priority", _("Priority"))])
    to = forms.ModelChoiceField(label=_("To"), queryset=Staff.objects.none(), to_field_name="public_id", required=False)
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, required=False)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500)

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to", staff)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("act") == "assign" and not data.get("to"):
            self.add_error("to", _("Choose somebody."))
        return data


class ViewForm(forms.Form):
    name = forms.CharField(label=_("Name of the view"), max_length=60)
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)
    unit = forms.ModelChoiceField(
        label=_("Shared with"), queryset=Unit.objects.none(), to_field_name="public_id", required=False, empty_label=_("Only me")
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class TemplateForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("For"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    name = forms.CharField(label=_("Name"), max_length=80)
    body_zh = forms.CharField(label=_("Text in Chinese"), widget=forms.Textarea(attrs={"rows": 6}), max_length=5000)
    body_en = forms.CharField(label=_("Text in English"), widget=forms.Textarea(attrs={"rows": 4}), max_length=5000, required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class TemplateFilters(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(label=_("State"), choices=[("", _("In use")), ("all", _("All"))], required=False)
