"""Files as people really have them: each becomes cases or a clear message, and nothing is half-written."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from tests.cast import World

from steward.contact.datahub import reading
from steward.contact.datahub.errors import (
    Broken,
    CellTooLarge,
    DoubleColumns,
    EmptyFile,
    NotATable,
    SeveralSheets,
    TooLarge,
    UnknownEncoding,
    UnknownSheet,
)
from steward.contact.datahub.models import ImportRun
from steward.core.cases.models import Case
from steward.core.customers.models import Customer

from .helpers import CLOSED, HEADER, MAPPING, OPEN, faults, load, table, write

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("encoding", "told"), [("gbk", "gb18030"), ("utf-8-sig", "utf-8-sig"), ("utf-8", "utf-8"), ("utf-16", "utf-16"), ("gb18030", "gb18030")]
)
def test_the_encoding_is_found_and_told(world: World, tmp_path: Path, encoding: str, told: str) -> None:
    run = load(world, write(tmp_path, table(CLOSED.format(1)).encode(encoding)))
    assert run.survey["encoding"] == told
    assert Case.objects.get().title == "第1件"


def test_bytes_that_are_no_text_are_refused(world: World, tmp_path: Path) -> None:
    with pytest.raises(UnknownEncoding):
        load(world, write(tmp_path, table(OPEN.format(1)).encode() + b"\xff\xff\xff\n"))
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"\xef\xbb\xbf", b",,,\n"])
def test_an_empty_file_says_so(world: World, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EmptyFile):
        load(world, write(tmp_path, content))


def test_a_file_of_names_alone_is_no_error(world: World, tmp_path: Path) -> None:
    run = load(world, write(tmp_path, HEADER + "\n"))
    assert (run.state, run.records) == ("done", 0)


def test_na_stays_na(world: World, tmp_path: Path) -> None:
    line = "NA,NA,NA,办理中,2026-02-27 10:00,,NA,13712345678"
    load(world, write(tmp_path, table(line)))
    case = Case.objects.get()
    assert (case.title, case.messages.get().body, case.customer and case.customer.name) == ("NA", "NA", "NA")
    assert case.source_records.get().key == "NA"


def test_ragged_rows_are_told_with_their_number(world: World, tmp_path: Path) -> None:
    run = load(world, write(tmp_path, table(OPEN.format(1), "X1,太短", OPEN.format(2) + ",多,出", OPEN.format(3) + ",,")))
    assert faults(run) == [(3, "ragged", ""), (4, "ragged", "")]
    assert Case.objects.count() == 2


def test_a_field_of_ten_megabytes_is_one_error(world: World, tmp_path: Path) -> None:
    huge = f'H1,标题,"{"字" * 3_500_000}",办理中,2026-02-27 10:00,,,'
    run = load(world, write(tmp_path, table(OPEN.format(1), huge, OPEN.format(2))))
    assert faults(run) == [(3, "too_long_cell", "内容")]
    assert "3500000" in run.errors.get().reason.replace(",", "")
    assert len(run.errors.get().rows[0][3]) < 5000


def test_a_quotation_mark_that_is_never_closed_stops_before_loading(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading.csv.field_size_limit(200_000)
    try:
        with pytest.raises(CellTooLarge):
            load(world, write(tmp_path, table(OPEN.format(1), 'X,"' + "a,b\n" * 100_000)))
    finally:
        reading.csv.field_size_limit(reading.MAX_FIELD)
    assert not Case.objects.exists()


def test_nul_bytes_are_an_error_of_their_row(world: World, tmp_path: Path) -> None:
    run = load(
        world, write(tmp_path, table(OPEN.format(1), OPEN.format(2).replace("尽快", "尽\0快"), "N\0,标题,,办理中,2026-02-27 10:00,,,"))
    )
    assert faults(run) == [(3, "nul", "内容"), (4, "nul", "编号")]


def test_formula_cells_of_a_csv_are_words_and_leave_the_house_harmless(world: World, tmp_path: Path, signed_in: Any) -> None:
    lines = ["=1+1,=cmd|' /C calc'!A0,+1,办理中,2026-02-27 10:00,,,", "F2,=HYPERLINK(1),x,不明,2026-02-27 10:00,,,"]
    run = load(world, write(tmp_path, table(*lines)))
    assert Case.objects.get().title == "=cmd|' /C calc'!A0"
    text = b"".join(signed_in("supervisor").get(f"/imports/{run.public_id}/errors/?format=csv")).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert "不明" in text


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ("X,标题,,办理中,2026-02-30 10:00,,,", "bad_date", "收到"),
        ("X,标题,,办理中,31/31/2026,,,", "bad_date", "收到"),
        ("X,标题,,办理中,9999-12-31 23:59,,,", "in_future", "收到"),
        ("X,标题,,办理中,1899-12-31 23:59,,,", "too_early", "收到"),
        ("X,标题,,已办结,2026-02-25 10:00,2026-02-24 10:00,,", "closed_before_opened", "办结"),
        ("X,标题,,已办结,2026-02-25 10:00,,,", "closed_without_date", "办结"),
        ("X,标题,,办理中,2026-02-25 10:00,2026-02-26 10:00,,", "dated_but_open", "办结"),
        ("X,标题,,已撤销,2026-02-25 10:00,,,", "unknown_value", "状态"),
        (f"X,标题,,办理中,2026-02-25 10:00,,{'欧阳' * 61},", "name_too_long", "姓名"),
        ("X,标题,,办理中,2026-02-25 10:00,,某,12", "bad_phone", "电话"),
        (",标题,,办理中,2026-02-25 10:00,,,", "no_key", "编号"),
        (f"{'9' * 201},标题,,办理中,2026-02-25 10:00,,,", "key_too_long", "编号"),
        ("X, ,,办理中,2026-02-25 10:00,,,", "no_title", "标题"),
    ],
)
def test_unclear_rows_are_told_with_their_column(world: World, tmp_path: Path, cells: str, code: str, column: str) -> None:
    people = Customer.objects.count()
    run = load(world, write(tmp_path, table(OPEN.format(1), cells, OPEN.format(2))))
    assert faults(run) == [(3, code, column)]
    assert (run.created, run.failed, Case.objects.count(), Customer.objects.count()) == (2, 1, 2, people)


def test_a_long_title_is_cut_and_stands_whole_in_the_body(world: World, tmp_path: Path) -> None:
    title = "排队时间太长" * 50
    load(world, write(tmp_path, table(f"L1,{title},请改进,办理中,2026-02-27 10:00,,,")))
    case = Case.objects.get()
    assert case.title == title[:200]
    assert case.messages.get().body == f"{title}\n\n请改进"


def test_two_columns_of_one_name_are_refused_where_one_is_needed(world: World, tmp_path: Path) -> None:
    with pytest.raises(DoubleColumns):
        load(world, write(tmp_path, table(OPEN.format(1) + ",", header=f"{HEADER},标题")))


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_separators_are_found(world: World, tmp_path: Path, delimiter: str) -> None:
    load(world, write(tmp_path, table(OPEN.format(1)).replace(",", delimiter)))
    assert Case.objects.get().title == "未完1"


def workbook(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


ROWS: list[list[Any]] = [HEADER.split(","), OPEN.format(1).split(","), ["B2", 42, None, "办理中", "2026-02-27 10:00"]]


def test_a_workbook_is_read_like_a_csv(world: World, tmp_path: Path) -> None:
    run = load(world, write(tmp_path, workbook(("工单", ROWS)), "rows.xlsx"))
    assert (run.records, run.failed, run.survey["sheet"]) == (2, 0, "工单")
    assert sorted(Case.objects.values_list("title", flat=True)) == ["42", "未完1"]


def test_of_several_sheets_one_must_be_named(world: World, tmp_path: Path) -> None:
    path = write(tmp_path, workbook(("工单", ROWS), ("说明", [["注"]])), "rows.xlsx")
    with pytest.raises(SeveralSheets) as refused:
        load(world, path)
    assert "工单, 说明" in str(refused.value)
    with pytest.raises(UnknownSheet):
        load(world, path, {**MAPPING, "file": {"sheet": "没有"}})
    assert load(world, path, {**MAPPING, "file": {"sheet": "工单"}}).created == 2


def test_formulas_of_a_workbook_are_told(world: World, tmp_path: Path) -> None:
    rows = [*ROWS, ["B3", "=A1&A2", "", "办理中", "2026-02-27 10:00"]]
    run = load(world, write(tmp_path, workbook(("工单", rows)), "rows.xlsx"))
    assert faults(run) == [(4, "formula", "标题")]


def test_a_workbook_that_would_burst_is_not_opened(world: World, tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _number in range(300):
                member.write(b" " * 1024 * 1024)
    with pytest.raises(TooLarge):
        load(world, write(tmp_path, file.getvalue(), "bomb.xlsx"))


def test_entities_of_a_workbook_are_not_expanded(world: World, tmp_path: Path) -> None:
    source = zipfile.ZipFile(io.BytesIO(workbook(("工单", ROWS))))
    file = io.BytesIO()
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    with zipfile.ZipFile(file, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, bomb if "worksheets" in name else source.read(name))
    with pytest.raises(Broken):
        load(world, write(tmp_path, file.getvalue(), "rows.xlsx"))


def test_a_zip_holds_one_table(world: World, tmp_path: Path) -> None:
    def zipped(**members: str) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(f"{name}.csv", content)
        return file.getvalue()

    assert load(world, write(tmp_path, zipped(rows=table(OPEN.format(1))), "rows.zip")).created == 1
    with pytest.raises(NotATable):
        load(world, write(tmp_path, zipped(one="a", two="b"), "two.zip"))
    with pytest.raises((Broken, UnknownEncoding, EmptyFile)):
        load(world, write(tmp_path, zipped(rows=table(OPEN.format(1)))[:-30], "cut.zip"))
