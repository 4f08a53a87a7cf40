"""Checklists of cases: put on by what a case is or by hand, ticked once, and what is needed holds the closing."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.test import Client
from tests.cast import AT, SETUP, World
from tests.threads import at_once

from steward.contact.desk.checklists import operations as checklists
from steward.contact.desk.checklists.errors import (
    AlreadyThere,
    AlreadyTicked,
    ItemsOpen,
    NoItems,
    NotFitting,
    NotTicked,
    OtherHouse,
)
from steward.contact.desk.models import CaseChecklist, ChecklistItem, ChecklistTemplate, ChecklistTick
from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.core.customers import operations as customers
from steward.ground.access.errors import Forbidden
from steward.ground.access.operations import NeedsReason
from steward.ground.fields import localized
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db
LINES = [
    (localized("核对证件", en="Check the identity"), True),
    (localized("问清时间", en="Ask when it happened"), False),
    (localized("复印留底", en="Keep a copy"), True),
]


def write(
    world: World, *, who: str = "supervisor", lines: Any = LINES, unit: Any = None, row: Any = None, **content: Any
) -> ChecklistTemplate:
    values = {"name": localized("投诉受理", en="Taking a complaint"), "kind": "complaint", "service": None, "automatic": True, **content}
    return checklists.save_checklist(unit=unit or world.branch, content=values, lines=lines, row=row, by=world.actor(who), at=AT)


def open_one(world: World, *, kind: str = "complaint", unit: Any = None, **more: Any) -> Case:
    given = {"kind": kind, "channel": "counter", "title": "排队太久", "body": "等了一个小时", **more}
    return cases.open_case(unit=unit or world.counter_team, by=world.actor("front_line"), at=AT, **given)


def items(case: Case) -> list[ChecklistItem]:
    return list(ChecklistItem.objects.filter(checklist__case=case).select_related("checklist__case").order_by("checklist_id", "order"))


def close(world: World, case: Case, resolution: str = "answered") -> Case:
    by = world.actor("front_line")
    if resolution == "answered" and not case.messages.filter(direction="out").exists():
        cases.add_message(case=case, direction="out", body="已办好", by=by, at=AT)
    return cases.close_case(case=case, resolution=resolution, by=by, at=AT, reason="本人说不用了")


def test_a_case_gets_the_lists_that_fit_it_when_it_is_opened(world: World) -> None:
    write(world)
    write(world, name=localized("开户"), kind="", service=world.service)
    write(world, name=localized("手工"), automatic=False)
    case = open_one(world)
    assert [str(row.name) for row in CaseChecklist.objects.filter(case=case)] == ["投诉受理"]
    assert [(item.text["en"], item.required) for item in items(case)] == [
        ("Check the identity", True), ("Ask when it happened", False), ("Keep a copy", True),
    ]  # fmt: skip
    assert CaseChecklist.objects.get(case=case).added_by is None
    assert items(open_one(world, kind="enquiry")) == []
    served = open_one(world, kind="request", service=world.service)
    assert [str(row.name) for row in CaseChecklist.objects.filter(case=served)] == ["开户"]


def test_where_no_list_was_ever_written_nothing_holds(world: World) -> None:
    case = open_one(world)
    assert not CaseChecklist.objects.exists()
    close(world, case)
    assert Case.objects.get(pk=case.pk).state == "closed"


def test_a_list_of_another_unit_is_not_put_on(world: World) -> None:
    write(world, who="other_branch", unit=world.other_branch)
    assert items(open_one(world)) == []


def test_what_is_needed_holds_the_closing_and_is_named(world: World) -> None:
    write(world)
    case = open_one(world)
    with pytest.raises(ItemsOpen) as refused:
        close(world, case)
    assert "核对证件" in str(refused.value)
    assert "复印留底" in str(refused.value)
    assert "问清时间" not in str(refused.value)
    for item in items(case):
        if item.required:
            checklists.tick_item(item=item, by=world.actor("front_line"), at=AT)
    close(world, case)
    case.refresh_from_db()
    assert case.state == "closed"


def test_what_was_withdrawn_is_closed_with_items_open(world: World) -> None:
    write(world)
    case = open_one(world)
    close(world, case, "withdrawn")
    assert Case.objects.get(pk=case.pk).state == "closed"


def test_a_tick_says_who_and_when_and_is_taken_back_only_with_a_reason(world: World) -> None:
    write(world)
    case = open_one(world)
    item = items(case)[0]
    checklists.tick_item(item=item, by=world.actor("front_line"), at=AT)
    with pytest.raises(AlreadyTicked):
        checklists.tick_item(item=item, by=world.actor("supervisor"), at=AT)
    item.refresh_from_db()
    assert (item.done_at, item.done_by) == (AT, world.cast.front_line)
    with pytest.raises(NeedsReason):
        checklists.untick_item(item=item, by=world.actor("supervisor"), at=AT, reason="  ")
    checklists.untick_item(item=item, by=world.actor("supervisor"), at=AT, reason="证件过期")
    item.refresh_from_db()
    assert (item.done_at, item.done_by) == (None, None)
    tick = ChecklistTick.objects.get(item=item)
    assert (tick.by, tick.undone_by, tick.undo_reason) == (world.cast.front_line, world.cast.supervisor, "证件过期")
    with pytest.raises(NotTicked):
        checklists.untick_item(item=item, by=world.actor("supervisor"), at=AT, reason="再来")
    with pytest.raises(ItemsOpen):
        close(world, case)
    codes = list(
        Entry.objects.filter(subject_type="cases.case", subject_id=case.pk, code__startswith="desk.")
        .order_by("seq")
        .values_list("code", flat=True)
    )
    assert codes == ["desk.checklist_attached", "desk.checklist_item_ticked", "desk.checklist_item_unticked"]


def test_a_changed_template_leaves_the_cases_that_have_it(world: World) -> None:
    row = write(world)
    case = open_one(world)
    write(world, lines=[(localized("只剩一项"), False)], row=row)
    assert len(items(case)) == 3
    assert [str(item.text) for item in items(open_one(world))] == ["只剩一项"]
    checklists.close_checklist(row=row, by=world.actor("supervisor"), at=AT)
    assert items(open_one(world)) == []
    assert len(items(case)) == 3


def test_by_hand_once_and_only_what_is_of_the_units_above(world: World) -> None:
    row = write(world, automatic=False, kind="")
    case = open_one(world, kind="enquiry")
    by = world.actor("front_line")
    added = checklists.attach_checklist(case=case, template=row, by=by, at=AT)
    assert added.added_by == world.cast.front_line
    with pytest.raises(AlreadyThere):
        checklists.attach_checklist(case=case, template=row, by=by, at=AT)
    strange = write(world, who="other_branch", unit=world.other_branch)
    with pytest.raises(NotFitting):
        checklists.attach_checklist(case=case, template=strange, by=by, at=AT)
    checklists.close_checklist(row=row, by=world.actor("supervisor"), at=AT)
    with pytest.raises(NotFitting):
        checklists.attach_checklist(case=open_one(world, kind="enquiry"), template=row, by=by, at=AT)


def test_only_those_who_lead_take_a_list_off_and_it_stays_on_record(world: World) -> None:
    write(world)
    case = open_one(world)
    row = CaseChecklist.objects.select_related("case__unit").get(case=case)
    with pytest.raises(Forbidden):
        checklists.remove_checklist(checklist=row, by=world.actor("front_line"), at=AT, reason="不想做")
    checklists.remove_checklist(checklist=row, by=world.actor("supervisor"), at=AT, reason="不是投诉")
    close(world, case)
    row.refresh_from_db()
    assert (row.removed_by, row.remove_reason) == (world.cast.supervisor, "不是投诉")


def test_a_finished_case_is_ticked_no_more(world: World) -> None:
    write(world)
    case = open_one(world)
    item = items(case)[0]
    close(world, case, "withdrawn")
    with pytest.raises(Exception, match=r".") as refused:
        checklists.tick_item(item=item, by=world.actor("front_line"), at=AT)
    assert getattr(refused.value, "code", "") == "already_closed"
    assert not ChecklistTick.objects.exists()


@pytest.mark.parametrize("who", ["front_line", "other_branch", "outsider", "quality_reviewer"])
def test_only_those_who_lead_the_unit_write_one(world: World, who: str) -> None:
    with pytest.raises(Forbidden):
        write(world, who=who)


@pytest.mark.parametrize("lines", [[], [(localized(""), True)], [(localized("长" * 201), True)], [(localized("项"), False)] * 61])
def test_a_list_without_usable_items_is_refused(world: World, lines: Any) -> None:
    with pytest.raises(NoItems):
        write(world, lines=lines)
    assert not ChecklistTemplate.objects.exists()


def test_a_service_of_another_house_is_refused(world: World) -> None:
    from steward.core.catalog import operations as catalog

    strange = catalog.open_service(unit=world.hotel, code="spa", name=localized("水疗"), by=SETUP, at=AT)
    with pytest.raises(OtherHouse):
        write(world, service=strange)


def test_reasons_go_with_the_person(world: World) -> None:
    write(world)
    case = open_one(world, customer=world.customer)
    item = items(case)[0]
    checklists.tick_item(item=item, by=world.actor("front_line"), at=AT)
    checklists.untick_item(item=item, by=world.actor("front_line"), at=AT, reason="陈晓明的证件过期")
    close(world, case, "withdrawn")
    customers.erase_customer(customer=world.customer, by=world.actor("administrator"), at=AT, reason="本人要求")
    assert ChecklistTick.objects.get().undo_reason == ""


def test_the_page_of_a_case_shows_and_ticks(client: Client, world: World) -> None:
    write(world)
    case = open_one(world)
    client.force_login(world.cast.front_line)
    page = client.get(f"/cases/{case.public_id}/beside/").content.decode()
    assert "投诉受理" in page
    assert "0 / 3" in page
    item = items(case)[0]
    answer = client.post(f"/desk/checklists/for/{case.public_id}/items/{item.public_id}/tick/", {"back": "case"})
    assert answer.headers["Location"] == f"/cases/{case.public_id}/"
    assert "1 / 3" in client.get(f"/cases/{case.public_id}/beside/").content.decode()
    of_case = f"/desk/checklists/for/{case.public_id}/"
    client.post(f"{of_case}items/{item.public_id}/untick/", {"reason": "看错了"})
    assert "看错了" in client.get(of_case).content.decode()


def test_the_form_reads_a_star_as_needed_and_both_languages(client: Client, world: World) -> None:
    client.force_login(world.cast.supervisor)
    posted = {
        "unit": str(world.branch.public_id), "name_zh": "退房", "name_en": "Check-out", "items_zh": "* 查房\n退押金",
        "items_en": "* Look at the room\nReturn the deposit", "automatic": "on", "kind": "", "service": "",
    }  # fmt: skip
    assert client.post("/desk/checklists/new/", {**posted, "items_en": "only one"}).status_code == 422
    assert client.post("/desk/checklists/new/", posted).status_code == 302
    row = ChecklistTemplate.objects.get()
    assert row.items == [
        {"text": {"zh-hans": "查房", "en": "Look at the room"}, "required": True},
        {"text": {"zh-hans": "退押金", "en": "Return the deposit"}, "required": False},
    ]
    page = client.get(f"/desk/checklists/{row.public_id}/").content.decode()
    assert "* 查房" in page


@pytest.mark.django_db(transaction=True)
def test_of_two_who_tick_at_once_one_is_told(world: World) -> None:
    write(world)
    case = open_one(world)
    item = items(case)[0]
    calls = [partial(checklists.tick_item, item=item, by=world.actor(who), at=AT) for who in ("front_line", "supervisor")]
    errors = [one.error for one in at_once(calls) if one.error is not None]
    assert [type(error) for error in errors] == [AlreadyTicked]
    assert ChecklistTick.objects.filter(item=item, undone_at=None).count() == 1


def test_pages_ask_no_more_for_many_lists(client: Client, world: World, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        write(world, name=localized(f"单{number}"))
    case = open_one(world)
    for item in items(case)[:5]:
        checklists.tick_item(item=item, by=world.actor("front_line"), at=AT)
        checklists.untick_item(item=item, by=world.actor("front_line"), at=AT, reason="重来")
    client.force_login(world.cast.supervisor)
    for page in (f"/desk/checklists/for/{case.public_id}/", "/desk/checklists/", "/desk/checklists/new/"):
        client.get(page)
        with django_assert_max_num_queries(12):
            assert client.get(page).status_code == 200
