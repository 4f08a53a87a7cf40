"""Workbooks: typed cells, nothing a spreadsheet would run, the same bytes for the same content."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from steward.ground.documents.workbooks import Sheet, SheetColumn, workbook

pytestmark = pytest.mark.store

AT = datetime(2026, 3, 2, 17, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def one(rows: Sequence[Sequence[Any]], *columns: SheetColumn) -> Workbook:
    return load_workbook(io.BytesIO(workbook([Sheet("工单", columns or (SheetColumn("值"),), rows)], made_at=AT)))


def cells(rows: Sequence[Sequence[Any]]) -> list[Any]:
    page = one(rows)["工单"]
    return [page.cell(row=number + 2, column=1) for number in range(len(rows))]


def test_cells_keep_their_kind() -> None:
    values = [3, 2.5, Decimal("1.25"), True, date(2026, 3, 2), time(9, 30), timedelta(hours=30), "文字", None]
    found = [cell.value for cell in cells([[value] for value in values])]
    assert found[:4] == [3, 2.5, 1.25, True]
    assert found[4] == datetime(2026, 3, 2)  # noqa: DTZ001 - how openpyxl reads a date
    assert found[5:] == [time(9, 30), timedelta(hours=30), "文字", None]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")])
def test_what_is_no_number_leaves_the_cell_empty(value: Any) -> None:
    assert cells([[value]])[0].value is None


def test_moments_are_written_in_the_zone_of_the_workbook() -> None:
    cell = cells([[datetime(2026, 3, 2, 1, 0, tzinfo=UTC)]])[0]
    assert cell.value == datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001
    assert cell.number_format == "yyyy-mm-dd hh:mm"


@pytest.mark.parametrize("text", ["=1+1", "+1+2", "-1+2", "@SUM(A1)", "＝1+1", " =1", "|calc", "\t=1", '=HYPERLINK("http://x","y")'])
def test_formulas_become_text(text: str) -> None:
    cell = cells([[text]])[0]
    assert cell.data_type == "s"
    assert cell.value == f"'{text}"


def test_words_that_look_like_errors_or_numbers_stay_words() -> None:
    found = cells([["#N/A"], ["007"], ["-12.5"], [6222020200112233445]])
    assert [(cell.value, cell.data_type) for cell in found] == [("#N/A", "s"), ("007", "s"), ("-12.5", "s"), ("6222020200112233445", "s")]


@given(
    st.lists(
        st.one_of(st.text(), st.integers(), st.floats(), st.dates(), st.datetimes(), st.booleans(), st.none(), st.decimals()), max_size=6
    )
)
@settings(max_examples=40, deadline=None)
def test_any_value_can_be_written_and_none_is_a_formula(values: list[Any]) -> None:
    assert all(cell.data_type != "f" for cell in cells([[value] for value in values]))


def test_the_header_stays_in_sight_and_columns_fit_chinese() -> None:
    page = one([["等候时间过长，取号后四十分钟未叫号", 0.824]], SheetColumn("事由"), SheetColumn("占比", format="0.0%"))["工单"]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:B2"
    assert page["A1"].font.bold
    assert page.column_dimensions["A"].width >= 2 * len("等候时间过长，取号后四十分钟未叫号")
    assert page["B2"].number_format == "0.0%"


def test_sheet_names_are_made_fit_and_different() -> None:
    names = ["2026/3 [投诉]: 明细*?", "2026/3 [投诉]: 明细*?", "", "History", "很长" * 40, "很长" * 40]
    made = load_workbook(io.BytesIO(workbook([Sheet(name, [SheetColumn("a")], []) for name in names], made_at=AT))).sheetnames
    assert len({name.casefold() for name in made}) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in made)
    assert made[0] == "2026 3  投诉   明细"


def test_the_same_content_is_the_same_bytes() -> None:
    def make(at: datetime = AT) -> bytes:
        return workbook(
            [Sheet("工单", [SheetColumn("值")], [["a"], [1]]), Sheet("定义", [SheetColumn("指标")], [["首次解决率"]])], made_at=at
        )

    assert make() == make()
    assert make() != make(AT + timedelta(days=1))


def test_rows_of_another_length_and_no_sheets_are_refused() -> None:
    with pytest.raises(ValueError, match="2 cells for 1 columns"):
        workbook([Sheet("工单", [SheetColumn("值")], [["a", "b"]])], made_at=AT)
    with pytest.raises(ValueError, match="at least one"):
        workbook([], made_at=AT)
