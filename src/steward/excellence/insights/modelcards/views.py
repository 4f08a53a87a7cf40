"""Models under control: the list, a card with its chart, the runs, and what people decide."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from steward.core.org.exports import record_export
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Unit
from steward.ground.measures import store
from steward.ground.ui.inplace import answer_problems, go_to, problems_of, stays_open
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.status import Status
from steward.ground.ui.toasts import toast

from . import jobs, operations, pictures
from .errors import IsOff
from .forms import OverrideForm, ReviewForm, RunFilters, SwitchForm
from .models import ModelReview, ModelRun, ModelSwitch, State
from .queries import Desk, desk_of, worths
from .registry import ModelCard, card_of, cards, known

SHOWN_RUNS = 8
TONES = {State.TRIAL: "waiting", State.IN_USE: "ok", State.OFF: "muted"}


@require_GET
@staff("models.view")
def model_list(request: StaffRequest) -> HttpResponse:
    unit, at = _place(request), clock.now()
    rows = [_listed(desk_of(card, unit, at=at)) for card in cards()] if unit else [{"card": card} for card in cards()]
    return render(request, "modelcards/list.html", {"rows": rows, "sees": unit is not None})


@require_GET
@staff("models.view")
def card(request: StaffRequest, key: str) -> HttpResponse:
    model, unit, at = _card(key), _place(request), clock.now()
    context: dict[str, Any] = {"card": model, "sees": unit is not None}
    if unit is not None:
        context |= _figures(desk_of(model, unit, at=at), request)
    return render(request, "modelcards/card.html", context)


def _figures(desk: Desk, request: StaffRequest) -> dict[str, Any]:
    said, unit = desk.said, desk.unit
    rows = {"card": desk.card.key, "unit": unit}
    return {
        **_listed(desk),
        "unit": unit,
        "is_off": desk.state == State.OFF,
        "said": said,
        "loaded": store.current().loaded_at is not None,
        "chart": pictures.chart_of(desk, said, desk.now) if desk.now["counts"] else None,
        "ahead": pictures.days_ahead(said, desk.overrides),
        "method": pictures.method_words(said),
        "judged": _judged(desk.run),
        "history_days": len(desk.now["counts"]),
        "runs": ModelRun.objects.visible_to(request.user).filter(**rows).order_by("-at", "-pk")[:SHOWN_RUNS],
        "switches": ModelSwitch.objects.visible_to(request.user).filter(**rows).select_related("by").order_by("-pk")[:SHOWN_RUNS],
        "reviews": ModelReview.objects.visible_to(request.user).filter(**rows).select_related("by").order_by("-at", "-pk")[:SHOWN_RUNS],
        "worths": worths(desk),
        "may_steer": unit.pk in request.user.access.unit_ids("models.steer"),
        "may_approve": desk.state == State.TRIAL and desk.run is not None and desk.run.beats_baseline is True,
        "turns": pictures.turnings(desk),
        "override_form": OverrideForm(auto_id="override_%s", initial={"day": desk.today}),
        "review_form": ReviewForm(auto_id="review_%s"),
    }


def _listed(desk: Desk) -> dict[str, Any]:
    return {
        "card": desk.card,
        "run": desk.run,
        "state": Status(TONES[desk.state], desk.state.label),
        "switch": desk.switch,
        "review": desk.review,
        "review_due": desk.review is not None and desk.review.next_date <= desk.today,
        **dict(zip(("own", "base"), desk.run.percents if desk.run else (None, None), strict=True)),
    }


def _judged(run: ModelRun | None) -> dict[str, Any] | None:
    """Model beside baseline in percent of the cases, and the gain with its interval, in points."""
    if run is None or run.quality is None or run.baseline_quality is None:
        return None
    said, (own, base) = run.said, run.percents
    low, high = (100 * said[name] if name in said else None for name in ("gain_low", "gain_high"))
    return {
        "own": own,
        "base": base,
        "gain": 100 * (run.baseline_quality - run.quality),
        "low": low,
        "high": high,
        "sure": low is not None and low > 0,
        "days": len(said["holdout"]),
    }


class RunList(ListPage[ModelRun]):
    key = "model-runs"
    template = "modelcards/runs.html"
    form = RunFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("at", gettext_lazy("Run at"), lambda row: row.at, sort="newest"),
        Column("card", gettext_lazy("Model"), lambda row: row.card),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("by", gettext_lazy("Asked for by"), lambda row: row.by.name if row.by else ""),
        Column("quality", gettext_lazy("Error (WAPE)"), lambda row: row.quality),
        Column("baseline", gettext_lazy("Baseline (WAPE)"), lambda row: row.baseline_quality),
        Column("beats", gettext_lazy("Beside the baseline"), lambda row: str(row.status_view.label)),
        Column("drift", gettext_lazy("Drift"), lambda row: row.get_drift_display()),
        Column("psi", gettext_lazy("PSI"), lambda row: row.psi),
        Column("ks", gettext_lazy("KS"), lambda row: row.ks),
        Column("seed", gettext_lazy("Seed"), lambda row: row.seed),
        Column("hash", gettext_lazy("Fingerprint of the data"), lambda row: row.data_hash),
        Column("code", gettext_lazy("Version"), lambda row: row.code_version),
    )
    export_capability = "models.view"
    request: StaffRequest

    def queryset(self) -> QuerySet[ModelRun]:
        rows = ModelRun.objects.visible_to(self.request.user).filter(card=self.scope["card"].key).select_related("unit", "by")
        wanted = self.filters
        if wanted.get("beats"):
            rows = rows.filter(beats_baseline=wanted["beats"] == "yes")
        if wanted.get("drift"):
            rows = rows.filter(drift=wanted["drift"])
        return rows.filter(at__date__gte=wanted["since"]) if wanted.get("since") else rows

    def record_export(self, queryset: QuerySet[ModelRun]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("models.view")
def run_list(request: StaffRequest, key: str) -> HttpResponseBase:
    return RunList(request, card=_card(key)).respond()


@require_GET
@staff("models.view")
def run(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One run with all that is needed to make it again."""
    row = get_object_or_404(ModelRun.objects.visible_to(request.user).select_related("unit", "by"), public_id=public_id)
    context = {
        "run": row,
        "card": _card(row.card),
        "said": row.said,
        "rows": pictures.days_ahead(row.said),
        "judged": _judged(row),
        "may_steer": row.unit_id in request.user.access.unit_ids("models.steer"),
    }
    return render(request, "modelcards/run.html", context)


