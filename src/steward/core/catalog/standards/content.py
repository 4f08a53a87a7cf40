"""The service standard (服务标准): of quality, time or behaviour; how it is measured, where it comes from, and what people are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from steward.ground.fields import localized
from steward.ground.measures.declarations import measures
from steward.ground.measures.plans import has_values
from steward.ground.measures.words import unit_words
from steward.ground.ui.figures import number_words

from ..controlled.errors import InvalidContent
from ..controlled.kinds import Content, DocumentKind, Line, Problem, register
from ..controlled.writing import texts
from ..models import DocumentVersion
from .models import PairReview

KIND = "standard"
LONGEST = 500
TYPES: dict[str, str | Promise] = {
    "quality": pgettext_lazy("standard", "Quality"),
    "time": pgettext_lazy("standard", "Time"),
    "behaviour": pgettext_lazy("standard", "Behaviour"),
}
EVIDENCE: dict[str, str | Promise] = {
    "system_timer": gettext_lazy("Clock of the system"),
    "inspection": gettext_lazy("Inspection on site"),
    "mystery_visit": gettext_lazy("Mystery visit"),
    "survey": gettext_lazy("Survey"),
}
COMPARATORS: dict[str, str | Promise] = {"<=": gettext_lazy("at most"), ">=": gettext_lazy("at least")}
TEXTS = ("statement", "wording", "observable", "remedy")


def empty() -> dict[str, Any]:
    return {
        "type": "quality", "statement": {}, "wording": {}, "observable": {}, "remedy": {}, "measure": "", "comparator": "<=",
        "threshold": None, "target": None, "evidence": "system_timer", "source": "", "monitored": False,
    }  # fmt: skip


def clean(content: Any) -> dict[str, Any]:
    """threshold: in the unit of the measure. target: of 100 single values, how many have to keep the threshold; None: the figure itself has to.

    Raises InvalidContent.
    """
    if not isinstance(content, Mapping):
        raise InvalidContent([Problem("shape", _("The content of a standard has its statement and how it is measured."))])
    found = empty() | {key: content[key] for key in empty() if key in content}
    found |= {key: texts(found[key]) for key in TEXTS}
    found |= {"source": str(found["source"]).strip()[:300], "measure": str(found["measure"]), "monitored": bool(found["monitored"])}
    wrong = [
        found["type"] not in TYPES or found["evidence"] not in EVIDENCE or found["comparator"] not in COMPARATORS,
        any(len(words) > LONGEST for key in TEXTS for words in found[key].values()),
        bool(found["measure"]) and found["measure"] not in measures,
        not all(found[key] is None or _is_number(found[key]) for key in ("threshold", "target")),
        found["target"] is not None and _is_number(found["target"]) and not 0 < found["target"] <= 100,
    ]
    words = [
        _("Choose the type, the evidence and the comparison from their lists."),
        _("A text of a standard has at most 500 characters."),
        _("There is no such measure."),
        _("The limit and the target are numbers."),
        _("The target is a share between 0 and 100."),
    ]
    problems = [Problem("invalid", said) for bad, said in zip(wrong, words, strict=True) if bad]
    if problems:
        raise InvalidContent(problems)
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def is_measured(content: Content) -> bool:
    """Whether a figure says how far it is kept."""
    return bool(content["measure"]) and content["measure"] in measures and content["threshold"] is not None


def problems(version: DocumentVersion) -> list[Problem]:
    content, found = version.content, []
    if not content["statement"]:
        found.append(Problem("statement", gettext_lazy("Say what the standard is.")))
    if content["type"] == "behaviour" and not _observable(content):
        found.append(
            Problem(
                "observable",
                gettext_lazy(
                    "Behaviour needs something that can be seen or heard: who does or says what, and when, so that two who watch agree?"
                ),
            )
        )
    if content["monitored"] and not is_measured(content):
        found.append(Problem("measure", gettext_lazy("A monitored standard needs a measure and a limit.")))
    if content["target"] is not None and is_measured(content) and not has_values(measures.get(content["measure"])):
        found.append(
            Problem("target", gettext_lazy("This measure has no single values: leave the share empty and set the limit for the figure."))
        )
    found += _conflicts(version)
    if not content["source"]:
        found.append(Problem("source", gettext_lazy("Say where the standard comes from."), blocks=False))
    if version.document.owner_id is None:
        found.append(Problem("owner", gettext_lazy("Nobody answers for it yet."), blocks=False))
    return found


def _conflicts(version: DocumentVersion) -> list[Problem]:
    """What somebody judged to contradict this wording: a hint, since one of the two may be about to change."""
    rows = PairReview.objects.filter(Q(first=version) | Q(second=version)).select_related(
        "first__document", "second__document", "judged_by"
    )
    newest = {(row.first_id, row.second_id): row for row in rows.order_by("at", "pk")}
    found = []
    for row in newest.values():
        if row.verdict == PairReview.Verdict.CONFLICT:
            other = row.second if row.first_id == version.pk else row.first
            words = _("It contradicts “%(name)s”: %(reason)s") % {"name": other.document.name, "reason": row.reason}
            found.append(Problem("conflict", words, blocks=False))
    return found


def _observable(content: Content) -> bool:
    """The statement said again is no check item."""
    said = {words.strip(" 。.") for words in content["statement"].values()}
    return any(words.strip(" 。.") not in said for words in content["observable"].values())


def limit_words(content: Content) -> str:
    """“Time to resolution, median: at most 8 h” or “… in at least 90% of cases”; empty where nothing measures it."""
    if not is_measured(content):
        return ""
    measure = measures.get(content["measure"])
    parts = {
        "measure": measure.name,
        "comparator": COMPARATORS[content["comparator"]],
        "limit": number_words(content["threshold"], digits=0 if float(content["threshold"]).is_integer() else 1),
        "unit": unit_words(measure),
    }
    text = _("%(measure)s: %(comparator)s %(limit)s %(unit)s") % parts
    if content["target"] is None:
        return text.strip()
    return _("each value of “%(measure)s” %(comparator)s %(limit)s %(unit)s, for at least %(target)s%% of them") % {
        **parts,
        "target": number_words(content["target"]),
    }


def lines(content: Content) -> list[Line]:
    labels = {
        "statement": _("Standard"),
        "wording": _("What people are told"),
        "observable": _("What can be seen or heard"),
        "remedy": _("What people get if it is missed"),
    }
    found = [Line("type", _("Type"), str(TYPES[content["type"]]))]
    found += [Line(key, labels[key], str(localized(content[key]))) for key in TEXTS if content[key]]
    if words := limit_words(content):
        found.append(Line("limit", _("Measured by"), words))
    found.append(Line("evidence", _("Evidence"), str(EVIDENCE[content["evidence"]])))
    if content["source"]:
        found.append(Line("source", _("Source"), content["source"]))
    found.append(Line("monitored", _("Monitored"), _("Yes") if content["monitored"] else _("No")))
    return found


def shown(version: DocumentVersion) -> dict[str, Any]:
    return {"lines": lines(version.content), "measured": is_measured(version.content)}


def register_kinds() -> None:
    register(
        DocumentKind(
            KIND,
            gettext_lazy("Service standard"),
            gettext_lazy("Service standards"),
            "ruler-2",
            20,
            empty,
            clean,
            problems,
            lines,
            "catalog/standards/standard.html",
            "catalog:standard_edit",
            shown=shown,
        )
    )
