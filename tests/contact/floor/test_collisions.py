"""Two people of the next shift at the same instant, on real connections."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from tests.cast import AT, SETUP, World
from tests.threads import at_once

from steward.contact.floor import operations as floor
from steward.contact.floor.errors import AlreadyOpen, HandoverWaits, TakenByOther
from steward.contact.floor.models import ChecklistRun, Handover, RunItem, UnitOpening
from steward.contact.floor.operations import ItemSpec
from steward.core.org.models import Staff
from steward.ground.fields import localized
from steward.ground.journal.models import Entry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.collision]


def test_two_give_and_two_take_one_handover(committed_world: World) -> None:
    world = committed_world
    givers = [world.actor("front_line"), world.actor("manager")]
    given = at_once([partial(floor.give_handover, unit=world.branch, notes=["打印机"], by=by, at=AT) for by in givers])
    assert [type(outcome.error) for outcome in given if outcome.error] == [HandoverWaits]
    row = Handover.objects.get()
    (item,) = row.items.all()
    takers = [world.actor("other_team"), world.actor("supervisor")]
    decided = at_once([partial(floor.accept_item, item=item, by=by, at=AT) for by in takers])
    assert [outcome.error for outcome in decided] == [None, None]
    taken = at_once([partial(floor.take_handover, handover=row, by=by, at=AT) for by in takers])
    assert [type(outcome.error) for outcome in taken if outcome.error] == [TakenByOther]
    row.refresh_from_db()
    assert row.taken_by in set(Staff.objects.filter(user__username__in=("lobby", "super")))
    assert Entry.objects.filter(code="floor.handover_taken").count() == 1


def test_two_begin_one_checklist_tick_one_item_and_open_one_unit(committed_world: World) -> None:
    world, day = committed_world, date(2026, 3, 2)
    floor.publish_template(
        unit=world.branch, occasion="opening", name=localized("开门"), items=[ItemSpec(localized("门禁"))], by=SETUP, at=AT
    )
    workers = [world.actor("front_line"), world.actor("other_team")]
    begun = at_once([partial(floor.prepare_run, unit=world.branch, occasion="opening", day=day, by=by, at=AT) for by in workers])
    assert [outcome.error for outcome in begun] == [None, None]
    run, item = ChecklistRun.objects.get(), RunItem.objects.get()
    done = at_once([partial(floor.do_item, item=item, by=by, at=AT) for by in workers])
    assert [outcome.error for outcome in done] == [None, None]
    assert len({outcome.value.by_staff for outcome in done}) == 1  # both read who was first
    assert Entry.objects.filter(code="floor.item_set").count() == 1
    opened = at_once([partial(floor.open_unit, run=run, by=by, at=AT) for by in workers])
    assert [type(outcome.error) for outcome in opened if outcome.error] == [AlreadyOpen]
    assert UnitOpening.objects.count() == 1
