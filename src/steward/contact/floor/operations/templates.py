"""Checklists as they should be: a new version for every change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.fields import LocalizedText
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import BadLimits, NoItems
from ..models import ChecklistItem, ChecklistTemplate, Occasion


@dataclass(frozen=True)
class ItemSpec:
    label: LocalizedText
    mandatory: bool = True
    due: time | None = None
    evidence: str = ChecklistItem.Evidence.TICK
    low: Decimal | None = None
    high: Decimal | None = None
    measured_in: str = ""


@transaction.atomic
def publish_template(
    *, unit: Unit, occasion: str, name: LocalizedText, items: Sequence[ItemSpec], by: Actor, at: datetime, for_kind: str = Unit.Kind.BRANCH
) -> ChecklistTemplate:
    """The next version; runs that were begun keep theirs. Raises Forbidden, NoItems, BadLimits."""
    require(by, "floor.manage", unit, at=at)
    if not items:
        raise NoItems()
    for item in items:
        if item.low is not None and item.high is not None and item.low > item.high:
            raise BadLimits(item=str(item.label))
    Unit.objects.select_for_update(of=("self",)).filter(pk=unit.pk).values_list("pk").get()  # two who publish at once get two versions
    series = ChecklistTemplate.objects.filter(unit=unit, for_kind=for_kind, occasion=Occasion(occasion))
    version = (series.aggregate(last=Max("version"))["last"] or 0) + 1
    series.filter(ended_at=None).update(ended_at=at)
    template = ChecklistTemplate.objects.create(
        unit=unit, for_kind=for_kind, occasion=occasion, version=version, name=name, published_at=at, published_by=by.user
    )
    ChecklistItem.objects.bulk_create(_item(template, position, item) for position, item in enumerate(items, 1))
    journal.record(events.TemplatePublished(occasion, version, len(items)), subject=template, by=by, at=at, unit_id=unit.pk)
    return template


@transaction.atomic
def end_template(*, template: ChecklistTemplate, by: Actor, at: datetime) -> None:
    """From now on nothing is checked by it; what was checked stays."""
    policy_for(ChecklistTemplate).require(by, "manage", template, at=at)
    if ChecklistTemplate.objects.filter(pk=template.pk, ended_at=None).update(ended_at=at):
        journal.record(events.TemplateEnded(template.occasion), subject=template, by=by, at=at, unit_id=template.unit_id)


def _item(template: ChecklistTemplate, position: int, item: ItemSpec) -> ChecklistItem:
    counts = item.evidence == ChecklistItem.Evidence.NUMBER
    return ChecklistItem(
        template=template,
        position=position,
        label=item.label,
        mandatory=item.mandatory,
        due_minutes=None if item.due is None else item.due.hour * 60 + item.due.minute,
        evidence=item.evidence,
        low=item.low if counts else None,
        high=item.high if counts else None,
        measured_in=item.measured_in.strip()[:12] if counts else "",
    )
