"""R-030: standards of quality, time and behaviour, each with the way it is measured; R-031: what of them is promised in public, and kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.cast import AT, World, local
from tests.threads import at_once

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message
from steward.core.catalog.controlled import operations as controlled
from steward.core.catalog.controlled.errors import InvalidContent, NotReadyToRelease
from steward.core.catalog.models import ControlledDocument, DocumentVersion, PairReview, PublishedResult
from steward.core.catalog.standards import charter, content, operations
from steward.core.catalog.standards.attainment import attainments, months_until, told
from steward.core.catalog.standards.errors import AlreadyPublished, FiguresTooOld, MonthNotOver, NotInForceThen, NotMeasured, SameStandard
from steward.core.catalog.standards.queries import OPPOSITE, TIMED, pairs_of
from steward.ground import clock
from steward.ground.access.errors import Forbidden
from steward.ground.access.operations import NeedsReason
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry
from steward.ground.measures import loading
from steward.ground.measures.declarations import measures
from steward.ground.measures.errors import NoLimit
from steward.ground.measures.evaluate import evaluate
from steward.ground.measures.questions import Limit, Question, Window
from steward.ground.measures.viewers import everything

DAY = timedelta(days=1)
FEBRUARY = Window(date(2026, 2, 1), date(2026, 3, 1))
EARLY = local("2026-01-20 09:00")
TIME: dict[str, Any] = {
    "type": "time", "statement": {"zh-hans": "30 分钟内首次答复", "en": "First answer within 30 minutes"}, "measure": "frt",
    "comparator": "<=", "threshold": 30, "target": 80, "monitored": True, "source": "行内服务标准第 3 条",
    "wording": {"zh-hans": "半小时内给您第一个答复"}, "remedy": {"zh-hans": "赠送停车券一张"},
}  # fmt: skip
SMILE = {"type": "behaviour", "statement": {"zh-hans": "微笑服务"}}


def draft_of(
    world: World, code: str, kind: str = content.KIND, *, said: Any, unit: Any = None, at: datetime = EARLY, **more: Any
) -> DocumentVersion:
    by = world.actor("manager")
    return controlled.open_document(
        unit=unit or world.branch, kind=kind, code=code, name=localized(code), by=by, at=at, content=said, **more
    )


def in_force(world: World, draft: DocumentVersion, at: datetime = EARLY) -> DocumentVersion:
    by = world.actor("manager")
    release = controlled.open_release(unit=draft.document.unit, name="上线", units=[draft.document.unit], by=by, at=at)
    controlled.add_version(release=release, version=draft, by=by, at=at)
    controlled.schedule_release(release=release, takes_effect_at=at, by=by, at=at)
    controlled.take_effect_due(at=at)
    draft.refresh_from_db()
    return draft


def charter_of(world: World, *standards: DocumentVersion, at: datetime = EARLY) -> ControlledDocument:
    promises = [{"standard": str(standard.document.public_id), "words": {}, "remedy": {}} for standard in standards]
    said = {"intro": {"zh-hans": "我们承诺"}, "promises": promises, "claims": {"zh-hans": "大堂经理处登记"}}
    return in_force(world, draft_of(world, "charter", charter.KIND, said=said, at=at), at).document


def answered(world: World, minutes: list[int], day: str = "2026-02-10") -> list[Case]:
    """Cases of the counter team, each answered after so many minutes."""
    by, found = world.actor("front_line"), []
    for count, after in enumerate(minutes):
        at = local(f"{day} 09:00") + timedelta(seconds=count)
        case = cases.open_case(unit=world.counter_team, kind="enquiry", channel="counter", title="问", by=by, at=at)
        cases.add_message(case=case, direction="out", body="答", by=by, at=at + timedelta(minutes=after))
        found.append(case)
    return found


def of_february(world: World, version: DocumentVersion) -> Any:
    return attainments(version.content, version.document, world.branch, [FEBRUARY], everything(world.bank.pk))[0]


def test_r030_smiling_is_a_standard_only_with_something_that_can_be_seen(world: World) -> None:
    for said in (SMILE, SMILE | {"observable": {"zh-hans": "微笑服务。"}}):
        draft = draft_of(world, f"smile-{len(said)}", said=said)
        with pytest.raises(NotReadyToRelease, match="看得见"):
            in_force(world, draft)
    seen = SMILE | {"observable": {"zh-hans": "三米内目光接触并先开口问候"}, "evidence": "mystery_visit"}
    assert in_force(world, draft_of(world, "smile", said=seen)).sealed_at is not None


def test_r030_what_is_not_measured_cannot_be_monitored(world: World) -> None:
    for missing in ({"measure": ""}, {"threshold": None}):
        draft = draft_of(world, f"wait-{next(iter(missing))}", said=TIME | missing)
        with pytest.raises(NotReadyToRelease):
            in_force(world, draft)
    assert in_force(world, draft_of(world, "enquiry", said=TIME | {"measure": "", "threshold": None, "target": None, "monitored": False}))


@pytest.mark.parametrize(
    "wrong",
    [
        [], TIME | {"type": "speed"}, TIME | {"measure": "no_such"}, TIME | {"threshold": "30"}, TIME | {"target": 0}, TIME | {"target": 101},
        TIME | {"threshold": True}, TIME | {"statement": {"zh-hans": "长" * 501}},
    ],
)  # fmt: skip
def test_a_standard_of_another_shape_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidContent):
        content.clean(wrong)


def test_r030_a_time_standard_equals_a_recount_of_the_timestamps(world: World) -> None:
    version = in_force(world, draft_of(world, "frt", said=TIME))
    answered(world, [5, 29, 30, 31, 45, 200, 10, 12, 30, 1] * 4)
    loading.rebuild(at=AT)
    found = of_february(world, version)
    waits = [
        (Message.objects.filter(case=case, direction="out").earliest("at").at - case.opened_at) // timedelta(minutes=1)
        for case in Case.objects.filter(title="问")
    ]
    kept = sum(wait <= 30 for wait in waits)
    assert (found.cell.numerator, found.cell.denominator) == (kept, len(waits)) == (28, 40)
    assert found.cell.value == pytest.approx(70)
    assert found.cell.low < 70 < found.cell.high
    assert found.state == PublishedResult.State.MISSED
    assert found.rounded == "70%"


def test_r030_little_data_says_nothing(world: World) -> None:
    version = in_force(world, draft_of(world, "frt", said=TIME))
    answered(world, [5, 6, 7])
    loading.rebuild(at=AT)
    assert of_february(world, version).state == PublishedResult.State.UNKNOWN


def test_r030_only_single_values_are_held_against_a_limit(world: World) -> None:
    loading.rebuild(at=AT)
    asked = Question("reopen_rate", FEBRUARY, limit=Limit("<=", 3))
    with pytest.raises(NoLimit):
        evaluate(asked, everything(world.bank.pk))
    draft = draft_of(world, "reopen", said=TIME | {"measure": "reopen_rate"})
    with pytest.raises(NotReadyToRelease):
        in_force(world, draft)


def test_r030_the_page_shows_how_far_it_is_kept_with_the_rows(world: World, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    version = in_force(world, draft_of(world, "frt", said=TIME))
    made = answered(world, [5] * 30 + [90] * 10)
    loading.rebuild(at=AT)
    client, document = signed_in("supervisor"), version.document
    assert (
        reverse("catalog:attainment", args=[document.public_id])
        in client.get(reverse("catalog:document", args=[document.public_id])).content.decode()
    )
    page = client.get(reverse("catalog:attainment", args=[document.public_id])).content.decode()
    assert "75.0%" in page
    assert "n=40" in page
    address = reverse("catalog:attainment_rows", args=[document.public_id])
    rows = client.get(address, {"month": "2026-02-01", "unit": world.branch.public_id}).content.decode()
    assert made[0].number in rows
    kept = client.get(address, {"month": "2026-02-01", "part": "kept"}).content.decode()
    assert sum(case.number in kept for case in made) == 30
    other = signed_in("other_branch").get(address, {"month": "2026-02-01"}).content.decode()
    assert made[0].number not in other
    assert signed_in("outsider").get(address, {"month": "2026-02-01"}).status_code == 404


def test_r030_pairs_that_can_meet_are_proposed_and_judged(world: World, signed_in: Any) -> None:
    fast = draft_of(world, "greet", said=TIME)
    slow = draft_of(world, "thorough", said=TIME | {"comparator": ">=", "threshold": 20})
    one = draft_of(
        world, "one-by-one", said=SMILE | {"statement": {"zh-hans": "一次只接待一位"}, "observable": {"zh-hans": "办完前不接待第二位"}}
    )
    draft_of(world, "elsewhere", said=TIME | {"comparator": ">="}, unit=world.other_branch)
    draft_of(world, "of-a-service", said=SMILE, service=world.service)
    why = {frozenset((pair.first.document.code, pair.second.document.code)): pair.why for pair in pairs_of(world.bank)}
    assert why[frozenset({"greet", "thorough"})] == OPPOSITE
    assert why[frozenset({"greet", "one-by-one"})] == TIMED
    assert frozenset({"greet", "elsewhere"}) not in why
    by = world.actor("supervisor")
    given: Any = {"first": one, "second": fast, "by": by, "at": AT}
    with pytest.raises(NeedsReason):
        operations.judge_pair(**given, verdict="conflict", reason=" ")
    with pytest.raises(SameStandard):
        operations.judge_pair(**given | {"second": one}, verdict="conflict", reason="x")
    with pytest.raises(Forbidden):
        operations.judge_pair(**given | {"by": world.actor("front_line")}, verdict="conflict", reason="x")
    address = reverse("catalog:pair_judge", args=[fast.public_id, one.public_id])
    assert signed_in("supervisor").post(address, {"verdict": "conflict", "reason": "排队时做不到"}).status_code == 302
    assert pairs_of(world.bank)[0].review == PairReview.objects.get()
    assert "排队时做不到" in signed_in("supervisor").get(reverse("catalog:standard_pairs")).content.decode()
    warned = [problem for problem in content.problems(one) if problem.code == "conflict"]
    assert [problem.blocks for problem in warned] == [False]
    saved = controlled.save_draft(draft=one, content=one.content, changes="", seen_at=one.changed_at, by=by, at=AT + DAY)
    assert saved.pk == one.pk
    in_force(world, one, AT + DAY)
    controlled.begin_draft(document=one.document, by=by, at=AT + 2 * DAY)  # another wording: looked at again
    assert all(pair.review is None for pair in pairs_of(world.bank))
    assert slow.document.code == "thorough"


@pytest.mark.parametrize(
    ("value", "comparator", "words"),
    [(71.0, ">=", "71%"), (89.6, ">=", "89%"), (9.01, "<=", "10%"), (0.71 * 100, ">=", "71%"), (100.0, ">=", "100%")],
)
def test_r031_rounding_never_makes_a_success(value: float, comparator: str, words: str) -> None:
    assert told(measures.get("reopen_rate"), value, comparator) == words


def test_r031_only_measured_standards_are_promised(world: World) -> None:
    seen = in_force(world, draft_of(world, "smile", said=SMILE | {"observable": {"zh-hans": "三米内先开口问候"}}))
    with pytest.raises(NotReadyToRelease, match="smile"):
        charter_of(world, seen)
    unknown = draft_of(
        world, "empty", charter.KIND, said={"promises": [{"standard": str(world.bank.public_id), "words": {}, "remedy": {}}]}
    )
    with pytest.raises(NotReadyToRelease):
        in_force(world, unknown)


def test_r031_seventy_one_per_cent_is_published_as_seventy_one(world: World, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    standard = in_force(world, draft_of(world, "frt", said=TIME))
    document = charter_of(world, standard)
    answered(world, [5] * 71 + [60] * 29)
    loading.rebuild(at=AT)
    public = reverse("catalog:public_charter", args=[document.public_id])
    before = signed_in("customer").get(public).content.decode()
    assert "尚未公布" in before  # a month that is not published is shown as that
    assert signed_in("front_line").post(
        reverse("catalog:charter_results", args=[document.public_id]), {"month": "2026-02-01"}
    ).status_code in (403, 404)
    assert not PublishedResult.objects.exists()
    signed_in("supervisor").post(reverse("catalog:charter_results", args=[document.public_id]), {"month": "2026-02-01"})
    row = PublishedResult.objects.get()
    assert (row.shown, row.state, row.n, row.aim) == ("71%", "missed", 100, 80)
    assert row.value == pytest.approx(71)
    page = signed_in("customer").get(public).content.decode()
    assert "71%" in page
    assert "未达到" in page
    assert "赠送停车券一张" in page
    assert "至少 80%" in page or "80" in page  # how it is measured stands beside it
    assert "71%" in signed_in("customer").get(reverse("catalog:charter_poster", args=[document.public_id])).content.decode()
    assert Entry.objects.filter(code="catalog.results_published").count() == 1
    publish: Any = {"charter": document, "window": FEBRUARY, "by": world.actor("supervisor"), "at": AT}
    with pytest.raises(AlreadyPublished):
        operations.publish_results(**publish)
    assert PublishedResult.objects.count() == 1


def test_r031_a_month_is_published_whole_or_not_at_all(world: World) -> None:
    first, second = (
        in_force(world, draft_of(world, "frt", said=TIME)),
        in_force(world, draft_of(world, "slow", said=TIME | {"threshold": 60})),
    )
    document = charter_of(world, first, second)
    answered(world, [5] * 20 + [45] * 20)
    publish: Any = {"charter": document, "by": world.actor("supervisor")}
    with pytest.raises(FiguresTooOld):
        operations.publish_results(**publish, window=FEBRUARY, at=AT)
    loading.rebuild(at=AT)
    with pytest.raises(MonthNotOver):
        operations.publish_results(**publish, window=Window(date(2026, 3, 1), date(2026, 4, 1)), at=AT)
    with pytest.raises(NotInForceThen):
        operations.publish_results(**publish, window=Window(date(2026, 1, 1), date(2026, 2, 1)), at=AT)
    rows = operations.publish_results(**publish, window=FEBRUARY, at=AT)
    assert [(row.position, row.shown, row.state) for row in rows] == [(1, "50%", "missed"), (2, "100%", "kept")]
    with pytest.raises(Forbidden):
        operations.publish_results(charter=document, window=FEBRUARY, by=world.actor("front_line"), at=AT)


def test_r031_a_promise_whose_standard_lapsed_keeps_the_month_from_being_published(world: World) -> None:
    first, second = in_force(world, draft_of(world, "frt", said=TIME)), in_force(world, draft_of(world, "slow", said=TIME))
    document = charter_of(world, first, second)
    controlled.roll_back_release(
        release=second.validities.get().release, by=world.actor("manager"), at=local("2026-02-15 09:00"), reason="撤回"
    )
    loading.rebuild(at=AT)
    with pytest.raises(NotMeasured):
        operations.publish_results(charter=document, window=FEBRUARY, by=world.actor("supervisor"), at=AT)
    assert not PublishedResult.objects.exists()


def test_r031_few_cases_are_published_as_too_few(world: World) -> None:
    document = charter_of(world, in_force(world, draft_of(world, "frt", said=TIME)))
    answered(world, [5, 6])
    loading.rebuild(at=AT)
    row = operations.publish_results(charter=document, window=FEBRUARY, by=world.actor("supervisor"), at=AT)[0]
    assert (row.state, row.value, row.shown, row.n) == ("unknown", None, "", 2)


def test_r031_the_public_page_shows_nothing_that_does_not_hold(world: World, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    standard = in_force(world, draft_of(world, "frt", said=TIME))
    drafted = draft_of(world, "planned", charter.KIND, said=charter.empty())
    client = signed_in("customer")
    for public_id in (drafted.document.public_id, standard.document.public_id, world.bank.public_id):
        assert client.get(reverse("catalog:public_charter", args=[public_id])).status_code == 404


def test_r031_the_editor_keeps_the_order_and_what_others_wrote(world: World, signed_in: Any) -> None:
    first, second = in_force(world, draft_of(world, "a", said=TIME)), in_force(world, draft_of(world, "b", said=TIME))
    document = charter_of(world, second, first)
    draft = controlled.begin_draft(document=document, by=world.actor("manager"), at=AT)
    client, address = signed_in("manager"), reverse("catalog:public_charter_edit", args=[document.public_id])
    assert client.get(address).status_code == 200
    said = {
        "intro": "我们承诺", "claims": "", "changes": "", "seen_at": draft.changed_at.isoformat(), "chosen_0": "on", "words_0": "快", "remedy_0": "",
        "chosen_1": "on", "words_1": "", "remedy_1": "",
    }  # fmt: skip
    assert client.post(address, said).status_code == 302
    draft.refresh_from_db()
    assert [row["standard"] for row in draft.content["promises"]] == [str(second.document.public_id), str(first.document.public_id)]
    assert client.post(address, said).status_code == 422  # somebody saved meanwhile


def test_the_last_whole_months() -> None:
    assert [window.start for window in months_until(date(2026, 3, 31), 3)] == [date(2026, 2, 1), date(2026, 1, 1), date(2025, 12, 1)]


def test_nobody_else_publishes(world: World) -> None:
    document = charter_of(world, in_force(world, draft_of(world, "frt", said=TIME)))
    loading.rebuild(at=AT)
    for name in ("quality_reviewer", "other_branch", "outsider"):
        with pytest.raises(Forbidden):
            operations.publish_results(charter=document, window=FEBRUARY, by=Actor.staff(getattr(world.cast, name)), at=AT)


def test_the_pages_of_standards_stay_within_their_queries(
    world: World, signed_in: Any, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    standards = [
        in_force(world, draft_of(world, f"s{number}", said=TIME | {"comparator": ("<=", ">=")[number % 2]})) for number in range(6)
    ]
    document = charter_of(world, *standards)
    loading.rebuild(at=AT)
    operations.publish_results(charter=document, window=FEBRUARY, by=world.actor("supervisor"), at=AT)
    client = signed_in("supervisor")
    for address in (
        reverse("catalog:attainment", args=[standards[0].document.public_id]),
        reverse("catalog:attainment_rows", args=[standards[0].document.public_id]) + "?month=2026-02-01",
        reverse("catalog:standard_pairs"),
        reverse("catalog:charter_results", args=[document.public_id]),
        reverse("catalog:public_charter", args=[document.public_id]),
        reverse("catalog:charter_poster", args=[document.public_id]),
        reverse("catalog:document", args=[document.public_id]),
    ):
        client.get(address)
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200, address


def test_r031_two_who_publish_at_once_publish_once(committed_world: World) -> None:
    world = committed_world
    document = charter_of(world, in_force(world, draft_of(world, "frt", said=TIME)))
    loading.rebuild(at=AT)
    by = world.actor("supervisor")

    def publish() -> None:
        operations.publish_results(charter=document, window=FEBRUARY, by=by, at=AT)

    outcomes = at_once([publish, publish])
    assert sorted(type(one.error).__name__ for one in outcomes) == ["AlreadyPublished", "NoneType"]
    assert PublishedResult.objects.count() == 1
