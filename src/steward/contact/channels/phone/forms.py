from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.fields import offer

from .models import Call, PhoneSystem


class CallFilters(forms.Form):
    q = forms.CharField(label=_("Number or name"), required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            ("now", _("On the line now")),
            ("waiting", _("Waits to be called back")),
            ("missed", _("Missed")),
            ("ended", _("Call ended")),
        ],
    )
    direction = forms.ChoiceField(label=_("Direction"), required=False, choices=[("", _("All")), *Call.Direction.choices])
    with_me = forms.ChoiceField(label=_("With"), required=False, choices=[("", _("Everybody")), ("me", _("Me"))])


class LogForm(forms.Form):
    """A call that no system told of. Either times or just the length of what is over now."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    direction = forms.ChoiceField(label=_("Direction"), choices=Call.Direction.choices, initial="in", widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("Number of the other side"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    started_at = forms.DateTimeField(
        label=_("Began"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    ended_at = forms.DateTimeField(
        label=_("Call over"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    result = forms.ChoiceField(label=_("How it went"), choices=Call.Result.choices, initial=Call.Result.REACHED)
    notes = forms.CharField(label=_("What was said"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}))
    case_number = forms.CharField(
        label=_("Goes to case"), required=False, max_length=20, help_text=_("Its number. Empty: words that were said open a new case.")
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["key"] = uuid.uuid4().hex
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class RecordingForm(forms.Form):
    file = forms.FileField(label=_("Sound file"), widget=forms.FileInput(attrs={"accept": "audio/*"}))
    consent_note = forms.CharField(
        label=_("How the other side agreed"), required=False, max_length=300, help_text=_("Empty: what the telephone system announces.")
    )


class SystemForm(forms.ModelForm[PhoneSystem]):
    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        help_text=_("Missed calls become cases of this unit."),
    )

    class Meta:
        model = PhoneSystem
        fields = ("name", "enabled", "kind", "callback_minutes", "recording_notice", "recording_days", "recording_max_mb", "replay_seconds")
        labels = {
            "name": _("Name"),
            "enabled": _("Take its events"),
            "kind": _("Kind of new cases"),
            "callback_minutes": _("Call back within, in working minutes"),
            "recording_notice": _("What callers hear about recording"),
            "recording_days": _("Days that recordings are kept"),
            "recording_max_mb": _("Largest recording in MB"),
            "replay_seconds": _("Seconds that a signature is valid"),
        }
        help_texts = {"recording_notice": _("Stands with every recording as the note on consent, unless another is given.")}

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        if self.instance.pk:
            self.initial["unit"] = self.instance.unit.public_id


class ExtensionForm(forms.Form):
    number = forms.RegexField(r"^[0-9A-Za-z*#+_.@-]{1,40}$", label=_("Extension"), max_length=40)
    staff = forms.ModelChoiceField(label=_("Rings for"), queryset=Staff.objects.none(), to_field_name="public_id", empty_label=None)

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "staff", staff)
