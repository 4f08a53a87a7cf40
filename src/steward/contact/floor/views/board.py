"""The board of the floor: the sections of every room that has one, live, also on a phone."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from steward.ground import clock
from steward.ground.access.http import StaffRequest, staff
from steward.ground.ui import floor
from steward.ground.ui.live import BOARD_SECONDS, watch


@require_GET
@staff("floor.view")
def board(request: StaffRequest) -> HttpResponse:
    watched = watch(floor.topics_for(request.user), mode="replace", target="#board", seconds=BOARD_SECONDS)
    at = clock.now()
    return render(request, "floor/board.html", {"watched": watched, "blocks": floor.fill(request, at), "at": at})
