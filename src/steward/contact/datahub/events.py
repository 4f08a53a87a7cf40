from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("datahub.import_prepared")
@dataclass(frozen=True)
class ImportPrepared(Event):
    """A file was brought in; nothing is loaded yet."""

    source: str
    rows: int
    file: str


@event("datahub.import_started")
@dataclass(frozen=True)
class ImportStarted(Event):
    source: str
    rows: int
    mapping: str


@event("datahub.import_finished")
@dataclass(frozen=True)
class ImportFinished(Event):
    source: str
    records: int
    created: int
    unchanged: int
    failed: int


@event("datahub.import_stopped")
@dataclass(frozen=True)
class ImportStopped(Event):
    """The run ended before its file did: cancelled, or the file could not be read on."""

    source: str
    rows_done: int
    problem: str


@event("datahub.import_cleared")
@dataclass(frozen=True)
class ImportCleared(Event):
    """The file of a run and the rows that became no case were taken away."""

    errors: int
