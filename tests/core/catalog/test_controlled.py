"""Controlled documents and their releases: R-032 and R-083, whatever kind of document it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import AT, World

from steward.core.catalog.controlled import kinds, operations, queries, requirements
from steward.core.catalog.controlled.errors import (
    DraftMoved,
    DraftOpen,
    NotADraft,
    NotInItsUnits,
    NotReadyToRelease,
    NotYetKnown,
    OwnDecision,
    StillADraft,
    WrongReleaseState,
)
from steward.core.catalog.models import Acknowledgement, ControlledDocument, DocumentVersion, Release, Validity
from steward.ground.access.errors import Forbidden
from steward.ground.access.operations import NeedsReason
from steward.ground.fields import localized
from steward.ground.journal.models import Entry

DAY = timedelta(days=1)


def _clean(content: Any) -> dict[str, Any]:
    return {"text": str(content["text"]), "roles": sorted(content.get("roles", []))}


def _problems(version: DocumentVersion) -> list[kinds.Problem]:
    return [] if version.content["text"] else [kinds.Problem("empty", "Nothing is written yet.")]


RULE = kinds.DocumentKind(
    "house_rule", "House rule", "House rules", "book", 900, lambda: {"text": ""}, _clean, _problems,
    lambda content: [kinds.Line("text", "Text", content["text"])], "catalog/controlled/kinds/lines.html", "catalog:documents",
    audience=lambda content: frozenset(content["roles"]),
)  # fmt: skip


@pytest.fixture(autouse=True)
def house_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._kinds, RULE.key, RULE)
    return


def draft_of(
    world: World, text: str = "每天早上先看未结工单", roles: tuple[str, ...] = ("front_line",), code: str = "morning"
) -> DocumentVersion:
    return operations.open_document(
        unit=world.branch, kind=RULE.key, code=code, name=localized("晨间规则", en="Morning rule"), by=world.actor("supervisor"), at=AT,
        content={"text": text, "roles": roles},
    )  # fmt: skip


def scheduled(world: World, draft: DocumentVersion, after: timedelta = DAY) -> Release:
    by = world.actor("supervisor")
    release = operations.open_release(unit=world.branch, name="晨间规则上线", units=[world.counter_team], by=by, at=AT)
    operations.add_version(release=release, version=draft, by=by, at=AT)
    return operations.schedule_release(release=release, takes_effect_at=AT + after, by=by, at=AT)


def know(world: World, version: DocumentVersion, *names: str) -> None:
    for name in names:
        operations.acknowledge_version(version=version, staff=world.staff(name), by=world.actor(name), at=AT)


def test_a_draft_is_saved_by_the_one_who_saw_it_last(world: World) -> None:
    draft, by = draft_of(world), world.actor("supervisor")
    seen = draft.changed_at
    later = AT + timedelta(minutes=1)
    saved = operations.save_draft(draft=draft, content={"text": "新"}, changes="更短", seen_at=seen, by=by, at=later)
    assert (saved.content, saved.changes) == ({"text": "新", "roles": []}, "更短")
    with pytest.raises(DraftMoved):
        operations.save_draft(draft=draft, content={"text": "旧"}, changes="", seen_at=seen, by=by, at=later)
    assert DocumentVersion.objects.get(pk=draft.pk).content["text"] == "新"


def test_there_is_one_draft_at_a_time_and_a_sealed_version_never_changes(world: World) -> None:
    draft, by = draft_of(world), world.actor("supervisor")
    with pytest.raises(DraftOpen):
        operations.begin_draft(document=draft.document, by=by, at=AT)
    scheduled(world, draft)
    with pytest.raises(NotADraft):
        operations.save_draft(draft=draft, content={"text": "偷改"}, changes="", seen_at=draft.changed_at, by=by, at=AT)
    second = operations.begin_draft(document=draft.document, by=by, at=AT)
    assert (second.number, second.based_on, second.content) == (2, draft, draft.content)


def test_only_those_who_write_there_may_write(world: World) -> None:
    draft = draft_of(world)
    for name in ("front_line", "other_branch", "outsider"):
        with pytest.raises(Forbidden):
            operations.save_draft(draft=draft, content={"text": "x"}, changes="", seen_at=draft.changed_at, by=world.actor(name), at=AT)
    assert DocumentVersion.objects.get(pk=draft.pk).content == draft.content


def test_a_draft_cannot_be_confirmed_and_nobody_confirms_for_another(world: World) -> None:
    draft = draft_of(world)
    with pytest.raises(StillADraft):
        know(world, draft, "front_line")
    scheduled(world, draft)
    with pytest.raises(Forbidden):
        operations.acknowledge_version(version=draft, staff=world.staff("front_line"), by=world.actor("supervisor"), at=AT)
    know(world, draft, "front_line", "front_line")
    assert Acknowledgement.objects.filter(version=draft).count() == 1


def test_what_is_not_finished_is_not_released(world: World) -> None:
    with pytest.raises(NotReadyToRelease, match="Nothing is written yet"):
        scheduled(world, draft_of(world, text=""))
    assert not DocumentVersion.objects.exclude(sealed_at=None).exists()


def test_r032_a_version_does_not_begin_where_too_few_have_confirmed_it(world: World) -> None:
    draft = draft_of(world)
    release = scheduled(world, draft)
    assert operations.take_effect_due(at=AT) == 0  # not yet due
    assert operations.take_effect_due(at=AT + DAY) == 0
    place = release.places.get()
    assert place.held_at == AT + DAY
    assert not Validity.objects.exists()
    assert Entry.objects.filter(code="catalog.release_held").count() == 1
    now = queries.readiness_of(release, place, at=AT + DAY)
    assert now.concerned > now.ready == 0
    assert now.needed_percent == 95
    for waiting in now.waiting:
        operations.acknowledge_version(version=draft, staff=waiting.staff, by=_actor(waiting.staff), at=AT + DAY)
    assert operations.take_effect_due(at=AT + DAY) == 1
    assert queries.version_in_force(draft.document, world.counter_team, at=AT + 2 * DAY) == draft
    release.refresh_from_db()
    assert release.state == "in_force"
    assert operations.take_effect_due(at=AT + 2 * DAY) == 0


def test_r032_letting_it_begin_all_the_same_needs_a_reason_that_is_kept(world: World) -> None:
    draft = draft_of(world)
    place = scheduled(world, draft).places.get()
    with pytest.raises(NeedsReason):
        operations.override_hold(place=place, by=world.actor("supervisor"), at=AT, reason=" ")
    with pytest.raises(Forbidden):
        operations.override_hold(place=place, by=world.actor("front_line"), at=AT, reason="急")
    operations.override_hold(place=place, by=world.actor("supervisor"), at=AT, reason="监管要求当日生效")
    assert operations.take_effect_due(at=AT + DAY) == 1
    place.refresh_from_db()
    assert place.override_reason == "监管要求当日生效"
    assert place.overridden_by is not None
    assert Entry.objects.filter(code="catalog.release_overridden").exists()


def test_what_upper_rooms_ask_for_counts_before_confirming_and_before_the_release(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    untrained = requirements.Requirement(
        "course", "Course", lambda version, people, at: {person.pk: "pass the course" for person in people}
    )
    monkeypatch.setitem(requirements._requirements, "course", untrained)
    draft = draft_of(world)
    release = scheduled(world, draft)
    with pytest.raises(NotYetKnown, match="pass the course"):
        know(world, draft, "front_line")
    monkeypatch.setitem(requirements._requirements, "course", replace(untrained, before_knowing=False))
    know(world, draft, "front_line")
    now = queries.readiness_of(release, release.places.get(), at=AT)
    assert {tuple(waiting.missing) for waiting in now.waiting if waiting.staff == world.staff("front_line")} == {("pass the course",)}


def test_many_places_cost_no_more_queries_than_one(world: World, django_assert_num_queries: Any) -> None:
    draft, by = draft_of(world, roles=("front_line",)), world.actor("supervisor")
    release = operations.open_release(unit=world.branch, name="x", units=[world.counter_team, world.lobby_team], by=by, at=AT)
    operations.add_version(release=release, version=draft, by=by, at=AT)
    places = list(release.places.select_related("unit").order_by("unit__path"))
    queries.readiness_in(release, places, at=AT)  # what is kept by its revision is read
    with CaptureQueriesContext(connection) as one:
        queries.readiness_in(release, places[:1], at=AT)
    with django_assert_num_queries(len(one)):
        found = queries.readiness_in(release, places, at=AT)
    assert [(now.place.unit, now.concerned) for now in found] == [(world.counter_team, 1), (world.lobby_team, 1)]


def test_a_document_with_several_released_versions_is_seen_once(world: World) -> None:
    by, first = world.actor("supervisor"), draft_of(world, roles=())
    scheduled(world, first)
    second = operations.begin_draft(document=first.document, by=by, at=AT)
    scheduled(world, second, after=2 * DAY)
    assert list(ControlledDocument.objects.visible_to(world.cast.front_line, at=AT)) == [first.document]


def test_an_open_thing_to_do_holds_a_release(world: World) -> None:
    draft, by = draft_of(world, roles=()), world.actor("supervisor")
    release = scheduled(world, draft)
    item = operations.add_item(release=release, kind="signage", title="大厅指引牌", by=by, at=AT)
    assert operations.take_effect_due(at=AT + DAY) == 0
    operations.finish_item(item=item, by=by, at=AT + DAY)
    assert operations.take_effect_due(at=AT + DAY) == 1


def test_r083_rolling_back_brings_the_version_before_back(world: World) -> None:
    by, first = world.actor("supervisor"), draft_of(world, roles=())
    scheduled(world, first)
    operations.take_effect_due(at=AT + DAY)
    second = operations.begin_draft(document=first.document, by=by, at=AT + DAY)
    release = scheduled(world, second, after=2 * DAY)
    operations.take_effect_due(at=AT + 2 * DAY)
    assert queries.version_in_force(first.document, world.counter_team, at=AT + 2 * DAY) == second
    with pytest.raises(NeedsReason):
        operations.roll_back_release(release=release, by=by, at=AT + 3 * DAY, reason="")
    operations.roll_back_release(release=release, by=by, at=AT + 3 * DAY, reason="窗口打印不出新单据")
    assert queries.version_in_force(first.document, world.counter_team, at=AT + 3 * DAY) == first
    assert queries.version_in_force(first.document, world.counter_team, at=AT + 2 * DAY) == second  # what held then, held
    with pytest.raises(WrongReleaseState):
        operations.roll_back_release(release=release, by=by, at=AT + 3 * DAY, reason="again")
    assert list(release.steps.order_by("pk").values_list("state", flat=True)) == ["draft", "scheduled", "in_force", "rolled_back"]


def test_a_version_holds_in_its_units_and_the_nearest_counts(world: World) -> None:
    draft = draft_of(world, roles=())
    scheduled(world, draft)
    operations.take_effect_due(at=AT + DAY)
    assert queries.versions_in_force(world.counter_team, at=AT + DAY) == [draft]
    assert queries.versions_in_force(world.lobby_team, at=AT + DAY) == []
    by = world.actor("manager")
    with pytest.raises(NotInItsUnits):
        operations.open_release(unit=world.branch, name="x", units=[world.other_branch], by=by, at=AT)


def test_nobody_allows_their_own_deviation(world: World) -> None:
    draft, by = draft_of(world), world.actor("supervisor")
    row = operations.ask_deviation(version=draft, unit=world.counter_team, by=by, at=AT, reason="轮椅客人不必到柜台")
    with pytest.raises(OwnDecision):
        operations.decide_deviation(deviation=row, allowed=True, by=by, at=AT)
    with pytest.raises(Forbidden):
        operations.decide_deviation(deviation=row, allowed=True, by=world.actor("front_line"), at=AT)
    row.refresh_from_db()
    assert row.allowed is None
    assert operations.decide_deviation(deviation=row, allowed=True, by=world.actor("manager"), at=AT).allowed


def _actor(staff: Any) -> Any:
    from steward.ground.journal.actors import Actor

    return Actor.staff(staff.user)
