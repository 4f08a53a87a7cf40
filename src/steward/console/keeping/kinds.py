"""What can be kept for a time and then erased: how each kind finds what is due, and erases it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Case
from steward.core.customers.models import Customer
from steward.core.customers.operations import erase_customer
from steward.core.encounters.models import Interaction
from steward.ground.access.models import SignInNote, SignInSession, Unit
from steward.ground.journal.actors import Actor
from steward.ground.rules import files
from steward.ground.rules import kinds as rules

RULE = "retention"
BUILTIN = Path(__file__).resolve().parent / "builtin" / "retention.json"
REASON = _("Its time of retention is over")


@dataclass(frozen=True)
class Kind:
    """due: the rows whose last use lies before the day; erase: by ids, returns how many."""

    key: str
    label: str | Promise
    due: Callable[[Unit, datetime], QuerySet]  # type: ignore[type-arg]  # of whatever model the kind is about
    erase: Callable[[Sequence[int], Actor, datetime], int]


def _notes_due(organisation: Unit, before: datetime) -> QuerySet[SignInNote]:
    return SignInNote.objects.filter(user__organisation=organisation, at__lt=before)


def _sessions_due(organisation: Unit, before: datetime) -> QuerySet[SignInSession]:
    over = Q(ended_at__lt=before) | Q(ended_at=None, seen_at__lt=before)
    return SignInSession.objects.filter(over, user__organisation=organisation)


def _customers_due(organisation: Unit, before: datetime) -> QuerySet[Customer]:
    """Customers without any case or contact since, and without one that is still open."""
    busy = Case.objects.filter(Q(closed_at=None, merged_into=None) | Q(closed_at__gte=before) | Q(opened_at__gte=before)).exclude(
        customer=None
    )
    rows = Customer.objects.filter(organisation=organisation, erased_at=None, created_at__lt=before)
    met = Interaction.objects.filter(started_at__gte=before).exclude(customer=None)
    return rows.exclude(pk__in=busy.values("customer")).exclude(pk__in=met.values("customer"))


def _drop(model: type[SignInNote] | type[SignInSession]) -> Callable[[Sequence[int], Actor, datetime], int]:
    return lambda ids, by, at: model.objects.filter(pk__in=ids).delete()[0]


def _erase_customers(ids: Sequence[int], by: Actor, at: datetime) -> int:
    """Through the house's erasure: places blanked, keys destroyed, an entry for each."""
    for customer in Customer.objects.filter(pk__in=ids).select_related("unit").order_by("pk"):
        erase_customer(customer=customer, by=by, at=at, reason=str(REASON))
    return len(ids)


KINDS = {
    kind.key: kind
    for kind in (
        Kind("sign_ins", _("Notes of sign-ins"), _notes_due, _drop(SignInNote)),
        Kind("sessions", _("Ended sessions"), _sessions_due, _drop(SignInSession)),
        Kind("customers", _("Personal data of people without a case"), _customers_due, _erase_customers),
    )
}


def register_all() -> None:
    rules.register(
        rules.RuleKind(
            RULE,
            _("Retention"),
            schema={
                "type": "object",
                "properties": {"days": {"type": "integer", "minimum": 1, "maximum": 36500}},
                "required": ["days"],
                "additionalProperties": False,
            },
            keys={kind.key: kind.label for kind in KINDS.values()},
            hints={"days": _("Days after the last use; then it is erased in the night.")},
            example={"days": 400},
        )
    )
    files.register_builtin("retention", _builtin)


def _builtin() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(BUILTIN.read_text(encoding="utf-8"))["rules"]
    return found
