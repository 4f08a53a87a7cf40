"""Two people switch on two rules that would chase each other, at once: one of them is refused."""

from __future__ import annotations

import pytest
from tests.cast import AT, World
from tests.threads import at_once

from steward.contact.automation import operations as automation
from steward.contact.automation.errors import PingPong
from steward.contact.automation.models import AutomationVersion, Switch
from steward.ground.fields import localized

pytestmark = [pytest.mark.collision, pytest.mark.django_db(transaction=True)]


def test_r046_of_two_that_would_ping_pong_one_is_switched_on(committed_world: World) -> None:
    world, by = committed_world, committed_world.actor("supervisor")

    def tried(name: str, frm: str, to: str) -> AutomationVersion:
        version = automation.save_rule(
            unit=world.branch,
            name=localized(name),
            triggers=["priority_changed"],
            conditions={"priority": [frm]},
            actions={"priority": to},
            by=by,
            at=AT,
        )
        automation.try_version(version=version, by=by, at=AT)
        return version

    versions = [tried("上", "low", "high"), tried("下", "high", "low")]
    actors = [world.actor("supervisor"), world.actor("manager")]
    outcomes = at_once(
        [
            lambda version=version, actor=actor: automation.switch_on(version=version, by=actor, at=AT)
            for version, actor in zip(versions, actors, strict=True)
        ]
    )
    assert [type(outcome.error) for outcome in outcomes if outcome.error] == [PingPong]
    assert AutomationVersion.objects.filter(state="on").count() == Switch.objects.filter(off_at=None).count() == 1
