"""Forms of the settings: a unit's public form, and a new token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.catalog.models import ServiceItem
from steward.ground.access.models import Unit
from steward.ground.fields import offer

from .models import PublicForm
from .scopes import SCOPES

DAYS = [(30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("One year"))]


class PublicFormForm(forms.ModelForm[PublicForm]):
    welcome_zh = forms.CharField(label=_("Welcome in Chinese"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    welcome_en = forms.CharField(label=_("Welcome in English"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        help_text=_("At the head of the page, for this unit and those below it without one of their own. PNG, JPEG or WebP, at most 1 MB."),
    )
    no_logo = forms.BooleanField(label=_("Take the logo away"), required=False)

    class Meta:
        model = PublicForm
        fields = ("enabled", "slug", "services", "colour", "staff_names")
        labels = {
            "enabled": _("Anybody may write through this form"),
            "slug": _("Word in the address"),
            "services": _("Services to choose from"),
            "colour": _("Colour"),
            "staff_names": _("Who answers, as the reader sees it"),
        }
        help_texts = {
            "slug": _("Small letters, digits and hyphens; it stands on posters and in messages."),
            "services": _("None ticked: all services of the unit."),
            "colour": _("Of the house, such as #1f6f54. It must be dark enough for white text."),
        }
        widgets = {"services": forms.CheckboxSelectMultiple, "staff_names": forms.RadioSelect, "colour": forms.TextInput}

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["services"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = ServiceItem.objects.filter(unit_id__in=unit.ancestor_ids, closed_at=None).order_by("code")
        field.required = False

    def clean_colour(self) -> str:
        """White text stands on it: at least 4.5 to 1 (WCAG 2.2, contrast)."""
        colour = str(self.cleaned_data["colour"])
        if colour and 1.05 / (luminance(colour) + 0.05) < 4.5:
            raise forms.ValidationError(_("White text cannot be read on this colour. Choose a darker one."), code="too_light")
        return colour

    def validate_unique(self) -> None:
        """Whether the address is free is said by the operation."""


class TokenForm(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=80, help_text=_("Such as the name of the program that will use it."))
    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        help_text=_("The token reaches this unit and those below it, no further."),
    )
    acts = forms.ChoiceField(
        label=_("In whose name it acts"),
        choices=[("integration", _("The program's own (an integration of the unit)")), ("me", _("Mine, with my rights at most"))],
        widget=forms.RadioSelect,
        initial="integration",
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[(scope.code, scope.label) for scope in SCOPES.values()],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(label=_("Valid for"), choices=DAYS, coerce=int, initial=90)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)

    @property
    def lasts(self) -> timedelta:
        return timedelta(days=int(self.cleaned_data["days"]))


class TokenFilters(forms.Form):
    state = forms.ChoiceField(label=_("State"), choices=[("", _("Valid")), ("all", _("All"))], required=False)


class FormFilters(forms.Form):
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), ("on", _("Switched on"))], required=False)


def luminance(colour: str) -> float:
    """The relative luminance of #rrggbb, 0 to 1 (WCAG 2.2)."""

    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(colour[start : start + 2]) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
