"""R-044: what expresses dissatisfaction and expects an answer is suggested as a complaint, with its sentence; a person decides, and says why not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.cast import AT, SETUP, World

from steward.core.cases import operations as cases
from steward.core.cases.errors import AlreadyDecided, NeedsDowngradeReason
from steward.core.cases.models import Case, KindSuggestion, Promise
from steward.ground.access.errors import Forbidden
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry
from steward.ground.journal.subscribers import pump_all

WORDS = "我想问一下开卡的进度。已经等了三周，非常不满，请给说法。谢谢。"


def _open(world: World, body: str = WORDS, **more: Any) -> Case:
    values = {"kind": "enquiry", "channel": "email", "title": "咨询", "by": SETUP, "at": AT, **more}
    return cases.open_case(unit=world.counter_team, body=body, **values)


def _read() -> None:
    pump_all(at=AT, holder="test")


def test_r044_a_mail_called_enquiry_is_suggested_with_its_sentence(world: World, signed_in: Any) -> None:
    case = _open(world)
    _read()
    found = KindSuggestion.objects.get(case=case)
    assert found.message.body[found.start : found.end] == "已经等了三周，非常不满，请给说法。"
    case.refresh_from_db()
    assert case.kind == "enquiry", "nothing changes before a person decides"
    page = signed_in("front_line").get(reverse("cases:detail", args=[case.public_id])).content.decode()
    assert "<mark>已经等了三周，非常不满，请给说法。</mark>" in page
    assert "这是投诉吗？" in page


@pytest.mark.parametrize("body", ["请问开卡需要什么材料？", "谢谢，问题解决了，服务很好。"])
def test_r044_plain_questions_and_praise_are_left_alone(body: str, world: World) -> None:
    _open(world, body)
    _read()
    assert not KindSuggestion.objects.exists()


def test_r044_a_later_word_is_read_too_and_each_case_is_asked_once(world: World) -> None:
    case = _open(world, "请问开卡需要什么材料？")
    for minute in (5, 9):
        cases.add_message(case=case, direction="in", channel="email", body=WORDS, by=SETUP, at=AT + timedelta(minutes=minute))
    _read()
    _read()
    assert KindSuggestion.objects.filter(case=case).count() == 1
    assert Entry.objects.filter(code="cases.kind_suggested").count() == 1


def test_r044_taking_it_makes_the_case_a_complaint_with_the_clocks_of_complaints(world: World, signed_in: Any) -> None:
    case = _open(world)
    _read()
    found = KindSuggestion.objects.get(case=case)
    signed_in("front_line").post(reverse("cases:suggestion_take", args=[case.public_id, found.public_id]))
    case.refresh_from_db()
    found.refresh_from_db()
    assert (case.kind, found.state, found.decided_by) == ("complaint", "taken", world.cast.front_line)
    assert Promise.objects.filter(case=case, clock="statutory", cancelled_at=None).exists()
    with pytest.raises(AlreadyDecided):
        cases.dismiss_suggestion(suggestion=found, by=world.actor("supervisor"), at=AT, reason="看错了")


def test_r044_saying_no_needs_a_reason_that_stands_in_the_journal(world: World, signed_in: Any) -> None:
    case = _open(world)
    _read()
    found = KindSuggestion.objects.get(case=case)
    with pytest.raises(NeedsDowngradeReason):
        cases.dismiss_suggestion(suggestion=found, by=world.actor("front_line"), at=AT, reason="  ")
    found.refresh_from_db()
    assert found.state == "open"
    address = reverse("cases:suggestion_dismiss", args=[case.public_id])
    client = signed_in("front_line")
    client.post(address, {"suggestion": found.public_id, "reason": ""})
    found.refresh_from_db()
    assert found.state == "open", "a form without a reason changes nothing"
    client.post(address, {"suggestion": found.public_id, "reason": "客户说的是另一家银行"})
    found.refresh_from_db()
    assert (found.state, found.decided_by) == ("dismissed", world.cast.front_line)
    assert Entry.objects.filter(code="cases.suggestion_dismissed", subject_id=case.pk).count() == 1
    _read()
    assert KindSuggestion.objects.filter(case=case, state="open").count() == 0, "the same words are not asked about again"


def test_r044_a_complaint_by_hand_settles_the_question(world: World) -> None:
    case = _open(world)
    _read()
    cases.change_kind(case=case, kind="complaint", by=world.actor("supervisor"), at=AT)
    found = KindSuggestion.objects.get(case=case)
    assert (found.state, found.decided_by) == ("taken", world.cast.supervisor)


@pytest.mark.parametrize("who", ["other_branch", "quality_reviewer", "outsider"])
def test_r044_whoever_does_not_work_on_the_case_decides_nothing(who: str, world: World) -> None:
    case = _open(world)
    _read()
    found = KindSuggestion.objects.get(case=case)
    before = Entry.objects.count()
    with pytest.raises(Forbidden):
        cases.take_suggestion(suggestion=found, by=world.actor(who), at=AT)
    with pytest.raises(Forbidden):
        cases.dismiss_suggestion(suggestion=found, by=world.actor(who), at=AT, reason="没有")
    case.refresh_from_db()
    found.refresh_from_db()
    assert (case.kind, found.state, Entry.objects.count()) == ("enquiry", "open", before)


def test_r044_imported_history_is_not_read(world: World) -> None:
    _open(world, by=Actor("import", "file"))
    _read()
    assert not KindSuggestion.objects.exists()
