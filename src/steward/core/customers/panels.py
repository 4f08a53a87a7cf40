"""Panels on the customer page. Upper rooms (cases, complaints, surveys, membership …) register theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from steward.ground.access.models import User

from .models import Customer


@dataclass(frozen=True)
class Panel:
    """load gives the template's context, or None to stay away; it must respect what the user may see."""

    key: str
    label: str | Promise
    order: int
    template: str
    load: Callable[[User, Customer, datetime], dict[str, Any] | None]


_panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    if panel.key in _panels:
        raise ValueError(f"Customer panel {panel.key!r} is registered twice.")
    _panels[panel.key] = panel


def panels() -> list[Panel]:
    return sorted(_panels.values(), key=lambda panel: (panel.order, panel.key))
