"""Journal entries as sentences, made when they are read, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from steward.core.catalog.models import Category, PromisePolicy, ServiceItem
from steward.ground.access.models import Unit, User
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import opened

from .models import Case, Kind, Message, Priority, Promise, State
from .models.case import HoldReason, Resolution
from .models.routing import How, Why
from .queries import names_of_staff


@dataclass(frozen=True)
class Line:
    """One line of a timeline."""

    seq: int
    at: datetime
    who: str
    text: str
    icon: str
    reason: str = ""
    tone: str = ""


ICONS = {
    "cases.case_opened": "inbox",
    "cases.case_assigned": "user-check",
    "cases.state_changed": "progress",
    "cases.case_closed": "circle-check",
    "cases.case_reopened": "rotate",
    "cases.case_transferred": "arrows-exchange",
    "cases.message_added": "message",
    "cases.kind_suggested": "message-exclamation",
    "cases.case_merged": "arrow-merge",
    "cases.merge_undone": "arrow-back-up",
    "cases.case_routed": "user-check",
    "cases.case_taken_back": "arrow-back-up",
    "cases.promise_missed": "alert-octagon",
    "cases.promise_met": "circle-check",
    "cases.promise_retimed": "clock",
}


def timeline(entries: Sequence[Entry]) -> list[Line]:
    """Lines for the entries of a case, with one look-up per kind of name. The caller has checked the reader's right to the case."""
    book = _Names(entries)
    lines = []
    for entry in entries:
        say = SENTENCES.get(entry.code)
        if say is None:
            continue
        tone = "danger" if entry.code == "cases.promise_missed" else ""
        icon = ICONS.get(entry.code, "pencil")
        lines.append(Line(entry.seq, entry.occurred_at, book.actor(entry), say(entry.public, book), icon, opened(entry).reason, tone))
    return lines


class _Names:
    """The names the sentences need, looked up once."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        refs = {entry.actor_ref for entry in entries if entry.actor_kind == "staff"}
        self._users = {str(public_id): name for public_id, name in User.objects.filter(public_id__in=refs).values_list("public_id", "name")}
        staff = [entry.public.get(key) for entry in entries if entry.code == "cases.case_assigned" for key in ("before", "after")]
        staff += [entry.public[key] for entry in entries for key in ("chosen", "staff") if key in entry.public]
        self._staff = names_of_staff(pk for pk in staff if pk)
        units = [entry.public.get(key) for entry in entries if entry.code == "cases.case_transferred" for key in ("before", "after")]
        self._units = Unit.objects.in_bulk([pk for pk in units if pk])
        changed = [
            (entry.public["field"], entry.public[key])
            for entry in entries
            if entry.code == "cases.property_changed"
            for key in ("before", "after")
        ]
        self._services = ServiceItem.objects.in_bulk([int(pk) for field, pk in changed if field == "service" and pk])
        self._categories = Category.objects.in_bulk([int(pk) for field, pk in changed if field == "category" and pk])
        others = [entry.public[key] for entry in entries for key in ("into", "target") if key in entry.public]
        self._cases = dict(Case.objects.filter(pk__in=others).values_list("pk", "number"))

    def actor(self, entry: Entry) -> str:
        if entry.actor_kind == "staff":
            return self._users.get(entry.actor_ref, "")
        return {"system": _("Steward"), "policy": _("Policy"), "import": _("Import")}.get(entry.actor_kind, "")

    def staff(self, pk: int | None) -> str:
        return self._staff.get(pk, "?") if pk else _("nobody")

    def unit(self, pk: int) -> str:
        return str(self._units[pk].name) if pk in self._units else "?"

    def case(self, pk: int) -> str:
        return self._cases.get(pk, "?")

    def value(self, field: str, code: str) -> str:
        """A property's value in words."""
        if not code:
            return _("none")
        if field == "kind":
            return str(Kind(code).label)
        if field == "priority":
            return str(Priority(code).label)
        tables: dict[str, dict[int, Any]] = {"service": dict(self._services), "category": dict(self._categories)}
        rows = tables.get(field, {})
        return str(rows[int(code)].name) if code.isdigit() and int(code) in rows else "…"


Say = Callable[[dict[str, Any], _Names], str]


def _promise(public: dict[str, Any]) -> dict[str, str]:
    return {"promise": str(Promise.Kind(public["kind"]).label), "clock": str(PromisePolicy.Clock(public["clock"]).label)}


