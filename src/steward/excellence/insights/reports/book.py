"""A report as a workbook: the figures, the courses behind the charts, the groups, what people wrote, the definitions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from steward.ground.documents.workbooks import Sheet, SheetColumn, workbook

from . import differences, narrative, pictures
from .document import definition_row, period_of
from .languages import here
from .snapshot import Content


def xlsx_of(content: Content, written: Content, sha256: str, *, language: str) -> bytes:
    """The same bytes for the same report and language."""
    made_at = datetime.fromisoformat(content["made_at"]).astimezone(ZoneInfo(content["spec"]["zone"]))
    with override(language):
        return workbook(list(_sheets(content, written, sha256)), made_at=made_at)


def _sheets(content: Content, written: Content, sha256: str) -> Iterator[Sheet]:
    figure, value, low, high, count = (
        _("Figure"),
        pgettext("report", "Value"),
        pgettext("report", "Low"),
        pgettext("report", "High"),
        _("n"),
    )
    parts = [_("Numerator"), _("Denominator")]
    change = [_("Before"), _("Difference"), _("Difference, low"), _("Difference, high"), _("Verdict"), _("What can be said")]
    limits = [_("Lower limit"), _("Upper limit"), _("Signal")]
    definition = [_("Definition"), _("Version"), _("Smallest change that matters")]
    rows = [_figure(one) for one in content["figures"]]
    yield Sheet(pgettext("report", "Figures"), _columns(figure, value, _("Unit"), low, high, count, *parts, *change, _("Version")), rows)
    yield Sheet(_("Courses"), _columns(figure, _("Week from"), value, count, *parts, *limits), list(_courses(content)))
    yield Sheet(
        _("Groups"),
        _columns(figure, pgettext("report", "By"), pgettext("report", "Group"), value, low, high, count, _("Against the whole")),
        list(_groups(content)),
    )
    yield Sheet(
        _("Written by people"),
        _columns(
            _("Part"), pgettext("report", "Who"), pgettext("report", "Text"), pgettext("report", "Remark"), pgettext("report", "Until")
        ),
        list(_written(written)),
    )
    yield Sheet(pgettext("report", "Definitions"), _columns(figure, *definition), [definition_row(one) for one in content["figures"]])
    yield Sheet(pgettext("report", "About"), _columns(pgettext("report", "What"), value), _about(content, sha256))


def _columns(*names: str) -> list[SheetColumn]:
    return [SheetColumn(name) for name in names]


def _figure(figure: Content) -> list[Any]:
    now, before, change, said = figure["now"], figure["before"], figure["change"], figure["said"]
    row: list[Any] = [
        here(figure["name"]),
        now["value"],
        here(figure["unit_words"]),
        *(now[part] for part in ("low", "high", "n", "numerator", "denominator")),
    ]
    row.append(before["value"] if before else None)
    row += [change[part] for part in ("estimate", "low", "high")] if change else [None, None, None]
    row += [pictures.verdict_words(said["verdict"]), here(said["sentence"])] if said else ["", ""]
    return [*row, figure["stamp"]]


def _courses(content: Content) -> Iterator[list[Any]]:
    for figure in content["figures"]:
        chart = figure["chart"]
        signals = set(chart["signals"]) if chart else set()
        for place, point in enumerate(chart["points"] if chart else ()):
            limits = [chart[side][place] if chart[side] else None for side in ("lower", "upper")]
            numbers = [point[part] for part in ("value", "n", "numerator", "denominator")]
            yield [here(figure["name"]), date.fromisoformat(point["start"]), *numbers, *limits, _("yes") if place in signals else ""]


def _groups(content: Content) -> Iterator[list[Any]]:
    for figure in content["figures"]:
        groups = figure["groups"]
        for cell in groups["cells"] if groups else ():
            numbers = [cell[part] for part in ("value", "low", "high", "n")]
            yield [here(figure["name"]), here(groups["label"]), here(cell["name"]), *numbers, pictures.place_words(cell["place"])]


def _written(written: Content) -> Iterator[list[Any]]:
    for one in written["commentary"]:
        yield [one["part"], one["author"], one["text"], narrative.flag_words(one["flags"]), None]
    for one in written["recommendations"]:
        yield [_("Recommendation"), one["owner"], one["text"], one["question"], date.fromisoformat(one["due"])]


def _about(content: Content, sha256: str) -> list[list[Any]]:
    return [
        [_("Report"), here(content["spec"]["name"])],
        [_("Unit"), here(content["spec"]["unit"]["name"])],
        [pgettext("report", "Period"), period_of(content)],
        [_("Made at"), datetime.fromisoformat(content["made_at"])],
        [_("Version of the plan"), content["spec"]["version"]],
        [_("State of the data"), differences.state_words(content)],
        [_("Fingerprint (SHA-256)"), sha256],
    ]
