"""Pickers for when, if and then; no field takes code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.cases import wordings
from steward.core.cases.models import Channel, Kind, Priority, State
from steward.core.cases.models.case import UNFINISHED, HoldReason
from steward.core.catalog.models import Category, ServiceItem
from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.fields import LocalizedText, localized, offer

from . import labels
from .matching import NOBODY
from .models import RuleRun, Webhook, WebhookDelivery
from .sending import CODES

LANGUAGES = (("zh-hans", _("Chinese")), ("en", _("English")))
NOTHING = ("", "—")
MOST = 500


class ActionForm(forms.Form):
    """What is done; each action once. `user`: whose organisation is offered, `unit`: whose templates."""

    unit = forms.ModelChoiceField(label=_("For"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    priority = forms.ChoiceField(label=_("Set the priority"), choices=[NOTHING, *Priority.choices], required=False)
    category = forms.ModelChoiceField(label=_("Set the category"), queryset=Category.objects.none(), required=False, empty_label="—")
    assign = forms.ChoiceField(label=_("Hand it to"), choices=[NOTHING], required=False)
    transfer = forms.ModelChoiceField(label=_("Hand it to another unit"), queryset=Unit.objects.none(), required=False, empty_label="—")
    hold = forms.ChoiceField(label=_("Wait or go on"), choices=[NOTHING, ("open", _("Go on with it")), *HoldReason.choices], required=False)
    task = forms.CharField(label=_("Make a task"), max_length=200, required=False)
    task_minutes = forms.IntegerField(label=_("Minutes the task takes"), min_value=1, max_value=1000, initial=15, required=False)
    task_hours = forms.IntegerField(label=_("Hours until the task is due"), min_value=1, max_value=2000, initial=24, required=False)
    reply = forms.ChoiceField(label=_("Send a reply from a template"), choices=[NOTHING], required=False)
    note = forms.CharField(label=_("Write a note"), max_length=500, required=False)
    notify = forms.CharField(label=_("Tell the supervisor"), max_length=120, required=False)

    def __init__(self, *args: Any, user: User, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        root = user.organisation
        offer(self, "unit", units)
        inside = Unit.objects.filter(path__startswith=root.path, closed_at=None).order_by("path") if root else Unit.objects.none()
        offer(self, "transfer", inside[:MOST] if not self.is_bound else inside)
        offer(self, "category", Category.objects.filter(unit__in=inside, closed_at=None).order_by("unit_id", "code"))
        staff = Staff.objects.filter(unit__in=inside, ended_date=None).select_related("user").order_by("user__name", "pk")
        people = [(str(row.pk), row.user.name) for row in staff[:MOST]]
        self._choices("assign", [NOTHING, (NOBODY, _("Nobody: put it back")), *people])
        self._choices("reply", [NOTHING, *dict(words for unit in units[:20] for words in wordings.offered(unit)).items()])

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def name(self) -> LocalizedText:
        data = self.cleaned_data
        return localized(data["name_zh"], **({"en": data["name_en"]} if data["name_en"].strip() else {}))

    def actions(self) -> dict[str, Any]:
        data, found = self.cleaned_data, dict[str, Any]()
        for name in ("priority", "reply", "note", "notify"):
            if data[name]:
                found[name] = data[name].strip()
        for name in ("category", "transfer", "webhook"):
            if data.get(name):
                found[name] = data[name].pk
        if data["assign"]:
            found["assign"] = NOBODY if data["assign"] == NOBODY else int(data["assign"])
        if data["hold"]:
            found["state"] = data["hold"]
        if data["task"].strip():
            found["task"] = {"title": data["task"].strip(), "minutes": data["task_minutes"] or 15, "hours": data["task_hours"] or 24}
        return found

    ACTION_FIELDS = (
        "priority", "category", "assign", "transfer", "hold", "task", "task_minutes", "task_hours", "reply", "note", "notify", "webhook",
    )  # fmt: skip

    def action_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ACTION_FIELDS if name in self.fields]


class RuleForm(ActionForm):
    webhook = forms.ModelChoiceField(label=_("Tell a webhook"), queryset=Webhook.objects.none(), required=False, empty_label="—")
    triggers = forms.MultipleChoiceField(
        label=_("When this happens"), choices=list(labels.TRIGGERS.items()), widget=forms.CheckboxSelectMultiple
    )
    kind = forms.MultipleChoiceField(label=_("Kind"), choices=Kind.choices, required=False, widget=forms.CheckboxSelectMultiple)
    channel = forms.MultipleChoiceField(label=_("Channel"), choices=Channel.choices, required=False, widget=forms.CheckboxSelectMultiple)
    if_priority = forms.MultipleChoiceField(
        label=_("Priority"), choices=Priority.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    state = forms.MultipleChoiceField(
        label=_("State"), choices=[(state.value, state.label) for state in (*UNFINISHED, State.CLOSED)], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    service = forms.ModelMultipleChoiceField(label=_("Service"), queryset=ServiceItem.objects.none(), required=False)
    if_category = forms.ModelMultipleChoiceField(label=_("Category"), queryset=Category.objects.none(), required=False)
    language = forms.MultipleChoiceField(
        label=_("The person's language"), choices=LANGUAGES, required=False, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        label=_("Words in the title"), max_length=300, required=False, help_text=_("Any of them; separate them by commas.")
    )
    unassigned = forms.ChoiceField(
        label=_("Who has it"), choices=[NOTHING, ("yes", _("Nobody has it")), ("no", _("Somebody has it"))], required=False
    )
    older_minutes = forms.IntegerField(label=_("Open for at least (minutes)"), min_value=0, max_value=1_000_000, required=False)

    IF_FIELDS = (
        "kind", "channel", "if_priority", "state", "service", "if_category", "language", "words", "unassigned", "older_minutes",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, units=units, **kwargs)
        root = user.organisation_id
        offer(self, "webhook", Webhook.objects.filter(unit=root, active=True, closed_at=None).order_by("name"))
        offer(self, "service", ServiceItem.objects.filter(unit__path__startswith=f"{root}.", closed_at=None).order_by("unit_id", "code"))
        offer(self, "if_category", Category.objects.filter(unit__path__startswith=f"{root}.", closed_at=None).order_by("unit_id", "code"))

    def if_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.IF_FIELDS]

    def conditions(self) -> dict[str, Any]:
        data, found = self.cleaned_data, dict[str, Any]()
        for name, key in (
            ("kind", "kind"),
            ("channel", "channel"),
            ("if_priority", "priority"),
            ("state", "state"),
            ("language", "language"),
        ):
            if data[name]:
                found[key] = list(data[name])
        for name, key in (("service", "service"), ("if_category", "category")):
            if data[name]:
                found[key] = sorted(row.pk for row in data[name])
        if words := [word.strip() for word in data["words"].replace("，", ",").replace("、", ",").split(",") if word.strip()]:
            found["words"] = words
        if data["unassigned"]:
            found["unassigned"] = data["unassigned"] == "yes"
        if data["older_minutes"]:
            found["older_minutes"] = data["older_minutes"]
        return found


def initial_actions(name: LocalizedText, unit: Unit, actions: dict[str, Any]) -> dict[str, Any]:
    """The form's values for what is saved."""
    task = actions.get("task") or {}
    return {
        "unit": unit.public_id,
        "name_zh": name.get("zh-hans", ""),
        "name_en": name.get("en", ""),
        **{key: actions.get(key, "") for key in ("priority", "category", "transfer", "reply", "note", "notify", "webhook")},
        "assign": str(actions.get("assign", "")),
        "hold": actions.get("state", ""),
        "task": task.get("title", ""),
        "task_minutes": task.get("minutes", 15),
        "task_hours": task.get("hours", 24),
    }


