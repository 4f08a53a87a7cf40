"""R-096: models under control. Each has a card, a baseline beside it, an off switch, and any prediction can be made again."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from tests.cast import AT, SETUP, World

from steward.console.portable import exported_models
from steward.core.cases import operations as cases
from steward.excellence.insights.modelcards import operations as models
from steward.excellence.insights.modelcards.brief import troubled
from steward.excellence.insights.modelcards.canonical import hash_of
from steward.excellence.insights.modelcards.drift import drift, stability
from steward.excellence.insights.modelcards.errors import (
    DayNotAhead,
    InputDamaged,
    IsOff,
    NeedsReason,
    NothingLoaded,
    NotPossibleNow,
    NotProven,
)
from steward.excellence.insights.modelcards.intake import USUAL
from steward.excellence.insights.modelcards.jobs import run_all
from steward.excellence.insights.modelcards.models import HumanOverride, ModelRun, ModelSwitch, State
from steward.excellence.insights.modelcards.queries import desk_of, reproduce_run, served, worths
from steward.excellence.insights.modelcards.registry import card_of, cards, register
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import User
from steward.ground.jobs.models import Job
from steward.ground.jobs.operations import enqueue
from steward.ground.jobs.testing import run_waiting
from steward.ground.journal.models import Entry, Topic
from steward.ground.measures import loading
from steward.science.extras import MissingExtra
from steward.science.forecast import wape

from .made import KEY, WEEK, noisy, receive, without_holidays

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
PAGE = f"/insights/models/{KEY}/"


def run(world: World, **options: Any) -> ModelRun:
    return models.run_model(card=card_of(KEY), unit=world.bank, by=SETUP, at=AT, **options)


def steer(world: World, turn: str, reason: str = "试用合格") -> ModelSwitch:
    return models.switch_model(card=card_of(KEY), unit=world.bank, turn=turn, by=world.actor("manager"), at=AT, reason=reason)


def state(world: World) -> State:
    return desk_of(card_of(KEY), world.bank, at=AT).state


def test_r096_every_card_says_what_it_must_and_none_twice() -> None:
    assert [card.key for card in cards()] == [KEY]
    for card in cards():
        for name in ("name", "purpose", "reads", "owner", "baseline", "metric", "never", "legal"):
            assert str(getattr(card, name)).strip(), name
        assert card.limits
    with pytest.raises(ValueError, match="two cards"):
        register(cards()[0])


def test_r096_any_prediction_is_made_again_from_its_hash_and_seed(world: World) -> None:
    receive(world, noisy())
    made = ModelRun.objects.get(pk=run(world).pk)
    assert hash_of(made.inputs) == made.data_hash
    # What happens afterwards changes nothing about it.
    receive(world, lambda day: 30, days=20, tag="L")
    assert reproduce_run(made) == made.output
    assert models.check_run(run=made, by=world.actor("manager"), at=AT) is True
    assert Entry.objects.filter(code="modelcards.run_reproduced").count() == 1
    ModelRun.objects.filter(pk=made.pk).update(inputs=made.inputs.replace('"horizon":14', '"horizon":13'))
    made.refresh_from_db()
    with pytest.raises(InputDamaged):
        reproduce_run(made)


def test_r096_another_seed_changes_the_interval_of_the_gain_alone(world: World) -> None:
    receive(world, noisy())
    one, other = run(world).said, run(world, seed=1).said
    differing = {name for name in one if one[name] != other[name]}
    assert differing <= {"gain_low", "gain_high"}
    assert ModelRun.objects.count() == 2


def test_r096_the_same_data_again_give_the_same_run(world: World) -> None:
    receive(world, noisy())
    assert run(world).pk == run(world).pk
    assert ModelRun.objects.count() == 1
    assert Entry.objects.filter(code="modelcards.model_run").count() == 1


def test_r096_model_and_baseline_are_judged_on_the_same_unseen_days(world: World) -> None:
    receive(world, noisy())
    made = run(world)
    said, inputs = made.said, json.loads(made.inputs)
    rows = said["holdout"]
    assert len(rows) == 42
    counted = dict(zip((date.fromisoformat(inputs["first"]) + timedelta(days=d) for d in range(98)), inputs["counts"], strict=False))
    assert [counted[date.fromisoformat(row["day"])] for row in rows] == [row["actual"] for row in rows]
    actual = [row["actual"] for row in rows]
    assert made.quality == pytest.approx(wape(actual, [row["model"] for row in rows]), abs=1e-6)
    assert made.baseline_quality == pytest.approx(wape(actual, [row["baseline"] for row in rows]), abs=1e-6)
    # The baseline of a hold-out looks back to the week before its origin, never into it.
    first = date.fromisoformat(rows[0]["day"])
    assert [row["baseline"] for row in rows[:7]] == [counted[first + timedelta(days=d - 7)] for d in range(7)]
    assert made.beats_baseline is True
    assert said["gain_low"] <= made.baseline_quality - made.quality <= said["gain_high"]
    assert all(low <= value <= high for low, value, high in zip(said["low"], said["values"], said["high"], strict=True))
    assert said["days"][0] == TODAY.isoformat()


def test_r096_a_gain_that_chance_may_explain_is_not_called_better(world: World) -> None:
    receive(world, noisy())
    made = run(world)
    said = made.said
    for low, words in ((0.01, "优于基线"), (-0.01, "误差较小，不能排除偶然")):
        made.output = json.dumps({**said, "gain_low": low})
        assert str(made.status_view.label) == words


def test_r096_where_last_week_repeats_exactly_nothing_beats_the_baseline(world: World) -> None:
    without_holidays(world)
    receive(world, lambda day: WEEK[day.weekday()])
    made = run(world)
    assert (made.baseline_quality, made.beats_baseline) == (0.0, False)
    with pytest.raises(NotProven):
        steer(world, "approve")
    assert troubled(User.objects.get(pk=world.cast.manager.pk), AT).count == 1


def test_r096_short_history_says_so_and_shows_the_baseline(world: World, signed_in: Any) -> None:
    without_holidays(world)
    receive(world, lambda day: WEEK[day.weekday()], days=12)
    made = run(world)
    assert made.said["state"] == "baseline_only"
    assert "values" not in made.said
    assert made.said["baseline"] == [WEEK[(TODAY + timedelta(days=d)).weekday()] for d in range(14)]
    assert made.beats_baseline is None
    assert reproduce_run(made) == made.output
    page = signed_in("manager").get(PAGE).content.decode()
    assert "历史太短" in page
    assert [one.source for one in served(KEY, world.bank, at=AT)] == ["baseline"] * 14


def test_r096_no_week_of_history_is_no_error(world: World, signed_in: Any) -> None:
    client = signed_in("manager")
    assert client.get(PAGE).status_code == 200
    with pytest.raises(NothingLoaded):
        run(world)
    receive(world, lambda day: 3, days=4)
    assert run(world).said["state"] == "too_short"
    assert served(KEY, world.bank, at=AT) == []
    assert "还没有满一周的历史" in client.get(PAGE).content.decode()


def test_r096_a_missing_extra_leaves_the_baseline(world: World, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from steward.excellence.insights.modelcards import intake

    receive(world, noisy())
    plain = intake.science.forecast

    def lacking(*args: Any, **options: Any) -> Any:
        if "methods" in options:
            return plain(*args, **options)
        raise MissingExtra("somelib", "learn")

    monkeypatch.setattr(intake.science, "forecast", lacking)
    made = run(world)
    assert (made.said["state"], made.said["extra"]) == ("extra_missing", "learn")
    assert len(made.said["baseline"]) == 14
    assert "steward[learn]" in signed_in("manager").get(PAGE).content.decode()


def test_r096_on_trial_nothing_uses_it_until_a_named_person_approves(world: World) -> None:
    receive(world, noisy())
    made = run(world)
    assert state(world) == State.TRIAL
    assert {one.source for one in served(KEY, world.bank, at=AT)} == {"baseline"}
    for by in (SETUP, world.actor("supervisor"), world.actor("outsider")):
        with pytest.raises(Forbidden):
            models.switch_model(card=card_of(KEY), unit=world.bank, turn="approve", by=by, at=AT, reason="同意")
    with pytest.raises(NeedsReason):
        steer(world, "approve", "  ")
    row = steer(world, "approve")
    assert row.by == world.cast.manager
    used = served(KEY, world.bank, at=AT)
    assert [one.value for one in used] == made.said["values"]
    assert {one.source for one in used} == {"model"}
    with pytest.raises(NotPossibleNow):
        steer(world, "approve")


def test_r096_switched_off_the_work_goes_on_with_the_baseline(world: World, signed_in: Any) -> None:
    receive(world, noisy())
    made = run(world)
    steer(world, "approve")
    client = signed_in("manager")
    assert "预测" in client.get(PAGE).content.decode()
    steer(world, "off", "春节后偏差大")
    assert [one.value for one in served(KEY, world.bank, at=AT)] == made.said["baseline"]
    page = client.get(PAGE).content.decode()
    assert "春节后偏差大" in page
    assert "孙经理" in page
    assert client.get("/insights/models/").status_code == 200
    assert client.post(f"{PAGE}run/").status_code == 409
    with pytest.raises(IsOff):
        run(world)
    before = ModelRun.objects.count()
    enqueue(run_all, at=AT)
    run_waiting(AT)
    assert ModelRun.objects.filter(unit=world.bank).count() == before
    assert not Job.objects.exclude(state=Job.State.DONE).filter(name__startswith="modelcards.").exists()
    assert troubled(User.objects.get(pk=world.cast.manager.pk), AT).count == 0
    # Back on, it is where it was: approved.
    assert steer(world, "on", "已复核").state == State.IN_USE


def test_r096_a_model_switched_off_on_trial_comes_back_on_trial(world: World) -> None:
    steer(world, "off", "先不用")
    assert steer(world, "on", "再试").state == State.TRIAL
    steer(world, "off", "又停")
    assert steer(world, "on", "再试").state == State.TRIAL


def test_r096_two_who_switch_at_once_do_not_both_win(world: World) -> None:
    row = steer(world, "off", "停用")
    with pytest.raises(Exception, match=r"(?i)unique"):
        ModelSwitch.objects.create(card=KEY, unit=world.bank, at=AT, by=row.by, turn="off", state="off", reason="同时")


def test_r096_the_night_runs_every_organisation(world: World) -> None:
    receive(world, noisy())
    receive(world, lambda day: 4, unit=world.hotel, tag="H")
    enqueue(run_all, at=AT)
    run_waiting(AT)
    assert set(ModelRun.objects.values_list("unit_id", flat=True)) == {world.bank.pk, world.hotel.pk}
    hotel = ModelRun.objects.get(unit=world.hotel)
    assert set(json.loads(hotel.inputs)["counts"]) == {4}, "one organisation never reads the other's cases"


def test_r096_a_value_by_hand_counts_and_is_compared_once_the_day_is_over(world: World) -> None:
    receive(world, noisy())
    made = run(world)
    steer(world, "approve")
    manager, day = world.actor("manager"), TODAY + timedelta(days=1)
    given: dict[str, Any] = {"card": card_of(KEY), "unit": world.bank, "by": manager, "at": AT, "reason": "社保卡换发"}
    row = models.override_day(day=day, value=25, **given)
    assert row.model_value == made.said["values"][1]
    assert {one.day: one.source for one in served(KEY, world.bank, at=AT)}[day] == "override"
    assert worths(desk_of(card_of(KEY), world.bank, at=AT))[0].gained is None
    for wrong in (TODAY - timedelta(days=1), TODAY + timedelta(days=14)):
        with pytest.raises(DayNotAhead):
            models.override_day(day=wrong, value=25, **given)
    for index in range(24):
        case = cases.open_case(
            unit=world.counter_team, kind="enquiry", channel="web", title=f"题{index}", by=SETUP, at=AT + timedelta(days=1)
        )
    assert case.pk
    later = AT + timedelta(days=2)
    loading.load(at=later)
    (worth,) = worths(desk_of(card_of(KEY), world.bank, at=later))
    assert worth.actual == 24
    assert worth.gained == pytest.approx(abs(row.model_value - 24) - 1)
    assert HumanOverride.objects.count() == 1


def test_r096_the_newest_value_of_a_day_counts(world: World) -> None:
    receive(world, noisy())
    given: dict[str, Any] = {"card": card_of(KEY), "unit": world.bank, "by": world.actor("manager"), "reason": "活动", "day": TODAY}
    models.override_day(value=25, at=AT, **given)
    models.override_day(value=20, at=AT + timedelta(minutes=1), **given)
    assert served(KEY, world.bank, at=AT)[0].value == 20


def test_r096_drift_is_seen_and_chance_is_not_called_drift() -> None:
    rng = np.random.default_rng(3)
    steady = [int(count) for count in rng.poisson(12, 100)]
    assert drift(steady, USUAL)["state"] == "none"
    grown = [*steady[:72], *(int(count) for count in rng.poisson(20, 28))]
    found = drift(grown, USUAL)
    assert found["state"] == "drift"
    assert found["psi"] > 0.25
    assert found["ks_p"] < 0.01
    assert drift(steady[:40], USUAL)["state"] == "unknown"


def test_r096_how_often_chance_alone_sounds_the_alarm() -> None:
    """Four hundred steady courses: about one in a hundred, far fewer than a bare limit of 0.25 would name."""
    rng = np.random.default_rng(11)
    courses = [[int(count) for count in rng.poisson(12, 100)] for _course in range(400)]
    found = [drift(course, USUAL) for course in courses]
    assert sum(one["state"] == "drift" for one in found) <= 16
    assert sum(one["psi"] >= USUAL["psi_drift"] for one in found) > 20


def test_r096_psi_of_a_worked_example() -> None:
    """Quarters of 1…100 against twenty values in the lowest quarter and none above, with half a day added to each bin."""
    psi, _chance = stability(np.arange(1.0, 101.0), np.full(20, 5.0))
    before, now = np.array([25.5] * 4) / 102, np.array([20.5, 0.5, 0.5, 0.5]) / 22
    assert psi == pytest.approx(float(((now - before) * np.log(now / before)).sum()))


def test_r096_a_drifted_model_waits_for_a_decision_until_somebody_reviews_it(world: World, django_assert_max_num_queries: Any) -> None:
    noise = noisy()
    receive(world, lambda day: noise(day) * (2 if day >= TODAY - timedelta(days=28) else 1))
    assert run(world).drift == "drift"
    manager = User.objects.get(pk=world.cast.manager.pk)
    assert manager.access.unit_ids("models.steer")
    with django_assert_max_num_queries(1):
        part = troubled(manager, AT)
    assert part.count == 1
    assert part.lines[0].action == ("作出决定", PAGE)
    given: dict[str, Any] = {"card": card_of(KEY), "unit": world.bank, "by": world.actor("manager"), "at": AT}
    review = models.review_model(outcome="watch", reason="节后恢复", **given)
    assert review.next_date == TODAY + timedelta(days=180)
    assert troubled(manager, AT).count == 0
    assert troubled(manager, AT + timedelta(days=8)).count == 1
    assert troubled(User.objects.get(pk=world.cast.supervisor.pk), AT).count == 0


def test_r096_the_limits_are_a_rule_of_the_organisation(world: World) -> None:
    from steward.ground.rules.operations import publish_rule

    receive(world, noisy())
    publish_rule(kind="model_limits", key="default", unit=world.bank, body={**USUAL, "history_days": 60}, valid_from=TODAY,
                 source="本行制度", by=world.actor("administrator"), at=AT)  # fmt: skip
    inputs = json.loads(run(world).inputs)
    assert len(inputs["counts"]) == 60
    assert inputs["limits"]["history_days"] == 60


def test_r096_only_who_sees_the_whole_organisation_sees_its_figures(world: World, signed_in: Any) -> None:
    receive(world, noisy())
    made = run(world)
    told = signed_in("supervisor").get(PAGE).content.decode()
    assert "个人信息保护法" in told
    assert "chart-model" not in told
    assert signed_in("supervisor").get(f"/insights/models/runs/{made.public_id}/").status_code == 404
    assert made.data_hash[:12] not in signed_in("supervisor").get(f"{PAGE}runs/").content.decode()
    shown = signed_in("manager").get(PAGE).content.decode()
    assert "chart-model" in shown
    assert made.data_hash[:12] in shown


def test_r096_the_pages_of_a_manager(world: World, signed_in: Any, django_assert_max_num_queries: Any) -> None:
    receive(world, noisy())
    made, client = run(world), signed_in("manager")
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        for address in ("/insights/models/", PAGE, f"{PAGE}runs/?drift=none", f"/insights/models/runs/{made.public_id}/"):
            assert client.get(address).status_code == 200, address
    with django_assert_max_num_queries(40):
        client.get(PAGE)
    csv = b"".join(client.get(f"{PAGE}runs/?format=csv").streaming_content).decode()
    assert made.data_hash in csv
    assert client.get("/insights/models/unheard_of/").status_code == 404
    assert client.post(f"/insights/models/runs/{made.public_id}/check/", follow=True).status_code == 200
    assert client.post(f"{PAGE}switch/", {"turn": "approve", "reason": "可用"}).status_code == 302
    assert state(world) == State.IN_USE
    assert client.post(f"{PAGE}switch/", {"turn": "off"}, headers={"HX-Request": "true", "HX-Target": "x-problem"}).status_code == 422
    assert client.post(f"{PAGE}run/").status_code == 302
    assert Job.objects.filter(name="modelcards.run_card").exists()


def test_r096_holidays_and_makeup_days_are_told_from_ordinary_ones(world: World) -> None:
    receive(world, noisy())
    inputs = json.loads(run(world).inputs)
    assert inputs["calendar"]["makeup"] == ["2026-02-14", "2026-02-28"]
    assert len(inputs["calendar"]["holidays"]) == 9


def test_x12_a_run_reads_no_person_and_changes_nothing_else(world: World) -> None:
    """The input is counts and days alone, and a run writes its own row and its journal entry."""
    receive(world, noisy())
    before = {model: model._base_manager.count() for model in exported_models()}
    made = run(world)
    after = {model: model._base_manager.count() for model in exported_models()}
    assert {model for model in after if after[model] != before[model]} - {Topic} == {ModelRun, Entry}
    assert set(json.loads(made.inputs)) == {"measure", "first", "counts", "horizon", "cover", "calendar", "limits", "limits_version"}
