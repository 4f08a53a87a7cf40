"""Status: always a sign, a word and a colour together, so that nobody needs to tell colours apart."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

# tone → sign. Red (`danger`) is for a broken promise or danger, nothing else.
SIGNS = {
    "neutral": "circle",
    "active": "progress",
    "waiting": "hourglass",
    "info": "info-circle",
    "ok": "circle-check",
    "warn": "alert-triangle",
    "danger": "alert-octagon",
    "muted": "circle-minus",
}


@dataclass(frozen=True, slots=True)
class Status:
    """How a state looks. Models offer one as `status_view`; templates show it with `{% status case.status_view %}`."""

    tone: str
    label: str | Promise
    icon: str = ""

    def __post_init__(self) -> None:
        if self.tone not in SIGNS:
            raise ValueError(f"No status tone is named {self.tone!r}. Known: {', '.join(SIGNS)}.")

    @property
    def sign(self) -> str:
        return self.icon or SIGNS[self.tone]
