"""Reviewing an effect: where the figures come from, what the placebo says, then the result; and the page of a kept review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.measures.questions import Window
from steward.ground.measures.viewers import viewer_of
from steward.ground.ui.toasts import toast

from .. import charts, entering, forms, words
from .. import operations as actions
from ..assessment import Assessment, Figures, assess, hash_of
from ..errors import Missing
from ..method import Form, Material
from ..models import Action, EffectReview
from ..queries import comparison_units
from ..readings import seen, seen_of_review
from ..series import figures_of, practical_of
from .files import find_action

BEFORE = timedelta(days=26 * 7)


@staff()
def review_new(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """First the figures and the placebo, then the result, then, in a second step, the record. Nobody chooses method or outcome."""
    action, by, at = find_action(request, public_id), actor_of(request), clock.now()
    policy_for(Action).require(by, "review", action, at=at)
    units = comparison_units(action, request.user, at=at)
    today = at.astimezone(action.unit.timezone).date()
    form = forms.ReviewForm(request.POST or None, action=action, units=units, initial=_initial(action, today))
    context: dict[str, Any] = {"action": action, "unit": action.unit, "form": form, "too_early": action.verify_date > today}
    if request.method == "POST" and form.is_valid():
        try:
            figures = _figures(request, action, form.cleaned_data)
            if "record" in request.POST:
                data = form.cleaned_data
                review = actions.record_review(
                    action=action, figures=figures, remark=data["remark"], expected_version=data["version"], by=by, at=at
                )
                toast(request, _("The review is kept: %(words)s.") % {"words": words.review_words(review)})
                return redirect(reverse("actions:detail", args=[action.public_id]))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            found = assess(figures, better=action.direction)
            context |= {"seen": seen_of(found, figures), "chart": charts.chart_of_figures(figures, found.found)}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "actions/review_form.html", context, status=status)


@require_GET
@staff()
def review_detail(request: StaffRequest, public_id: UUID, review_id: UUID) -> HttpResponse:
    action = find_action(request, public_id)
    review = get_object_or_404(
        EffectReview.objects.visible_to(request.user).select_related("reviewed_by"), action=action, public_id=review_id
    )
    context = {
        "action": action,
        "unit": action.unit,
        "review": review,
        "seen": seen_of_review(review),
        "chart": charts.chart_of(review),
        "intact": hash_of(review.data) == review.data_hash,
        "form_label": dict(forms.ReviewForm.FORMS).get(review.data.get("form", ""), ""),
    }
    return render(request, "actions/review.html", context)


def seen_of(found: Assessment, figures: Figures) -> dict[str, Any]:
    return seen(found, found.found, figures.unit_words) | {"practical": figures.practical}


def _initial(action: Action, today: date) -> dict[str, Any]:
    start = (action.started_date or today) - BEFORE
    source = "measure" if action.measure else "entered"
    return {"source": source, "grain": "week", "start": start, "end": today, "form": Form.SHARE.value, "version": action.version}


def _figures(request: StaffRequest, action: Action, data: Mapping[str, Any]) -> Figures:
    if data["source"] == "measure":
        return _measured(request, action, data)
    return _entered(action, data)


def _measured(request: StaffRequest, action: Action, data: Mapping[str, Any]) -> Figures:
    if not data.get("start") or not data.get("end"):
        raise Missing(field=_("From"))
    return figures_of(
        action,
        viewer=viewer_of(request.user, at=clock.now()),
        window=Window(data["start"], data["end"]),
        grain=data["grain"] or "week",
        comparisons=list(data["comparisons"]),
        practical=data["practical"],
    )


def _entered(action: Action, data: Mapping[str, Any]) -> Figures:
    """A pasted table; without one nothing can be said, and that is an answer too."""
    form, finding = Form(data["form"] or Form.SHARE), action.finding
    if data["table"].strip():
        material = entering.material_of(
            entering.read_table(data["table"], form),
            form=form,
            better=action.direction,
            started=action.started_date,
            first_after=data["first_after"],
            extreme=bool(finding and finding.trigger_extreme),
            trigger_date=finding.trigger_date if finding else None,
        )
    else:
        material = Material(form, (), 0)
    factor = entering.factor_of(form)
    practical = data["practical"] if data["practical"] is not None else practical_of(action, material, factor)
    unit = {Form.SHARE: "pp", Form.RATE: "‰"}.get(form, "")
    return Figures("entered", material, factor, unit, practical, {"rows": len(material.treated)})
