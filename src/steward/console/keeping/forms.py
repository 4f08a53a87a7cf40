from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.org.forms import DATE

from .kinds import KINDS


class DayForm(forms.Form):
    day = forms.DateField(label=_("On which day"), required=False, widget=DATE)


class HoldForm(forms.Form):
    kind = forms.ChoiceField(label=_("What"), choices=[(kind.key, kind.label) for kind in KINDS.values()])
    customer = forms.CharField(
        label=_("Number of the person concerned"),
        required=False,
        max_length=40,
        help_text=_("Only for the people you serve: the number, or the id in the address of the page. Empty: all of this kind."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
