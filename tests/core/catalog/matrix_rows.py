"""Rows of the authorisation matrix: controlled documents, their releases, who does what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.cast import AT, World

from steward.core.catalog.controlled import operations as controlled
from steward.core.catalog.controlled.models import ControlledDocument, DocumentVersion, Release, ReleaseItem
from steward.core.catalog.duties import operations as duties
from steward.core.catalog.duties.models import Activity
from steward.ground.access.models import Role
from steward.ground.fields import localized

WRITERS, HOUSE = "SM", "FTSBQMA"  # writers of the branch; everybody of the bank
CHARTER = {"role": "quality_reviewer", "purpose": {}, "duties": [{"key": "d1", "text": {"zh-hans": "每周抽查"}}]}


def build_document_rows(world: World) -> None:
    """A charter in force with a draft beside it, one only drafted, one scheduled release, one in preparation, an activity."""
    by, early = world.actor("supervisor"), AT - timedelta(days=2)
    for code in ("running", "begun", "planned"):
        draft = controlled.open_document(
            unit=world.branch, kind="role_charter", code=code, name=localized(code), by=by, at=early, content=CHARTER
        )
        if code == "begun":
            continue
        release = controlled.open_release(unit=world.branch, name=code, units=[world.counter_team], by=by, at=early)
        controlled.add_version(release=release, version=draft, by=by, at=early)
        when = early if code == "running" else AT + timedelta(days=5)
        controlled.schedule_release(release=release, takes_effect_at=when, by=by, at=early)
    controlled.take_effect_due(at=AT)
    controlled.begin_draft(document=ControlledDocument.objects.get(code="running"), by=by, at=AT)
    controlled.open_document(unit=world.branch, kind="process", code="drawn", name=localized("drawn"), by=by, at=AT)
    prepared = controlled.open_release(unit=world.branch, name="prepared", units=[world.counter_team], by=by, at=AT)
    for title in ("指引牌", "表单"):
        controlled.add_item(release=prepared, kind="signage", title=title, by=by, at=AT)
    controlled.add_version(release=prepared, version=_draft("begun"), by=by, at=AT)
    row = duties.open_activity(unit=world.branch, name=localized("退款审批"), by=by, at=AT)
    role = Role.objects.get(organisation=world.bank, code="supervisor")
    duties.set_responsibility(activity=row, role=role, parts="A", by=by, at=AT)


def _draft(code: str) -> DocumentVersion:
    return DocumentVersion.objects.select_related("document").get(document__code=code, sealed_at=None, withdrawn_at=None)


def _document(code: str, **more: Any) -> Any:
    return lambda scene: {"public_id": ControlledDocument.objects.get(code=code).public_id} | more


def _version(code: str, **more: Any) -> Any:
    return lambda scene: {"public_id": DocumentVersion.objects.get(document__code=code, number=1).public_id} | more


def _sealed(scene: Any) -> dict[str, Any]:
    return {"public_id": DocumentVersion.objects.get(document__code="planned").public_id}


def _release(name: str, **more: Any) -> Any:
    return lambda scene: {"public_id": Release.objects.get(name=name).public_id} | more


def _item(scene: Any) -> dict[str, Any]:
    return {"item": str(ReleaseItem.objects.get(title="指引牌").public_id)}


def _activity(scene: Any) -> dict[str, Any]:
    return {"public_id": Activity.objects.get().public_id}


def _nothing(scene: Any) -> dict[str, Any]:
    return {}


def _place(scene: Any) -> dict[str, Any]:
    return {"place": Release.objects.get(name="planned").places.get().pk, "reason": "监管要求"}


DOCUMENT_ROWS: list[tuple[Any, ...]] = [
    ("catalog:documents", HOUSE + "O"),
    ("catalog:document_new", WRITERS + "BO", "GET", lambda scene: {"kind": "role_charter"}),
    ("catalog:document", HOUSE, "GET", _document("running")),
    ("catalog:document", WRITERS, "GET", _document("begun")),
    ("catalog:charter_edit", WRITERS, "GET", _document("running")),
    ("catalog:document_act", WRITERS, "POST", _document("planned", act="draft")),
    ("catalog:document_act", WRITERS, "POST", _document("begun", act="withdrawal")),
    ("catalog:document_act", WRITERS, "POST", _document("running", act="closing")),
    ("catalog:reading", HOUSE + "O"),
    ("catalog:confirm_version", HOUSE, "POST", _sealed),
    ("catalog:releases", WRITERS + "BO"),
    ("catalog:release_new", WRITERS + "BO"),
    ("catalog:release", WRITERS + "B", "GET", _release("planned")),
    ("catalog:release_act", WRITERS, "POST", _release("prepared", act="done"), _item),
    ("catalog:release_act", WRITERS, "POST", _release("prepared", act="removal"), _item),
    ("catalog:release_act", WRITERS, "POST", _release("prepared", act="item"), lambda scene: {"kind": "form", "title": "申请表"}),
    ("catalog:release_act", WRITERS, "POST", _release("planned", act="override"), _place),
    ("catalog:release_act", WRITERS, "POST", _release("planned", act="cancellation"), lambda scene: {"reason": "推迟"}),
    ("catalog:release_act", WRITERS, "POST", _release("running", act="rollback"), lambda scene: {"reason": "有误"}),
    ("catalog:process_guide", WRITERS, "GET", _version("drawn")),
    ("catalog:process_file", WRITERS, "GET", _version("drawn", form="bpmn")),
    ("catalog:duties", HOUSE + "O"),
    ("catalog:activity_new", WRITERS + "BO"),
    ("catalog:activity", HOUSE, "GET", _activity),
    ("catalog:activity", WRITERS, "POST", _activity, lambda scene: {"reason": "换人"}),
    ("catalog:activity_close", WRITERS, "POST", _activity),
]
