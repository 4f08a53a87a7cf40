from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("insights.analysis_saved")
@dataclass(frozen=True)
class AnalysisSaved(Event):
    shared: bool
    measures: list[str]


@event("insights.analysis_changed")
@dataclass(frozen=True)
class AnalysisChanged(Event):
    """fields: which of name, query, note, unit, schedule."""

    fields: list[str]


@event("insights.analysis_removed")
@dataclass(frozen=True)
class AnalysisRemoved(Event):
    shared: bool


@event("insights.analysis_sent")
@dataclass(frozen=True)
class AnalysisSent(Event):
    rows: int


@event("insights.annotation_made")
@dataclass(frozen=True)
class AnnotationMade(Event):
    kind: str
    day: str


@event("insights.annotation_removed")
@dataclass(frozen=True)
class AnnotationRemoved(Event):
    kind: str


@event("insights.dashboard_made")
@dataclass(frozen=True)
class DashboardMade(Event):
    cards: int


@event("insights.dashboard_changed")
@dataclass(frozen=True)
class DashboardChanged(Event):
    """fields: which of name, unit, cards."""

    fields: list[str]
    cards: int


@event("insights.dashboard_removed")
@dataclass(frozen=True)
class DashboardRemoved(Event):
    pass


@event("insights.store_exported")
@dataclass(frozen=True)
class StoreExported(Event):
    facts: list[str]
    rows: int
