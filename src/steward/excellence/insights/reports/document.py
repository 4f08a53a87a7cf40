"""A report as a document for paper: from its frozen figures and texts alone, so that the same report gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from steward.ground.documents.blocks import (
    Block,
    Callout,
    Column,
    Cover,
    Document,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    PageBreak,
    Paragraph,
    Table,
)
from steward.ground.documents.pdf import render_pdf
from steward.ground.ui.figures import number_words, range_words
from steward.ground.ui.timewords import absolute_words

from . import differences, narrative, pictures, spans, texts
from .languages import here
from .models import Section
from .snapshot import Content

KEY_FIGURES = 8
SHOWN_HASH = 16


def pdf_of(content: Content, written: Content, sha256: str, *, language: str) -> bytes:
    """The report as PDF. Errors: those of `documents.pdf.render_pdf`."""
    with override(language):
        document = document_of(content, written, sha256)
    return render_pdf(document, language=language)


def document_of(content: Content, written: Content, sha256: str) -> Document:
    """The blocks in the language that is active."""
    zone = ZoneInfo(content["spec"]["zone"])
    return Document(
        here(content["spec"]["name"]),
        list(_blocks(content, written, sha256)),
        made_at=datetime.fromisoformat(content["made_at"]).astimezone(zone),
        organisation=here(content["spec"]["organisation"]),
        snapshot=sha256[:SHOWN_HASH],
    )


def period_of(content: Content) -> str:
    period = content["period"]
    return spans.period_words(content["spec"]["grain"], date.fromisoformat(period["start"]), date.fromisoformat(period["end"]))


def before_of(content: Content) -> str:
    period = content["period"]
    return spans.period_words(
        content["spec"]["grain"], date.fromisoformat(period["before_start"]), date.fromisoformat(period["before_end"])
    )


def subtitle_of(content: Content) -> str:
    return here(content["spec"]["unit"]["name"])


def _blocks(content: Content, written: Content, sha256: str) -> Iterator[Block]:
    sections = content["spec"]["sections"]
    yield Cover(
        here(content["spec"]["name"]), subtitle_of(content), organisation=here(content["spec"]["organisation"]), period=period_of(content)
    )
    yield Heading(_("In short"))
    yield Paragraph("\n".join(narrative.full_stop(line) for line in narrative.headlines(content)), lead=True)
    yield Paragraph(narrative.summary(content, len(written["recommendations"])))
    yield KeyFigures([_key_figure(figure) for figure in content["figures"][:KEY_FIGURES]])
    if Section.CHANGED in sections:
        yield from _changed(content, written)
    if Section.WHY in sections:
        yield from _why(content, written)
    if Section.DONE in sections:
        yield from _done(content, written)
    if Section.EFFECT in sections:
        yield from _effects(content, written)
    if Section.ASKED in sections:
        yield from _asked(content, written)
    yield from _appendix(content, sha256)


def _key_figure(figure: Content) -> KeyFigure:
    now, said = figure["now"], figure["said"]
    span = range_words(now["low"], now["high"], digits=figure["digits"])
    words = pictures.verdict_words(said["verdict"]) if said else _("on the day the report was made")
    return KeyFigure(here(figure["name"]), here(now["words"]), span, n=round(now["n"]) if not now["hidden"] else None, verdict=words)


def _commentary(written: Content, part: str) -> Iterator[Block]:
    for one in texts.of_part(written, part):
        day = datetime.fromisoformat(one["at"]).date().isoformat()
        title = _("%(author)s writes (%(day)s)") % {"author": one["author"], "day": day}
        remark = narrative.flag_words(one["flags"])
        yield Callout(f"{one['text']}\n{remark}" if remark else one["text"], title, "caution" if remark else "note")


def _changed(content: Content, written: Content) -> Iterator[Block]:
    yield PageBreak()
    yield Heading(Section.CHANGED.label)
    yield Paragraph(
        _("Compared with %(period)s. Every sentence below is what the data allow to be said.") % {"period": before_of(content)}, lead=True
    )
    yield from _commentary(written, Section.CHANGED)
    for figure in [*narrative.in_order(content), *(figure for figure in content["figures"] if not figure["said"])]:
        yield from _figure(figure)
        yield from _commentary(written, f"{Section.CHANGED}:{figure['id']}")


def _figure(figure: Content) -> Iterator[Block]:
    yield Heading(here(figure["name"]), 2)
    if figure["said"] is None:
        yield Paragraph(
            _("%(value)s on the day the report was made. It has no earlier figure to compare with.")
            % {"value": here(figure["now"]["full"])}
        )
        return
    yield Paragraph(narrative.full_stop(here(figure["said"]["sentence"])))
    yield Paragraph(detail_of(figure))
    chart = pictures.chart_of(figure)
    if chart is not None:
        yield Figure(chart, note=chart_note(figure), table=False, height=200)
    if figure["groups"]:
        yield _groups(figure)


def detail_of(figure: Content) -> str:
    """The difference with its interval; of counts also what they are compared by."""
    detail = here(figure["said"]["detail"])
    if not figure["days"]:
        return detail
    days = _("Counts are compared per day: %(now)s days now, %(before)s before.") % dict(
        zip(("now", "before"), figure["days"], strict=True)
    )
    return _("%(detail)s. %(days)s") % {"detail": detail, "days": days}


def chart_note(figure: Content) -> str:
    """How to read the chart."""
    if not figure["chart"]["lower"]:
        return _("Too few weeks with data for limits.")
    if figure["chart"]["signals"]:
        return _("Dashed: the limits of what chance alone does. Marked weeks lie beyond them or form a run.")
    return _("Dashed: the limits of what chance alone does. No week lies beyond them.")


def _groups(figure: Content) -> Table:
    groups = figure["groups"]
    columns = [Column(here(groups["label"])), Column(_("Value (interval, n)"))]
    rows = [[here(cell["name"]), here(cell["full"])] for cell in groups["cells"]]
    if groups["limits"]:
        columns.append(Column(_("Against the whole")))
        rows = [[*row, pictures.place_words(cell["place"])] for row, cell in zip(rows, groups["cells"], strict=True)]
    title = _("%(name)s by %(dimension)s") % {"name": here(figure["name"]), "dimension": here(groups["label"])}
    return Table(columns, rows, caption=title, note=groups_note(groups))


def groups_note(groups: Content) -> str:
    note = _("In the order of their names; these are no ranks.")
    if groups["cut"]:
        note = _("%(first)s %(second)s") % {
            "first": note,
            "second": _("%(count)s further groups are in the figure itself.") % {"count": groups["cut"]},
        }
    return note


def _why(content: Content, written: Content) -> Iterator[Block]:
    yield Heading(Section.WHY.label)
    split = [figure for figure in narrative.in_order(content) if figure["why"]]
    yield Paragraph(why_words(split))
    for figure in split:
        rows = [
            [here(by["label"]), here(part["name"]) or _("not stated"), pictures.effect_words(figure, part["effect"])]
            for by in figure["why"]
            for part in by["parts"]
        ]
        columns = [Column(pgettext("report", "By")), Column(pgettext("report", "Group")), Column(_("Adds to the difference"), number=True)]
        yield Table(columns, rows, caption=here(figure["name"]))
    yield from _commentary(written, Section.WHY)


def why_words(split: list[Content]) -> str:
    if not split:
        return _("No figure changed enough to be split by service, channel or kind.")
    return _(
        "The groups that add most to a difference. This is arithmetic over the same cases: it says where to look, not what the cause is."
    )


def _done(content: Content, written: Content) -> Iterator[Block]:
    yield Heading(Section.DONE.label)
    days = marked_days(content)
    if days:
        yield Table(
            [Column(pgettext("report", "Day")), Column(_("What happened")), Column(pgettext("report", "Figures"))],
            [list(row) for row in days],
        )
    else:
        yield Paragraph(_("Nobody noted a change of process, an action or an outage in this period."))
    yield from _commentary(written, Section.DONE)


def marked_days(content: Content) -> list[tuple[str, str, str]]:
    """What happened within the period: each day and event once, with the figures it may concern."""
    found: dict[tuple[str, str], list[str]] = {}
    for figure in content["figures"]:
        for mark in figure["marks"]:
            if mark["in_period"]:
                found.setdefault((mark["day"], here(mark["text"])), []).append(here(figure["name"]))
    return [(day, text, _(", ").join(names) if len(names) <= 3 else _("all shown")) for (day, text), names in sorted(found.items())]


def _effects(content: Content, written: Content) -> Iterator[Block]:
    yield Heading(Section.EFFECT.label)
    rows = effect_rows(content)
    yield Paragraph(effect_words(rows))
    if rows:
        yield Table(
            [Column(pgettext("report", "Since")), Column(_("What happened")), Column(_("What can be said"))], [list(row) for row in rows]
        )
    yield from _commentary(written, Section.EFFECT)


def effect_rows(content: Content) -> list[tuple[str, str, str]]:
    """What was seen after each event: a line for each figure of which something can be said, and one that counts the others."""
    found: dict[tuple[str, str], list[str]] = {}
    quiet: dict[tuple[str, str], int] = {}
    for figure in content["figures"]:
        for effect in figure["effects"]:
            place = effect["day"], here(effect["text"])
            found.setdefault(place, [])
            if effect["said"]["verdict"] in ("evidence", "direction_only"):
                said = {"sentence": here(effect["said"]["sentence"]), "detail": here(effect["said"]["detail"])}
                found[place].append(_("%(sentence)s (%(detail)s)") % said)
            else:
                quiet[place] = quiet.get(place, 0) + 1
    for place, count in quiet.items():
        found[place].append(
            ngettext("In %(count)s figure no clear change is seen.", "In %(count)s figures no clear change is seen.", count)
            % {"count": count}
        )
    return [(day, text, "\n".join(lines)) for (day, text), lines in sorted(found.items())]


def effect_words(rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return _("Nothing that was done lies far enough back: at least two weeks after it are needed.")
    return _(
        "As many days before as after each event, four weeks at most. A comparison before and after does not rule out other causes and is no evidence."  # noqa: E501 - one sentence, one translation
    )


def _asked(content: Content, written: Content) -> Iterator[Block]:
    yield Heading(Section.ASKED.label)
    proposed = written["recommendations"]
    if proposed:
        columns = [
            Column(_("Recommendation")),
            Column(_("Decision asked for")),
            Column(pgettext("report", "Who")),
            Column(pgettext("report", "Until")),
        ]
        yield Table(columns, [[one["text"], one["question"], one["owner"], one["due"]] for one in proposed])
    else:
        yield Paragraph(_("This report asks for no decision."))
    yield from _commentary(written, Section.ASKED)


def _appendix(content: Content, sha256: str) -> Iterator[Block]:
    yield PageBreak()
    yield Heading(pgettext("report", "Definitions"))
    columns = [
        Column(_("Figure")),
        Column(_("Definition")),
        Column(_("Version")),
        Column(_("Smallest change that matters"), number=True),
    ]
    yield Table(columns, [definition_row(figure) for figure in content["figures"]])
    yield Heading(_("The numbers behind the charts"))
    for figure in content["figures"]:
        if pictures.chart_of(figure) is not None:
            yield _series(figure)
    yield Heading(_("About these figures"))
    yield Paragraph(about_words(content))
    yield Callout(sha256, _("Fingerprint of the frozen figures (SHA-256)"))


def definition_row(figure: Content) -> list[str]:
    text = here(figure["definition"])
    pitfall = here(figure["pitfall"])
    if pitfall:
        text = f"{text}\n{pitfall}"
    return [here(figure["name"]), text, figure["stamp"], practical_words(figure)]


def practical_words(figure: Content) -> str:
    """In the unit of the figure; for counts and rates a share of what was before."""
    if figure["change"] and figure["change"]["relative"]:
        return number_words(100 * figure["practical"], digits=0, unit="%")
    unit = _("points") if figure["unit"] in ("%", "‰") else here(figure["unit_words"])
    return number_words(figure["practical"], digits=figure["digits"], unit=unit)


def _series(figure: Content) -> Table:
    chart = figure["chart"]
    columns = [Column(_("Week from")), Column(pgettext("report", "Value"), number=True), Column(_("n"), number=True)]
    rows = [[point["start"], number_words(point["value"], digits=figure["digits"]), number_words(point["n"])] for point in chart["points"]]
    if chart["lower"]:
        columns += [Column(_("Lower limit"), number=True), Column(_("Upper limit"), number=True), Column(_("Signal"))]
        signals = set(chart["signals"])
        for place, row in enumerate(rows):
            row += [number_words(limit[place], digits=figure["digits"]) for limit in (chart["lower"], chart["upper"])]
            row.append(_("yes") if place in signals else "")
    unit = here(figure["unit_words"])
    name = here(figure["name"])
    return Table(columns, rows, caption=_("%(name)s (%(unit)s)") % {"name": name, "unit": unit} if unit else name)


def about_words(content: Content) -> str:
    """With whose eyes, from which data, and how it is decided what may be said."""
    spec = content["spec"]
    facts = {"owner": spec["owner"], "version": spec["version"], "state": differences.state_words(content)}
    first = (
        _("Counted with the rights of %(owner)s by version %(version)s of the plan, from %(state)s. Confidential cases are left out.")
        % facts
    )
    second = _(
        "A change counts as evidence only if its 95% interval excludes zero and the control chart shows a signal; ones smaller than the smallest "
        "change that matters are called no change. Groups of fewer than ten people are hidden."
    )
    return f"{first}\n{second}"


def made_words(content: Content) -> str:
    return absolute_words(datetime.fromisoformat(content["made_at"]), zone=ZoneInfo(content["spec"]["zone"]))
