"""What the interface reads, page by page behind signed cursors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from steward.core.cases.models import Case, Message
from steward.core.cases.queries import NUMBER, filtered
from steward.core.catalog.models import Category, ServiceItem
from steward.core.customers.models import Customer, ServedBy
from steward.core.org.models import Staff
from steward.ground.access.errors import Forbidden
from steward.ground.access.policies import access_at
from steward.ground.ui.lists.keyset import Page, paginate

from .gate import Caller
from .problems import BadField
from .shapes import CaseFilters

Row = TypeVar("Row", bound=Model)
ORDERS = {"due": ("next_due_at", "pk"), "newest": ("-opened_at", "-pk"), "changed": ("-changed_at", "-pk")}


def case_page(caller: Caller, wanted: CaseFilters) -> Page[Case]:
    """The cases of the list page, with its filters."""
    caller.needs("cases:read")
    if caller.token.user is not None and not access_at(caller.token.user, caller.at).has("cases.view"):
        raise Forbidden(action="cases.view")
    filters: dict[str, Any] = {field: getattr(wanted, field) or "" for field in ("q", "state", "kind", "priority", "channel", "due")}
    if wanted.unit:
        filters["unit"] = caller.unit(wanted.unit, "cases:read")
    rows = _by_assignee(caller, caller.cases(), wanted.assignee or "")
    if caller.token.user is None:
        rows, filters["q"] = _by_number(rows, filters["q"].strip()), ""
    # The user takes part only in `me` and in the search by words, which are decided above where there is none.
    rows = filtered(rows, filters, user=caller.token.user, at=caller.at)  # type: ignore[arg-type]
    return page_of(rows, ORDERS[wanted.sort], wanted.limit, wanted.after)


def messages_of(caller: Caller, case: Case, *, limit: int, after: str | None) -> Page[Message]:
    """The conversation, oldest first, with the words of cases that were merged into this one; notes only with their scope."""
    caller.needs("cases:read")
    merged = caller.cases().filter(merged_into=case).values("pk")
    rows = Message.objects.filter(Q(case=case) | Q(case__in=merged)).select_related("author")
    if not caller.has("cases:notes"):
        rows = rows.exclude(direction=Message.Direction.NOTE)
    return page_of(rows, ("at", "pk"), limit, after)


def services(caller: Caller, unit_id: str | None) -> Sequence[ServiceItem]:
    return _offered(caller, ServiceItem.objects.all(), unit_id)


def categories(caller: Caller, unit_id: str | None) -> Sequence[Category]:
    return _offered(caller, Category.objects.all(), unit_id)


def kept_ids(caller: Caller, found: Sequence[Customer]) -> set[int]:
    """Which of these people the token may name by id."""
    rows = ServedBy.objects.filter(customer__in=[row.pk for row in found], unit__path__startswith=caller.token.unit.path)
    if caller.token.user is not None:
        rows = rows.filter(customer__in=Customer.objects.visible_to(caller.token.user, at=caller.at))
    return set(rows.values_list("customer", flat=True))


def page_of(rows: QuerySet[Row], order: tuple[str, ...], limit: int, after: str | None) -> Page[Row]:
    page = paginate(rows, {"after": after or ""}, order=order, size=limit, count=False)
    if page.notice:
        raise BadField(field="after", why=_("This list did not issue that cursor, or with another order."))
    return page


def _by_assignee(caller: Caller, rows: QuerySet[Case], assignee: str) -> QuerySet[Case]:
    if assignee == "nobody":
        return rows.filter(assignee=None)
    if assignee == "me":
        if caller.token.user is None:
            raise BadField(field="assignee", why=_("An integration has no cases of its own."))
        return rows.filter(assignee__user=caller.token.user)
    if assignee:
        return rows.filter(assignee__in=Staff.objects.filter(public_id=assignee))
    return rows


def _by_number(rows: QuerySet[Case], words: str) -> QuerySet[Case]:
    """The search by words asks what a person may see, so an integration finds by number."""
    if not words:
        return rows
    if not (words.isascii() and words.isdigit()) and not NUMBER.fullmatch(words):
        raise BadField(field="q", why=_("An integration finds cases by their number only."))
    return rows.filter(number__endswith=words)


def _offered(caller: Caller, rows: QuerySet[Any], unit_id: str | None) -> Sequence[Any]:
    caller.needs("catalog:read")
    unit = caller.unit(unit_id, "catalog:read")
    return list(rows.filter(unit_id__in=unit.ancestor_ids, closed_at=None).order_by("code", "pk")[:500])
