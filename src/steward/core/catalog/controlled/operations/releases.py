"""A release is put together, scheduled, takes effect unit by unit where people are ready, and can be called off or rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import policy_for, require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.rules.operations import touch_revision

from .. import events, kinds
from ..errors import NotADraft, NotInItsUnits, NotReadyToRelease, WrongReleaseState
from ..models import DocumentVersion, Release, ReleaseItem, ReleaseStep, ReleaseUnit, Validity
from ..queries import CONTROLLED, readiness_in, readiness_of

CLOCK = Actor.policy("releases")
State = Release.State


@transaction.atomic
def open_release(*, unit: Unit, name: str, units: Sequence[Unit], by: Actor, at: datetime, purpose: str = "") -> Release:
    """unit: whose release it is; units: where it is to hold, the unit itself or below it. Raises Forbidden, NotInItsUnits."""
    require(by, "catalog.write", unit, at=at)
    for place in units:
        if unit.pk not in place.ancestor_ids:
            raise NotInItsUnits(document=name, unit=str(place))
    release = Release.objects.create(unit=unit, name=name, purpose=purpose, opened_by=by.user, opened_at=at)
    ReleaseUnit.objects.bulk_create([ReleaseUnit(release=release, unit=place) for place in units])
    _step(release, State.DRAFT, by, at, "")
    journal.record(events.ReleaseOpened(tuple(place.pk for place in units)), subject=release, by=by, at=at, unit_id=unit.pk)
    return release


@transaction.atomic
def add_version(*, release: Release, version: DocumentVersion, by: Actor, at: datetime) -> ReleaseItem:
    """Safe to repeat. Raises Forbidden, WrongReleaseState, NotInItsUnits."""
    release = _locked(release, "change", by, at, State.DRAFT)
    if version.withdrawn_at is not None:
        raise NotADraft()
    for place in release.places.select_related("unit"):
        if version.document.unit_id not in place.unit.ancestor_ids:
            raise NotInItsUnits(document=str(version.document), unit=str(place.unit))
    item, new = ReleaseItem.objects.get_or_create(release=release, version=version, defaults={"kind": ReleaseItem.Kind.DOCUMENT})
    if new:
        journal.record(events.ReleaseChanged("version_added"), subject=release, by=by, at=at, unit_id=release.unit_id)
    return item


@transaction.atomic
def add_item(*, release: Release, kind: str, title: str, by: Actor, at: datetime, owner: Staff | None = None) -> ReleaseItem:
    """Something to be done before the date. Raises Forbidden, WrongReleaseState."""
    release = _locked(release, "change", by, at, State.DRAFT, State.SCHEDULED)
    item = ReleaseItem.objects.create(release=release, kind=kind, title=title, owner=owner)
    journal.record(events.ReleaseChanged("item_added"), subject=release, by=by, at=at, unit_id=release.unit_id)
    return item


@transaction.atomic
def remove_item(*, item: ReleaseItem, by: Actor, at: datetime) -> None:
    release = _locked(item.release, "change", by, at, State.DRAFT)
    item.delete()
    journal.record(events.ReleaseChanged("item_removed"), subject=release, by=by, at=at, unit_id=release.unit_id)


@transaction.atomic
def finish_item(*, item: ReleaseItem, by: Actor, at: datetime) -> None:
    release = _locked(item.release, "change", by, at, State.DRAFT, State.SCHEDULED)
    if ReleaseItem.objects.filter(pk=item.pk, done_at=None, version=None).update(done_at=at, done_by=by.user):
        journal.record(events.ReleaseChanged("item_done"), subject=release, by=by, at=at, unit_id=release.unit_id)


@transaction.atomic
def schedule_release(*, release: Release, takes_effect_at: datetime, by: Actor, at: datetime) -> Release:
    """Its versions are sealed: from now on they can be confirmed and no longer changed. Raises Forbidden, WrongReleaseState, NotReadyToRelease."""
    release = _locked(release, "release", by, at, State.DRAFT)
    versions = [item.version for item in release.items.select_related("version__document") if item.version is not None]
    problems = [
        f"{version.document}: {problem.words}"
        for version in versions
        for problem in kinds.get(version.document.kind).problems(version)
        if problem.blocks
    ]
    if not versions or problems:
        raise NotReadyToRelease(problems=" ".join(problems))
    DocumentVersion.objects.filter(pk__in=[version.pk for version in versions], sealed_at=None).update(sealed_at=at)
    Release.objects.filter(pk=release.pk).update(state=State.SCHEDULED, takes_effect_at=takes_effect_at)
    _step(release, State.SCHEDULED, by, at, "")
    places = tuple(release.places.values_list("unit_id", flat=True))
    event = events.ReleaseScheduled(tuple(version.pk for version in versions), places)
    journal.record(event, subject=release, by=by, at=at, unit_id=release.unit_id)
    touch_revision(CONTROLLED)
    release.refresh_from_db()
    return release


@transaction.atomic
def cancel_release(*, release: Release, by: Actor, at: datetime, reason: str) -> None:
    """Before it holds anywhere. Its versions stay sealed; a new draft may begin from them. Raises Forbidden, WrongReleaseState, NeedsReason."""
    release = _locked(release, "release", by, at, State.DRAFT, State.SCHEDULED)
    if release.places.exclude(took_effect_at=None).exists():
        raise WrongReleaseState()
    _end(release, State.CANCELLED, by, at, reason)


@transaction.atomic
def roll_back_release(*, release: Release, by: Actor, at: datetime, reason: str) -> None:
    """What held before holds again, unit by unit. Where something newer holds already, it stays. Raises Forbidden, WrongReleaseState, NeedsReason."""
    release = _locked(release, "release", by, at, State.SCHEDULED, State.IN_FORCE)
    for row in Validity.objects.filter(release=release, ended_at=None).select_related("version__document"):
        Validity.objects.filter(pk=row.pk).update(ended_at=at)
        ended = events.VersionEnded(row.version.number, row.unit_id, release.pk)
        journal.record(ended, subject=row.version.document, by=by, at=at, unit_id=row.unit_id)
        before = Validity.objects.filter(document=row.document, unit=row.unit, ended_at=row.starts_at).exclude(release=release).first()
        if before is not None:
            _begin(release, before.version, row.unit, before=row.version_id, by=by, at=at)
    _end(release, State.ROLLED_BACK, by, at, reason)


@transaction.atomic
def override_hold(*, place: ReleaseUnit, by: Actor, at: datetime, reason: str) -> None:
    """Let a release begin in a unit though people are not ready; the reason is reported. Raises Forbidden, NeedsReason, WrongReleaseState."""
    release = _locked(place.release, "release", by, at, State.SCHEDULED)
    if not reason.strip():
        raise NeedsReason()
    now = readiness_of(release, place, at=at)
    mine = ReleaseUnit.objects.filter(pk=place.pk, took_effect_at=None, overridden_at=None)
    if not mine.update(overridden_at=at, overridden_by=by.user, override_reason=reason.strip()):
        raise WrongReleaseState()
    event = events.ReleaseOverridden(place.unit_id, now.ready, now.concerned)
    journal.record(event, subject=release, by=by, at=at, unit_id=place.unit_id, reason=reason)


def take_effect_due(*, at: datetime) -> int:
    """Begin what is due wherever people are ready. Safe to run twice, at once or late. Returns in how many units something began."""
    due = Release.objects.filter(state=State.SCHEDULED, takes_effect_at__lte=at).order_by("takes_effect_at", "pk")
    return sum(_take_effect(pk, at) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _take_effect(pk: int, at: datetime) -> int:
    release = Release.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=pk, state=State.SCHEDULED).first()
    if release is None:
        return 0
    begun = 0
    places = list(release.places.filter(took_effect_at=None).select_related("unit").order_by("unit__path"))
    for now in readiness_in(release, places, at=at):
        place = now.place
        if now.may_begin:
            _begin_everywhere(release, place, at)
            begun += 1
        elif place.held_at is None:
            ReleaseUnit.objects.filter(pk=place.pk).update(held_at=at)
            held = events.ReleaseHeld(place.unit_id, now.ready, now.concerned)
            journal.record(held, subject=release, by=CLOCK, at=at, unit_id=place.unit_id)
    if not release.places.filter(took_effect_at=None).exists():
        Release.objects.filter(pk=release.pk).update(state=State.IN_FORCE)
        _step(release, State.IN_FORCE, CLOCK, at, "")
    return begun


def _begin_everywhere(release: Release, place: ReleaseUnit, at: datetime) -> None:
    for item in release.items.exclude(version=None).select_related("version__document"):
        assert item.version is not None
        current = Validity.objects.filter(document=item.version.document, unit=place.unit, ended_at=None).first()
        if current is not None:
            Validity.objects.filter(pk=current.pk).update(ended_at=at)
        _begin(release, item.version, place.unit, before=current.version_id if current else None, by=CLOCK, at=at)
    ReleaseUnit.objects.filter(pk=place.pk).update(took_effect_at=at)
    journal.record(events.ReleaseTookEffect(place.unit_id), subject=release, by=CLOCK, at=at, unit_id=place.unit_id)


def _begin(release: Release, version: DocumentVersion, unit: Unit, *, before: int | None, by: Actor, at: datetime) -> None:
    Validity.objects.create(document=version.document, version=version, unit=unit, starts_at=at, release=release)
    event = events.VersionInForce(version.number, unit.pk, release.pk, before)
    journal.record(event, subject=version.document, by=by, at=at, unit_id=unit.pk)
    touch_revision(CONTROLLED)


def _end(release: Release, state: str, by: Actor, at: datetime, reason: str) -> None:
    if not reason.strip():
        raise NeedsReason()
    Release.objects.filter(pk=release.pk).update(state=state)
    _step(release, state, by, at, reason.strip())
    journal.record(events.ReleaseEnded(state), subject=release, by=by, at=at, unit_id=release.unit_id, reason=reason)
    touch_revision(CONTROLLED)


def _step(release: Release, state: str, by: Actor, at: datetime, reason: str) -> None:
    ReleaseStep.objects.create(release=release, state=state, reason=reason, set_by=by.user, at=at)


def _locked(release: Release, action: str, by: Actor, at: datetime, *states: str) -> Release:
    """Under its lock, so that two changes, or a change and the clock, do not run into each other."""
    locked = Release.objects.select_for_update(of=("self",)).select_related("unit").get(pk=release.pk)
    policy_for(Release).require(by, action, locked, at=at)
    if locked.state not in states:
        raise WrongReleaseState()
    return locked
