from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.fields import offer

from .manners import FIELDS
from .models import SmsProvider


class ProviderForm(forms.ModelForm[SmsProvider]):
    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        help_text=_("Messages become cases of this unit."),
    )
    sends = forms.CharField(
        label=_("Secret we send with"),
        required=False,
        max_length=500,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "Key, token or password of the provider. Kept sealed, never shown again; empty keeps the one before. Another address needs it anew."
        ),
    )
    names = forms.CharField(
        label=_("Field names"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=_(
            "One a line, ours = theirs. Ours: to, text, from, id, ref, in_id, in_from, in_text, receipt_ref, receipt_status, delivered, failed."
        ),
    )
    words = forms.CharField(
        label=_("Words that end messages"),
        required=False,
        max_length=500,
        help_text=_("Separated by commas. The whole message has to be one of them."),
    )

    class Meta:
        model = SmsProvider
        fields = (
            "enabled", "name", "manner", "url", "shape", "signing", "account", "sender", "kind", "thread_days", "max_segments", "replay_seconds",
        )  # fmt: skip
        labels = {
            "enabled": _("Send and take messages"),
            "name": _("Name"),
            "manner": _("How it speaks"),
            "url": _("Address that messages are sent to"),
            "shape": _("Form of the body"),
            "signing": _("How we prove who we are"),
            "account": _("Account or user name"),
            "sender": _("Sender or signature"),
            "kind": _("Kind of new cases"),
            "thread_days": _("Days in which an answer belongs to the same case"),
            "max_segments": _("Most parts of one message"),
            "replay_seconds": _("Seconds that a signature is valid"),
        }
        help_texts = {"url": _("Begins with https://.")}

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        if self.instance.pk:
            self.initial["unit"] = self.instance.unit.public_id
        self.initial["names"] = "\n".join(f"{key} = {value}" for key, value in self.instance.fields.items())
        self.initial["words"] = ", ".join(self.instance.stop_words)

    def clean_names(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in str(self.cleaned_data["names"]).splitlines():
            if not line.strip():
                continue
            ours, sign, theirs = (part.strip() for part in line.partition("="))
            if not sign or ours not in FIELDS or not re.match(r"[\w.-]{1,60}\Z", theirs):
                raise forms.ValidationError(
                    _("“%(line)s” is not of the form ours = theirs."), code="bad_line", params={"line": line.strip()[:60]}
                )
            found[ours] = theirs
        return found

    def clean_words(self) -> list[str]:
        found = [word.strip() for word in re.split(r"[,，、;；\n]", str(self.cleaned_data["words"]))]
        return [word[:30] for word in found if word][:30]


class TestForm(forms.Form):
    number = forms.CharField(label=_("Your own number"), max_length=40, widget=forms.TextInput(attrs={"type": "tel"}))
