"""Tokens and marks, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.ground.search.highlight import highlight, snippet, spans
from steward.ground.search.tokens import Term, normal, terms, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("账户冻结", ["账户", "户冻", "冻结", "结"]),
        ("账", ["账"]),
        ("ＶＩＰ客户", ["vip", "客户", "户"]),
        ("工单2026-000123", ["工单", "单", "2026", "000123"]),
        ("Li.Lei@Example.com", ["li", "lei", "example", "com"]),
        ("，。！", []),
        ("客戶 与 客户", ["客戶", "戶", "与", "客户", "户"]),
        ("𠮷野家", ["𠮷野", "野家", "家"]),
        ("a_b", ["a", "b"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("冻", [Term(("冻",), True)]),
        ("冻结", [Term(("冻结",), False)]),
        ("冻结了", [Term(("冻结", "结了"), False)]),
        ("VIP", [Term(("vip",), True)]),
        ("VIP客", [Term(("vip", "客"), True)]),
        ("客户VIP", [Term(("客户", "户", "vip"), True)]),
        ("2026-0001", [Term(("2026", "0001"), True)]),
        ("冻结 账", [Term(("冻结",), False), Term(("账",), True)]),
        ("  ，。 ", []),
    ],
)
def test_terms(query: str, expected: list[Term]) -> None:
    assert terms(query) == expected


@given(st.text(max_size=200))
def test_any_text_gives_clean_tokens_and_normal_text_is_stable(text: str) -> None:
    found = tokens(text)
    assert all(token and not set(token) & set(" '\"\\%_*:|&!()<>#") for token in found)
    assert normal(normal(text)) == normal(text)
    assert len(terms(text)) <= 8


def test_marks_are_escaped_and_merged() -> None:
    assert str(highlight("<账户冻结>", "冻结")) == '&lt;账户<mark class="p-0">冻结</mark>&gt;'
    assert str(highlight("账户冻结了", "账户冻 冻结")) == '<mark class="p-0">账户冻结</mark>了'
    assert str(highlight("ＶＩＰ", "vip")) == '<mark class="p-0">ＶＩＰ</mark>'
    assert str(highlight("<b>", "")) == "&lt;b&gt;"
    assert spans("abcabc", "bc") == [(1, 3), (4, 6)]


def test_a_snippet_shows_the_place() -> None:
    text = "前" * 300 + "冻结" + "后" * 300
    shown = str(snippet(text, "冻结", 40))
    assert '<mark class="p-0">冻结</mark>' in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 80
    assert str(snippet("短", "没有")) == "短"


@given(st.text(alphabet="账户冻结了a1A <&，", max_size=40), st.text(alphabet="账户冻结了a1A <&，", max_size=6))
def test_marking_never_changes_the_words(text: str, query: str) -> None:
    from html import unescape

    assert unescape(str(highlight(text, query)).replace('<mark class="p-0">', "").replace("</mark>", "")) == text
