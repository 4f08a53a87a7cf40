"""The first two sections of the board of the floor: checklists of today, and handovers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from steward.core.cases.screens import TaskPlace, register_task_place
from steward.ground.access.http import StaffRequest
from steward.ground.access.models import User
from steward.ground.ui.floor import FloorBlock, register

from .models import HandoverItem
from .policy import places_above
from .queries import disputed_for, runs_of_today, waiting_for
from .tasks import addresses

SHOWN = 8


def checklists(request: StaffRequest, at: datetime) -> dict[str, Any] | None:
    views = runs_of_today(request.user, at=at)
    return {
        "views": views,
        "late": sum(len(view.red) for view in views),
        "open": len({view.run.unit_id for view in views if view.opening}),
        "units": len({view.run.unit_id for view in views}),
        "may_manage": request.user.access.has("floor.manage"),
    }


def handovers(request: StaffRequest, at: datetime) -> dict[str, Any] | None:
    user = request.user
    return {
        "waiting": list(waiting_for(user, at=at)[:SHOWN]),
        "disputed": list(disputed_for(user, at=at)[:SHOWN]),
        "may_give": user.access.has("floor.work"),
    }


def topics(user: User) -> Sequence[str]:
    ids = user.access.unit_ids("floor.view") | places_above(user, "floor.view", user.access.at)
    return [f"unit:{pk}:floor" for pk in sorted(ids)]


def register_blocks() -> None:
    register(FloorBlock("floor.checklists", 10, _("Checklists today"), "floor/parts/checklists.html", checklists, topics, "floor.view"))
    register(FloorBlock("floor.handovers", 20, _("Handover"), "floor/parts/handovers.html", handovers, topics, "floor.view"))
    register_task_place(TaskPlace(HandoverItem._meta.label_lower, addresses))
