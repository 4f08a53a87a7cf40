"""The morning brief says what changed only when it is real after everything that was looked at."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from django.core.cache import cache

from steward.core.cases.models import Promise
from steward.excellence.insights.brief import LOOKED_AT, changed
from steward.ground.access.models import User
from steward.ground.measures import loading
from steward.ground.measures.declarations import measures
from steward.ground.ui.brief import brief_for
from tests.cast import AT, World

from .figures import cases


def _weeks(world: World, kept: list[int], count: int = 40) -> None:
    """So many first answers due in each week before today (the last first), so many of them in time; shuffled over the days."""
    rng = Random(5)
    for week, good in enumerate(kept):
        made = cases(world, world.counter_team, count, f"W{week}", days=7 * week + 4)
        due = [AT.replace(hour=2) - timedelta(days=7 * week + 1 + rng.randrange(7)) for _one in made]
        Promise.objects.bulk_create(
            Promise(case=case, kind="first_response", basis="policy", clock="operational", started_at=at - timedelta(hours=2), due_at=at,
                    met_at=at - timedelta(minutes=5) if index < good else at + timedelta(minutes=9), missed_at=None if index < good else at)
            for index, (case, at) in enumerate(zip(made, due, strict=True))
        )  # fmt: skip
    loading.rebuild(at=AT)
    cache.clear()


def _user(world: World, who: str = "supervisor") -> User:
    return User.objects.get(pk=getattr(world.cast, who).pk)


def test_a_real_fall_is_told_with_its_interval_and_its_proof(world: World) -> None:
    _weeks(world, [18, *[36] * 12])
    part = changed(_user(world), AT)
    lines = [line for line in part.lines if "frt_ontime" in line.url]
    assert len(lines) == 1
    line = lines[0]
    assert "有证据" in line.title
    assert "45.0%" in line.why
    assert "90.0%" in line.why
    assert "区间" in line.why
    assert line.url.startswith("/insights/measures/frt_ontime/?span=last7")
    assert line.action is not None


def test_the_same_course_again_is_nothing_new(world: World) -> None:
    _weeks(world, [36, 35, 37, 36, 36, 35, 36, 37, 36, 35, 36, 36, 37])
    assert changed(_user(world), AT).count == 0


def test_a_wobble_that_one_look_would_announce_is_kept_back(world: World) -> None:
    """32 of 40 after 36 of 40: one in twenty courses does so without any cause."""
    _weeks(world, [32, *[36] * 12])
    assert not [line for line in changed(_user(world), AT).lines if "frt_ontime" in line.url]


def test_each_reader_hears_of_their_own_units(world: World) -> None:
    _weeks(world, [18, *[36] * 12])
    assert changed(_user(world), AT).count >= 1
    assert changed(_user(world, "other_branch"), AT).count == 0
    blocks = {block.block: block for block in brief_for(_user(world), at=AT)}
    assert blocks["changed"].count >= 1


def test_the_list_names_measures_that_exist() -> None:
    assert [code for code in LOOKED_AT if code not in measures] == []
