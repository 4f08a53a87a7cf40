"""What stands on the page of a case: the drafts of its reader, who else writes, replies that are being read, who looks on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from steward.core.cases.held import held, some
from steward.core.cases.models import Case
from steward.core.cases.screens import Part, TaskPlace, register, register_task_place
from steward.ground import clock
from steward.ground.access.http import StaffRequest

from .models import OPEN, SharedDraft, Watcher
from .queries import shared_seen, status_of, watchers_of


def writing_on_case(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    """Only addresses: drafts and writers are asked for once the page stands, which is read more often than it is written on."""
    return {"case": case} if case is not None else None


def review_tool(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    return {"case": case} if case is not None else None


HOLDS: dict[str, Callable[[Any], QuerySet[Any]]] = {
    "writing.watchers": lambda case: Watcher.objects.filter(case=case, ended_at=None),
    "writing.shared": lambda case: SharedDraft.objects.filter(case=case, state__in=OPEN),
}


def together_on_case(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    if case is None:
        return None
    at, people = clock.now(), watchers_of(case) if "writing.watchers" in held(case) else []
    shared = some(
        case, "writing.shared", shared_seen(request.user, at=at).filter(case=case, state__in=OPEN).order_by("-asked_at", "-pk")[:5]
    )
    return {
        "case": case,
        "watchers": people,
        "watches": any(row.user_id == request.user.pk for row in people),
        "shared": [(row, status_of(row)) for row in shared],
    }


def _addresses(ids: Sequence[int]) -> Mapping[int, str]:
    rows = SharedDraft.objects.filter(pk__in=ids).values_list("pk", "public_id")
    return {pk: reverse("writing:review", args=[public_id]) for pk, public_id in rows}


def register_parts() -> None:
    register(Part("writing.drafts", "file.writing", 10, "writing/parts/composer.html", writing_on_case))
    register(Part("writing.review", "file.composer", 20, "writing/parts/review_tool.html", review_tool))
    register(Part("writing.together", "file.rail", 15, "writing/parts/rail.html", together_on_case, HOLDS))
    register_task_place(TaskPlace(SharedDraft._meta.label_lower, _addresses))
