"""CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import AT

from steward.ground.ui.lists import csv_response, neutral
from steward.ground.ui.lists.csvout import csv_lines


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "＝1+1",
        "＠x",
        "|cmd",
        "%0A",
        '=HYPERLINK("x")',
        "-2+3+cmd|' /C calc'!A0",
    ],
)
def test_formulas_become_text(cell: str) -> None:
    assert str(neutral(cell)).startswith("'")


@pytest.mark.parametrize("cell", ["王芳", "2026-00001", "-12", "+3.5", "-12,5", "12%", "", "a=b", "mail@example.com"])
def test_plain_text_stays(cell: str) -> None:
    assert neutral(cell) == cell


def test_numbers_stay_numbers_and_instants_are_unambiguous() -> None:
    assert neutral(-3) == -3
    assert neutral(-0.5) == -0.5
    assert neutral(None) == ""
    assert neutral(AT) == "2026-03-02T01:00:00Z"


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), max_size=5))
def test_what_is_written_reads_back_and_never_starts_a_formula(rows: list[list[str]]) -> None:
    text = "".join(csv_lines(["a", "b"], rows))
    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert len(read) == len(rows) + 1
    for row in read[1:]:
        for cell in row:
            assert cell.lstrip()[:1] not in tuple("=@＝＠＋－|") or cell[:1] == "'"


def test_the_download_carries_a_chinese_name() -> None:
    response = csv_response("工单.csv", ["编号"], [["=1"]])
    assert "filename*=UTF-8''%E5%B7%A5%E5%8D%95.csv" in response.headers["Content-Disposition"]
    assert b"".join(response.streaming_content).decode() == "\ufeff编号\r\n'=1\r\n"  # type: ignore[arg-type]
