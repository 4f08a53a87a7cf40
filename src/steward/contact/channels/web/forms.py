"""The two things people fill in: the form to write to a unit, and what they add on the tracking page."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.catalog.models import ServiceItem
from steward.core.customers.identities import BadIdentity, normalise
from steward.ground.fields import new_public_id

RADIOS = 7  # up to here all services are seen at once
CONTROL = {chr(code): " " for code in range(32) if chr(code) not in "\n\r\t"} | {"\x7f": " "}
CLEAN = str.maketrans(CONTROL)


def new_key() -> str:
    return uuid.UUID(int=new_public_id().int).hex


class PlainText(forms.CharField):
    """Text without characters that no text has; the rest stays as it was typed."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").translate(CLEAN)


class KeyField(forms.CharField):
    """Made when the page is shown; the same page sent twice does its work once."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, max_length=64, required=False)


class FileForm(forms.Form):
    """A form with a file. When only words are wrong, the browser keeps the chosen file while the form is swapped."""

    attachment = forms.FileField(
        label=_("A picture or a document"), required=False, widget=forms.FileInput(attrs={"hx-preserve": "true"}), max_length=200
    )

    def refuse_file(self, why: str) -> None:
        self.fields["attachment"].widget.attrs.pop("hx-preserve", None)
        self.add_error("attachment", why)


class WordForm(FileForm):
    service = forms.ModelChoiceField(
        label=_("What is it about?"), queryset=ServiceItem.objects.none(), to_field_name="public_id", required=False
    )
    title = PlainText(label=_("In one sentence"), max_length=200, help_text=_("For example: what happened, or what you need."))
    body = PlainText(label=_("In your own words"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 6}))
    name = PlainText(label=_("Your name"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = PlainText(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    email = PlainText(
        label=_("E-mail"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email", "inputmode": "email"}),
    )
    may_contact = forms.BooleanField(
        label=_("You may write to me or call me about this matter, with what I filled in above, and for nothing else."), required=False
    )
    website = forms.CharField(label=_("Leave this empty"), required=False, max_length=200)
    key = KeyField()

    def __init__(self, *args: Any, services: list[ServiceItem], **kwargs: Any) -> None:
        kwargs["initial"] = {"key": new_key(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        field = self.fields["service"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = ServiceItem.objects.filter(pk__in=[service.pk for service in services]).order_by("code")
        field.empty_label = str(_("Something else, or I am not sure"))
        if len(services) <= RADIOS:
            field.widget = forms.RadioSelect(choices=list(field.choices))  # type: ignore[arg-type]  # the stubs miss ModelChoiceIterator

    def clean_phone(self) -> str:
        return self._identity("phone")

    def clean_email(self) -> str:
        return self._identity("email")

    def _identity(self, kind: str) -> str:
        value = str(self.cleaned_data[kind]).strip()
        if value:
            try:
                normalise(kind, value)
            except BadIdentity:
                wrong = {
                    "phone": _("This does not look like a telephone number. Please check it."),
                    "email": _("This does not look like an e-mail address. Please check it."),
                }
                raise forms.ValidationError(wrong[kind], code="bad_identity") from None
        return value

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if (data.get("phone") or data.get("email")) and not data.get("may_contact"):
            self.add_error("may_contact", _("Tick this so that we may use your telephone or e-mail, or leave both empty."))
        return data


class ReplyForm(FileForm):
    """Something to add. A file alone is enough."""

    body = PlainText(label=_("What you want to add"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    key = KeyField()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not (data.get("body") or "").strip() and not data.get("attachment") and not self.errors:
            self.add_error("body", _("Write something, or choose a file."))
        return data


class WithdrawForm(forms.Form):
    words = PlainText(label=_("Why, if you like to say"), max_length=500, required=False)
    sure = forms.BooleanField(label=_("Yes, I withdraw it"))
    key = KeyField()


class VerdictForm(forms.Form):
    solved = forms.ChoiceField(choices=[("yes", _("Solved")), ("no", _("Not solved"))])
    words = PlainText(
        label=_("What is missing, or what you want to tell us"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    key = KeyField()
