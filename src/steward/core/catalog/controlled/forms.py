from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from steward.core.org.forms import UnitField
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.fields import offer
from steward.ground.worktime.forms import LocalizedNameForm

from ..models import ServiceItem
from . import kinds
from .models import DocumentVersion, Release, ReleaseItem

SEARCH = forms.TextInput(attrs={"type": "search"})
WHEN = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class DocumentFilters(forms.Form):
    q = forms.CharField(label=_("Search by name or code"), required=False, max_length=80, widget=SEARCH)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All but those given up")), ("in_force", _("In force")), ("draft", _("With a draft")), ("closed", _("Given up"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Any")), *((kind.key, kind.label) for kind in kinds.kinds())]  # type: ignore[attr-defined]


class DocumentForm(LocalizedNameForm):
    unit = UnitField(label=_("Unit"), help_text=_("It may hold in this unit and in those below it."))
    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("Small letters, digits and hyphens; it never changes."))
    service = forms.ModelChoiceField(
        label=_("Service"), required=False, queryset=ServiceItem.objects.none(), to_field_name="public_id", empty_label=_("Any")
    )
    owner = forms.ModelChoiceField(
        label=_("Owner of the document"),
        required=False,
        queryset=Staff.objects.none(),
        to_field_name="public_id",
        empty_label=_("Nobody yet"),
    )
    review_months = forms.IntegerField(label=_("Look at it again after so many months"), required=False, min_value=1, max_value=120)
    field_order = ["unit", "code", "name_zh", "name_en", "service", "owner", "review_months"]

    def __init__(self, *args: Any, units: QuerySet[Unit], root: Unit | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        if root is not None:
            offer(self, "service", ServiceItem.objects.filter(closed_at=None, unit__path__startswith=root.path).order_by("code"))
            people = Staff.objects.filter(unit__path__startswith=root.path, ended_date=None).select_related("user")
            offer(self, "owner", people.order_by("user__name"))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ReleaseFilters(forms.Form):
    q = forms.CharField(label=_("Search by name"), required=False, max_length=80, widget=SEARCH)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *Release.State.choices])


class ReleaseForm(forms.Form):
    name = forms.CharField(label=_("What changes"), max_length=200)
    purpose = forms.CharField(label=_("Why"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    units = forms.ModelMultipleChoiceField(
        label=_("Where it is to hold"), queryset=Unit.objects.none(), to_field_name="public_id", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "units", units)


class VersionForm(forms.Form):
    version = forms.ModelChoiceField(
        label=_("Draft or earlier version"), queryset=DocumentVersion.objects.none(), to_field_name="public_id", empty_label=None
    )

    def __init__(self, *args: Any, versions: QuerySet[DocumentVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "version", versions)


class ItemForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What it is"), choices=[choice for choice in ReleaseItem.Kind.choices if choice[0] != ReleaseItem.Kind.DOCUMENT]
    )
    title = forms.CharField(label=_("What is to be done before the date"), max_length=200)
    owner = forms.ModelChoiceField(
        label=_("Who does it"), required=False, queryset=Staff.objects.none(), to_field_name="public_id", empty_label=_("Nobody yet")
    )

    def __init__(self, *args: Any, people: QuerySet[Staff], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner", people)


class ScheduleForm(forms.Form):
    takes_effect_at = forms.DateTimeField(label=_("From when it holds"), widget=WHEN)


class DraftForm(forms.Form):
    """What every editor of a draft ends with: the author's words about the change, and the draft as the author saw it."""

    changes = forms.CharField(
        label=_("What is different, and why"),
        help_text=_("Those who have to know it read this first."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen_at = forms.DateTimeField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "changes"] + ["changes"])

    def content(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The content as it was written; before: as it was."""
        raise NotImplementedError
