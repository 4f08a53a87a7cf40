"""What stands on the page of a case: the drafts of its reader, who else writes, replies that are being read, who looks on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from steward.core.cases.models import Case
from steward.core.cases.screens import Part, TaskPlace, register, register_task_place
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of
from steward.ground.access.policies import policy_for
from steward.ground.ui.live import BOARD_SECONDS, watch

from .models import OPEN, SharedDraft
from .operations.demands import demands_on
from .operations.drafts import topic_of, writers
from .queries import drafts_of, shared_seen, status_of, watchers_of


def writing_on_case(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    if case is None:
        return None
    at = clock.now()
    source = reverse("writing:writers", args=[case.public_id])
    watched = watch([topic_of(case)], mode="replace", target="#writers", seconds=BOARD_SECONDS, source=source)
    may_work = not case.is_finished and policy_for(Case).may(actor_of(request), "work", case, at=at)
    return {
        "case": case,
        "watched": watched,
        "writers": writers(case, request.user, at),
        "drafts": drafts_of(request.user, case),
        "demands": demands_on(request.user, case, at) if may_work else [],
    }


def review_tool(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    return {"case": case} if case is not None else None


def together_on_case(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    if case is None:
        return None
    at, people = clock.now(), watchers_of(case)
    shared = shared_seen(request.user, at=at).filter(case=case, state__in=OPEN).order_by("-asked_at", "-pk")
    return {
        "case": case,
        "watchers": people,
        "watches": any(row.user_id == request.user.pk for row in people),
        "shared": [(row, status_of(row)) for row in shared[:5]],
    }


def _addresses(ids: Sequence[int]) -> Mapping[int, str]:
    rows = SharedDraft.objects.filter(pk__in=ids).values_list("pk", "public_id")
    return {pk: reverse("writing:review", args=[public_id]) for pk, public_id in rows}


def register_parts() -> None:
    register(Part("writing.drafts", "file.writing", 10, "writing/parts/composer.html", writing_on_case))
    register(Part("writing.review", "file.composer", 20, "writing/parts/review_tool.html", review_tool))
    register(Part("writing.together", "file.rail", 15, "writing/parts/rail.html", together_on_case))
    register_task_place(TaskPlace(SharedDraft._meta.label_lower, _addresses))
