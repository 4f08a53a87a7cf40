"""Rows of the authorisation matrix: standards, public charters, procedures and their place at a case, deviations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.cast import AT, World

from steward.core.catalog.controlled import operations as controlled
from steward.core.catalog.controlled.models import ControlledDocument, Deviation, DocumentVersion
from steward.ground.fields import localized

from .matrix_rows import HOUSE, WRITERS

EVERYBODY, HERE, SEE = "FTSBQMAOC", "FSM", "FSQM"
LONG_AGO = AT - timedelta(days=60)
MEASURED = {
    "type": "time", "statement": {"zh-hans": "半小时内答复"}, "measure": "frt", "comparator": "<=", "threshold": 30, "target": 80, "monitored": True,
}  # fmt: skip
STEPS = {
    "roles": ["front_line"],
    "steps": [{"key": "s1", "text": {"zh-hans": "核对证件"}}],
    "items": [{"key": "i1", "text": {"zh-hans": "已核对"}}],
}


def build_standard_rows(world: World) -> None:
    """A measured standard and a charter on it that have held for two months, drafts of each, a procedure of the branch and a deviation from it."""
    first = _opened(world, "standard", "measured", MEASURED)
    _released(world, first)
    promises = [{"standard": str(first.document.public_id), "words": {}, "remedy": {}}]
    _released(world, _opened(world, "charter", "promised", {"promises": promises}))
    procedure = _opened(world, "procedure", "steps", STEPS)
    _released(world, procedure)
    for kind, code in (("standard", "measured"), ("charter", "promised"), ("procedure", "steps")):
        document = ControlledDocument.objects.get(kind=kind, code=code)
        controlled.begin_draft(document=document, by=world.actor("supervisor"), at=AT)
    _opened(world, "standard", "other", MEASURED | {"comparator": ">="})
    by = world.actor("front_line")
    controlled.ask_deviation(version=procedure, unit=world.counter_team, by=by, at=AT, reason="系统停机")


def _opened(world: World, kind: str, code: str, said: Any) -> DocumentVersion:
    by = world.actor("supervisor")
    return controlled.open_document(unit=world.branch, kind=kind, code=code, name=localized(code), by=by, at=LONG_AGO, content=said)


def _released(world: World, draft: DocumentVersion) -> None:
    by = world.actor("supervisor")
    release = controlled.open_release(unit=world.branch, name=f"release {draft.document.code}", units=[world.branch], by=by, at=LONG_AGO)
    controlled.add_version(release=release, version=draft, by=by, at=LONG_AGO)
    controlled.schedule_release(release=release, takes_effect_at=LONG_AGO, by=by, at=LONG_AGO)
    controlled.override_hold(place=release.places.get(), by=by, at=LONG_AGO, reason="试点")
    controlled.take_effect_due(at=LONG_AGO)


def _document(code: str) -> Any:
    return lambda scene: {"public_id": ControlledDocument.objects.get(code=code).public_id}


def _pair(scene: Any) -> dict[str, Any]:
    newest = [DocumentVersion.objects.filter(document__code=code).order_by("-number")[0].public_id for code in ("measured", "other")]
    return {"first": newest[0], "second": newest[1]}


def _deviation(scene: Any) -> dict[str, Any]:
    return {"public_id": Deviation.objects.get().public_id}


def _at_case(act: str) -> Any:
    def found(scene: Any) -> dict[str, Any]:
        version = DocumentVersion.objects.get(document__code="steps", number=1)
        return {"public_id": scene.case.public_id, "version_id": version.public_id, "act": act}

    return found


def _month(scene: Any) -> dict[str, Any]:
    return {"month": "2026-02-01"}


STANDARD_ROWS: list[tuple[Any, ...]] = [
    ("catalog:standard_edit", WRITERS, "GET", _document("measured")),
    ("catalog:public_charter_edit", WRITERS, "GET", _document("promised")),
    ("catalog:procedure_edit", WRITERS, "GET", _document("steps")),
    ("catalog:attainment", HOUSE, "GET", _document("measured")),
    ("catalog:attainment_rows", HOUSE, "GET", _document("measured"), _month),
    ("catalog:standard_pairs", WRITERS + "BO"),
    ("catalog:pair_judge", WRITERS, "POST", _pair, lambda scene: {"verdict": "fits", "reason": "互不影响"}),
    ("catalog:charter_results", HOUSE, "GET", _document("promised")),
    ("catalog:charter_results", WRITERS, "POST", _document("promised"), _month),
    ("catalog:public_charter", EVERYBODY, "GET", _document("promised")),
    ("catalog:charter_poster", EVERYBODY, "GET", _document("promised")),
    ("catalog:deviations", HOUSE + "O"),
    ("catalog:deviation_decide", WRITERS, "POST", _deviation, lambda scene: {"allowed": "yes", "reason": "停机期间"}),
    ("cases:procedures", SEE, "GET", lambda scene: {"public_id": scene.case.public_id}),
    ("cases:procedure_act", HERE, "POST", _at_case("tick"), lambda scene: {"item": "i1"}),
    ("cases:procedure_act", HERE, "POST", _at_case("untick"), lambda scene: {"item": "i1"}),
    ("cases:procedure_act", HERE, "POST", _at_case("deviation"), lambda scene: {"reason": "系统停机"}),
]
