"""A table that somebody pastes: periods, sides, and parts of a whole or values. What cannot be read is said in the reader's language."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from itertools import pairwise
from math import isfinite

from django.utils.translation import gettext as _

from .errors import BadTable, NoChangePoint
from .lexicon import AFTER, BEFORE, COLUMNS, CONTROL, TREATED
from .method import SCALES, Form, Material, Observed, worst_before

MOST_ROWS = 5000
PERIOD = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?)?年?\Z")
WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})\Z")
SEASONS = {"day": 7, "month": 12, "quarter": 4}


@dataclass(frozen=True)
class Row:
    """One line of the table. number: as people count, the heading is 1."""

    number: int
    label: str
    group: str
    numerator: float | None
    denominator: float | None
    value: float | None

    @property
    def observed(self) -> Observed:
        return Observed(self.label, self.numerator, self.denominator, self.value)


def read_table(text: str, form: Form) -> list[Row]:
    """The rows of a table separated by tabs, commas or semicolons, with a heading. Raises BadTable."""
    lines = [line for line in text.replace("\r\n", "\n").replace("，", ",").split("\n") if line.strip()]
    if len(lines) > MOST_ROWS + 1:
        raise BadTable(problem=_("it has more than %(most)s rows.") % {"most": MOST_ROWS})
    if len(lines) < 2:
        raise BadTable(problem=_("it needs a heading and at least one row."))
    separator = next((each for each in ("\t", ";", ",") if each in lines[0]), ",")
    rows = list(csv.reader(StringIO("\n".join(lines)), delimiter=separator))
    places = _columns(rows[0], form)
    return [_row(number, cells, places, form) for number, cells in enumerate(rows[1:], 2)]


def material_of(
    rows: Sequence[Row],
    *,
    form: Form,
    better: str,
    started: date | None,
    first_after: str = "",
    extreme: bool = False,
    trigger_date: date | None = None,
) -> Material:
    """The sides in order of time, where the change lies, and which period led to it. Raises BadTable, NoChangePoint.

    started: the day of change; a period that it cuts in two is left out. first_after: the label of the first period after it, which goes before.
    """
    sides = _sides(rows)
    treated = sides.pop("")
    order = _in_time(treated)
    start, cut = _change(order, started, first_after.strip())
    order = [row for row in order if row is not cut]
    points = [row.observed for row in order]
    controls = {name: _aligned(order, side) for name, side in sides.items()}
    trigger = _trigger(order, points, start, better, trigger_date) if extreme else None
    return Material(form, points, start, controls, trigger, _season(order))


def factor_of(form: Form) -> float:
    return SCALES[form]


def day_of(label: str) -> date | None:
    """The first day of a period as people write it: 2026-03-02, 2026/3, 2026年3月, 2026-W10, 2026; None for other words."""
    if found := WEEK.match(label):
        year, week = int(found[1]), int(found[2])
        return date.fromisocalendar(year, week, 1) if 1 <= week <= 52 else None
    if not (found := PERIOD.match(label)):
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


# --- Reading ---


def _columns(heading: Sequence[str], form: Form) -> Mapping[str, int]:
    names = [cell.strip().lstrip("\ufeff").lower() for cell in heading]
    found = {column: place for column, known in COLUMNS.items() for place in reversed(range(len(names))) if names[place] in known}
    wanted = ["label", "value"] if form is Form.AMOUNT else ["label", "numerator", "denominator"]
    missing = [COLUMN_WORDS[column]() for column in wanted if column not in found]
    if missing:
        raise BadTable(problem=_("the heading lacks: %(columns)s.") % {"columns": ", ".join(missing)})
    return found


COLUMN_WORDS = {
    "label": lambda: _("period (date)"),
    "value": lambda: _("value"),
    "numerator": lambda: _("numerator"),
    "denominator": lambda: _("denominator"),
}


def _row(number: int, cells: Sequence[str], places: Mapping[str, int], form: Form) -> Row:
    def cell(column: str) -> str:
        place = places.get(column, -1)
        return cells[place].strip() if 0 <= place < len(cells) else ""

    label = cell("label")
    if not label:
        raise BadTable(problem=_("row %(row)s has no period.") % {"row": number})
    if form is Form.AMOUNT:
        return Row(number, label[:60], cell("group")[:60], None, None, _number(cell("value"), number))
    part, whole = _number(cell("numerator"), number), _number(cell("denominator"), number)
    if whole <= 0:
        raise BadTable(problem=_("row %(row)s: the denominator must be above 0.") % {"row": number})
    if part < 0 or (form is Form.SHARE and part > whole):
        raise BadTable(problem=_("row %(row)s: the numerator must lie between 0 and the denominator.") % {"row": number})
    return Row(number, label[:60], cell("group")[:60], part, whole, None)


def _number(text: str, row: int) -> float:
    plain = text.replace(" ", "").replace("−", "-")
    # 1,234 is one thousand; a comma that ends in other than three digits is taken for no number at all.
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)
    try:
        value = float(plain)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise BadTable(problem=_("row %(row)s: “%(cell)s” is no number.") % {"row": row, "cell": text[:20]})
    return value


def _sides(rows: Sequence[Row]) -> dict[str, dict[str, Row]]:
    """Rows by side and period; the side with the action is "". Without a column for sides everything belongs to it."""
    sides: dict[str, dict[str, Row]] = {}
    for row in rows:
        name = row.group.lower()
        side = "" if not name or name in TREATED else "control" if name in CONTROL else row.group
        periods = sides.setdefault(side, {})
        if row.label in periods:
            raise BadTable(problem=_("row %(row)s: this period is there twice for the same side.") % {"row": row.number})
        periods[row.label] = row
    if "" not in sides:
        raise BadTable(problem=_("no row belongs to the side with the action. Call it “%(name)s”.") % {"name": _("treated")})
    return sides


def _in_time(side: Mapping[str, Row]) -> list[Row]:
    days = {label: day_of(label) for label in side}
    if all(day is not None for day in days.values()):
        return sorted(side.values(), key=lambda row: days[row.label] or date.min)
    return list(side.values())


def _change(order: Sequence[Row], started: date | None, first_after: str) -> tuple[int, Row | None]:
    """The place of the first period after the change, and a period that is cut by it."""
    labels = [row.label for row in order]
    if first_after:
        if first_after not in labels:
            raise BadTable(problem=_("there is no period “%(label)s”.") % {"label": first_after[:40]})
        return labels.index(first_after), None
    words = [label.lower() for label in labels]
    if all(word in BEFORE + AFTER for word in words):
        later = [place for place, word in enumerate(words) if word in AFTER]
        return (later[0] if later else len(words)), None
    days = [day_of(label) for label in labels]
    if started is None or any(day is None for day in days):
        raise NoChangePoint()
    known = [day for day in days if day is not None]
    start = next((place for place, day in enumerate(known) if day >= started), len(known))
    cut = _cut(order, known, start, started)
    return (start - 1 if cut is not None else start), cut


def _cut(order: Sequence[Row], days: Sequence[date], start: int, started: date) -> Row | None:
    """The period before `start` if the change lies within it; a last period is taken to be as long as the one before it."""
    if start == 0 or (start < len(days) and days[start] == started):
        return None
    if start < len(days):
        return order[start - 1]
    length = days[-1] - days[-2] if len(days) > 1 else None
    return order[start - 1] if length is None or started < days[-1] + length else None


def _aligned(order: Sequence[Row], side: Mapping[str, Row]) -> list[Observed | None]:
    return [side[row.label].observed if row.label in side else None for row in order]


def _trigger(order: Sequence[Row], points: Sequence[Observed], start: int, better: str, day: date | None) -> int | None:
    """The period that holds the day of the trigger; where that is not known, the worst before the change."""
    if day is not None:
        earlier = [place for place, row in enumerate(order[:start]) if (first := day_of(row.label)) is not None and first <= day]
        if earlier:
            return earlier[-1]
    return worst_before([point.level for point in points], start, better)


def _season(order: Sequence[Row]) -> int | None:
    """The season of equally spaced days, months or quarters."""
    days = [day_of(row.label) for row in order]
    known = [day for day in days if day is not None]
    if len(known) < 3 or len(known) < len(days):
        return None
    steps = {(later - earlier).days for earlier, later in pairwise(known)}
    if steps == {1}:
        return SEASONS["day"]
    if min(steps) >= 28 and max(steps) <= 31:
        return SEASONS["month"]
    return SEASONS["quarter"] if min(steps) >= 89 and max(steps) <= 92 else None
