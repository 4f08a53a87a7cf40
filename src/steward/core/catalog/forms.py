from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.org.forms import UnitField
from steward.ground.fields import offer
from steward.ground.worktime.forms import LocalizedNameForm

from .models import Category, PromisePolicy, ServiceItem
from .words import CASE_KINDS, PAUSES, PRIORITIES

ANY: Any = ("", _("Any"))
SEARCH = forms.TextInput(attrs={"type": "search"})


class CodeFilters(forms.Form):
    q = forms.CharField(label=_("Search by name or code"), required=False, max_length=80, widget=SEARCH)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("In use")), ("closed", _("No longer in use")), ("all", _("All"))]
    )


class PromiseFilters(forms.Form):
    q = forms.CharField(label=_("Search in the source"), required=False, max_length=80, widget=SEARCH)
    promise_kind = forms.ChoiceField(label=_("Promise"), required=False, choices=[ANY, *PromisePolicy.PromiseKind.choices])
    case_kind = forms.ChoiceField(label=_("Kind of case"), required=False, choices=[ANY, *CASE_KINDS.items()])
    clock = forms.ChoiceField(label=_("Which clock"), required=False, choices=[ANY, *PromisePolicy.Clock.choices])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("In force")), ("unverified", _("In force, not verified yet")), ("ended", _("Ended")), ("all", _("All"))],
    )


class NamedForm(LocalizedNameForm):
    unit = UnitField(label=_("Unit"), help_text=_("It counts for this unit and for those below it."))
    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("Small letters, digits and hyphens; it never changes."))
    field_order = ["unit", "code", "name_zh", "name_en"]

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class CategoryForm(NamedForm):
    parent = forms.ModelChoiceField(
        label=_("Under"),
        required=False,
        queryset=Category.objects.none(),
        to_field_name="public_id",
        empty_label=_("Nothing: a first level"),
    )
    field_order = ["unit", "parent", "code", "name_zh", "name_en"]

    def __init__(self, *args: Any, parents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "parent", parents)


class PromiseForm(forms.Form):
    unit = UnitField(label=_("Unit"), help_text=_("It counts for this unit and for those below it."))
    promise_kind = forms.ChoiceField(label=_("Promise"), choices=PromisePolicy.PromiseKind.choices)
    clock = forms.ChoiceField(
        label=_("Which clock"), choices=PromisePolicy.Clock.choices, help_text=_("A statutory or promised time limit is never paused.")
    )
    case_kind = forms.ChoiceField(label=_("Kind of case"), required=False, choices=[ANY, *CASE_KINDS.items()])
    priority = forms.ChoiceField(label=_("Priority"), required=False, choices=[ANY, *PRIORITIES.items()])
    service = forms.ModelChoiceField(
        label=_("Service"), required=False, queryset=ServiceItem.objects.none(), to_field_name="public_id", empty_label=_("Any")
    )
    amount = forms.IntegerField(label=_("Time limit"), min_value=1, max_value=1_000_000)
    time_unit = forms.ChoiceField(label=_("Counted in"), choices=PromisePolicy.TimeUnit.choices)
    pauses = forms.MultipleChoiceField(
        label=_("Pauses while"), required=False, choices=list(PAUSES.items()), widget=forms.CheckboxSelectMultiple
    )
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("The law with its article, the notice, or the decision this comes from.")
    )
    verified = forms.BooleanField(label=_("I have compared it with its source"), required=False)

    def __init__(self, *args: Any, units: Any, services: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        offer(self, "service", services)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("clock") == PromisePolicy.Clock.STATUTORY and data.get("pauses"):
            self.add_error(
                "pauses", _("A statutory or promised time limit cannot be paused. Use an operational time limit for what may wait.")
            )
        return data


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