def _assigned(public: dict[str, Any], names: _Names) -> str:
    if public["after"] is None:
        return _("put the case back for anybody to take")
    return _("gave the case to %(name)s") % {"name": names.staff(public["after"])}


def _state(public: dict[str, Any], names: _Names) -> str:
    if public["after"] == State.ON_HOLD:
        return _("put the case on hold: %(reason)s") % {"reason": HoldReason(public["reason_code"]).label}
    return _("started to work on the case") if public["before"] == State.NEW else _("went on with the case")


def _message(public: dict[str, Any], names: _Names) -> str:
    return {
        Message.Direction.IN: _("recorded what came in"),
        Message.Direction.OUT: _("sent an automatic answer") if public["automatic"] else _("replied"),
        Message.Direction.NOTE: _("wrote an internal note"),
    }[Message.Direction(public["direction"])]


def _changed(public: dict[str, Any], names: _Names) -> str:
    labels = {
        "kind": _("kind"), "priority": _("priority"), "service": _("service"), "category": _("category"), "customer": _("person"),
        "confidential": _("confidentiality"),
    }  # fmt: skip
    field = public["field"]
    if field in ("customer", "confidential"):
        return _("changed: %(field)s") % {"field": labels[field]}
    words = {"field": labels[field], "before": names.value(field, public["before"]), "after": names.value(field, public["after"])}
    return _("changed %(field)s from %(before)s to %(after)s") % words


def _met(public: dict[str, Any], names: _Names) -> str:
    text = _("Done late: %(promise)s (%(clock)s)") if public["late"] else _("Kept: %(promise)s (%(clock)s)")
    return text % _promise(public)


def _concerned(public: dict[str, Any], names: _Names) -> str:
    text = _("noted that the case is about %(name)s") if public["concerned"] else _("noted that the case is not about %(name)s")
    return text % {"name": names.staff(public["staff"])}


def _routed(public: dict[str, Any], names: _Names) -> str:
    if public["chosen"] is None:
        return _("found nobody who could take the case")
    words = {"name": names.staff(public["chosen"]), "why": How(public["how"]).label}
    return _("chose %(name)s: %(why)s") % words


def _taken_back(public: dict[str, Any], names: _Names) -> str:
    words = {"name": names.staff(public["staff"]), "why": Why(public["why"]).label}
    return _("took the case back from %(name)s: %(why)s") % words


SENTENCES: dict[str, Say] = {
    "cases.case_opened": lambda public, names: _("opened the case"),
    "cases.case_assigned": _assigned,
    "cases.state_changed": _state,
    "cases.case_closed": lambda public, names: (
        _("closed the case: %(resolution)s") % {"resolution": Resolution(public["resolution"]).label}
    ),
    "cases.case_reopened": lambda public, names: _("reopened the case"),
    "cases.case_transferred": lambda public, names: _("handed the case to %(unit)s") % {"unit": names.unit(public["after"])},
    "cases.property_changed": _changed,
    "cases.kind_suggested": lambda public, names: _("read a message as a complaint"),
    "cases.suggestion_dismissed": lambda public, names: _("decided that it is no complaint"),
    "cases.title_changed": lambda public, names: _("changed the title"),
    "cases.message_added": _message,
    "cases.case_linked": lambda public, names: _("linked case %(number)s") % {"number": names.case(public["target"])},
    "cases.link_ended": lambda public, names: _("removed the link to case %(number)s") % {"number": names.case(public["target"])},
    "cases.case_merged": lambda public, names: _("merged the case into %(number)s") % {"number": names.case(public["into"])},
    "cases.merge_undone": lambda public, names: _("undid the merge into %(number)s") % {"number": names.case(public["into"])},
    "cases.promise_made": lambda public, names: _("made a promise: %(promise)s") % {"promise": Promise.Kind(public["kind"]).label},
    "cases.promise_retimed": lambda public, names: _("New due time, elapsed time kept: %(promise)s (%(clock)s)") % _promise(public),
    "cases.promise_met": _met,
    "cases.promise_missed": lambda public, names: _("Overdue: %(promise)s (%(clock)s)") % _promise(public),
    "cases.promise_cancelled": lambda public, names: _("No longer applies: %(promise)s (%(clock)s)") % _promise(public),
    "cases.staff_concerned": _concerned,
    "cases.case_routed": _routed,
    "cases.case_taken_back": _taken_back,
    "catalog.procedure_ticked": lambda public, names: (
        _("took back a tick of a procedure") if public["taken_back"] else _("ticked an item of a procedure")
    ),
    "access.personal_revealed": lambda public, names: _("looked at masked personal values"),
}
