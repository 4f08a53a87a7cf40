"""R-046: a macro does several things to the ticked cases under the person's own rights, names what it could not do, and can be taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.cast import AT, SETUP, World

from steward.contact.automation import operations as automation
from steward.contact.automation.errors import AlreadyUndone, Incomplete, NothingChosen
from steward.contact.automation.models import Macro, MacroUse
from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.ground.fields import localized

pytestmark = pytest.mark.django_db


def opened(world: World, title: str, **options: Any) -> Case:
    unit = options.pop("unit", world.counter_team)
    return cases.open_case(unit=unit, kind="request", channel="web", title=title, customer=world.customer, by=SETUP, at=AT, **options)


def macro(world: World, **actions: Any) -> Macro:
    return automation.save_macro(unit=world.branch, name=localized("等材料"), actions=actions, by=world.actor("supervisor"), at=AT)


def test_r046_each_case_is_done_or_named_and_the_whole_is_taken_back(world: World, signed_in: Any) -> None:
    made = macro(world, priority="high", state="awaiting_customer", note="已请补材料")
    one, two, done = opened(world, "一"), opened(world, "二"), opened(world, "三")
    cases.close_case(case=done, resolution="withdrawn", by=SETUP, at=AT, reason="不办了")
    client = signed_in("front_line")
    assert reverse("automation:macro_bar") in client.get(reverse("cases:list")).content.decode()
    bar = client.get(reverse("automation:macro_bar")).content.decode()
    assert str(made.public_id) in bar
    assert reverse("automation:macro_use") in bar
    answer = client.post(reverse("automation:macro_use"), {"macro": made.public_id, "case": [row.public_id for row in (one, two, done)]})
    assert answer.status_code in (200, 302)
    use = MacroUse.objects.get()
    assert [item["id"] for item in use.items] == [one.pk, two.pk]
    assert set(Case.objects.filter(pk__in=[one.pk, two.pk]).values_list("priority", "state")) == {("high", "on_hold")}
    assert one.messages.get(direction="note").author == world.cast.front_line, "under the person's own name"
    cases.change_case(case=Case.objects.get(pk=two.pk), changes={"priority": "urgent"}, by=SETUP, at=AT)
    outcome = automation.undo_macro(use=use, by=world.actor("front_line"), at=AT)
    assert outcome.changed == 1
    assert [case.pk for case, _why in outcome.left] == [two.pk]
    one.refresh_from_db()
    assert (one.priority, one.state) == ("normal", "open")
    with pytest.raises(AlreadyUndone):
        automation.undo_macro(use=use, by=world.actor("front_line"), at=AT)


def test_r046_a_macro_gives_nobody_more_rights(world: World) -> None:
    """Handing over is for leaders: a clerk's macro that hands over is refused case by case, and nothing changes."""
    made = macro(world, priority="high", assign=world.staff("other_team").pk)
    case, elsewhere = opened(world, "一"), opened(world, "二", unit=world.other_branch)
    chosen = list(Case.objects.select_related("unit").filter(pk__in=[case.pk, elsewhere.pk]).order_by("pk"))
    outcome = automation.use_macro(macro=made, chosen=chosen, by=world.actor("front_line"), at=AT)
    assert outcome.use is None
    assert [row.pk for row, _why in outcome.left] == [case.pk, elsewhere.pk]
    case.refresh_from_db()
    assert (case.priority, case.assignee_id) == ("normal", None)
    with pytest.raises(NothingChosen):
        automation.use_macro(macro=made, chosen=[], by=world.actor("front_line"), at=AT)
    with pytest.raises(Incomplete):
        macro(world)
