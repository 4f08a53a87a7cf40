"""Hours as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.ground.worktime.hours import BadHours, format_hours, parse_hours


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("09:00-12:00, 13:00-18:00", ((540, 720), (780, 1080))),
        ("9-12 13:30-18", ((540, 720), (810, 1080))),
        ("９：００－１２：００".translate(str.maketrans("０１２９", "0129")), ((540, 720),)),
        ("9：00–12：00；13：00—18：00", ((540, 720), (780, 1080))),
        ("13:00 - 18:00、9:00 至 12:00", ((540, 720), (780, 1080))),
        ("0-24", ((0, 1440),)),
        ("9-12, 12-18", ((540, 1080),)),
        ("9.30~10.15", ((570, 615),)),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, spans: tuple[tuple[int, int], ...]) -> None:
    assert parse_hours(text) == spans


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("nine to five", "unreadable", "nine"),
        ("9-25", "unreadable", "9-25"),
        ("9:60-10", "unreadable", "9:60-10"),
        ("24:30-25", "unreadable", "24:30-25"),
        ("9", "unreadable", "9"),
        ("9-9", "reversed", "9-9"),
        ("22-6", "past_midnight", "22-6"),
        ("9-12, 11-13", "overlap", "11:00-13:00"),
    ],
)
def test_what_is_wrong_is_named(text: str, code: str, part: str) -> None:
    with pytest.raises(BadHours) as caught:
        parse_hours(text)
    assert (caught.value.code, caught.value.part) == (code, part)


@given(st.lists(st.integers(0, 1440), unique=True, max_size=10).map(sorted))
def test_what_is_written_is_read_back(marks: list[int]) -> None:
    spans = tuple((marks[n], marks[n + 1]) for n in range(0, len(marks) - 1, 2))
    assert parse_hours(format_hours(spans)) == spans
