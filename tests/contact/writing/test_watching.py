"""@name in a note, and who looks on: told once, only of what they may see, and found by pinyin."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override
from tests.cast import AT, SETUP, World

from steward.contact.writing import operations as writing
from steward.contact.writing.errors import MentionedCannotSee, MentionUnclear
from steward.contact.writing.models import Draft, SharedDraft, Watcher
from steward.contact.writing.personal import blank, export, find
from steward.contact.writing.pinyin import sounds_like
from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message
from steward.ground.access.models import User
from steward.ground.delivery.models import Notice
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world: World) -> Case:
    return cases.open_case(
        unit=world.counter_team, kind="request", channel="counter", title="退款", customer=world.customer, by=SETUP, at=AT
    )


def note(world: World, case: Case, body: str, who: str = "front_line") -> Message:
    return cases.add_message(case=case, direction="note", body=body, by=world.actor(who), at=AT)


def told(user: User) -> int:
    return Notice.objects.filter(user=user).count()


def deliver() -> None:
    writing.tell_watchers(list(Entry.objects.filter(code__startswith="cases.").order_by("seq")))


def test_r044_who_is_mentioned_is_told_and_watches(world: World, case: Case) -> None:
    note(world, case, "请@王主管看一下，抄送 @孙经理，信箱 a@王主管.example")
    assert set(Watcher.objects.values_list("user", flat=True)) == {world.cast.supervisor.pk, world.cast.manager.pk}
    watcher = Watcher.objects.get(user=world.cast.supervisor)
    assert (watcher.how, watcher.added_by) == ("mention", world.cast.front_line)
    assert told(world.cast.supervisor) == 1
    deliver()  # the note that mentions them is no second news
    assert told(world.cast.supervisor) == 1
    note(world, case, "@王主管 再看一次")
    assert Watcher.objects.filter(user=world.cast.supervisor).count() == 1
    assert told(world.cast.supervisor) == 2


def test_r044_a_mention_of_who_may_not_see_the_case_is_refused_and_tells_nothing(world: World, case: Case, signed_in: Any) -> None:
    with pytest.raises(MentionedCannotSee):
        note(world, case, "@赵南 @王主管 请看")
    answer = signed_in("front_line").post(
        f"/cases/{case.public_id}/messages/", {"direction": "note", "body": "@赵南 请看"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    assert "mentioned_cannot_see" in answer.headers["HX-Trigger"]
    assert not Message.objects.filter(case=case, direction="note").exists()
    assert not Watcher.objects.exists()
    assert told(world.cast.other_branch) == told(world.cast.supervisor) == 0
    note(world, case, "@吴外 在别家，@不认识的人 也一样")  # names of no colleague are words
    cases.add_message(case=case, direction="out", body="请联系 @赵南", by=world.actor("front_line"), at=AT)
    assert told(world.cast.other_branch) == told(world.cast.outsider) == 0


def test_r044_two_of_one_name_are_told_apart_by_their_unit(world: World, case: Case) -> None:
    User.objects.filter(pk=world.cast.manager.pk).update(name="王主管")
    with pytest.raises(MentionUnclear):
        note(world, case, "@王主管 请看")
    with override("en"):
        note(world, case, "@王主管·滨江支行 请看")
    assert [row.user for row in Watcher.objects.all()] == [world.cast.supervisor]


def test_r044_watchers_get_one_notice_until_they_read_it(world: World, case: Case) -> None:
    writing.watch_case(case=case, by=world.actor("supervisor"), at=AT)
    writing.watch_case(case=case, by=world.actor("supervisor"), at=AT)
    assert Watcher.objects.count() == 1
    cases.add_message(case=case, direction="out", body="已办。", by=world.actor("front_line"), at=AT)
    note(world, case, "备注")
    deliver()
    deliver()
    assert told(world.cast.supervisor) == 1
    Notice.objects.update(read_at=AT)
    deliver()  # the same entries once more
    assert told(world.cast.supervisor) == 1
    cases.add_message(case=case, direction="in", body="谢谢", by=SETUP, at=AT)
    writing.tell_watchers([Entry.objects.filter(code="cases.message_added").latest("seq")])
    assert told(world.cast.supervisor) == 2


def test_r044_not_of_own_doings_nor_of_what_one_does_not_want_nor_may_not_see(world: World, case: Case) -> None:
    writing.watch_case(case=case, by=world.actor("supervisor"), at=AT)
    note(world, case, "自己写的", who="supervisor")
    deliver()
    assert told(world.cast.supervisor) == 0
    writing.choose_level(user=world.cast.supervisor, level="states", at=AT)
    note(world, case, "备注")
    deliver()
    assert told(world.cast.supervisor) == 0
    cases.hold_case(case=case, reason_code="awaiting_customer", by=world.actor("front_line"), at=AT)
    Case.objects.filter(pk=case.pk).update(confidential=True)
    deliver()
    assert told(world.cast.supervisor) == 0  # it was closed to them since
    Case.objects.filter(pk=case.pk).update(confidential=False)
    deliver()
    assert told(world.cast.supervisor) == 1
    writing.stop_watching(case=case, by=world.actor("supervisor"), at=AT)
    assert not Watcher.objects.filter(ended_at=None).exists()


def test_r044_colleagues_are_found_by_characters_pinyin_and_first_letters(world: World, case: Case, signed_in: Any) -> None:
    def found(query: str) -> list[str]:
        answer = signed_in("front_line").get(f"/writing/{case.public_id}/people/", {"q": query}).json()
        return [person["name"] for person in answer["people"]]

    assert found("王") == found("wangzhu") == found("wzg") == ["王主管"]
    assert found("zhao") == []  # of another branch: does not see the case
    assert "林一" not in found("")  # oneself
    assert not sounds_like("王主管", "li")


def test_r044_the_page_says_who_looks_on_and_the_list_what_one_watches(world: World, case: Case, signed_in: Any) -> None:
    note(world, case, "@王主管 请看")
    client = signed_in("supervisor")
    beside = client.get(f"/cases/{case.public_id}/beside/").content.decode()
    assert "王主管" in beside
    assert "unwatch" in beside
    assert case.number in client.get("/watching/").content.decode()
    client.post(f"/writing/{case.public_id}/unwatch/")
    assert case.number not in client.get("/watching/").content.decode()
    assert client.post("/watching/level/", {"level": "never"}).status_code == 302
    client.post("/watching/level/", {"level": "words"})
    assert "selected>" in client.get("/watching/").content.decode()


def test_r044_erasing_a_customer_takes_unsent_words_along(world: World, case: Case) -> None:
    writing.save_draft(case=case, direction="note", body="陈先生很急", version=0, by=world.actor("front_line"), at=AT)
    writing.ask_review(
        case=case, author=world.staff("front_line"), reviewer=world.staff("supervisor"), body="陈先生您好", why="看看",
        by=world.actor("front_line"), at=AT,
    )  # fmt: skip
    person = Person.of(world.customer)
    assert find(person) == 2
    assert [row["case"] for row in export(person)] == [case.number]
    blank(person, AT)
    assert find(person) == 0
    assert not Draft.objects.exists()
    assert (SharedDraft.objects.get().body, SharedDraft.objects.get().why) == ("", "")
