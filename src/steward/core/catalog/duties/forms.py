from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from steward.core.org.forms import UnitField
from steward.ground.access.models import Role, Unit
from steward.ground.fields import localized, offer
from steward.ground.worktime.forms import LocalizedNameForm

from ..controlled.forms import DraftForm
from ..controlled.models import DocumentVersion
from ..controlled.writing import keyed, rewritten
from .models import Responsibility
from .queries import ORDER

LONGEST = 500


class ActivityFilters(forms.Form):
    q = forms.CharField(label=_("Search by name"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Done here")), ("wrong", _("Left to nobody or to several")), ("closed", _("No longer done"))],
    )


class ActivityForm(LocalizedNameForm):
    unit = UnitField(label=_("Unit"), help_text=_("It counts for this unit and for those below it."))
    field_order = ["unit", "name_zh", "name_en"]

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class ResponsibilityForm(forms.Form):
    """One field for each role: what it has to do with the activity."""

    reason = forms.CharField(label=_("Why it changes"), required=False, max_length=500)

    def __init__(self, *args: Any, roles: list[Role], parts: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Responsibility.Part.choices)
        choices = [(part, f"{part} · {labels[part]}") for part in ORDER]
        self.roles = roles
        for role in roles:
            self.fields[self.name_of(role)] = forms.MultipleChoiceField(
                label=str(role), required=False, choices=choices, widget=forms.CheckboxSelectMultiple, initial=list(parts.get(role.pk, ""))
            )
        self.order_fields([*(self.name_of(role) for role in roles), "reason"])

    @staticmethod
    def name_of(role: Role) -> str:
        return f"role_{role.pk}"

    def chosen(self) -> list[tuple[Role, list[str]]]:
        return [(role, self.cleaned_data[self.name_of(role)]) for role in self.roles]


class CharterForm(DraftForm):
    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.none(), to_field_name="code", empty_label=None)
    purpose = forms.CharField(label=_("What the role is for"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    duties = forms.CharField(
        label=_("Duties"), help_text=_("One on each line."), required=False, widget=forms.Textarea(attrs={"rows": 12}), max_length=50_000
    )

    def __init__(self, *args: Any, roles: QuerySet[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "role", roles)

    def clean_duties(self) -> list[str]:
        found = [line.strip() for line in str(self.cleaned_data["duties"]).splitlines() if line.strip()]
        if any(len(line) > LONGEST for line in found):
            raise forms.ValidationError(_("A duty has at most 500 characters."))
        return list(dict.fromkeys(found))  # twice the same duty is one

    @staticmethod
    def initial_of(draft: DocumentVersion) -> dict[str, Any]:
        content = draft.content
        duties = "\n".join(str(localized(duty["text"])) for duty in content["duties"])
        return {"role": content["role"], "purpose": str(localized(content["purpose"])), "duties": duties}

    def content(self, before: Mapping[str, Any]) -> dict[str, Any]:
        data, language = self.cleaned_data, get_language() or "zh-hans"
        purpose = rewritten(before["purpose"], data["purpose"], language)
        return {"role": data["role"].code, "purpose": purpose, "duties": keyed(data["duties"], before["duties"], language, "d")}
