"""Templates of replies: written, changed, put away, and filled for a case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from steward.core.cases.models import Case
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import policy_for, require
from steward.ground.fields import LocalizedText
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import NameTaken, UnknownPlaceholder
from ..models import ReplyTemplate

PLACEHOLDERS = ("customer", "number", "title", "service", "me", "unit")
_PLACE = re.compile(r"\{(\w+)\}")


@transaction.atomic
def save_template(
    *, unit: Unit, name: str, body: LocalizedText, by: Actor, at: datetime, template: ReplyTemplate | None = None
) -> ReplyTemplate:
    """Write a template, or change one. Raises Forbidden, NameTaken, UnknownPlaceholder."""
    require(by, "desk.templates", unit, at=at)
    if template is not None:
        policy_for(ReplyTemplate).require(by, "manage", template, at=at)
    for text in body.values():
        check_placeholders(text)
    values = {"unit": unit, "name": name.strip()[:80], "body": body, "changed_at": at}
    try:
        with transaction.atomic():
            if template is None:
                saved = ReplyTemplate.objects.create(**values, created_at=at)
            else:
                ReplyTemplate.objects.filter(pk=template.pk).update(**values)
                saved = ReplyTemplate.objects.get(pk=template.pk)
    except IntegrityError:
        raise NameTaken(name=name.strip()) from None
    journal.record(events.TemplateSaved(template is None), subject=saved, by=by, at=at, unit_id=unit.pk)
    return saved


@transaction.atomic
def close_template(*, template: ReplyTemplate, by: Actor, at: datetime) -> None:
    policy_for(ReplyTemplate).require(by, "manage", template, at=at)
    if ReplyTemplate.objects.filter(pk=template.pk, closed_at=None).update(closed_at=at):
        journal.record(events.TemplateClosed(), subject=template, by=by, at=at, unit_id=template.unit_id)


def check_placeholders(text: str) -> None:
    for name in _PLACE.findall(text):
        if name not in PLACEHOLDERS:
            raise UnknownPlaceholder(name=name, known=", ".join(f"{{{known}}}" for known in PLACEHOLDERS))


def fill(template: ReplyTemplate, case: Case, reader: User | None) -> str:
    """The template's words for this case, in the customer's language where it has them. Only these names are replaced, nothing is evaluated.

    reader: who signs it; None where a rule sends it: then the unit does.
    """
    language = case.customer.language if case.customer and case.customer.language else "zh-hans"
    body = template.body.get(language) or str(template.body)
    values: Mapping[str, str] = {
        "customer": case.customer.name if case.customer else "",
        "number": case.number,
        "title": case.title,
        "service": str(case.service.name) if case.service else "",
        "me": reader.name if reader is not None else str(case.unit.name),
        "unit": str(case.unit.name),
    }
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), body)
