"""What a handover holds: what is open by the sources, what the last shift had not finished, and the giver's notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from steward.core.org.handovers import HandoverPoint, HandoverSource, sources
from steward.ground.access.models import Unit

from .kinds import promise_window
from .models import Handover, HandoverItem
from .models.handovers import NOTE

States = HandoverItem.State


@dataclass(frozen=True)
class Draft:
    """An item to be: of a source, or a note. before: the item of the last handover that it carries on."""

    source: str
    title: str
    since_at: datetime
    subject_id: int | None = None
    due_at: datetime | None = None
    urgent: bool = False
    person: tuple[str, int | None] = ("", None)
    before: HandoverItem | None = field(default=None)

    @property
    def carried(self) -> int:
        return self.before.carried + 1 if self.before else 0


def drafts_of(unit: Unit, at: datetime, *, except_for: Handover | None = None) -> list[Draft]:
    """What the unit would hand over now, without new notes: by source; what was carried longest first. except_for: the one being given."""
    rows = Handover.objects.filter(unit=unit).exclude(pk__in=[except_for.pk] if except_for else [])
    last = rows.order_by("-given_at", "-pk").first()
    earlier = list(HandoverItem.objects.filter(handover=last).order_by("position")) if last else []
    until = at + promise_window(unit, at)
    found: list[Draft] = []
    for source in sources():
        found += _of_source(source, unit, at, until, [item for item in earlier if item.source == source.key])
    notes = [item for item in earlier if item.is_note and item.state != States.SETTLED]
    found += [Draft(NOTE, item.title, item.since_at, person=(item.person_type, item.person_id), before=item) for item in notes]
    return found


def _of_source(source: HandoverSource, unit: Unit, at: datetime, until: datetime, earlier: Sequence[HandoverItem]) -> list[Draft]:
    points = {point.subject_id: point for point in source.points(unit, at, until)}
    before = {item.subject_id: item for item in earlier if item.subject_id is not None}
    done = _settled(source, [*points, *before]) if source.settles else set()
    left = source.still_open([pk for pk in before if pk not in points], at)
    drafts = [_drafted(source, point, before.get(pk)) for pk, point in points.items() if pk not in done]
    drafts += [_carried(source, before[pk]) for pk in before if pk in left and pk not in done]
    return sorted(drafts, key=lambda draft: (not draft.urgent, -draft.carried, draft.due_at or until, draft.subject_id or 0))


def _settled(source: HandoverSource, ids: Sequence[int]) -> set[int | None]:
    """What a shift said to be done with is not raised again."""
    rows = HandoverItem.objects.filter(source=source.key, subject_id__in=ids, state=States.SETTLED)
    return set(rows.values_list("subject_id", flat=True))


def _drafted(source: HandoverSource, point: HandoverPoint, before: HandoverItem | None) -> Draft:
    person = (point.person.type, point.person.id) if point.person else ("", None)
    return Draft(source.key, point.title, point.since_at, point.subject_id, point.due_at, point.urgent, person, before)


def _carried(source: HandoverSource, item: HandoverItem) -> Draft:
    """It no longer stands out by itself, and it is not done either: the next shift hears of it until it is."""
    person = (item.person_type, item.person_id)
    return Draft(source.key, item.title, item.since_at, item.subject_id, item.due_at, item.urgent, person, item)
