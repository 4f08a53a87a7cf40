"""What the steps for somebody signed in share: their organisation with the rights, the list of steps, refusals beside the form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from steward.ground.access.http import StaffRequest, staff
from steward.ground.access.models import Unit
from steward.ground.ui.place import set_place

from ..progress import STEPS, Step, may_do, steps_shown

LAST = Step("done", "", ("org.manage",), lambda facts: False, lambda facts: "")
StepView = Callable[[StaffRequest, Unit], HttpResponse]


def step_view(key: str) -> Callable[[StepView], Callable[..., HttpResponse]]:
    """A step's page: for who holds its rights at the organisation itself; for everybody else it does not exist."""
    step = next((step for step in STEPS if step.key == key), LAST)

    def decorate(view: StepView) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: StaffRequest) -> HttpResponse:
            organisation = request.user.organisation
            if organisation is None or not may_do(request.user, step, organisation):
                raise Http404
            set_place(request, organisation)
            return view(request, organisation)

        return require_http_methods(["GET", "POST"])(staff(step.rights[0])(wrapped))

    return decorate


def show(
    request: StaffRequest, organisation: Unit, key: str, context: dict[str, Any], *, status: int = 200, template: str = ""
) -> HttpResponse:
    """The page of a step with the list of all steps beside it."""
    request.nav_key = "settings"  # type: ignore[attr-defined]  # read by the navigation (ui/context.py)
    shown = steps_shown(request.user, organisation, key)
    position = next((index for index, step in enumerate(shown, 1) if step.current), 0)
    frame = {"steps": shown, "position": position, "count": len(shown), "organisation": organisation}
    return render(request, f"console/setup/{template or key}.html", {**frame, **context}, status=status)
