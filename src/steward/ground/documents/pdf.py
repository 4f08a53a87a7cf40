"""Documents as PDF, set by typst (the extra `reports`).

`page.typ` is the one template. It gets the document as JSON and treats every text as a string, so that nothing anybody wrote can become markup; it
names no file and no package, and the compiler's root is an empty folder. The same document gives the same bytes.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from steward.ground.ui.figures import number_words
from steward.ground.ui.timewords import absolute_words
from steward.science.extras import needs

from . import blocks
from .charts import chart_svg
from .texts import one_line, pieces, plain, width_of

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).with_name("page.typ")
CHART_WIDTH = 640
# By language: the first that is installed sets the text, the others stand in for characters it lacks.
SANS = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC")
SERIF = ("Noto Serif SC", "Noto Serif CJK SC", "Source Han Serif SC")
LATIN_SERIF = ("Libertinus Serif",)
BOLD = 600
# A column of short words is as wide as they are; wider ones share the rest of the line by the width of their words, within these bounds.
SHORT, NARROW, WIDE = 12, 10, 60
SAMPLE = 200


class CannotSet(RuntimeError):
    """typst refused the document: a fault of the template, never of a text. `message` is typst's."""

    def __init__(self, message: str) -> None:
        super().__init__(f"The document could not be set: {message}")
        self.message = message


def render_pdf(document: blocks.Document, *, language: str) -> bytes:
    """The document as PDF, with its labels in this language. Errors: MissingExtra (reports), ChartsNotBuilt, CannotDraw, CannotSet.

    A page takes some 50 ms and 1,000 rows about half a second: longer documents belong into a job.
    """
    needs("typst", "pylopdf_fonts_zh_cn", "quickjs", extra="reports")
    import typst

    with override(language):
        data = _data(document)
    with tempfile.TemporaryDirectory() as nothing:
        compiler = typst.Compiler(
            root=nothing, font_paths=_fonts(), ignore_system_fonts=True, package_path=nothing, package_cache_path=nothing,
        )  # fmt: skip
        try:
            pdf = compiler.compile(
                TEMPLATE.read_bytes(),
                format="pdf",
                sys_inputs={"document": json.dumps(data, ensure_ascii=False)},
                timestamp=int(document.made_at.timestamp()),
            )
        except typst.TypstError as error:
            raise CannotSet(error.message) from error
    if not isinstance(pdf, bytes):
        raise CannotSet("no bytes came back")
    return pdf


@cache
def _fonts() -> typst.Fonts:
    """The folder of STEWARD_FONTS and the fonts of the extra; those of the machine would make the bytes depend on it."""
    import pylopdf_fonts_zh_cn
    import typst

    folders: list[str | Path] = [settings.FONTS] if settings.FONTS else []
    return typst.Fonts(
        include_system_fonts=False, font_paths=[str(folder) for folder in (*folders, pylopdf_fonts_zh_cn.sans_path().parent)]
    )


def _data(document: blocks.Document) -> dict[str, Any]:
    chinese = (get_language() or "").startswith("zh")
    pages = _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"}
    name = " · ".join(words for words in (one_line(document.organisation), one_line(document.title)) if words)
    snapshot = _("Snapshot %(hash)s") % {"hash": one_line(document.snapshot)} if document.snapshot else ""
    return {
        "language": "zh" if chinese else "en",
        "region": "cn" if chinese else "gb",
        "title": one_line(document.title),
        "organisation": one_line(document.organisation),
        "fonts": _families(chinese=chinese),
        "foot": {"pages": pages, "name": name, "snapshot": snapshot},
        "blocks": [_BLOCKS[type(block)](block, document) for block in document.blocks],
    }


def _families(*, chinese: bool) -> dict[str, Any]:
    known = _fonts().fonts()
    bold = {font.family for font in known if font.weight >= BOLD}
    installed = {font.family for font in known}
    # What STEWARD_FONTS adds beyond the house's families stands in for rare characters and emoji.
    standing = {*SANS, *SERIF, *LATIN_SERIF}
    added = sorted(font.family for font in known if font.path and font.family not in standing)
    serif = [family for family in (SERIF if chinese else LATIN_SERIF + SERIF) if family in installed] + added
    sans = [family for family in SANS if family in installed] + added
    return {"serif": serif, "sans": sans, "serif_bold": serif[0] in bold, "sans_bold": sans[0] in bold}


