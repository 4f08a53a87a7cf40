"""R-044 live chat: what the visitor and the agents do, and what becomes of a conversation."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from tests.cast import AT, SETUP, World, local
from tests.contact.channels.chat.conftest import make_site
from tests.contact.channels.chat.steps import again, answered, begin, taken, token
from tests.core.cases.routing_people import capacity

from steward.contact.channels.chat import agents, life, talking
from steward.contact.channels.chat.errors import (
    CannotHandOver,
    ChatClosed,
    ChatEnded,
    ConversationGoesOn,
    EnoughTranscripts,
    HandoverGone,
    NoAddress,
    NotYours,
)
from steward.contact.channels.chat.hours import answers_now, back_at, within_hours
from steward.contact.channels.chat.jobs import tidy_chats
from steward.contact.channels.chat.models import ChatSite, Conversation, Handover
from steward.contact.channels.chat.queries import desk_of, place_of
from steward.contact.channels.operations.replies import mail_reply
from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message
from steward.core.cases.routing import Terms, save_rule
from steward.core.cases.routing.errors import DeskFull, NotHere, NothingToPull
from steward.core.org import operations as org
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import User
from steward.ground.delivery.models import Dispatch
from steward.ground.files.models import FileRef
from steward.ground.journal import personal
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import Person
from steward.ground.measures import loading
from steward.ground.measures.evaluate import evaluate
from steward.ground.measures.questions import Question, Window
from steward.ground.measures.viewers import viewer_of

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_r044_first_words_become_a_case_that_waits(world: World, site: ChatSite) -> None:
    row = begin(site, "我的卡被吞了\n机器在门口", name="郑女士", email="zheng@guest.example", may_contact=True)
    case = row.case
    assert (case.channel, case.kind, case.unit, case.state) == ("chat", "enquiry", world.counter_team, "new")
    assert case.customer is not None
    assert case.customer.name == "郑女士"
    assert [(m.direction, m.body, m.channel) for m in case.messages.all()] == [("in", "我的卡被吞了\n机器在门口", "chat")]
    assert place_of(row) == 1
    assert place_of(begin(site, number=1, at=AT + MINUTE)) == 2


def test_begun_again_after_a_drop_is_the_same_conversation(site: ChatSite) -> None:
    first = begin(site)
    assert begin(site, "别的话").pk == first.pk
    assert Case.objects.filter(channel="chat").count() == 1


def test_both_write_into_the_messages_of_the_case(world: World, site: ChatSite) -> None:
    row = answered(world, begin(site))
    talking.say(conversation=row, body="谢谢", key="say-1-abc", at=AT + 2 * MINUTE)
    said = [(m.direction, m.body, m.automatic) for m in row.case.messages.order_by("at", "pk")]
    assert said == [("in", "我的卡被吞了", False), ("out", "您好，请稍等。", False), ("in", "谢谢", False)]
    assert row.case.promises.get(kind="first_response").met_at == AT + MINUTE


def test_sent_twice_is_stored_once_on_both_sides(world: World, site: ChatSite) -> None:
    row = answered(world, begin(site))
    for _attempt in range(3):
        talking.say(conversation=row, body="在吗", key="same-key-1", at=AT + 2 * MINUTE)
        agents.answer(conversation=row, body="在的", key="same-key-2", by=world.actor("front_line"), at=AT + 2 * MINUTE)
    assert row.case.messages.filter(body__in=["在吗", "在的"]).count() == 2


def test_files_both_ways(world: World, site: ChatSite) -> None:
    row = answered(world, begin(site))
    picture = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(picture, "PNG")
    talking.say(conversation=row, body="", key="file-key-1", at=AT, attachment=ContentFile(picture.getvalue(), "a.png"))
    agents.answer(
        conversation=row,
        body="",
        key="file-key-2",
        by=world.actor("front_line"),
        at=AT,
        attachment=ContentFile(b"%PDF-1.4\n%%EOF\n", "b.pdf"),
    )
    assert sorted(FileRef.objects.filter(subject_type="cases.message").values_list("name", flat=True)) == ["a.png", "b.pdf"]


def test_the_longest_waiting_is_next_within_the_limit(world: World, site: ChatSite) -> None:
    capacity(world, 100, {"chat": 33, "phone": 0})
    rows = [begin(site, number=number, at=AT + number * MINUTE) for number in range(4)]
    staff, by, at = world.staff("front_line"), world.actor("front_line"), AT + 10 * MINUTE
    cases.open_case(unit=world.counter_team, kind="request", channel="phone", title="电话来的", by=SETUP, at=AT - 60 * MINUTE)
    assert [agents.take_next(staff=staff, by=by, at=at).pk for _turn in range(3)] == [row.pk for row in rows[:3]]
    with pytest.raises(DeskFull):
        agents.take_next(staff=staff, by=by, at=at)
    with pytest.raises(DeskFull):
        agents.take(conversation=rows[3], staff=staff, by=by, at=at)
    assert agents.take(conversation=rows[3], staff=world.staff("supervisor"), by=world.actor("supervisor"), at=at).pk == rows[3].pk
    org.set_presence(staff=world.staff("supervisor"), state="break", by=SETUP, at=at)
    with pytest.raises(NotHere):
        agents.take_next(staff=world.staff("supervisor"), by=world.actor("supervisor"), at=at)


def test_nobody_waits_and_other_teams_take_nothing(world: World, site: ChatSite) -> None:
    with pytest.raises(NothingToPull):
        agents.take_next(staff=world.staff("front_line"), by=world.actor("front_line"), at=AT)
    row = begin(site)
    with pytest.raises(Forbidden):
        taken(world, row, "other_team")
    assert desk_of(User.objects.get(pk=world.cast.other_team.pk), at=AT).waiting == []


def test_only_whoever_has_it_answers(world: World, site: ChatSite) -> None:
    row = taken(world, begin(site))
    with pytest.raises(NotYours):
        agents.answer(conversation=row, body="我来", key="not-mine-1", by=world.actor("supervisor"), at=AT)
    assert row.case.messages.count() == 1


def test_hand_over_needs_a_yes(world: World, site: ChatSite) -> None:
    row, by, at = taken(world, begin(site)), world.actor("front_line"), AT + MINUTE
    boss = world.staff("supervisor")
    asked = agents.ask_to_take(conversation=row, taker=boss, words="客户很急", by=by, at=at)
    assert again(row).case.assignee == world.staff("front_line")
    with pytest.raises(Forbidden):
        agents.accept(handover=asked, by=by, at=at)
    agents.decline(handover=asked, by=world.actor("supervisor"), at=at)
    asked = agents.ask_to_take(conversation=row, taker=boss, words="", by=by, at=at)
    assert [one.pk for one in desk_of(User.objects.get(pk=boss.user_id), at=at).asked] == [asked.pk]
    agents.accept(handover=asked, by=world.actor("supervisor"), at=at)
    assert again(row).case.assignee == boss
    with pytest.raises(HandoverGone):
        agents.accept(handover=asked, by=world.actor("supervisor"), at=at)
    with pytest.raises(NotYours):
        agents.answer(conversation=row, body="还在吗", key="late-key-1", by=by, at=at)
    assert row.case.messages.filter(direction="note").count() == 1


def test_hand_over_only_to_somebody_who_is_here(world: World, site: ChatSite) -> None:
    row = taken(world, begin(site))
    org.set_presence(staff=world.staff("supervisor"), state="break", by=SETUP, at=AT)
    for name in ("supervisor", "other_branch"):
        with pytest.raises(CannotHandOver):
            agents.ask_to_take(conversation=row, taker=world.staff(name), words="", by=world.actor("front_line"), at=AT)
    assert not Handover.objects.exists()


def test_put_back_it_waits_for_somebody_else(world: World, site: ChatSite) -> None:
    row = taken(world, begin(site))
    agents.put_back(conversation=row, words="", by=world.actor("front_line"), at=AT)
    assert place_of(again(row)) == 1
    with pytest.raises(NothingToPull):
        agents.take_next(staff=world.staff("front_line"), by=world.actor("front_line"), at=AT)
    assert agents.take_next(staff=world.staff("supervisor"), by=world.actor("supervisor"), at=AT).pk == row.pk


def test_ended_by_us_with_the_case_or_without(world: World, site: ChatSite) -> None:
    row = answered(world, begin(site))
    assert agents.finish(conversation=row, close=True, by=world.actor("front_line"), at=AT + 5 * MINUTE) == ""
    row = again(row)
    assert (row.how, row.waited_seconds, row.answered_at, row.case.state) == ("agent", 60, AT + MINUTE, "closed")
    with pytest.raises(ChatEnded):
        talking.say(conversation=row, body="还有一句", key="late-say-1", at=AT + 6 * MINUTE)
    other = taken(world, begin(site, number=1))
    assert agents.finish(conversation=other, close=True, by=world.actor("front_line"), at=AT) != ""  # nobody answered: it stays open
    assert (again(other).how, again(other).case.state) == ("agent", "open")


def test_left_before_an_answer_is_counted_and_stays(world: World, site: ChatSite) -> None:
    row = begin(site)
    talking.leave(conversation=row, at=AT + 3 * MINUTE)
    talking.leave(conversation=row, at=AT + 9 * MINUTE)
    row = again(row)
    assert (row.how, row.ended_at, row.waited_seconds) == ("abandoned", AT + 3 * MINUTE, 180)
    assert (row.case.state, row.case.resolution) == ("closed", "unreachable")
    assert Entry.objects.filter(code="channels.chat_ended").count() == 1
    reachable = begin(site, number=1, email="zheng@guest.example", may_contact=True)
    talking.leave(conversation=reachable, at=AT + MINUTE)
    assert (again(reachable).how, again(reachable).case.state) == ("abandoned", "new")


def test_pages_that_ask_no_more_and_silence_end_it(world: World, site: ChatSite) -> None:
    gone, quiet, owed = begin(site), answered(world, begin(site, number=1)), answered(world, begin(site, number=2), key="answer-2")
    talking.say(conversation=owed, body="等您回复", key="owed-say-1", at=AT + 2 * MINUTE)
    assert tidy_chats(AT + 4 * MINUTE) is None
    Conversation.objects.filter(pk=owed.pk).update(seen_at=AT + 17 * MINUTE)
    assert tidy_chats(AT + 17 * MINUTE) == 2
    assert tidy_chats(AT + 17 * MINUTE) is None
    assert [again(row).how for row in (gone, quiet, owed)] == ["abandoned", "idle", ""]
    assert again(quiet).case.state == "open"  # somebody writes it up


def test_a_case_closed_on_its_own_page_ends_it(world: World, site: ChatSite) -> None:
    row = answered(world, begin(site))
    cases.close_case(case=row.case, resolution="answered", by=world.actor("front_line"), at=AT + 2 * MINUTE)
    assert tidy_chats(AT + 3 * MINUTE) == 1
    assert (again(row).how, again(row).ended_at) == ("agent", AT + 2 * MINUTE)


def test_a_live_conversation_is_not_merged_away(world: World, site: ChatSite) -> None:
    row = begin(site)
    other = cases.open_case(unit=world.counter_team, kind="request", channel="phone", title="同一件事", by=SETUP, at=AT)
    with pytest.raises(ConversationGoesOn):
        cases.merge_cases(case=row.case, into=other, by=SETUP, at=AT)
    assert again(row).case.merged_into is None


def test_out_of_hours_and_with_nobody_there_one_leaves_words(world: World) -> None:
    site = make_site(world)
    lunch = local("2026-03-02 12:30")
    assert within_hours(site, AT)
    assert not within_hours(site, lunch)
    assert back_at(site, lunch) == local("2026-03-02 13:00")
    assert back_at(site, local("2026-03-06 18:30")) == local("2026-03-09 09:00")
    with pytest.raises(ChatClosed):
        begin(site, at=lunch)
    for name in ("front_line", "supervisor"):
        org.set_presence(staff=world.staff(name), state="off", by=SETUP, at=AT + MINUTE)
    assert not answers_now(site, AT + 2 * MINUTE)
    org.set_presence(staff=world.staff("front_line"), state="available", by=SETUP, at=AT + 3 * MINUTE)
    assert answers_now(site, AT + 4 * MINUTE)
    above = make_site(world, queue=world.branch)
    org.set_presence(staff=world.staff("supervisor"), state="off", by=SETUP, at=AT + 3 * MINUTE)
    assert not answers_now(above, AT + 4 * MINUTE)  # the team below does not see the branch's queue
    save_rule(unit=world.branch, terms=Terms("在线", channels=["chat"]), by=SETUP, at=AT)
    assert answers_now(above, AT + 4 * MINUTE)  # unless a rule hands it to them
    words = talking.Opening("想挂失", email="zheng@guest.example", may_contact=True)
    for _attempt in range(2):
        case, _new = talking.leave_word(site=site, opening=words, key="left-1", at=lunch)
    assert Case.objects.filter(channel="chat").count() == 1
    assert case.messages.filter(automatic=True, direction="out").count() == 1  # the acknowledgement
    assert not Conversation.objects.exists()


def test_answers_are_mailed_once_nobody_reads_along(world: World, site: ChatSite) -> None:
    row = answered(world, begin(site, email="zheng@guest.example", may_contact=True))
    live = row.case.messages.get(direction="out")
    assert mail_reply(message=live, at=AT + MINUTE) is None
    life.end(conversation=row, how="visitor", by=talking.visitor(row), at=AT + 2 * MINUTE)
    noted = cases.open_case(
        unit=world.counter_team, kind="enquiry", channel="chat", title="在别处聊的", customer=world.customer, by=SETUP, at=AT
    )
    elsewhere = cases.add_message(case=noted, direction="out", body="已在那边答复", by=world.actor("front_line"), at=AT + MINUTE)
    assert mail_reply(message=elsewhere, at=AT + MINUTE) is None
    later = cases.add_message(case=row.case, direction="out", body="卡已寄出", by=world.actor("front_line"), at=AT + 3 * MINUTE)
    sent = mail_reply(message=later, at=AT + 3 * MINUTE)
    assert sent is not None
    assert sent.address == "zheng@guest.example"


def test_transcript_by_mail_without_notes_and_not_without_end(world: World, site: ChatSite) -> None:
    row = answered(world, begin(site))
    cases.add_message(case=row.case, direction="note", body="内部备注", by=SETUP, at=AT + MINUTE)
    with pytest.raises(NoAddress):
        talking.send_transcript(conversation=row, address="不是地址", at=AT)
    for _turn in range(3):
        talking.send_transcript(conversation=row, address="zheng@guest.example", at=AT + 2 * MINUTE)
    with pytest.raises(EnoughTranscripts):
        talking.send_transcript(conversation=row, address="zheng@guest.example", at=AT + 2 * MINUTE)
    mail = Dispatch.objects.filter(channel="chat_transcript").first()
    assert mail is not None
    assert mail.state == "held"
    assert "我的卡被吞了" in mail.body
    assert "您好，请稍等。" in mail.body
    assert "09:01" in mail.body
    assert "内部备注" not in mail.body


def test_nothing_a_person_wrote_stands_in_the_open_part_of_the_journal(world: World, site: ChatSite) -> None:
    row = answered(world, begin(site, "身份证 110101199003070000", name="郑海燕", email="zheng@guest.example", may_contact=True))
    talking.send_transcript(conversation=row, address="zheng@guest.example", at=AT + 2 * MINUTE)
    talking.leave(conversation=row, at=AT + 3 * MINUTE)
    public = str(list(Entry.objects.values_list("public", flat=True)))
    assert not any(word in public for word in ("110101", "郑海燕", "zheng@", "请稍等", token()))


def test_erasing_the_person_ends_their_token(world: World, site: ChatSite) -> None:
    row = begin(site, name="郑海燕", phone="13812345678", may_contact=True)
    assert row.case.customer is not None
    person = Person.of(row.case.customer)
    place = next(place for place in personal.places() if place.key == "channels")
    assert any(entry.get("chat_started_at") for entry in place.export(person))
    place.blank(person, AT + MINUTE)
    assert again(row).digest == ""
    assert Message.objects.filter(case=row.case).exists()


def test_figures_count_those_who_left(world: World, site: ChatSite) -> None:
    for number in range(3):
        talking.leave(conversation=begin(site, number=number), at=AT + 2 * MINUTE)
    row = answered(world, begin(site, number=5), minutes=3)
    agents.finish(conversation=row, close=False, by=world.actor("front_line"), at=AT + 5 * MINUTE)
    begin(site, number=6)
    loading.load(at=AT + 10 * MINUTE)
    viewer, window = viewer_of(world.cast.manager, at=AT + 10 * MINUTE), Window(AT.date(), (AT + timedelta(days=1)).date())

    def figure(code: str) -> tuple[float, float]:
        cell = evaluate(Question(code, window), viewer).total
        return cell.numerator, cell.denominator

    assert figure("chats_started")[0] == 5
    assert figure("chat_abandoned") == (3, 4)
    assert Conversation.objects.get(pk=row.pk).waited_seconds == 180
    assert evaluate(Question("chat_wait_seconds", window), viewer).total.n == 1
