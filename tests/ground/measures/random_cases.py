"""Many cases of every sort, written straight into the tables: for counting, not for working on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import Model
from tests.cast import AT, World

from steward.contact.datahub.models import ImportRun
from steward.core.cases.models import Assignment, Case, Message, Promise, StateSpan
from steward.core.customers.models import Customer
from steward.core.encounters.models import Exposure, Interaction
from steward.core.org.models import Presence, Staff

KINDS = ["enquiry", "request", "complaint", "praise"]
CHANNELS = ["counter", "phone", "web"]


def fill(world: World, count: int, seed: int = 1) -> list[Case]:
    """Cases of the last hundred days in four units, some confidential, with answers, reopenings, hand-overs and promises. Returns them."""
    rng = Random(seed)
    units = [world.counter_team, world.lobby_team, world.branch, world.other_branch]
    staff = list(Staff.objects.filter(unit__path__startswith=world.bank.path).order_by("pk"))
    people = [
        Customer(
            organisation=world.bank, unit=world.branch, name=f"客户{index}", kind=rng.choice(["person", "organisation"]), created_at=AT
        )
        for index in range(max(count // 4, 1))
    ]
    people = Customer.objects.bulk_create(people)
    cases = Case.objects.bulk_create([_case(rng, world, index, units, people, staff) for index in range(count)])
    made: dict[type[Model], list[Any]] = {Message: [], Assignment: [], Promise: [], StateSpan: []}
    for case in cases:
        for row in _history(rng, case, staff):
            made[type(row)].append(row)
    for model, rows in made.items():
        model._default_manager.bulk_create(rows)
    _exposures(rng, world)
    return cases


def _case(rng: Random, world: World, index: int, units: list, people: list[Customer], staff: list[Staff]) -> Case:
    opened = AT - timedelta(minutes=rng.randrange(1, 100 * 24 * 60))
    closed = opened + timedelta(minutes=round(rng.expovariate(1 / 2000))) if rng.random() < 0.85 else None
    if closed is not None and closed >= AT:
        closed = None
    return Case(
        organisation=world.bank,
        number=f"R-{index:06d}",
        unit=rng.choice(units),
        kind=rng.choice(KINDS),
        channel=rng.choice(CHANNELS),
        priority=rng.choice(["normal", "high"]),
        title="随机",
        customer=rng.choice(people) if rng.random() < 0.8 else None,
        state="closed" if closed else "open",
        resolution=rng.choice(["answered", "fulfilled", "withdrawn"]) if closed else "",
        assignee=rng.choice(staff),
        confidential=rng.random() < 0.05,
        opened_at=opened,
        closed_at=closed,
        changed_at=closed or opened,
    )


def _history(rng: Random, case: Case, staff: list[Staff]) -> Iterator[Model]:
    end = case.closed_at or AT
    span = (end - case.opened_at).total_seconds()
    answered = case.opened_at + timedelta(seconds=round(span * rng.random())) if rng.random() < 0.8 else None
    if rng.random() < 0.3:
        yield Message(case=case, direction="out", channel=case.channel, body="已收到", automatic=True, at=case.opened_at)
    if answered is not None:
        yield Message(case=case, direction="out", channel=case.channel, body="答复", at=answered)
    yield from _spans(rng, case)
    for place in range(rng.choice([1, 1, 1, 2, 3])):
        last = timedelta(seconds=round(span * place / 3))
        yield Assignment(case=case, staff=rng.choice(staff), started_at=case.opened_at + last, ended_at=end)
    due = case.opened_at + timedelta(minutes=rng.randrange(60, 3000))
    late = answered is None or answered > due
    yield Promise(
        case=case, basis="spoken", kind="first_response", clock=rng.choice(["statutory", "operational"]), started_at=case.opened_at,
        fixed_due_at=due, due_at=due, met_at=answered, missed_at=due if late and due < AT else None,
        cancelled_at=AT if rng.random() < 0.05 else None,
    )  # fmt: skip


def _spans(rng: Random, case: Case) -> Iterator[StateSpan]:
    """Closed once, or closed, opened again and perhaps closed again."""
    first = case.opened_at + timedelta(minutes=5)
    if case.closed_at is None and rng.random() < 0.7:
        yield StateSpan(case=case, state="open", started_at=case.opened_at)
        return
    if rng.random() < 0.15 or case.closed_at is None:
        again = first + timedelta(days=rng.randrange(0, 60))
        yield StateSpan(case=case, state="open", started_at=case.opened_at, ended_at=first)
        yield StateSpan(case=case, state="closed", started_at=first, ended_at=again)
        yield StateSpan(case=case, state="open", started_at=again, ended_at=case.closed_at)
    else:
        yield StateSpan(case=case, state="open", started_at=case.opened_at, ended_at=case.closed_at)
    if case.closed_at is not None:
        yield StateSpan(case=case, state="closed", started_at=case.closed_at)


def _exposures(rng: Random, world: World) -> None:
    start = (AT - timedelta(days=100)).date()
    Exposure.objects.bulk_create(
        Exposure(unit=unit, day_date=start + timedelta(days=day), count=rng.randrange(20, 200), source="test")
        for unit in (world.counter_team, world.other_branch)
        for day in range(100)
    )


def fill_work(world: World, count: int, seed: int = 2) -> None:
    """What is not a case: contacts (some not ended), where people were (the open row is now), imports (some not finished), and daily counts."""
    rng = Random(seed)
    units = [world.counter_team, world.lobby_team, world.branch, world.other_branch]
    staff = list(Staff.objects.filter(unit__path__startswith=world.bank.path).order_by("pk"))
    Interaction.objects.bulk_create(_contact(rng, units) for _ in range(count))
    for person in staff:
        Presence.objects.filter(staff=person).delete()
        Presence.objects.bulk_create(_day_of(rng, person))
    ImportRun.objects.bulk_create(_run(rng, world, rng.choice(units)) for _ in range(60))
    _exposures(rng, world)


def _contact(rng: Random, units: list) -> Interaction:
    start = AT - timedelta(seconds=rng.randrange(60, 100 * 24 * 3600))
    end = start + timedelta(seconds=rng.randrange(10, 3600)) if rng.random() < 0.9 else None
    return Interaction(unit=rng.choice(units), channel=rng.choice(CHANNELS), started_at=start, ended_at=end, source="test")


def _day_of(rng: Random, person: Staff) -> Iterator[Presence]:
    """One state after the other over the last eighty days; the last is still open."""
    at = AT - timedelta(days=80)
    while True:
        end = at + timedelta(minutes=rng.randrange(5, 1500))
        row = Presence(staff=person, state=rng.choice(Presence.State.values), started_at=at, ended_at=end if end < AT else None)
        yield row
        if row.ended_at is None:
            return
        at = end


def _run(rng: Random, world: World, unit: Any) -> ImportRun:
    records = rng.choice([0, rng.randrange(1, 4000)])
    failed = rng.randrange(records + 1) if rng.random() < 0.6 else 0
    at = AT - timedelta(minutes=rng.randrange(1, 100 * 24 * 60))
    done = rng.random() < 0.8
    return ImportRun(
        organisation=world.bank, unit=unit, source="test", mapping={}, file_name="t.csv", file_sha256="0" * 64, created_at=at,
        state="done" if done else "running", records=records, created=records - failed, failed=failed, finished_at=at if done else None,
    )  # fmt: skip


def local_day(instant: datetime | None) -> object:
    """The day in the bank's zone."""
    from zoneinfo import ZoneInfo

    return instant.astimezone(ZoneInfo("Asia/Shanghai")).date() if instant else None
