from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.fields import offer

from . import kinds
from .checking import Problem, parse

IN_FORCE, PLANNED, UNVERIFIED, PAST, ALL = "in_force", "planned", "unverified", "past", "all"


def kind_choices() -> list[tuple[str, Any]]:
    return [(kind.code, kind.label) for kind in kinds.kinds()]


class RuleFilters(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"}))
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=lambda: [("", _("Any")), *kind_choices()])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("In force")),
            (UNVERIFIED, _("In force, not verified yet")),
            (PLANNED, _("Will count")),
            (PAST, _("Over or withdrawn")),
            (ALL, _("All versions")),
        ],
    )


class RuleForm(forms.Form):
    """A version to publish. The body is JSON text; its faults are in `problems`, to be shown beside it."""

    unit = forms.ModelChoiceField(label=_("Counts for"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    key = forms.CharField(label=_("Rule key"), max_length=30, help_text=_("Small letters, digits and underscores."))
    body = forms.CharField(
        label=_("Content (JSON)"),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "rule-json", "autocomplete": "off"}),
    )
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("The law with its article, the notice, or the decision this comes from.")
    )
    valid_from = forms.DateField(label=_("Counts from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    valid_to = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: until replaced."),
    )
    verified = forms.BooleanField(label=_("I have compared it with its source"), required=False)
    reason = forms.CharField(label=_("Reason of the change"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, kind: kinds.RuleKind, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.problems = kind, list[Problem]()
        offer(self, "unit", units)
        if kind.keys and not kind.own_keys:
            self.fields["key"] = forms.ChoiceField(label=_("Rule key"), choices=list(kind.keys.items()))

    def clean_body(self) -> Any:
        body, self.problems = parse(self.cleaned_data["body"])
        if self.problems:
            raise forms.ValidationError(_("The content cannot be read as JSON."))
        return body


class ImportForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Counts for"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    file = forms.FileField(label=_("Rules file"), help_text=_("The JSON of an export. Either every rule in it is published, or none."))
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


def pretty(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, indent=2)
