"""The public charter (服务公约): promises in plain words, each standing on a standard that is measured, and what people get if one is missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steward.ground.access.models import Unit
from steward.ground.fields import LocalizedText, localized

from ..controlled.errors import InvalidContent
from ..controlled.kinds import Content, DocumentKind, Line, Problem, register
from ..controlled.queries import versions_in_force
from ..controlled.writing import texts
from ..models import ControlledDocument, DocumentVersion
from . import content as standards

KIND = "charter"
LONGEST, MOST = 500, 20


def empty() -> dict[str, Any]:
    return {"intro": {}, "promises": [], "claims": {}}


def clean(content: Any) -> dict[str, Any]:
    """promises: {"standard": public id of the document, "words", "remedy"}. claims: where and how one asks for what is due. Raises InvalidContent."""
    if not isinstance(content, Mapping) or not isinstance(content.get("promises", []), list):
        raise InvalidContent([Problem("shape", _("The content of a charter has a list of promises."))])
    promises: list[dict[str, Any]] = [
        {"standard": _uuid(row.get("standard")), "words": texts(row.get("words")), "remedy": texts(row.get("remedy"))}
        for row in content.get("promises", [])
    ]
    intro, claims = texts(content.get("intro")), texts(content.get("claims"))
    names = [row["standard"] for row in promises]
    words = [text for row in promises for name in ("words", "remedy") for text in row[name].values()]
    problems = []
    if len(promises) > MOST or any(len(text) > LONGEST for text in [*words, *intro.values(), *claims.values()]):
        problems.append(Problem("too_long", _("A charter has at most 20 promises; a text has at most 500 characters.")))
    if "" in names or len(set(names)) < len(names):
        problems.append(Problem("standards", _("Every promise stands on a standard of its own.")))
    if problems:
        raise InvalidContent(problems)
    return {"intro": intro, "promises": promises, "claims": claims}


def _uuid(value: Any) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError:
        return ""


@dataclass(frozen=True)
class PublicPromise:
    """A promise with the wording of the standard that holds in the charter's unit; None where none holds."""

    position: int
    words: LocalizedText
    remedy: LocalizedText
    standard: DocumentVersion | None

    @property
    def may_be_published(self) -> bool:
        return self.standard is not None and self.standard.content["monitored"] and standards.is_measured(self.standard.content)


def promises_of(content: Content, unit: Unit, *, at: datetime) -> list[PublicPromise]:
    """Words fall back on what the standard says to people. The standard is read as it held at the instant."""
    held = {str(version.document.public_id): version for version in versions_in_force(unit, at=at, kind=standards.KIND)}
    found = []
    for position, row in enumerate(content["promises"], 1):
        version = held.get(row["standard"])
        said = version.content if version else {"wording": {}, "statement": {}, "remedy": {}}
        words = row["words"] or said["wording"] or said["statement"]
        found.append(PublicPromise(position, localized(words), localized(row["remedy"] or said["remedy"]), version))
    return found


def problems(version: DocumentVersion) -> list[Problem]:
    """Judged by the standards as they stand written: only measured ones may be promised in public."""
    content = version.content
    found = [] if content["promises"] else [Problem("promises", gettext_lazy("Choose at least one standard to promise."))]
    chosen = _standards(version)
    for row in content["promises"]:
        standard = chosen.get(row["standard"])
        if standard is None:
            found.append(Problem("standard", gettext_lazy("A promise stands on a standard that is not in force here."), row["standard"]))
        elif not (standard.content["monitored"] and standards.is_measured(standard.content)):
            words = _("“%(name)s” is not measured and monitored: nobody could say whether it is kept.") % {"name": standard.document.name}
            found.append(Problem("not_measured", words, row["standard"]))
        elif not (row["remedy"] or standard.content["remedy"]):
            words = _("“%(name)s”: say what people get if it is missed.") % {"name": standard.document.name}
            found.append(Problem("remedy", words, row["standard"], blocks=False))
    return found


def _standards(version: DocumentVersion) -> dict[str, DocumentVersion]:
    """By public id of its document, the newest sealed wording that holds in the charter's unit or above it."""
    unit = version.document.unit
    rows = DocumentVersion.objects.filter(
        validities__unit__in=unit.ancestor_ids, validities__ended_at=None, document__kind=standards.KIND
    ).select_related("document")
    return {str(row.document.public_id): row for row in rows.order_by("number")}


def lines(content: Content) -> list[Line]:
    names = _names([row["standard"] for row in content["promises"]])
    found = [Line("intro", _("Introduction"), str(localized(content["intro"])))] if content["intro"] else []
    for row in content["promises"]:
        name = names.get(row["standard"], "—")
        words = " · ".join(str(localized(row[key])) for key in ("words", "remedy") if row[key])
        found.append(Line(row["standard"], _("Promise: %(name)s") % {"name": name}, words or name))
    if content["claims"]:
        found.append(Line("claims", _("Where to turn"), str(localized(content["claims"]))))
    return found


def _names(ids: Sequence[str]) -> dict[str, str]:
    rows = ControlledDocument.objects.filter(kind=standards.KIND, public_id__in=ids) if ids else ()
    return {str(row.public_id): str(row) for row in rows}


def shown(version: DocumentVersion) -> dict[str, Any]:
    chosen = _standards(version)
    rows = []
    for row in version.content["promises"]:
        standard = chosen.get(row["standard"])
        said = standard.content if standard else {"wording": {}, "statement": {}, "remedy": {}}
        rows.append((localized(row["words"] or said["wording"] or said["statement"]), localized(row["remedy"] or said["remedy"]), standard))
    return {"intro": localized(version.content["intro"]), "promises": rows, "claims": localized(version.content["claims"])}


def register_kinds() -> None:
    register(
        DocumentKind(
            KIND,
            gettext_lazy("Public charter"),
            gettext_lazy("Public charters"),
            "certificate",
            30,
            empty,
            clean,
            problems,
            lines,
            "catalog/standards/charter.html",
            "catalog:public_charter_edit",
            shown=shown,
        )
    )
