"""Retention: the preview is what the run does; holds protect, by rule and by hand; the journal proves each erasure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.cast import AT, SETUP, World

from steward.console.keeping import operations
from steward.console.keeping.kinds import KINDS
from steward.console.keeping.models import LegalHold, RetentionRun
from steward.console.keeping.queries import due_on
from steward.core.cases import operations as cases
from steward.core.customers import operations as customers
from steward.core.customers.models import Customer
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import SignInNote, SignInSession
from steward.ground.access.operations import NeedsReason
from steward.ground.journal.models import Entry
from steward.ground.rules import files
from steward.ground.rules import operations as rules

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def rule(world: World, key: str, days: int) -> None:
    rules.publish_rule(
        kind="retention", key=key, unit=world.bank, body={"days": days}, source="内部制度", valid_from=date(2026, 1, 1), by=SETUP, at=AT
    )


def note(world: World, days_ago: int, name: str = "front_line") -> SignInNote:
    return SignInNote.objects.create(user=getattr(world.cast, name), at=AT - timedelta(days=days_ago), result="refused")


def due(world: World, key: str, day: date = DAY) -> Any:
    return next(each for each in due_on(world.bank, day) if each.kind.key == key)


def run(world: World, day: date = DAY) -> Any:
    return operations.run_rules(organisation=world.bank, day=day, by=operations.NIGHT, at=AT)


def old_customer(world: World, days: int = 800) -> Customer:
    Customer.objects.filter(pk=world.customer.pk).update(created_at=AT - timedelta(days=days))
    world.customer.refresh_from_db()
    return world.customer


def test_without_a_rule_nothing_is_due(world: World) -> None:
    note(world, 5000)
    assert (due(world, "sign_ins").days, due(world, "sign_ins").ids) == (None, ())
    run(world)
    assert SignInNote.objects.count() == 1


def test_the_preview_is_what_the_run_does(world: World) -> None:
    rule(world, "sign_ins", 180)
    old, edge, young = note(world, 200), note(world, 181), note(world, 179)
    foreign = note(world, 900, "outsider")
    seen = due(world, "sign_ins")
    assert set(seen.ids) == {old.pk, edge.pk}
    assert seen.sample == [f"#{old.pk}", f"#{edge.pk}"]
    assert SignInNote.objects.count() == 4  # looking erases nothing
    found = run(world)
    assert found.report["sign_ins"] == {"days": 180, "erased": 2, "held": 0}
    assert set(SignInNote.objects.values_list("pk", flat=True)) == {young.pk, foreign.pk}


def test_a_later_day_shows_more(world: World) -> None:
    rule(world, "sign_ins", 180)
    row = note(world, 100)
    assert due(world, "sign_ins").ids == ()
    assert due(world, "sign_ins", DAY + timedelta(days=120)).ids == (row.pk,)


def test_a_day_is_run_once(world: World) -> None:
    rule(world, "sign_ins", 180)
    note(world, 200)
    assert run(world) is not None
    note(world, 200)
    assert run(world) is None
    assert SignInNote.objects.count() == 1
    assert RetentionRun.objects.count() == 1
    entry = Entry.objects.get(code="keeping.rules_run")
    assert dict(zip(entry.public["kinds"], entry.public["counts"], strict=True)) == {"customers": 0, "sessions": 0, "sign_ins": 1}


def test_open_sessions_that_are_used_stay(world: World) -> None:
    rule(world, "sessions", 30)
    long_ago = AT - timedelta(days=40)
    made = {"user": world.cast.front_line, "started_at": long_ago}
    SignInSession.objects.create(session_key="a", seen_at=long_ago, ended_at=long_ago, **made)
    used = SignInSession.objects.create(session_key="b", seen_at=AT, **made)
    run(world)
    assert SignInSession.objects.get() == used


def test_customers_are_erased_through_the_erasure_of_the_house(world: World) -> None:
    rule(world, "customers", 730)
    customer = old_customer(world)
    assert due(world, "customers").ids == (customer.pk,)
    run(world)
    customer.refresh_from_db()
    assert customer.erased_at == AT
    assert customer.name == ""
    entry = Entry.objects.get(code="customers.customer_erased")
    assert entry.subject_id == customer.pk
    assert due(world, "customers").ids == ()
    world.other_customer.refresh_from_db()
    assert world.other_customer.erased_at is None


def test_a_customer_with_open_or_recent_work_stays(world: World) -> None:
    rule(world, "customers", 730)
    customer = old_customer(world)
    by = world.actor("front_line")
    cases.open_case(unit=world.counter_team, kind="request", channel="counter", title="换卡", customer=customer, by=by, at=AT)
    assert due(world, "customers").ids == ()


def test_a_hold_protects_from_the_rule_and_from_hands(world: World) -> None:
    rule(world, "customers", 730)
    customer = old_customer(world)
    hold = operations.place_hold(
        organisation=world.bank, kind="customers", customer=str(customer.public_id), reason="诉讼", by=world.actor("administrator"), at=AT
    )
    assert (due(world, "customers").ids, due(world, "customers").held) == ((), 1)
    run(world)
    with pytest.raises(customers.OnHold):
        customers.erase_customer(customer=customer, by=world.actor("manager"), at=AT, reason="本人申请")
    customer.refresh_from_db()
    assert customer.erased_at is None
    assert operations.lift_hold(hold=hold, by=world.actor("administrator"), at=AT)
    assert not operations.lift_hold(hold=hold, by=world.actor("administrator"), at=AT)
    run(world, DAY + timedelta(days=1))
    customer.refresh_from_db()
    assert customer.erased_at is not None
    assert {"keeping.hold_placed", "keeping.hold_lifted"} <= set(Entry.objects.values_list("code", flat=True))
    hold.refresh_from_db()
    assert hold.reason == ""  # it was about the person


def test_a_hold_on_all_of_a_kind(world: World) -> None:
    rule(world, "sign_ins", 180)
    note(world, 200)
    operations.place_hold(organisation=world.bank, kind="sign_ins", customer="", reason="内部调查", by=SETUP, at=AT)
    assert (due(world, "sign_ins").count, due(world, "sign_ins").held) == (0, 1)
    run(world)
    assert SignInNote.objects.count() == 1


def test_who_may_hold_and_run_and_with_which_words(world: World) -> None:
    for name in ("front_line", "manager", "outsider"):
        with pytest.raises(Forbidden):
            operations.place_hold(organisation=world.bank, kind="sign_ins", customer="", reason="x", by=world.actor(name), at=AT)
        with pytest.raises(Forbidden):
            operations.run_rules(organisation=world.bank, day=DAY, by=world.actor(name), at=AT)
    by = world.actor("administrator")
    with pytest.raises(NeedsReason):
        operations.place_hold(organisation=world.bank, kind="sign_ins", customer="", reason=" ", by=by, at=AT)
    with pytest.raises(operations.NothingToHold):
        operations.place_hold(organisation=world.bank, kind="customers", customer="K-404", reason="诉讼", by=by, at=AT)
    assert not LegalHold.objects.exists()


def test_rules_that_come_with_the_house_are_flagged(world: World) -> None:
    files.load_builtin_rules(AT)
    assert (due(world, "sign_ins").days, due(world, "sign_ins").unverified) == (400, True)
    assert "待核实" in due(world, "sign_ins").source
    assert due(world, "customers").days is None


def test_the_page_shows_a_day(world: World, signed_in: Any) -> None:
    rule(world, "sign_ins", 180)
    row = note(world, 100)
    client = signed_in("administrator")
    assert f"#{row.pk}" not in client.get("/operate/retention/").content.decode()
    page = client.get("/operate/retention/", {"day": "2026-07-01"}).content.decode()
    assert f"#{row.pk}" in page
    client.post("/operate/retention/holds/", {"kind": "sign_ins", "reason": "内部调查"})
    assert "内部调查" in client.get("/operate/retention/").content.decode()
    assert client.post("/operate/retention/holds/", {"kind": "customers", "customer": "K-404", "reason": "诉讼"}).status_code == 422
    assert set(KINDS) == {"customers", "sessions", "sign_ins"}
