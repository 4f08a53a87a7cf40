"""The lines of a story in words, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from .models import Action, ActionSpan, Finding, State
from .queries import Line
from .words import review_words

MOVED = {
    State.PLANNED: lambda: _("planned the action"),
    State.IN_PROGRESS: lambda: _("started the action"),
    State.REOPENED: lambda: _("took the action up again"),
    State.DONE: lambda: _("finished the action"),
    State.CLOSED: lambda: _("closed the action"),
    State.CANCELLED: lambda: _("cancelled the action"),
}
FINDING_MOVED = {
    Finding.State.OPEN: lambda: _("opened the finding"),
    Finding.State.SETTLED: lambda: _("settled the finding"),
    Finding.State.DROPPED: lambda: _("set the finding aside"),
}
ICONS = {"changed": "pencil", "again": "rotate", "told": "message", "reviewed": "chart-line"}


def sentence(line: Line) -> str:
    row = line.row
    if line.code == "changed":
        return _("changed: %(fields)s") % {"fields": changed_words(row)}
    if line.code == "again":
        return _("noted that it happened again: %(note)s") % {"note": row.note or _("(erased)")}
    if line.code == "told":
        return _("told: %(text)s") % {"text": row.text or _("(erased)")}
    if line.code == "reviewed":
        return _("reviewed the effect: %(words)s") % {"words": review_words(row)}
    if isinstance(row, ActionSpan):
        made = MOVED.get(State(row.state))
        return made() if made else _("the verdict: %(state)s") % {"state": State(row.state).label}
    return FINDING_MOVED[Finding.State(row.state)]()


def changed_words(change: Any) -> str:
    """Each field with what stood there and what stands there now; long texts by their name alone."""
    model: Any = Action if change.action_id else Finding
    parts = []
    for name, after in change.after.items():
        label = labels()[name] if name in labels() else str(model._meta.get_field(name).verbose_name)
        before = change.before.get(name)
        if name in ("hypothesis", "detail", "filters", "owner"):
            parts.append(label)
        else:
            values = {"field": label, "before": _value(model, name, before), "after": _value(model, name, after)}
            parts.append(_("%(field)s (%(before)s → %(after)s)") % values)
    return ", ".join(parts)


def labels() -> dict[str, str]:
    return {
        "title": _("title"), "kind": _("kind"), "lever": _("lever"), "owner": _("owner"), "hypothesis": _("hypothesis"),
        "measure": _("figure"), "filters": _("filters"), "direction": _("which way is better"), "expected": _("expected effect"),
        "practical": _("smallest change that matters"), "due_date": _("due date"), "verify_date": _("verification date"),
        "started_date": _("day of change"), "cost_minor": _("cost in the smallest coin"), "currency": _("currency"), "detail": _("details"),
        "cause": _("root cause"), "factor": _("what let it happen"), "step": _("step of the process"), "noticed": _("noticed by"),
        "trigger_measure": _("figure that led here"), "trigger_extreme": _("extreme value"), "trigger_date": _("day of the extreme value"),
    }  # fmt: skip


def _value(model: Any, name: str, value: Any) -> str:
    choices = dict(model._meta.get_field(name).flatchoices)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(choices.get(value, value)) if value not in (None, "") else _("none")
