"""Settings of the channels: public forms, tokens, the interface's document; and the link that staff hand over on the page of a case."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.cases.queries import visible_cases
from steward.core.org.exports import record_export
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Unit
from steward.ground.fields import localized
from steward.ground.files.errors import FileRefused
from steward.ground.files.models import FileRef
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.masking import mask
from steward.ground.ui.toasts import toast

from .. import operations
from ..api.app import document
from ..chat.models import Conversation
from ..forms import FormFilters, PublicFormForm, TokenFilters, TokenForm
from ..jobs import address_of
from ..models import ApiToken, PublicForm, TrackingLink
from ..queries import reach_of
from ..scopes import SCOPES


class FormList(ListPage[Unit]):
    """Every unit that may have a form, with the one it has."""

    key = "public-forms"
    template = "channels/forms.html"
    form = FormFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"unit": ("path", "pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.name)),
        Column("address", gettext_lazy("Address"), lambda row: _address(row.slug)),
    )
    export_capability = "channels.forms"
    request: StaffRequest

    def queryset(self) -> QuerySet[Unit]:
        switched_on = PublicForm.objects.filter(unit=OuterRef("pk"), enabled=True)
        rows = units_where(self.request.user, "channels.forms").annotate(slug=Subquery(switched_on.values("slug")[:1]))
        return rows.exclude(slug=None) if self.filters.get("state") == "on" else rows

    def context(self) -> dict[str, Any]:
        forms = PublicForm.objects.visible_to(self.request.user)
        return {"forms": {form.unit_id: form for form in forms}, "site": str(settings.STEWARD_PUBLIC_URL).rstrip("/")}

    def record_export(self, queryset: QuerySet[Unit]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


class TokenList(ListPage[ApiToken]):
    key = "api-tokens"
    template = "channels/tokens.html"
    form = TokenFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {
        "newest": ("-created_at", "-pk"),
        "used": ("-last_used_at", "-pk"),
        "name": ("name", "pk"),
    }
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("What it is for"), lambda row: row.name, sort="name"),
        Column("prefix", gettext_lazy("Begins with"), lambda row: f"stw_{row.prefix}"),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("acts", gettext_lazy("Acts as"), lambda row: row.user.name if row.user else ""),
        Column("scopes", gettext_lazy("May"), lambda row: " ".join(row.scopes)),
        Column("created", gettext_lazy("Issued"), lambda row: row.created_at, sort="newest"),
        Column("expires", gettext_lazy("Valid until"), lambda row: row.expires_at),
        Column("used", gettext_lazy("Last used"), lambda row: row.last_used_at, sort="used"),
        Column("revoked", gettext_lazy("Revoked"), lambda row: row.revoked_at),
    )
    export_capability = "channels.tokens"
    request: StaffRequest

    def queryset(self) -> QuerySet[ApiToken]:
        rows = ApiToken.objects.visible_to(self.request.user).select_related("unit", "user", "created_by")
        return rows if self.filters.get("state") == "all" else rows.filter(revoked_at=None, expires_at__gt=clock.now())

    def context(self) -> dict[str, Any]:
        return {"labels": {code: scope.label for code, scope in SCOPES.items()}, "now": clock.now()}

    def record_export(self, queryset: QuerySet[ApiToken]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


def _address(slug: str | None) -> str:
    return str(settings.STEWARD_PUBLIC_URL).rstrip("/") + reverse("channels:form", args=[slug]) if slug else ""


@require_GET
@staff("channels.forms")
def form_list(request: StaffRequest) -> HttpResponseBase:
    return FormList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("channels.forms")
def form_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    unit = get_object_or_404(units_where(request.user, "channels.forms"), public_id=public_id)
    row = PublicForm.objects.filter(unit=unit).first()
    initial = (
        {"welcome_zh": row.welcome.get("zh-hans", ""), "welcome_en": row.welcome.get("en", "")} if row else {"slug": unit.code.lower()}
    )
    form = PublicFormForm(request.POST or None, request.FILES or None, unit=unit, instance=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _save_form(request, unit, form.cleaned_data)
        except FileRefused as refused:
            form.add_error("logo", str(refused))
        except Refused as refused:
            form.add_error("slug" if refused.code == "slug_taken" else None, str(refused))
        else:
            toast(request, _("The public form is saved."))
            return redirect("channels:forms")
    logo = FileRef.objects.of(row).first() if row else None
    context = {"form": form, "unit": unit, "row": row, "logo": logo, "address": _address(row.slug if row and row.enabled else None)}
    return render(request, "channels/form_edit.html", context, status=422 if form.is_bound else 200)


@transaction.atomic
def _save_form(request: StaffRequest, unit: Unit, data: dict[str, Any]) -> None:
    """The form and its logo, both or neither."""
    by, at = actor_of(request), clock.now()
    texts = {"zh": data["welcome_zh"].strip(), "en": data["welcome_en"].strip()}
    welcome = localized(None, **{code: text for code, text in texts.items() if text})
    chosen = {field: data[field] for field in ("slug", "enabled", "colour", "staff_names")}
    form = operations.save_form(unit=unit, welcome=welcome, services=list(data["services"]), by=by, at=at, **chosen)
    if data["logo"]:
        operations.set_logo(form=form, upload=data["logo"], name=data["logo"].name, by=by, at=at)
    elif data["no_logo"]:
        operations.remove_logo(form=form, by=by, at=at)


@require_GET
@staff("channels.tokens")
def token_list(request: StaffRequest) -> HttpResponseBase:
    return TokenList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("channels.tokens")
def token_new(request: StaffRequest) -> HttpResponse:
    """Issue a token. Its secret is in this one answer and nowhere else."""
    form = TokenForm(request.POST or None, units=units_where(request.user, "channels.tokens"))
    if request.method == "POST" and form.is_valid():
        data, at = form.cleaned_data, clock.now()
        try:
            token, secret = operations.issue_token(
                unit=data["unit"],
                name=data["name"],
                scopes=data["scopes"],
                user=request.user if data["acts"] == "me" else None,
                expires_at=at + form.lasts,
                by=actor_of(request),
                at=at,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "channels/token_made.html", {"token": token, "secret": secret})
    return render(request, "channels/token_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@staff()
def token_revoke(request: StaffRequest, public_id: UUID) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.visible_to(request.user).select_related("unit"), public_id=public_id)
    operations.revoke_token(token=token, by=actor_of(request), at=clock.now(), reason=request.POST.get("reason", "")[:500])
    toast(request, _("The token is revoked; nothing with it is answered any more."))
    return redirect("channels:tokens" if request.user.access.has("channels.tokens") else "console:home")


@require_GET
@staff("channels.tokens")
def interface(request: StaffRequest) -> HttpResponse:
    """The interface's own page: what can be asked, with which scope, made from its document."""
    found = document()
    rows = [
        {"method": method.upper(), "path": path, "summary": operation.get("summary", ""), "text": operation.get("description", "")}
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "channels/interface.html", {"rows": rows, "scopes": SCOPES.values(), "site": settings.STEWARD_PUBLIC_URL})


