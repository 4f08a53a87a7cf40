"""What stands beside a case is looked for by that case's key, however deep the look-up goes."""

from __future__ import annotations

from tests.cast import AT, World

from steward.contact.channels.models import Reach
from steward.contact.channels.queries import reach_of
from steward.core.cases import operations as cases
from steward.core.cases.held import held, some
from steward.core.cases.models import Case, Message
from steward.ground.delivery.models import Dispatch


def _case(world: World, notes: int) -> Case:
    by = world.actor("front_line")
    case = cases.open_case(unit=world.counter_team, kind="request", channel="counter", title="补卡", body="丢了", by=by, at=AT)
    for at in range(notes):
        cases.add_message(case=case, direction="note", body=f"第 {at} 条", by=by, at=AT)
    return case


def test_a_mail_is_held_by_the_case_of_its_message_only(world: World) -> None:
    """The keys of cases, messages and dispatches are made to differ, so that no look-up hits by chance."""
    other, mine = _case(world, 5), _case(world, 3)
    message = cases.add_message(case=mine, direction="out", body="已办好", by=world.actor("front_line"), at=AT)
    Dispatch.objects.create(
        unit=world.counter_team, purpose="reply", channel="email", address="a@example.com", language="zh-hans",
        about_type=Message._meta.label_lower, about_id=message.pk, state="sent", created_at=AT, hold_until=AT,
    )  # fmt: skip
    assert message.pk not in (mine.pk, other.pk)
    assert "channels.mails" in held(Case.objects.get(pk=mine.pk))
    assert "channels.mails" not in held(Case.objects.get(pk=other.pk))


def test_what_is_not_held_is_not_asked_for(world: World, django_assert_num_queries: object) -> None:
    case = _case(world, 0)
    held(case)
    with django_assert_num_queries(0):  # type: ignore[operator]  # the fixture's type is not declared
        assert some(case, "cases.links", Case.objects.all()) == []


def test_what_held_knew_before_hides_nothing_from_operations(world: World) -> None:
    case = _case(world, 0)
    held(case)
    Reach.objects.create(case=case, email="da.ma@example.com", language="zh-hans", given_at=AT)
    assert reach_of(case)[0] == "da.ma@example.com"
