"""R-073: complaints against visits with the exact interval, and what a fallen intake may also mean."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from steward.excellence.insights import operations
from steward.ground.measures import loading
from tests.cast import AT, World

from .figures import cases, said, visits

pytestmark = pytest.mark.store


def test_r073_twelve_complaints_in_8000_visits(world: World, signed_in: Any) -> None:
    cases(world, world.counter_team, 12, "K", kind="complaint")
    cases(world, world.counter_team, 30, "R")
    visits(world.counter_team, 8000)
    loading.rebuild(at=AT)
    page = signed_in("manager").get(reverse("insights:measure", args=["complaint_rate"]))
    text = said(page)
    assert "1.50‰" in text
    assert "0.78–2.62" in text
    assert "n = 8,000" in text
    rows = signed_in("manager").get(reverse("insights:rows", args=["complaint_rate"]), {"part": "numerator"})
    assert len(rows.context["rows"].links) == 12


def test_r073_an_outage_stands_beside_a_fallen_intake(world: World, signed_in: Any) -> None:
    for week in range(1, 13):
        cases(world, world.counter_team, 4 if week == 1 else 30, f"W{week}", kind="complaint", days=7 * week)
        visits(world.counter_team, 1000, 7 * week)
    day = AT.date() - timedelta(days=6)
    operations.annotate(unit=world.branch, day=day, kind="outage", text="热线中断三天", by=world.actor("supervisor"), at=AT)
    loading.rebuild(at=AT)
    for code in ("complaint_rate", "cases_opened"):
        page = signed_in("manager").get(reverse("insights:measure", args=[code]), {"span": "last90"})
        text = said(page)
        assert "热线中断三天" in text
        assert "故障" in text
        assert [mark.text for mark in page.context["course"].chart.marks] == ["滨江支行: 故障, 热线中断三天"]
    explored = signed_in("manager").get(reverse("insights:explore"), {"m": "cases_opened", "grain": "week", "span": "last90"})
    assert "热线中断三天" in said(explored)


def test_r073_an_annotation_shows_only_where_it_belongs(world: World, signed_in: Any) -> None:
    cases(world, world.other_branch, 30, "S")
    lead = world.actor("supervisor")
    row = operations.annotate(unit=world.branch, day=AT.date() - timedelta(days=3), kind="outage", text="滨江停电", by=lead, at=AT)
    loading.rebuild(at=AT)
    address = reverse("insights:measure", args=["cases_opened"])
    assert "滨江停电" not in said(signed_in("other_branch").get(address))
    assert "滨江停电" in said(signed_in("front_line").get(address)), "the unit above happened to them, too"
    operations.remove_annotation(annotation=row, by=lead, at=AT)
    assert "滨江停电" not in said(signed_in("front_line").get(address))


def test_r073_resolution_and_reopening_have_denominators_and_counter_measures(world: World, signed_in: Any) -> None:
    loading.rebuild(at=AT)
    client = signed_in("manager")
    for code in ("resolved_coded", "fcr", "reopen_rate", "complaint_rate"):
        page = client.get(reverse("insights:measure", args=[code]))
        text = said(page)
        assert str(page.context["measure"].definition) in text
        assert page.context["entry"].counter is not None
        assert "制衡指标" in text


def test_r073_tomorrow_cannot_be_annotated(world: World, signed_in: Any) -> None:
    data = {"unit": world.branch.public_id, "day": (AT.date() + timedelta(days=1)).isoformat(), "kind": "outage", "text": "明天停电"}
    assert signed_in("supervisor").post(reverse("insights:annotation_new"), data).status_code == 422
