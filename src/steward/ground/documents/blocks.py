"""What a document is made of. Texts are data: whatever stands in them is printed as it is, never read as markup.

    Document(_("Quarterly report"), [Cover(...), Heading(_("Complaints")), Paragraph(...), Figure(chart), PageBreak()], made_at=at, snapshot=digest)

Words about figures (values, intervals, verdicts) come from `ui.figures` and the verdict of the measure; a document only sets them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.functional import Promise

from steward.ground.ui.charts import Chart

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page, alone. When it was made and its snapshot come from the document."""

    title: Text
    subtitle: Text = ""
    organisation: Text = ""
    period: Text = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The head of a letter; what follows is set as a letter. recipient: the lines of the address. place_date: "上海，2026年3月2日"."""

    organisation: Text
    recipient: Sequence[Text] = ()
    reference: Text = ""
    place_date: Text = ""
    contact: Text = ""


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a letter, kept together: greeting, then who signs, then the date."""

    lines: Sequence[Text]


@dataclass(frozen=True, slots=True)
class Heading:
    """level 1 to 3; the headings are the bookmarks of the PDF as well."""

    text: Text
    level: Literal[1, 2, 3] = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Reading text. Line breaks in it are kept. lead: the sentence under a heading that says it all. flush: without the indent that Chinese
    letters have, as for the salutation."""

    text: Text
    lead: bool = False
    flush: bool = False


@dataclass(frozen=True, slots=True)
class Callout:
    text: Text
    title: Text = ""
    tone: Literal["note", "caution"] = "note"


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """value, interval and verdict are words already; n: the cases behind the figure."""

    name: Text
    value: Text
    interval: Text = ""
    n: int | None = None
    verdict: Text = ""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Figures side by side, at most four in a row."""

    figures: Sequence[KeyFigure]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart of the pages with its table beneath. height: in points of the drawing, which is 640 wide. note: source, definition, what to see."""

    chart: Chart
    note: Text = ""
    table: bool = True
    height: int = 260


@dataclass(frozen=True, slots=True)
class Column:
    """width: the share of the page; None lets the contents decide. Numbers stand right, under one another."""

    name: Text
    number: bool = False
    width: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Breaks over pages and repeats its header. Cells are words already."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Text]]
    caption: Text = ""
    note: Text = ""

    def __post_init__(self) -> None:
        for index, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(f"Row {index} of the table {str(self.caption)!r} has {len(row)} cells for {len(self.columns)} columns.")


@dataclass(frozen=True, slots=True)
class PageBreak:
    pass


Block = Cover | Letterhead | Closing | Heading | Paragraph | Callout | KeyFigures | Figure | Table | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """made_at: aware, in the zone it shall be printed in; it is the PDF's date too, so that the same document gives the same bytes.
    snapshot: a hash of the data the document was made from, printed at the foot of every page."""

    title: Text
    blocks: Sequence[Block]
    made_at: datetime
    organisation: Text = ""
    snapshot: str = ""

    def __post_init__(self) -> None:
        if self.made_at.tzinfo is None:
            raise ValueError("A document needs an aware made_at: it is printed and stands in the PDF.")
