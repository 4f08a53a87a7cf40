"""What the rooms hold about a case: most cases have none of most, so one query asks for all, and only what is there is read.

register("together.orders", lambda case: ServiceOrder.objects.filter(case=case))      # or with the part that shows them: screens.Part.holds
some(case, "together.orders", rows)                                                   # the rows, or none without asking
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Exists, Q, QuerySet

from steward.ground.statements import Prepared

from .models import Case, CaseLink, Concern, Task

Rows = Callable[[Any], QuerySet[Any]]
# By name; what a case's own page shows is here from the start.
_rows: dict[str, Rows] = {
    "cases.merged": lambda case: Case.objects.filter(merged_into=case),
    "cases.tasks": lambda case: Task.objects.filter(Q(case=case) | Q(case__merged_into=case)),
    "cases.links": lambda case: CaseLink.objects.filter(Q(source=case) | Q(target=case), ended_at=None),
    "cases.concerned": lambda case: Concern.objects.filter(case=case, ended_at=None),
}


def register(name: str, rows: Rows) -> None:
    """rows: those about a case, given its key. In `AppConfig.ready()`; a duplicate refuses to start."""
    if name in _rows:
        raise ValueError(f"What is held under {name!r} is registered twice.")
    _rows[name] = rows


def _all(pk: Any) -> QuerySet[Any, Any]:
    # The key itself, not a reference to it: a reference means another row one query further in.
    asked = {f"holds_{at}": Exists(_rows[name](pk)) for at, name in enumerate(sorted(_rows))}
    return Case.objects.filter(pk=pk).annotate(**asked).values_list("pk", *asked)


_ALL = Prepared(_all)  # built when it is first asked, after every room has registered


def held(case: Case) -> frozenset[str]:
    """The names under which something is held about this case; asked once for a row in memory."""
    known: frozenset[str] | None = case.__dict__.get("_held")
    if known is None:
        there = _ALL.one(case.pk)[1:]
        known = case.__dict__["_held"] = frozenset(name for name, is_there in zip(sorted(_rows), there, strict=True) if is_there)
    return known


def some(case: Case, name: str, rows: Iterable[Any]) -> list[Any]:
    """The rows; none, without asking for them, where nothing is held under the name."""
    return list(rows) if name in held(case) else []
