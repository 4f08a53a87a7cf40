"""What automation adds to the list of cases: a macro for the ticked ones."""

from __future__ import annotations

from typing import Any

from steward.core.cases.models import Case
from steward.core.cases.screens import Part, register
from steward.ground.access.http import StaffRequest


def macros_of_list(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    return {} if request.user.access.has("cases.work") else None  # which there are is asked when the first case is ticked


def register_parts() -> None:
    register(Part("automation.macros", "list.bulk", 20, "automation/parts/macros_bulk.html", macros_of_list))
