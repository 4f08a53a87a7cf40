"""Why somebody did not get a case, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steward.core.customers.models import Customer

from ..hooks import LABELS
from ..models import Channel, Kind, Priority, RoutingRule
from ..models.case import label_of

REASONS: dict[str, str | Promise] = {
    "not_seen": gettext_lazy("has not said that they are here"),
    "shift_over": gettext_lazy("no working time left today"),
    "full": gettext_lazy("holds as much as one person can"),
    "hands_out": gettext_lazy("hands out work and gets none by this rule"),
    "not_listed": gettext_lazy("is not on the need-to-know list"),
    "had_it": gettext_lazy("had it last"),
    "not_first": gettext_lazy("could have taken it; somebody else came first"),
}


def words_for(row: Mapping[str, Any], skills: Mapping[int, str]) -> list[str]:
    """The reasons of one candidate of a decision."""
    found = []
    for code in row["refused"]:
        if code == "skill":
            found.append(_("lacks: %(skills)s") % {"skills": ", ".join(skills.get(pk, "?") for pk in row["lacking"])})
        else:
            found.append(str(row["said"].get(code) or REASONS.get(code) or LABELS.get(code, code)))
    return found


def conditions_of(rule: RoutingRule, services: Mapping[int, str]) -> list[str]:
    """What a case must be for this rule, one sentence a condition; services: their names by id."""
    languages = dict(settings.LANGUAGES)
    sources: list[tuple[list[Any], Callable[[Any], str]]] = [
        (rule.kinds, lambda code: label_of(Kind, code)),
        (rule.channels, lambda code: label_of(Channel, code)),
        (rule.priorities, lambda code: label_of(Priority, code)),
        (rule.services, lambda pk: services.get(pk, "?")),
        (rule.languages, lambda code: str(languages.get(code, code))),
        (rule.customer_kinds, lambda code: label_of(Customer.Kind, code)),
    ]
    return [_(" or ").join(name(value) for value in values) for values, name in sources if values]
