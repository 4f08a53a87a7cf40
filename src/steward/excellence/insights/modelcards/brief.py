"""Decisions waiting: a model whose input has drifted, or that did no better than its baseline, and that nobody has looked at since."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from steward.ground.access.models import User
from steward.ground.access.policies import access_at
from steward.ground.ui.brief import BriefLine, BriefPart, BriefSource, register

from .models import Drift, ModelReview, ModelRun, ModelSwitch, State
from .registry import card_of, cards

QUIET = timedelta(days=7)  # after a review


def troubled(user: User, at: datetime) -> BriefPart:
    """One query: the last run of each card with its state and last review."""
    unit_id = user.organisation_id
    if unit_id is None or unit_id not in access_at(user, at).unit_ids("models.steer"):
        return BriefPart([], 0)
    here = {"card": OuterRef("card"), "unit": OuterRef("unit")}
    newest = ModelRun.objects.filter(unit_id=unit_id, card=OuterRef("card")).order_by("-at", "-pk")
    rows = ModelRun.objects.filter(unit_id=unit_id, card__in=[card.key for card in cards()], pk=Subquery(newest.values("pk")[:1])).annotate(
        state=Subquery(ModelSwitch.objects.filter(**here).order_by("-pk").values("state")[:1]),
        reviewed=Subquery(ModelReview.objects.filter(**here).order_by("-at", "-pk").values("at")[:1]),
    )
    found = [line for run in rows if run.state != State.OFF and not (run.reviewed and run.reviewed > at - QUIET) if (line := _line(run))]
    return BriefPart(found, len(found), reverse("modelcards:list"))


def _line(run: ModelRun) -> BriefLine | None:
    why = []
    if run.beats_baseline is False:
        numbers = {"own": f"{100 * (run.quality or 0):.1f}", "base": f"{100 * (run.baseline_quality or 0):.1f}"}
        why.append(_("error %(own)s%%, baseline %(base)s%%") % numbers)
    if run.drift == Drift.DRIFT:
        why.append(_("what comes in looks different from what it learned from"))
    if not why:
        return None
    address = reverse("modelcards:card", args=[run.card])
    title = _("%(name)s: keep it, or switch it off?") % {"name": card_of(run.card).name}
    return BriefLine(title, _("; ").join(why), address, action=(_("Decide"), address))


def register_sources() -> None:
    register(BriefSource("modelcards.troubled", "decisions", 45, troubled, "models.steer"))
