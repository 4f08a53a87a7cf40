"""A need-to-know list gives way to no role: not by lifting it, not by an emergency in somebody else's unit, not through a task."""

from __future__ import annotations

import pytest
from tests.cast import AT, SETUP, World

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Task
from steward.core.cases.operations.editing import set_confidential
from steward.ground.access import operations as access
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import Confidant
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world: World) -> Case:
    """A confidential case of the counter team; the quality reviewer alone is on its list."""
    case = cases.open_case(unit=world.counter_team, kind="complaint", channel="counter", title="举报", confidential=True, by=SETUP, at=AT)
    access.add_confidant(subject=case, user=world.cast.quality_reviewer, by=SETUP, at=AT)
    return case


@pytest.mark.parametrize("name", ["supervisor", "manager"])
def test_no_role_lifts_the_confidentiality_of_a_case_it_is_kept_from(world: World, case: Case, name: str) -> None:
    entries = Entry.objects.count()
    with pytest.raises(Forbidden):
        set_confidential(case=case, confidential=False, by=world.actor(name), at=AT)
    case.refresh_from_db()
    assert case.confidential
    assert Entry.objects.count() == entries


def test_somebody_on_the_list_who_may_steer_lifts_it(world: World, case: Case) -> None:
    access.add_confidant(subject=case, user=world.cast.supervisor, by=SETUP, at=AT)
    set_confidential(case=case, confidential=False, by=world.actor("supervisor"), at=AT)
    case.refresh_from_db()
    assert not case.confidential


def test_a_task_of_a_confidential_case_is_finished_by_nobody_kept_from_the_case(world: World, case: Case) -> None:
    task = cases.add_task(unit=case.unit, subject=case, kind="cases.todo", title="问话", by=SETUP, at=AT)
    entries = Entry.objects.count()
    with pytest.raises(Forbidden):
        cases.finish_task(task=task, by=world.actor("supervisor"), at=AT)
    with pytest.raises(Forbidden):
        cases.assign_task(task=task, to=world.staff("front_line"), by=world.actor("supervisor"), at=AT)
    task.refresh_from_db()
    assert (task.state, task.owner) == (Task.State.OPEN, None)
    assert Entry.objects.count() == entries


def test_whose_task_it_is_finishes_it_without_seeing_the_case(world: World, case: Case) -> None:
    task = cases.add_task(
        unit=case.unit, subject=case, kind="cases.todo", title="取回录像", owner=world.staff("front_line"), by=SETUP, at=AT
    )
    cases.finish_task(task=task, by=world.actor("front_line"), at=AT)
    task.refresh_from_db()
    assert task.state == Task.State.DONE


def test_an_emergency_opens_nothing_outside_the_unit_it_is_declared_for(world: World, case: Case) -> None:
    """The right was asked for in any unit the caller named, such as one's own organisation for a case of another."""
    before = (Confidant.objects.count(), Entry.objects.count())
    with pytest.raises(Forbidden):
        access.break_glass(subject=case, unit=world.hotel, by=world.actor("outsider"), at=AT, reason="急")
    with pytest.raises(Forbidden):
        access.break_glass(subject=case, unit=world.other_branch, by=world.actor("manager"), at=AT, reason="急")
    assert (Confidant.objects.count(), Entry.objects.count()) == before
    access.break_glass(subject=case, unit=world.branch, by=world.actor("manager"), at=AT, reason="客户安危")
    assert Case.objects.visible_to(world.actor("manager").user, at=AT).filter(pk=case.pk).exists()


def test_nobody_of_another_organisation_comes_onto_a_list(world: World, case: Case) -> None:
    before = (Confidant.objects.count(), Entry.objects.count())
    with pytest.raises(Forbidden):
        access.add_confidant(subject=case, user=world.cast.outsider, by=world.actor("quality_reviewer"), at=AT)
    assert (Confidant.objects.count(), Entry.objects.count()) == before
