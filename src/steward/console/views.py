from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from steward.ground.access.http import StaffRequest, staff


@require_GET
@staff()
def home(request: StaffRequest) -> HttpResponse:
    """Where a day starts: the due list for those who steer, the own work for the others, the settings for those without cases."""
    access = request.user.access
    if access.has("cases.assign"):
        return redirect("cases:due")
    return redirect("cases:todo" if access.has("cases.view") else "org:settings")
