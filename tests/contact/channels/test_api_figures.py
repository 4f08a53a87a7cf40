"""Figures over the interface: the same as on the pages, within the token's reach, without any number of our tables."""

from __future__ import annotations

from datetime import timedelta

from tests.cast import AT, SETUP, World
from tests.contact.channels.keys import Api, token_for

from steward.core.cases import operations as cases
from steward.ground.measures import loading

READ = ("measures:read",)


def _filled(world: World) -> None:
    for index in range(12):
        unit = world.counter_team if index < 8 else world.other_branch
        cases.open_case(
            unit=unit, kind="complaint" if index % 2 else "enquiry", channel="web", title="题", by=SETUP, at=AT - timedelta(days=2)
        )
    loading.load(at=AT)


def test_the_catalogue_names_every_measure_with_what_it_takes(world: World) -> None:
    items = Api(token_for(world, "manager", scopes=READ)[1]).get("measures").json()["items"]
    fcr = next(item for item in items if item["id"] == "fcr")
    assert fcr["version"] == 1
    assert fcr["disclosure"] == "statistic"
    assert "unit" in fcr["breakdowns"]
    assert len(items) >= 30


def test_values_come_with_interval_and_n_by_unit(world: World) -> None:
    _filled(world)
    found = Api(token_for(world, "manager", scopes=READ)[1]).get("measures/complaint_share/values?by=unit,kind").json()
    assert found["total"]["n"] == 12
    assert found["total"]["value"] == 50.0
    assert found["total"]["low"] < 50 < found["total"]["high"]
    groups = {(cell["groups"][0]["label"], cell["groups"][1]["code"]) for cell in found["cells"]}
    assert ("滨江支行", "complaint") in groups
    assert {cell["groups"][0]["ids"][0] for cell in found["cells"]} == {str(world.branch.public_id), str(world.other_branch.public_id)}


def test_a_token_counts_only_its_own_subtree(world: World) -> None:
    _filled(world)
    for letter, unit, user, n in (
        ("own", world.counter_team, "", 8),
        ("lobby", world.lobby_team, "", 0),
        ("staff", world.bank, "other_branch", 4),
    ):
        token = token_for(world, user, unit=unit, scopes=READ) if user else token_for(world, unit=unit, scopes=READ)
        found = Api(token[1]).get("measures/cases_opened/values").json()
        assert found["total"]["n"] == n, letter


def test_a_wrong_question_is_a_problem_that_says_what_to_do(world: World) -> None:
    api = Api(token_for(world, "manager", scopes=READ)[1])
    assert api.get("measures/nothing/values").status_code == 404
    assert api.get("measures/backlog/values?grain=week").status_code == 400
    assert api.get("measures/cases_opened/values?by=colour").status_code == 400
    assert api.get("measures/cases_opened/values?by=unit,kind,channel").status_code == 400
    assert api.get("measures/cases_opened/values?from=2026-02-30").status_code == 422
    assert api.get("measures/cases_opened/values?from=2026-03-01&to=2026-01-01").status_code == 422
    assert api.get("measures/cases_opened/values?form=2026-03-01").status_code == 422
