"""The form of a routing rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Channel, Kind, Priority, RoutingRule
from steward.core.cases.routing import Terms, WantedSkill
from steward.core.catalog.models import ServiceItem
from steward.core.customers.models import Customer
from steward.core.org.forms import DATE, UnitField
from steward.core.org.models import Skill
from steward.ground.fields import offer
from steward.ground.worktime.forms import LocalizedNameForm

MORE_SKILLS = 2  # empty lines beneath the skills there are
LEVELS = [("1", _("1 learning")), ("2", _("2 with help")), ("3", _("3 alone")), ("4", _("4 expert")), ("5", _("5 teaches it"))]


class SkillForm(LocalizedNameForm):
    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("Letters and digits; it stays for ever."))


def _several(label: Any, choices: Sequence[Any]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple)


class RuleForm(forms.Form):
    """unit is asked only for a new rule: a rule stays where it is."""

    unit = UnitField(label=_("Unit"))
    name = forms.CharField(label=_("Name"), max_length=80)
    kinds = _several(_("Kinds"), Kind.choices)
    channels = _several(_("Channels"), Channel.choices)
    priorities = _several(_("Priorities"), Priority.choices)
    languages = _several(_("Languages"), settings.LANGUAGES)
    customer_kinds = _several(_("Who asks"), Customer.Kind.choices)
    services = forms.ModelMultipleChoiceField(
        label=_("Services"), queryset=ServiceItem.objects.none(), to_field_name="public_id", required=False
    )
    strategy = forms.ChoiceField(label=_("Who gets it"), choices=RoutingRule.Strategy.choices)
    continuity_days = forms.IntegerField(
        label=_("Same person again, within days"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=_("Whoever worked for the same person in these days comes first. Empty: not looked at."),
    )
    take_back_minutes = forms.IntegerField(
        label=_("Take back after minutes"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=_("Working time in which nothing happened; then somebody else gets the case. Empty: it stays."),
    )
    with_leads = forms.BooleanField(label=_("Also those who hand out work"), required=False)
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    valid_from_date = forms.DateField(label=_("From"), required=False, widget=DATE)
    valid_to_date = forms.DateField(label=_("Until"), required=False, widget=DATE)

    def __init__(self, *args: Any, units: Any, services: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "services", services)
        if units is None:
            del self.fields["unit"]
        else:
            offer(self, "unit", units)


class SkillLine(forms.Form):
    skill = forms.ModelChoiceField(label=_("Skill"), queryset=Skill.objects.none(), to_field_name="public_id", required=False)
    level = forms.TypedChoiceField(label=_("At least"), choices=LEVELS, coerce=int, initial="3")
    relax_after_minutes = forms.IntegerField(label=_("Not needed after minutes of waiting"), required=False, min_value=1, max_value=100_000)

    def __init__(self, *args: Any, skills: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "skill", skills)


class SkillLines(forms.BaseFormSet[SkillLine]):
    def clean(self) -> None:
        chosen = [line.cleaned_data.get("skill") for line in self.forms if line.is_valid() and line.cleaned_data.get("skill")]
        if len(chosen) != len(set(chosen)):
            raise forms.ValidationError(_("The same skill stands there twice."))


SkillFormSet = forms.formset_factory(SkillLine, formset=SkillLines, extra=MORE_SKILLS, max_num=12)


def initial_of(rule: RoutingRule) -> dict[str, Any]:
    plain = ("name", "kinds", "channels", "priorities", "languages", "customer_kinds", "strategy", "continuity_days", "take_back_minutes")
    rest = ("with_leads", "active", "valid_from_date", "valid_to_date")
    values = {name: getattr(rule, name) for name in (*plain, *rest)}
    return values | {"services": list(ServiceItem.objects.filter(pk__in=rule.services).values_list("public_id", flat=True))}


def skills_of(rule: RoutingRule) -> list[dict[str, Any]]:
    rows = rule.skills.select_related("skill").order_by("pk")
    return [{"skill": row.skill.public_id, "level": str(row.level), "relax_after_minutes": row.relax_after_minutes} for row in rows]


def terms_of(data: dict[str, Any], lines: forms.BaseFormSet[SkillLine]) -> Terms:
    """What the two forms say, once they are valid."""
    wanted = [WantedSkill(line["skill"], line["level"], line["relax_after_minutes"]) for line in lines.cleaned_data if line.get("skill")]
    return Terms(**{name: value for name, value in data.items() if name != "unit"}, skills=wanted)