@require_POST
@staff("models.steer")
def run_check(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(ModelRun.objects.visible_to(request.user), public_id=public_id)
    if operations.check_run(run=row, by=actor_of(request), at=clock.now()):
        toast(request, _("Counted again from the stored data and seed: the same, byte for byte."))
    else:
        toast(request, _("Counted again, it differs. The run was made by another version of the model: %(version)s.")
              % {"version": row.code_version}, tone="warn")  # fmt: skip
    return redirect("modelcards:run", row.public_id)


@require_POST
@staff("models.steer")
def run_now(request: StaffRequest, key: str) -> HttpResponse:
    model, unit = _card(key), _steered(request)
    if desk_of(model, unit, at=clock.now()).state == State.OFF:
        raise IsOff()
    jobs.run_later(model.key, unit, at=clock.now(), by=actor_of(request))
    toast(request, _("The model runs in the background. Its result stands here in a moment."))
    return redirect("modelcards:card", model.key)


@require_POST
@staff("models.steer")
@stays_open
def switch(request: StaffRequest, key: str) -> HttpResponse:
    model, unit, form = _card(key), _steered(request), SwitchForm(request.POST)
    if not form.is_valid():
        return _problems(request, model, form)
    made = operations.switch_model(card=model, unit=unit, by=actor_of(request), at=clock.now(), **form.cleaned_data)
    return _done(request, model, f"{made.get_turn_display()}: {model.name}")


@require_POST
@staff("models.steer")
@stays_open
def override(request: StaffRequest, key: str) -> HttpResponse:
    model, unit, form = _card(key), _steered(request), OverrideForm(request.POST)
    if not form.is_valid():
        return _problems(request, model, form)
    operations.override_day(card=model, unit=unit, by=actor_of(request), at=clock.now(), **form.cleaned_data)
    return _done(request, model, _("Your value counts for that day. Once it is over, both are compared with what came."))


@require_POST
@staff("models.steer")
@stays_open
def review(request: StaffRequest, key: str) -> HttpResponse:
    model, unit, form = _card(key), _steered(request), ReviewForm(request.POST)
    if not form.is_valid():
        return _problems(request, model, form)
    made = operations.review_model(card=model, unit=unit, by=actor_of(request), at=clock.now(), **form.cleaned_data)
    return _done(request, model, _("The review is recorded. The next one is due on %(day)s.") % {"day": made.next_date})


def _problems(request: StaffRequest, model: ModelCard, form: Form) -> HttpResponse:
    return answer_problems(request, problems_of(form), reverse("modelcards:card", args=[model.key]))


def _done(request: StaffRequest, model: ModelCard, words: str) -> HttpResponse:
    toast(request, words)
    return go_to(request, reverse("modelcards:card", args=[model.key]))


def _card(key: str) -> ModelCard:
    if not known(key):
        raise Http404
    return card_of(key)


def _place(request: StaffRequest) -> Unit | None:
    """The reader's organisation, when they see models for all of it."""
    unit = request.user.organisation
    return unit if unit is not None and unit.pk in request.user.access.unit_ids("models.view") else None


def _steered(request: StaffRequest) -> Unit:
    unit = _place(request)
    if unit is None:
        raise PermissionDenied
    return unit
