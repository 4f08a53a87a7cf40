"""What a report says by itself. Every sentence is one that the verdict allowed when the figures were counted; this page only puts them in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .languages import Texts, everywhere, here
from .lexicon import claims
from .snapshot import Content

# What a reader needs first: what is real and bad, what is real, what may be, then what is not.
_ORDER = {"evidence": 0, "direction_only": 1, "inconclusive": 2, "no_change": 3, "insufficient": 4}
_TONES = {"bad": 0, "": 1, "good": 2}
HEADLINES = 3


def in_order(content: Content) -> list[Content]:
    """The figures with a verdict, the most telling first; equals stay in the order of the plan."""
    judged = [figure for figure in content["figures"] if figure["said"]]
    return sorted(judged, key=lambda figure: (_ORDER[figure["said"]["verdict"]], _TONES[figure["said"]["tone"]]))


def headlines(content: Content) -> list[str]:
    """The first sentences, in the language that is active: what there is evidence for, else that there is none."""
    found = [here(figure["said"]["sentence"]) for figure in in_order(content) if figure["said"]["verdict"] == "evidence"]
    return found[:HEADLINES] or [nothing_proven()]


def nothing_proven() -> str:
    return _("No figure of this report shows a change that the data bear out")


def headline(content: Content) -> Texts:
    return everywhere(lambda: headlines(content)[0])


def summary(content: Content, asked: int) -> str:
    """How many figures there are, for how many there is evidence, none, or not enough data, and how many decisions are asked for."""
    verdicts = [figure["said"]["verdict"] for figure in content["figures"] if figure["said"]]
    counted = len(verdicts)
    quiet = sum(verdict in ("no_change", "inconclusive") for verdict in verdicts)
    said = [
        ngettext("%(count)s figure is compared with the period before.", "%(count)s figures are compared with the period before.", counted)
        % {"count": counted}
    ]
    for verdicts_of, one, many in (
        (verdicts.count("evidence"), _("There is evidence of a change in one."), _("There is evidence of a change in %(count)s.")),
        (
            verdicts.count("direction_only"),
            _("One points somewhere, without enough evidence."),
            _("%(count)s point somewhere, without enough evidence."),
        ),
        (quiet, _("In one no clear change is seen."), _("In %(count)s no clear change is seen.")),
        (verdicts.count("insufficient"), _("For one there is not enough data."), _("For %(count)s there is not enough data.")),
    ):
        if verdicts_of:
            said.append(one if verdicts_of == 1 else many % {"count": verdicts_of})
    if asked:
        said.append(
            ngettext("%(count)s decision is asked for at the end.", "%(count)s decisions are asked for at the end.", asked)
            % {"count": asked}
        )
    return _joined(said)


def _joined(sentences: Sequence[str]) -> str:
    # Translators: what stands between two sentences; nothing in Chinese, a space in English.
    return _("%(first)s %(second)s") % {"first": sentences[0], "second": _joined(sentences[1:])} if len(sentences) > 1 else sentences[0]


def full_stop(sentence: str) -> str:
    """A sentence of a verdict as one among others."""
    return _("%(sentence)s.") % {"sentence": sentence}


def flags(text: str, part: str, content: Content) -> list[str]:
    """Words of a person's text that claim what the figures of its part do not bear out. part: a section, or "changed:" with a figure.

    To a whole section every figure of the report speaks; a word is borne out when one of them gives evidence the same way.
    """
    wanted = part.partition(":")[2]
    said = [figure["said"] for figure in content["figures"] if figure["said"] and wanted in ("", figure["id"])]
    tones = {one["tone"] for one in said if one["verdict"] == "evidence"}
    borne_out = {"better": "good" in tones, "worse": "bad" in tones, "any": bool(tones)}
    return list(dict.fromkeys(word for word, claim in claims(text) if not borne_out[claim]))


def flag_words(found: Sequence[Any]) -> str:
    """The remark beside such a text; it is printed too."""
    if not found:
        return ""
    quoted = _(", ").join(_("“%(word)s”") % {"word": word} for word in found)
    return _("The figures do not bear this wording out: %(words)s. It is the author's view, not a finding of this report.") % {
        "words": quoted
    }
