"""A checklist on one day: prepared, done item by item, and told to those who answer for it when something is late."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from steward.core.org.models import Staff
from steward.core.org.queries import heads_of
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.delivery.notices import notify
from steward.ground.fields import in_languages
from steward.ground.files.operations import store_file
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event
from steward.ground.rules.operations import today_of

from .. import events
from ..calendar import instant_of, works_on
from ..errors import DayIsOver, NeedsEvidence, NeedsShiftReason, NoChecklist, NotOfStaff
from ..models import ChecklistItem, ChecklistRun, RunItem
from ..templates_for import template_for, units_with_templates

CLOCK = Actor.system("clock")
AT_ONCE = 200
Evidence = ChecklistItem.Evidence
States = RunItem.State


@transaction.atomic
def prepare_run(*, unit: Unit, occasion: str, day: date, by: Actor, at: datetime) -> ChecklistRun:
    """The run of the day, made with the version in force; the same again finds it. Raises Forbidden, NoChecklist."""
    found = ChecklistRun.objects.select_related("unit", "template").filter(unit=unit, day=day, occasion=occasion).first()
    if found is not None:
        return found
    template = template_for(unit, occasion)
    if template is None:
        raise NoChecklist(unit=str(unit))
    run = ChecklistRun(unit=unit, template=template, occasion=occasion, day=day, lead=_usual_lead(unit, at), prepared_at=at)
    policy_for(ChecklistRun).require(by, "work", run, at=at)
    try:
        with transaction.atomic():
            run.save(force_insert=True)  # house: H5 because the row is new
    except IntegrityError:
        return ChecklistRun.objects.select_related("unit", "template").get(unit=unit, day=day, occasion=occasion)
    items = list(template.items.order_by("position"))
    RunItem.objects.bulk_create(RunItem(run=run, item=item, due_at=instant_of(unit, day, item.due_minutes)) for item in items)
    _record(events.RunPrepared(occasion, template.pk, len(items)), run, by=by, at=at)
    return run


def prepare_runs(*, at: datetime) -> int:
    """Every unit that works today has its checklists; safe to run again."""
    made = 0
    for unit, occasions in units_with_templates():
        day = today_of(unit, at)
        there = set(ChecklistRun.objects.filter(unit=unit, day=day).values_list("occasion", flat=True))
        missing = [occasion for occasion in occasions if occasion not in there]
        if missing and works_on(unit, day):
            for occasion in missing:
                prepare_run(unit=unit, occasion=occasion, day=day, by=CLOCK, at=at)
            made += len(missing)
    return made


@transaction.atomic
def do_item(
    *, item: RunItem, by: Actor, at: datetime, value: Decimal | None = None, words: str = "", photo: File[bytes] | None = None
) -> RunItem:
    """It is done, with its proof. Who was first stays; a number outside its limits may be measured again. Raises NeedsEvidence, DayIsOver."""
    row = _locked(item, by, at)
    if row.is_in_order:
        return row
    _check_proof(row.item, value, words, photo)
    low, high = row.item.low, row.item.high
    row.value = value if row.item.evidence == Evidence.NUMBER else None
    row.outside = row.value is not None and ((low is not None and row.value < low) or (high is not None and row.value > high))
    if photo is not None and row.item.evidence == Evidence.PHOTO:
        store_file(upload=photo, name=photo.name or "photo", unit=row.run.unit, subject=row, by=by, at=at)
    return _set(row, States.DONE, words=words, by=by, at=at)


@transaction.atomic
def skip_item(*, item: RunItem, reason: str, by: Actor, at: datetime) -> RunItem:
    """Left out, with a reason. A mandatory item stays red and goes with the handover. Raises NeedsShiftReason, DayIsOver."""
    row = _locked(item, by, at)
    if not reason.strip():
        raise NeedsShiftReason()
    if row.state == States.DONE:
        return row
    return _set(row, States.SKIPPED, words=reason, by=by, at=at)


@transaction.atomic
def clear_item(*, item: RunItem, by: Actor, at: datetime) -> RunItem:
    """Put it back to what is still to do: a tick by mistake."""
    row = _locked(item, by, at)
    if row.state == States.TODO:
        return row
    row.value, row.outside = None, False
    return _set(row, States.TODO, words="", by=by, at=at)


@transaction.atomic
def name_lead(*, run: ChecklistRun, staff: Staff, by: Actor, at: datetime) -> ChecklistRun:
    """Who answers for the checklist today: one says it of oneself, whoever leads the unit of anybody."""
    run = ChecklistRun.objects.select_for_update(of=("self",)).select_related("unit", "template").get(pk=run.pk)
    myself = by.user is not None and staff.user_id == by.user.pk
    policy_for(ChecklistRun).require(by, "work" if myself else "lead", run, at=at)
    if staff.unit.root_id != run.unit.root_id:
        raise NotOfStaff()
    if run.lead_id != staff.pk:
        before, run.lead = run.lead_id, staff
        run.save(update_fields=["lead"])
        _record(events.LeadNamed(before, staff.pk), run, by=by, at=at)
    return run


def tell_late_items(*, at: datetime) -> int:
    """Tell, once for each item, whoever answers for it that a mandatory one is late."""
    late = RunItem.objects.filter(state=States.TODO, told_at=None, due_at__lt=at, due_at__gte=at - timedelta(days=1), item__mandatory=True)
    rows = late.select_related("item", "run__unit", "run__template", "run__lead__user").order_by("due_at", "pk")
    return sum(_tell(row, at) for row in rows[:AT_ONCE])


@transaction.atomic
def _tell(row: RunItem, at: datetime) -> bool:
    if not RunItem.objects.filter(pk=row.pk, state=States.TODO, told_at=None).update(told_at=at):
        return False
    people = [row.run.lead.user] if row.run.lead else heads_of(row.run.unit, at)
    words = {"item": str(row.item), "unit": str(row.run.unit)}
    notify(
        users=people,
        title=in_languages(lambda: _("%(item)s is late") % words),
        text=in_languages(lambda: _("%(unit)s, checklist of today") % words),
        url=reverse("floor:run", args=[row.run.public_id]),
        at=at,
        icon="alarm",
        key=f"floor.item:{row.public_id}",
    )
    _record(events.ItemLate(row.pk, len(people)), row.run, by=CLOCK, at=at)
    return True


def _usual_lead(unit: Unit, at: datetime) -> Staff | None:
    """Whoever hands out the work of the unit, until somebody says that they lead the shift."""
    heads = [user.pk for user in heads_of(unit, at)]
    return Staff.objects.filter(user_id__in=heads, ended_date=None).order_by("pk").first()


def _check_proof(item: ChecklistItem, value: Decimal | None, words: str, photo: File[bytes] | None) -> None:
    given = {Evidence.NUMBER: value is not None, Evidence.NOTE: bool(words.strip()), Evidence.PHOTO: photo is not None}
    if not given.get(Evidence(item.evidence), True):
        raise NeedsEvidence(item=str(item), evidence=item.get_evidence_display())


def _locked(item: RunItem, by: Actor, at: datetime) -> RunItem:
    ChecklistRun.objects.select_for_update().filter(pk=item.run_id).values_list("pk").get()
    row = RunItem.objects.select_related("item", "run__unit", "run__template", "by_staff").get(pk=item.pk)
    policy_for(RunItem).require(by, "work", row, at=at)
    # A night shift ends after midnight: until noon the checklist of yesterday can still be finished.
    if row.run.day < today_of(row.run.unit, at - timedelta(hours=12)):
        raise DayIsOver()
    return row


def _set(row: RunItem, state: States, *, words: str, by: Actor, at: datetime) -> RunItem:
    before, row.state, row.words = row.state, state, words.strip()[:500]
    row.at = None if state == States.TODO else at
    row.by_staff = None if state == States.TODO or by.user is None else Staff.objects.filter(user=by.user).first()
    row.save(update_fields=["state", "words", "value", "outside", "at", "by_staff"])
    left = RunItem.objects.filter(run=row.run_id, state=States.TODO).exists()
    ChecklistRun.objects.filter(pk=row.run_id).update(finished_at=None if left else at)
    _record(events.ItemSet(row.pk, before, state, row.outside, row.was_late), row.run, by=by, at=at, reason=row.words)
    return row


def _record(event: Event, run: ChecklistRun, *, by: Actor, at: datetime, reason: str = "") -> None:
    journal.record(event, subject=run, by=by, at=at, unit_id=run.unit_id, reason=reason)
    announce(run.unit_id)


def announce(unit_id: int) -> None:
    topics.bump(f"unit:{unit_id}:floor")
