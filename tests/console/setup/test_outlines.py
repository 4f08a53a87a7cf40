"""Indented lists of units, as people type and paste them."""

from __future__ import annotations

import pytest

from steward.console.setup.outline import MAX_DEPTH, MAX_LINES, read_outline


def shape(text: str) -> list[tuple[int, str, str]]:
    return [(line.depth, str(line.name), line.kind) for line in read_outline(text).lines]


@pytest.mark.parametrize(
    "text",
    [
        "甲\n  乙\n  丙\n丁",
        "甲\r\n\t乙\r\n\t丙\r\n丁",
        "- 甲\n    • 乙\n    • 丙\n- 丁",
        "甲\n　乙\n　丙\n\n丁\n",
        "  甲\n    乙\n    丙\n  丁",
    ],
    ids=["spaces", "tabs", "bullets", "wide", "base"],
)
def test_indentation_of_every_kind_makes_the_same_tree(text: str) -> None:
    outline = read_outline(text)
    assert outline.problems == ()
    assert [(line.depth, str(line.name), line.above) for line in outline.lines] == [
        (0, "甲", -1),
        (1, "乙", 0),
        (1, "丙", 0),
        (0, "丁", -1),
    ]


def test_a_second_name_and_a_kind_in_any_order() -> None:
    lines = read_outline("滨江支行 | Riverside branch\nHead office ｜ 部门 ｜ 总部\n7/11 店").lines
    assert [(dict(line.name), line.kind) for line in lines] == [
        ({"zh-hans": "滨江支行", "en": "Riverside branch"}, ""),
        ({"zh-hans": "总部", "en": "Head office"}, "department"),
        ({"zh-hans": "7/11 店"}, ""),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("甲\n    乙\n  丙", 3),
        ("甲\n乙\n甲", 3),
        ("甲 | a | b | 部门", 1),
        ("甲 | 部门 | 班组", 1),
        ("| 部门", 1),
        ("名" * 101, 1),
        ("甲\u202e乙", 1),
        ("\n".join(f"{' ' * depth}级{depth}" for depth in range(MAX_DEPTH + 1)), MAX_DEPTH + 1),
        ("\n".join(f"第{number}" for number in range(MAX_LINES + 5)), MAX_LINES + 1),
    ],
    ids=["between levels", "twice", "parts", "two kinds", "no name", "long", "hidden", "deep", "many"],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int) -> None:
    problems = read_outline(text).problems
    assert [problem.line for problem in problems] == [line]
    assert str(problems[0])


def test_the_same_name_may_stand_under_two_parents() -> None:
    assert read_outline("甲\n  柜面组\n乙\n  柜面组").problems == ()


def test_nothing_is_an_empty_list() -> None:
    assert read_outline(" \n\t\n").lines == ()
