from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Kind
from steward.core.catalog.models import ServiceItem
from steward.core.customers.models import Customer
from steward.ground.access.models import Unit
from steward.ground.fields import offer


class WalkinForm(forms.Form):
    """key: made anew for each entry on the telephone. written_at: when it was written there, in ISO form."""

    kind = forms.ChoiceField(label=_("What is it"), choices=Kind.choices, initial=Kind.ENQUIRY, widget=forms.RadioSelect)
    words = forms.CharField(label=_("In their words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    who = forms.CharField(
        label=_("Who"), required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "search"})
    )
    customer = forms.ModelChoiceField(queryset=Customer.objects.none(), required=False, to_field_name="public_id")
    service = forms.ModelChoiceField(label=_("Service"), queryset=ServiceItem.objects.none(), required=False, to_field_name="public_id")
    unit = forms.ModelChoiceField(label=_("Where"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    result = forms.CharField(label=_("What was done"), required=False, max_length=2000)
    solved = forms.BooleanField(required=False)
    key = forms.CharField(max_length=60)
    written_at = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, units: Any, customers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        offer(self, "customer", customers)
        ids = {pk for unit in units for pk in unit.ancestor_ids}
        offer(self, "service", ServiceItem.objects.filter(unit_id__in=ids, closed_at=None).order_by("code"))

    def clean_written_at(self) -> datetime | None:
        """A clock that says nonsense says nothing."""
        try:
            found = datetime.fromisoformat(str(self.cleaned_data["written_at"]).strip())
        except ValueError:
            return None
        return found if found.tzinfo is not None else None
