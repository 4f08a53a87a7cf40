"""Service orders and rooms: who takes them, what repeats what, who checks, who is told, what the board shows."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.cast import AT, SETUP, World

from steward.contact.together import operations as together
from steward.contact.together.dispatching import propose
from steward.contact.together.errors import BadPromise, CodeTaken, HeldByAnother, LacksSkill, OtherHouse, VerifyByAnother
from steward.contact.together.models import Location, OrderSpan, ServiceOrder
from steward.core.cases import operations as cases
from steward.core.cases.models import Message, Task
from steward.core.org import operations as org
from steward.core.org.models import Skill, Staff, StaffSkill
from steward.ground.access import operations as access
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import Role, User
from steward.ground.delivery.models import Notice
from steward.ground.fields import localized
from steward.ground.files.models import FileRef
from steward.ground.journal.actors import Actor
from steward.ground.measures import loading
from steward.ground.measures.evaluate import evaluate
from steward.ground.measures.questions import Question, Window
from steward.ground.measures.viewers import viewer_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def rooms(world: World) -> dict[str, Location]:
    """Two floors of the branch: 801 and 802 above, 301 below."""
    found: dict[str, Location] = {}
    for code, parent in (("8F", ""), ("801", "8F"), ("802", "8F"), ("3F", ""), ("301", "3F")):
        found[code] = together.open_location(
            unit=world.branch, code=code, name=localized(code), parent=found.get(parent), by=world.actor("manager"), at=AT
        )
    return found


def order(world: World, place: Location, at: Any = AT, who: str = "front_line", **more: Any) -> ServiceOrder:
    return together.place_order(location=place, service=world.service, to_unit=world.lobby_team, by=world.actor(who), at=at, **more)


def done(world: World, row: ServiceOrder, at: Any, who: str = "other_team", **more: Any) -> ServiceOrder:
    return together.finish_order(order=row, by=world.actor(who), at=at, **more)


def test_r042_reported_again_within_a_day_links_to_the_first_resets_no_clock_and_was_not_fixed_first_time(
    world: World, rooms: dict[str, Location]
) -> None:
    first = order(world, rooms["801"])
    assert (first.promised_at, first.is_repeat, first.fixed_first_time) == (AT + timedelta(minutes=45), False, None)
    done(world, first, AT + HOUR / 2)
    again = order(world, rooms["801"], AT + 20 * HOUR)
    third = order(world, rooms["801"], AT + 21 * HOUR)
    first.refresh_from_db()
    assert again.first_order == third.first_order == first
    assert (again.since_at, again.promised_at) == (first.since_at, first.promised_at) == (AT, AT + timedelta(minutes=45))
    assert (first.fixed_first_time, first.done_at, first.state) == (False, AT + HOUR / 2, "done")
    assert not order(world, rooms["802"], AT + 21 * HOUR).is_repeat  # another room is another matter
    done(world, again, AT + 22 * HOUR)
    done(world, third, AT + 22 * HOUR)
    later = order(world, rooms["801"], AT + 47 * HOUR)
    assert not later.is_repeat  # 25 hours after it was done
    other = ServiceOrder.objects.get(location=rooms["802"])
    done(world, other, AT + 22 * HOUR)
    assert together.settle_first_fixes(at=AT + 45 * HOUR) == 0
    assert together.settle_first_fixes(at=AT + 47 * HOUR) == 1
    other.refresh_from_db()
    first.refresh_from_db()
    assert (other.fixed_first_time, first.fixed_first_time) == (True, False)


def test_a_repeat_is_checked_by_somebody_else_than_the_doer(world: World, rooms: dict[str, Location]) -> None:
    assert done(world, order(world, rooms["801"]), AT).finished_at == AT
    again = done(world, order(world, rooms["801"], AT + HOUR), AT + 2 * HOUR)
    assert (again.state, again.waits_for_check) == ("done", True)
    with pytest.raises(VerifyByAnother):
        together.verify_order(order=again, by=world.actor("other_team"), at=AT + 3 * HOUR)
    checked = together.verify_order(order=again, by=world.actor("front_line"), at=AT + 3 * HOUR)
    assert (checked.state, checked.finished_at) == ("verified", AT + 3 * HOUR)
    states = list(OrderSpan.objects.filter(order=again).order_by("pk").values_list("state", flat=True))
    assert states == ["placed", "done"]
    assert not OrderSpan.objects.filter(order=again, ended_at=None).exists()


def test_the_proposal_asks_for_the_skill_then_load_then_nearness_and_one_tap_takes(
    world: World, rooms: dict[str, Location], signed_in: Any
) -> None:
    plumbing = Skill.objects.create(organisation=world.bank, code="plumbing", name=localized("水暖"))
    near, far = (
        org.take_on_staff(unit=world.lobby_team, username=name, name=name, password="x" * 14, by=SETUP, at=AT) for name in ("aa", "zz")
    )
    for person in (near, far, world.staff("other_team")):
        StaffSkill.objects.create(staff=person, skill=plumbing, level=3, starts_at=AT)
        if person.pk != world.staff("other_team").pk:
            _grant(world, person)
    for place, person in (("301", near), ("802", far)):
        together.dispatch_order(order=order(world, rooms[place]), to=person, by=world.actor("supervisor"), at=AT)
    row = order(world, rooms["801"], skill=plumbing)
    ranked = [(one.staff.user.username, one.load, one.near) for one in propose(row, at=AT)]
    assert ranked == [("lobby", 0, False), ("zz", 1, True), ("aa", 1, False)]
    org.set_presence(staff=world.staff("other_team"), state="sick", by=SETUP, at=AT)
    assert [one.staff.user.username for one in propose(row, at=AT)] == ["zz", "aa"]
    with pytest.raises(LacksSkill):
        together.dispatch_order(order=row, to=world.staff("supervisor"), by=world.actor("supervisor"), at=AT)
    with pytest.raises(Forbidden):
        together.dispatch_order(order=row, to=near, by=world.actor("other_team"), at=AT)  # take it, yes; give it to others, no
    assert signed_in("other_team").post(f"/orders/{row.public_id}/take/").status_code == 302
    row.refresh_from_db()
    assert (row.owner, row.state) == (world.staff("other_team"), "dispatched")
    assert Task.objects.get(pk=row.task_id).owner == row.owner
    with pytest.raises(HeldByAnother):
        together.dispatch_order(order=row, to=near, by=_actor(near), at=AT)


def _actor(person: Staff) -> Actor:
    return Actor.staff(User.objects.get(pk=person.user_id))


def _grant(world: World, person: Staff) -> None:
    role = Role.objects.get(organisation=world.bank, code="front_line")
    access.grant_role(user=person.user, role=role, unit=world.lobby_team, by=SETUP, at=AT - HOUR)


def test_what_is_late_is_told_once_and_what_is_refused(world: World, rooms: dict[str, Location]) -> None:
    row = order(world, rooms["801"])
    assert together.escalate_orders(at=AT + timedelta(minutes=45)) == 0
    assert together.escalate_orders(at=AT + timedelta(minutes=46)) == 1
    assert together.escalate_orders(at=AT + timedelta(minutes=47)) == 0
    assert Notice.objects.get().user == world.cast.supervisor
    with pytest.raises(BadPromise):
        order(world, rooms["802"], promised_at=AT)
    with pytest.raises(Forbidden):
        order(world, rooms["802"], who="other_branch")
    with pytest.raises(OtherHouse):
        together.place_order(location=rooms["802"], service=world.service, to_unit=world.hotel, by=SETUP, at=AT)
    with pytest.raises(CodeTaken):
        together.open_location(unit=world.branch, code="801", name=localized("801"), by=SETUP, at=AT)
    assert together.cancel_order(order=row, by=world.actor("front_line"), at=AT + HOUR, reason="客人不需要了").state == "cancelled"
    assert not order(world, rooms["801"], AT + 2 * HOUR).is_repeat  # what was cancelled was never done


def test_the_proof_is_kept_and_the_person_told_where_the_channel_carries_it(world: World, rooms: dict[str, Location]) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    for channel, told in (("web", 1), ("phone", 0)):
        case = cases.open_case(
            unit=world.counter_team, kind="request", channel=channel, title="修灯", customer=world.customer, by=SETUP, at=AT
        )
        row = order(world, rooms["801" if told else "802"], case=case)
        photo = SimpleUploadedFile("灯.png", picture.getvalue(), content_type="image/png")
        done(world, row, AT + HOUR, "supervisor", photos=[photo], tell="已修好。")
        assert Message.objects.filter(case=case, direction="out").count() == told
        assert FileRef.objects.of(row).count() == 1


def test_the_board_shows_rooms_and_their_orders_and_sets_their_state(
    world: World, rooms: dict[str, Location], signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    row = order(world, rooms["801"])
    lobby = signed_in("other_team")
    with django_assert_max_num_queries(12):
        text = lobby.get("/rooms/").content.decode()
    assert all(code in text for code in ("801", "802", "301"))
    assert str(row.public_id) in text
    assert lobby.post(f"/rooms/{rooms['801'].public_id}/state/", {"status": "cleaning"}).status_code == 302
    rooms["801"].refresh_from_db()
    assert rooms["801"].status == "cleaning"
    assert [state.status for state in rooms["801"].states.order_by("pk")] == ["ready", "cleaning"]
    assert "802" not in lobby.get("/rooms/?status=cleaning").content.decode()
    assert signed_in("other_branch").get(f"/orders/{row.public_id}/").status_code == 404


def test_orders_in_figures_are_those_of_the_rows(world: World, rooms: dict[str, Location]) -> None:
    then = AT - timedelta(days=3)
    first = order(world, rooms["801"], then)
    done(world, first, then + timedelta(minutes=40))
    done(world, order(world, rooms["801"], then + HOUR), then + 2 * HOUR)
    done(world, order(world, rooms["802"], then), then + timedelta(minutes=20))
    together.settle_first_fixes(at=AT)
    loading.load(at=AT)
    viewer, window = viewer_of(world.cast.manager, at=AT), Window(then.date(), AT.date())

    def figure(code: str) -> tuple[float, float]:
        cell = evaluate(Question(code, window), viewer).total
        return cell.numerator, cell.denominator

    assert figure("orders_kept") == (2, 3)  # the repeat is late by the clock of the first
    assert figure("first_time_fixed") == (1, 2)
    assert evaluate(Question("order_minutes", window), viewer).total.value == 40
