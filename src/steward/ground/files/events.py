from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("files.file_stored")
@dataclass(frozen=True)
class FileStored(Event):
    sha256: str
    type: str
    size: int


@event("files.file_removed")
@dataclass(frozen=True)
class FileRemoved(Event):
    sha256: str


@event("files.file_viewed")
@dataclass(frozen=True)
class FileViewed(Event):
    file: int
