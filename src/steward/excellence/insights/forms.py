from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.fields import offer
from steward.ground.measures.declarations import dimensions, facts, measures

from .asking import all_measures
from .catalogue import CLASS_NAMES, DIRECTIONS
from .layouts import SIZES
from .models import Annotation, SavedAnalysis
from .spans import DEFAULT, SPANS


class CatalogueFilters(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    fact = forms.ChoiceField(label=_("Counted rows"), required=False)
    disclosure = forms.ChoiceField(label=_("Disclosure"), required=False)
    direction = forms.ChoiceField(label=_("Direction"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = {measure.fact for measure in measures.all()}
        self._offer("fact", [(fact.name, str(fact.label)) for fact in facts.all() if fact.name in used])
        self._offer("disclosure", [(code, str(label)) for code, label in CLASS_NAMES.items()])
        self._offer("direction", [(code, str(label)) for code, label in DIRECTIONS.items()])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", str(_("All"))), *choices]


class AnalysisForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    unit = forms.ModelChoiceField(
        label=_("Shared with"), queryset=Unit.objects.none(), to_field_name="public_id", required=False, empty_label=_("Only me")
    )
    note = forms.CharField(
        label=_("What we decided on it"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A decision with its reason, so that it can be looked at again later."),
    )  # fmt: skip
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class ChangeAnalysisForm(AnalysisForm):
    schedule = forms.ChoiceField(label=_("Sent to me by e-mail"), choices=SavedAnalysis.Schedule.choices, required=False)


class AnnotationForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label=_("What kind"), choices=Annotation.Kind.choices)
    text = forms.CharField(label=_("In a few words"), max_length=120, help_text=_("Charts show it. Do not name persons."))

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class AnalysisFilters(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    whose = forms.ChoiceField(label=_("Whose"), choices=[("", _("All")), ("mine", _("Mine")), ("shared", _("Shared"))], required=False)


class AnnotationFilters(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    kind = forms.ChoiceField(label=_("What kind"), choices=[("", _("All")), *Annotation.Kind.choices], required=False)


class BoardForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    unit = forms.ModelChoiceField(
        label=_("Shared with"), queryset=Unit.objects.none(), to_field_name="public_id", required=False, empty_label=_("Only me")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class CardForm(forms.Form):
    measure = forms.ChoiceField(label=_("Measure"))
    span = forms.ChoiceField(label=_("Period"), choices=SPANS.items(), initial=DEFAULT)
    by = forms.ChoiceField(label=_("Groups"), required=False)
    size = forms.ChoiceField(label=_("Size"), choices=SIZES.items(), initial="m")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("measure", [(measure.id, str(measure.name)) for measure in all_measures()])
        self._offer("by", [("", str(_("No breakdown"))), *((one.name, str(one.label)) for one in dimensions.all())])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def card(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("measure", "span", "by", "size")}
