"""Emotional situations: hints that change nothing about a matter, support for those who bear them, and rest that is work."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.cast import AT, SETUP, World, local
from tests.threads import at_once

import steward
from steward.contact.desk.emotions import operations as emotions
from steward.contact.desk.emotions.errors import (
    DecidedAlready,
    FlagIsDone,
    NeedsSentence,
    NobodyAsked,
    NoBreakOffered,
    OtherCase,
    UnknownStep,
    WarnFirst,
)
from steward.contact.desk.emotions.hooks import count_who_has_it, read_what_came
from steward.contact.desk.emotions.kinds import builtin_rules, lexicon_of
from steward.contact.desk.emotions.reading import read
from steward.contact.desk.models import (
    AbuseRecord,
    DebriefNote,
    EmotionFlag,
    HardExposure,
    RecoveryBreak,
    RotationProposal,
    SupervisorJoin,
)
from steward.contact.desk.presence import Period, seconds_by_day
from steward.core.cases import operations as cases
from steward.core.cases.errors import NeedsAssignReason
from steward.core.cases.hooks import objections
from steward.core.cases.models import Case, Message, Task
from steward.core.org import operations as org
from steward.core.org.availability import WORK_TIME, absences
from steward.core.org.models import Presence
from steward.ground.access.errors import Forbidden
from steward.ground.delivery.models import Notice
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import Person
from steward.ground.rules.operations import publish_rule

pytestmark = pytest.mark.django_db
MINUTE, HOUR, TODAY = timedelta(minutes=1), timedelta(hours=1), date(2026, 3, 2)
SEVERE = "你们推来推去，忍无可忍，我要砸了这里。"


def opened(world: World, title: str = "吞卡", at: Any = AT, **given: Any) -> Case:
    given = {"assignee": world.staff("front_line")} | given
    return cases.open_case(
        unit=world.counter_team, kind="complaint", channel="counter", title=title, customer=world.customer, by=SETUP, at=at, **given
    )


def said(case: Case, words: str, at: Any = AT) -> Message:
    return cases.add_message(case=case, direction="in", body=words, by=SETUP, at=at)


def hard(world: World, title: str, at: Any = AT) -> Case:
    case = opened(world, title, at)
    emotions.read_message(message=said(case, SEVERE, at), at=at)
    return case


def test_r067_after_two_severe_cases_in_a_shift_rotation_is_proposed_and_keeps_more_of_them_away(world: World) -> None:
    person = world.staff("front_line")
    hard(world, "第一件")
    assert not RotationProposal.objects.exists()
    hard(world, "第二件", AT + HOUR)
    proposal = RotationProposal.objects.get()
    assert (proposal.staff, proposal.day, proposal.count, proposal.state) == (person, TODAY, 2, "open")
    task = Task.objects.get(kind="desk.rotation")
    assert (task.owner, task.state) == (world.staff("supervisor"), "open")
    assert Notice.objects.filter(user=world.cast.supervisor, key=f"desk.rotation:{proposal.public_id}").count() == 1
    with pytest.raises(Forbidden):
        emotions.decide_rotation(rotation=proposal, accept=True, by=world.actor("front_line"), at=AT + HOUR)
    with pytest.raises(Forbidden):
        emotions.decide_rotation(rotation=proposal, accept=True, by=world.actor("other_branch"), at=AT + HOUR)
    third, calm = opened(world, "第三件", AT + HOUR, assignee=None), opened(world, "查余额", AT + HOUR, assignee=None)
    emotions.flag_case(case=third, level="severe", by=world.actor("supervisor"), at=AT + HOUR)
    at = AT + 2 * HOUR
    assert [one.code for one in objections(person, third, at)] == []
    emotions.decide_rotation(rotation=proposal, accept=True, by=world.actor("supervisor"), at=at)
    task.refresh_from_db()
    assert task.state == "done"
    assert [one.code for one in objections(person, third, at)] == ["rotated"]
    assert objections(person, calm, at) == []
    assert objections(world.staff("supervisor"), third, at) == []
    with pytest.raises(NeedsAssignReason):
        cases.assign_case(case=third, to=person, by=world.actor("supervisor"), at=at)
    assert objections(person, third, local("2026-03-03 09:00")) == []  # the shift is over
    with pytest.raises(DecidedAlready):
        emotions.decide_rotation(rotation=proposal, accept=False, reason="人手不够", by=world.actor("manager"), at=at)
    hard(world, "第四件", at)
    assert RotationProposal.objects.count() == 1


def test_r067_the_break_is_logged_as_working_time_not_idle_and_no_new_work_comes(world: World, signed_in: Any) -> None:
    person, me, since = world.staff("front_line"), world.actor("front_line"), AT - HOUR
    org.set_presence(staff=person, state="available", by=SETUP, at=since - HOUR)
    hard(world, "第一件", since)
    offer = RecoveryBreak.objects.get()
    assert (offer.staff, offer.minutes, offer.taken_at) == (person, 15, None)
    with pytest.raises(Forbidden):
        emotions.answer_break(recovery=offer, taken=True, by=world.actor("supervisor"), at=since)
    emotions.answer_break(recovery=offer, taken=True, by=me, at=since + 10 * MINUTE)
    with pytest.raises(NoBreakOffered):
        emotions.answer_break(recovery=offer, taken=False, by=me, at=since + 11 * MINUTE)
    assert [one.code for one in absences(person, since + 12 * MINUTE)] == ["recovery"]
    other = opened(world, "查余额", since + 12 * MINUTE, assignee=None)
    with pytest.raises(NeedsAssignReason):
        cases.assign_case(case=other, to=person, by=world.actor("supervisor"), at=since + 12 * MINUTE)
    emotions.end_break(recovery=offer, by=me, at=since + 25 * MINUTE)
    assert absences(person, since + 26 * MINUTE) == []
    org.set_presence(staff=person, state="break", by=me, at=since + 55 * MINUTE)
    org.set_presence(staff=person, state="off", by=me, at=since + 60 * MINUTE)
    spent = seconds_by_day([person], Period(TODAY, TODAY), AT)[person.pk][TODAY]
    assert (spent["recovery"], spent["break"], spent["available"]) == (15 * 60, 5 * 60, 100 * 60)
    assert sum(seconds for state, seconds in spent.items() if state in WORK_TIME) == 115 * 60
    assert Presence.State.BREAK not in WORK_TIME
    answer = signed_in("supervisor").get("/desk/presence/", {"day": "2026-03-02", "span": "day", "format": "csv"})
    row = next(line for line in b"".join(answer.streaming_content).decode("utf-8-sig").splitlines() if line.startswith("林一"))
    assert row.split(",")[-1] == "115"
    page = signed_in("supervisor").get("/desk/presence/", {"day": "2026-03-02", "span": "day"}).content.decode()
    assert "1:55" in page


def test_r067_a_flag_changes_neither_priority_nor_standing_and_nothing_else_reads_it(world: World) -> None:
    case = opened(world)
    message = said(case, SEVERE)
    case.refresh_from_db()
    fields = [field.attname for field in Case._meta.concrete_fields]
    before = {name: getattr(case, name) for name in fields}
    promises = list(case.promises.order_by("pk").values("kind", "due_at", "cancelled_at"))
    order = list(Case.objects.order_by("next_due_at", "pk").values_list("pk", flat=True))
    flag = emotions.read_message(message=message, at=AT)
    assert flag is not None
    emotions.flag_case(case=case, level="tense", by=world.actor("front_line"), at=AT)
    emotions.record_abuse(case=case, kind="insulted", words="骂人", message=message, by=world.actor("front_line"), at=AT)
    case.refresh_from_db()
    assert {name: getattr(case, name) for name in fields} == before
    assert list(case.promises.order_by("pk").values("kind", "due_at", "cancelled_at")) == promises
    assert list(Case.objects.order_by("next_due_at", "pk").values_list("pk", flat=True)) == order
    house, home = Path(steward.__file__).parent, Path("contact") / "desk" / "emotions"
    readers = set()
    for path in house.rglob("*.py"):
        place = path.relative_to(house)
        names = re.search(r"EmotionFlag|AbuseRecord|emotion_flags|abuse_records|desk_emotionflag", path.read_text(encoding="utf-8"))
        if names and home not in place.parents and "migrations" not in place.parts:
            readers.add(str(place))
    assert readers == {"contact/desk/models.py"}  # where they are declared to the app
    writers = [
        path.name for path in (house / home).rglob("*.py") if re.search(r"\bpriority\b|change_kind|set_priority", path.read_text("utf-8"))
    ]
    assert writers == []


def test_the_word_list_names_its_sentence_in_both_languages(world: World) -> None:
    lexicon, version = lexicon_of(world.branch, AT)
    assert version is None or version.source
    found = read("你好。我真的忍无可忍了！请回电。", lexicon)
    assert found is not None
    assert (found.level, found.term) == ("severe", "忍无可忍")
    assert "你好。我真的忍无可忍了！请回电。"[found.start : found.end].strip() == "我真的忍无可忍了！"
    english = read("I waited. I am FURIOUS about this. Thanks.", lexicon)
    assert english is not None
    assert (english.level, english.term) == ("tense", "furious")
    for calm in ("谢谢，我不生气。", "I am not angry, thanks.", "skilled staff", "请问几点开门？"):
        assert read(calm, lexicon) is None, calm
    both = read("我很生气。再不解决我就砸了。", lexicon)
    assert both is not None
    assert both.level == "severe"  # the strongest word, wherever it stands
    assert all(rule["source"] and rule["unverified"] for rule in builtin_rules())
    steps = next(rule for rule in builtin_rules() if rule["kind"] == "deescalation")["body"]["steps"]
    assert all(step["zh"] and step["en"] for step in steps)


def test_a_unit_reads_by_its_own_words_and_the_flag_keeps_the_version(world: World) -> None:
    rule = publish_rule(
        kind="emotion_lexicon", key="default", unit=world.branch, body={"severe": ["要找媒体"], "tense": []}, valid_from=TODAY,
        valid_to=None, source="本网点词表", by=world.actor("administrator"), at=AT,
    )  # fmt: skip
    case = opened(world)
    assert emotions.read_message(message=said(case, SEVERE), at=AT) is None
    flag = emotions.read_message(message=said(case, "再拖我就要找媒体"), at=AT)
    assert flag is not None
    assert (flag.lexicon, flag.sentence, flag.term) == (rule, "再拖我就要找媒体", "要找媒体")


def test_messages_are_read_from_the_journal_once_and_history_is_not(world: World) -> None:
    case = opened(world)
    said(case, SEVERE)
    entries = list(Entry.objects.filter(code__in=("cases.case_opened", "cases.message_added")))
    read_what_came(entries)
    read_what_came(entries)
    flag = EmotionFlag.objects.get(case=case)
    assert (flag.source, flag.level, flag.message) == ("lexicon", "severe", case.messages.latest("pk"))
    old = opened(world, "旧事", AT - 72 * HOUR)
    said(old, SEVERE, AT - 72 * HOUR)
    read_what_came(list(Entry.objects.filter(occurred_at__lt=AT - HOUR)))
    assert not EmotionFlag.objects.filter(case=old).exists()


def test_a_dismissed_flag_stays_and_counts_no_more(world: World) -> None:
    by = world.actor("front_line")
    first = hard(world, "第一件")
    flag = EmotionFlag.objects.get(case=first)
    with pytest.raises(NeedsSentence):
        emotions.dismiss_flag(flag=flag, reason=" ", by=by, at=AT)
    with pytest.raises(Forbidden):
        emotions.dismiss_flag(flag=flag, reason="误读", by=world.actor("other_team"), at=AT)
    emotions.dismiss_flag(flag=flag, reason="引用别人的话", by=by, at=AT)
    with pytest.raises(FlagIsDone):
        emotions.dismiss_flag(flag=flag, reason="误读", by=by, at=AT)
    flag.refresh_from_db()
    assert (flag.dismiss_reason, flag.dismissed_by) == ("引用别人的话", world.cast.front_line)
    hard(world, "第二件", AT + HOUR)
    assert not RotationProposal.objects.exists()  # one of the two was none
    hard(world, "第三件", AT + 2 * HOUR)
    assert RotationProposal.objects.get().count == 2


def test_whoever_gets_a_severe_case_bears_it_in_that_shift(world: World) -> None:
    case = opened(world, assignee=None)
    emotions.flag_case(case=case, level="severe", by=world.actor("supervisor"), at=AT)
    assert not HardExposure.objects.exists()
    cases.assign_case(case=case, to=world.staff("front_line"), by=world.actor("supervisor"), at=AT + HOUR)
    entries = list(Entry.objects.filter(code="cases.case_assigned"))
    count_who_has_it(entries)
    count_who_has_it(entries)
    row = HardExposure.objects.get()
    assert (row.staff, row.day, row.case) == (world.staff("front_line"), TODAY, case)


def test_the_supervisor_is_asked_once_and_joins_by_one_click(world: World, signed_in: Any) -> None:
    case = opened(world)
    by = world.actor("front_line")
    join = emotions.ask_supervisor(case=case, by=by, at=AT)
    assert emotions.ask_supervisor(case=case, by=by, at=AT) == join
    task = Task.objects.get(kind="desk.join")
    assert task.owner == world.staff("supervisor")
    with pytest.raises(Forbidden):
        emotions.join_case(case=case, by=by, at=AT)
    assert str(case.public_id) in signed_in("supervisor").get("/todo/").content.decode()
    assert signed_in("supervisor").post(f"/desk/emotions/about/{case.public_id}/join/").status_code == 302
    join.refresh_from_db()
    task.refresh_from_db()
    assert (join.joined_by, task.state) == (world.cast.supervisor, "done")
    with pytest.raises(NobodyAsked):
        emotions.join_case(case=case, by=world.actor("supervisor"), at=AT)
    with pytest.raises(UnknownStep):
        emotions.do_step(case=case, code="shout", by=by, at=AT)
    first = emotions.do_step(case=case, code="listen", by=by, at=AT)
    assert emotions.do_step(case=case, code="listen", by=world.actor("supervisor"), at=AT) == first


def test_a_contact_is_ended_only_after_a_warning_by_a_supervisor_and_the_complaint_stays(world: World) -> None:
    case, elsewhere = opened(world), opened(world, "别的事")
    by, lead = world.actor("front_line"), world.actor("supervisor")
    with pytest.raises(OtherCase):
        emotions.record_abuse(case=case, kind="threatened", words="要打人", message=said(elsewhere, "嗯"), by=by, at=AT)
    row = emotions.record_abuse(case=case, kind="threatened", words="要打人", message=said(case, "你等着"), by=by, at=AT)
    assert RecoveryBreak.objects.get().staff == world.staff("front_line")
    with pytest.raises(WarnFirst):
        emotions.decide_abuse(abuse=row, decision="ended", reason="威胁", by=lead, at=AT)
    emotions.warn_abuse(abuse=row, by=by, at=AT)
    with pytest.raises(Forbidden):
        emotions.decide_abuse(abuse=row, decision="ended", reason="威胁", by=by, at=AT)
    with pytest.raises(NeedsSentence):
        emotions.decide_abuse(abuse=row, decision="ended", reason="", by=lead, at=AT)
    emotions.decide_abuse(abuse=row, decision="ended", reason="警告后仍继续威胁", by=lead, at=AT)
    case.refresh_from_db()
    assert (case.state, case.kind, case.closed_at) == ("open", "complaint", None)
    assert said(case, "我还是要投诉", AT + HOUR).pk  # what comes in is still kept, and answered like any other
    assert opened(world, "再次投诉", AT + HOUR).kind == "complaint"
    with pytest.raises(IntegrityError), transaction.atomic():
        AbuseRecord.objects.create(
            case=case, kind="insulted", words="x", at=AT, decision="ended", decided_at=AT
        )  # the database itself asks for the warning


def test_what_a_shift_cost_is_seen_by_the_person_and_whoever_leads_her_only(world: World, signed_in: Any) -> None:
    case = hard(world, "第一件")
    emotions.write_debrief(case=case, words="回家路上一直在想这件事", by=world.actor("front_line"), at=AT)
    mine = signed_in("front_line").get("/desk/emotions/").content.decode()
    assert "林一" in mine
    assert "周二" not in mine
    assert "林一" in signed_in("supervisor").get("/desk/emotions/").content.decode()
    for stranger in ("other_team", "quality_reviewer", "other_branch"):
        assert "林一" not in signed_in(stranger).get("/desk/emotions/").content.decode()
    page = f"/desk/emotions/about/{case.public_id}/"
    for reader, sees in (("front_line", True), ("supervisor", True), ("quality_reviewer", False)):
        assert ("回家路上" in signed_in(reader).get(page).content.decode()) is sees
    assert DebriefNote.objects.count() == 1


def test_the_panel_shows_the_sentence_and_the_playbook_in_the_readers_language(world: World, signed_in: Any) -> None:
    case = hard(world, "第一件")
    beside = signed_in("front_line").get(f"/cases/{case.public_id}/beside/").content.decode()
    assert "忍无可忍" in beside
    assert "听完不打断" in beside
    for name in ("supervisor", "front_line"):
        assert signed_in(name).get(f"/desk/emotions/about/{case.public_id}/").status_code == 200


def test_erasure_reaches_what_was_noted(world: World) -> None:
    from steward.contact.desk.emotions.personal import blank, export, find

    case = hard(world, "第一件")
    emotions.record_abuse(case=case, kind="insulted", words="陈先生骂人", by=world.actor("front_line"), at=AT)
    emotions.write_debrief(case=case, words="陈先生说的话", by=world.actor("front_line"), at=AT)
    person = Person.of(world.customer)
    assert (find(person), len(export(person))) == (3, 2)
    assert "骂人" not in str(export(person))
    blank(person, AT)
    assert find(person) == 0
    public = str(list(Entry.objects.filter(code__startswith="desk.").values_list("public", flat=True)))
    assert "骂" not in public


@pytest.mark.collision
@pytest.mark.django_db(transaction=True)
def test_two_severe_cases_at_once_make_one_proposal_and_two_join_as_one(committed_world: World) -> None:
    world = committed_world
    made = [opened(world, title) for title in ("第一件", "第二件")]
    flagged = at_once([partial(emotions.flag_case, case=case, level="severe", by=world.actor("supervisor"), at=AT) for case in made])
    assert [outcome.error for outcome in flagged] == [None, None]
    assert (RotationProposal.objects.count(), RecoveryBreak.objects.count(), HardExposure.objects.count()) == (1, 1, 2)
    emotions.ask_supervisor(case=made[0], by=world.actor("front_line"), at=AT)
    joined = at_once([partial(emotions.join_case, case=made[0], by=world.actor(name), at=AT) for name in ("supervisor", "manager")])
    assert [type(outcome.error) for outcome in joined if outcome.error] == [NobodyAsked]
    assert SupervisorJoin.objects.count() == 1
