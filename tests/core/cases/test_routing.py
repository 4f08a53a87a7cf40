"""Routing: who gets a case that nobody has, and why not the others (R-005, R-064)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from tests.cast import AT, SETUP, World, local
from tests.core.cases.routing_people import EARLY, capacity, opened, rule, skill, team

from steward.core.cases import operations as cases
from steward.core.cases import routing
from steward.core.cases.models import Assignment, Case, Concern, RoutingDecision, RoutingRule
from steward.core.cases.routing.candidates import people_for, used_by
from steward.core.cases.routing.errors import AlreadyReplaced, BadPeriod, BadRule, DeskFull, NotHere, NothingToPull
from steward.core.cases.routing.jobs import HAND_OUT, hand_out, hand_out_again, route_waiting, take_back_lying
from steward.core.cases.routing.operations import ROUTER
from steward.core.cases.sentences import timeline
from steward.core.org import operations as org
from steward.core.org.models import Staff
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import User
from steward.ground.jobs import transitions
from steward.ground.jobs.context import JobContext
from steward.ground.jobs.models import Job
from steward.ground.jobs.realtime import real_now
from steward.ground.jobs.runner import actor_of
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry
from steward.ground.journal.subscribers import pump_all


def route(case: Case, at: Any = AT) -> RoutingDecision:
    decision = routing.route_case(case=case, by=ROUTER, at=at)
    assert decision is not None
    return decision


def of(staff: Staff) -> Actor:
    return Actor.staff(User.objects.get(pk=staff.user_id))


def row_of(decision: RoutingDecision, staff: Staff) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in decision.candidates if row["staff"] == staff.pk)
    return found


def test_without_a_rule_nobody_gets_anything(world: World) -> None:
    team(world, 2)
    case = opened(world)
    assert routing.route_case(case=case, by=ROUTER, at=AT) is None
    assert route_waiting(AT) == 0
    pump_all(at=AT, holder="test")
    assert hand_out_again(AT) is None
    assert not Job.objects.filter(name=HAND_OUT).exists()
    case.refresh_from_db()
    assert (case.assignee, case.state) == (None, "new")


def test_in_turn_is_fair_over_a_run(world: World) -> None:
    workers = team(world, 5)
    rule(world, strategy="round_robin")
    got = Counter(route(opened(world)).chosen_id for _ in range(23))
    assert set(got) == {staff.pk for staff in workers}
    assert max(got.values()) - min(got.values()) <= 1


def test_least_load_counts_in_weights_and_nobody_is_filled_beyond_their_capacity(world: World) -> None:
    first, second = team(world, 2)
    capacity(world, 100, {"phone": 100, "chat": 33, "email": 10})
    rule(world)
    assert [route(opened(world, channel="chat")).chosen_id for _ in range(2)] == [first.pk, second.pk]
    assert route(opened(world)).chosen_id == first.pk, "33 each: the lower id"
    assert route(opened(world)).chosen_id == second.pk
    assert [route(opened(world, channel="chat")).chosen_id for _ in range(2)] == [first.pk, second.pk]
    phone = route(opened(world, channel="phone"))
    assert phone.how == "nobody"
    assert row_of(phone, first) | {"refused": ["full"], "used": 76, "capacity": 100} == row_of(phone, first)
    held = Case.objects.filter(assignee=first, channel="chat").first()
    assert held is not None
    cases.hold_case(case=held, reason_code="awaiting_customer", by=SETUP, at=AT)
    assert route(opened(world, channel="chat")).chosen_id == first.pk, "what is on hold takes nothing"


def test_whoever_worked_for_the_customer_goes_on_within_the_window(world: World) -> None:
    first, second = team(world, 2)
    rule(world, continuity_days=7)
    earlier = opened(world, customer=world.customer, at=AT - timedelta(days=3))
    cases.assign_case(case=earlier, to=second, by=SETUP, at=AT - timedelta(days=3))
    again = route(opened(world, customer=world.customer))
    assert (again.chosen_id, again.how) == (second.pk, "continuity"), "though they hold more"
    later = AT + timedelta(days=14)
    for staff in (first, second):
        cases_held = Case.objects.filter(assignee=staff)
        for case in cases_held:
            cases.close_case(case=case, resolution="withdrawn", reason="试", by=SETUP, at=AT)
    assert route(opened(world, customer=world.customer, at=later), later).how == "least_load"
    about = opened(world, customer=world.customer)
    cases.name_concerned(case=about, staff=second, by=SETUP, at=AT)
    decision = route(about)
    assert decision.chosen_id == first.pk
    assert row_of(decision, second)["refused"] == ["concerned"]


def test_skills_with_levels_relax_after_a_wait(world: World) -> None:
    junior, senior = team(world, 2)
    english = skill(world, "english")
    org.judge_skill(staff=junior, skill=english, level=2, by=SETUP, at=AT)
    org.judge_skill(staff=senior, skill=english, level=4, by=SETUP, at=AT)
    rule(world, skills=[routing.WantedSkill(english, 3, relax_after_minutes=30)])
    assert route(opened(world)).chosen_id == senior.pk
    org.set_presence(staff=senior, state="break", by=SETUP, at=AT)
    case = opened(world)
    decision = route(case)
    assert (decision.how, row_of(decision, junior)["refused"], row_of(decision, senior)["refused"]) == ("nobody", ["skill"], ["break"])
    before = Entry.objects.count()
    assert route(case, AT + timedelta(minutes=29)) == decision, "the same answer is written once"
    assert Entry.objects.count() == before
    assert route(case, AT + timedelta(minutes=30)).chosen_id == junior.pk


def test_only_those_who_are_there_and_may_are_asked(world: World) -> None:
    here, busy, unseen = team(world, 1)[0], team(world, 1, state="busy")[0], team(world, 1, state="")[0]
    lead = world.staff("supervisor")
    org.set_presence(staff=lead, state="available", by=SETUP, at=AT)
    made = rule(world)
    decision = route(opened(world))
    assert decision.chosen_id == here.pk
    wanted = {here: [], busy: ["busy"], unseen: ["not_seen"], lead: ["hands_out"], world.staff("front_line"): ["not_seen"]}
    assert {staff.pk: codes for staff, codes in wanted.items()}.items() <= {
        row["staff"]: row["refused"] for row in decision.candidates
    }.items()
    assert world.staff("other_team").pk not in {row["staff"] for row in decision.candidates}, "their role is for another team"
    routing.save_rule(unit=world.branch, terms=routing.Terms("全体", with_leads=True), rule=made, by=SETUP, at=AT)
    assert route(opened(world)).chosen_id == lead.pk, "has least"
    evening = local("2026-03-02 18:00")
    assert {"shift_over"} <= set(row_of(route(opened(world), evening), here)["refused"])


def test_a_confidential_case_goes_to_nobody_outside_its_list(world: World) -> None:
    team(world, 1)
    rule(world)
    decision = route(opened(world, confidential=True))
    assert decision.how == "nobody"
    assert all("not_listed" in row["refused"] for row in decision.candidates)


@pytest.mark.parametrize("seed", range(3))
def test_no_run_breaks_recusal_presence_or_capacity_and_every_answer_is_complete(seed: int, world: World) -> None:
    rng = Random(seed)
    workers = team(world, 4)
    capacity(world, 60, {"chat": 33, "phone": 50, "email": 10})
    rule(world, strategy=rng.choice(["least_load", "round_robin"]), continuity_days=30)
    at = AT
    for _step in range(14):
        at += timedelta(minutes=3)
        org.set_presence(staff=rng.choice(workers), state=rng.choice(["available", "available", "break", "sick"]), by=SETUP, at=at)
        case = opened(world, channel=rng.choice(["chat", "phone", "email"]), customer=rng.choice([None, world.customer]), at=at)
        for staff in rng.sample(workers, rng.randrange(3)):
            cases.name_concerned(case=case, staff=staff, by=SETUP, at=at)
        foreseen = routing.consider(case, at)
        decision = route(case, at)
        assert foreseen is not None
        assert decision.chosen_id == (foreseen.chosen.staff.pk if foreseen.chosen else None), "the same question has the same answer"
        _complete(decision, case, at)
    held = used_by(staff.pk for staff in workers)
    weights = {"chat": 33, "phone": 50, "email": 10}
    assert all(sum(weights[channel] * count for channel, count in of_one.items()) <= 60 for of_one in held.values())


def _complete(decision: RoutingDecision, case: Case, at: Any) -> None:
    """Everybody who could have had it is named; whoever got it had nothing against them, and all others have a reason in words."""
    rows = {row["staff"]: row for row in decision.candidates}
    assert set(rows) == {staff.pk for staff, _leads in people_for(case, at)}
    concerned = set(Concern.objects.filter(case=case).values_list("staff_id", flat=True))
    assert all("concerned" in rows[pk]["refused"] for pk in concerned)
    if decision.chosen_id is not None:
        assert decision.chosen_id not in concerned
        assert rows[decision.chosen_id]["refused"] == []
        assert decision.assignment == Assignment.objects.get(case=case, ended_at=None)
    (explained,) = routing.decisions_of(case)
    assert all(person.chosen or person.reasons for person in explained.people)
    entry = Entry.objects.get(code="cases.case_routed", subject_id=case.pk)
    assert (entry.public["decision"], entry.public["chosen"], entry.public["considered"]) == (decision.pk, decision.chosen_id, len(rows))


def test_the_nearest_fitting_rule_wins_and_versions_stay(world: World) -> None:
    team(world, 1)
    above = rule(world, unit=world.bank, name="全行")
    rule(world, unit=world.bank, name="次序在后")
    near = rule(world, unit=world.counter_team, name="投诉", kinds=["complaint"], channels=["email"], languages=["en"])
    rule(world, unit=world.counter_team, name="过期", valid_to_date=AT.date() - timedelta(days=1))
    plain, foreign = opened(world), opened(world, kind="complaint", customer=world.customer)
    assert [routing.rule_for(case, AT) for case in (plain, foreign)] == [above, above]
    world.customer.language = "en"
    world.customer.save(update_fields=["language"])
    foreign = Case.objects.get(pk=foreign.pk)
    assert routing.rule_for(foreign, AT) == near
    assert route(foreign).rule == near
    newer = routing.save_rule(unit=near.unit, terms=routing.Terms("投诉二"), rule=near, by=SETUP, at=AT)
    assert (newer.version, newer.lineage, newer.position) == (2, near.lineage, near.position)
    assert RoutingRule.objects.get(pk=near.pk).kinds == ["complaint"], "what was decided under it stays explicable"
    assert routing.rule_for(plain, AT) == newer
    with pytest.raises(AlreadyReplaced):
        routing.save_rule(unit=near.unit, terms=routing.Terms("晚了"), rule=near, by=SETUP, at=AT)
    routing.close_rule(rule=newer, by=SETUP, at=AT)
    assert routing.rule_for(plain, AT) == above
    last = RoutingRule.objects.get(name="次序在后")
    routing.raise_rule(rule=last, by=SETUP, at=AT)
    assert routing.rule_for(plain, AT) == last


def test_rules_belong_to_those_who_hand_out_work_there(world: World) -> None:
    lead, clerk = world.actor("supervisor"), world.actor("front_line")
    with pytest.raises(Forbidden):
        routing.save_rule(unit=world.branch, terms=routing.Terms("我的"), by=clerk, at=AT)
    with pytest.raises(Forbidden):
        routing.save_rule(unit=world.bank, terms=routing.Terms("全行"), by=lead, at=AT)
    of_bank = rule(world, unit=world.bank)
    for act in (routing.close_rule, routing.raise_rule):
        with pytest.raises(Forbidden):
            act(rule=of_bank, by=lead, at=AT)
    foreign = skill(world, "x")
    foreign.organisation = world.hotel
    with pytest.raises(BadRule):
        routing.save_rule(unit=world.branch, terms=routing.Terms("x", skills=[routing.WantedSkill(foreign, 1)]), by=lead, at=AT)
    backwards = routing.Terms("x", valid_from_date=AT.date(), valid_to_date=AT.date() - timedelta(days=1))
    with pytest.raises(BadPeriod):
        routing.save_rule(unit=world.branch, terms=backwards, by=lead, at=AT)
    assert set(RoutingRule.objects.visible_to(lead.user, at=AT)) == {of_bank}
    assert not RoutingRule.objects.visible_to(clerk.user, at=AT).exists()
    assert RoutingRule.objects.count() == 1


def test_what_came_in_is_handed_out_and_what_waits_is_asked_again(world: World) -> None:
    (worker,) = team(world, 1, state="break")
    rule(world)
    case, other = opened(world), opened(world)
    pump_all(at=AT, holder="test")
    assert Job.objects.filter(name=HAND_OUT).count() == 1, "one job for all that came"
    assert route_waiting(AT) == 0
    assert RoutingDecision.objects.filter(how="nobody").count() == 1, "nobody is free for the next of the channel either"
    org.set_presence(staff=worker, state="available", by=SETUP, at=AT)
    assert hand_out_again(AT)
    queued = transitions.claim(("default",), worker="w", now=real_now())
    assert queued is not None
    assert hand_out.handler(JobContext(queued, transitions.run_of(queued), actor_of(queued), AT)) == 2
    assert route_waiting(AT) == 0
    assert set(Case.objects.filter(assignee=worker)) == {case, other}


def test_what_lies_is_taken_back_and_never_goes_to_the_same_person_twice_in_a_row(world: World) -> None:
    first, second = team(world, 2)
    rule(world, take_back_minutes=60, continuity_days=7)
    start = local("2026-03-02 11:30")
    case = opened(world, at=start, customer=world.customer)
    assert route(case, start).chosen_id == first.pk
    assert take_back_lying(local("2026-03-02 13:29")) == 0, "noon is no working time"
    at = local("2026-03-02 13:30")
    assert take_back_lying(at) == 1
    case.refresh_from_db()
    assert case.assignee_id == second.pk
    taken = RoutingDecision.objects.get(chosen=first)
    assert (taken.taken_back_at, taken.taken_back_why) == (at, "silent")
    assert row_of(RoutingDecision.objects.get(chosen=second), first)["refused"] == ["had_it"]
    assert take_back_lying(at) == 0, "safe to repeat"
    cases.add_message(case=case, direction="note", body="在看", by=of(second), at=at + timedelta(minutes=5))
    assert take_back_lying(at + timedelta(hours=3)) == 0, "somebody began"
    assert not RoutingDecision.objects.filter(settled_at=None).exists()
    said = [line.text for line in timeline(Entry.objects.filter(subject_type="cases.case", subject_id=case.pk).order_by("seq"))]
    assert any(first.user.name in line and "收回工单" in line for line in said)


def test_whoever_goes_away_before_beginning_loses_the_case_at_once(world: World) -> None:
    (only,) = team(world, 1)
    rule(world, take_back_minutes=240)
    case = opened(world)
    route(case)
    org.set_presence(staff=only, state="break", by=SETUP, at=AT + timedelta(minutes=1))
    assert take_back_lying(AT + timedelta(minutes=2)) == 0, "a break is no absence"
    org.set_presence(staff=only, state="sick", by=SETUP, at=AT + timedelta(minutes=3))
    assert take_back_lying(AT + timedelta(minutes=4)) == 1
    case.refresh_from_db()
    assert case.assignee is None
    org.set_presence(staff=only, state="available", by=SETUP, at=AT + timedelta(minutes=5))
    assert route(case, AT + timedelta(minutes=6)).how == "nobody", "not to the same person twice in a row"
    by_hand = opened(world)
    cases.assign_case(case=by_hand, to=only, by=SETUP, at=AT)
    assert take_back_lying(AT + timedelta(days=3)) == 0, "what a person gave by hand is left alone"


def test_asking_for_the_next_case(world: World) -> None:
    me = world.staff("front_line")
    by = world.actor("front_line")
    at = AT + timedelta(minutes=1)
    capacity(world, 20)
    with pytest.raises(NothingToPull):
        routing.pull_next(staff=me, by=by, at=at)
    about_me = opened(world, priority="urgent")
    cases.name_concerned(case=about_me, staff=me, by=SETUP, at=AT)
    opened(world, unit=world.lobby_team, priority="urgent")
    old, high, low = opened(world, at=EARLY), opened(world, priority="high"), opened(world, priority="low")
    assert [routing.position(case) for case in (about_me, high, old, low)] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    with pytest.raises(Forbidden):
        routing.pull_next(staff=me, by=world.actor("supervisor"), at=at)
    decision = routing.pull_next(staff=me, by=by, at=at)
    assert (decision.case, decision.how, decision.chosen, decision.rule) == (high, "pull", me, None)
    assert routing.pull_next(staff=me, by=by, at=at).case == old
    assert routing.position(old) is None or Case.objects.get(pk=old.pk).assignee == me
    with pytest.raises(DeskFull):
        routing.pull_next(staff=me, by=by, at=at)
    org.set_presence(staff=me, state="break", by=by, at=at)
    with pytest.raises(NotHere):
        routing.pull_next(staff=me, by=by, at=at)
    assert Case.objects.filter(assignee=me).count() == 2


def test_a_pulled_case_respects_the_skills_of_its_rule(world: World) -> None:
    me, by = world.staff("front_line"), world.actor("front_line")
    english = skill(world, "english")
    rule(world, skills=[routing.WantedSkill(english, 2)])
    case = opened(world)
    with pytest.raises(NothingToPull):
        routing.pull_next(staff=me, by=by, at=AT)
    org.judge_skill(staff=me, skill=english, level=2, by=SETUP, at=AT)
    assert routing.pull_next(staff=me, by=by, at=AT).case == case
