"""What the composer asks while somebody writes: keep this text, who else writes, whom could one mention."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from steward.core.cases.models import Case
from steward.core.cases.queries import visible_cases
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.ui.live import BOARD_SECONDS, watch

from .. import operations
from ..errors import DraftChanged
from ..forms import DraftForm
from ..operations.demands import demands_on
from ..operations.drafts import topic_of, writers
from ..queries import drafts_of, mention_of, people_to_mention


def find_case(request: StaffRequest, case_id: UUID) -> Case:
    return get_object_or_404(visible_cases(request.user, at=clock.now()), public_id=case_id)


@require_http_methods(["GET", "POST"])
@staff()
def draft(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """GET: all of one's drafts on the case. POST: keep one; 409 with the other text where another window saved one meanwhile."""
    case = find_case(request, case_id)
    if request.method == "GET":
        return _fresh(JsonResponse({"drafts": drafts_of(request.user, case)}))
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"message": _("This draft is too long to be kept on the server; it stays on this device.")}, status=422)
    try:
        kept = operations.save_draft(case=case, by=actor_of(request), at=clock.now(), **form.cleaned_data)
    except DraftChanged as changed:
        return JsonResponse({"message": str(changed), **changed.params}, status=409)
    return JsonResponse({"version": kept.version})


@require_GET
@staff()
def writers_of(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """What stands above the field: who else writes, kept fresh, and whether the reply is read by a colleague first."""
    case, at = find_case(request, case_id), clock.now()
    source = reverse("writing:writers", args=[case_id])
    watched = watch([topic_of(case)], mode="replace", target="#writers", seconds=BOARD_SECONDS, source=source)
    may_work = not case.is_finished and policy_for(Case).may(actor_of(request), "work", case, at=at)
    context = {
        "case": case,
        "watched": watched,
        "writers": writers(case, request.user, at),
        "demands": demands_on(request.user, case, at) if may_work else [],
    }
    return _fresh(render(request, "writing/parts/writers.html", context))


@require_GET
@staff()
def people(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Colleagues to mention in a note, for what was typed after the @."""
    case, at = find_case(request, case_id), clock.now()
    if not policy_for(Case).may(actor_of(request), "note", case, at=at):
        return JsonResponse({"people": []})
    found = people_to_mention(case, request.GET.get("q", "")[:40], request.user, at=at)
    rows = [{"name": person.user.name, "unit": str(person.unit), "insert": mention_of(person, found)} for person in found]
    return _fresh(JsonResponse({"people": rows}))


def _fresh(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response
