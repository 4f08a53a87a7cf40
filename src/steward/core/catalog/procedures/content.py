"""The procedure (操作规范, SOP): who does what in which steps, what has to be ticked or written down on the way, and what to beware of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steward.ground.access.models import Role
from steward.ground.fields import localized

from ..controlled.errors import InvalidContent
from ..controlled.kinds import Content, DocumentKind, Line, Problem, register
from ..controlled.writing import texts
from ..models import Category, DocumentVersion

KIND = "procedure"
LONGEST, MOST = 1000, 100
KEYS = {"steps": re.compile(r"s[1-9][0-9]{0,4}\Z"), "items": re.compile(r"i[1-9][0-9]{0,4}\Z")}


def empty() -> dict[str, Any]:
    return {"purpose": {}, "scope": {}, "roles": [], "categories": [], "steps": [], "items": [], "process_step": "", "expires_on": ""}


def clean(content: Any) -> dict[str, Any]:
    """steps: {"key", "text", "warning"}; items: {"key", "text", "required", "written"}, written: words are asked for, not only a tick.

    categories: codes of categories; empty: any. expires_on: the last local day on which it holds, "" for none. Raises InvalidContent.
    """
    if not isinstance(content, Mapping) or not all(
        isinstance(content.get(name, []), list) for name in ("steps", "items", "roles", "categories")
    ):
        raise InvalidContent([Problem("shape", _("The content of a procedure has a list of steps and a checklist."))])
    steps: list[dict[str, Any]] = [
        {"key": str(row.get("key", "")), "text": texts(row.get("text")), "warning": texts(row.get("warning"))}
        for row in content.get("steps", [])
    ]
    items: list[dict[str, Any]] = [
        {
            "key": str(row.get("key", "")),
            "text": texts(row.get("text")),
            "required": bool(row.get("required")),
            "written": bool(row.get("written")),
        }
        for row in content.get("items", [])
    ]
    found = {
        "purpose": texts(content.get("purpose")),
        "scope": texts(content.get("scope")),
        "roles": sorted({str(code) for code in content.get("roles", [])}),
        "categories": sorted({str(code) for code in content.get("categories", [])}),
        "steps": steps,
        "items": items,
        "process_step": str(content.get("process_step", "")).strip()[:200],
        "expires_on": str(content.get("expires_on") or ""),
    }
    wrong = _wrong(found)
    if wrong:
        raise InvalidContent(wrong)
    return found


def _wrong(found: Mapping[str, Any]) -> list[Problem]:
    problems = []
    parts = [*found["steps"], *found["items"]]
    words = [*found["purpose"].values(), *found["scope"].values()]
    words += [text for part in parts for name in ("text", "warning") for text in part.get(name, {}).values()]
    if any(len(text) > LONGEST for text in words) or any(len(found[name]) > MOST for name in KEYS):
        problems.append(Problem("too_long", _("A procedure has at most 100 steps and 100 checklist items of 1,000 characters each.")))
    for name, pattern in KEYS.items():
        keys = [row["key"] for row in found[name]]
        if not all(pattern.match(key) for key in keys) or len(set(keys)) < len(keys):
            problems.append(Problem("keys", _("Every step and every checklist item needs a key of its own.")))
    if found["expires_on"] and expiry(found) is None:
        problems.append(Problem("expires_on", _("The last day is a date such as 2026-12-31.")))
    return problems


def expiry(content: Content) -> date | None:
    try:
        return date.fromisoformat(content["expires_on"])
    except ValueError:
        return None


def problems(version: DocumentVersion) -> list[Problem]:
    content, organisation_id, found = version.content, version.document.organisation_id, []
    if not content["steps"]:
        found.append(Problem("steps", gettext_lazy("Write at least one step.")))
    if not content["roles"]:
        found.append(Problem("roles", gettext_lazy("Say whose people have to know it.")))
    elif Role.objects.filter(organisation_id=organisation_id, code__in=content["roles"]).count() < len(content["roles"]):
        found.append(Problem("roles", gettext_lazy("One of the roles is no longer there.")))
    known = Category.objects.filter(unit__path__startswith=f"{organisation_id}.", code__in=content["categories"], closed_at=None)
    if len(set(known.values_list("code", flat=True))) < len(content["categories"]):
        found.append(Problem("categories", gettext_lazy("One of the categories is no longer used.")))
    if not content["items"]:
        found.append(
            Problem("items", gettext_lazy("Without a checklist nobody can see from the records whether it is followed."), blocks=False)
        )
    if version.document.review_months is None and not content["expires_on"]:
        found.append(Problem("review", gettext_lazy("Nobody will be reminded to look at it again."), blocks=False))
    return found


def lines(content: Content) -> list[Line]:
    found = [
        Line(key, label, str(localized(content[key])))
        for key, label in (("purpose", _("What it is for")), ("scope", _("Where it applies")))
        if content[key]
    ]
    for at, step in enumerate(content["steps"], 1):
        found.append(Line(step["key"], _("Step %(number)s") % {"number": at}, str(localized(step["text"]))))
        if step["warning"]:
            label = _("Step %(number)s, beware") % {"number": at}
            found.append(Line(f"{step['key']}-warning", label, str(localized(step["warning"]))))
    for item in content["items"]:
        found.append(Line(item["key"], _("Needed before closing") if item["required"] else _("Checklist"), str(localized(item["text"]))))
    if content["categories"]:
        found.append(Line("categories", _("Categories"), ", ".join(content["categories"])))
    if content["process_step"]:
        found.append(Line("process_step", _("Step of the process"), content["process_step"]))
    if content["expires_on"]:
        found.append(Line("expires_on", _("Last day"), content["expires_on"]))
    return found


def roles_of(version: DocumentVersion) -> Sequence[Role]:
    return list(Role.objects.filter(organisation_id=version.document.organisation_id, code__in=version.content["roles"]).order_by("pk"))


def shown(version: DocumentVersion) -> dict[str, Any]:
    content = version.content
    return {
        "procedure": {
            "purpose": localized(content["purpose"]),
            "scope": localized(content["scope"]),
            "steps": [(localized(step["text"]), localized(step["warning"])) for step in content["steps"]],
            "items": [(localized(item["text"]), item["required"], item["written"]) for item in content["items"]],
            "roles": roles_of(version),
            "process_step": content["process_step"],
            "expires_on": expiry(content) if content["expires_on"] else None,
        }
    }


def register_kinds() -> None:
    register(
        DocumentKind(
            KIND,
            gettext_lazy("Procedure"),
            gettext_lazy("Procedures"),
            "list-check",
            10,
            empty,
            clean,
            problems,
            lines,
            "catalog/procedures/procedure.html",
            "catalog:procedure_edit",
            audience=lambda content: frozenset(content["roles"]),
            shown=shown,
        )
    )
