from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Drift, ModelReview, ModelSwitch

SHORT = forms.Textarea(attrs={"rows": 2})
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
STANDINGS = [("", _("Any")), ("yes", _("Smaller error than the baseline")), ("no", _("Not better than the baseline"))]


class RunFilters(forms.Form):
    beats = forms.ChoiceField(label=_("Beside the baseline"), required=False, choices=STANDINGS)
    drift = forms.ChoiceField(label=_("Drift"), required=False, choices=[("", _("Any")), *Drift.choices])
    since = forms.DateField(label=_("Since"), required=False, widget=DATE)


class SwitchForm(forms.Form):
    turn = forms.ChoiceField(choices=ModelSwitch.Turn.choices)
    reason = forms.CharField(label=_("Why"), max_length=1000, widget=SHORT)


class OverrideForm(forms.Form):
    day = forms.DateField(label=_("Day"), widget=DATE)
    value = forms.FloatField(label=_("Cases expected"), min_value=0, max_value=1_000_000)
    reason = forms.CharField(label=_("Why"), max_length=1000, widget=SHORT)


class ReviewForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Result"), choices=ModelReview.Outcome.choices)
    reason = forms.CharField(label=_("What was looked at"), max_length=2000, widget=SHORT)
    next_date = forms.DateField(
        label=_("Look again on"), required=False, widget=DATE, help_text=_("Empty: after the days that the rule gives.")
    )
