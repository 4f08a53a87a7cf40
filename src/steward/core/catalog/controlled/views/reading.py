"""What somebody has to know before they work by it, and the moment they say that they do."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.ui.toasts import toast

from .. import kinds, operations
from ..models import Acknowledgement, DocumentVersion
from ..queries import staff_of, to_read

LATEST = 20


@require_GET
@staff("catalog.view")
def reading(request: StaffRequest) -> HttpResponse:
    me, at = staff_of(request.user), clock.now()
    waiting = to_read(me, at=at) if me else []
    read = Acknowledgement.objects.filter(staff=me).select_related("version__document").order_by("-at", "-pk")[:LATEST] if me else []
    context = {
        "lines": [(version, kinds.get(version.document.kind)) for version in waiting if kinds.known(version.document.kind)],
        "read": read,
        "tab": "reading",
        "may_write": request.user.access.has("catalog.write"),
        "unit": me.unit if me else None,
    }
    return render(request, "catalog/controlled/reading.html", context)


@require_POST
@staff("catalog.view")
def confirm(request: StaffRequest, public_id: UUID) -> HttpResponse:
    me = staff_of(request.user)
    rows = DocumentVersion.objects.select_related("document__unit").filter(document__organisation=request.user.organisation)
    version = get_object_or_404(rows.exclude(sealed_at=None), public_id=public_id)
    if me is None:
        return redirect("catalog:reading")
    try:
        operations.acknowledge_version(version=version, staff=me, by=actor_of(request), at=clock.now())
    except Refused as refused:
        toast(request, str(refused), tone="warn")
    else:
        toast(request, _("Confirmed. The date is kept."))
    return redirect("catalog:reading")
