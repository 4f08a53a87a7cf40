"""Bringing a file in, loading it batch by batch, going on after a stop, and clearing up after its time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.files import store
from steward.ground.files.models import FileRef
from steward.ground.files.names import clean_name
from steward.ground.files.operations import remove_file, store_file
from steward.ground.jobs.models import Job
from steward.ground.jobs.operations import enqueue
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event

from . import events
from .errors import ImportRefused, NotWaiting
from .loading import Loader
from .mapping import Mapping
from .models import ImportRun, RowError, SourceRecord
from .places import RIGHT, Places
from .readers import export_named, fitting, table_of
from .reading import Survey
from .translating import Translator

JOB = "datahub.load_rows"
KEEP = timedelta(days=90)
KEEP_DRAFTS = timedelta(days=7)
SYSTEM = Actor.system("datahub")
Tell = Callable[[int, int], None]
State = ImportRun.State


def prepare_import(*, unit: Unit, path: Path, name: str, document: dict[str, Any], by: Actor, at: datetime, keep: bool = True) -> ImportRun:
    """Look at a whole file and remember it, without loading anything.

    document: a mapping, or the beginning of one while somebody still builds it on the page. keep: store the file, so that a row can be
    looked up and the run continued. Raises Forbidden, FileRefused and the refusals of errors.py.
    """
    require(by, RIGHT, unit, at=at)
    draft = Mapping(document) if not document.get("columns") else Mapping.read(document)
    survey = table_of(path, draft).survey()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with transaction.atomic():
        run = ImportRun.objects.create(
            organisation_id=unit.root_id,
            unit=unit,
            source=str(document.get("source", ""))[:40],
            mapping=document,
            file_name=clean_name(name),
            file_sha256=digest,
            survey=_as_json(survey),
            rows_total=survey.rows,
            started_by=by.user,
            created_at=at,
        )
        if keep:
            with path.open("rb") as file:
                store_file(upload=file, name=name, unit=unit, subject=run, by=by, at=at, retention="import")
        _record(events.ImportPrepared(run.source, survey.rows, digest), run, by=by, at=at)
    return run


def mapping_for(export: str, path: Path) -> dict[str, Any]:
    """The mapping of a kind of export, fitted to the columns of this file where that is a table. Raises UnknownExport and what the file refuses."""
    kind = export_named(export)
    document = kind.document()
    return document if kind.read is not None else fitting(document, table_of(path, Mapping(document)).survey().header)


def set_mapping(*, run: ImportRun, mapping: Mapping, by: Actor, at: datetime) -> None:
    """Take another mapping for a file that was not started. Raises Forbidden, NotWaiting and what the file's columns refuse."""
    policy_for(ImportRun).require(by, "run", run, at=at)
    survey = table_of(path_of(run), mapping).survey()
    Translator(mapping, survey.header, Places(run.unit, by=by, at=at), at=at)
    changed = ImportRun.objects.filter(pk=run.pk, state=State.DRAFT).update(
        mapping=mapping.document, source=mapping.source, survey=_as_json(survey), rows_total=survey.rows
    )
    if not changed:
        raise NotWaiting()
    run.refresh_from_db()


@transaction.atomic
def start_import(*, run: ImportRun, by: Actor, at: datetime) -> Job:
    """Queue a run: one that was prepared, or one that stopped and goes on where it stopped. Raises Forbidden and NotWaiting."""
    policy_for(ImportRun).require(by, "run", run, at=at)
    mapping = Mapping.read(run.mapping)
    path_of(run)
    queued = ImportRun.objects.filter(pk=run.pk, state__in=(State.DRAFT, State.STOPPED)).update(
        state=State.WAITING, problem={}, source=mapping.source, finished_at=None
    )
    if not queued:
        raise NotWaiting()
    job = enqueue(JOB, args={"run": run.pk}, at=at, by=by, unit=run.unit, key=f"run:{run.pk}")
    ImportRun.objects.filter(pk=run.pk).update(job=job.pk)
    run.refresh_from_db()
    _record(events.ImportStarted(run.source, run.rows_total, mapping.digest), run, by=by, at=at)
    return job


