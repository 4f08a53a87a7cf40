from __future__ import annotations

from itertools import zip_longest
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Kind
from steward.core.catalog.models import ServiceItem
from steward.ground.access.models import Unit
from steward.ground.fields import LocalizedText, localized, offer

from .models import ChecklistTemplate
from .operations import LONGEST, MOST

NEEDED = "*"


class ChecklistForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("For"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    items_zh = forms.CharField(
        label=_("Items in Chinese"),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=MOST * (LONGEST + 3),
        help_text=_("One on each line. With * in front it must be ticked before the case is closed."),
    )
    items_en = forms.CharField(
        label=_("Items in English"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=MOST * (LONGEST + 3),
        required=False,
        help_text=_("The same lines in the same order, or none."),
    )
    automatic = forms.BooleanField(label=_("Put it on such cases when they are opened"), required=False)
    kind = forms.ChoiceField(label=_("Only for this kind"), choices=[("", _("Every kind")), *Kind.choices], required=False)
    service = forms.ModelChoiceField(
        label=_("Only for this service"), queryset=ServiceItem.objects.none(), to_field_name="public_id", required=False
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        above = {pk for unit in units for pk in unit.ancestor_ids}
        offer(self, "service", ServiceItem.objects.filter(closed_at=None, unit_id__in=above).order_by("code"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        zh, en = _lines(data.get("items_zh", "")), _lines(data.get("items_en", ""))
        if en and len(en) != len(zh):
            self.add_error("items_en", _("As many lines as in Chinese, or none."))
        data["lines"] = [
            (_both(one.removeprefix(NEEDED).strip(), other.removeprefix(NEEDED).strip()), one.startswith(NEEDED))
            for one, other in zip_longest(zh, en[: len(zh)], fillvalue="")
        ]
        return data

    def content(self) -> dict[str, Any]:
        data = self.cleaned_data
        name = _both(data["name_zh"].strip(), data["name_en"].strip())
        return {"name": name, "kind": data["kind"], "service": data["service"], "automatic": data["automatic"]}


class ChecklistFilters(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(label=_("State"), choices=[("", _("In use")), ("all", _("All"))], required=False)


def initial_of(row: ChecklistTemplate) -> dict[str, Any]:
    def written(language: str) -> str:
        texts = [(text.get(language, ""), needed) for text, needed in row.lines]
        return "\n".join(f"{NEEDED} {words}" if needed else words for words, needed in texts) if any(words for words, _ in texts) else ""

    return {
        "unit": row.unit.public_id,
        "name_zh": row.name.get("zh-hans", ""),
        "name_en": row.name.get("en", ""),
        "items_zh": written("zh-hans"),
        "items_en": written("en"),
        "automatic": row.automatic,
        "kind": row.kind,
        "service": row.service.public_id if row.service else None,
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().removeprefix(NEEDED).strip()]


def _both(zh: str, en: str) -> LocalizedText:
    return localized(zh, **({"en": en} if en else {}))
