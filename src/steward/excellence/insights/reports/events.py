from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("reports.spec_published")
@dataclass(frozen=True)
class SpecPublished(Event):
    series: str
    version_number: int
    grain: str
    scheduled: bool


@event("reports.spec_ended")
@dataclass(frozen=True)
class SpecEnded(Event):
    series: str
    version_number: int


@event("reports.report_made")
@dataclass(frozen=True)
class ReportMade(Event):
    start: str
    end: str
    sha256: str
    generation: int
    scheduled: bool
    corrects: int | None


@event("reports.report_issued")
@dataclass(frozen=True)
class ReportIssued(Event):
    seal: str


@event("reports.report_discarded")
@dataclass(frozen=True)
class ReportDiscarded(Event):
    start: str
    end: str
    corrects: int | None


@event("reports.words_erased")
@dataclass(frozen=True)
class WordsErased(Event):
    """Words about a person were taken out of an issued report; seal: over what is left."""

    seal: str


@event("reports.report_corrected")
@dataclass(frozen=True)
class ReportCorrected(Event):
    newer: int


@event("reports.report_sent")
@dataclass(frozen=True)
class ReportSent(Event):
    recipients: int


@event("reports.report_downloaded")
@dataclass(frozen=True)
class ReportDownloaded(Event):
    format: str
    language: str


@event("reports.commentary_written")
@dataclass(frozen=True)
class CommentaryWritten(Event):
    part: str
    flags: int
    replaces: int | None


@event("reports.recommendation_added")
@dataclass(frozen=True)
class RecommendationAdded(Event):
    recommendation: int
    owner: int
    due: str


@event("reports.recommendation_withdrawn")
@dataclass(frozen=True)
class RecommendationWithdrawn(Event):
    recommendation: int


@event("reports.decision_taken")
@dataclass(frozen=True)
class DecisionTaken(Event):
    recommendation: int
    outcome: str
