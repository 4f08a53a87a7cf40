"""Rule X3 through pages, drill-down and exports: what a reader may not count or open reaches them by no address."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.urls import reverse

from steward.ground.access import operations as access
from steward.ground.access.models import User
from steward.ground.journal.models import Entry
from steward.ground.measures import loading
from tests.cast import AT, World

from .figures import cases, said

pytestmark = pytest.mark.store


@pytest.fixture
def crowd(world: World) -> World:
    """At the counter 40, in the lobby 4, in the other branch 30; one confidential case at the counter."""
    cases(world, world.counter_team, 40, "C", days=40, customer=world.customer)
    cases(world, world.lobby_team, 4, "L", days=40, customer=world.customer)
    cases(world, world.other_branch, 30, "S", days=40, customer=world.other_customer)
    cases(world, world.counter_team, 1, "X", days=40, confidential=True)
    loading.rebuild(at=AT)
    return world


SPAN = {"from": "2026-01-01", "to": "2026-02-28"}


def test_x3_each_reader_sees_the_figure_of_their_rows(crowd: World, signed_in: Any) -> None:
    for who, count in (("front_line", 40), ("other_team", 4), ("supervisor", 44), ("other_branch", 30), ("manager", 74), ("outsider", 0)):
        page = signed_in(who).get(reverse("insights:measure", args=["cases_opened"]), SPAN)
        assert page.context["total"].n == count, who
        told = signed_in(who).get(reverse("insights:explore"), {"m": "cases_opened", **SPAN, "format": "json"})
        assert json.loads(told.content)["measures"][0]["total"]["n"] == count


def test_x3_a_foreign_unit_opens_nothing_and_is_not_even_named(crowd: World, signed_in: Any) -> None:
    for unit in (crowd.other_branch, crowd.hotel):
        page = signed_in("front_line").get(reverse("insights:measure", args=["cases_opened"]), {**SPAN, "in.unit": str(unit.public_id)})
        assert page.context["total"].n == (0 if unit == crowd.other_branch else 40)
        rows = signed_in("front_line").get(
            reverse("insights:rows", args=["cases_opened"]), {**SPAN, "by": "unit", "at": str(unit.public_id)}
        )  # fmt: skip
        assert rows.status_code == 404 or not rows.context["rows"].links
    assert "云山酒店" not in said(
        signed_in("front_line").get(reverse("insights:explore"), {"m": "cases_opened", "in.unit": str(crowd.hotel.public_id)})
    )


def test_x3_small_groups_of_a_statistic_stay_hidden_on_every_page(crowd: World, signed_in: Any) -> None:
    client = signed_in("front_line")
    page = client.get(reverse("insights:measure", args=["fcr"]), {**SPAN, "by": "team"})
    hidden = [row for row in page.context["groups"].rows if row.cell.hidden]
    assert len(hidden) >= 2, "one more is hidden, or the small one could be subtracted"
    assert "隐藏" in said(page)
    for form in ("csv", "json"):
        response = client.get(reverse("insights:explore"), {"m": "fcr", "by": "team", **SPAN, "format": form})
        text = b"".join(response.streaming_content).decode() if form == "csv" else response.content.decode()
        assert "small" in text
        assert "complement" in text
    board = client.get(reverse("insights:explore"), {"m": "fcr", "by": "team", **SPAN})
    cells = [cell for line in board.context["found"].lines for cell in line.cells if cell.cell and cell.cell.hidden]
    assert cells
    assert all(not cell.rows and not cell.n for cell in cells)


def test_x3_the_rows_behind_a_statistic_are_only_those_one_may_see(crowd: World, signed_in: Any) -> None:
    page = signed_in("front_line").get(reverse("insights:rows", args=["fcr"]), SPAN)
    assert {link.label[0] for link in page.context["rows"].links} <= {"C"}


def test_x3_confidential_rows_are_in_no_drill_and_no_export(crowd: World, signed_in: Any) -> None:
    client = signed_in("manager")
    response = client.get(reverse("insights:rows", args=["cases_opened"]), {**SPAN, "format": "csv"})
    text = b"".join(response.streaming_content).decode()
    assert "C-00000" in text
    assert "X-00000" not in text


def test_x3_the_store_leaves_without_people_numbers_and_foreign_rows(crowd: World, signed_in: Any, tmp_path: Any) -> None:
    import duckdb

    response = signed_in("manager").post(reverse("insights:store_file"))
    packed = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    packed.extractall(tmp_path)
    base = duckdb.connect()
    found = base.execute(f"SELECT * FROM read_parquet('{tmp_path}/cases.parquet')").fetchnumpy()
    assert len(found["id"]) == 74, "none that is confidential"
    assert not {"customer_id", "next_contact_at"} & set(found)
    units = {str(one) for one in found["unit_id"]}
    assert units == {str(unit.public_id) for unit in (crowd.counter_team, crowd.lobby_team, crowd.other_branch)}
    assert all(len(str(mark)) == 32 for mark in found["id"])
    readme = packed.read("README.txt").decode()
    assert "cases.parquet" in readme
    assert "customer_id" not in readme
    entry = Entry.objects.get(code="insights.store_exported")
    assert entry.public["rows"] >= 74


def test_x3_a_hotel_exports_its_own_rows(crowd: World, signed_in: Any, tmp_path: Any) -> None:
    import duckdb

    response = signed_in("outsider").post(reverse("insights:store_file"))
    zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))).extractall(tmp_path)
    assert duckdb.connect().execute(f"SELECT count(*) FROM read_parquet('{tmp_path}/cases.parquet')").fetchone() == (0,)


def test_x3_a_shared_analysis_shrinks_with_the_rights_of_its_reader(crowd: World, signed_in: Any) -> None:
    grant = User.objects.get(pk=crowd.cast.supervisor.pk).grants.get()
    client = signed_in("supervisor")
    assert client.get(reverse("insights:explore"), {"m": "cases_opened", **SPAN}).context["found"].told[0].answer.total.n == 44
    access.end_grant(grant=grant, by=crowd.actor("administrator"), at=AT)
    assert signed_in("supervisor").get(reverse("insights:explore"), {"m": "cases_opened", **SPAN}).status_code == 404
