"""A survey goes only to somebody who said yes to surveys; a unit's rule moves the quiet hours."""

from __future__ import annotations

from datetime import time

import pytest
from tests.cast import AT, World

from steward.core.customers import operations as customers
from steward.core.customers.contacting import may_contact
from steward.ground.delivery.gates import limits_of
from steward.ground.delivery.recipients import Recipient
from steward.ground.rules.operations import publish_rule

pytestmark = pytest.mark.django_db


def test_a_survey_needs_the_newest_decision_to_be_yes(world: World) -> None:
    to = Recipient.person(world.customer, address="chen@example.com")
    by = world.actor("front_line")
    assert not may_contact(to, "email", "survey", AT)
    customers.record_consent(customer=world.customer, purpose="survey", given=True, by=by, at=AT)
    assert may_contact(to, "email", "survey", AT)
    customers.record_consent(customer=world.customer, purpose="survey", given=False, by=by, at=AT)
    assert not may_contact(to, "email", "survey", AT)
    assert not may_contact(to, "email", "marketing", AT)


def test_the_quiet_hours_of_a_unit_are_its_rule(world: World) -> None:
    assert limits_of(world.counter_team, AT).quiet_from == time(21, 0)
    publish_rule(
        kind="delivery_limits",
        key="default",
        unit=world.branch,
        source="支行规定",
        valid_from=AT.date(),
        body={"quiet_hours": {"from": "19:00", "until": "09:00"}, "contact_cap": {"messages": 1, "days": 7}},
        by=world.actor("manager"),
        at=AT,
    )
    limits = limits_of(world.counter_team, AT)
    assert (limits.quiet_from, limits.quiet_until, limits.cap) == (time(19, 0), time(9, 0), 1)
    assert limits_of(world.other_branch, AT).quiet_from == time(21, 0)
