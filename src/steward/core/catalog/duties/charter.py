"""The role charter (岗位职责书): what a role is for and what its people have to do. Everybody who holds the role confirms each version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steward.ground.access.models import Role
from steward.ground.fields import localized

from ..controlled.errors import InvalidContent
from ..controlled.kinds import Content, DocumentKind, Line, Problem, register
from ..controlled.writing import texts
from ..models import DocumentVersion

KIND = "role_charter"
LONGEST, MOST = 500, 100
KEY = re.compile(r"d[1-9][0-9]{0,4}\Z")


def empty() -> dict[str, Any]:
    return {"role": "", "purpose": {}, "duties": []}


def clean(content: Any) -> dict[str, Any]:
    """{"role": code, "purpose": {language: text}, "duties": [{"key": …, "text": {language: text}}, …]}; raises InvalidContent."""
    problems = []
    if not isinstance(content, Mapping) or not isinstance(content.get("duties", []), list):
        raise InvalidContent([Problem("shape", _("The content of a role charter has a purpose and a list of duties."))])
    duties: list[dict[str, Any]] = [
        {"key": str(duty.get("key", "")), "text": texts(duty.get("text"))} for duty in content.get("duties", [])
    ]
    if len(duties) > MOST or any(len(words) > LONGEST for duty in duties for words in duty["text"].values()):
        problems.append(Problem("too_long", _("A charter has at most 100 duties of 500 characters each.")))
    keys = [duty["key"] for duty in duties]
    if not all(KEY.match(key) for key in keys) or len(set(keys)) < len(keys):
        problems.append(Problem("keys", _("Every duty needs a key of its own: d1, d2, …")))
    if problems:
        raise InvalidContent(problems)
    return {"role": str(content.get("role", "")), "purpose": texts(content.get("purpose")), "duties": duties}


def problems(version: DocumentVersion) -> list[Problem]:
    found, content = [], version.content
    if not Role.objects.filter(organisation_id=version.document.organisation_id, code=content["role"]).exists():
        found.append(Problem("role", gettext_lazy("Choose the role it is for.")))
    if not content["duties"]:
        found.append(Problem("duties", gettext_lazy("Write at least one duty.")))
    if not content["purpose"]:
        found.append(Problem("purpose", gettext_lazy("Say what the role is for."), blocks=False))
    return found


def lines(content: Content) -> list[Line]:
    purpose = [Line("purpose", _("What the role is for"), str(localized(content["purpose"])))] if content["purpose"] else []
    return purpose + [
        Line(duty["key"], _("Duty %(number)s") % {"number": at}, str(localized(duty["text"])))
        for at, duty in enumerate(content["duties"], 1)
    ]


def shown(version: DocumentVersion) -> dict[str, Any]:
    role = Role.objects.filter(organisation_id=version.document.organisation_id, code=version.content["role"]).first()
    return {
        "role": role,
        "purpose": localized(version.content["purpose"]),
        "duties": [localized(duty["text"]) for duty in version.content["duties"]],
    }


def register_kinds() -> None:
    register(
        DocumentKind(
            KIND,
            gettext_lazy("Role charter"),
            gettext_lazy("Role charters"),
            "id-badge-2",
            40,
            empty,
            clean,
            problems,
            lines,
            "catalog/duties/charter.html",
            "catalog:charter_edit",
            audience=lambda content: frozenset({content["role"]}) if content["role"] else frozenset(),
            shown=shown,
        )
    )
