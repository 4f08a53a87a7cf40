from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("automation.version_saved")
@dataclass(frozen=True)
class VersionSaved(Event):
    number: int


@event("automation.rule_closed")
@dataclass(frozen=True)
class RuleClosed(Event):
    pass


@event("automation.version_tried")
@dataclass(frozen=True)
class VersionTried(Event):
    number: int
    would_fire: int


@event("automation.version_switched")
@dataclass(frozen=True)
class VersionSwitched(Event):
    number: int
    on: bool


@event("automation.promise_due_soon")
@dataclass(frozen=True)
class PromiseDueSoon(Event):
    """A promise of a case is near its due time; written only where a rule listens to it."""

    promise: int
    kind: str
    clock: str
    due_at: str


@event("automation.webhook_saved")
@dataclass(frozen=True)
class WebhookSaved(Event):
    active: bool
    new_secret: bool


@event("automation.webhook_closed")
@dataclass(frozen=True)
class WebhookClosed(Event):
    pass


@event("automation.webhook_gave_up")
@dataclass(frozen=True)
class WebhookGaveUp(Event):
    failures: int


@event("automation.delivery_repeated")
@dataclass(frozen=True)
class DeliveryRepeated(Event):
    entry: int


@event("automation.macro_saved")
@dataclass(frozen=True)
class MacroSaved(Event):
    new: bool


@event("automation.macro_closed")
@dataclass(frozen=True)
class MacroClosed(Event):
    pass


@event("automation.macro_used")
@dataclass(frozen=True)
class MacroUsed(Event):
    changed: int
    left: int


@event("automation.macro_undone")
@dataclass(frozen=True)
class MacroUndone(Event):
    restored: int
    left: int
