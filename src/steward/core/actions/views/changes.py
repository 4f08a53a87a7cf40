"""What a person does to findings and actions: one form, one operation, back to the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steward.core.org.models import Staff
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.measures.declarations import measures
from steward.ground.ui.inplace import answer_problems, go_to, problems_of, stays_open
from steward.ground.ui.toasts import toast

from .. import forms, sources, subjects
from .. import operations as actions
from ..errors import NoEvidenceRow
from ..models import Action, Finding, Noticed
from ..queries import owners_for
from .files import find_action, find_finding

EDITED = (
    "title", "kind", "lever", "owner", "hypothesis", "measure", "direction", "expected", "practical", "due_date", "verify_date", "started_date",
    "cost_minor", "currency",
)  # fmt: skip
FOUND = ("title", "detail", "cause", "factor", "step", "noticed", "trigger_measure", "trigger_extreme", "trigger_date")
MONTH, QUARTER = timedelta(days=30), timedelta(days=90)


@staff("actions.manage")
def finding_open(request: StaffRequest) -> HttpResponse:
    """A new finding; what led here may fill it in: `?source=measure&measure=first_response_rate&extreme=1&title=…`, `?about=cases.case&id=…`."""
    units = units_where(request.user, "actions.manage")
    form = forms.FindingForm(request.POST or None, units=units, initial=_start_of_finding(request))
    about, label = _about(request)
    if request.method == "POST" and form.is_valid():
        try:
            finding = _open_finding(request, form.cleaned_data, about)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("The finding is noted."))
            return redirect(_finding_url(finding))
    context = {"form": form, "about": about, "about_label": label}
    return render(request, "actions/finding_form.html", context, status=422 if form.is_bound else 200)


def _open_finding(request: StaffRequest, data: dict[str, Any], about: tuple[str, int] | None) -> Finding:
    by, at = actor_of(request), clock.now()
    with transaction.atomic():
        finding = actions.open_finding(by=by, at=at, **data)
        if about is not None:
            actions.add_evidence(finding=finding, subject_type=about[0], subject_id=about[1], by=by, at=at)
    return finding


def _start_of_finding(request: StaffRequest) -> dict[str, Any]:
    asked, own = request.GET, _own_unit(request)
    found: dict[str, Any] = {"unit": asked.get("unit") or (own.public_id if own else None), "title": asked.get("title", "")[:200]}
    if sources.known(asked.get("source", "")):
        found["source"] = asked["source"]
    if asked.get("measure", "") in measures:
        found |= {"source": "measure", "noticed": "figure", "trigger_measure": asked["measure"]}
    found["trigger_extreme"] = asked.get("extreme") == "1"
    found["trigger_date"] = asked.get("day", "")[:10]
    if asked.get("noticed") in Noticed.values:
        found["noticed"] = asked["noticed"]
    return found


def _about(request: StaffRequest) -> tuple[tuple[str, int] | None, str]:
    """The row of another room that a finding begins with; one that this reader may not see does not exist."""
    kind, given = request.GET.get("about", ""), request.GET.get("id", "")
    if not kind:
        return None, ""
    if not subjects.known(kind) or not given.isascii() or not given.isdigit() or len(given) > 18:
        raise Http404
    seen = subjects.get(kind).links(request.user, [int(given)], clock.now())
    if int(given) not in seen:
        raise Http404
    return (kind, int(given)), seen[int(given)].label


@staff()
def finding_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    finding = find_finding(request, public_id)
    policy_for(Finding).require(actor_of(request), "manage", finding, at=clock.now())
    initial = {field: getattr(finding, field) for field in FOUND} | {"version": finding.version}
    form = forms.EditFindingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.change_finding(
                finding=finding,
                changes={field: data[field] for field in FOUND},
                reason=data["reason"],
                expected_version=data["version"],
                by=actor_of(request),
                at=clock.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("Saved."))
            return redirect(_finding_url(finding))
    return render(request, "actions/finding_form.html", {"form": form, "finding": finding}, status=422 if form.is_bound else 200)


@staff("actions.manage")
def action_open(request: StaffRequest) -> HttpResponse:
    finding = _finding_asked(request)
    units = units_where(request.user, "actions.manage")
    organisation = request.user.organisation
    form = forms.ActionForm(
        request.POST or None, units=units, owners=owners_for(None, organisation), initial=_start_of_action(request, finding)
    )
    if request.method == "POST" and form.is_valid():
        try:
            action = actions.open_action(finding=finding, by=actor_of(request), at=clock.now(), **form.plan)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("The action is planned."))
            return redirect(_action_url(action))
    return render(request, "actions/action_form.html", {"form": form, "finding": finding}, status=422 if form.is_bound else 200)


def _finding_asked(request: StaffRequest) -> Finding | None:
    given = request.GET.get("finding", "")
    try:
        return find_finding(request, UUID(given)) if given else None
    except ValueError as error:
        raise Http404 from error


def _start_of_action(request: StaffRequest, finding: Finding | None) -> dict[str, Any]:
    own = finding.unit if finding else _own_unit(request)
    today: date = clock.now().astimezone(own.timezone if own else None).date()
    measure = finding.trigger_measure if finding else ""
    better = measures.get(measure).direction if measure in measures else "down"
    me = Staff.objects.filter(user=request.user).first()
    return {
        "unit": own.public_id if own else None,
        "owner": me.public_id if me else None,
        "measure": measure,
        "direction": "up" if better == "up" else "down",
        "due_date": today + MONTH,
        "verify_date": today + QUARTER,
    }


@staff()
def action_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    action = find_action(request, public_id)
    policy_for(Action).require(actor_of(request), "manage", action, at=clock.now())
    initial: dict[str, Any] = {field: getattr(action, field) for field in EDITED if field not in ("owner", "cost_minor")}
    initial |= {"owner": action.owner.public_id, "version": action.version}
    initial["cost"] = None if action.cost_minor is None else f"{action.cost_minor / 100:.2f}"
    form = forms.EditActionForm(request.POST or None, owners=owners_for(action.unit, None), initial=initial)
    if request.method == "POST" and form.is_valid():
        plan = form.plan
        try:
            actions.change_action(
                action=action,
                changes={field: plan[field] for field in EDITED},
                reason=plan["reason"],
                expected_version=plan["version"],
                by=actor_of(request),
                at=clock.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("Saved."))
            return redirect(_action_url(action))
    context = {"form": form, "action": action, "finding": action.finding}
    return render(request, "actions/action_form.html", context, status=422 if form.is_bound else 200)


Row = Any


def _posted(
    find: Callable[[StaffRequest, UUID], Row],
    form: type[django_forms.Form],
    act: Callable[[StaffRequest, Row, dict[str, Any]], str],
    url: Callable[[Row], str],
) -> Callable[..., HttpResponse]:
    """A POST on an action or a finding: validate, act, say so, go back. A form that is wrong changes nothing and stays open."""

    def view(request: StaffRequest, public_id: UUID) -> HttpResponse:
        row = find(request, public_id)
        bound = form(request.POST)
        if not bound.is_valid():
            return answer_problems(request, problems_of(bound), url(row))
        toast(request, act(request, row, bound.cleaned_data))
        return go_to(request, url(row))

    return require_POST(staff()(stays_open(view)))


def _named(request: StaffRequest, data: dict[str, Any]) -> dict[str, Any]:
    """The row that a number names, of whichever room knows the number."""
    given = (data.get("subject") or "").strip()
    if not given:
        return {}
    for subject in subjects.subjects():
        found = subject.find(request.user, given, clock.now()) if subject.find else None
        if found is not None:
            return {"subject_type": subject.type, "subject_id": found}
    raise NoEvidenceRow()


def _start(request: StaffRequest, action: Action, data: dict[str, Any]) -> str:
    actions.start_action(action=action, started_date=data["started_date"], by=actor_of(request), at=clock.now())
    return _("It is under way. Before and after are told apart by the day of change.")


def _finish(request: StaffRequest, action: Action, data: dict[str, Any]) -> str:
    done = actions.finish_action(
        action=action, reason=data["reason"], verify_date=data["verify_date"], by=actor_of(request), at=clock.now()
    )
    return _("Done. Its effect is reviewed from %(date)s on, by somebody else.") % {"date": done.verify_date.isoformat()}


def _close(request: StaffRequest, action: Action, data: dict[str, Any]) -> str:
    actions.close_action(action=action, reason=data["reason"], expected_version=data["version"], by=actor_of(request), at=clock.now())
    return _("The action is closed.")


def _reopen(request: StaffRequest, action: Action, data: dict[str, Any]) -> str:
    actions.reopen_action(
        action=action,
        reason=data["reason"],
        due_date=data["due_date"],
        verify_date=data["verify_date"],
        by=actor_of(request),
        at=clock.now(),
    )
    return _("The action is taken up again.")


def _cancel(request: StaffRequest, action: Action, data: dict[str, Any]) -> str:
    actions.cancel_action(action=action, reason=data["reason"], by=actor_of(request), at=clock.now())
    return _("The action is cancelled.")


def _recur(request: StaffRequest, action: Action, data: dict[str, Any]) -> str:
    actions.record_recurrence(action=action, note=data["note"], by=actor_of(request), at=clock.now(), **_named(request, data))
    return _("Noted. The action is open again and %(name)s was told.") % {"name": action.owner}


def _tell(request: StaffRequest, action: Action, data: dict[str, Any]) -> str:
    actions.tell_people(action=action, text=data["text"], by=actor_of(request), at=clock.now(), **_named(request, data))
    return _("Noted what was told.")


def _evidence(request: StaffRequest, finding: Finding, data: dict[str, Any]) -> str:
    words = {"label": data["label"], "note": data["note"]}
    actions.add_evidence(finding=finding, by=actor_of(request), at=clock.now(), **words, **_named(request, data))
    return _("The evidence is noted.")


def _settle(request: StaffRequest, finding: Finding, data: dict[str, Any]) -> str:
    actions.settle_finding(finding=finding, reason=data["reason"], by=actor_of(request), at=clock.now())
    return _("The finding is settled.")


def _drop(request: StaffRequest, finding: Finding, data: dict[str, Any]) -> str:
    actions.drop_finding(finding=finding, reason=data["reason"], by=actor_of(request), at=clock.now())
    return _("The finding is set aside.")


def _reopen_finding(request: StaffRequest, finding: Finding, data: dict[str, Any]) -> str:
    actions.reopen_finding(finding=finding, reason=data["reason"], by=actor_of(request), at=clock.now())
    return _("The finding is open again.")


def _own_unit(request: StaffRequest) -> Unit | None:
    """Where this person works, if they may note findings there; else the first place where they may."""
    units = units_where(request.user, "actions.manage")
    return units.filter(staff__user=request.user).first() or units.first()


def _action_url(action: Action) -> str:
    return reverse("actions:detail", args=[action.public_id])


def _finding_url(finding: Finding) -> str:
    return reverse("actions:finding", args=[finding.public_id])


start = _posted(find_action, forms.StartForm, _start, _action_url)
finish = _posted(find_action, forms.FinishForm, _finish, _action_url)
close = _posted(find_action, forms.CloseForm, _close, _action_url)
reopen = _posted(find_action, forms.ReopenForm, _reopen, _action_url)
cancel = _posted(find_action, forms.ReasonForm, _cancel, _action_url)
recur = _posted(find_action, forms.RecurrenceForm, _recur, _action_url)
tell = _posted(find_action, forms.TellForm, _tell, _action_url)
evidence_add = _posted(find_finding, forms.EvidenceForm, _evidence, _finding_url)
finding_settle = _posted(find_finding, forms.RemarkForm, _settle, _finding_url)
finding_drop = _posted(find_finding, forms.ReasonForm, _drop, _finding_url)
finding_reopen = _posted(find_finding, forms.ReasonForm, _reopen_finding, _finding_url)
