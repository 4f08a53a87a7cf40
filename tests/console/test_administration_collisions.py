"""Two administrators at the same instant, on real connections: one file is carried out once, a day is run once, a session ends once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from steward.console.keeping import operations as keeping
from steward.console.keeping.models import RetentionRun
from steward.console.staffing.operations import apply_people
from steward.ground.access import sessions
from steward.ground.access.models import SignInNote, SignInSession, User
from steward.ground.journal.models import Entry
from steward.ground.rules import operations as rules
from tests.cast import AT, SETUP, World
from tests.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.collision]
FILE = "姓名,登录名,机构,角色\n何新,he.xin,滨江支行/柜面组,一线员工\n"


def test_one_file_sent_twice_at_once_takes_on_once(committed_world: World) -> None:
    world = committed_world
    actors = [world.actor("manager"), world.actor("administrator")]
    done = at_once([lambda by=by: apply_people(organisation=world.bank, text=FILE, by=by, at=AT) for by in actors])
    assert [outcome.error for outcome in done] == [None, None]
    assert sorted(len(outcome.value.taken_on) for outcome in done) == [0, 1]
    assert User.objects.filter(username="he.xin").count() == 1


def test_a_day_is_run_once_by_two_workers(committed_world: World) -> None:
    world = committed_world
    rules.publish_rule(
        kind="retention", key="sign_ins", unit=world.bank, body={"days": 180}, source="制度", valid_from=date(2026, 1, 1), by=SETUP, at=AT
    )
    SignInNote.objects.create(user=world.cast.front_line, at=AT - timedelta(days=200), result="refused")
    day = date(2026, 3, 2)
    runs = at_once([lambda: keeping.run_rules(organisation=world.bank, day=day, by=keeping.NIGHT, at=AT) for _number in range(2)])
    assert [outcome.error for outcome in runs] == [None, None]
    assert sum(outcome.value is not None for outcome in runs) == 1
    assert RetentionRun.objects.get().report["sign_ins"]["erased"] == 1


def test_a_session_that_two_end_is_one_entry(committed_world: World) -> None:
    world = committed_world
    user = world.cast.front_line
    SignInSession.objects.create(user=user, session_key="x", started_at=AT, seen_at=AT)
    actors = [world.actor("administrator"), world.actor("administrator")]
    ended = at_once([lambda by=by: sessions.end_all_of(user=user, by=by, at=AT, reason="设备丢失") for by in actors])
    assert [outcome.error for outcome in ended] == [None, None]
    assert sorted(outcome.value for outcome in ended) == [0, 1]
    assert Entry.objects.filter(code="access.sessions_ended").count() == 1
