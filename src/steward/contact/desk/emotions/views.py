"""The page of an emotional situation, and the page of what a shift has cost people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms as django_forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from steward.core.cases.models import Case, Message
from steward.core.cases.queries import visible_cases
from steward.core.org.exports import record_export
from steward.core.org.models import Staff
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.ui.inplace import answer_problems, go_to, problems_of, stays_open
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.live import watch
from steward.ground.ui.toasts import toast

from . import forms, operations
from .models import AbuseRecord, EmotionFlag, RecoveryBreak, RotationProposal
from .queries import burdens, debriefs_seen, open_rotations, people_seen, situation


def _case(request: StaffRequest, case_id: UUID) -> Case:
    return get_object_or_404(visible_cases(request.user, at=clock.now()), public_id=case_id)


def _messages(case: Case) -> QuerySet[Message]:
    return Message.objects.filter(case=case, direction=Message.Direction.IN).order_by("-at", "-pk")


@require_GET
@staff("cases.view")
def case_page(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case, at, by, policy = _case(request, case_id), clock.now(), actor_of(request), policy_for(Case)
    context = {
        "case": case,
        "unit": case.unit,
        "now": situation(case, at),
        "notes": list(debriefs_seen(request.user, case, at=at)[:20]),
        "may": {action: policy.may(by, action, case, at=at) for action in ("work", "assign", "note")},
        "me": request.user.pk,
        "flag_form": forms.FlagForm(auto_id="flag_%s"),
        "abuse_form": forms.AbuseForm(auto_id="abuse_%s", messages=_messages(case)),
        "debrief_form": forms.DebriefForm(auto_id="debrief_%s"),
        "decisions": AbuseRecord.Decision.choices,
        "watched": watch([f"case:{case.pk}"], noun=str(_("changes")), target="#situation"),
        "at": at,
    }
    return render(request, "desk/emotions/case.html", context)


def _checked(request: StaffRequest, form: django_forms.Form, address: str) -> tuple[dict[str, Any], HttpResponse | None]:
    if form.is_valid():
        return form.cleaned_data, None
    return {}, answer_problems(request, problems_of(form), address)


@require_POST
@staff("cases.note")
@stays_open
def case_act(request: StaffRequest, case_id: UUID, act: str) -> HttpResponse:
    """One of six: flag, step, ask, join, abuse, debrief."""
    case, by, at = _case(request, case_id), actor_of(request), clock.now()
    address = reverse("desk:emotions_case", args=[case_id])
    wanted: dict[str, Callable[[], django_forms.Form]] = {
        "flag": lambda: forms.FlagForm(request.POST),
        "abuse": lambda: forms.AbuseForm(request.POST, messages=_messages(case)),
        "debrief": lambda: forms.DebriefForm(request.POST),
    }
    data: dict[str, Any] = {}
    if act in wanted:
        data, problem = _checked(request, wanted[act](), address)
        if problem is not None:
            return problem
    acts: dict[str, tuple[Callable[[], object], Any]] = {
        "flag": (lambda: operations.flag_case(case=case, by=by, at=at, **data), gettext_lazy("Flagged; the playbook stands beside the case.")),
        "step": (lambda: operations.do_step(case=case, code=request.POST.get("code", ""), by=by, at=at), gettext_lazy("Ticked.")),
        "ask": (lambda: operations.ask_supervisor(case=case, by=by, at=at), gettext_lazy("Your supervisor is asked to join.")),
        "join": (lambda: operations.join_case(case=case, by=by, at=at), gettext_lazy("You have joined.")),
        "abuse": (lambda: operations.record_abuse(case=case, by=by, at=at, **data), gettext_lazy("Recorded; time to recover is offered to you.")),
        "debrief": (lambda: operations.write_debrief(case=case, by=by, at=at, **data), gettext_lazy("Kept; only you and your supervisor read it.")),
    }  # fmt: skip
    if act not in acts:
        raise Http404
    run, said = acts[act]
    run()
    toast(request, said)
    back = request.POST.get("back") == "case"
    return go_to(request, reverse("cases:detail", args=[case_id]) if back else address)


@require_POST
@staff("cases.work")
@stays_open
def flag_dismiss(request: StaffRequest, case_id: UUID, flag_id: UUID) -> HttpResponse:
    case = _case(request, case_id)
    flag = get_object_or_404(EmotionFlag.objects.select_related("case"), case=case, public_id=flag_id)
    operations.dismiss_flag(flag=flag, reason=request.POST.get("reason", ""), by=actor_of(request), at=clock.now())
    toast(request, _("Dismissed; the reason is kept."))
    return go_to(request, reverse("desk:emotions_case", args=[case_id]))


@require_POST
@staff("cases.work")
@stays_open
def abuse_act(request: StaffRequest, case_id: UUID, abuse_id: UUID, act: str) -> HttpResponse:
    """One of two: warn, decide."""
    case, by, at = _case(request, case_id), actor_of(request), clock.now()
    row = get_object_or_404(AbuseRecord.objects.select_related("case"), case=case, public_id=abuse_id)
    address = reverse("desk:emotions_case", args=[case_id])
    if act == "warn":
        operations.warn_abuse(abuse=row, by=by, at=at)
        toast(request, _("Noted; your supervisor decides how it goes on."))
    elif act == "decide":
        data, problem = _checked(request, forms.DecisionForm(request.POST), address)
        if problem is not None:
            return problem
        operations.decide_abuse(abuse=row, by=by, at=at, **data)
        toast(request, _("Decided. The case and the right to complain stay as they are."))
    else:
        raise Http404
    return go_to(request, address)


class PeopleList(ListPage[Staff]):
    key = "hard-cases"
    template = "desk/emotions/people.html"
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"unit": ("unit__path", "user__name", "pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("Name"), lambda row: row.user.name),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("hard", gettext_lazy("Hard cases in this shift"), lambda row: burdens([row], clock.now())[0].hard),
    )
    export_capability = "org.lead"
    request: StaffRequest

    @cached_property
    def bound_form(self) -> django_forms.Form:
        form = forms.PeopleFilters(self.request.GET or None, units=units_where(self.request.user, "org.lead"))
        if form.is_bound:
            form.is_valid()
        return form

    def queryset(self) -> QuerySet[Staff]:
        rows = people_seen(self.request.user)
        if unit := self.filters.get("unit"):
            rows = rows.filter(unit__path__startswith=unit.path)
        if words := (self.filters.get("q") or "").strip():
            rows = rows.filter(Q(user__name__icontains=words))
        return rows

    def context_of(self, rows: Sequence[Staff]) -> dict[str, Any]:
        return {"people": burdens(rows, clock.now())}

    def context(self) -> dict[str, Any]:
        user, at = self.request.user, clock.now()
        mine = Staff.objects.filter(user=user).select_related("user", "unit").first()
        return {
            "me": user.pk,
            "mine": burdens([mine], at)[0] if mine is not None else None,
            "leads": user.access.has("org.lead"),
            "rotations": list(open_rotations(user, at=at)[:20]),
            "at": at,
        }

    def record_export(self, queryset: QuerySet[Staff]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("cases.note")
def people(request: StaffRequest) -> HttpResponseBase:
    """One's own shift, and for those who lead, the shifts of their people."""
    return PeopleList(request).respond()


