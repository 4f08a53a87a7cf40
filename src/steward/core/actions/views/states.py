"""How actions and findings look: their state with sign and word."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from steward.ground.ui.status import Status

from ..models import Action, Finding, State

TONES = {
    State.PLANNED: "neutral",
    State.IN_PROGRESS: "active",
    State.REOPENED: "warn",
    State.DONE: "waiting",
    State.EFFECTIVE: "ok",
    State.INEFFECTIVE: "info",
    State.INCONCLUSIVE: "info",
    State.CLOSED: "muted",
    State.CANCELLED: "muted",
}
FINDING_TONES = {Finding.State.OPEN: "active", Finding.State.SETTLED: "ok", Finding.State.DROPPED: "muted"}


def state_of(action: Action) -> Status:
    return Status(TONES[State(action.state)], action.get_state_display())


def overdue_of(action: Action, today: date) -> Status | None:
    """Red: a promise to the house is broken."""
    return Status("danger", _("Overdue")) if action.is_overdue(today) else None


def finding_state(finding: Finding) -> Status:
    return Status(FINDING_TONES[Finding.State(finding.state)], finding.get_state_display())