@require_GET
@staff("channels.tokens")
def interface_document(request: StaffRequest) -> HttpResponse:
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_GET
@staff("cases.work")
def answer_goes(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Whether an answer written here reaches anybody, and where: nobody should have to guess after sending it."""
    case = get_object_or_404(visible_cases(request.user, at=clock.now()), public_id=public_id)
    address, _language = reach_of(case)
    if Conversation.objects.live().filter(case=case).exists():
        return HttpResponse(escape(_("The answer appears in the chat at once.")))
    if address:
        return HttpResponse(escape(_("The answer is mailed to %(address)s.") % {"address": mask(address, "email")}))
    return HttpResponse(escape(_("There is no address to mail it to: tell the person yourself, or give them a link.")))


@require_POST
@staff("cases.work")
def case_link(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A new link to follow the case: shown here once, to read out or copy, or sent to the address that is known."""
    case = get_object_or_404(visible_cases(request.user, at=clock.now()), public_id=public_id)
    by, at = actor_of(request), clock.now()
    if request.POST.get("by") == "mail":
        operations.mail_link(case=case, by=by, at=at)
        toast(request, _("The link is on its way."))
        return redirect("cases:detail", public_id=public_id)
    link, token = operations.issue_link(case=case, way=TrackingLink.Way.STAFF, by=by, at=at)
    return render(request, "channels/link_made.html", {"case": case, "link": link, "address": address_of(token)})


@require_POST
@staff("cases.work")
def case_links_end(request: StaffRequest, public_id: UUID) -> HttpResponse:
    case = get_object_or_404(visible_cases(request.user, at=clock.now()), public_id=public_id)
    count = operations.revoke_links(case=case, by=actor_of(request), at=clock.now())
    toast(request, _("Links that no longer open anything: %(count)s.") % {"count": count})
    return redirect("cases:detail", public_id=public_id)
