"""My learning, courses with their quizzes and questions, and who holds which certificate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django import forms as django_forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.catalog.controlled.queries import staff_of
from steward.core.catalog.models import ControlledDocument, ServiceItem
from steward.core.org.exports import record_export
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from . import forms, operations
from .models import Attempt, Certificate, CertificateKind, Course, Question
from .queries import courses_of, items_of, questions_of, version_to_learn, versions_to_learn

LATEST = 20


@require_GET
@staff("learning.view")
def mine(request: StaffRequest) -> HttpResponse:
    me, at = staff_of(request.user), clock.now()
    passed = {(row.course_id, row.version_id) for row in Attempt.objects.filter(staff=me, passed=True)} if me else set()
    courses = courses_of(me) if me else []
    versions = versions_to_learn(courses, me.unit, at=at) if me else {}
    lines = []
    for row in courses:
        version = versions.get(row.document_id) if row.document_id is not None else None
        lines.append((row, version, (row.pk, version.pk if version else None) in passed))
    held = Certificate.objects.filter(staff=me).select_related("kind").order_by("-issued_at", "-pk")[:LATEST] if me else []
    led = Course.objects.visible_to(request.user).filter(closed_at=None).select_related("unit").order_by("track", "code")
    may_write = request.user.access.has("learning.lead")
    context = {
        "lines": lines,
        "others": led.exclude(pk__in=[row.pk for row, _version, _done in lines])[:LATEST] if may_write else [],
        "held": [(row, row.holds(at)) for row in held],
        "may_write": may_write,
        "tab": "mine",
    }
    return render(request, "learning/mine.html", context)


def _course(request: StaffRequest, public_id: UUID, *, to_write: bool = False) -> Course:
    row = get_object_or_404(Course.objects.visible_to(request.user).select_related("unit", "document__unit"), public_id=public_id)
    if to_write and not policy_for(Course).may(actor_of(request), "write", row, at=clock.now()):
        raise Http404
    return row


@require_GET
@staff("learning.view")
def course(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row, me, at = _course(request, public_id), staff_of(request.user), clock.now()
    version = version_to_learn(row, me.unit if me else row.unit, at=at)
    context = {
        "course": row,
        "unit": row.unit,
        "version": version,
        "lessons": row.lessons.filter(retired_at=None).order_by("order", "pk"),
        "asked": len(questions_of(row, version)) if me and row.unit_id in me.unit.ancestor_ids else 0,
        "attempts": Attempt.objects.filter(course=row, staff=me).order_by("-at", "-pk")[:LATEST] if me else [],
        "kinds": CertificateKind.objects.filter(course=row, closed_at=None).select_related("service").order_by("code"),
        "may_write": policy_for(Course).may(actor_of(request), "write", row, at=at),
    }
    return render(request, "learning/course.html", context)


@require_http_methods(["GET", "POST"])
@staff("learning.view")
def quiz(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row, me, at = _course(request, public_id), staff_of(request.user), clock.now()
    if me is None or row.unit_id not in me.unit.ancestor_ids:
        raise Http404
    questions = questions_of(row, version_to_learn(row, me.unit, at=at))
    form = forms.QuizForm(request.POST or None, questions=questions)
    if request.method == "POST" and form.is_valid():
        try:
            attempt = operations.take_quiz(course=row, staff=me, answers=form.cleaned_data, by=actor_of(request), at=at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            counts = {"right": attempt.right, "asked": attempt.asked, "percent": attempt.needed_percent}
            if attempt.passed:
                toast(request, _("Passed: %(right)s of %(asked)s right.") % counts)
            else:
                toast(request, _("Not passed: %(right)s of %(asked)s right, %(percent)s %% are needed. Try again.") % counts, tone="warn")
            return redirect("learning:course", row.public_id)
    return render(request, "learning/quiz.html", {"course": row, "unit": row.unit, "form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@staff("learning.lead")
def course_new(request: StaffRequest) -> HttpResponse:
    documents = ControlledDocument.objects.visible_to(request.user).filter(closed_at=None).order_by("kind", "code")
    form = forms.CourseForm(request.POST or None, units=units_where(request.user, "learning.lead"), documents=documents)
    fields = ("unit", "code", "track", "method", "minutes", "document")

    def save() -> Course:
        data = {name: form.cleaned_data[name] for name in fields}
        return operations.open_course(name=form.name(), by=actor_of(request), at=clock.now(), **data)

    return _write(request, form, save, _("New course"))


@require_http_methods(["GET", "POST"])
@staff("learning.lead")
def lesson_new(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = _course(request, public_id, to_write=True)
    form = forms.LessonForm(request.POST or None)

    def save() -> Course:
        operations.write_lesson(course=row, by=actor_of(request), at=clock.now(), **form.cleaned_data)
        return row

    return _write(request, form, save, _("New lesson"), row)


@require_http_methods(["GET", "POST"])
@staff("learning.lead")
def kind_new(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = _course(request, public_id, to_write=True)
    services = ServiceItem.objects.filter(unit_id__in=row.unit.ancestor_ids).order_by("pk")
    form = forms.CertificateKindForm(request.POST or None, services=services)

    def save() -> Course:
        data = {name: form.cleaned_data[name] for name in ("code", "months", "service", "case_kind")}
        operations.open_certificate_kind(course=row, name=form.name(), by=actor_of(request), at=clock.now(), **data)
        return row

    return _write(request, form, save, _("New certificate"), row)


@require_http_methods(["GET", "POST"])
@staff("learning.lead")
def questions(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The bank with how good each question is, and a form for one more."""
    row = _course(request, public_id, to_write=True)
    versions = row.document.versions.filter(withdrawn_at=None).order_by("-number") if row.document else None
    form = forms.QuestionForm(request.POST or None, versions=versions)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"correct": form.cleaned_data["correct"] - 1}
        try:
            operations.write_question(course=row, by=actor_of(request), at=clock.now(), **data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("Saved."))
            return redirect("learning:questions", row.public_id)
    items = items_of(row, at=clock.now())
    bank = Question.objects.filter(course=row).select_related("version").order_by("retired_at", "-version__number", "pk")
    lines = [(one, items.get(str(one.public_id))) for one in bank]
    context = {
        "course": row,
        "unit": row.unit,
        "form": form,
        "lines": lines,
        "bad": [one for one, item in lines if item is not None and item.is_bad and one.retired_at is None],
    }
    return render(request, "learning/questions.html", context, status=422 if form.is_bound else 200)


