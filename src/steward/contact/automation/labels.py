"""The words for triggers, fields, actions and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from steward.core.cases.models import Priority, State
from steward.core.cases.models.case import HoldReason, label_of
from steward.core.catalog.models import Category
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.science.inference import Verdict

from .matching import NOBODY
from .models import Webhook

TRIGGERS: dict[str, str | Promise] = {
    "opened": gettext_lazy("A case is opened"),
    "message_in": gettext_lazy("Something comes in"),
    "reply_sent": gettext_lazy("An answer goes out"),
    "note_added": gettext_lazy("A note is written"),
    "assigned": gettext_lazy("A case is handed over or put back"),
    "held": gettext_lazy("A case is put on hold"),
    "resumed": gettext_lazy("Work begins or goes on"),
    "closed": gettext_lazy("A case is closed"),
    "reopened": gettext_lazy("A case is reopened"),
    "transferred": gettext_lazy("A case goes to another unit"),
    "priority_changed": gettext_lazy("The priority changes"),
    "category_changed": gettext_lazy("The category changes"),
    "kind_changed": gettext_lazy("The kind changes"),
    "service_changed": gettext_lazy("The service changes"),
    "due_soon": gettext_lazy("A promise is soon due"),
    "missed": gettext_lazy("A promise is missed"),
}
FIELDS: dict[str, str | Promise] = {
    "unit": gettext_lazy("the unit"),
    "category": gettext_lazy("the category"),
    "priority": gettext_lazy("the priority"),
    "assignee": gettext_lazy("who has it"),
    "state": gettext_lazy("waiting or not"),
    "events": gettext_lazy("answers and notes"),
}
MADE: dict[str, str | Promise] = {
    "task": gettext_lazy("a task"),
    "reply": gettext_lazy("a reply"),
    "note": gettext_lazy("a note"),
    "notify": gettext_lazy("told the supervisor"),
    "webhook": gettext_lazy("told a webhook"),
}
SENT: dict[str, str | Promise] = {
    "not_a_url": gettext_lazy("it is no web address"),
    "not_https": gettext_lazy("it is not https"),
    "credentials": gettext_lazy("it holds a name or password"),
    "bad_host": gettext_lazy("its host is written in a form that hides the address"),
    "unknown_host": gettext_lazy("its host is not known"),
    "private_address": gettext_lazy("its host is inside a private network"),
    "no_answer": gettext_lazy("no answer came"),
    "not_accepted": gettext_lazy("the other side did not accept it"),
    "secret_lost": gettext_lazy("the key of its secret is not here"),
    "switched_off": gettext_lazy("the webhook is switched off"),
}
STATES = {"draft": ("muted", ""), "tried": ("waiting", ""), "on": ("ok", ""), "off": ("muted", "")}
LEFT: dict[str, str | Promise] = {
    "confidential": gettext_lazy("the case is confidential"),
    "too_deep": gettext_lazy("too many rules followed one another"),
    "forbidden": gettext_lazy("not allowed"),
    "already_closed": gettext_lazy("the case was closed"),
    "not_open": gettext_lazy("the state of the case did not allow it"),
    "needs_assign_reason": gettext_lazy("the person was away"),
    "cannot_assign": gettext_lazy("the person must not get this case"),
    "automation_foreign_target": gettext_lazy("what it should set is gone"),
    "automation_words_gone": gettext_lazy("the template of the reply is gone"),
}
MINUTES: dict[tuple[Verdict, bool], str | Promise] = {
    (Verdict.EVIDENCE, True): gettext_lazy("There is evidence that it saves time."),
    (Verdict.EVIDENCE, False): gettext_lazy("There is evidence that it costs time."),
    (Verdict.DIRECTION_ONLY, True): gettext_lazy("It points to saved time; the evidence is not enough yet."),
    (Verdict.DIRECTION_ONLY, False): gettext_lazy("It points to lost time; the evidence is not enough yet."),
}
PLAIN: dict[Verdict, str | Promise] = {
    Verdict.INSUFFICIENT: gettext_lazy("Cannot tell: too few cases with a measured handling time."),
    Verdict.NO_CHANGE: gettext_lazy("No difference that matters."),
    Verdict.INCONCLUSIVE: gettext_lazy("No clear difference seen; one cannot be ruled out."),
}
NONE = pgettext_lazy("value", "none")


def field_label(name: str) -> str:
    return str(FIELDS.get(name, name))


def why_not_sent(code: str) -> str:
    return str(SENT.get(code, code))


def why_left(code: str) -> str:
    return str(LEFT.get(code, code))


def minutes_words(verdict: Verdict, saves: bool) -> str:
    return str(MINUTES.get((verdict, saves)) or PLAIN.get(verdict, ""))


class Book:
    """Names for the codes of several changes, looked up once."""

    def __init__(self, changes: Iterable[Mapping[str, Any]]) -> None:
        wanted: dict[str, set[int]] = {"unit": set(), "category": set(), "assignee": set(), "webhook": set()}
        for change in changes:
            for name, ids in wanted.items():
                if isinstance(change.get(name), int):
                    ids.add(change[name])
        self._names: dict[str, dict[int, str]] = {
            "unit": {row.pk: str(row.name) for row in Unit.objects.filter(pk__in=wanted["unit"])} if wanted["unit"] else {},
            "category": {row.pk: str(row.name) for row in Category.objects.filter(pk__in=wanted["category"])} if wanted["category"] else {},
            "assignee": dict(Staff.objects.filter(pk__in=wanted["assignee"]).values_list("pk", "user__name")) if wanted["assignee"] else {},
            "webhook": dict(Webhook.objects.filter(pk__in=wanted["webhook"]).values_list("pk", "name")) if wanted["webhook"] else {},
        }

    def value(self, name: str, code: Any) -> str:
        if code in (None, ""):
            return _("nobody") if name == "assignee" else str(NONE)
        if name == "priority":
            return label_of(Priority, str(code))
        if name == "state":
            state, _sep, why = str(code).partition(":")
            return (
                f"{label_of(State, state)}（{label_of(HoldReason, why)}）" if why else label_of(State, state)
            )  # house: Chinese because the brackets are read so in both languages
        return self._names.get(name, {}).get(code, "?")

    def changes(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
        """One line for each change: `the priority: Normal → High`; and what was made."""
        lines = [f"{field_label(name)}: {self.value(name, before[name])} → {self.value(name, after.get(name))}" for name in before]
        return lines + [str(label) for name, label in MADE.items() if name in after]


def action_lines(actions: Mapping[str, Any]) -> list[str]:
    """What a rule does, a line for each action."""
    found = {"unit": actions.get("transfer"), "category": actions.get("category"), "webhook": actions.get("webhook")}
    found["assignee"] = None if actions.get("assign") == NOBODY else actions.get("assign")
    book = Book([found])
    lines = []
    if "transfer" in actions:
        lines.append(_("Hand it to %(name)s") % {"name": book.value("unit", actions["transfer"])})
    if "category" in actions:
        lines.append(_("Set the category to %(name)s") % {"name": book.value("category", actions["category"])})
    if "priority" in actions:
        lines.append(_("Set the priority to %(name)s") % {"name": book.value("priority", actions["priority"])})
    if "assign" in actions:
        away = actions["assign"] == NOBODY
        lines.append(
            _("Put it back for anybody to take") if away else _("Give it to %(name)s") % {"name": book.value("assignee", actions["assign"])}
        )
    if actions.get("state") == "open":
        lines.append(_("Go on with it"))
    elif "state" in actions:
        lines.append(_("Put it on hold: %(name)s") % {"name": label_of(HoldReason, actions["state"])})
    if "task" in actions:
        lines.append(_("Make a task: %(name)s") % {"name": actions["task"]["title"]})
    if "reply" in actions:
        lines.append(_("Send a reply from a template"))
    if "note" in actions:
        lines.append(_("Write a note: %(name)s") % {"name": actions["note"]})
    if "notify" in actions:
        lines.append(_("Tell the supervisor: %(name)s") % {"name": actions["notify"]})
    if "webhook" in actions:
        lines.append(_("Tell the webhook %(name)s") % {"name": book.value("webhook", actions["webhook"])})
    return lines