def load_rows(
    *, run: ImportRun, by: Actor, at: datetime, path: Path | None = None, tell: Tell | None = None, check: Callable[[], None] | None = None
) -> ImportRun:
    """Load what of a run is not loaded yet. Each batch is one transaction with its progress, so that it may be killed at any moment.

    tell: called with rows done and in all after each batch; check: may raise to leave. What refuses the whole file is kept as the run's problem.
    """
    policy_for(ImportRun).require(by, "run", run, at=at)
    try:
        loader = Loader(run, path or path_of(run), by=by, at=at)
    except ImportRefused as refusal:
        stop_run(run=run, by=by, at=at, code=refusal.code, params=refusal.params)
        raise
    ImportRun.objects.filter(pk=run.pk).update(state=State.RUNNING, started_at=run.started_at or at)
    _announce(run)
    for _batch in loader.load():
        run.refresh_from_db()
        _announce(run)
        if tell is not None:
            tell(run.rows_done, run.rows_total)
        if check is not None:
            check()
    _finish(run, by=by, at=at)
    return run


@transaction.atomic
def stop_run(*, run: ImportRun, by: Actor, at: datetime, code: str = "", params: dict[str, Any] | None = None) -> None:
    """Note that a run ended before its file did. What was loaded stays; `start_import` goes on."""
    if ImportRun.objects.filter(pk=run.pk, state__in=(State.DRAFT, State.WAITING, State.RUNNING)).update(
        state=State.STOPPED, problem={"code": code, "params": params or {}} if code else {}, finished_at=at
    ):
        run.refresh_from_db()
        _record(events.ImportStopped(run.source, run.rows_done, code), run, by=by, at=at)
        _announce(run)


def clear_old(*, at: datetime) -> int:
    """Take away the files and the rows of runs whose time is over; the counts and what became a case stay. Returns how many runs."""
    old = ImportRun.objects.filter(cleared_at=None, state__in=(State.DONE, State.STOPPED), finished_at__lt=at - KEEP)
    drafts = ImportRun.objects.filter(cleared_at=None, state=State.DRAFT, created_at__lt=at - KEEP_DRAFTS)
    runs = [*old.select_related("unit"), *drafts.select_related("unit")]
    for run in runs:
        clear_run(run=run, by=SYSTEM, at=at)
    return len(runs)


@transaction.atomic
def clear_run(*, run: ImportRun, by: Actor, at: datetime) -> None:
    """Take away the file of a run and its rows, those that became a case and those that did not. Where each came from stays."""
    policy_for(ImportRun).require(by, "run", run, at=at)
    for file in FileRef.objects.of(run):
        remove_file(file=file, by=by, at=at, reason="")
    SourceRecord.objects.filter(run=run).update(rows=[])
    errors = RowError.objects.filter(run=run, blanked_at=None).update(rows=[], identities="", params={}, key="", blanked_at=at)
    ImportRun.objects.filter(pk=run.pk).update(cleared_at=at)
    _record(events.ImportCleared(errors), run, by=by, at=at)


def path_of(run: ImportRun) -> Path:
    """The kept file of a run. Raises NotWaiting when it is gone."""
    file = FileRef.objects.of(run).select_related("blob").first()
    if file is None or file.blob is None:
        raise NotWaiting()
    path = store.path_of(file.blob.sha256)
    if not path.exists():
        raise NotWaiting()
    return path


def unfinished_run(*, unit: Unit, path: Path, mapping: Mapping) -> ImportRun | None:
    """The run of the same file, mapping and unit that stopped or was killed, to go on with."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    rows = ImportRun.objects.filter(
        unit=unit, file_sha256=digest, source=mapping.source, state__in=(State.STOPPED, State.RUNNING), job=None
    )
    return next((run for run in rows.select_related("unit").order_by("-pk") if Mapping(run.mapping).digest == mapping.digest), None)


@transaction.atomic
def _finish(run: ImportRun, *, by: Actor, at: datetime) -> None:
    ImportRun.objects.filter(pk=run.pk).update(state=State.DONE, finished_at=at)
    run.refresh_from_db()
    event = events.ImportFinished(run.source, run.records, run.created, run.unchanged, run.failed)
    _record(event, run, by=by, at=at)
    _announce(run)


def _record(event: Event, run: ImportRun, *, by: Actor, at: datetime) -> None:
    journal.record(event, subject=run, by=by, at=at, unit_id=run.unit_id)


def _announce(run: ImportRun) -> None:
    topics.bump(f"import:{run.pk}", f"imports:{run.organisation_id}")


def _as_json(survey: Survey) -> dict[str, Any]:
    return {"header": survey.header, "encoding": survey.encoding, "delimiter": survey.delimiter, "sheet": survey.sheet}
