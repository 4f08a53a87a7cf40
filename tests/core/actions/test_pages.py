"""The pages of improvement: filters, export, what a finding begins with, what nobody may see through it, the brief, a review by a measure."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.urls import reverse
from tests.cast import AT, SETUP, World
from tests.core.actions.test_life import DAY, NOTHING, TODAY, done, found, planned

from steward.core.actions import brief
from steward.core.actions import operations as actions
from steward.core.actions.models import Action, EffectReview, Finding
from steward.core.cases import operations as cases
from steward.ground.access.models import User
from steward.ground.journal.models import Entry
from steward.ground.measures import loading

pytestmark = pytest.mark.django_db
LIST = "/improvement/"


def page(client: Any, url: str, **query: Any) -> str:
    response = client.get(url, query)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def ripe(world: World, **given: Any) -> Action:
    action = done(world, **given)
    Action.objects.filter(pk=action.pk).update(due_date=TODAY - 9 * DAY, verify_date=TODAY - DAY, started_date=TODAY - 60 * DAY)
    action.refresh_from_db()
    return action


def test_the_register_filters_by_its_address(world: World, signed_in: Any) -> None:
    planned(world, title="甲项", lever="training")
    ripe(world, title="乙项")
    late = planned(world, title="丙项", owner=world.staff("supervisor"))
    Action.objects.filter(pk=late.pk).update(due_date=TODAY - DAY)
    actions.cancel_action(action=planned(world, title="丁项"), reason="不做了", by=SETUP, at=AT)
    boss = signed_in("supervisor")
    shown = {
        query: {title for title in ("甲项", "乙项", "丙项", "丁项") if title in page(boss, f"{LIST}?{query}")}
        for query in (
            "",
            "state=overdue",
            "state=review",
            "state=cancelled",
            "lever=training",
            "owner=me",
            "q=乙",
            "q=林一",
            "state=nonsense",
        )
    }
    assert shown == {
        "": {"甲项", "乙项", "丙项"},
        "state=overdue": {"乙项", "丙项"},
        "state=review": {"乙项"},
        "state=cancelled": {"丁项"},
        "lever=training": {"甲项"},
        "owner=me": {"丙项"},
        "q=乙": {"乙项"},
        "q=林一": {"甲项", "乙项"},
        "state=nonsense": {"甲项", "乙项", "丙项"},
    }


def test_an_export_is_recorded_and_holds_what_is_seen(world: World, signed_in: Any) -> None:
    planned(world, title="=1+1")
    response = signed_in("supervisor").get(f"{LIST}?format=csv")
    rows = list(csv.reader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows[1][0] == "'=1+1"
    assert Entry.objects.filter(code="access.rows_exported").exists()


def test_a_finding_begins_with_what_led_to_it(world: World, signed_in: Any) -> None:
    case = cases.open_case(unit=world.counter_team, kind="complaint", channel="web", title="等了很久", by=SETUP, at=AT)
    boss, new = signed_in("supervisor"), reverse("actions:finding_open")
    html = page(boss, new, measure="action_effective_rate", extreme="1", day="2026-02-01", title="最差的一个月")
    assert 'value="action_effective_rate" selected' in html
    assert 'value="2026-02-01"' in html
    assert "checked" in html
    assert case.number in page(boss, new, about="cases.case", id=case.pk)
    data = {"unit": world.counter_team.public_id, "title": "等候过长", "source": "case", "noticed": "complaint"}
    assert boss.post(f"{new}?about=cases.case&id={case.pk}", data).status_code == 302
    assert Finding.objects.get().evidence.get().subject_id == case.pk
    # What one may not see, and what is no row at all, does not exist.
    for query in (f"about=cases.case&id={case.pk}", "about=cases.case&id=x", "about=no.thing&id=1"):
        assert signed_in("other_branch").get(f"{new}?{query}").status_code == 404
    assert boss.get(f"{reverse('actions:open')}?finding=x").status_code == 404


def test_evidence_that_a_reader_may_not_see_shows_neither_label_nor_note(world: World, signed_in: Any) -> None:
    case = cases.open_case(unit=world.other_branch, kind="complaint", channel="web", title="城南的事", by=SETUP, at=AT)
    finding = found(world)
    by = world.actor("manager")
    actions.add_evidence(finding=finding, subject_type="cases.case", subject_id=case.pk, label="秘密标签", note="秘密旁注", by=by, at=AT)
    url = reverse("actions:finding", args=[finding.public_id])
    assert case.number in page(signed_in("manager"), url)
    html = page(signed_in("supervisor"), url)
    assert all(words not in html for words in (case.number, "城南的事", "秘密标签", "秘密旁注"))


def test_a_form_that_was_read_before_somebody_else_changed_it_keeps_what_was_typed(world: World, signed_in: Any) -> None:
    action = planned(world)
    seen = action.version
    actions.change_action(action=action, changes={"title": "先改的"}, by=SETUP, at=AT)
    data = {
        "title": "后改的", "kind": "corrective", "lever": "process", "owner": world.staff("front_line").public_id, "direction": "down",
        "practical": "1", "due_date": "2026-04-01", "verify_date": "2026-06-01", "version": seen,
    }  # fmt: skip
    response = signed_in("supervisor").post(reverse("actions:edit", args=[action.public_id]), data)
    assert response.status_code == 422
    assert "后改的" in response.content.decode()
    data["verify_date"] = "2026-03-01"
    assert signed_in("supervisor").post(reverse("actions:edit", args=[action.public_id]), data).status_code == 422
    assert Action.objects.get().title == "先改的"


def test_the_brief_names_effects_to_review_and_what_is_late(world: World) -> None:
    ripe(world, title="待评的")
    mine = ripe(world, title="自己的", owner=world.staff("supervisor"))
    Action.objects.filter(pk=mine.pk).update(verify_date=TODAY - DAY)

    def told(source: Any, name: str) -> list[str]:
        user = User.objects.get(pk=getattr(world.cast, name).pk)
        return [line.title for line in source(user, AT).lines]

    assert told(brief.to_review, "supervisor") == ["待评的"]  # the own one is somebody else's to review
    assert told(brief.to_review, "quality_reviewer") == ["待评的", "自己的"]
    assert told(brief.to_review, "other_branch") == []
    assert told(brief.overdue, "supervisor") == ["自己的"]
    assert told(brief.overdue, "front_line") == ["待评的"]


def test_r086_a_review_by_a_measure_of_the_house(world: World, signed_in: Any) -> None:
    """Weeks of cases here and in the team beside it; the same question, asked with the reader's own eyes, kept with its stamp."""
    for week in range(30):
        at = AT - timedelta(weeks=30 - week)
        for unit, complaints in ((world.counter_team, 5 if week < 20 else 1), (world.lobby_team, 5)):
            for number in range(8):
                kind = "complaint" if number < complaints + week % 2 else "request"
                cases.open_case(unit=unit, kind=kind, channel="web", title="等候", by=SETUP, at=at)
    loading.rebuild(at=AT)
    action = ripe(world, measure="complaint_share", practical=5.0)
    Action.objects.filter(pk=action.pk).update(started_date=TODAY - timedelta(weeks=10))
    url, boss = reverse("actions:review_new", args=[action.public_id]), signed_in("supervisor")
    assert world.lobby_team.name.in_language("zh-hans") in page(boss, url)
    data = {
        "source": "measure", "grain": "week", "start": TODAY - timedelta(weeks=30), "end": TODAY, "form": "share",
        "comparisons": [world.lobby_team.public_id], "version": Action.objects.get().version,
    }  # fmt: skip
    look = boss.post(url, {**data, "look": "1"})
    assert look.status_code == 200
    assert EffectReview.objects.count() == 0
    assert boss.post(url, {**data, "record": "1"}).status_code == 302
    review = EffectReview.objects.get()
    assert review.stamp["measure"].startswith("complaint_share@")
    assert review.stamp["comparisons"] == [world.lobby_team.pk]
    assert (review.source, review.method, review.outcome) == ("measure", "controlled_series", "effective")
    assert review.estimate == pytest.approx(-50, abs=10)
    assert len(review.data["treated"]) == 30


def test_a_review_whose_data_were_touched_says_so(world: World, signed_in: Any) -> None:
    action = ripe(world)
    review = actions.record_review(action=action, figures=NOTHING, by=world.actor("supervisor"), at=AT)
    url = reverse("actions:review", args=[action.public_id, review.public_id])
    assert "callout-danger" not in page(signed_in("supervisor"), url)
    EffectReview.objects.filter(pk=review.pk).update(data={**review.data, "start": 1})
    assert "callout-danger" in page(signed_in("supervisor"), url)
