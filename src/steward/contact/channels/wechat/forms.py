from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.catalog.models import ServiceItem
from steward.ground.access.models import Unit
from steward.ground.fields import offer

from .keys import Secrets
from .models import WechatAccount

KEPT = _("Kept sealed, never shown again; empty keeps the one before. Another account needs it anew.")


def _secret(label: Any, help_text: Any = KEPT, most: int = 200) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, required=False, max_length=most, strip=True, widget=widget, help_text=help_text)


class AccountForm(forms.ModelForm[WechatAccount]):
    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        help_text=_("What people write becomes cases of this unit."),
    )
    service = forms.ModelChoiceField(label=_("Service"), queryset=ServiceItem.objects.none(), to_field_name="public_id", required=False)
    token = _secret(_("Token"), most=32)
    aes_key = _secret(
        _("EncodingAESKey"), _("43 letters and digits. With it only encrypted messages are taken. Empty keeps the one before."), 43
    )
    secret = _secret(_("Secret"), most=100)

    class Meta:
        model = WechatAccount
        fields = ("enabled", "name", "manner", "app_id", "agent_id", "kind", "thread_days", "replay_seconds")
        labels = {
            "enabled": _("Switch the account on"),
            "name": _("Name"),
            "manner": _("Kind of account"),
            "app_id": _("AppID or CorpID"),
            "agent_id": _("AgentId"),
            "kind": _("Kind of new cases"),
            "thread_days": _("Days in which an answer belongs to the same case"),
            "replay_seconds": _("Seconds that a signature is valid"),
        }
        help_texts = {"agent_id": _("Of an application in WeCom; empty for an official account.")}

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        ids = {pk for unit in units for pk in unit.ancestor_ids}
        offer(self, "service", ServiceItem.objects.filter(unit_id__in=ids, closed_at=None).order_by("code"))
        if self.instance.pk:
            self.initial["unit"] = self.instance.unit.public_id
            self.initial["service"] = self.instance.service.public_id if self.instance.service else None

    @property
    def secrets(self) -> Secrets:
        return Secrets(*(str(self.cleaned_data[name]) for name in ("token", "aes_key", "secret")))
