"""Drafts on the server: they survive, one window does not overwrite another unseen, colleagues see who writes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.cast import AT, SETUP, World

from steward.contact.writing import operations as writing
from steward.contact.writing.errors import DraftChanged
from steward.contact.writing.models import Draft
from steward.contact.writing.operations.drafts import topic_of, writers
from steward.core.cases import operations as cases
from steward.core.cases.errors import AlreadyClosed, AnsweredMeanwhile
from steward.core.cases.models import Case, Message
from steward.ground.access.errors import Forbidden
from steward.ground.journal import topics
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db
WORDS = "您好，款项今日退回。"


@pytest.fixture
def case(world: World) -> Case:
    return cases.open_case(
        unit=world.counter_team, kind="request", channel="counter", title="退款", customer=world.customer, by=SETUP, at=AT
    )


def saved(world: World, case: Case, body: str, version: int, who: str = "front_line", **more: Any) -> Draft:
    given = {"direction": "out", "at": AT, **more}
    return writing.save_draft(case=case, body=body, version=version, by=world.actor(who), **given)


def test_r044_a_draft_is_kept_and_the_same_text_again_changes_nothing(world: World, case: Case, signed_in: Any) -> None:
    entries = Entry.objects.count()
    assert saved(world, case, WORDS, 0).version == 1
    assert saved(world, case, WORDS, 0).version == 1
    assert saved(world, case, f"{WORDS}谢谢", 1).version == 2
    assert Entry.objects.count() == entries  # nobody's word yet
    assert f"/writing/{case.public_id}/draft/" in signed_in("front_line").get(f"/cases/{case.public_id}/").content.decode()
    assert signed_in("front_line").get(f"/writing/{case.public_id}/draft/").json() == {
        "drafts": {"out": {"body": f"{WORDS}谢谢", "version": 2}}
    }
    assert signed_in("supervisor").get(f"/writing/{case.public_id}/draft/").json() == {"drafts": {}}


def test_r044_of_two_windows_the_second_is_offered_the_other_text(world: World, case: Case, signed_in: Any) -> None:
    saved(world, case, "一", 0)
    saved(world, case, "一二", 1)
    with pytest.raises(DraftChanged):
        saved(world, case, "一三", 1)
    answer = signed_in("front_line").post(f"/writing/{case.public_id}/draft/", {"direction": "out", "body": "一三", "version": 1})
    assert (answer.status_code, answer.json()["body"], answer.json()["version"]) == (409, "一二", 2)
    assert Draft.objects.get().body == "一二"


def test_r044_what_is_sent_is_no_draft_and_a_late_save_does_not_bring_it_back(world: World, case: Case) -> None:
    saved(world, case, WORDS, 0)
    saved(world, case, "记一笔", 0, direction="note")
    cases.add_message(case=case, direction="out", body=WORDS, by=world.actor("front_line"), at=AT)
    with pytest.raises(DraftChanged) as changed:
        saved(world, case, WORDS, 1)
    assert changed.value.params == {"version": 2, "body": ""}
    assert Draft.objects.get(direction="out").body == ""
    assert Draft.objects.get(direction="note").body == "记一笔"


def test_r044_a_send_that_fails_leaves_the_draft(world: World, case: Case) -> None:
    saved(world, case, WORDS, 0)
    cases.close_case(case=case, resolution="withdrawn", reason="撤回", by=SETUP, at=AT)
    with pytest.raises(AlreadyClosed):
        cases.add_message(case=case, direction="out", body=WORDS, by=world.actor("front_line"), at=AT)
    assert Draft.objects.get().body == WORDS


def test_r044_only_who_may_write_keeps_a_draft(world: World, case: Case) -> None:
    with pytest.raises(Forbidden):
        saved(world, case, WORDS, 0, who="quality_reviewer")
    with pytest.raises(Forbidden):
        saved(world, case, WORDS, 0, who="outsider")
    assert not Draft.objects.exists()


def test_r044_colleagues_see_who_writes_until_they_stop(
    world: World, case: Case, signed_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    def version() -> int:
        return topics.versions([topic_of(case)])[topic_of(case)]

    with django_capture_on_commit_callbacks(execute=True):
        saved(world, case, "您", 0)
    assert version() == 1
    with django_capture_on_commit_callbacks(execute=True):
        saved(world, case, "您好", 1)
    assert version() == 1  # told once, not with each letter
    page = signed_in("supervisor").get(f"/writing/{case.public_id}/writers/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "林一正在写答复" in page
    assert "林一" not in signed_in("front_line").get(f"/writing/{case.public_id}/writers/").content.decode()
    supervisor = world.cast.supervisor
    assert not writers(case, supervisor, AT + timedelta(seconds=30))  # nobody says goodbye when the network fails
    with django_capture_on_commit_callbacks(execute=True):
        writing.leave_case(case=case, by=world.actor("front_line"), at=AT)
    assert not writers(case, supervisor, AT)
    assert version() == 2
    saved(world, case, "您好，", 2, leaving=True)
    assert not writers(case, supervisor, AT)


def test_r044_a_reply_does_not_go_out_over_one_that_was_not_seen(world: World, case: Case, signed_in: Any) -> None:
    first = cases.add_message(case=case, direction="in", body="钱呢", by=SETUP, at=AT)
    cases.add_message(case=case, direction="out", body="已退回。", by=world.actor("supervisor"), at=AT)
    with pytest.raises(AnsweredMeanwhile):
        cases.add_message(case=case, direction="out", body="查询中。", by=world.actor("front_line"), at=AT, seen=first.pk)
    client = signed_in("front_line")
    given = {"direction": "out", "body": "查询中。", "seen": first.pk}
    refused = client.post(f"/cases/{case.public_id}/messages/", given, headers={"HX-Request": "true"})
    assert refused.status_code == 409
    assert "answered_meanwhile" in refused.headers["HX-Trigger"]
    assert not Message.objects.filter(body="查询中。").exists()
    # A note needs no such check, and whoever has read the other reply may send theirs.
    client.post(f"/cases/{case.public_id}/messages/", given | {"direction": "note", "body": "备注"})
    latest = Message.objects.latest("pk").pk
    client.post(f"/cases/{case.public_id}/messages/", given | {"seen": latest})
    assert Message.objects.filter(body="查询中。").exists()


def test_r044_old_drafts_go(world: World, case: Case) -> None:
    saved(world, case, WORDS, 0, at=AT - timedelta(days=15))
    saved(world, case, "新的", 0, direction="note")
    assert writing.forget_old(at=AT) == 1
    assert Draft.objects.get().body == "新的"


def test_a_draft_too_long_for_a_message_is_told(world: World, case: Case, signed_in: Any) -> None:
    answer = signed_in("front_line").post(f"/writing/{case.public_id}/draft/", {"direction": "out", "body": "长" * 20_001, "version": 0})
    assert answer.status_code == 422
    assert answer.json()["message"]
    assert not Draft.objects.exists()
