"""R-003: who does what, without overlap or gap, and charters that people confirm after seeing what changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.cast import AT, World

from steward.core.catalog.controlled import operations as controlled
from steward.core.catalog.controlled.differences import differences, pieces
from steward.core.catalog.controlled.errors import InvalidContent
from steward.core.catalog.controlled.models import Acknowledgement, DocumentVersion
from steward.core.catalog.controlled.writing import keyed
from steward.core.catalog.duties import charter, operations
from steward.core.catalog.duties.models import Activity, Responsibility
from steward.core.catalog.duties.queries import NOBODY_ANSWERS, NOBODY_DOES, SEVERAL_ANSWER, problems_of, rows_of
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import Role
from steward.ground.fields import localized

DAY = timedelta(days=1)
REFUND = localized("退款审批", en="Approving refunds")


def role(world: World, code: str) -> Role:
    return Role.objects.get(organisation=world.bank, code=code)


def refunds(world: World, **parts: str) -> Activity:
    by = world.actor("supervisor")
    row = operations.open_activity(unit=world.branch, name=REFUND, by=by, at=AT)
    for code, letters in parts.items():
        operations.set_responsibility(activity=row, role=role(world, code), parts=letters, by=by, at=AT)
    return row


@pytest.mark.parametrize(
    ("letters", "problems"),
    [
        (["A", "R"], []),
        (["AR"], []),
        (["R", "C"], [NOBODY_ANSWERS]),
        (["A", "AR"], [SEVERAL_ANSWER]),
        (["A", "I"], [NOBODY_DOES]),
        ([], [NOBODY_ANSWERS, NOBODY_DOES]),
    ],
)
def test_r003_one_answers_and_at_least_one_does_it(letters: list[str], problems: list[Any]) -> None:
    assert problems_of(letters) == problems


def test_r003_taking_the_only_one_who_answers_away_shows_a_gap_at_once(world: World, signed_in: Any) -> None:
    row = refunds(world, supervisor="A", front_line="R")
    assert rows_of([row])[0].problems == []
    operations.set_responsibility(activity=row, role=role(world, "supervisor"), parts="", by=world.actor("supervisor"), at=AT + DAY)
    assert rows_of([row])[0].problems == [NOBODY_ANSWERS]
    client = signed_in("supervisor")
    assert str(NOBODY_ANSWERS) in client.get(reverse("catalog:duties"), {"state": "wrong"}).content.decode()
    assert "退款审批" in client.get(reverse("console:brief_block", args=["people"])).content.decode()
    history = list(Responsibility.objects.filter(role=role(world, "supervisor")).values_list("part", "starts_at", "ended_at"))
    assert history == [("A", AT, AT + DAY)]


def test_r003_only_those_who_write_there_change_who_does_what(world: World) -> None:
    row = refunds(world, supervisor="A", front_line="R")
    before = list(Responsibility.objects.values_list())
    for name in ("front_line", "other_branch", "outsider"):
        with pytest.raises(Forbidden):
            operations.set_responsibility(activity=row, role=role(world, "manager"), parts="A", by=world.actor(name), at=AT)
    strange = Role.objects.get(organisation=world.hotel, code="manager")
    with pytest.raises(Forbidden):
        operations.set_responsibility(activity=row, role=strange, parts="A", by=world.actor("supervisor"), at=AT)
    assert list(Responsibility.objects.values_list()) == before


def test_r003_saving_what_is_there_changes_nothing(world: World, signed_in: Any) -> None:
    row = refunds(world, supervisor="A", front_line="R")
    before = list(Responsibility.objects.order_by("pk").values_list())
    data = {f"role_{role(world, 'supervisor').pk}": ["A"], f"role_{role(world, 'front_line').pk}": ["R"]}
    assert signed_in("supervisor").post(reverse("catalog:activity", args=[row.public_id]), data).status_code == 302
    assert list(Responsibility.objects.order_by("pk").values_list()) == before


def charter_of(world: World) -> DocumentVersion:
    return controlled.open_document(
        unit=world.branch, kind="role_charter", code="front", name=localized("一线职责书"), by=world.actor("supervisor"), at=AT,
        content={"role": "front_line", "purpose": {}, "duties": [{"key": "d1", "text": {"zh-hans": "首问负责"}}]},
    )  # fmt: skip


def test_r003_people_see_what_is_different_and_sign_it(world: World, signed_in: Any) -> None:
    draft, by = charter_of(world), world.actor("supervisor")
    client, editor = signed_in("supervisor"), reverse("catalog:charter_edit", args=[draft.document.public_id])
    page = client.get(editor)
    seen = page.context["form"]["seen_at"].value()
    data = {"role": "front_line", "duties": "首问负责到底\n老人优先", "changes": "更清楚", "seen_at": seen}
    assert client.post(editor, data).status_code == 302
    draft.refresh_from_db()
    assert [duty["key"] for duty in draft.content["duties"]] == ["d1", "d2"]
    assert client.post(editor, data).status_code == 422  # saved meanwhile: what was seen is no longer the newest
    release = controlled.open_release(unit=world.branch, name="职责书", units=[world.counter_team], by=by, at=AT)
    controlled.add_version(release=release, version=draft, by=by, at=AT)
    controlled.schedule_release(release=release, takes_effect_at=AT, by=by, at=AT)
    front = signed_in("front_line")
    assert "一线职责书" in front.get(reverse("catalog:reading")).content.decode()
    assert front.post(reverse("catalog:confirm_version", args=[draft.public_id])).status_code == 302
    assert Acknowledgement.objects.get().staff == world.staff("front_line")
    assert "一线职责书" not in front.get(reverse("catalog:reading")).context["lines"].__repr__()
    second = controlled.begin_draft(document=draft.document, by=by, at=AT)
    controlled.save_draft(
        draft=second, content={**draft.content, "duties": draft.content["duties"][:1]}, changes="", seen_at=AT, by=by, at=AT
    )
    html = client.get(reverse("catalog:document", args=[draft.document.public_id]), {"version": 2}).content.decode()
    assert "<del>老人优先</del>" in html


def test_differences_name_what_came_went_and_changed() -> None:
    def lines(*texts: tuple[str, str]) -> Any:
        return charter.lines({"purpose": {}, "duties": [{"key": key, "text": {"zh-hans": text}} for key, text in texts]})

    found = differences(lines(("d1", "问候"), ("d2", "核对")), lines(("d1", "主动问候"), ("d3", "道别")))
    assert [(one.how, "".join(piece.text for piece in one.pieces)) for one in found] == [
        ("changed", "主动问候"), ("gone", "核对"), ("added", "道别"),
    ]  # fmt: skip
    assert [(piece.how, piece.text) for piece in pieces("问候", "主动问候")] == [("added", "主动"), ("same", "问候")]


def test_a_rewritten_line_keeps_its_key_and_a_moved_one_too() -> None:
    before = [{"key": "d1", "text": {"zh-hans": "甲", "en": "A"}}, {"key": "d2", "text": {"zh-hans": "乙"}}]
    assert keyed(["乙", "甲"], before, "zh-hans", "d") == [before[1], before[0]]
    assert [duty["key"] for duty in keyed(["甲", "丙", "丁"], before, "zh-hans", "d")] == ["d1", "d2", "d3"]


@pytest.mark.parametrize("content", [[], {"duties": 1}, {"duties": [{"key": "x", "text": {}}]}, {"duties": [{"key": "d1"}, {"key": "d1"}]}])
def test_a_charter_of_another_shape_is_refused(content: Any) -> None:
    with pytest.raises(InvalidContent):
        charter.clean(content)


@pytest.mark.parametrize("name", ["documents", "reading", "releases", "duties"])
def test_lists_keep_within_their_queries(name: str, world: World, signed_in: Any, django_assert_max_num_queries: Any) -> None:
    refunds(world, supervisor="A")
    charter_of(world)
    client = signed_in("supervisor")
    client.get(reverse(f"catalog:{name}"))
    with django_assert_max_num_queries(12):
        assert client.get(reverse(f"catalog:{name}")).status_code == 200


def test_a_document_keeps_within_its_queries(world: World, signed_in: Any, django_assert_max_num_queries: Any) -> None:
    draft, client = charter_of(world), signed_in("supervisor")
    address = reverse("catalog:document", args=[draft.document.public_id])
    client.get(address)
    with django_assert_max_num_queries(16):
        assert client.get(address).status_code == 200