def initial_conditions(triggers: list[str], conditions: dict[str, Any]) -> dict[str, Any]:
    found = {key: conditions.get(key, []) for key in ("kind", "channel", "state", "language", "service")}
    asked = conditions.get("unassigned")
    return {
        **found,
        "triggers": triggers,
        "if_priority": conditions.get("priority", []),
        "if_category": conditions.get("category", []),
        "words": ", ".join(conditions.get("words", [])),
        "unassigned": "" if asked is None else "yes" if asked else "no",
        "older_minutes": conditions.get("older_minutes"),
    }


class WebhookForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    url = forms.CharField(label=_("Address"), max_length=500, widget=forms.TextInput(attrs={"type": "url", "placeholder": "https://"}))
    codes = forms.MultipleChoiceField(
        label=_("What it hears"), choices=[(code, code) for code in CODES], widget=forms.CheckboxSelectMultiple
    )
    active = forms.BooleanField(label=_("Switched on"), required=False, initial=True)
    new_secret = forms.BooleanField(label=_("Make a new secret; the one before no longer counts"), required=False)


class Filters(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(label=_("State"), choices=[("", _("In use")), ("all", _("All"))], required=False)


class RunFilters(forms.Form):
    outcome = forms.ChoiceField(label=_("What became of it"), choices=[("", _("All")), *RuleRun.Outcome.choices], required=False)


class DeliveryFilters(forms.Form):
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *WebhookDelivery.State.choices], required=False)
