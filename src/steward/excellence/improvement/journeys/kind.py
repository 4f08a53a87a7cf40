"""Journeys (客户旅程) as a kind of document: touchpoints in their order, each a column of the service blueprint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steward.core.catalog.controlled.errors import InvalidContent
from steward.core.catalog.controlled.kinds import Content, DocumentKind, Line, Problem, register
from steward.core.catalog.models import ControlledDocument, DocumentVersion
from steward.core.catalog.processes.flow import KEY, InvalidFlow, text_of
from steward.core.catalog.processes.words import wrong_words
from steward.ground.fields import LocalizedText, localized
from steward.ground.measures.declarations import measures

KIND = "journey"
MOST, MOST_PINS = 30, 4
# Layers of a service blueprint from the top; the line of visibility runs below the second (Shostack 1984; Bitner, Ostrom, Morgan 2008).
LAYERS: Mapping[str, str | Promise] = {
    "evidence": gettext_lazy("What one sees and holds"),
    "customer": gettext_lazy("What the person served does"),
    "front": gettext_lazy("What those in contact do"),
    "back": gettext_lazy("What happens behind the scenes"),
    "support": gettext_lazy("What supports it"),
}
VISIBLE = ("evidence", "customer", "front")


def empty() -> dict[str, Any]:
    return {"purpose": {}, "log": "", "touchpoints": []}


def clean(content: Any) -> dict[str, Any]:
    """{"purpose", "log": code of the event log, "touchpoints": [{"key", "name", "process": code, "activity", "layers", "measures"}]}.

    Raises InvalidContent.
    """
    rows = content.get("touchpoints", []) if isinstance(content, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise _invalid("shape", _("The content of a journey is a list of touchpoints."))
    if len(rows) > MOST:
        raise _invalid("too_many", _("A journey has at most 30 touchpoints."))
    try:
        found = [_touchpoint(row) for row in rows]
        purpose = text_of(content.get("purpose"))
    except InvalidFlow as error:
        raise _invalid(error.code, wrong_words(error.code, error.place)) from error
    if len({row["key"] for row in found}) < len(found):
        raise _invalid("key_twice", _("Two touchpoints have the same key."))
    return {"purpose": purpose, "log": str(content.get("log") or "").strip()[:40], "touchpoints": found}


def _invalid(code: str, words: str) -> InvalidContent:
    return InvalidContent([Problem(code, words)])


def _touchpoint(row: Mapping[str, Any]) -> dict[str, Any]:
    key, layers, pins = str(row.get("key", "")), row.get("layers") or {}, row.get("measures") or []
    if not KEY.match(key):
        raise InvalidFlow("key", key[:60])
    if not isinstance(layers, Mapping) or not isinstance(pins, list) or len(pins) > MOST_PINS:
        raise InvalidFlow("shape", key)
    return {
        "key": key,
        "name": text_of(row.get("name"), key),
        "process": str(row.get("process") or "").strip()[:40],
        "activity": str(row.get("activity") or "").strip()[:200],
        "layers": {layer: words for layer in LAYERS if (words := text_of(layers.get(layer), key))},
        "measures": list(dict.fromkeys(str(pin).strip()[:100] for pin in pins if str(pin).strip())),
    }


def problems(version: DocumentVersion) -> list[Problem]:
    content, found = version.content, []
    known = {measure.id for measure in measures.all()}
    processes = process_of(version.document, content)
    if len(content["touchpoints"]) < 2:
        found.append(Problem("short", _("A journey has at least two touchpoints.")))
    for row in content["touchpoints"]:
        name, key = _name(row), row["key"]
        if not row["name"]:
            found.append(Problem("no_name", _("A touchpoint has no name."), key))
        if row["process"] and row["process"] not in processes:
            found.append(Problem("process", _("%(name)s: there is no process “%(code)s”.") % {"name": name, "code": row["process"]}, key))
        for pin in row["measures"]:
            if pin not in known:
                found.append(Problem("measure", _("%(name)s: there is no measure “%(code)s”.") % {"name": name, "code": pin}, key))
        if not row["layers"].get("customer"):
            words = _("%(name)s: nothing says what the person served does.") % {"name": name}
            found.append(Problem("no_customer", words, key, blocks=False))
        if not row["measures"] and not row["activity"]:
            found.append(Problem("unmeasured", _("%(name)s: nothing is measured here.") % {"name": name}, key, blocks=False))
    return found


def _name(row: Mapping[str, Any]) -> str:
    return str(localized(row["name"])) or str(row["key"])


def process_of(document: ControlledDocument, content: Content) -> dict[str, ControlledDocument]:
    """The processes a journey names, by code."""
    codes = {row["process"] for row in content["touchpoints"] if row["process"]}
    rows = ControlledDocument.objects.filter(organisation_id=document.organisation_id, kind="process", code__in=codes)
    return {row.code: row for row in rows}


def lines(content: Content) -> list[Line]:
    found = [Line("purpose", _("What it is for"), str(localized(content["purpose"])))] if content["purpose"] else []
    for row in content["touchpoints"]:
        said = [f"{LAYERS[layer]}: {localized(words)}" for layer, words in row["layers"].items()]
        said += [
            *(_("Measure") + f": {pin}" for pin in row["measures"]),
            *([_("Process") + f": {row['process']}"] if row["process"] else []),
        ]
        found.append(Line(row["key"], _name(row), " · ".join([_name(row), *said])))
    return found


@dataclass(frozen=True)
class LayerRow:
    """One row of the blueprint. under_line: the line of visibility runs above it."""

    label: str
    cells: list[LocalizedText]
    under_line: bool


def shown(version: DocumentVersion) -> dict[str, Any]:
    content = version.content
    touchpoints, processes = content["touchpoints"], process_of(version.document, content)
    rows = [
        LayerRow(str(label), [localized(row["layers"].get(layer)) for row in touchpoints], layer == "back")
        for layer, label in LAYERS.items()
    ]
    return {
        "purpose": localized(content["purpose"]),
        "touchpoints": [(row, _name(row), processes.get(row["process"])) for row in touchpoints],
        "layers": rows,
    }


def register_kinds() -> None:
    register(
        DocumentKind(
            KIND, gettext_lazy("Journey"), gettext_lazy("Journeys"), "map-route", 15, empty, clean, problems, lines,
            "improvement/journeys/journey.html", "improvement:journey_edit", shown=shown,
        )
    )  # fmt: skip
