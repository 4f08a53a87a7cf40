from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steward.core.org.forms import UnitField
from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.fields import offer
from steward.ground.measures.declarations import dimensions, measures
from steward.ground.worktime.forms import LocalizedNameForm

from .models import Decision, Report, ReportSpec, Section
from .operations.specs import MOST_FIGURES

ANY: Any = ("", _("Any"))
SEARCH = forms.TextInput(attrs={"type": "search"})
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NOTES = forms.Textarea(attrs={"rows": 4})
SHORT = forms.Textarea(attrs={"rows": 2})
DIMENSIONS = ("unit", "service", "channel", "kind", "category", "priority")


class ReportFilters(forms.Form):
    q = forms.CharField(label=_("Search by name"), required=False, max_length=80, widget=SEARCH)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All but discarded")), *Report.State.choices])
    grain = forms.ChoiceField(label=_("How often"), required=False, choices=[ANY, *ReportSpec.Grain.choices])
    since = forms.DateField(label=_("Periods since"), required=False, widget=DATE)


class SpecFilters(forms.Form):
    q = forms.CharField(label=_("Search by name"), required=False, max_length=80, widget=SEARCH)
    grain = forms.ChoiceField(label=_("How often"), required=False, choices=[ANY, *ReportSpec.Grain.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("In use")), ("ended", _("Put away"))])


class PersonField(forms.ModelMultipleChoiceField[User]):
    """People of the organisation by their public id."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.username})"


class SpecForm(LocalizedNameForm):
    unit = UnitField(label=_("Unit"), help_text=_("The figures are of this unit and of all below it."))
    grain = forms.ChoiceField(label=_("How often"), choices=ReportSpec.Grain.choices)
    measures = forms.MultipleChoiceField(
        label=pgettext_lazy("report", "Figures"), widget=forms.CheckboxSelectMultiple, help_text=_("At most twelve. Fewer are read better.")
    )
    breakdown = forms.ChoiceField(label=_("Broken down by"), required=False)
    sections = forms.MultipleChoiceField(label=_("Parts"), choices=Section.choices, widget=forms.CheckboxSelectMultiple)
    language = forms.ChoiceField(label=_("Language of the PDF"), choices=settings.LANGUAGES)
    recipients = PersonField(
        label=_("Recipients"), required=False, queryset=User.objects.none(), to_field_name="public_id",
        widget=forms.SelectMultiple(attrs={"size": 8}), help_text=_("They see the report once it is sent or issued, whatever their unit."),
    )  # fmt: skip
    is_scheduled = forms.BooleanField(
        label=_("Make it and send it by itself"), required=False,
        help_text=_("On Monday, or on the first of the month, at 07:30 by the clock of the unit, with the rights you have then."),
    )  # fmt: skip
    field_order = ["name_zh", "name_en", "unit", "grain", "measures", "breakdown", "sections", "language", "recipients", "is_scheduled"]

    def __init__(self, *args: Any, units: QuerySet[Unit], people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        offer(self, "recipients", people)
        self._choose("measures", [(one.id, one.name) for one in measures.all() if one.disclosure != "voice"])
        known = [dimensions.get(name) for name in DIMENSIONS if name in dimensions]
        self._choose("breakdown", [("", _("Not broken down")), *((one.name, one.label) for one in known)])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_measures(self) -> list[str]:
        wanted: list[str] = self.cleaned_data["measures"]
        if len(wanted) > MOST_FIGURES:
            raise forms.ValidationError(_("Choose at most %(most)s figures."), code="too_many", params={"most": MOST_FIGURES})
        return wanted


class PeriodForm(forms.Form):
    """One of the periods that are over."""

    start = forms.ChoiceField(label=pgettext_lazy("report", "Period"))

    def __init__(self, *args: Any, periods: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["start"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = periods


class CommentaryForm(forms.Form):
    part = forms.CharField(max_length=60, widget=forms.HiddenInput)
    text = forms.CharField(label=_("Your words"), max_length=4000, widget=NOTES)


class ChangeForm(forms.Form):
    text = forms.CharField(label=_("Your words"), required=False, max_length=4000, widget=NOTES, help_text=_("Empty: it is taken away."))


class RecommendationForm(forms.Form):
    text = forms.CharField(label=_("Recommendation"), max_length=1000, widget=SHORT)
    question = forms.CharField(label=_("Decision asked for"), max_length=500, widget=SHORT)
    owner = forms.ModelChoiceField(label=_("Who would do it"), queryset=Staff.objects.none(), to_field_name="public_id", empty_label=None)
    due_date = forms.DateField(label=pgettext_lazy("report", "Until"), widget=DATE)

    def __init__(self, *args: Any, people: QuerySet[Staff], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner", people)


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Decision"), choices=Decision.Outcome.choices)
    reason = forms.CharField(label=_("Why"), max_length=1000, widget=SHORT)


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label=_("What is wrong"), max_length=500, widget=SHORT, help_text=_("It is shown on both reports, the old one and the newer.")
    )
