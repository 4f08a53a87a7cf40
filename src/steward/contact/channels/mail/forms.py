from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.catalog.models import Category, ServiceItem
from steward.ground.access.models import Unit
from steward.ground.delivery.recipients import is_email
from steward.ground.fields import offer

from .models import Mailbox, RawMail

HOST = re.compile(r"^[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,198})$")


class MailboxForm(forms.ModelForm[Mailbox]):
    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        help_text=_("Mails become cases of this unit."),
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept sealed and never shown again. Empty: the one before stays. Another server or user needs it anew."),
    )
    client_secret = forms.CharField(
        label=_("Client secret"), required=False, max_length=2000, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    refresh_token = forms.CharField(
        label=_("Refresh token"), required=False, max_length=8000, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    class Meta:
        model = Mailbox
        fields = (
            "enabled", "address", "name", "imap_host", "imap_port", "imap_tls", "folder", "smtp_host", "smtp_port", "smtp_tls", "user", "auth",
            "token_url", "client_id", "kind", "service", "category", "acknowledges",
        )  # fmt: skip
        labels = {
            "enabled": _("Read this mailbox"),
            "address": _("Address"),
            "name": _("Name that readers see"),
            "imap_host": _("IMAP server"),
            "imap_port": _("IMAP port"),
            "imap_tls": _("IMAP encryption"),
            "folder": _("Folder"),
            "smtp_host": _("SMTP server"),
            "smtp_port": _("SMTP port"),
            "smtp_tls": _("SMTP encryption"),
            "user": _("User name"),
            "auth": _("Way to sign in"),
            "token_url": _("Token endpoint"),
            "client_id": _("Client id"),
            "kind": _("Kind of new cases"),
            "service": _("Service"),
            "category": _("Category"),
            "acknowledges": _("Tell people that their mail has arrived"),
        }
        help_texts = {
            "name": _("Empty: the name of the unit."),
            "imap_host": _("Its name or address, also inside your own network. Mails stay on the server as they are."),
            "smtp_host": _("Empty: the mail server of the installation sends."),
            "token_url": _("Only for OAuth 2; begins with https://."),
            "acknowledges": _("Never to programs, and a few times an hour at most to one address."),
        }

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        ids = {pk for unit in units for pk in unit.ancestor_ids}
        offer(self, "service", ServiceItem.objects.filter(unit_id__in=ids, closed_at=None).order_by("code"))
        offer(self, "category", Category.objects.filter(unit_id__in=ids, closed_at=None).order_by("code"))
        if self.instance.pk:
            self.initial["unit"] = self.instance.unit.public_id

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).strip().lower()
        if not is_email(address):
            raise forms.ValidationError(_("This is no plain e-mail address."), code="bad_address")
        return address

    def clean_imap_host(self) -> str:
        return _host(self.cleaned_data["imap_host"])

    def clean_smtp_host(self) -> str:
        return _host(self.cleaned_data["smtp_host"])

    def clean_token_url(self) -> str:
        url = str(self.cleaned_data["token_url"]).strip()
        if url and not re.match(r"^https://[A-Za-z0-9]", url):
            raise forms.ValidationError(_("The address of the token endpoint begins with https://."), code="no_https")
        return url

    def validate_unique(self) -> None:
        """Whether the address is free is said by the operation."""


class MailboxFilters(forms.Form):
    q = forms.CharField(label=_("Address"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), ("on", _("Switched on")), ("wrong", _("With an error"))]
    )


class MailFilters(forms.Form):
    q = forms.CharField(label=_("Sender or subject"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"}))
    outcome = forms.ChoiceField(
        label=_("What became of it"), required=False, choices=[("", _("Waits for a decision")), ("all", _("All")), *RawMail.Outcome.choices]
    )
    reason = forms.ChoiceField(label=_("Reason"), required=False, choices=[("", _("Any")), *RawMail.Reason.choices])


def _host(value: str) -> str:
    host = value.strip()
    if host and not HOST.match(host):
        raise forms.ValidationError(_("This is no name of a server."), code="bad_host")
    return host