def _write(
    request: StaffRequest, form: django_forms.Form, save: Callable[[], Course], title: str, row: Course | None = None
) -> HttpResponse:
    """A page with one form; afterwards the course."""
    if request.method == "POST" and form.is_valid():
        try:
            saved = save()
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("Saved."))
            return redirect("learning:course", saved.public_id)
    context = {"form": form, "title": title, "course": row, "unit": row.unit if row else None}
    return render(request, "learning/form.html", context, status=422 if form.is_bound else 200)


@require_POST
@staff("learning.lead")
def course_close(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = _course(request, public_id, to_write=True)
    operations.close_course(course=row, by=actor_of(request), at=clock.now())
    toast(request, _("Closed. What was passed stays readable."))
    return redirect("learning:mine")


@require_POST
@staff("learning.lead")
def question_retire(request: StaffRequest, public_id: UUID) -> HttpResponse:
    rows = Question.objects.filter(course__in=Course.objects.visible_to(request.user)).select_related("course__unit")
    row = get_object_or_404(rows, public_id=public_id)
    _course(request, row.course.public_id, to_write=True)
    try:
        operations.retire_question(question=row, by=actor_of(request), at=clock.now(), reason=request.POST.get("reason", ""))
    except Refused as refused:
        toast(request, str(refused), tone="warn")
    else:
        toast(request, _("It is asked no more."))
    return redirect("learning:questions", row.course.public_id)


class CertificateList(ListPage[Certificate]):
    key = "certificates"
    template = "learning/certificates.html"
    form = forms.CertificateFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"expires": ("expires_at", "pk"), "person": ("staff__user__name", "pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("person", gettext_lazy("Name"), lambda row: row.staff.user.name, sort="person"),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.staff.unit)),
        Column("kind", gettext_lazy("Certificate"), lambda row: str(row.kind)),
        Column("issued", gettext_lazy("Issued"), lambda row: row.issued_at),
        Column("expires", gettext_lazy("Expires"), lambda row: row.expires_at, sort="expires"),
        Column("ended", gettext_lazy("Ended"), lambda row: row.ended_at),
        Column("ended_as", gettext_lazy("Why"), lambda row: row.get_ended_as_display()),
    )
    export_capability = "learning.lead"
    request: StaffRequest

    def queryset(self) -> QuerySet[Certificate]:
        rows = Certificate.objects.visible_to(self.request.user).select_related("staff__user", "staff__unit", "kind")
        if text := (self.filters.get("q") or "").strip():
            rows = rows.filter(staff__user__name__icontains=text)
        now = Q(ended_at=None, expires_at__gt=clock.now())
        state = self.filters.get("state")
        return rows if state == "all" else rows.filter(~now if state == "ended" else now)

    def context(self) -> dict[str, Any]:
        return {"may_write": self.request.user.access.has("learning.lead"), "tab": "certificates"}

    def record_export(self, queryset: QuerySet[Certificate]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("learning.view")
def certificates(request: StaffRequest) -> HttpResponseBase:
    return CertificateList(request).respond()


@require_POST
@staff("learning.lead")
def certificate_revoke(request: StaffRequest, public_id: UUID) -> HttpResponse:
    rows = Certificate.objects.visible_to(request.user).select_related("staff__unit")
    row = get_object_or_404(rows, public_id=public_id)
    try:
        operations.revoke_certificate(certificate=row, by=actor_of(request), at=clock.now(), reason=request.POST.get("reason", ""))
    except Refused as refused:
        toast(request, str(refused), tone="warn")
    else:
        toast(request, _("Withdrawn. Such work is no longer given to them."))
    return redirect("learning:certificates")
