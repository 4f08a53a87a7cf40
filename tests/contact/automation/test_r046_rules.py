"""R-046: rules are tried, switched on, run once for each entry, stopped when they follow one another too far, and shown with what they are worth."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Max
from django.urls import reverse
from tests.cast import AT, SETUP, World

from steward.contact.automation import operations as automation
from steward.contact.automation.errors import ForeignTarget, Incomplete, NotTried, PingPong, SelfTrigger
from steward.contact.automation.jobs import run_rules
from steward.contact.automation.models import AutomationRule, AutomationVersion, DryRun, RuleRun
from steward.contact.automation.running import actor_for, depth_of, follow, note_due_soon
from steward.contact.desk import operations as desk
from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message, Task
from steward.core.catalog.models import Category
from steward.core.encounters.models import Interaction
from steward.ground.access.errors import Forbidden
from steward.ground.delivery.models import Notice
from steward.ground.fields import localized
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db
LONG_AGO = AT - timedelta(days=20)


def write(
    world: World, triggers: list[str], actions: dict[str, Any], *, name: str = "规则", at: datetime = AT, **conditions: Any
) -> AutomationVersion:
    return automation.save_rule(
        unit=world.branch, name=localized(name), triggers=triggers, conditions=conditions, actions=actions, by=world.actor("supervisor"), at=at
    )  # fmt: skip


def switched_on(world: World, *args: Any, at: datetime = AT, **kwargs: Any) -> AutomationVersion:
    version = write(world, *args, at=at, **kwargs)
    by = world.actor("supervisor")
    automation.try_version(version=version, by=by, at=at)
    return automation.switch_on(version=version, by=by, at=at)


def opened(world: World, title: str = "补卡", *, at: datetime = AT, **options: Any) -> Case:
    options = {"kind": "request", "channel": "web", "customer": world.customer, **options}
    return cases.open_case(unit=world.counter_team, title=title, by=SETUP, at=at, **options)


def newest() -> int:
    return Entry.objects.aggregate(seq=Max("seq"))["seq"] or 0


def pump(since: int = 0, at: datetime = AT) -> list[RuleRun]:
    """Everything that happened since, and what the rules themselves cause, until nothing happens any more."""
    runs: list[RuleRun] = []
    while entries := list(Entry.objects.filter(seq__gt=since).order_by("seq")):
        since = entries[-1].seq
        runs += follow(entries, at=at)
    return runs


def test_r046_a_rule_runs_once_for_an_entry_with_before_and_after(world: World) -> None:
    front = world.staff("front_line").pk
    task = {"title": "回电", "minutes": 5, "hours": 2}
    actions = {"priority": "high", "assign": front, "note": "请先看", "notify": "有投诉", "task": task}
    version = switched_on(world, ["opened"], actions, kind=["complaint"], words=["退款"], unassigned=True)
    start = newest()
    hit = opened(world, "要求退款", kind="complaint")
    opened(world, "要求退款")
    opened(world, "别的事", kind="complaint")
    (run,) = pump(start)
    assert (run.case_id, run.outcome, run.trigger) == (hit.pk, "done", "opened")
    assert run.before == {"priority": "normal", "assignee": None, "state": "new"}
    assert {name: run.after[name] for name in run.before} == {"priority": "high", "assignee": front, "state": "open"}
    assert Task.objects.get().title == "回电"
    assert hit.messages.get(direction="note").body == "请先看"
    assert Notice.objects.get().user == world.cast.supervisor
    done = Entry.objects.filter(subject_type="cases.case", subject_id=hit.pk, actor_kind="policy", actor_ref=actor_for(version).ref)
    assert {entry.cause for entry in done} == {run.entry_seq}, "what the rule did names the entry that led to it"
    before = newest()
    run_rules(list(Entry.objects.filter(seq__gt=start)))
    assert (newest(), RuleRun.objects.count()) == (before, 1), "a second delivery changes nothing"


def test_r046_old_imported_confidential_and_foreign_cases_are_left_alone(world: World) -> None:
    switched_on(world, ["opened"], {"priority": "high"})
    start = newest()
    opened(world, at=AT - timedelta(days=3))
    cases.open_case(unit=world.other_branch, kind="request", channel="web", title="外", by=SETUP, at=AT)
    secret = opened(world, "内部")
    Case.objects.filter(pk=secret.pk).update(confidential=True)
    (run,) = pump(start)
    assert (run.outcome, run.error) == ("skipped", "confidential")
    assert not Case.objects.filter(priority="high").exists()


def test_r046_what_an_operation_refuses_is_a_refused_run_and_nothing_of_it_stays(world: World) -> None:
    switched_on(world, ["closed"], {"note": "关了", "priority": "high"})
    case = opened(world)
    start = newest()
    cases.close_case(case=case, resolution="withdrawn", by=SETUP, at=AT, reason="不办了")
    (run,) = pump(start)
    assert (run.outcome, run.error, run.after) == ("refused", "already_closed", {})
    assert not case.messages.filter(direction="note").exists()


def test_r046_a_reply_from_a_template_is_an_acknowledgement_by_the_unit(world: World) -> None:
    template = desk.save_template(unit=world.branch, name="收到", body=localized("{customer}您好，{number} 已收到。{me}"), by=SETUP, at=AT)
    switched_on(world, ["opened"], {"reply": f"desk:{template.public_id}"})
    start = newest()
    case = opened(world)
    pump(start)
    sent = case.messages.get(direction=Message.Direction.OUT)
    assert sent.automatic
    assert sent.body == f"陈晓明您好，{case.number} 已收到。柜面组"
    assert Case.objects.get(pk=case.pk).state == "new", "a machine's answer begins no work"


def test_r046_rules_that_follow_one_another_too_far_are_stopped(world: World) -> None:
    """A circle of three that no pair shows: it ends at the limit, and the log says so."""
    switched_on(world, ["priority_changed"], {"category": _category(world, "a"), "note": "一"}, name="一", priority=["high"])
    switched_on(world, ["category_changed"], {"priority": "urgent"}, name="二", priority=["high"])
    switched_on(world, ["priority_changed"], {"state": "awaiting_internal"}, name="三", priority=["urgent"])
    switched_on(world, ["held"], {"note": "四"}, name="四")
    case = opened(world)
    start = newest()
    cases.change_case(case=case, changes={"priority": "high"}, by=SETUP, at=AT)
    outcomes = [(str(run.version.rule.name), run.outcome) for run in pump(start)]
    assert outcomes == [("一", "done"), ("二", "done"), ("三", "done"), ("四", "stopped")]
    entry = Entry.objects.filter(subject_id=case.pk, code="cases.state_changed").latest("seq")
    assert depth_of(entry) == 3


def test_r046_a_pair_that_ping_pongs_a_case_is_refused(world: World, signed_in: Any) -> None:
    switched_on(world, ["priority_changed", "opened"], {"priority": "high"}, name="提上来", priority=["low", "normal"])
    down = write(world, ["priority_changed"], {"priority": "low"}, name="降下去", priority=["high"])
    by = world.actor("supervisor")
    automation.try_version(version=down, by=by, at=AT)
    before = newest()
    with pytest.raises(PingPong) as refused:
        automation.switch_on(version=down, by=by, at=AT)
    assert str(refused.value.params["other"]) == "提上来"
    assert "提上来" in str(refused.value)
    answer = signed_in("supervisor").post(reverse("automation:version_on", args=[down.public_id]))
    assert answer.status_code == 409
    assert "提上来" in answer.content.decode()
    assert (newest(), AutomationVersion.objects.get(pk=down.pk).state) == (before, "tried"), "nothing was switched"
    loop = write(world, ["note_added"], {"note": "又一条"})
    automation.try_version(version=loop, by=by, at=AT)
    with pytest.raises(SelfTrigger):
        automation.switch_on(version=loop, by=by, at=AT)


def test_r046_only_what_was_tried_lately_is_switched_on_and_only_by_whoever_may(world: World) -> None:
    version, by = write(world, ["opened"], {"priority": "high"}), world.actor("supervisor")
    with pytest.raises(NotTried):
        automation.switch_on(version=version, by=by, at=AT)
    automation.try_version(version=version, by=by, at=AT - timedelta(days=8))
    with pytest.raises(NotTried):
        automation.switch_on(version=version, by=by, at=AT)
    for name in ("front_line", "other_branch", "outsider"):
        with pytest.raises(Forbidden):
            automation.try_version(version=version, by=world.actor(name), at=AT)
    automation.try_version(version=version, by=by, at=AT)
    automation.switch_on(version=version, by=by, at=AT)
    second = automation.save_rule(
        unit=world.branch, name=localized("改"), triggers=["opened"], conditions={}, actions={"priority": "urgent"}, rule=version.rule, by=by, at=AT
    )  # fmt: skip
    assert second.number == 2
    assert AutomationVersion.objects.get(pk=version.pk).state == "on"
    automation.try_version(version=second, by=by, at=AT)
    automation.switch_on(version=second, by=by, at=AT)
    assert list(version.rule.versions.order_by("number").values_list("state", flat=True)) == ["off", "on"]
    automation.close_rule(rule=version.rule, by=by, at=AT)
    assert not AutomationVersion.objects.filter(state="on").exists()
    with pytest.raises(Incomplete):
        write(world, [], {"priority": "high"})
    with pytest.raises(ForeignTarget):
        write(world, ["opened"], {"transfer": world.hotel.pk})


def test_r046_a_trial_sees_each_case_as_it_was(world: World) -> None:
    """Closed and raised since: at the time it was new, normal and nobody had it."""
    past = AT - timedelta(days=10)
    case = opened(world, at=past)
    opened(world, "投诉", kind="complaint", at=past)
    opened(world, at=AT - timedelta(days=40))
    cases.claim_case(case=case, staff=world.staff("front_line"), by=SETUP, at=past + timedelta(hours=1))
    cases.change_case(case=case, changes={"priority": "urgent"}, by=SETUP, at=past + timedelta(hours=2))
    cases.close_case(case=case, resolution="withdrawn", by=SETUP, at=past + timedelta(hours=3), reason="不办了")
    version = write(
        world, ["opened"], {"priority": "high", "note": "n"}, kind=["request"], priority=["normal"], unassigned=True, state=["new"]
    )
    before = list(Case.objects.values_list())
    run = automation.try_version(version=version, by=world.actor("supervisor"), at=AT)
    assert (run.would_fire, run.would_change) == (1, 1)
    hit = run.hits.get()
    assert (hit.case_id, hit.before, hit.after) == (case.pk, {"priority": "normal"}, {"priority": "high", "note": 1})
    assert list(Case.objects.values_list()) == before, "a trial changes no case"
    assert not RuleRun.objects.exists()
    assert AutomationVersion.objects.get(pk=version.pk).state == "tried"


def test_r046_promises_that_are_soon_due_are_told_once(world: World) -> None:
    case = opened(world)
    cases.make_promise(case=case, kind="call_back", basis="spoken", due_at=AT + timedelta(minutes=50), by=SETUP, at=AT)
    assert note_due_soon(at=AT) == 0, "nobody listens"
    switched_on(world, ["due_soon"], {"priority": "high"})
    start = newest()
    assert note_due_soon(at=AT) == 1
    assert note_due_soon(at=AT + timedelta(minutes=1)) == 0
    (run,) = pump(start)
    assert (run.case_id, run.after) == (case.pk, {"priority": "high"})


def test_r046_minutes_saved_stand_beside_the_mistakes_caused(world: World, signed_in: Any) -> None:
    """Ten cases before took 10 to 12 minutes each, ten with the rule four fewer: 40 minutes saved. Six were reopened."""
    for number in range(10):
        _handled(world, opened(world, at=LONG_AGO - timedelta(days=2, minutes=number * 90)), 10 + number % 3)
    version = switched_on(world, ["opened"], {"priority": "high"}, at=LONG_AGO, name="先办")
    start, touched = newest(), []
    for number in range(10):
        at = LONG_AGO + timedelta(days=5, minutes=number * 90)
        case = opened(world, at=at)
        pump(start, at)
        start = newest()
        _handled(world, case, 6 + number % 3)
        touched.append(case)
    for case in touched[:6]:
        later = LONG_AGO + timedelta(days=6, hours=12)
        cases.close_case(case=case, resolution="withdrawn", by=SETUP, at=later, reason="完")
        cases.reopen_case(case=case, by=SETUP, at=later + timedelta(hours=1), reason="没办好")
    page = signed_in("supervisor").get(reverse("automation:rule", args=[version.rule.public_id]))
    effect = page.context["effect"]
    assert round(effect.minutes.saved.estimate, 6) == 40
    assert effect.minutes.verdict == "evidence"
    assert (effect.reopened, effect.undone, effect.refused, effect.runs) == (6, 0, 0, 10)
    assert effect.rate is not None
    assert effect.rate.estimate == 600
    text = page.content.decode()
    minutes, mistakes = (
        text.index('<span class="stat-value figure"><span class="figure">40</span>'),
        text.index('<span class="stat-value figure"><span class="figure">6</span>'),
    )
    assert minutes < mistakes, "both stand in one row"


def test_r046_a_change_taken_back_is_a_mistake_and_without_measured_time_nothing_is_said(world: World, signed_in: Any) -> None:
    version = switched_on(world, ["opened"], {"priority": "high"})
    start = newest()
    case = opened(world)
    pump(start)
    cases.change_case(case=case, changes={"priority": "normal"}, by=world.actor("front_line"), at=AT + timedelta(seconds=5))
    page = signed_in("supervisor").get(reverse("automation:rule", args=[version.rule.public_id]))
    effect = page.context["effect"]
    assert (effect.undone, effect.mistakes, effect.minutes.is_known) == (1, 1, False)
    assert "无法判断" in page.content.decode()


def test_r046_the_pages_write_try_and_show_a_rule(world: World, signed_in: Any, django_assert_max_num_queries: Any) -> None:
    client = signed_in("supervisor")
    posted = {
        "unit": str(world.branch.public_id), "name_zh": "退款先办", "triggers": ["opened", "message_in"], "kind": ["complaint"],
        "words": "退款，赔偿", "unassigned": "yes", "priority": "high", "task": "回电", "hold": "",
    }  # fmt: skip
    answer = client.post(reverse("automation:rule_new"), posted)
    version = AutomationVersion.objects.get()
    assert answer.status_code == 302
    assert version.conditions == {"kind": ["complaint"], "words": ["退款", "赔偿"], "unassigned": True}
    assert version.actions == {"priority": "high", "task": {"title": "回电", "minutes": 15, "hours": 24}}
    opened(world, "要退款", kind="complaint", at=AT - timedelta(days=1))
    client.post(reverse("automation:version_try", args=[version.public_id]))
    client.post(reverse("automation:version_on", args=[version.public_id]))
    start = newest()
    opened(world, "要退款", kind="complaint")
    pump(start)
    rule = AutomationRule.objects.get()
    pages = [
        reverse("automation:rules"),
        reverse("automation:rule", args=[rule.public_id]),
        reverse("automation:runs", args=[rule.public_id]),
        reverse("automation:trial", args=[DryRun.objects.get().public_id]),
        reverse("automation:rule_edit", args=[rule.public_id]),
    ]
    for page in pages:
        client.get(page)
        with django_assert_max_num_queries(24):  # with the session, the person and their access
            answer = client.get(page)
        assert answer.status_code == 200
        assert "退款先办" in answer.content.decode()


def _handled(world: World, case: Case, minutes: int) -> None:
    """A served contact with the person of the case while it is open, and the end of the case before the next one."""
    started = case.opened_at + timedelta(minutes=5)
    ended = started + timedelta(minutes=minutes)
    Interaction.objects.create(
        unit=world.counter_team, customer=world.customer, channel="phone", started_at=started, ended_at=ended, source="acd"
    )


def _category(world: World, code: str) -> int:
    return Category.objects.create(unit=world.bank, code=code, name=localized(code)).pk
