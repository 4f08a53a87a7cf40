"""What changed and is real: the morning brief's third block. Last seven full days against the twenty-eight before, for a list of measures.

Many are looked at, so an announcement must survive the correction for that; only `evidence` is told: what, how sure, why, and where its proof is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from steward.ground.access.models import User
from steward.ground.measures import words
from steward.ground.measures.compare import Change, compare_many, decompose
from steward.ground.measures.declarations import Count, Measure, breakdowns, measures
from steward.ground.measures.engines import Engine, answered
from steward.ground.measures.errors import NotPossible
from steward.ground.measures.evaluate import evaluate_many
from steward.ground.measures.questions import Question, Window
from steward.ground.ui.brief import BriefLine, BriefPart, BriefSource, register
from steward.science.inference import Verdict

from . import address
from .asking import Asker, aim_for, asker_of, is_blind
from .exploring import adjusted_for_looks
from .naming import names_of

LOOKED_AT = (
    "cases_opened", "complaint_share", "frt_ontime", "resolution_ontime", "complaint_ontime", "promise_kept", "frt", "resolution_time",
    "reopen_rate", "fcr", "complaint_rate", "replies_sent",
)  # fmt: skip
WHY_BY = ("service", "channel", "kind")
WEEK, BEFORE = 7, 28
LINES, KEPT_SECONDS = 5, 3600


def changed(user: User, at: datetime) -> BriefPart:
    """The block, kept for an hour: whole days are compared, and the key holds whose rights were asked with."""
    rights = sorted((code, sorted(units)) for code, units in asker_of(user, at=at).viewer.units.items())
    key = f"insights.brief:{user.pk}:{get_language()}:{at:%Y%m%d%H}:{rights}"
    lines: list[BriefLine] = cache.get_or_set(sha256(key.encode()).hexdigest(), lambda: lines_of(asker_of(user, at=at)), KEPT_SECONDS) or []
    return BriefPart(lines, len(lines))


def lines_of(asker: Asker) -> list[BriefLine]:
    """One line for each change that is real."""
    return answered(lambda reader: [_line(each, asker, reader) for each in real_changes(asker, reader)[:LINES]])


def windows(asker: Asker) -> tuple[Window, Window]:
    now = Window(asker.today - timedelta(days=WEEK), asker.today)
    return now, Window(now.start - timedelta(days=BEFORE), now.start)


def real_changes(asker: Asker, reader: Engine) -> list[Change]:
    """The changes that remain evidence when all that were looked at are taken together; the surest first."""
    found = adjusted_for_looks({one.measure.id: one for one in all_changes(asker, reader)})
    real = [one for one in found.values() if one.verdict is Verdict.EVIDENCE]
    return sorted(real, key=lambda one: one.p_value if one.p_value is not None else 1.0)


def all_changes(asker: Asker, reader: Engine) -> list[Change]:
    """Every measure of the list now and before, counted together."""
    looked = [measures.get(code) for code in LOOKED_AT if code in measures and not is_blind(measures.get(code), asker.viewer)]
    now, before = windows(asker)
    aims = {measure.id: aim_for(measure, asker) for measure in looked}
    return compare_many([Question(measure.id, now) for measure in looked], before, asker.viewer, aims=aims, on=reader)


def _line(found: Change, asker: Asker, reader: Engine) -> BriefLine:
    said = words.said(found)
    now, _before = windows(asker)
    link = address.measure_link(address.Asked((), now, "last7"), found.measure.id)
    parts = [said.detail, _why(found.measure, asker, reader)]
    return BriefLine(said.sentence, " · ".join(part for part in parts if part), link, action=(_("See the proof"), link))


def _why(measure: Measure, asker: Asker, reader: Engine) -> str:
    """Where it comes from, by the first dimension that tells."""
    known = {one.name for one in breakdowns(measure)}
    now, before = windows(asker)
    for by in WHY_BY:
        if by not in known:
            continue
        top = _top(Question(measure.id, now), before, by, asker, reader)
        if len(top) >= 2:
            names = names_of(by, top)
            return _("mostly %(names)s") % {"names": _(", ").join(names.label(key) for key in top)}
    return ""


def _top(question: Question, before: Window, by: str, asker: Asker, reader: Engine) -> list[Any]:
    """The two groups that contribute most to a change."""
    try:
        if not isinstance(measures.get(question.measure).statistic, Count):
            found = decompose(question, before, by, asker.viewer, on=reader)
            return [key[0] for key, _effect in found.top(2)] if found is not None else []
        split = replace(question, by=(by,))
        now, then = evaluate_many([split, split.over(before)], asker.viewer, on=reader)
    except NotPossible:
        return []
    daily = {cell.key[0]: cell.n / question.window.days for cell in now.cells}
    for cell in then.cells:
        daily[cell.key[0]] = daily.get(cell.key[0], 0) - cell.n / before.days
    return sorted(daily, key=lambda key: -abs(daily[key]))[:2] if len(daily) >= 2 else []


def register_sources() -> None:
    register(BriefSource("insights.changed", "changed", 10, changed, "cases.assign"))
