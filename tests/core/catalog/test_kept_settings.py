"""What is kept of policies and calendars between cases is never older than they are, and never comes from a transaction that was rolled back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from tests.cast import AT, SETUP, World

from steward.core.catalog import operations as catalog
from steward.core.catalog.queries import policies_of
from steward.ground.fields import localized
from steward.ground.worktime import operations as worktime
from steward.ground.worktime.queries import default_calendar

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


def publish(world: World, amount: int) -> Any:
    return catalog.publish_promise_policy(
        unit=world.counter_team, promise_kind="resolution", clock="operational", amount=amount, time_unit="working_hours", by=SETUP, at=AT
    )


def amounts(world: World) -> list[int]:
    return sorted(policy.amount for policy in policies_of(world.counter_team, at=LATER) if policy.unit_id == world.counter_team.pk)


def test_a_policy_counts_from_its_publication_and_ends_with_its_end(world: World) -> None:
    assert amounts(world) == []
    policy = publish(world, 7)
    assert amounts(world) == [7]
    publish(world, 9)
    assert amounts(world) == [9]
    catalog.end_promise_policy(policy=policies_of(world.counter_team, at=LATER)[-1], by=SETUP, at=AT)
    assert policy.amount not in amounts(world)


def test_what_was_rolled_back_is_forgotten(world: World) -> None:
    publish(world, 7)
    assert amounts(world) == [7]
    with transaction.atomic():
        publish(world, 11)
        assert amounts(world) == [11]
        transaction.set_rollback(True)
    assert amounts(world) == [7]


def test_a_new_default_calendar_counts_at_once(world: World) -> None:
    publish(world, 7)
    assert default_calendar(world.counter_team) == world.calendar
    week = {0: ((540, 1020),)}
    own = worktime.open_calendar(unit=world.counter_team, name=localized("柜面"), zone="Asia/Shanghai", week=week, by=SETUP, at=AT)
    assert default_calendar(world.counter_team) == own
    worktime.close_calendar(calendar=own, by=SETUP, at=AT)
    assert default_calendar(world.counter_team) == world.calendar


def test_nothing_is_read_twice(world: World, django_assert_num_queries: Any) -> None:
    publish(world, 7)
    worktime.open_calendar(unit=world.lobby_team, name=localized("大堂"), zone="Asia/Shanghai", week={0: ((540, 1020),)}, by=SETUP, at=AT)
    policies_of(world.counter_team, at=LATER), default_calendar(world.counter_team)
    with django_assert_num_queries(2):  # the two revisions
        policies_of(world.counter_team, at=LATER), default_calendar(world.counter_team)
