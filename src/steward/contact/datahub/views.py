"""Imports: the list, bringing a file in, building its mapping, following the run, and the rows that became no case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.exports import record_export
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.jobs.models import Job
from steward.ground.ui.lists import Column, ListPage, csv_response
from steward.ground.ui.live import watch
from steward.ground.ui.toasts import toast

from . import forms, operations
from .errors import BadMapping, ImportRefused, refusal_words
from .lexicon import suggest
from .mapping import CHOICES, Mapping
from .models import ImportRun, RowError
from .places import RIGHT
from .preview import distinct_values, preview, sample_rows
from .tables import error_cells, error_header

LARGEST_MAPPING = 1024 * 1024


class RunList(ListPage[ImportRun]):
    key = "imports"
    template = "datahub/imports.html"
    form = forms.RunFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-created_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("source", gettext_lazy("Source"), lambda run: run.source),
        Column("file", gettext_lazy("File"), lambda run: run.file_name),
        Column("unit", gettext_lazy("Unit"), lambda run: str(run.unit)),
        Column("state", gettext_lazy("State"), lambda run: run.get_state_display()),
        Column("records", gettext_lazy("Records"), lambda run: run.records, figure=True),
        Column("created", gettext_lazy("Cases"), lambda run: run.created, figure=True),
        Column("unchanged", gettext_lazy("Unchanged"), lambda run: run.unchanged, figure=True),
        Column("failed", gettext_lazy("Errors"), lambda run: run.failed, figure=True),
        Column("newest", gettext_lazy("Brought in"), lambda run: run.created_at, sort="newest"),
    )
    export_capability = RIGHT
    request: StaffRequest

    def queryset(self) -> QuerySet[ImportRun]:
        rows = ImportRun.objects.visible_to(self.request.user).select_related("unit", "started_by")
        if words := (self.filters.get("q") or "").strip():
            rows = rows.filter(Q(source__icontains=words) | Q(file_name__icontains=words))
        return rows.filter(state=self.filters["state"]) if self.filters.get("state") else rows

    def record_export(self, queryset: QuerySet[ImportRun]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


class ErrorList(ListPage[RowError]):
    key = "import-errors"
    template = "datahub/errors.html"
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"row": ("row", "pk")}
    export_capability = RIGHT
    request: StaffRequest

    @property
    def bound_form(self) -> forms.ErrorFilters:
        if not hasattr(self, "_form"):
            codes = RowError.objects.filter(run=self.scope["run"]).order_by("code").values_list("code", flat=True).distinct()
            self._form = forms.ErrorFilters(self.request.GET or None, codes=list(codes))
            if self._form.is_bound:
                self._form.is_valid()
        return self._form

    def queryset(self) -> QuerySet[RowError]:
        rows = RowError.objects.visible_to(self.request.user).filter(run=self.scope["run"]).select_related("run")
        if self.filters.get("code"):
            rows = rows.filter(code=self.filters["code"])
        return rows.filter(key__icontains=self.filters["q"].strip()) if self.filters.get("q") else rows

    def record_export(self, queryset: QuerySet[RowError]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())

    def export(self) -> HttpResponseBase:
        """The original rows with their reasons, to be mended and imported again."""
        run = self.scope["run"]
        policy_for(ImportRun).require(actor_of(self.request), "export", run, at=clock.now())
        queryset = self.queryset().order_by(*self.order)
        self.record_export(queryset)
        return csv_response(f"{Path(run.file_name).stem}-errors.csv", error_header(run), _lines(queryset))


def _lines(errors: QuerySet[RowError]) -> Iterator[list[Any]]:
    for error in errors.iterator(chunk_size=500):
        yield from error_cells(error)


@require_GET
@staff(RIGHT)
def imports(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, RunList(request).respond())


@require_http_methods(["GET", "POST"])
@staff(RIGHT)
def new(request: StaffRequest) -> HttpResponse:
    """Bring a file in. Nothing is loaded: the next page shows what it would become."""
    earlier = ImportRun.objects.visible_to(request.user).exclude(source="").order_by("-pk")
    form = forms.NewImportForm(request.POST or None, request.FILES or None, units=units_where(request.user, RIGHT), earlier=earlier)
    if request.method == "POST" and form.is_valid():
        try:
            run = _prepare(request, form)
        except BadMapping as refusal:
            form.add_error("mapping", str(refusal))
        except Refused as refusal:
            if refusal.status != 422 and refusal.status != 413:
                raise
            form.add_error("file", str(refusal))
        else:
            return redirect("datahub:mapping", run.public_id)
    return render(request, "datahub/new.html", {"form": form}, status=422 if request.method == "POST" else 200)


@require_GET
@staff(RIGHT)
def run_page(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One import: how far it is, what became of its records, and the first errors."""
    run = _run(request, public_id)
    if run.state == ImportRun.State.DRAFT:
        return redirect("datahub:mapping", public_id)
    watched = watch([f"import:{run.pk}", f"job:{run.job}"], mode="replace", target="#run", seconds=1)
    run.refresh_from_db()
    job = Job.objects.visible_to(request.user).filter(pk=run.job).first() if run.job else None
    context = {
        "run": run,
        "job": job,
        "watched": watched,
        "problem": refusal_words(run.problem["code"], run.problem.get("params", {})) if run.problem else "",
        "errors": list(run.errors.select_related("run").order_by("row", "pk")[:10]),
        "may_go_on": run.state == ImportRun.State.STOPPED and run.cleared_at is None,
    }
    return render(request, "datahub/run.html", context)


