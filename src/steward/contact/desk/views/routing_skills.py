"""The skills of an organisation, which rules ask for and people are judged by."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from steward.core.org import operations as org
from steward.core.org.models import Skill
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Unit
from steward.ground.ui.lists import ListPage
from steward.ground.ui.toasts import toast

from ..routing_forms import SkillForm


class SkillList(ListPage[Skill]):
    key = "skills"
    template = "desk/routing_skills.html"
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"code": ("code", "pk")}
    request: StaffRequest

    def queryset(self) -> QuerySet[Skill]:
        skills = Skill.objects.filter(organisation_id=self.request.user.organisation_id)
        return skills.annotate(people=Count("holders", filter=Q(holders__ended_at=None, holders__staff__ended_date=None)))

    def context(self) -> dict[str, Any]:
        return {"form": self.scope["form"]}


@require_http_methods(["GET", "POST"])
@staff("org.manage")
def skills(request: StaffRequest) -> HttpResponseBase:
    form = SkillForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        organisation = get_object_or_404(Unit, pk=request.user.organisation_id)
        try:
            org.define_skill(
                organisation=organisation, code=form.cleaned_data["code"], name=form.name(), by=actor_of(request), at=clock.now()
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("The skill is there. Say on each person's page how well they have it."))
            return redirect("desk:routing_skills")
    response = SkillList(request, form=form).respond()
    response.status_code = 422 if form.is_bound else 200
    return response
