from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.catalog.models import ServiceItem
from steward.core.customers.identities import BadIdentity, normalise
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.fields import offer

from ..web.forms import FileForm, KeyField, PlainText, new_key
from .models import ChatSite

LONGEST = 4000


class OpeningForm(forms.Form):
    """The first words; who and how to reach are left out by whoever likes to."""

    body = PlainText(label=_("What is it about?"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3, "data-grows": ""}))
    name = PlainText(label=_("Your name"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    contact = PlainText(
        label=_("Telephone or e-mail"),
        max_length=200,
        required=False,
        help_text=_("So that we can answer you if the connection breaks."),
    )
    may_contact = forms.BooleanField(
        label=_("You may write to me or call me there about this matter, and for nothing else."), required=False
    )
    website = forms.CharField(label=_("Leave this empty"), required=False, max_length=200)

    def clean_contact(self) -> str:
        value = str(self.cleaned_data["contact"]).strip()
        if value:
            try:
                normalise("email" if "@" in value else "phone", value)
            except BadIdentity:
                wrong = _("This is neither a telephone number nor an e-mail address. Please check it.")
                raise forms.ValidationError(wrong, code="bad_identity") from None
        return value

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("contact") and not data.get("may_contact"):
            self.add_error("may_contact", _("Tick this so that we may use it, or leave the field above empty."))
        return data


class LeaveForm(OpeningForm, FileForm):
    """Words for later: without a way to reach them, nobody could answer."""

    key = KeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": new_key(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["contact"].required = True
        self.fields["contact"].help_text = _("There we answer you.")
        self.order_fields(["body", "attachment", "name", "contact", "may_contact"])


class WordForm(forms.Form):
    """One word of either side. A file alone is enough."""

    body = PlainText(max_length=LONGEST, required=False)
    attachment = forms.FileField(required=False, max_length=200)
    key = forms.RegexField(r"^[A-Za-z0-9_-]{8,64}$")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not (data.get("body") or "").strip() and not data.get("attachment") and not self.errors:
            self.add_error("body", _("Write something, or choose a file."))
        return data


class FinishForm(forms.Form):
    close = forms.BooleanField(label=_("Close the case as answered"), required=False)


class HandoverForm(forms.Form):
    to = forms.ModelChoiceField(
        label=_("To whom"), queryset=Staff.objects.none(), to_field_name="public_id", required=False,
        empty_label=_("Whoever is free (by the rules)"),
    )  # fmt: skip
    words = PlainText(label=_("What they should know"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ChatSiteForm(forms.ModelForm[ChatSite]):
    origins_text = forms.CharField(
        label=_("Pages it stands on"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One origin on each line, such as https://www.example.com. Only these pages can show the chat."),
    )
    greeting_zh = forms.CharField(label=_("Greeting in Chinese"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    greeting_en = forms.CharField(label=_("Greeting in English"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    queue = forms.ModelChoiceField(
        label=_("Who answers"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None,
        help_text=_("New cases open in this unit; those who work there take them."),
    )  # fmt: skip

    class Meta:
        model = ChatSite
        fields = (
            "enabled", "queue", "kind", "service", "by_calendar", "gone_minutes", "idle_minutes", "per_address", "per_hour", "per_minute",
            "files_per_hour",
        )  # fmt: skip
        labels = {
            "enabled": _("Visitors may write in the chat"),
            "kind": _("Kind of new cases"),
            "service": _("Service"),
            "by_calendar": _("Open in working hours only"),
            "gone_minutes": _("Minutes until somebody who closed the page counts as gone"),
            "idle_minutes": _("Minutes of silence until a conversation ends"),
            "per_address": _("Conversations from one address in an hour"),
            "per_hour": _("Conversations from all addresses in an hour"),
            "per_minute": _("Messages in one conversation in a minute"),
            "files_per_hour": _("Files in one conversation in an hour"),
        }
        help_texts = {
            "by_calendar": _(
                "The hours of the unit that answers. Outside them, and while nobody is there, visitors leave their words in a form."
            ),
        }

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        below = Unit.objects.filter(path__startswith=unit.path, closed_at=None).order_by("path")
        offer(self, "queue", below)
        offer(self, "service", ServiceItem.objects.filter(unit_id__in=unit.ancestor_ids, closed_at=None).order_by("code"))
        self.initial["queue"] = (self.instance.queue if self.instance.pk else unit).public_id
        for name in ("gone_minutes", "idle_minutes", "per_address", "per_hour", "per_minute", "files_per_hour"):
            field = self.fields[name]
            assert isinstance(field, forms.IntegerField)
            field.min_value = 1
            field.widget.attrs["min"] = 1
            field.validators.append(_at_least_one)

    def validate_unique(self) -> None:
        """There is one chat for each unit; the operation sees to it."""


class ChatSiteFilters(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), ("on", _("Switched on"))])


def _at_least_one(value: int) -> None:
    if value < 1:
        raise forms.ValidationError(_("At least 1."), code="too_small")