@require_POST
@staff("cases.note")
@stays_open
def break_act(request: StaffRequest, public_id: UUID, act: str) -> HttpResponse:
    """One of three: take, decline, end."""
    row = get_object_or_404(RecoveryBreak.objects.visible_to(request.user, at=clock.now()), public_id=public_id)
    by, at = actor_of(request), clock.now()
    if act == "end":
        operations.end_break(recovery=row, by=by, at=at)
        toast(request, _("Welcome back."))
    elif act in ("take", "decline"):
        operations.answer_break(recovery=row, taken=act == "take", by=by, at=at)
        toast(request, _("Take your time; no new work comes meanwhile.") if act == "take" else _("Noted."))
    else:
        raise Http404
    return go_to(request, reverse("desk:emotions"))


@require_POST
@staff("org.lead")
@stays_open
def rotation_act(request: StaffRequest, public_id: UUID, act: str) -> HttpResponse:
    """One of two: accept, decline."""
    row = get_object_or_404(RotationProposal.objects.visible_to(request.user, at=clock.now()), public_id=public_id)
    if act not in ("accept", "decline"):
        raise Http404
    accept = act == "accept"
    reason = request.POST.get("reason", "")
    operations.decide_rotation(rotation=row, accept=accept, reason=reason, by=actor_of(request), at=clock.now())
    toast(request, _("No more hard cases for them until the shift ends.") if accept else _("Not rotated; the reason is kept."))
    return go_to(request, reverse("desk:emotions"))
