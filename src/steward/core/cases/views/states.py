"""How a case looks: its state and priority with sign and word."""

from __future__ import annotations

from steward.ground.ui.status import Status

from ..models import Case, Priority, State

TONES = {State.NEW: "info", State.OPEN: "active", State.ON_HOLD: "waiting", State.CLOSED: "ok", State.MERGED: "muted"}
PRIORITY_TONES = {Priority.URGENT: "warn", Priority.HIGH: "info"}


def state_of(case: Case) -> Status:
    label = case.get_hold_reason_display() if case.state == State.ON_HOLD else case.get_state_display()
    return Status(TONES[State(case.state)], label)


def priority_of(case: Case) -> Status | None:
    """Only what stands out is shown: high and urgent."""
    tone = PRIORITY_TONES.get(Priority(case.priority))
    return Status(tone, case.get_priority_display(), "flag") if tone else None
