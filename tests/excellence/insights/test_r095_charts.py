"""R-095: role dashboards, the default chart of each question, fewer than ten as points, no league tables, a wall without names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from steward.core.cases.models import Case
from steward.excellence.insights import operations
from steward.excellence.insights.models import Dashboard
from steward.ground.access.errors import Stale
from steward.ground.journal.models import Entry
from steward.ground.measures import loading
from steward.ground.ui.live import watch
from tests.cast import AT, World

from .figures import cases, said

CARD = {"measure": "cases_opened", "span": "last28", "by": "", "size": "m"}


def _closed(world: World, unit: Any, mark: str, count: int, resolved: int, days: float = 5, **more: Any) -> None:
    Case.objects.bulk_create(
        Case(organisation=world.bank, number=f"{mark}-{index:05d}", unit=unit, kind="request", channel="web", title="题", state="closed",
             resolution="fulfilled" if index < resolved else "withdrawn", opened_at=AT - timedelta(days=days + 1),
             closed_at=AT - timedelta(days=days), changed_at=AT, **more)
        for index in range(count)
    )  # fmt: skip


def test_r095_fewer_than_ten_are_points_and_not_percentages(world: World, signed_in: Any) -> None:
    _closed(world, world.counter_team, "S", 7, 3)
    loading.rebuild(at=AT)
    page = signed_in("supervisor").get(reverse("insights:measure", args=["resolved_coded"]))
    text = said(page)
    assert "7 中的 3" in text
    assert "42.9" not in text
    chart = page.context["course"].chart
    assert chart.unit == ""
    assert [value for value in chart.series[0].values if value is not None] == [3]
    explored = signed_in("supervisor").get(reverse("insights:explore"), {"m": "resolved_coded", "by": "team", "grain": "week"})
    assert "42.9" not in said(explored)


def test_r095_a_few_leave_the_line_while_the_many_stay(world: World, signed_in: Any) -> None:
    for week in range(10):
        _closed(world, world.counter_team, f"W{week}", 4 if week == 3 else 40, 3 if week == 3 else 30, days=3 + 7 * week)
    loading.rebuild(at=AT)
    found = signed_in("supervisor").get(reverse("insights:explore"), {"m": "resolved_coded", "grain": "week", "span": "last90"})
    series = found.context["found"].told[0].chart.series[0]
    assert [words for words in series.shown if words] == ["4 中的 3"]
    assert sum(value is not None for value in series.values) == 9


def test_r095_overlapping_intervals_give_no_league_table(world: World, signed_in: Any) -> None:
    for mark, unit, good in (("A", world.counter_team, 70), ("B", world.lobby_team, 74)):
        _closed(world, unit, mark, 100, good)
    _closed(world, world.branch, "C", 100, 72)
    loading.rebuild(at=AT)
    client = signed_in("supervisor")
    page = client.get(reverse("insights:measure", args=["resolved_coded"]), {"by": "unit", "in.unit": str(world.branch.public_id)})
    assert not page.context["groups"].ranked
    assert "不排名" in said(page)
    assert page.context["groups"].chart.kind == "spread", "groups are shown as a funnel plot"
    Case.objects.filter(number__startswith="A-").update(resolution="withdrawn")
    Case.objects.filter(number__startswith="B-").update(resolution="fulfilled")
    loading.rebuild(at=AT)
    page = client.get(reverse("insights:measure", args=["resolved_coded"]), {"by": "unit", "in.unit": str(world.branch.public_id)})
    assert sorted(row.rank for row in page.context["groups"].rows) == [1, 2, 3]
    page = client.get(reverse("insights:measure", args=["resolved_coded"]), {"by": "team"})
    assert not page.context["groups"].ranked, "groups of people are never ranked"


@pytest.mark.parametrize(
    ("query", "kind"),
    [({"by": "kind"}, "bar"), ({"grain": "week", "span": "last90"}, "control"), ({"by": ["kind", "channel"]}, "heat"),
     ({"by": "kind", "grain": "week"}, "line")],
)  # fmt: skip
def test_r095_each_kind_of_question_has_its_chart(query: dict[str, Any], kind: str, world: World, signed_in: Any) -> None:
    for back in range(0, 80, 2):
        cases(world, world.counter_team, 3, f"Q{back}", days=back + 1, kind="request" if back % 4 else "complaint")
    loading.rebuild(at=AT)
    page = signed_in("supervisor").get(reverse("insights:explore"), {"m": "cases_opened", **query})
    assert page.context["found"].told[0].chart.kind == kind


def test_r095_every_role_has_its_first_dashboard(world: World, signed_in: Any) -> None:
    loading.rebuild(at=AT)
    for who, key in (("manager", "manager"), ("supervisor", "supervisor"), ("front_line", "team")):
        assert signed_in(who).get(reverse("insights:home")).context["layout"] == key


def test_r095_a_copy_is_arranged_with_buttons(world: World, signed_in: Any) -> None:
    loading.rebuild(at=AT)
    client = signed_in("supervisor")
    assert client.post(reverse("insights:board_copy", args=["team"])).status_code == 302
    board = Dashboard.objects.get()
    names = [card["measure"] for card in board.cards]

    def move(place: int, act: str) -> list[str]:
        board.refresh_from_db()
        data = {"place": place, "act": act, "version": board.version}
        assert client.post(reverse("insights:card_move", args=[board.public_id]), data).status_code == 302
        board.refresh_from_db()
        return [card["measure"] for card in board.cards]

    assert move(0, "later")[:2] == [names[1], names[0]]
    assert move(0, "earlier")[:2] == [names[1], names[0]], "the first stays the first"
    assert len(move(0, "remove")) == len(names) - 1
    client.post(reverse("insights:card_add", args=[board.public_id]), {**CARD, "version": board.version})
    board.refresh_from_db()
    assert board.cards[-1] == CARD
    page = client.get(reverse("insights:board", args=[board.public_id]), {"edit": "1"})
    assert page.status_code == 200
    assert Entry.objects.filter(code="insights.dashboard_changed").count() == 3


def test_r095_two_tabs_do_not_overwrite_one_another(world: World) -> None:
    lead = world.actor("supervisor")
    board = operations.make_dashboard(name="看板", cards=[CARD, CARD], by=lead, at=AT)
    operations.remove_card(board=board, place=0, version=1, by=lead, at=AT)
    with pytest.raises(Stale):
        operations.remove_card(board=Dashboard.objects.get(), place=0, version=1, by=lead, at=AT)


def test_r095_the_wall_shows_figures_and_no_names(world: World, signed_in: Any) -> None:
    staff = world.staff("front_line")
    Case.objects.filter(pk__in=[one.pk for one in cases(world, world.counter_team, 20, "N")]).update(assignee=staff)
    loading.rebuild(at=AT)
    cards = [{**CARD, "by": "staff", "size": "l"}, {**CARD, "measure": "backlog"}]
    board = operations.make_dashboard(name="大屏", cards=cards, unit=world.branch, by=world.actor("supervisor"), at=AT)
    page = signed_in("supervisor").get(reverse("insights:wall", args=[board.public_id]))
    text = page.content.decode()
    assert "20" in said(page)
    for name in ("林一", "王主管"):
        assert name not in text
    shown = signed_in("supervisor").get(reverse("insights:board", args=[board.public_id]))
    assert shown.context["cards"][0].chart is None, "one person is no comparison"


def test_r095_the_wall_hears_when_figures_change_and_204_when_not(
    world: World, signed_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    cases(world, world.counter_team, 3, "N")
    loading.rebuild(at=AT)
    client = signed_in("supervisor")
    live = watch([loading.TOPIC], mode="replace", target="#cards")
    assert client.get(live.url).status_code == 204
    loading.load(at=AT)
    assert client.get(live.url).status_code == 204, "nothing happened in the journal"
    # On PostgreSQL a bump follows the commit.
    with django_capture_on_commit_callbacks(execute=True):
        loading.rebuild(at=AT)
    assert client.get(live.url).status_code == 200