@require_http_methods(["GET", "POST"])
@staff(RIGHT)
def mapping_page(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Choose a column for each field, and see what the first rows become and how many would fail."""
    run, by, at = _run(request, public_id), actor_of(request), clock.now()
    if run.state != ImportRun.State.DRAFT:
        return redirect("datahub:run", public_id)
    path, written = operations.path_of(run), Mapping(run.mapping)
    chosen = _chosen(request, written, run.survey["header"])
    distinct = distinct_values(path, written, {name: column for name, column in chosen.items() if name in CHOICES})
    given = {"header": run.survey["header"], "written": written.document, "distinct": distinct}
    form = forms.MappingForm(request.POST or None, initial=forms.initial_of(written, chosen, distinct), **given)
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_mapping(run=run, mapping=Mapping.read(form.document()), by=by, at=at)
        except ImportRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("datahub:mapping", public_id)
    return _mapping_answer(request, run, form, path)


@require_GET
@staff(RIGHT)
def mapping_file(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The mapping as a file, for the command line or another installation. It holds no row of the data."""
    run = _run(request, public_id)
    text = json.dumps(run.mapping, ensure_ascii=False, indent=2) + "\n"
    name = f"{run.source or 'import'}.mapping.json"
    return HttpResponse(text, content_type="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_POST
@staff(RIGHT)
def start(request: StaffRequest, public_id: UUID) -> HttpResponse:
    operations.start_import(run=_run(request, public_id), by=actor_of(request), at=clock.now())
    toast(request, _("The import has begun. You can leave this page."))
    return redirect("datahub:run", public_id)


@require_GET
@staff(RIGHT)
def errors(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return cast(HttpResponse, ErrorList(request, run=_run(request, public_id)).respond())


def _prepare(request: StaffRequest, form: forms.NewImportForm) -> ImportRun:
    data, upload = form.cleaned_data, form.cleaned_data["file"]
    with NamedTemporaryFile(suffix=Path(upload.name).suffix[:10]) as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        document = _document(data, Path(copy.name))
        if data["sheet"]:
            document = {**document, "file": {**document.get("file", {}), "sheet": data["sheet"]}}
        return operations.prepare_import(
            unit=data["unit"], path=Path(copy.name), name=upload.name, document=document, by=actor_of(request), at=clock.now()
        )


def _document(data: dict[str, Any], path: Path) -> dict[str, Any]:
    """The mapping to begin with: of a file, of an earlier run, of the kind of export, or none yet."""
    if data["mapping"] is not None:
        if data["mapping"].size > LARGEST_MAPPING:
            raise BadMapping(problems=_("The file is too large to be a mapping."))
        try:
            return dict(Mapping.from_text(data["mapping"].read().decode("utf-8-sig")).document)
        except UnicodeDecodeError:
            raise BadMapping(problems=_("The file is not UTF-8 text.")) from None
    if data["earlier"] is not None:
        return dict(data["earlier"].mapping)
    return operations.mapping_for(data["export"], path) if data["export"] else {"steward_mapping": 1, "source": "", "columns": {}}


def _chosen(request: StaffRequest, written: Mapping, header: list[str]) -> dict[str, str]:
    """Field → column: as just chosen, as written, or as the names suggest."""
    posted = {name.removeprefix("column_"): value for name, value in request.POST.items() if name.startswith("column_") and value in header}
    if request.method == "POST":
        return posted
    columns = {name: column for name, column in written.columns.items() if isinstance(column, str)}
    return columns or suggest(header)


def _mapping_answer(request: StaffRequest, run: ImportRun, form: forms.MappingForm, path: Path) -> HttpResponse:
    shown, refusal = None, ""
    if run.mapping.get("columns"):
        try:
            shown = preview(run, path, Mapping.read(run.mapping), by=actor_of(request), at=clock.now())
        except ImportRefused as refused:
            refusal = str(refused)
    header, rows = sample_rows(path, Mapping(run.mapping))
    context = {"run": run, "form": form, "preview": shown, "refusal": refusal, "header": header, "sample": rows[:5]}
    return render(request, "datahub/mapping.html", context, status=422 if form.is_bound else 200)


def _run(request: StaffRequest, public_id: UUID) -> ImportRun:
    rows = ImportRun.objects.visible_to(request.user).select_related("unit", "started_by")
    return get_object_or_404(rows, public_id=public_id)
