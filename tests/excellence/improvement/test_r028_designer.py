"""R-028: the designer of processes, without a browser: rows, actions, saving, files, what is seen by whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from tests.cast import AT, World

from steward.core.catalog.controlled import operations
from steward.core.catalog.models import DocumentVersion
from steward.core.catalog.processes import demo, exchange, kind
from steward.core.catalog.processes.flow import flow_of
from steward.excellence.improvement import board as boards
from steward.ground.fields import localized

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]
AS_IS = kind.clean(demo.content_of(demo.AS_IS, demo.AS_IS_WAYS))
TO_BE = kind.clean(demo.content_of(demo.TO_BE, demo.TO_BE_WAYS))


@pytest.fixture
def draft(world: World) -> DocumentVersion:
    by = world.actor("supervisor")
    return operations.open_document(
        unit=world.branch, kind="process", code="open", name=localized("开户", en="Opening"), by=by, at=AT, content=AS_IS
    )


def typed(board: boards.Board, **changed: Any) -> dict[str, Any]:
    """What a browser would send of a board."""
    data: dict[str, Any] = {"step": [row.key for row in board.rows], "link": [way.key for way in board.ways]}
    for row in board.rows:
        data |= {f"{row.key}.{name}": value for name, value in row.said.items()} | ({f"{row.key}.hidden": "1"} if row.hidden else {})
    for way in board.ways:
        data |= {f"{way.key}.{name}": getattr(way, name) for name in ("source", "target", "share", "label")}
    return data | {"purpose": board.purpose, "changes": board.changes, "seen_at": board.seen_at, **changed}


def posted(data: dict[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


def test_what_the_form_shows_comes_back_as_it_was() -> None:
    for content in (AS_IS, TO_BE):
        board = boards.from_post(posted(typed(boards.from_content(content))))
        assert kind.clean(boards.content_of(board, content, "zh-hans")) == content


def keys(board: boards.Board) -> list[tuple[str, str]]:
    return [(way.source, way.target) for way in board.ways]


def small() -> boards.Board:
    steps = [{"key": "start", "kind": "start"}, {"key": "a"}, {"key": "b"}, {"key": "end", "kind": "end"}]
    links = [{"from": "start", "to": "a"}, {"from": "a", "to": "b"}, {"from": "b", "to": "end"}]
    return boards.from_content(kind.clean({"steps": steps, "links": links}))


def test_a_step_added_after_another_stands_on_its_way_and_a_removed_one_closes_the_gap() -> None:
    board = small()
    boards.act(board, "after:a")
    assert set(keys(board)) == {("start", "a"), ("a", "s1"), ("s1", "b"), ("b", "end")}
    assert [row.key for row in board.rows] == ["start", "a", "s1", "b", "end"]
    boards.act(board, "remove:a")
    assert set(keys(board)) == {("start", "s1"), ("s1", "b"), ("b", "end")}


def test_rows_move_within_their_lane_and_ways_are_added_and_removed() -> None:
    board = small()
    boards.act(board, "up:b")
    assert [row.key for row in board.rows] == ["start", "b", "a", "end"]
    board.ways[0].share = "70"
    boards.act(board, "way:start")
    assert board.ways_of("start")[1].share == "30"
    boards.act(board, f"unway:{board.ways_of('start')[1].key}")
    assert len(board.ways_of("start")) == 1
    for nonsense in ("", "x", "up:nobody", "after:nobody", "remove:nobody", "way:nobody", "add:nowhere", "save:a"):
        boards.act(board, nonsense)
    assert [row.key for row in board.rows] == ["start", "b", "a", "end"]


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        (("", "", ""), None),
        (("", "5", ""), [5, 5, 5]),
        (("2", "", "6"), [2, 4, 6]),
        (("1", "2", "3"), [1, 2, 3]),
        (("1,5", "", ""), [1.5] * 3),
    ],
)
def test_times_may_be_said_in_part(said: tuple[str, str, str], minutes: Any) -> None:
    board = small()
    board.rows[1].said |= dict(zip(("low", "mode", "high"), said, strict=True))
    assert boards.content_of(board, kind.empty(), "en")["steps"][1]["minutes"] == minutes


def test_a_draft_is_written_read_back_and_not_overwritten_unseen(draft: DocumentVersion, signed_in: SignedIn) -> None:
    client, address = signed_in("supervisor"), reverse("improvement:process_edit", args=[draft.document.public_id])
    page = client.get(address)
    assert page.status_code == 200
    data = typed(page.context["board"])
    data["copy.role"] = "front_line"
    data["copy.name"] = "拍照存证件"
    assert client.post(address, {**data, "do": "save"}).status_code == 302
    draft.refresh_from_db()
    step = flow_of(draft.content).step("copy")
    assert (step.role, step.name) == ("front_line", {"zh-hans": "拍照存证件", "en": "Copying and listing the papers"})
    again = client.post(address, {**data, "copy.name": "另一个名字", "do": "save"})
    assert again.status_code == 422  # somebody saved meanwhile
    assert "另一个名字" in again.content.decode()
    draft.refresh_from_db()
    assert flow_of(draft.content).step("copy").name["zh-hans"] == "拍照存证件"


def test_what_cannot_be_kept_stays_in_the_form_with_its_reason(draft: DocumentVersion, signed_in: SignedIn) -> None:
    client, address = signed_in("supervisor"), reverse("improvement:process_edit", args=[draft.document.public_id])
    data = typed(client.get(address).context["board"], do="save")
    for wrong in (
        {"form.low": "9", "form.high": "2"},
        {"form.low": "soon"},
        {"l1.share": "200"},
        {"l1.target": ""},
        {"step": [*data["step"], "<b>"]},
    ):
        page = client.post(address, {**data, **wrong})
        assert page.status_code == 422
        assert "field-error" in page.content.decode()
        assert "<b>" not in page.content.decode().replace("&lt;b&gt;", "")
    draft.refresh_from_db()
    assert draft.content == AS_IS


def test_the_check_shows_picture_and_problems_and_saves_nothing(
    draft: DocumentVersion, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("supervisor")
    page = client.get(reverse("improvement:process_edit", args=[draft.document.public_id]))
    data = typed(page.context["board"], **{"form.role": "", "form.name": "<script>x</script>"})
    with django_assert_max_num_queries(12):
        html = client.post(reverse("improvement:process_check", args=[draft.document.public_id]), data).content.decode()
    assert "<svg" in html
    assert "<script" not in html
    for place in ("form", "copy", "review"):
        assert f'href="#step-{place}"' in html
    draft.refresh_from_db()
    assert draft.content == AS_IS


def test_actions_work_with_and_without_javascript(draft: DocumentVersion, signed_in: SignedIn) -> None:
    client, address = signed_in("supervisor"), reverse("improvement:process_edit", args=[draft.document.public_id])
    data = typed(client.get(address).context["board"], do="after:form")
    whole = client.post(address, data).content.decode()
    part = client.post(address, data, headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole
    assert "<html" not in part
    for html in (whole, part):
        assert 'name="s1.name"' in html
    draft.refresh_from_db()
    assert draft.content == AS_IS


def test_r028_importing_the_account_opening_flags_its_faults_in_the_designer(world: World, signed_in: SignedIn) -> None:
    by = world.actor("supervisor")
    draft = operations.open_document(unit=world.branch, kind="process", code="new", name=localized("开户"), by=by, at=AT)
    client = signed_in("supervisor")
    file = SimpleUploadedFile("open.bpmn", exchange.to_bpmn(AS_IS, name="开户"))
    answer = client.post(reverse("improvement:process_import", args=[draft.document.public_id]), {"file": file}, follow=True)
    found = [(one.code, one.place) for one, _words in answer.context["findings"]]
    for wanted in (("hidden", "copy"), ("hidden", "review"), ("no_owner", "copy"), ("no_owner", "review"), ("document_twice", "open")):
        assert wanted in found
    assert "身份证复印件" in answer.content.decode()


@pytest.mark.parametrize("data", [b"", b"{", b"<a/>", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", b"\xff\xfe\x00"])
def test_a_hostile_file_changes_nothing_and_says_why(draft: DocumentVersion, signed_in: SignedIn, data: bytes) -> None:
    client = signed_in("supervisor")
    address = reverse("improvement:process_import", args=[draft.document.public_id])
    answer = client.post(address, {"file": SimpleUploadedFile("x.bpmn", data)}, follow=True)
    assert answer.status_code == 200
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    draft.refresh_from_db()
    assert draft.content == AS_IS


def released(world: World, draft: DocumentVersion, content: Any) -> None:
    by = world.actor("supervisor")
    operations.save_draft(draft=draft, content=content, changes="", seen_at=draft.changed_at, by=by, at=AT)
    release = operations.open_release(unit=world.branch, name="x", units=[world.branch], by=by, at=AT)
    operations.add_version(release=release, version=draft, by=by, at=AT)
    operations.schedule_release(release=release, takes_effect_at=AT, by=by, at=AT)
    for place in release.places.all():
        operations.override_hold(place=place, by=by, at=AT, reason="试点")
    operations.take_effect_due(at=AT)


def test_the_front_line_reads_it_with_picture_guide_and_files_and_sees_no_draft(
    world: World, draft: DocumentVersion, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client, guide = signed_in("front_line"), reverse("catalog:process_guide", args=[draft.public_id])
    assert client.get(guide).status_code == 404
    released(world, draft, TO_BE)
    page = client.get(reverse("catalog:document", args=[draft.document.public_id])).content.decode()
    assert "<svg" in page
    assert "当面填写、核对" in page
    with django_assert_max_num_queries(12):
        html = client.get(guide).content.decode()
    assert "身份证原件" in html
    assert "我们边问边填，您核对后签字。" in html
    for form, start in (("bpmn", b"<?xml"), ("json", b"{"), ("svg", b"<svg")):
        answer = client.get(reverse("catalog:process_file", args=[draft.public_id, form]))
        assert answer.content.startswith(start)
        assert "attachment" in answer["Content-Disposition"]
    assert client.get(reverse("catalog:process_file", args=[draft.public_id, "exe"])).status_code == 404
    assert exchange.read_file(exchange.to_json(TO_BE), roles={})[0] == TO_BE


def test_what_is_different_from_the_version_before_stands_step_by_step(world: World, draft: DocumentVersion, signed_in: SignedIn) -> None:
    released(world, draft, TO_BE)
    by = world.actor("supervisor")
    second = operations.begin_draft(document=draft.document, by=by, at=AT)
    slower = {**TO_BE, "steps": [{**step, "role": "supervisor"} if step["key"] == "open" else step for step in TO_BE["steps"]]}
    operations.save_draft(draft=second, content=slower, changes="", seen_at=second.changed_at, by=by, at=AT)
    page = signed_in("supervisor").get(reverse("catalog:document", args=[draft.document.public_id]), {"version": 2})
    assert [(one.how, one.label) for one in page.context["differences"]] == [("changed", "建立账户、交卡")]
