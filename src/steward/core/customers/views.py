from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from steward.ground import clock
from steward.ground.access import events as access_events
from steward.ground.access.fresh import fresh
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Unit
from steward.ground.access.operations import reveal_values
from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.ui.inplace import answer_problems, go_to, problems_of, stays_open
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from . import forms, operations
from .models import ContactPoint, Customer
from .panels import panels
from .queries import customer_file, visible_customers
from .timeline import lines_of


class CustomerList(ListPage[Customer]):
    key = "customers"
    template = "customers/list.html"
    form = forms.CustomerFilters
    orders = {"newest": ("-created_at", "-pk"), "name": ("name", "pk")}
    columns = (
        Column("name", gettext_lazy("Full name"), lambda row: row.name, sort="name"),
        Column("number", gettext_lazy("Own number"), lambda row: row.number),
        Column("kind", gettext_lazy("Kind"), lambda row: row.get_kind_display()),
        Column("unit", gettext_lazy("Unit"), lambda row: row.unit.name),
        Column("since", gettext_lazy("Since"), lambda row: row.created_at, sort="newest"),
    )
    export_capability = "customers.export"
    request: StaffRequest

    def queryset(self) -> QuerySet[Customer]:
        rows = visible_customers(self.request.user, at=clock.now())
        if self.request.GET.get("format") == "csv":
            # Held somewhere opens the door; what may be taken out is what the right covers, not all that is seen.
            rows = rows.filter(policy_for(Customer).scope(self.request.user.access, self.export_capability))
        words = (self.filters.get("q") or "").strip()
        if words:
            rows = rows.filter(Q(name__icontains=words) | Q(number=words))
        if self.filters.get("kind"):
            rows = rows.filter(kind=self.filters["kind"])
        return rows

    def context(self) -> dict[str, Any]:
        return {
            "may_register": self.request.user.access.has("customers.register"),
            "may_find": self.request.user.access.has("customers.find"),
        }

    def record_export(self, queryset: QuerySet[Customer]) -> None:
        organisation = self.request.user.organisation
        if organisation is None:
            return
        with transaction.atomic():
            event = access_events.RowsExported(self.key, queryset.count())
            journal.record(event, subject=organisation, by=actor_of(self.request), at=clock.now(), unit_id=organisation.pk)


@require_GET
@staff("customers.view")
def customer_list(request: StaffRequest) -> HttpResponseBase:
    return CustomerList(request).respond()


@staff("customers.find")
def find(request: StaffRequest) -> HttpResponse:
    """Look somebody up anywhere in the organisation by exact identity. A POST, because the look itself is recorded."""
    form = forms.FindForm(request.POST or None)
    found: list[Customer] | None = None
    if request.method == "POST" and form.is_valid():
        unit = _units(request, "customers.find").first()
        assert unit is not None  # the capability is held somewhere, see the decorator
        found = operations.find_by_identity(unit=unit, by=actor_of(request), at=clock.now(), **form.cleaned_data)
    seen = set(visible_customers(request.user, at=clock.now()).filter(pk__in=[row.pk for row in found or []]).values_list("pk", flat=True))
    return render(
        request,
        "customers/find.html",
        {"form": form, "found": found, "seen": seen},
        status=422 if form.is_bound and not form.is_valid() else 200,
    )


