"""Findings and actions by their operations: what is refused, who may, what is kept, and what happens when it happens again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.cast import AT, SETUP, World
from tests.threads import at_once

from steward.core.actions import operations as actions
from steward.core.actions import personal, sources, subjects
from steward.core.actions.assessment import Figures
from steward.core.actions.errors import (
    AlreadyEvidence,
    HumanErrorAlone,
    Missing,
    NeedsVerifyDate,
    NoEvidenceRow,
    NoReview,
    NotNow,
    OtherOrganisation,
    OwnReview,
    StartsLater,
    StillAtWork,
    TooEarly,
    UnknownMeasure,
    UnknownSource,
    VerifiedBeforeDue,
)
from steward.core.actions.method import Form, Material, Observed
from steward.core.actions.models import Action, Change, EffectReview, Evidence, Finding, Recurrence, State, Telling
from steward.core.actions.queries import about, alike, current_review, story_of
from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.ground.access.errors import Forbidden, Stale
from steward.ground.access.operations import NeedsReason
from steward.ground.delivery.models import Notice
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import Person

TODAY = AT.date()
DAY = timedelta(days=1)
NOTHING = Figures("entered", Material(Form.SHARE, (), 0), 100.0, "pp", 1.0)


def four_cells(before: tuple[int, int] = (148, 2400), after: tuple[int, int] = (98, 2400), practical: float = 1.0) -> Figures:
    """Case 1: churn of a pilot branch against a comparison."""
    own = [Observed("before", *before), Observed("after", *after)]
    other = [Observed("before", 139.0, 2400.0), Observed("after", 132.0, 2400.0)]
    return Figures("entered", Material(Form.SHARE, own, 1, {"control": other}), 100.0, "pp", practical)


def found(world: World, **given: Any) -> Finding:
    return actions.open_finding(**{"unit": world.counter_team, "title": "等候过长", "source": "case", "by": SETUP, "at": AT, **given})


def planned(world: World, **given: Any) -> Action:
    """An action of the front line, due in a week, verified in a month."""
    usual: dict[str, Any] = {
        "unit": world.counter_team,
        "title": "高峰增设窗口",
        "kind": "corrective",
        "lever": "process",
        "owner": world.staff("front_line"),
        "direction": "down",
        "practical": 1.0,
        "due_date": TODAY + 7 * DAY,
        "verify_date": TODAY + 30 * DAY,
    }
    return actions.open_action(**{**usual, "by": SETUP, "at": AT, **given})


def done(world: World, **given: Any) -> Action:
    action = planned(world, **given)
    actions.start_action(action=action, by=SETUP, at=AT)
    return actions.finish_action(action=action, by=SETUP, at=AT + DAY)


def later(days: int = 31) -> datetime:
    return AT + days * DAY


# --- corrective and preventive actions ---


@pytest.mark.django_db
def test_r068_closing_at_once_is_refused_until_the_verification_date(world: World) -> None:
    action, boss = done(world), world.actor("supervisor")
    with pytest.raises(TooEarly) as refused:
        actions.close_action(action=action, by=boss, at=later(2))
    assert refused.value.params == {"date": (TODAY + 30 * DAY).isoformat()}
    with pytest.raises(TooEarly):
        actions.record_review(action=action, figures=NOTHING, by=boss, at=later(2))
    with pytest.raises(NoReview):
        actions.close_action(action=action, by=boss, at=later())
    actions.record_review(action=action, figures=NOTHING, by=boss, at=later())
    closed = actions.close_action(action=action, by=world.actor("front_line"), at=later())
    assert (closed.state, closed.outcome) == (State.CLOSED, "inconclusive")


@pytest.mark.django_db
def test_r068_the_owner_does_not_review_the_own_action(world: World) -> None:
    action = done(world, owner=world.staff("supervisor"))
    with pytest.raises(OwnReview):
        actions.record_review(action=action, figures=four_cells(), by=world.actor("supervisor"), at=later())
    with pytest.raises(Forbidden):
        actions.record_review(action=action, figures=four_cells(), by=world.actor("front_line"), at=later())
    review = actions.record_review(action=action, figures=four_cells(), by=world.actor("quality_reviewer"), at=later())
    # Whoever reviewed it does not become its owner and close it then.
    actions.change_action(action=action, changes={"owner": world.staff("quality_reviewer")}, by=SETUP, at=later())
    with pytest.raises(OwnReview):
        actions.close_action(action=action, by=world.actor("supervisor"), at=later())
    assert review.reviewed_by == world.cast.quality_reviewer


@pytest.mark.django_db
def test_r068_a_recurrence_reopens_a_closed_action_and_tells_its_owner(world: World) -> None:
    finding = found(world)
    action, boss = done(world, finding=finding), world.actor("supervisor")
    actions.record_review(action=action, figures=NOTHING, by=boss, at=later())
    actions.close_action(action=action, by=boss, at=later())
    actions.settle_finding(finding=finding, by=boss, at=later())
    case = opened(world)
    actions.record_recurrence(action=action, note="周一又排到门外", subject_type="cases.case", subject_id=case.pk, by=boss, at=later(60))
    action.refresh_from_db()
    finding.refresh_from_db()
    assert (action.state, action.closed_at, action.outcome) == (State.REOPENED, None, "")
    assert finding.state == Finding.State.OPEN
    notice = Notice.objects.get(user=world.cast.front_line)
    assert "高峰增设窗口" in str(notice.title)
    assert set(notice.title) >= {"zh-hans", "en"}
    # The old review no longer counts: it is done, verified and reviewed anew.
    assert current_review(action) is None
    with pytest.raises(NoReview):
        actions.close_action(action=action, by=boss, at=later(61))
    actions.start_action(action=action, by=boss, at=later(61))
    with pytest.raises(NeedsVerifyDate):
        actions.finish_action(action=action, by=boss, at=later(61))
    actions.finish_action(action=action, verify_date=TODAY + 90 * DAY, by=boss, at=later(61))
    actions.record_review(action=action, figures=four_cells(), by=boss, at=later(91))
    assert actions.close_action(action=action, by=boss, at=later(91)).state == State.CLOSED


@pytest.mark.django_db
def test_r068_a_recurrence_before_it_is_done_is_noted_and_told(world: World) -> None:
    action = planned(world)
    actions.record_recurrence(action=action, note="又来一次", by=world.actor("supervisor"), at=AT)
    action.refresh_from_db()
    assert (action.state, Recurrence.objects.count(), Notice.objects.count()) == (State.PLANNED, 1, 1)
    actions.cancel_action(action=action, reason="换别的办法", by=SETUP, at=AT)
    with pytest.raises(NotNow):
        actions.record_recurrence(action=action, note="又来一次", by=SETUP, at=AT)


@pytest.mark.django_db
def test_r068_human_error_alone_is_no_root_cause(world: World) -> None:
    for factor in ("", "human"):
        with pytest.raises(HumanErrorAlone):
            found(world, cause="human", factor=factor)
    finding = found(world, cause="human", factor="training")
    with pytest.raises(HumanErrorAlone):
        actions.change_finding(finding=finding, changes={"factor": ""}, by=SETUP, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(factor="")


@pytest.mark.django_db
def test_r068_the_same_cause_at_the_same_step_is_recognised(world: World) -> None:
    first = found(world, cause="process", step="叫号")
    again = found(world, cause="process", step="叫号", title="又是叫号")
    found(world, cause="training", step="叫号")
    assert alike(again, world.cast.supervisor, at=AT) == [first]
    assert alike(found(world), world.cast.supervisor, at=AT) == []


# --- three levers, tracked to effect ---


@pytest.mark.django_db
@pytest.mark.parametrize("lever", ["process", "standard", "training", "other"])
def test_r056_an_action_of_each_lever_from_a_finding(world: World, lever: str) -> None:
    finding = found(world)
    action = planned(world, finding=finding, lever=lever, expected=2.0, hypothesis="高峰人手不足", cost_minor=120_000, currency="CNY")
    assert list(finding.actions.all()) == [action]
    entry = Entry.objects.get(code="actions.action_opened")
    assert entry.public["lever"] == lever
    assert "高峰人手不足" not in str(entry.public)


@pytest.mark.django_db
def test_r056_what_people_were_told_is_kept_with_its_case_and_erased_with_them(world: World) -> None:
    case, finding = opened(world), found(world)
    by = world.actor("supervisor")
    actions.add_evidence(finding=finding, subject_type="cases.case", subject_id=case.pk, note="陈先生等了 50 分钟", by=by, at=AT)
    action = planned(world, finding=finding)
    actions.tell_people(action=action, text="陈先生，您反映的等候已改进。", subject_type="cases.case", subject_id=case.pk, by=by, at=AT)
    person = Person.of(world.customer)
    assert personal.find(person) == 2
    assert "您反映的等候已改进" in str(personal.export(person))
    assert personal.find(Person.of(world.other_customer)) == 0
    assert personal.blank(person, AT) == 2
    assert personal.find(person) == 0
    assert (Telling.objects.get().text, Evidence.objects.get().note) == ("", "")


@pytest.mark.django_db
def test_a_finding_rests_on_cases_that_the_person_sees(world: World) -> None:
    case, finding, by = opened(world), found(world), world.actor("supervisor")
    actions.add_evidence(finding=finding, subject_type="cases.case", subject_id=case.pk, by=by, at=AT)
    with pytest.raises(AlreadyEvidence):
        actions.add_evidence(finding=finding, subject_type="cases.case", subject_id=case.pk, by=by, at=AT)
    elsewhere = cases.open_case(unit=world.other_branch, kind="complaint", channel="web", title="别处", by=SETUP, at=AT)
    for subject_type, pk in (("cases.case", elsewhere.pk), ("nobody.knows", 1), ("cases.case", None)):
        with pytest.raises(NoEvidenceRow):
            actions.add_evidence(finding=finding, subject_type=subject_type, subject_id=pk, by=by, at=AT)
    with pytest.raises(NoEvidenceRow):
        actions.add_evidence(finding=finding, by=by, at=AT)
    actions.add_evidence(finding=finding, label="大堂录像", by=by, at=AT)
    [(shown, plans)] = about("cases.case", case.pk, world.cast.supervisor, at=AT)
    assert (shown, plans) == (finding, [])
    assert about("cases.case", case.pk, world.cast.other_branch, at=AT) == []


def opened(world: World) -> Case:
    return cases.open_case(
        unit=world.counter_team, kind="complaint", channel="counter", title="等了很久", customer=world.customer, by=SETUP, at=AT
    )


# --- What is refused, and what is kept ---


@pytest.mark.django_db
def test_a_plan_that_cannot_be(world: World) -> None:
    with pytest.raises(VerifiedBeforeDue):
        planned(world, verify_date=TODAY)
    with pytest.raises(OtherOrganisation):
        planned(world, owner=world.staff("outsider"))
    with pytest.raises(UnknownMeasure):
        planned(world, measure="no_such_figure")
    with pytest.raises(Missing):
        planned(world, title="  ")
    with pytest.raises(UnknownSource):
        found(world, source="hearsay")
    with pytest.raises(Missing):
        found(world, title=" ")
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.filter(pk=planned(world).pk).update(verify_date=date(2020, 1, 1))


@pytest.mark.django_db
def test_who_may(world: World) -> None:
    for name in ("front_line", "other_branch", "outsider"):
        with pytest.raises(Forbidden):
            found(world, by=world.actor(name))
    action = planned(world)
    with pytest.raises(Forbidden):
        actions.start_action(action=action, by=world.actor("other_team"), at=AT)
    actions.start_action(action=action, by=world.actor("front_line"), at=AT)
    with pytest.raises(Forbidden):
        actions.change_action(action=action, changes={"due_date": TODAY + 9 * DAY}, by=world.actor("front_line"), at=AT)
    seen = {name for name, user in world.cast if Action.objects.visible_to(user, at=AT).exists()}
    assert seen == {"front_line", "supervisor", "quality_reviewer", "manager"}


@pytest.mark.django_db
def test_states_follow_one_another(world: World) -> None:
    action, by = planned(world), SETUP
    with pytest.raises(StartsLater):
        actions.start_action(action=action, started_date=TODAY + DAY, by=by, at=AT)
    with pytest.raises(NotNow):
        actions.record_review(action=action, figures=NOTHING, by=by, at=later())
    with pytest.raises(NeedsReason):
        actions.cancel_action(action=action, reason=" ", by=by, at=AT)
    actions.finish_action(action=action, by=by, at=AT)
    with pytest.raises(NotNow):
        actions.start_action(action=action, by=by, at=AT)
    actions.reopen_action(action=action, reason="没有做完", by=by, at=AT)
    actions.cancel_action(action=action, reason="换别的办法", by=by, at=AT)
    with pytest.raises(NotNow):
        actions.change_action(action=action, changes={"title": "x"}, by=by, at=AT)
    states = list(action.spans.order_by("pk").values_list("state", "reason"))
    assert states == [("planned", ""), ("done", ""), ("reopened", "没有做完"), ("cancelled", "换别的办法")]
    moved = Entry.objects.filter(code="actions.action_moved").order_by("seq")
    assert [entry.public["after"] for entry in moved] == ["done", "reopened", "cancelled"]


@pytest.mark.django_db
def test_a_finding_is_settled_when_nothing_of_it_is_left(world: World) -> None:
    finding, by = found(world), world.actor("supervisor")
    action = planned(world, finding=finding)
    for operation in (actions.settle_finding, actions.drop_finding):
        with pytest.raises(StillAtWork):
            operation(finding=finding, reason="不再发生", by=by, at=AT)  # type: ignore[operator]
    actions.cancel_action(action=action, reason="不再需要", by=by, at=AT)
    actions.drop_finding(finding=finding, reason="与上一条相同", by=by, at=AT)
    with pytest.raises(NotNow):
        planned(world, finding=finding)
    actions.reopen_finding(finding=finding, reason="并不相同", by=by, at=AT)
    assert planned(world, finding=finding).finding == finding


@pytest.mark.django_db
def test_editing_keeps_what_stood_there(world: World) -> None:
    action = planned(world, hypothesis="人手不足")
    seen = action.version
    changes = {"title": "分时叫号", "hypothesis": "到达集中", "owner": world.staff("supervisor")}
    actions.change_action(action=action, changes=changes, reason="数据所示", expected_version=seen, by=SETUP, at=AT)
    with pytest.raises(Stale):
        actions.change_action(action=action, changes={"title": "别的"}, expected_version=seen, by=SETUP, at=AT)
    change = Change.objects.get(action=action)
    assert change.before["title"] == "高峰增设窗口"
    assert change.before["hypothesis"] == "人手不足"
    assert Entry.objects.get(code="actions.action_changed").public["fields"] == ["title", "owner", "hypothesis"]
    assert {line.code for line in story_of(action)} == {"moved", "changed"}
    finding = found(world)
    actions.change_finding(finding=finding, changes={"title": "等候太久"}, by=SETUP, at=AT)
    assert Change.objects.get(finding=finding).after == {"title": "等候太久"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.collision
def test_two_people_change_or_review_the_same_action(committed_world: World) -> None:
    world = committed_world
    action = done(world)
    seen, by = action.version, [world.actor("supervisor"), world.actor("quality_reviewer")]
    outcomes = at_once(
        [
            lambda actor=actor: actions.record_review(action=action, figures=NOTHING, expected_version=seen, by=actor, at=later())
            for actor in by
        ]
    )
    assert sorted(type(outcome.error).__name__ for outcome in outcomes) == ["NoneType", "Stale"]
    assert EffectReview.objects.count() == 1
    action.refresh_from_db()
    edits = at_once(
        [
            lambda title=title: actions.change_action(
                action=action, changes={"title": title}, expected_version=action.version, by=by[0], at=later()
            )
            for title in ("甲", "乙")
        ]
    )
    assert sorted(type(outcome.error).__name__ for outcome in edits) == ["NoneType", "Stale"]
    assert Change.objects.filter(action=action).count() == 1


def test_registries_refuse_duplicates() -> None:
    with pytest.raises(ValueError, match="twice"):
        sources.register(sources.Source("case", "x"))
    with pytest.raises(ValueError, match="twice"):
        subjects.register(subjects.get("cases.case"))
