from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.org.forms import DATE, UnitField
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.fields import offer

from .models import ChecklistItem, Occasion

ANY: Any = ("", _("Any"))
SHORT = 500
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class RunFilters(forms.Form):
    STATES: ClassVar = [ANY, ("left", _("With something still to do")), ("skipped", _("With something left out"))]

    unit = UnitField(label=_("Unit"), required=False, empty_label=_("Any"))
    occasion = forms.ChoiceField(label=_("Occasion"), choices=[ANY, *Occasion.choices], required=False)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    day = forms.DateField(label=_("Day of the check"), required=False, widget=DATE)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class BeginForm(forms.Form):
    unit = UnitField(label=_("Unit"))
    occasion = forms.ChoiceField(label=_("Occasion"), choices=Occasion.choices)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class DoForm(forms.Form):
    """The proof of an item; which of it is asked for, its checklist says."""

    value = forms.DecimalField(label=_("Measured"), max_digits=12, decimal_places=2, required=False)
    words = forms.CharField(label=_("Remark on it"), max_length=SHORT, required=False)
    photo = forms.FileField(label=_("Photo"), required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=SHORT, required=False)


class LeadForm(forms.Form):
    staff = forms.ModelChoiceField(label=_("Answers for it today"), queryset=Staff.objects.none(), to_field_name="public_id")

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "staff", people)


class HandoverFilters(forms.Form):
    STATES: ClassVar = [ANY, ("waiting", _("Waiting to be taken")), ("disputed", _("With disputed items"))]

    unit = UnitField(label=_("Unit"), required=False, empty_label=_("Any"))
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class UnitChoice(forms.Form):
    unit = UnitField(label=_("Unit"))

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class GiveForm(UnitChoice):
    notes = forms.CharField(
        label=_("Your own notes"),
        help_text=_("One matter on each line; each is accepted or disputed by itself."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class OutcomeForm(forms.Form):
    outcome = forms.CharField(label=_("How it was settled"), max_length=SHORT, required=False)


class TemplateForm(forms.Form):
    unit = UnitField(label=_("For the units of"))
    for_kind = forms.ChoiceField(label=_("Which units do it"), choices=Unit.Kind.choices, initial=Unit.Kind.BRANCH)
    occasion = forms.ChoiceField(label=_("Occasion"), choices=Occasion.choices)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class ItemForm(forms.Form):
    label_zh = forms.CharField(label=_("What is checked"), max_length=80, required=False)
    label_en = forms.CharField(label=_("In English"), max_length=80, required=False)
    due = forms.TimeField(label=_("Until"), required=False, widget=TIME)
    mandatory = forms.BooleanField(label=_("Mandatory"), required=False, initial=True)
    evidence = forms.ChoiceField(label=_("Proof"), choices=ChecklistItem.Evidence.choices, required=False)
    low = forms.DecimalField(label=_("At least"), max_digits=12, decimal_places=2, required=False)
    high = forms.DecimalField(label=_("At most"), max_digits=12, decimal_places=2, required=False)
    measured_in = forms.CharField(label=_("Measured in"), max_length=12, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed = any(data.get(name) not in (None, "") for name in ("label_en", "due", "low", "high", "measured_in"))
        if typed and not (data.get("label_zh") or "").strip():
            self.add_error("label_zh", _("Say what is checked, or empty the whole line."))
        return data


ItemFormSet: Any = forms.formset_factory(ItemForm, extra=4, max_num=60, validate_max=True)
