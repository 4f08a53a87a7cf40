from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.access.purposes import PURPOSES
from steward.ground.fields import offer

from .models import Consent, ContactPoint, Customer


class CustomerFilters(forms.Form):
    q = forms.CharField(
        label=_("Search by name or number"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Any")), *Customer.Kind.choices], required=False)


class RegisterForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    name = forms.CharField(label=_("Full name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Customer.Kind.choices)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    email = forms.CharField(label=_("E-mail"), max_length=120, required=False, widget=forms.TextInput(attrs={"type": "email"}))
    needs = forms.CharField(label=_("Special needs"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class FindForm(forms.Form):
    kind = forms.ChoiceField(label=_("Identity"), choices=[choice for choice in ContactPoint.Kind.choices if choice[0] != "address"])
    value = forms.CharField(label=_("Exactly as given"), max_length=200)
    purpose = forms.ChoiceField(label=_("What for"), choices=list(PURPOSES.items()))


class ChangeForm(forms.ModelForm[Customer]):
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500)

    class Meta:
        model = Customer
        fields = ("name", "kind", "number", "language", "needs")
        labels: ClassVar = {
            "name": _("Full name"),
            "kind": _("Kind"),
            "number": _("Own number"),
            "language": _("Language"),
            "needs": _("Special needs"),
        }
        widgets: ClassVar = {"needs": forms.Textarea(attrs={"rows": 2})}


class ContactForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind.choices)
    value = forms.CharField(label=_("Value"), max_length=200)


class ConsentForm(forms.Form):
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Consent.Purpose.choices)
    given = forms.TypedChoiceField(
        label=_("Decision"), choices=[("yes", _("Agreed")), ("no", _("Refused or withdrawn"))], coerce=lambda value: value == "yes"
    )
    basis = forms.CharField(label=_("How it was said"), max_length=60, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class PurposeForm(forms.Form):
    purpose = forms.ChoiceField(label=_("What for"), choices=list(PURPOSES.items()))
