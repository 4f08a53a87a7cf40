"""Internal requests: who asks whom, the clock of the department, hand-backs, the head's warning, what the case waits for, who sees what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import SETUP, World, local

from steward.contact.together import operations as together
from steward.contact.together.errors import (
    AlreadyAsked,
    ConfidentialCase,
    HeldByAnother,
    NeedsBounceReason,
    NotInThisState,
    RequestsOut,
    SameDepartment,
)
from steward.contact.together.holding import age_minutes, held_by, minutes_held
from steward.contact.together.models import InternalRequest, RequestSpan
from steward.core.cases import operations as cases
from steward.core.cases.errors import CannotAssign
from steward.core.cases.models import Case, Task
from steward.ground.access.errors import Forbidden, Refused
from steward.ground.delivery.models import Notice
from steward.ground.journal import personal
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import Person
from steward.ground.measures import loading
from steward.ground.measures.evaluate import evaluate
from steward.ground.measures.questions import Question, Window
from steward.ground.measures.viewers import viewer_of
from steward.ground.worktime.queries import work_calendar_for
from steward.science.worktime import working_time_between

pytestmark = pytest.mark.django_db
MORNING = local("2026-03-02 09:00")  # Monday; the calendar works 09–12 and 13–18


@pytest.fixture
def case(world: World) -> Case:
    return cases.open_case(
        unit=world.counter_team, kind="complaint", channel="counter", title="多扣了钱", customer=world.customer, by=SETUP, at=MORNING
    )


def ask(world: World, case: Case, at: datetime = MORNING, **more: Any) -> InternalRequest:
    return together.send_request(
        case=case, to_unit=more.pop("to", world.lobby_team), question="请核对扣费", by=world.actor("front_line"), at=at, **more
    )


def accept(world: World, request: InternalRequest, at: datetime, who: str = "other_team") -> InternalRequest:
    return together.accept_request(request=request, staff=world.staff(who), by=world.actor(who), at=at)


def hand_back(world: World, request: InternalRequest, at: datetime) -> InternalRequest:
    return together.return_request(request=request, code="incomplete", words="缺流水号", by=world.actor("other_team"), at=at)


def answer(world: World, request: InternalRequest, at: datetime) -> InternalRequest:
    return together.answer_request(request=request, answer="已核对", by=world.actor("other_team"), at=at)


def test_r006_an_overdue_case_says_which_department_held_it_and_the_hours_add_up(
    world: World, case: Case, signed_in: Any, monkeypatch: Any
) -> None:
    request = ask(world, case, local("2026-03-02 10:00"))
    accept(world, request, local("2026-03-02 11:00"))
    hand_back(world, request, local("2026-03-02 14:00"))
    together.send_again(request=request, question="流水号已补", by=world.actor("front_line"), at=local("2026-03-02 15:00"))
    other = ask(world, case, local("2026-03-02 16:00"), to=world.other_branch)
    now = local("2026-03-04 10:00")
    cases.mark_missed_promises(at=now)
    held = {part.unit: part.working_minutes for part in held_by(case, now)}
    # Own: 09–10 and 14–15. Lobby: 10–12, 13–14 and from Monday 15:00 on; South, asked later, besides: the first one asked has it.
    lobby = 120 + 60 + 180 + 480 + 60
    assert held == {world.counter_team: 120, world.lobby_team: lobby}
    assert sum(held.values()) == age_minutes(case, now)
    together.cancel_request(request=other, by=world.actor("front_line"), at=now)
    monkeypatch.setattr("steward.ground.clock.now", lambda: now)
    page = signed_in("supervisor").get(f"/cases/{case.public_id}/beside/", HTTP_ACCEPT_LANGUAGE="en")
    text = page.content.decode()
    assert "柜面组" in text or "Counter team" in text
    assert "大堂组" in text or "Lobby team" in text
    assert sum(part.share for part in held_by(case, now)) == pytest.approx(1)


def test_the_clock_counts_the_receiving_department_and_rests_while_it_is_handed_back(world: World, case: Case) -> None:
    request = ask(world, case)
    assert (request.ola_minutes, request.due_at, request.escalates_at) == (240, local("2026-03-02 14:00"), local("2026-03-02 13:12"))
    returned = hand_back(world, request, local("2026-03-02 11:00"))
    assert (returned.due_at, returned.used_minutes, returned.bounce_count, returned.state) == (None, 120, 1, "returned")
    again = together.send_again(request=request, question="已补", by=world.actor("front_line"), at=local("2026-03-03 09:00"))
    assert (again.due_at, again.used_minutes) == (local("2026-03-03 11:00"), 120)
    done = answer(world, request, local("2026-03-03 10:30"))
    assert (done.used_minutes, done.missed_at, done.state) == (210, None, "answered")
    spans = [(span.state, span.unit_id) for span in request.spans.order_by("started_at", "pk")]
    lobby, counter = world.lobby_team.pk, world.counter_team.pk
    assert spans == [("sent", lobby), ("returned", counter), ("sent", lobby)]
    assert not RequestSpan.objects.filter(request=request, ended_at=None).exists()


def test_the_head_of_the_department_is_told_once_at_four_fifths_of_the_time(world: World, case: Case) -> None:
    request = ask(world, case)
    assert together.escalate_requests(at=local("2026-03-02 13:11")) == 0
    assert together.escalate_requests(at=local("2026-03-02 13:12")) == 1
    assert together.escalate_requests(at=local("2026-03-02 13:30")) == 0
    notice = Notice.objects.get()
    assert notice.user == world.cast.supervisor  # the lobby team has no head of its own: the branch's answers for it
    assert str(request.public_id) in notice.url
    assert together.mark_missed_requests(at=local("2026-03-02 14:01")) == 1
    assert together.mark_missed_requests(at=local("2026-03-02 14:02")) == 0
    late = answer(world, request, local("2026-03-02 15:00"))
    assert late.missed_at == late.due_at == local("2026-03-02 14:00")
    codes = list(Entry.objects.filter(code__startswith="together.").order_by("seq").values_list("code", flat=True))
    assert codes == [f"together.request_{what}" for what in ("sent", "escalated", "missed", "answered")]


def test_the_case_waits_for_the_answer_and_goes_on_with_it(world: World, case: Case) -> None:
    first = ask(world, case, hold=True)
    second = ask(world, case, MORNING + timedelta(minutes=5), to=world.other_branch, hold=True)
    case.refresh_from_db()
    assert (case.state, case.hold_reason) == ("on_hold", "awaiting_internal")
    answer(world, first, MORNING + timedelta(minutes=20))
    case.refresh_from_db()
    assert case.state == "on_hold"  # the other department is still asked
    together.cancel_request(request=second, by=world.actor("front_line"), at=MORNING + timedelta(minutes=30))
    case.refresh_from_db()
    assert case.state == "open"
    cases.hold_case(case=case, reason_code="awaiting_customer", by=world.actor("front_line"), at=MORNING + timedelta(minutes=40))
    third = ask(world, case, MORNING + timedelta(minutes=50), hold=True)
    answer(world, third, MORNING + timedelta(minutes=55))
    case.refresh_from_db()
    assert (case.state, case.hold_reason) == ("on_hold", "awaiting_customer")


def test_what_is_refused(world: World, case: Case) -> None:
    with pytest.raises(SameDepartment):
        ask(world, case, to=world.counter_team)
    with pytest.raises(Forbidden):
        together.send_request(case=case, to_unit=world.counter_team, question="?", by=world.actor("other_branch"), at=MORNING)
    request = ask(world, case)
    with pytest.raises(AlreadyAsked):
        ask(world, case)
    with pytest.raises(RequestsOut):
        cases.close_case(case=case, resolution="withdrawn", reason="不办了", by=world.actor("front_line"), at=MORNING)
    with pytest.raises(NeedsBounceReason):
        together.return_request(request=request, code="incomplete", words=" ", by=world.actor("other_team"), at=MORNING)
    with pytest.raises(Forbidden):
        together.answer_request(request=request, answer="好", by=world.actor("front_line"), at=MORNING)
    accept(world, request, MORNING)
    with pytest.raises(HeldByAnother):
        accept(world, request, MORNING, "supervisor")
    answer(world, request, MORNING)
    with pytest.raises(NotInThisState):
        hand_back(world, request, MORNING)
    cases.close_case(case=case, resolution="withdrawn", reason="不办了", by=world.actor("front_line"), at=MORNING)


def test_the_department_sees_the_request_and_only_who_accepted_it_the_case_and_only_to_read(
    world: World, case: Case, signed_in: Any
) -> None:
    request = ask(world, case)
    lobby = signed_in("other_team")
    page, file = f"/requests/{request.public_id}/", f"/cases/{case.public_id}/"
    assert lobby.get(page).status_code == 200
    assert lobby.get(file).status_code == 404
    assert lobby.post(f"{page}accept/").status_code == 302
    assert lobby.get(file).status_code == 200
    assert lobby.post(f"{file}hold/", {"reason_code": "awaiting_customer"}).status_code == 403
    assert str(request.public_id) in lobby.get("/todo/").content.decode()
    assert signed_in("other_branch").get(page).status_code == 404
    assert lobby.post(f"{page}answer/", {"answer": "已核对，多扣一笔"}).status_code == 302
    assert lobby.get(file).status_code == 404
    assert Task.objects.get(kind="together.request").state == "done"


def test_somebody_the_case_is_about_neither_sees_nor_takes_the_request(world: World, case: Case, signed_in: Any) -> None:
    request = ask(world, case)
    cases.name_concerned(case=case, staff=world.staff("other_team"), by=SETUP, at=MORNING)
    assert signed_in("other_team").get(f"/requests/{request.public_id}/").status_code == 404
    with pytest.raises((Forbidden, CannotAssign)):
        accept(world, request, MORNING)
    Case.objects.filter(pk=case.pk).update(confidential=True)
    with pytest.raises(ConfidentialCase):
        together.send_request(case=case, to_unit=world.other_branch, question="?", by=SETUP, at=MORNING)


def test_what_was_written_about_a_person_is_blanked(world: World, case: Case) -> None:
    request = hand_back(world, ask(world, case), MORNING)
    person = Person.of(world.customer)
    assert len(personal.export_person(person)["together"]) == 1
    personal.erase_person(person, at=MORNING)
    request.refresh_from_db()
    assert (request.question, request.spans.get(state="returned").words) == ("", "")


def test_the_departments_in_figures_are_those_of_the_rows(world: World, signed_in: Any) -> None:
    when = local("2026-02-25 09:00")
    for minutes in (30, 90, 300):
        case = cases.open_case(unit=world.counter_team, kind="request", channel="phone", title="查账", by=SETUP, at=when)
        request = ask(world, case, when)
        if minutes == 90:
            hand_back(world, request, when + timedelta(minutes=10))
            together.send_again(request=request, question="已补", by=world.actor("front_line"), at=when + timedelta(minutes=20))
        answer(world, request, when + timedelta(minutes=minutes))
        cases.close_case(
            case=case, resolution="withdrawn", reason="已转", by=world.actor("front_line"), at=when + timedelta(minutes=minutes + 30)
        )
    loading.load(at=MORNING)
    viewer, window = viewer_of(world.cast.manager, at=MORNING), Window(when.date(), MORNING.date())

    def figure(code: str) -> tuple[float, float]:
        cell = evaluate(Question(code, window, by=("unit",), level="own"), viewer).of(world.lobby_team.pk)
        assert cell is not None
        return cell.numerator, cell.denominator

    assert figure("requests_received")[0] == 3
    assert figure("ola_attainment") == (3, 3)  # 300 minutes by the clock are 240 of work: just in time
    assert figure("bounces_per_case") == (1, 3)
    rows = InternalRequest.objects.order_by("pk").values_list("used_minutes", flat=True)
    assert list(rows) == [30, 80, 240]
    shares = sorted(_share(request) for request in InternalRequest.objects.select_related("case__unit"))
    answered = evaluate(Question("waiting_share", window), viewer).total
    assert answered.value == pytest.approx(shares[1])
    text = signed_in("manager").get("/requests/departments/").content.decode()
    assert "大堂组" in text or "Lobby team" in text


def _share(request: InternalRequest) -> float:
    held = minutes_held([request.case], MORNING)[request.case_id]
    return 100 * held[request.to_unit_id] / sum(held.values())


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask_lobby", "ask_south", "accept", "return", "again", "answer", "cancel", "transfer", "close", "reopen"]),
        st.integers(min_value=0, max_value=2 * 24 * 60),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_random_histories_add_up_to_the_age_exactly(world: World, steps: list[tuple[str, int]]) -> None:
    at = local("2026-02-10 08:47") + timedelta(seconds=31)
    case = cases.open_case(unit=world.counter_team, kind="request", channel="phone", title="查账", by=SETUP, at=at)
    for step, minutes in steps:
        at += timedelta(minutes=minutes, seconds=17)
        try:
            _live(world, case, step, at)
        except Refused:
            continue
    now = at + timedelta(minutes=61)
    case = Case.objects.select_related("unit").get(pk=case.pk)
    held = held_by(case, now)
    end = case.closed_at or now
    whole = working_time_between(work_calendar_for(case.unit), case.opened_at, end)
    assert sum(part.working_minutes for part in held) == int(whole.total_seconds()) // 60 == age_minutes(case, now)
    assert all(part.working_minutes >= 0 for part in held)


def _live(world: World, case: Case, step: str, at: datetime) -> None:
    case = Case.objects.select_related("unit").get(pk=case.pk)
    latest = case.internal_requests.order_by("-pk").first()
    if step == "ask_lobby":
        together.send_request(case=case, to_unit=world.lobby_team, question="?", by=SETUP, at=at)
    elif step == "ask_south":
        together.send_request(case=case, to_unit=world.other_branch, question="?", by=SETUP, at=at, hold=True)
    elif step == "transfer":
        target = world.branch if case.unit_id == world.counter_team.pk else world.counter_team
        cases.transfer_case(case=case, unit=target, by=SETUP, at=at, reason="归口")
    elif step == "close":
        cases.close_case(case=case, resolution="withdrawn", reason="不办了", by=SETUP, at=at)
    elif step == "reopen":
        cases.reopen_case(case=case, by=SETUP, at=at, reason="又来了")
    elif latest is not None:
        act: dict[str, Any] = {
            "accept": lambda: together.accept_request(request=latest, staff=world.staff("supervisor"), by=SETUP, at=at),
            "return": lambda: together.return_request(request=latest, code="other", words="退", by=SETUP, at=at),
            "again": lambda: together.send_again(request=latest, question="再问", by=SETUP, at=at),
            "answer": lambda: together.answer_request(request=latest, answer="好", by=SETUP, at=at),
            "cancel": lambda: together.cancel_request(request=latest, by=SETUP, at=at),
        }
        act[step]()
