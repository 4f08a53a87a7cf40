"""Checklists gate the opening; what is unfinished goes to the next shift, which accepts or disputes each item."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.cast import AT, SETUP, World, local

from steward.contact.floor import operations as floor
from steward.contact.floor.composing import drafts_of
from steward.contact.floor.errors import (
    AlreadyOpen,
    BadLimits,
    DayIsOver,
    HandoverWaits,
    ItemsUndecided,
    MandatoryMissing,
    NeedsEvidence,
    NeedsShiftReason,
    NothingToSettle,
    OwnHandover,
)
from steward.contact.floor.models import ChecklistRun, Handover, HandoverItem, RunItem, UnitOpening
from steward.contact.floor.operations import ItemSpec
from steward.contact.together import operations as together
from steward.core.cases import operations as cases
from steward.core.cases.models import Task
from steward.core.org import operations as org
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import User
from steward.ground.delivery.models import Notice
from steward.ground.fields import localized
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import Person
from steward.ground.journal.personal import export_person
from steward.ground.ui.brief import brief_for

pytestmark = pytest.mark.django_db
EARLY, TODAY = local("2026-03-02 08:00"), date(2026, 3, 2)
HOUR = timedelta(hours=1)
ITEMS = [
    ItemSpec(localized("门禁检查", en="Doors"), due=time(8, 30)),
    ItemSpec(localized("备用金核对", en="Cash float"), due=time(8, 45)),
    ItemSpec(localized("大厅温度", en="Temperature"), False, time(9, 0), "number", Decimal(18), Decimal(26), "℃"),
    ItemSpec(localized("绿植", en="Plants"), False),
]


@pytest.fixture
def run(world: World) -> ChecklistRun:
    """The opening of the branch, by a checklist of the bank; the counter team does it."""
    floor.publish_template(
        unit=world.bank, occasion="opening", name=localized("开门检查"), items=ITEMS, by=world.actor("manager"), at=EARLY
    )
    return floor.prepare_run(unit=world.branch, occasion="opening", day=TODAY, by=world.actor("front_line"), at=EARLY)


def item(run: ChecklistRun, label: str) -> RunItem:
    return next(row for row in RunItem.objects.filter(run=run).select_related("item") if row.item.label["zh-hans"] == label)


def skipped(world: World, run: ChecklistRun) -> RunItem:
    by = world.actor("front_line")
    floor.do_item(item=item(run, "门禁检查"), by=by, at=EARLY)
    return floor.skip_item(item=item(run, "备用金核对"), reason="钥匙不在", by=by, at=EARLY + HOUR / 2)


def handed(world: World, who: str = "front_line", at: Any = AT, notes: Any = ()) -> Handover:
    return floor.give_handover(unit=world.branch, notes=notes, by=world.actor(who), at=at)


def decide(world: World, row: Handover, who: str, at: Any, *, disputed: str = "") -> None:
    for one in row.items.all():
        if disputed and disputed in one.title:
            floor.dispute_item(item=one, reason="没有人告诉我钥匙在哪里", by=world.actor(who), at=at)
        else:
            floor.accept_item(item=one, by=world.actor(who), at=at)


def test_r035_a_skipped_float_count_is_red_with_a_name_and_the_next_shift_must_accept_or_dispute_it(
    world: World, run: ChecklistRun, signed_in: Any
) -> None:
    skipped(world, run)
    page = signed_in("supervisor").get("/floor/").content.decode()
    red = page[page.index('class="text-danger"') :]
    assert "备用金核对" in red[:900]
    assert "王主管" in red[:900]
    assert page.count('class="text-danger"') == 1  # the doors are in order, the plants are optional
    given = handed(world)
    (carried,) = given.items.all()
    assert (carried.source, carried.state, carried.urgent, carried.carried) == ("floor.checklists", "waiting", True, 0)
    taker = signed_in("other_team")
    assert taker.post(f"/floor/handovers/{given.public_id}/take/").status_code in (302, 409)
    given.refresh_from_db()
    assert given.taken_at is None
    with pytest.raises(ItemsUndecided):
        floor.take_handover(handover=given, by=world.actor("other_team"), at=AT)
    with pytest.raises(NeedsShiftReason):
        floor.dispute_item(item=carried, reason=" ", by=world.actor("other_team"), at=AT)
    taker.post(f"/floor/handovers/{given.public_id}/items/{carried.public_id}/dispute/", {"reason": "没有人告诉我钥匙在哪里"})
    taker.post(f"/floor/handovers/{given.public_id}/take/")
    given.refresh_from_db()
    carried.refresh_from_db()
    assert (given.taken_by, carried.state) == (world.staff("other_team"), "disputed")
    task = Task.objects.get(kind="floor.disputed")
    assert (task.owner, task.state) == (world.staff("front_line"), "open")
    told = set(Notice.objects.filter(key=f"floor.disputed:{carried.public_id}").values_list("user__username", flat=True))
    assert told == {"front", "super"}
    assert "没有人告诉我钥匙在哪里" in signed_in("supervisor").get("/floor/").content.decode()
    with pytest.raises(Forbidden):
        floor.settle_item(item=carried, outcome="好了", by=world.actor("other_team"), at=AT + HOUR)
    floor.settle_item(item=carried, outcome="钥匙已交出纳，双人核对完成", by=world.actor("front_line"), at=AT + HOUR)
    task.refresh_from_db()
    assert task.state == "done"


def test_r035_mandatory_items_gate_the_opening_and_a_supervisor_opens_in_writing(world: World, run: ChecklistRun) -> None:
    missed = skipped(world, run)
    with pytest.raises(MandatoryMissing, match="备用金核对"):
        floor.open_unit(run=run, by=world.actor("front_line"), at=AT, reason="客户在等")
    with pytest.raises(NeedsShiftReason):
        floor.open_unit(run=run, by=world.actor("supervisor"), at=AT)
    assert not UnitOpening.objects.exists()
    opening = floor.open_unit(run=run, by=world.actor("supervisor"), at=AT, reason="先开一个窗口")
    assert (opening.missing, opening.reason, opening.opened_by) == (1, "先开一个窗口", world.cast.supervisor)
    with pytest.raises(AlreadyOpen):
        floor.open_unit(run=run, by=world.actor("supervisor"), at=AT, reason="先开一个窗口")
    floor.close_unit(run=run, by=world.actor("front_line"), at=AT + HOUR)
    floor.do_item(item=missed, by=world.actor("front_line"), at=AT + HOUR)
    again = floor.open_unit(run=run, by=world.actor("front_line"), at=AT + 2 * HOUR)
    assert (again.missing, again.reason) == (0, "")


def test_a_number_outside_its_limits_is_not_in_order_and_may_be_measured_again(world: World, run: ChecklistRun) -> None:
    floor.publish_template(
        unit=world.branch,
        occasion="other",
        name=localized("冷柜"),
        items=[ItemSpec(localized("冷柜温度"), evidence="number", high=Decimal(4))],
        by=world.actor("supervisor"),
        at=EARLY,
    )
    fridge = floor.prepare_run(unit=world.branch, occasion="other", day=TODAY, by=SETUP, at=EARLY)
    row, by = item(fridge, "冷柜温度"), world.actor("front_line")
    with pytest.raises(NeedsEvidence):
        floor.do_item(item=row, by=by, at=AT)
    warm = floor.do_item(item=row, value=Decimal("7.5"), by=by, at=AT)
    assert (warm.state, warm.outside, warm.is_in_order, warm.is_red(AT)) == ("done", True, False, True)
    cold = floor.do_item(item=row, value=Decimal("3.5"), by=world.actor("supervisor"), at=AT + HOUR)
    assert (cold.outside, cold.is_red(AT + HOUR), cold.by_staff) == (False, False, world.staff("supervisor"))
    same = floor.do_item(item=row, value=Decimal("2"), by=by, at=AT + 2 * HOUR)
    assert (same.value, same.by_staff) == (Decimal("3.5"), world.staff("supervisor"))  # who did it first stays
    floor.clear_item(item=row, by=by, at=AT + 3 * HOUR)
    row.refresh_from_db()
    assert (row.state, row.value, row.at) == ("todo", None, None)


def test_a_late_mandatory_item_is_red_and_told_once(world: World, run: ChecklistRun) -> None:
    row, plants = item(run, "备用金核对"), item(run, "绿植")
    assert (row.is_red(local("2026-03-02 08:45")), row.is_red(local("2026-03-02 08:46"))) == (False, True)
    assert not plants.is_red(AT + 9 * HOUR)
    assert floor.tell_late_items(at=AT) == 2
    assert floor.tell_late_items(at=AT + HOUR) == 0
    assert Notice.objects.filter(user=world.cast.supervisor, key=f"floor.item:{row.public_id}").count() == 1
    with pytest.raises(NeedsShiftReason):
        floor.skip_item(item=row, reason=" ", by=world.actor("front_line"), at=AT)
    with pytest.raises(DayIsOver):
        floor.skip_item(item=row, reason="忘记了", by=world.actor("front_line"), at=AT + 30 * HOUR)


def test_the_nearest_checklist_counts_and_a_run_keeps_its_version(world: World, run: ChecklistRun) -> None:
    with pytest.raises(BadLimits):
        floor.publish_template(
            unit=world.branch, occasion="opening", name=localized("坏"), by=world.actor("supervisor"), at=EARLY,
            items=[ItemSpec(localized("温度"), evidence="number", low=Decimal(9), high=Decimal(1))],
        )  # fmt: skip
    own = floor.publish_template(
        unit=world.branch, occasion="opening", name=localized("本网点"), items=ITEMS[:1], by=world.actor("supervisor"), at=AT
    )
    assert floor.prepare_run(unit=world.branch, occasion="opening", day=TODAY, by=SETUP, at=AT).template_id == run.template_id
    assert floor.prepare_runs(at=AT) == 1  # the south branch; the hotel has no checklist, a team is no branch
    assert floor.prepare_runs(at=AT) == 0
    assert floor.prepare_runs(at=AT + 24 * HOUR) == 2
    tomorrow = ChecklistRun.objects.get(unit=world.branch, day=TODAY + timedelta(days=1))
    assert (tomorrow.template, tomorrow.lead) == (own, world.staff("supervisor"))
    assert floor.prepare_runs(at=local("2026-03-07 09:00")) == 0  # a Saturday of rest
    with pytest.raises(Forbidden):
        floor.publish_template(
            unit=world.bank, occasion="opening", name=localized("全行"), items=ITEMS, by=world.actor("supervisor"), at=AT
        )


def test_who_answers_is_named_by_the_lead_or_by_oneself(world: World, run: ChecklistRun) -> None:
    with pytest.raises(Forbidden):
        floor.name_lead(run=run, staff=world.staff("other_team"), by=world.actor("front_line"), at=AT)
    assert floor.name_lead(run=run, staff=world.staff("front_line"), by=world.actor("front_line"), at=AT).lead == world.staff("front_line")
    assert floor.name_lead(run=run, staff=world.staff("other_team"), by=world.actor("supervisor"), at=AT).lead == world.staff("other_team")


def test_the_handover_gathers_from_every_room_and_leaves_out_what_is_confidential(world: World, run: ChecklistRun) -> None:
    urgent = cases.open_case(
        unit=world.counter_team,
        kind="complaint",
        channel="counter",
        title="吞卡",
        priority="urgent",
        customer=world.customer,
        by=SETUP,
        at=AT,
    )
    soon = cases.open_case(unit=world.counter_team, kind="request", channel="counter", title="补卡", by=SETUP, at=AT)
    secret = cases.open_case(unit=world.counter_team, kind="complaint", channel="counter", title="密", priority="urgent", by=SETUP, at=AT)
    cases.open_case(unit=world.other_branch, kind="request", channel="counter", title="别处", priority="urgent", by=SETUP, at=AT)
    type(secret).objects.filter(pk=secret.pk).update(confidential=True)
    asked = together.send_request(case=soon, to_unit=world.lobby_team, question="请核对", by=world.actor("front_line"), at=AT)
    skipped(world, run)
    found = {(draft.source, draft.subject_id) for draft in drafts_of(world.branch, AT)}
    assert found == {
        ("cases", urgent.pk), ("cases", soon.pk), ("together.requests", asked.pk), ("floor.checklists", item(run, "备用金核对").pk),
    }  # fmt: skip
    assert {draft.source for draft in drafts_of(world.lobby_team, AT)} == {"together.requests"}


def test_unfinished_items_go_on_with_their_age_until_they_are_done(world: World, run: ChecklistRun) -> None:
    missed = skipped(world, run)
    first = handed(world, notes=["打印机卡纸", "  "])
    assert [one.title for one in first.items.filter(source="note")] == ["打印机卡纸"]
    with pytest.raises(HandoverWaits):
        handed(world, "supervisor", AT + HOUR)
    with pytest.raises(OwnHandover):
        floor.accept_item(item=first.items.earliest("pk"), by=world.actor("front_line"), at=AT)
    decide(world, first, "other_team", AT + HOUR)
    with pytest.raises(OwnHandover):
        floor.take_handover(handover=first, by=world.actor("front_line"), at=AT + HOUR)
    floor.take_handover(handover=first, by=world.actor("other_team"), at=AT + HOUR)
    second = handed(world, "other_team", AT + 8 * HOUR)
    assert {(one.title.partition("（")[0], one.carried, one.first_raised_at) for one in second.items.all()} == {
        ("备用金核对", 1, AT),
        ("打印机卡纸", 1, AT),
    }
    decide(world, second, "supervisor", AT + 9 * HOUR)
    floor.take_handover(handover=second, by=world.actor("supervisor"), at=AT + 9 * HOUR)
    note = second.items.get(source="note")
    floor.settle_item(item=note, outcome="已修好", by=world.actor("front_line"), at=AT + 10 * HOUR)
    third = handed(world, "supervisor", AT + 24 * HOUR)
    (left,) = third.items.all()
    assert (left.subject_id, left.carried, left.first_raised_at, left.before) == (
        missed.pk,
        2,
        AT,
        second.items.get(source="floor.checklists"),
    )
    decide(world, third, "front_line", AT + 25 * HOUR)
    floor.take_handover(handover=third, by=world.actor("front_line"), at=AT + 25 * HOUR)
    far = handed(world, "front_line", AT + 72 * HOUR)  # long after its day it goes on until somebody settles it
    (left,) = far.items.all()
    assert left.carried == 3
    floor.accept_item(item=left, by=world.actor("supervisor"), at=AT + 73 * HOUR)
    with pytest.raises(NothingToSettle):
        floor.settle_item(item=left, outcome="当日已补核", by=world.actor("supervisor"), at=AT + 73 * HOUR)
    floor.take_handover(handover=far, by=world.actor("supervisor"), at=AT + 73 * HOUR)
    floor.settle_item(item=left, outcome="当日已补核", by=world.actor("supervisor"), at=AT + 73 * HOUR)
    assert handed(world, "supervisor", AT + 74 * HOUR).items.count() == 0


def test_the_brief_says_what_is_red_disputed_and_waiting(world: World, run: ChecklistRun) -> None:
    skipped(world, run)
    given = handed(world)
    lead = User.objects.get(pk=world.cast.supervisor.pk)
    blocks = {block.block: block for block in brief_for(lead, at=AT)}
    assert any(line.title == "备用金核对" and "王主管" in line.why for part in blocks["broken"].parts for line in part.lines)
    assert any(line.url.endswith(f"{given.public_id}/") for part in blocks["decisions"].parts for line in part.lines)
    decide(world, given, "supervisor", AT, disputed="备用金")
    floor.take_handover(handover=given, by=world.actor("supervisor"), at=AT)
    giver = User.objects.get(pk=world.cast.front_line.pk)
    lines = [line for block in brief_for(giver, at=AT) for part in block.parts for line in part.lines]
    assert any("没有人告诉我钥匙在哪里" in line.why for line in lines)
    stranger = User.objects.get(pk=world.cast.other_branch.pk)
    words = [line.title + line.why for block in brief_for(stranger, at=AT) for part in block.parts for line in part.lines]
    assert not any("备用金" in text or "钥匙" in text for text in words)


def test_a_handover_hides_what_its_reader_may_not_see_and_erasure_reaches_it(world: World, signed_in: Any) -> None:
    case = cases.open_case(
        unit=world.counter_team, kind="complaint", channel="counter", title="吞卡两次", priority="urgent", customer=world.customer,
        by=SETUP, at=AT,
    )  # fmt: skip
    given = handed(world)
    for page in (f"/floor/handovers/{given.public_id}/", f"/floor/handovers/{given.public_id}/print/"):
        assert "吞卡两次" in signed_in("supervisor").get(page).content.decode()
        assert "吞卡两次" not in signed_in("other_team").get(page).content.decode()
    assert signed_in("other_branch").get(f"/floor/handovers/{given.public_id}/").status_code == 404
    person = Person.of(world.customer)
    assert [row["unit"] for row in export_person(person)["floor"]] == ["滨江支行"]
    from steward.contact.floor.personal import blank

    assert blank(person, AT) == 1
    assert HandoverItem.objects.get().title == ""
    assert Entry.objects.filter(code="floor.handover_given").count() == 1
    assert case.title not in str(list(Entry.objects.filter(code__startswith="floor.").values_list("public", flat=True)))


def test_a_giver_who_is_off_duty_finds_it_on_the_list(world: World, run: ChecklistRun) -> None:
    skipped(world, run)
    given = handed(world)
    decide(world, given, "supervisor", AT, disputed="备用金")
    org.set_presence(staff=world.staff("front_line"), state="off", by=SETUP, at=AT)
    floor.take_handover(handover=given, by=world.actor("supervisor"), at=AT)
    assert Task.objects.get(kind="floor.disputed").owner == world.staff("front_line")  # off duty: it waits on the list
