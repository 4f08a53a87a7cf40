"""The dashboards everybody starts with, as data: what a supervisor, a manager and a team look at. An own copy can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import User

SIZES: dict[str, str | Promise] = {"s": _("Small"), "m": _("Middle"), "l": _("Wide")}


@dataclass(frozen=True)
class Tile:
    """One figure: which, over which span, split by what ("" not at all), how large."""

    measure: str
    span: str = "last28"
    by: str = ""
    size: str = "s"

    def data(self) -> dict[str, str]:
        return {"measure": self.measure, "span": self.span, "by": self.by, "size": self.size}


@dataclass(frozen=True)
class Layout:
    key: str
    name: str | Promise
    text: str | Promise
    cards: Sequence[Tile]


LAYOUTS = {
    layout.key: layout
    for layout in (
        Layout(
            "supervisor", _("Supervisor"), _("Today and this week: what is promised, what waits, what comes back"),
            (
                Tile("backlog"), Tile("promises_overdue"), Tile("frt_ontime", "last7", size="m"), Tile("cases_opened", "last7", size="m"),
                Tile("reopen_rate", "last28"), Tile("resolution_time", "last28"), Tile("frt_ontime", "last28", "unit", "l"),
            ),
        ),
        Layout(
            "manager", _("Manager"), _("The month: how well it went, for whom, and against what"),
            (
                Tile("complaint_rate", "last28", size="m"), Tile("promise_kept", "last28", size="m"), Tile("fcr", "last_month"),
                Tile("complaint_ontime", "last28"), Tile("resolution_time_p90", "last28"), Tile("reopen_rate", "last28"),
                Tile("promise_kept", "last28", "unit", "l"),
            ),
        ),
        Layout(
            "team", _("Team"), _("Our own work: what came, what we answered, what we promised"),
            (
                Tile("cases_opened", "last7", size="m"), Tile("replies_sent", "last7", size="m"), Tile("promise_kept", "last28"),
                Tile("frt", "last28"), Tile("backlog_age"), Tile("cases_opened", "last28", "kind", "l"),
            ),
        ),
    )
}  # fmt: skip


def usual(user: User) -> Layout:
    """The layout a person starts with, by what their role may do."""
    if user.access.has("measures.export"):
        return LAYOUTS["manager"]
    return LAYOUTS["supervisor" if user.access.has("cases.assign") else "team"]
