from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from steward.ground.fields import localized
from steward.ground.measures.declarations import measures
from steward.ground.measures.words import unit_words

from ..controlled.forms import DraftForm
from ..controlled.writing import rewritten
from ..models import DocumentVersion
from .content import COMPARATORS, EVIDENCE, TEXTS, TYPES
from .models import PairReview

AREA = {"rows": 2}


def _words(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=500, widget=forms.Textarea(attrs=AREA))


class StandardForm(DraftForm):
    type = forms.ChoiceField(label=_("Type"), choices=list(TYPES.items()))
    statement = _words(_("Standard"), _("What is always so here."))
    observable = _words(_("What can be seen or heard"), _("For behaviour: so plain that two people who watch agree whether it was done."))
    wording = _words(_("What people are told"), _("In plain words; stands in the public charter."))
    remedy = _words(_("What people get if it is missed"))
    evidence = forms.ChoiceField(label=_("Evidence"), choices=list(EVIDENCE.items()))
    measure = forms.ChoiceField(label=_("Measure"), required=False)
    comparator = forms.ChoiceField(label=_("Comparison"), choices=list(COMPARATORS.items()))
    threshold = forms.FloatField(label=_("Limit"), required=False, help_text=_("In the unit of the measure."))
    target = forms.FloatField(
        label=_("For at least so many of 100"),
        required=False,
        min_value=0.1,
        max_value=100,
        help_text=_("For times: each single one is held against the limit. Empty: the figure itself is."),
    )
    source = forms.CharField(
        label=_("Source"), required=False, max_length=300, help_text=_("A rule, a contract, a decision: where it is written.")
    )
    monitored = forms.BooleanField(label=_("Monitored: how far it is kept is counted and shown"), required=False)
    field_order = [
        "type",
        *TEXTS[:1],
        "observable",
        "wording",
        "remedy",
        "evidence",
        "measure",
        "comparator",
        "threshold",
        "target",
        "source",
        "monitored",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted((measure for measure in measures.all() if measure.when), key=lambda measure: str(measure.name))
        choices = [("", _("Not measured"))] + [(one.id, f"{one.name} ({unit_words(one) or one.unit})") for one in known]
        self.fields["measure"].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(draft: DocumentVersion) -> dict[str, Any]:
        content = draft.content
        return {**content, **{key: str(localized(content[key])) for key in TEXTS}}

    def content(self, before: Mapping[str, Any]) -> dict[str, Any]:
        data, language = self.cleaned_data, get_language() or "zh-hans"
        found = {key: data[key] for key in ("type", "evidence", "measure", "comparator", "threshold", "target", "source", "monitored")}
        return {**found, **{key: rewritten(before[key], data[key], language) for key in TEXTS}}


class PublicCharterForm(DraftForm):
    """One block for each standard that may be promised: chosen, its own words, its own remedy."""

    intro = _words(_("Introduction"))
    claims = _words(_("Where to turn"), _("How one asks for what is due when a promise was missed."))

    def __init__(self, *args: Any, standards: Sequence[DocumentVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standards = standards
        for at, version in enumerate(standards):
            self.fields[f"chosen_{at}"] = forms.BooleanField(label=str(version.document.name), required=False)
            self.fields[f"words_{at}"] = _words(
                _("In plain words"), str(localized(version.content["wording"] or version.content["statement"]))
            )
            self.fields[f"remedy_{at}"] = _words(_("What people get if it is missed"), str(localized(version.content["remedy"])))

    @property
    def blocks(self) -> list[tuple[Any, Any, Any]]:
        return [(self[f"chosen_{at}"], self[f"words_{at}"], self[f"remedy_{at}"]) for at in range(len(self.standards))]

    @staticmethod
    def initial_of(draft: DocumentVersion, standards: Sequence[DocumentVersion]) -> dict[str, Any]:
        content = draft.content
        rows = {row["standard"]: row for row in content["promises"]}
        found: dict[str, Any] = {key: str(localized(content[key])) for key in ("intro", "claims")}
        for at, version in enumerate(standards):
            row = rows.get(str(version.document.public_id))
            if row:
                found |= {f"chosen_{at}": True, f"words_{at}": str(localized(row["words"])), f"remedy_{at}": str(localized(row["remedy"]))}
        return found

    def content(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Promises keep their order. One that can no longer be promised, because nothing measures it any more, is gone."""
        data, language = self.cleaned_data, get_language() or "zh-hans"
        rows = {row["standard"]: row for row in before["promises"]}
        offered = {str(version.document.public_id): at for at, version in enumerate(self.standards)}
        kept = [key for key in rows if key in offered and data[f"chosen_{offered[key]}"]]
        chosen = kept + [key for key, at in offered.items() if data[f"chosen_{at}"] and key not in kept]
        promises = []
        for key in chosen:
            row, at = rows.get(key, {"words": {}, "remedy": {}}), offered[key]
            promises.append(
                {
                    "standard": key,
                    "words": rewritten(row["words"], data[f"words_{at}"], language),
                    "remedy": rewritten(row["remedy"], data[f"remedy_{at}"], language),
                }
            )
        found = {name: rewritten(before[name], data[name], language) for name in ("intro", "claims")}
        return {**found, "promises": promises}


class PairForm(forms.Form):
    verdict = forms.ChoiceField(label=_("What is the judgement?"), choices=PairReview.Verdict.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs=AREA))
