"""What a person does to a case: one form, one operation, back to the page.

With htmx a form that is wrong or refused stays open, with the reason in it: nothing typed is lost. Without, the middleware answers with a page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steward.core.customers.operations import find_or_register
from steward.core.org.models import Staff
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.journal.repeats import KeyReused, digest_of, once
from steward.ground.ui.inplace import answer_problems, asks_in_place, go_to, problems_of, stays_open
from steward.ground.ui.toasts import toast, with_toast

from .. import forms
from .. import operations as cases
from ..details import asked, given_in
from ..models import Case, Message, Task
from ..queries import assignable_staff, colleagues, units_for, units_of_organisation, visible_cases
from .file import case_page, find_case


@staff("cases.open")
def case_open(request: StaffRequest) -> HttpResponse:
    units = units_for(request.user, "cases.open", at=clock.now())
    own = Staff.objects.filter(user=request.user).select_related("unit").first()
    form = forms.OpenCaseForm(request.POST or None, units=units, initial={"unit": own.unit.public_id if own else None})
    if request.method == "POST" and form.is_valid():
        try:
            case = _open(request, form)
        except KeyReused:
            form.add_error(None, _("This form was sent before with other words, and its case is open. Begin a new form for another case."))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("Case %(number)s is open.") % {"number": case.number})
            return redirect(_url(case))
    context = {"form": form, "details": asked(list(units), request.POST)}
    return render(request, "cases/open.html", context, status=422 if form.is_bound else 200)


def _open(request: StaffRequest, form: forms.OpenCaseForm) -> Case:
    """Person and case together, once for each form: sent twice, it would register somebody without a telephone twice. Raises KeyReused."""
    by, at, data = actor_of(request), clock.now(), form.cleaned_data

    def create() -> Case:
        customer = None
        if data["customer_name"] or data["customer_phone"]:
            contacts = [("phone", data["customer_phone"])] if data["customer_phone"] else []
            customer = find_or_register(unit=data["unit"], name=data["customer_name"], contacts=contacts, by=by, at=at)
        fields = ("unit", "kind", "channel", "title", "body", "priority", "service", "category")
        return cases.open_case(customer=customer, details=details, by=by, at=at, **{field: data[field] for field in fields})

    details = given_in(request.POST)
    digest = digest_of({name: request.POST.get(name, "") for name in form.fields} | dict(details.values))
    case, _created = once(scope=f"cases.form:{by.ref}", key=data["key"], digest=digest, at=at, model=Case, create=create)
    return case


def _posted(
    make: Callable[[Case, StaffRequest], django_forms.BaseForm], act: Callable[[StaffRequest, Case, dict[str, Any]], str]
) -> Callable[..., HttpResponse]:
    """A POST on a case: validate, act, say so, go back. A form that does not validate says what is wrong and changes nothing."""

    def view(request: StaffRequest, public_id: UUID) -> HttpResponse:
        case = find_case(request, public_id)
        form = make(case, request)
        if not form.is_valid():
            return answer_problems(request, problems_of(form), _url(case))
        try:
            said = act(request, case, form.cleaned_data)
        except Http404:
            if not asks_in_place(request):
                raise
            return answer_problems(request, [_("No case that you may see has this number.")], _url(case))
        if request.headers.get("HX-Target") == "conversation":
            return with_toast(case_page(request, find_case(request, public_id)), said)
        if said:
            toast(request, said)
        return go_to(request, _url(case))

    return require_POST(staff()(stays_open(view)))


class _Nothing(django_forms.Form):
    pass


def _plain(form: type[django_forms.Form]) -> Callable[[Case, StaffRequest], django_forms.BaseForm]:
    return lambda case, request: form(request.POST)


def _message(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    by, at = actor_of(request), clock.now()
    with transaction.atomic():
        message = cases.add_message(case=case, direction=data["direction"], body=data["body"], by=by, at=at, seen=data["seen"])
        if data["attachment"]:
            cases.attach_file(message=message, upload=data["attachment"], name=data["attachment"].name, by=by, at=at)
    return _("Note saved.") if data["direction"] == Message.Direction.NOTE else _("Saved.")


def _claim(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    person = get_object_or_404(Staff, user=request.user)
    cases.claim_case(case=case, staff=person, by=actor_of(request), at=clock.now())
    toast(request, _("The case is yours."), undo_url=reverse("cases:release", args=[case.public_id]))
    return ""


def _release(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    cases.unassign_case(case=case, by=actor_of(request), at=clock.now())
    return _("The case is free again.")


def _assign(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    before = case.assignee
    cases.assign_case(
        case=case, to=data["to"], by=actor_of(request), at=clock.now(), reason=data["reason"], expected_version=data["version"]
    )
    undo = reverse("cases:assign" if before else "cases:release", args=[case.public_id])
    # Back to whoever had it.
    toast(request, _("The case is with %(name)s.") % {"name": data["to"]}, undo_url=f"{undo}?to={before.public_id}" if before else undo)
    return ""


def _assign_form(case: Case, request: StaffRequest) -> forms.AssignForm:
    data = request.POST.copy()
    if "to" in request.GET:
        data.setdefault("to", request.GET["to"])
    return forms.AssignForm(data, staff=assignable_staff(case, at=clock.now()))


def _hold(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    cases.hold_case(case=case, reason_code=data["reason_code"], reason=data["reason"], by=actor_of(request), at=clock.now())
    toast(request, _("The case is on hold."), undo_url=reverse("cases:resume", args=[case.public_id]))
    return ""


def _resume(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    cases.resume_case(case=case, by=actor_of(request), at=clock.now())
    return _("The case goes on.")


def _close(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    cases.close_case(
        case=case,
        resolution=data["resolution"],
        reason=data["reason"],
        expected_version=data["version"],
        by=actor_of(request),
        at=clock.now(),
    )
    return _("The case is closed.")


def _reopen(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    cases.reopen_case(case=case, reason=data["reason"], by=actor_of(request), at=clock.now())
    return _("The case is open again; its clocks go on from where they stood.")


def _properties(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    changes = {field: data[field] for field in ("title", "priority", "service", "category")}
    cases.change_case(case=case, changes=changes, reason=data["reason"], by=actor_of(request), at=clock.now())
    return _("Saved.")


def _kind(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    cases.change_kind(case=case, kind=data["kind"], reason=data["reason"], by=actor_of(request), at=clock.now())
    return _("Saved.")


def _transfer(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    cases.transfer_case(case=case, unit=data["unit"], reason=data["reason"], by=actor_of(request), at=clock.now())
    return _("The case is with %(unit)s now.") % {"unit": data["unit"].name}


def _other(request: StaffRequest, number: str) -> Case:
    return get_object_or_404(visible_cases(request.user, at=clock.now()), number=number.strip())


def _link(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    other = _other(request, data["number"])
    cases.link_cases(source=case, target=other, kind=data["kind"] or "related", by=actor_of(request), at=clock.now())
    return _("The two cases are linked.")


def _merge(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    into = _other(request, data["number"])
    cases.merge_cases(case=case, into=into, reason=data["reason"], by=actor_of(request), at=clock.now())
    toast(request, _("Merged into %(number)s.") % {"number": into.number}, undo_url=reverse("cases:merge_undo", args=[case.public_id]))
    return ""


def _merge_undo(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    merge = get_object_or_404(case.merges.select_related("case", "into"), undone_at=None)
    cases.undo_merge(merge=merge, by=actor_of(request), at=clock.now())
    return _("The merge is undone; the case is as it was.")


def _promise(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    cases.make_promise(case=case, by=actor_of(request), at=clock.now(), **data)
    return _("The promise is noted and watched.")


def _task(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    cases.add_task(unit=case.unit, subject=case, kind="cases.todo", by=actor_of(request), at=clock.now(), **data)
    return _("The task is on the list.")


def _concern(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    cases.name_concerned(case=case, staff=data["to"], by=actor_of(request), at=clock.now())
    return _("Noted: the case is about %(name)s, who will not work on it.") % {"name": data["to"]}


@require_POST
@staff()
def concern_clear(request: StaffRequest, public_id: UUID, staff_id: UUID) -> HttpResponse:
    case = find_case(request, public_id)
    person = get_object_or_404(Staff.objects.filter(concerns__case=case, concerns__ended_at=None), public_id=staff_id)
    cases.clear_concerned(case=case, staff=person, by=actor_of(request), at=clock.now(), reason=request.POST.get("reason", "")[:500])
    toast(request, _("Noted: the case is not about %(name)s.") % {"name": person})
    return redirect(_url(case))


@require_POST
@staff()
def suggestion_take(request: StaffRequest, public_id: UUID, suggestion_id: UUID) -> HttpResponse:
    case = find_case(request, public_id)
    found = get_object_or_404(case.kind_suggestions.select_related("case"), public_id=suggestion_id)
    cases.take_suggestion(suggestion=found, by=actor_of(request), at=clock.now())
    toast(request, _("The case is a complaint now, with the clocks of complaints."))
    return redirect(_url(case))


def _dismiss(request: StaffRequest, case: Case, data: dict[str, Any]) -> str:
    found = get_object_or_404(case.kind_suggestions.select_related("case"), public_id=data["suggestion"])
    cases.dismiss_suggestion(suggestion=found, by=actor_of(request), at=clock.now(), reason=data["reason"])
    return _("Noted with your reason: no complaint.")


@require_POST
@staff()
def promise_kept(request: StaffRequest, public_id: UUID, promise_id: UUID) -> HttpResponse:
    case = find_case(request, public_id)
    promise = get_object_or_404(case.promises.select_related("case"), public_id=promise_id)
    cases.meet_promise(promise=promise, by=actor_of(request), at=clock.now())
    toast(request, _("Marked as kept."))
    return redirect(_url(case))


@require_POST
@staff()
def task_done(request: StaffRequest, public_id: UUID) -> HttpResponse:
    task = get_object_or_404(
        Task.objects.visible_to(request.user).select_related("case__customer", "unit", "owner__user"), public_id=public_id
    )
    cases.finish_task(task=task, by=actor_of(request), at=clock.now())
    toast(request, _("Done."))
    return redirect(_url(task.case) if task.case and request.POST.get("back") == "case" else "cases:todo")


def _url(case: Case) -> str:
    return reverse("cases:detail", args=[case.public_id])


message_add = _posted(lambda case, request: forms.MessageForm(request.POST, request.FILES), _message)
claim = _posted(_plain(_Nothing), _claim)
release = _posted(_plain(_Nothing), _release)
assign = _posted(_assign_form, _assign)
hold = _posted(_plain(forms.HoldForm), _hold)
resume = _posted(_plain(_Nothing), _resume)
close = _posted(_plain(forms.CloseForm), _close)
reopen = _posted(_plain(forms.ReasonForm), _reopen)
properties = _posted(lambda case, request: forms.PropertiesForm(request.POST, instance=case), _properties)
kind = _posted(_plain(forms.KindForm), _kind)
suggestion_dismiss = _posted(_plain(forms.DismissForm), _dismiss)
transfer = _posted(lambda case, request: forms.TransferForm(request.POST, units=units_of_organisation(case)), _transfer)
link = _posted(_plain(forms.OtherCaseForm), _link)
concern = _posted(lambda case, request: forms.ConcernForm(request.POST, staff=colleagues(case)), _concern)
merge = _posted(_plain(forms.OtherCaseForm), _merge)
merge_undo = _posted(_plain(_Nothing), _merge_undo)
promise_add = _posted(_plain(forms.PromiseForm), _promise)
task_add = _posted(lambda case, request: forms.TaskForm(request.POST, staff=assignable_staff(case, at=clock.now())), _task)
