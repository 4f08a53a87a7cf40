"""Letters, reports and bundles as PDF: what is printed is what was written, and the same document is the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from steward.ground.documents import charts, pdf
from steward.ground.documents.blocks import (
    Block,
    Callout,
    Closing,
    Column,
    Cover,
    Document,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Letterhead,
    PageBreak,
    Paragraph,
    Table,
)
from steward.ground.documents.charts import ChartsNotBuilt, chart_svg
from steward.ground.documents.pdf import render_pdf
from steward.ground.documents.texts import pieces
from steward.ground.ui import samples
from steward.ground.ui.charts import Chart, Series
from steward.science import extras
from steward.science.extras import MissingExtra

pytestmark = pytest.mark.store

AT = datetime(2026, 3, 2, 17, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
HOSTILE = [
    '#import "@preview/cetz:0.3.0"', "#read(\"/etc/passwd\")", "$ x^2 $", "*bold* _slanted_ `raw`", "= Heading", "- item", "@label <label>",
    "\\u{41} \\ back", "\"quotes\" 'too'", "// no comment /* at all */", "[#panic()]", "~ -- --- ...", "https://example.com", "</text><script>",
    "{page} {pages} %(page)s",
]  # fmt: skip


def document(blocks: Sequence[Block], **more: Any) -> Document:
    return Document("季度报告", blocks, AT, **more)


def read(blocks: Sequence[Block], *, language: str = "zh-hans", **more: Any) -> PdfReader:
    return PdfReader(io.BytesIO(render_pdf(document(blocks, **more), language=language)))


def words(reader: PdfReader) -> str:
    """All text without white space: where lines break is not what is tested."""
    return "".join("".join(page.extract_text() for page in reader.pages).split())


def chart(**more: Any) -> Chart:
    return Chart(
        "waits", "line", "等候时间", ["一月", "二月"], [Series("大堂", [14, 9], low=[12, 8], high=[16, 10], n=[80, 90])], unit="分", **more
    )


def every_block() -> list[Block]:
    return [
        Cover("季度报告", "等候缩短", organisation="临江银行", period="第三季度"),
        Heading("要点"), Paragraph("先说结论。", lead=True), Paragraph("第一行\n第二行"),
        KeyFigures([KeyFigure("首次解决率", "82.4%", "79.1–85.2", 412, "有证据表明上升"), KeyFigure("满意度", "数据不足", n=7)]),
        Figure(chart(), note="来源：排队系统"), Callout("三件临近期限", "提醒", "caution"), PageBreak(),
        Table([Column("工单号"), Column("用时", number=True)], [["2026-000001", "35"]], caption="附录", note="工作时间"),
    ]  # fmt: skip


def test_every_block_is_printed_with_its_words() -> None:
    reader = read(every_block(), organisation="临江银行", snapshot="9f2c41d7")
    text = words(reader)
    for expected in (
        "季度报告", "等候缩短", "第三季度", "2026-03-0217:30Asia/Shanghai", "要点", "先说结论。", "第一行第二行", "首次解决率",
        "82.4%", "79.1–85.2，n=412",
        "有证据表明上升", "数据不足", "等候时间", "大堂(分)", "12.0–16.0", "来源：排队系统", "提醒", "三件临近期限", "附录",
        "2026-000001", "35", "工作时间",
    ):  # fmt: skip
        assert expected in text
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("季度报告", "临江银行")


def test_the_foot_says_the_page_and_the_snapshot_but_not_on_the_cover() -> None:
    pages = read(every_block(), snapshot="9f2c41d7").pages
    assert len(pages) == 3
    assert "第3页，共3页" in "".join(pages[2].extract_text().split())
    assert "数据快照9f2c41d7" in "".join(pages[2].extract_text().split())
    assert "共3页" not in "".join(pages[0].extract_text().split())


def test_labels_follow_the_language_and_lazy_texts_too() -> None:
    english = words(read([Paragraph(gettext_lazy("Upper limit"))], language="en", snapshot="9f2c"))
    assert "Page1of1" in english
    assert "Snapshot9f2c" in english
    assert "Upperlimit" in english
    assert "上限" in words(read([Paragraph(gettext_lazy("Upper limit"))]))


def test_a_letter_has_its_head_and_its_end() -> None:
    text = words(
        read(
            [
                Letterhead("临江银行", ["李䶮 女士", "中山东一路15号"], "第128号", "上海", "021-5555"),
                Paragraph("您好。", flush=True),
                Closing(["临江银行", "3月2日"]),
            ]
        )
    )
    for expected in ("李䶮女士", "中山东一路15号", "第128号", "上海", "021-5555", "您好。", "3月2日"):
        assert expected in text


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_markup(text: str) -> None:
    bare = "".join(text.split())
    for block in (
        Paragraph(text), Heading(text), Callout(text, text), KeyFigures([KeyFigure(text, text, text, 1, text)]), Cover(text, text, text, text),
        Table([Column(text)], [[text]], caption=text, note=text), Letterhead(text, [text], text, text, text), Closing([text]),
    ):  # fmt: skip
        assert bare in words(read([block]))
    assert bare in words(read([Paragraph("x")], organisation=text, snapshot=text))


def test_hostile_labels_of_a_chart_stay_labels() -> None:
    charts_of = [Chart(f"h{place}", "line", text, [text, "b"], [Series(text, [1, 2])], unit=text) for place, text in enumerate(HOSTILE)]
    assert not [chart.key for chart in charts_of if "<script>" in chart_svg(chart)]
    said = words(read([Figure(chart) for chart in charts_of]))
    assert not [text for text in HOSTILE if "".join(text.split()) not in said]


def test_invisible_characters_neither_break_the_page_nor_turn_it_round() -> None:
    text = words(read([Paragraph("a\u202ab\u202ec\u2066\x00\x1b\ud800d\u200be\ufeff")]))
    assert text.replace("\u200b", "").replace("\ufeff", "").startswith("abcde")


@given(st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_any_text_can_be_set(text: str) -> None:
    assert render_pdf(
        document([Paragraph(text), Heading(text), Table([Column(text), Column("n", number=True)], [[text, "1"]])]), language="en"
    )


def test_a_name_without_end_stays_on_the_page() -> None:
    name = "x" * 400
    assert "".join(part for part in pieces(name) if part) == name
    reader = read([Table([Column("名称"), Column("件数", number=True)], [[name, "7"]]), Paragraph(name)])
    rights: list[float] = []
    reader.pages[0].extract_text(visitor_text=lambda text, cm, tm, font, size: rights.append(tm[4] + cm[4]) if text.strip() else None)
    assert words(reader).count(name) == 2
    assert max(rights) < 525  # the right margin of an A4 page, in points


def test_a_thousand_rows_repeat_their_header_on_every_page() -> None:
    rows = [[f"2026-{number:06d}", "信用卡年费争议", "35"] for number in range(1000)]
    reader = read([Table([Column("工单号"), Column("事由"), Column("用时", number=True)], rows)])
    assert 15 < len(reader.pages) < 40
    assert all("工单号" in page.extract_text() for page in reader.pages)
    text = words(reader)
    assert all(row[0] in text for row in rows)


def test_headings_are_bookmarks() -> None:
    outline = read([Heading("投诉"), Heading("渠道", 2), Heading("附录")]).outline
    assert [entry.title for entry in outline if not isinstance(entry, list)] == ["投诉", "附录"]


def test_the_same_document_is_the_same_bytes() -> None:
    first = render_pdf(document(every_block()), language="zh-hans")
    render_pdf(document([Figure(samples.charts()[1])]), language="en")  # what was made in between does not matter
    assert render_pdf(document(every_block()), language="zh-hans") == first
    later = Document("季度报告", every_block(), datetime(2026, 3, 3, tzinfo=UTC))
    assert render_pdf(later, language="zh-hans") != first


def test_the_date_of_the_pdf_is_when_it_was_made() -> None:
    metadata = read([Paragraph("x")]).metadata
    assert metadata is not None
    assert metadata.creation_date == AT


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_kind_of_chart_is_drawn_the_same_each_time(language: str) -> None:
    from django.utils.translation import override

    with override(language):
        for each in samples.charts():
            first = chart_svg(each)
            assert first.startswith("<svg")
            assert "NaN" not in first
            assert "undefined" not in first
            assert "<style" not in first
            assert chart_svg(each) == first


def test_limits_that_end_early_keep_their_names() -> None:
    weeks = ["一", "二", "三", "四"]
    drawn = chart_svg(
        Chart("c", "control", "占比", weeks, [Series("占比", [3, 4, 5, None])], centre=4, lower=[1, 1, 1, None], upper=[7, 7, 7, None])
    )
    assert "NaN" not in drawn
    for name in ("上限", "下限", "中心线"):
        assert name in drawn


def test_numbers_on_a_chart_are_grouped_and_rounded_without_a_browser() -> None:
    drawn = chart_svg(Chart("n", "bar", "Calls", ["a", "b", "c"], [Series("x", [1234567.25, -1234.5, -0.01])], digits=1))
    for expected in (">1,234,567.3<", ">−1,234.5<", ">0.0<"):
        assert expected in drawn


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"typst.*'reports'.*steward\[reports\]"):
        render_pdf(document([]), language="en")
    with pytest.raises(MissingExtra, match=r"quickjs.*'reports'"):
        chart_svg(chart())


def test_assets_that_are_not_built_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(charts, "SCRIPT", tmp_path / "charts-ssr.js")
    charts._drawer.cache_clear()
    with pytest.raises(ChartsNotBuilt, match=r"hatch_build\.py"):
        chart_svg(chart())


def test_a_folder_of_fonts_adds_to_those_of_the_extra(settings: Any, tmp_path: Path) -> None:
    settings.FONTS = str(tmp_path)
    pdf._fonts.cache_clear()
    try:
        assert "李䶮" in words(read([Paragraph("李䶮")]))
    finally:
        pdf._fonts.cache_clear()


def test_a_bold_face_is_used_where_there_is_one_and_other_fonts_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    faces = [
        ("Noto Sans SC", 400, "a"),
        ("Noto Serif SC", 400, "b"),
        ("Noto Serif SC", 700, "c"),
        ("Libertinus Serif", 600, None),
        ("Noto Emoji", 400, "d"),
    ]
    known = [SimpleNamespace(family=family, weight=weight, path=path) for family, weight, path in faces]
    monkeypatch.setattr(pdf, "_fonts", lambda: SimpleNamespace(fonts=lambda: known))
    chosen = pdf._families(chinese=True)
    assert chosen == {
        "serif": ["Noto Serif SC", "Noto Emoji"],
        "sans": ["Noto Sans SC", "Noto Emoji"],
        "serif_bold": True,
        "sans_bold": False,
    }
    assert pdf._families(chinese=False)["serif"] == ["Libertinus Serif", "Noto Serif SC", "Noto Emoji"]


def test_rows_of_another_length_and_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="2 cells for 1 columns"):
        Table([Column("a")], [["1", "2"]])
    with pytest.raises(ValueError, match="aware"):
        Document("x", [], datetime(2026, 3, 2))  # noqa: DTZ001
