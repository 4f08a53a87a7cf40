"""Runs of imports, what each record became, and rows that became nothing."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Case
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel

from .errors import reason_words


class ImportRun(PublicIdModel):
    """One file through one mapping into one organisation.

    rows_done: rows of the file that are settled, written together with what became of them: a run that was killed goes on behind them.
    records = created + unchanged + failed, at every moment. words_added: of conversations that went on since an earlier import, the words
    that were added to their cases. job: the background job that works on it; None from the command line.
    problem: why the whole file was refused, as {code, params}. cleared_at: file and rows were taken away after their time.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Not started yet")
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Finished")
        STOPPED = "stopped", _("Stopped")

    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    mapping = models.JSONField[Any]()
    file_name = models.CharField(max_length=130)
    file_sha256 = models.CharField(max_length=64)
    survey = models.JSONField[Any](default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    rows_total = models.PositiveBigIntegerField(default=0)
    rows_done = models.PositiveBigIntegerField(default=0)
    records = models.PositiveBigIntegerField(default=0)
    created = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    failed = models.PositiveBigIntegerField(default=0)
    words_added = models.PositiveBigIntegerField(default=0)
    problem = models.JSONField[Any](default=dict)
    job = models.BigIntegerField(null=True)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["ImportRun"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(records=models.F("created") + models.F("unchanged") + models.F("failed")), name="datahub_run_adds_up"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit", "-created_at"], name="datahub_run_newest"),
            models.Index(fields=["organisation", "file_sha256"], name="datahub_run_file"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.file_name}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)


class SourceRecord(models.Model):
    """Which case a record of another system became: by this the same file read again creates nothing, and a value is traced to its row.

    digest: of the row as it was read; empty once the person was erased. facts: the source's own figures, numbers and yes or no only.
    rows: [[row number, cell, …], …] as they were read, the first KEPT_EVENTS of an event log; emptied together with the file of their run.
    said: the source's own numbers of the words of its conversation that came over, so that none comes twice.
    """

    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, blank=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="source_records")
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="source_records")
    row = models.PositiveBigIntegerField()
    facts = models.JSONField[Any](default=dict)
    rows = models.JSONField[Any](default=list)
    said = models.JSONField[Any](default=list)

    objects = ScopedQuerySet["SourceRecord"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "source", "key"], name="datahub_record_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class RowError(models.Model):
    """A record that became no case: why, and its rows as they were, until their time is over or a person in them is erased.

    rows: [[row number, cell, …], …]. identities: what in them could name a person, one a line; blanked with them.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="errors")
    row = models.PositiveBigIntegerField()
    key = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    column = models.CharField(max_length=200, blank=True)
    params = models.JSONField[Any](default=dict)
    rows = models.JSONField[Any](default=list)
    identities = models.TextField(blank=True)
    blanked_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["RowError"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["run", "row"], name="datahub_error_order")]

    def __str__(self) -> str:
        return f"{self.row} {self.code}"

    @property
    def reason(self) -> str:
        """Why, in the active language."""
        return reason_words(self.code, self.params)
