from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steward.core.cases.details import PREFIX
from steward.core.cases.models import Kind
from steward.core.catalog.models import Category, ServiceItem
from steward.ground.access.models import Unit
from steward.ground.fields import localized, offer

from .answers import LONGEST, values_of
from .models import FieldDefinition, FieldType, FieldVersion, Required

ANY = ("", _("Any"))
MOST_CHOICES = 100
_VALUE = re.compile(r"[a-z0-9_]{1,40}\Z")


class AnswersForm(forms.Form):
    """The fields themselves, for whoever answers them. It shows; the operation judges."""

    use_required_attribute = False

    def __init__(self, rows: Sequence[FieldVersion], given: Mapping[str, str], auto_id: str = "field_%s") -> None:
        super().__init__(auto_id=auto_id, initial={f"{PREFIX}{key}": value for key, value in given.items()})
        for row in rows:
            self.fields[f"{PREFIX}{row.field.key}"] = _field(row)

    def of(self, row: FieldVersion) -> forms.BoundField:
        return self[f"{PREFIX}{row.field.key}"]


def _field(row: FieldVersion) -> forms.Field:
    options: dict[str, Any] = {
        "label": str(row.name) if row.type != FieldType.AMOUNT else f"{row.name} ({row.currency})",
        "help_text": str(row.help),
        "required": row.required != Required.NEVER,
    }
    if row.type in (FieldType.CHOICE, FieldType.YES_NO):
        words = {"yes": _("Yes"), "no": _("No")} if row.type == FieldType.YES_NO else {}
        return forms.ChoiceField(
            choices=[("", "—"), *((value, words.get(value) or row.label_of(value)) for value in values_of(row))], **options
        )
    if row.type == FieldType.DATE:
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **options)
    if row.type in (FieldType.NUMBER, FieldType.AMOUNT):
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), max_length=30, **options)
    return forms.CharField(max_length=LONGEST, **options)


class FieldForm(forms.Form):
    """One wording of a field, as it is set up."""

    unit = forms.ModelChoiceField(label=_("For"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    key = forms.RegexField(
        label=_("Key"),
        regex=r"^[a-z][a-z0-9_]{1,39}$",
        help_text=_("Small letters, digits and _, such as colour. For the interface and exports; it never changes."),
    )
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    help_zh = forms.CharField(label=_("Hint in Chinese"), max_length=200, required=False)
    help_en = forms.CharField(label=_("Hint in English"), max_length=200, required=False)
    type = forms.ChoiceField(label=_("Type of answer"), choices=FieldType.choices)
    choices = forms.CharField(
        label=_("Answers to choose from"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=5000,
        help_text=_("One a line: code | Chinese | English"),
    )
    currency = forms.RegexField(
        label=_("Currency"), regex=r"^[A-Z]{3}$", initial="CNY", required=False, help_text=_("For amounts of money.")
    )
    required = forms.ChoiceField(label=pgettext_lazy("field", "Needed"), choices=Required.choices, initial=Required.NEVER)
    kind = forms.ChoiceField(label=_("Kind"), choices=[ANY, *Kind.choices], required=False)
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.none(), to_field_name="public_id", required=False, empty_label=_("Any")
    )
    service = forms.ModelChoiceField(
        label=_("Service"), queryset=ServiceItem.objects.none(), to_field_name="public_id", required=False, empty_label=_("Any")
    )
    asks_after = forms.ModelChoiceField(
        label=_("Asked only if this field"),
        queryset=FieldDefinition.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("(always asked)"),
    )
    asks_values = forms.CharField(
        label=_("has one of these answers"),
        required=False,
        max_length=500,
        help_text=_("Codes with commas between; yes and no for a field of yes or no."),
    )
    order = forms.IntegerField(label=_("Place in the order"), min_value=0, max_value=10_000, initial=100)
    personal = forms.BooleanField(label=_("The answer says something about a person"), required=False)
    public = forms.BooleanField(label=_("Also ask on the public form"), required=False)

    def __init__(self, *args: Any, units: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        offer(self, "asks_after", others)
        roots = Unit.objects.filter(pk__in={unit.root_id for unit in units}).values_list("path", flat=True)
        path = next(iter(roots), None)
        for name, model in (("category", Category), ("service", ServiceItem)):
            rows = model._default_manager.filter(closed_at=None, unit__path__startswith=path) if path else model._default_manager.none()
            offer(self, name, rows.order_by("code"))

    def clean_choices(self) -> list[dict[str, Any]]:
        lines = [line for line in self.cleaned_data["choices"].splitlines() if line.strip()]
        found = []
        for line in lines[:MOST_CHOICES]:
            parts = [part.strip() for part in re.split(r"[|｜]", line)]
            if len(parts) not in (2, 3) or not _VALUE.match(parts[0]) or not parts[1]:
                raise forms.ValidationError(
                    _now("Write each answer as: code | Chinese | English. This line is not: %(line)s") % {"line": line[:60]}
                )
            label = {"zh-hans": parts[1][:60]} | ({"en": parts[2][:60]} if len(parts) > 2 and parts[2] else {})
            found.append({"value": parts[0], "label": label})
        return found

    def content(self) -> dict[str, Any]:
        """The columns of the version."""
        data = self.cleaned_data
        plain = ("type", "personal", "public", "required", "kind", "category", "service", "asks_after", "order")
        values = [value.strip() for value in re.split(r"[,，、]", data["asks_values"]) if value.strip()]
        return {name: data[name] for name in plain} | {
            "name": _text(data["name_zh"], data["name_en"]),
            "help": _text(data["help_zh"], data["help_en"]),
            "choices": data["choices"] if data["type"] == FieldType.CHOICE else [],
            "currency": (data["currency"] or "CNY") if data["type"] == FieldType.AMOUNT else "",
            "asks_values": values if data["asks_after"] else [],
        }


def _text(zh: str, en: str) -> Any:
    return localized(zh, **({"en": en} if en.strip() else {}))


def initial_of(row: FieldVersion) -> dict[str, Any]:
    """What stands in the form of a field that is there already."""
    lines = [" | ".join(filter(None, (one["value"], one["label"].get("zh-hans", ""), one["label"].get("en", "")))) for one in row.choices]
    rows = {name: getattr(row, name) for name in ("type", "personal", "public", "required", "kind", "order")}
    shared = {name: one.public_id for name in ("category", "service", "asks_after") if (one := getattr(row, name)) is not None}
    return {
        **rows,
        **shared,
        "unit": row.field.unit.public_id,
        "key": row.field.key,
        "name_zh": row.name.get("zh-hans", ""),
        "name_en": row.name.get("en", ""),
        "help_zh": row.help.get("zh-hans", ""),
        "help_en": row.help.get("en", ""),
        "choices": "\n".join(lines),
        "currency": row.currency or "CNY",
        "asks_values": ", ".join(row.asks_values),
    }


class FieldFilters(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(label=_("State"), choices=[("", _("In use")), ("all", _("All"))], required=False)


class PlaceForm(forms.Form):
    """The case that a preview is for."""

    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None, required=False
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.REQUEST, required=False)
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.none(), to_field_name="public_id", required=False)
    service = forms.ModelChoiceField(label=_("Service"), queryset=ServiceItem.objects.none(), to_field_name="public_id", required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        paths = list(Unit.objects.filter(pk__in={unit.root_id for unit in units}).values_list("path", flat=True))
        for name, model in (("category", Category), ("service", ServiceItem)):
            rows = (
                model._default_manager.filter(closed_at=None, unit__path__startswith=paths[0]) if paths else model._default_manager.none()
            )
            offer(self, name, rows.order_by("code"))