@staff("customers.register")
def register(request: StaffRequest) -> HttpResponse:
    form = forms.RegisterForm(request.POST or None, units=_units(request, "customers.register"))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        contacts = [(kind, data[kind]) for kind in ("phone", "email") if data[kind]]
        fields = {field: data[field] for field in ("unit", "name", "kind", "needs")}
        customer = operations.register_customer(contacts=contacts, by=actor_of(request), at=clock.now(), **fields)
        toast(request, _("Registered."))
        return redirect(_url(customer))
    return render(request, "customers/register.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
@staff("customers.view")
def detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer, at = _find(request, public_id), clock.now()
    by, policy = actor_of(request), policy_for(Customer)
    may = {action: policy.may(by, action, customer, at=at) for action in ("change", "reveal", "erase", "export")}
    file = customer_file(customer, request.user, at=at)
    loaded = [(panel, panel.load(request.user, customer, at)) for panel in panels()]
    context: dict[str, Any] = {
        "customer": customer,
        "unit": customer.unit,
        "file": file,
        "may": may,
        "lines": lines_of(request.user, file.entries, at),
        "panels": [(panel, context) for panel, context in loaded if context is not None],
        "at": at,
    }
    if may["change"] and customer.erased_at is None:
        context |= {
            "change_form": forms.ChangeForm(auto_id="change_%s", instance=customer),
            "contact_form": forms.ContactForm(prefix="contact"),
            "consent_form": forms.ConsentForm(prefix="consent"),
            "erase_form": forms.ReasonForm(prefix="erase"),
        }
    return render(request, "customers/file.html", context)


@require_POST
@staff("customers.view")
@stays_open
def change(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = _find(request, public_id)
    form = forms.ChangeForm(request.POST, instance=_find(request, public_id))
    if form.is_valid():
        changes = {field: form.cleaned_data[field] for field in operations.CHANGEABLE}
        operations.change_customer(
            customer=customer, changes=changes, by=actor_of(request), at=clock.now(), reason=form.cleaned_data["reason"]
        )
        toast(request, _("Saved."))
        return go_to(request, _url(customer))
    return answer_problems(request, problems_of(form), _url(customer))


@require_POST
@staff("customers.view")
@stays_open
def contact_add(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = _find(request, public_id)
    form = forms.ContactForm(request.POST, prefix="contact")
    if form.is_valid():
        operations.add_contact(customer=customer, by=actor_of(request), at=clock.now(), **form.cleaned_data)
        toast(request, _("Saved."))
        return go_to(request, _url(customer))
    return answer_problems(request, problems_of(form), _url(customer))


@require_POST
@staff("customers.view")
def contact_end(request: StaffRequest, public_id: UUID) -> HttpResponse:
    contact = get_object_or_404(ContactPoint.objects.visible_to(request.user).select_related("customer"), public_id=public_id)
    operations.end_contact(contact=contact, by=actor_of(request), at=clock.now())
    toast(request, _("Ended; the history keeps it."))
    return redirect(_url(contact.customer))


@staff("customers.reveal")
@fresh
def reveal(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The purpose gate: ask what for, record the look, then show the value, in place for htmx or on a page of its own."""
    contact = get_object_or_404(ContactPoint.objects.visible_to(request.user).select_related("customer__unit"), public_id=public_id)
    form = forms.PurposeForm(request.POST if "purpose" in request.POST else None)
    value = ""
    if request.method == "POST" and form.is_valid():
        value = reveal_values(
            subject=contact, fields=["value"], by=actor_of(request), purpose=form.cleaned_data["purpose"], at=clock.now()
        )["value"]
    template = "customers/parts/reveal.html" if request.htmx else "customers/reveal.html"
    return render(request, template, {"contact": contact, "form": form, "value": value, "unit": contact.customer.unit})


@require_POST
@staff("customers.view")
@stays_open
def consent(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = _find(request, public_id)
    form = forms.ConsentForm(request.POST, prefix="consent")
    if form.is_valid():
        operations.record_consent(customer=customer, by=actor_of(request), at=clock.now(), **form.cleaned_data)
        toast(request, _("Saved."))
        return go_to(request, _url(customer))
    return answer_problems(request, problems_of(form), _url(customer))


@require_POST
@staff("customers.export")
@fresh
def export(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Everything kept about the person, as JSON, for an access request."""
    customer = _find(request, public_id)
    data = operations.export_customer(customer=customer, by=actor_of(request), at=clock.now())
    response = HttpResponse(json.dumps(data, ensure_ascii=False, indent=2), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="person-{customer.public_id}.json"'
    return response


@require_POST
@staff("customers.erase")
@stays_open
def erase(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = _find(request, public_id)
    form = forms.ReasonForm(request.POST, prefix="erase")
    if form.is_valid():
        operations.erase_customer(customer=customer, by=actor_of(request), at=clock.now(), reason=form.cleaned_data["reason"])
        toast(request, _("The personal data are erased. Counts stay."))
        return go_to(request, _url(customer))
    return answer_problems(request, problems_of(form), _url(customer))


def _find(request: StaffRequest, public_id: UUID) -> Customer:
    return get_object_or_404(visible_customers(request.user, at=clock.now()), public_id=public_id)


def _url(customer: Customer) -> str:
    return reverse("customers:detail", args=[customer.public_id])


def _units(request: StaffRequest, capability: str) -> QuerySet[Unit]:
    return Unit.objects.filter(pk__in=request.user.access.unit_ids(capability), closed_at=None).order_by("path")
