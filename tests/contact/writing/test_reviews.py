"""Replies a colleague reads first: handing over, changing, giving back, sending in either name; and units that demand it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cast import AT, SETUP, World

from steward.contact.writing import operations as writing
from steward.contact.writing.errors import NeedsReview, NotNow, OwnReview, ReviewerCannot, ReviewOpen, TextChanged
from steward.contact.writing.models import Draft, SharedDraft
from steward.core.cases import operations as cases
from steward.core.cases.errors import AnsweredMeanwhile
from steward.core.cases.models import Case, Message, Task
from steward.ground.access.errors import Forbidden
from steward.ground.delivery.models import Notice
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db
WORDS = "您好，款项今日退回。"


@pytest.fixture
def case(world: World) -> Case:
    return cases.open_case(
        unit=world.counter_team, kind="complaint", channel="counter", title="多扣了钱", customer=world.customer, by=SETUP, at=AT
    )


def asked(world: World, case: Case, author: str = "front_line", reviewer: str = "supervisor") -> SharedDraft:
    return writing.ask_review(
        case=case,
        author=world.staff(author),
        reviewer=world.staff(reviewer),
        body=WORDS,
        why="金额大",
        by=world.actor(author),
        at=AT,
    )


def probation(world: World, who: str = "front_line") -> None:
    writing.set_demand(unit=world.branch, staff=world.staff(who), reason="试用期", by=world.actor("supervisor"), at=AT)


def acts(shared: SharedDraft) -> list[str]:
    return list(shared.steps.order_by("pk").values_list("act", flat=True))


def test_r044_handing_over_takes_the_draft_along_and_is_on_the_reviewers_list(world: World, case: Case, signed_in: Any) -> None:
    writing.save_draft(case=case, direction="out", body=WORDS, version=0, by=world.actor("front_line"), at=AT)
    shared = asked(world, case)
    assert Draft.objects.get().body == ""
    task = Task.objects.get(owner=world.staff("supervisor"))
    assert (task.subject_type, task.subject_id) == ("writing.shareddraft", shared.pk)
    assert f"/reviews/{shared.public_id}/" in signed_in("supervisor").get("/todo/").content.decode()
    assert Notice.objects.filter(user=world.cast.supervisor, url=f"/reviews/{shared.public_id}/").count() == 1
    with pytest.raises(ReviewOpen):
        asked(world, case, reviewer="manager")
    assert Message.objects.filter(case=case, direction="out").count() == 0


def test_r044_what_was_written_on_since_stays_in_the_composer(world: World, case: Case, signed_in: Any) -> None:
    writing.save_draft(case=case, direction="out", body=WORDS, version=0, by=world.actor("front_line"), at=AT)
    client = signed_in("front_line")
    page = client.get(f"/reviews/of/{case.public_id}/").content.decode()
    assert WORDS in page
    writing.save_draft(case=case, direction="out", body=f"{WORDS}还有一句", version=1, by=world.actor("front_line"), at=AT)
    given = {"reviewer": world.staff("supervisor").public_id, "body": WORDS, "why": "", "draft": 1}
    assert client.post(f"/reviews/of/{case.public_id}/", given).status_code == 302
    assert SharedDraft.objects.get().body == WORDS
    assert Draft.objects.get().body == f"{WORDS}还有一句"


@pytest.mark.parametrize(("as_author", "name"), [(True, "front_line"), (False, "supervisor")])
def test_r044_sent_in_either_name_both_are_recorded(world: World, case: Case, as_author: bool, name: str) -> None:
    shared = asked(world, case)
    message = writing.send_shared(shared=shared, version=1, as_author=as_author, body=f"{WORDS}抱歉。", by=world.actor("supervisor"), at=AT)
    shared.refresh_from_db()
    assert (message.author, message.body) == (getattr(world.cast, name), f"{WORDS}抱歉。")
    assert (shared.state, shared.message) == ("sent", message)
    assert acts(shared) == ["asked", "edited", "approved", "sent"]
    entry = Entry.objects.get(code="writing.draft_sent")
    assert entry.public["author"] == world.cast.front_line.pk
    assert entry.public["sender"] == world.cast.supervisor.pk
    assert entry.public["in_name_of"] == getattr(world.cast, name).pk
    sent = Entry.objects.get(code="cases.message_added", subject_id=case.pk)
    assert sent.actor_ref == str(world.cast.supervisor.public_id)
    assert Task.objects.get(owner=world.staff("supervisor")).state == "done"


def test_r044_given_back_changed_and_approved(world: World, case: Case) -> None:
    shared, author, reviewer = asked(world, case), world.actor("front_line"), world.actor("supervisor")
    with pytest.raises(Forbidden):  # while the reviewer has it, only they change it
        writing.edit_shared(shared=shared, body="改", version=1, by=author, at=AT)
    writing.return_shared(shared=shared, words="写清时间", by=reviewer, at=AT)
    assert Notice.objects.filter(user=world.cast.front_line).count() == 1
    with pytest.raises(NotNow):
        writing.send_shared(shared=shared, version=1, as_author=True, by=author, at=AT)
    writing.edit_shared(shared=shared, body="15:00 前退回。", version=1, by=author, at=AT)
    writing.ask_again(shared=shared, words="写了", by=author, at=AT)
    writing.approve_shared(shared=shared, version=2, by=reviewer, at=AT)
    with pytest.raises(NotNow):  # it would no longer be what was read
        writing.edit_shared(shared=shared, body="明天退。", version=2, by=author, at=AT)
    message = writing.send_shared(shared=shared, version=2, as_author=True, by=author, at=AT)
    assert (message.body, message.author) == ("15:00 前退回。", world.cast.front_line)
    shared.refresh_from_db()
    assert acts(shared) == ["asked", "returned", "edited", "asked", "approved", "sent"]
    assert Task.objects.filter(kind="writing.review", state="open").count() == 0


def test_r044_the_second_of_two_editors_sees_both_texts(world: World, case: Case, signed_in: Any) -> None:
    shared = asked(world, case)
    writing.edit_shared(shared=shared, body="甲改的", version=1, by=world.actor("supervisor"), at=AT)
    with pytest.raises(TextChanged):
        writing.edit_shared(shared=shared, body="乙改的", version=1, by=world.actor("manager"), at=AT)
    client = signed_in("manager")
    for headers in ({"HX-Request": "true", "HX-Target": "read-problem"}, {}):
        answer = client.post(f"/reviews/{shared.public_id}/send/", {"version": 1, "body": "乙改的", "name": "own"}, headers=headers)
        page = answer.content.decode()
        assert answer.status_code in (409, 422)
        assert "甲改的" in page
        assert "乙改的" in page
    assert not Message.objects.filter(case=case, direction="out").exists()
    shared.refresh_from_db()
    assert (shared.body, shared.state) == ("甲改的", "waiting")


def test_r044_without_approval_nothing_of_a_newcomer_goes_out(world: World, case: Case, signed_in: Any) -> None:
    probation(world)
    front = world.actor("front_line")
    with pytest.raises(NeedsReview):
        cases.add_message(case=case, direction="out", body=WORDS, by=front, at=AT)
    answer = signed_in("front_line").post(
        f"/cases/{case.public_id}/messages/", {"direction": "out", "body": WORDS}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409
    assert not Message.objects.filter(case=case, direction="out").exists()
    cases.add_message(case=case, direction="note", body="备注", by=front, at=AT)  # notes stay free
    shared = asked(world, case)
    with pytest.raises(NotNow):
        writing.send_shared(shared=writing.return_shared(shared=shared, words="改", by=world.actor("supervisor"), at=AT),
                            version=1, as_author=True, by=front, at=AT)  # fmt: skip
    writing.ask_again(shared=shared, words="", by=front, at=AT)
    writing.approve_shared(shared=shared, version=1, by=world.actor("supervisor"), at=AT)
    with pytest.raises(NeedsReview):  # another text than the approved one
        cases.add_message(case=case, direction="out", body=f"{WORDS}！", by=front, at=AT)
    cases.add_message(case=case, direction="out", body=WORDS, by=front, at=AT)
    shared.refresh_from_db()
    assert shared.state == "sent"
    with pytest.raises(NeedsReview):  # approved once is sent once
        cases.add_message(case=case, direction="out", body=WORDS, by=front, at=AT)


def test_r044_a_kind_that_is_read_first_holds_those_who_do_not_lead(world: World, case: Case) -> None:
    demand = writing.set_demand(unit=world.bank, kind="complaint", reason="投诉先审", by=world.actor("manager"), at=AT)
    with pytest.raises(NeedsReview):
        cases.add_message(case=case, direction="out", body=WORDS, by=world.actor("front_line"), at=AT)
    cases.add_message(case=case, direction="out", body="已收到。", by=world.actor("supervisor"), at=AT)
    cases.add_message(case=case, direction="out", body="自动回执", by=SETUP, at=AT, automatic=True, answers=False)
    writing.end_demand(demand=demand, by=world.actor("manager"), at=AT)
    cases.add_message(case=case, direction="out", body=WORDS, by=world.actor("front_line"), at=AT)
    assert Message.objects.filter(case=case, direction="out").count() == 3


def test_r044_who_may_read(world: World, case: Case) -> None:
    with pytest.raises(OwnReview):
        asked(world, case, reviewer="front_line")
    with pytest.raises(ReviewerCannot):
        asked(world, case, reviewer="other_branch")
    probation(world, "supervisor")
    with pytest.raises(ReviewerCannot):  # two newcomers do not approve one another
        asked(world, case)
    assert not SharedDraft.objects.exists()


def test_r044_the_reviewers_send_sees_what_came_meanwhile(world: World, case: Case) -> None:
    shared = asked(world, case)
    seen = cases.add_message(case=case, direction="in", body="急", by=SETUP, at=AT).pk
    cases.add_message(case=case, direction="in", body="不用退了", by=SETUP, at=AT)
    with pytest.raises(AnsweredMeanwhile):
        writing.send_shared(shared=shared, version=1, as_author=True, by=world.actor("supervisor"), at=AT, seen=seen)
    shared.refresh_from_db()
    assert shared.state == "waiting"  # nothing half done


def test_a_demand_names_one_thing(world: World, signed_in: Any) -> None:
    given = {"unit": world.branch.public_id, "reason": "试用期"}
    assert signed_in("supervisor").post("/reviews/demands/new/", given).status_code == 422
    both = given | {"kind": "complaint", "staff": world.staff("front_line").public_id}
    assert signed_in("supervisor").post("/reviews/demands/new/", both).status_code == 422
    assert signed_in("supervisor").post("/reviews/demands/new/", given | {"kind": "complaint"}).status_code == 302
    assert signed_in("supervisor").post("/reviews/demands/new/", given | {"kind": "complaint"}).status_code == 422