def _cover(block: blocks.Cover, document: blocks.Document) -> dict[str, Any]:
    facts = [[_("Made at"), absolute_words(document.made_at, zone=document.made_at.tzinfo)]] if document.made_at.tzinfo else []
    if document.snapshot:
        facts.append([_("Snapshot"), one_line(document.snapshot)])
    return {
        "kind": "cover",
        "title": pieces(block.title),
        "subtitle": pieces(block.subtitle),
        "organisation": pieces(block.organisation or document.organisation),
        "period": pieces(block.period),
        "facts": facts,
    }


def _letterhead(block: blocks.Letterhead, _document: blocks.Document) -> dict[str, Any]:
    return {
        "kind": "letterhead",
        "organisation": pieces(block.organisation),
        "recipient": [pieces(line) for line in block.recipient],
        "reference": pieces(block.reference),
        "place_date": pieces(block.place_date),
        "contact": pieces(block.contact),
    }


def _closing(block: blocks.Closing, _document: blocks.Document) -> dict[str, Any]:
    return {"kind": "closing", "lines": [pieces(line) for line in block.lines]}


def _heading(block: blocks.Heading, _document: blocks.Document) -> dict[str, Any]:
    return {"kind": "heading", "level": block.level, "text": pieces(one_line(block.text))}


def _paragraph(block: blocks.Paragraph, _document: blocks.Document) -> dict[str, Any]:
    return {"kind": "paragraph", "text": pieces(block.text), "lead": block.lead, "flush": block.flush}


def _callout(block: blocks.Callout, _document: blocks.Document) -> dict[str, Any]:
    return {"kind": "callout", "text": pieces(block.text), "title": pieces(block.title), "tone": block.tone}


def _key_figures(block: blocks.KeyFigures, _document: blocks.Document) -> dict[str, Any]:
    return {
        "kind": "keyfigures",
        "figures": [
            {"name": pieces(each.name), "value": pieces(each.value), "range": pieces(_range(each)), "verdict": pieces(each.verdict)}
            for each in block.figures
        ],
    }


def _range(figure: blocks.KeyFigure) -> str:
    interval = plain(figure.interval)
    if figure.n is None:
        return interval
    count = _("n=%(n)s") % {"n": number_words(figure.n)}
    return _("%(interval)s, %(count)s") % {"interval": interval, "count": count} if interval else count


def _figure(block: blocks.Figure, _document: blocks.Document) -> dict[str, Any]:
    chart = block.chart
    columns = [blocks.Column(name, number=place > 0) for place, name in enumerate(chart.header)]
    return {
        "kind": "figure",
        "title": pieces(chart.title),
        "svg": chart_svg(chart, width=CHART_WIDTH, height=block.height, font=_families(chinese=True)["sans"][0]),
        "alt": one_line(chart.title),
        "table": _table_data(columns, chart.rows) if block.table and chart.rows else None,
        "note": pieces(block.note),
    }


def _table(block: blocks.Table, _document: blocks.Document) -> dict[str, Any]:
    return {"kind": "table", "caption": pieces(block.caption), "note": pieces(block.note), "table": _table_data(block.columns, block.rows)}


def _table_data(columns: Any, rows: Any) -> dict[str, Any]:
    widths = [_width(column, place, rows) for place, column in enumerate(columns)]
    if not any(widths):
        widths = [1.0] * len(widths)  # nothing asks for room: the columns share the line
    return {
        "columns": [
            {"name": pieces(column.name), "number": column.number, "width": width} for column, width in zip(columns, widths, strict=True)
        ],
        "rows": [[pieces(cell) for cell in row] for row in rows],
    }


def _width(column: blocks.Column, place: int, rows: Any) -> float | None:
    if column.width is not None or column.number:
        return column.width
    widest = max((width_of(row[place]) for row in rows[:SAMPLE]), default=0)
    return None if max(widest, width_of(column.name)) <= SHORT else float(min(max(widest, NARROW), WIDE))


def _page_break(_block: blocks.PageBreak, _document: blocks.Document) -> dict[str, Any]:
    return {"kind": "pagebreak"}


_BLOCKS: dict[type, Callable[[Any, blocks.Document], dict[str, Any]]] = {
    blocks.Cover: _cover,
    blocks.Letterhead: _letterhead,
    blocks.Closing: _closing,
    blocks.Heading: _heading,
    blocks.Paragraph: _paragraph,
    blocks.Callout: _callout,
    blocks.KeyFigures: _key_figures,
    blocks.Figure: _figure,
    blocks.Table: _table,
    blocks.PageBreak: _page_break,
}
