"""How chapters of the demo bring a version into force: released, confirmed by so many of those concerned, begun two days later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.journal.actors import Actor

from . import operations as controlled
from .models import DocumentVersion

SETUP = Actor.system("demo")


def release(version: DocumentVersion, root: Unit, people: Sequence[Staff], *, ready: int, begun: datetime, name: str) -> None:
    release = controlled.open_release(unit=root, name=name, units=[root], by=SETUP, at=begun)
    controlled.add_version(release=release, version=version, by=SETUP, at=begun)
    controlled.schedule_release(release=release, takes_effect_at=begun + timedelta(days=2), by=SETUP, at=begun)
    for person in people[:ready]:
        controlled.acknowledge_version(version=version, staff=person, by=Actor.staff(person.user), at=begun + timedelta(days=1))
    controlled.take_effect_due(at=begun + timedelta(days=2))
