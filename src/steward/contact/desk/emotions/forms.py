from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Message
from steward.core.org.forms import SEARCH, UnitField
from steward.ground.fields import offer

from .models import AbuseRecord, EmotionFlag

SHORT = 500


class FlagForm(forms.Form):
    level = forms.ChoiceField(label=_("How it is"), choices=EmotionFlag.Level.choices)
    words = forms.CharField(label=_("What you noticed"), max_length=SHORT, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=SHORT, required=False)


class AbuseForm(forms.Form):
    kind = forms.ChoiceField(label=_("What happened"), choices=AbuseRecord.Kind.choices)
    words = forms.CharField(label=_("What was said or done"), max_length=SHORT)
    message = forms.ModelChoiceField(
        label=_("Message that shows it"), queryset=Message.objects.none(), to_field_name="public_id", required=False,
        empty_label=_("None: it was said aloud"),
    )  # fmt: skip

    def __init__(self, *args: Any, messages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "message", messages)
        self.fields["message"].label_from_instance = lambda row: f"{row.at:%m-%d %H:%M} {row.body[:40]}"  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(label=_("Decision"), choices=AbuseRecord.Decision.choices)
    reason = forms.CharField(label=_("Reason"), max_length=SHORT, required=False)


class DebriefForm(forms.Form):
    words = forms.CharField(label=_("For yourself and your supervisor"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class PeopleFilters(forms.Form):
    q = forms.CharField(label=_("Name"), required=False, max_length=80, widget=SEARCH)
    unit = UnitField(label=_("Unit"), required=False, empty_label=_("Any"))

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
