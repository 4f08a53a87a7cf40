"""An imported case says on its page what it was before: its import, its row and the values of the row, as long as they may be kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cast import AT, World

from steward.contact.datahub.loading import KEPT_EVENTS
from steward.contact.datahub.models import SourceRecord
from steward.contact.datahub.operations import clear_old
from steward.core.cases.models import Case
from steward.core.customers.operations import erase_customer
from steward.ground.journal.operations import Person
from steward.ground.journal.personal import export_person

from .helpers import HEADER, MAPPING, OPEN, load, table, write

pytestmark = pytest.mark.django_db
# Three columns that the mapping says nothing of: two hold what identifies a person, one under a usual name and one under none.
WIDE = f"{HEADER},手机,备用,来源渠道"
LINE = "B1,未完1,请尽快。,办理中,2026-02-27 10:00,,赵客一,13700001234,139 1234 5678,110101199003071233,<b>微信</b>"


def imported(world: World, folder: Path, *lines: str, **more: Any) -> Case:
    load(world, write(folder, table(*lines or (LINE,), header=more.pop("header", WIDE))), **more)
    return Case.objects.get()


def beside(client: Any, case: Case) -> str:
    answer = client.get(f"/cases/{case.public_id}/beside/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_an_imported_case_shows_its_row_and_leads_to_its_import(world: World, tmp_path: Path, signed_in: Any) -> None:
    case = imported(world, tmp_path)
    page = beside(signed_in("supervisor"), case)
    run = SourceRecord.objects.get().run
    assert f'<a href="/imports/{run.public_id}/">rows.csv</a>' in page
    for shown in ("old-crm", "B1", "未完1", "来源渠道", "&lt;b&gt;微信&lt;/b&gt;"):
        assert shown in page
    assert "办结" not in page  # an empty cell


def test_what_identifies_a_person_is_masked_mapped_or_not(world: World, tmp_path: Path, signed_in: Any) -> None:
    page = beside(signed_in("supervisor"), imported(world, tmp_path))
    assert "赵客一" in page  # the page of the case shows the name as well
    for whole in ("13700001234", "139 1234 5678", "110101199003071233"):
        assert whole not in page
    assert "137****1234" in page
    assert "110***********1233" in page


def test_who_may_not_import_sees_the_row_but_no_way_to_the_import(world: World, tmp_path: Path, signed_in: Any) -> None:
    page = beside(signed_in("front_line"), imported(world, tmp_path))
    assert "rows.csv" in page
    assert "/imports/" not in page


@pytest.mark.parametrize("who", ["other_team", "outsider"])
def test_who_does_not_see_the_case_does_not_see_its_record(world: World, tmp_path: Path, signed_in: Any, who: str) -> None:
    case = imported(world, tmp_path)
    assert signed_in(who).get(f"/cases/{case.public_id}/beside/").status_code == 404
    assert not SourceRecord.objects.visible_to(getattr(world.cast, who)).exists()


def test_a_case_of_our_own_says_nothing_of_imports(world: World, signed_in: Any) -> None:
    from steward.core.cases import operations as cases

    case = cases.open_case(unit=world.counter_team, kind="complaint", channel="counter", title="补卡", by=world.actor("front_line"), at=AT)
    assert "source-values" not in beside(signed_in("supervisor"), case)


def test_the_rows_go_with_their_file_and_where_they_came_from_stays(world: World, tmp_path: Path, signed_in: Any) -> None:
    case = imported(world, tmp_path)
    assert clear_old(at=AT + timedelta(days=91)) == 1
    record = SourceRecord.objects.get()
    assert (record.rows, record.row) == ([], 2)
    page = beside(signed_in("supervisor"), case)
    assert "rows.csv" in page
    assert "微信" not in page


def test_an_erasure_empties_the_row_and_a_copy_of_ones_data_holds_it(world: World, tmp_path: Path) -> None:
    case = imported(world, tmp_path)
    assert case.customer is not None
    exported = export_person(Person.of(case.customer))["contact.imports"]
    assert exported[0]["rows"][0][1] == "B1"
    erase_customer(customer=case.customer, by=world.actor("manager"), at=AT, reason="本人申请")
    assert SourceRecord.objects.get().rows == []


def test_of_an_event_log_the_first_rows_are_kept(world: World, tmp_path: Path, signed_in: Any) -> None:
    document = MAPPING | {"events": {"at": "收到"}}
    lines = [OPEN.format(1).replace("10:00", f"10:{minute:02d}") for minute in range(KEPT_EVENTS + 5)]
    case = imported(world, tmp_path, *lines, document=document, header=HEADER)
    page = beside(signed_in("supervisor"), case)
    assert page.count('<details class="source-row">') == KEPT_EVENTS
    assert len(SourceRecord.objects.get().rows) == KEPT_EVENTS
