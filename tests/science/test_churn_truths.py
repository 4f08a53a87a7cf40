"""Churn against outside truths: the telephone company's customers (steward.science.checks.churn), scikit-learn's measures, customers that we made
ourselves with probabilities we know, and what must hold of any such model.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.science.published import DATA, data_file, must_hold, truths_of

from steward.science import churn
from steward.science.checks import Truth
from steward.science.checks.churn import FILE, evaluated
from steward.science.churn import ChurnModel, Definition, Leakage, Leaving, NoData, NotAModel, NotANumber

if TYPE_CHECKING:
    from steward.science.guards import Floats

ENDED = Definition(Leaving.CONTRACT_ENDED, 30, "The contract ended within 30 days")
SILENT = Definition(Leaving.SILENT, 30, "No visit for 30 days")


@pytest.mark.parametrize("truth", truths_of("churn"))
def test_published(truth: Truth) -> None:
    must_hold(truth)


def test_the_telephone_companys_figures_are_usable() -> None:
    data_file(FILE)
    found = evaluated(DATA)
    assert found.usable
    assert found.how == "5 folds"
    assert (found.n, found.churned) == (7043, 1869)
    assert min(found.fold_aucs) > 0.82
    assert 0.9 < found.calibration.slope < 1.1
    assert found.calibration.error < 0.015
    assert found.best_column == "Contract"
    assert found.challenger_gain is not None
    assert found.challenger_gain.high < 0.005  # boosting would add nothing that matters
    assert {group.column for group in found.groups} == {"gender", "SeniorCitizen"}


# --- Customers of whom we know the probability ---


def made(n: int, seed: int) -> tuple[dict[str, list[Any]], list[int], Floats]:
    """Columns with gaps, who left, and the probability by which they did."""
    rng = np.random.default_rng(seed)
    months, visits = rng.exponential(20, n), rng.poisson(3, n).astype(float)
    plan = rng.choice(["basic", "plus", "gold"], n, p=[0.5, 0.3, 0.2])
    log_odds = -0.6 - 1.2 * np.log1p(months / 6) + 0.9 * (plan == "basic") - 0.25 * visits + 1.0
    chance = 1 / (1 + np.exp(-log_odds))
    left = (rng.random(n) < chance).astype(int)
    gap = rng.random(n) < 0.05
    columns: dict[str, list[Any]] = {
        "months": [None if empty else float(value) for value, empty in zip(months, gap, strict=True)],
        "visits": visits.tolist(),
        "plan": plan.tolist(),
        "note": ["" if value < 0.1 else "x" for value in rng.random(n)],
    }
    return columns, left.tolist(), chance


@pytest.fixture(scope="module")
def model() -> ChurnModel:
    columns, left, _ = made(1500, 1)
    return churn.train(columns, left, ENDED, name="test", seed=3, challenger=False)


def test_known_probabilities_are_found_again() -> None:
    """Calibration slope between .9 and 1.1, and nearly as good an order as the true probabilities have."""
    columns, left, chance = made(6000, 2)
    found = churn.evaluate(columns, left, ENDED, challenger=False)
    assert 0.9 < found.calibration.slope < 1.1
    assert found.calibration.error < 0.02
    assert found.usable
    best = churn.auc(chance, left).estimate
    assert best - 0.01 < found.auc.estimate < best + 0.002
    assert np.abs(found.chances - chance[found.places]).mean() < 0.03


def test_nothing_to_find_is_called_nothing() -> None:
    rng = np.random.default_rng(4)
    columns = {"a": rng.normal(size=800).tolist(), "b": rng.choice(["x", "y"], 800).tolist()}
    found = churn.evaluate(columns, rng.integers(0, 2, 800), ENDED, challenger=False)
    assert found.auc.low < 0.5 < found.auc.high
    assert not found.usable


def test_a_column_from_the_future_fails_the_run() -> None:
    columns, left, _ = made(800, 5)
    rng = np.random.default_rng(6)
    told = {**columns, "last call": ["cancel" if gone and rng.random() < 0.9 else "other" for gone in left]}
    found = churn.evaluate(told, left, ENDED, challenger=False)
    assert not found.usable
    assert any("last call: alone" in sign for sign in found.leakage)
    with pytest.raises(Leakage, match="last call"):
        churn.train(told, left, ENDED, challenger=False)
    accepted = churn.train(told, left, ENDED, challenger=False, accept_leakage=True)
    assert accepted.card is not None
    assert accepted.card.leakage


def test_a_gap_that_gives_it_away_is_a_sign_too() -> None:
    columns, left, _ = made(800, 7)
    told = {**columns, "renewed": [None if gone else 1.0 + place % 13 for place, gone in enumerate(left)]}
    assert any("renewed" in sign for sign in churn.evaluate(told, left, ENDED, challenger=False).leakage)


def test_values_recorded_after_the_snapshot_are_named() -> None:
    columns, left, _ = made(1200, 8)
    snapshot = np.datetime64("2026-01-01") + (np.arange(1200) % 8) * 30
    known = snapshot - 3
    fine = churn.evaluate(columns, left, ENDED, snapshot=snapshot, known_at={"visits": known}, challenger=False)
    assert fine.leakage == ()
    known = known.copy()
    known[:5] += 10
    late = churn.evaluate(columns, left, ENDED, snapshot=snapshot, known_at={"visits": known}, challenger=False)
    assert late.leakage == ("visits: 5 values were recorded after the snapshot",)


def test_the_latest_customers_are_foreseen_from_outcomes_that_were_known() -> None:
    columns, left, _ = made(1200, 9)
    snapshot = np.datetime64("2026-01-01") + (np.arange(1200) % 8) * 30
    found = churn.evaluate(columns, left, ENDED, snapshot=snapshot, challenger=False)
    assert found.how == "time"
    assert set((np.arange(1200) % 8)[found.places]) == {6, 7}
    with pytest.raises(NoData, match="horizon"):
        churn.evaluate(columns, left, Definition(Leaving.SILENT, 400, "long"), snapshot=snapshot, challenger=False)


def test_protected_columns_are_for_the_audit_only() -> None:
    columns, left, _ = made(900, 10)
    rng = np.random.default_rng(11)
    columns["gender"] = rng.choice(["f", "m"], 880).tolist() + ["rare"] * 20
    model = churn.train(columns, left, ENDED, protected=["gender"], challenger=False)
    assert model.card is not None
    assert "gender" not in model.card.columns
    groups = churn.evaluate(columns, left, ENDED, protected=["gender"], challenger=False).groups
    assert [group.value for group in groups] == ["f", "m"]  # 20 are too few to show
    assert all(group.left.low <= group.foreseen <= group.left.high for group in groups)


# --- Reasons ---


def test_reasons_and_the_average_make_the_probability(model: ChurnModel) -> None:
    columns, _, _ = made(50, 12)
    for each, chance in zip(churn.explain(model, columns, None), model.probability(columns), strict=True):
        odds = math.log(each.average / (1 - each.average)) + sum(reason.log_odds for reason in each.reasons)
        assert each.probability == pytest.approx(chance)
        assert 1 / (1 + math.exp(-odds)) == pytest.approx(chance)
        sizes = [abs(reason.log_odds) for reason in each.reasons]
        assert sizes == sorted(sizes, reverse=True)


def test_reasons_point_where_the_truth_does(model: ChurnModel) -> None:
    (found,) = model.explain({"months": [0.5], "visits": [0], "plan": ["basic"], "note": ["x"]})
    assert {reason.column: reason.log_odds > 0 for reason in found.reasons if reason.column != "note"} == dict.fromkeys(
        ("months", "visits", "plan"), True
    )
    assert found.reasons[0].factor > 1
    assert found.probability > found.average


def test_what_the_model_would_say_otherwise(model: ChurnModel) -> None:
    columns, _, _ = made(40, 13)
    assert (model.what_if(columns, plan="basic") > model.what_if(columns, plan="gold")).all()
    with pytest.raises(ValueError, match="no column price"):
        model.what_if(columns, price=3)


# --- The stored model ---


def test_a_stored_model_is_the_same_model(model: ChurnModel, tmp_path: Path) -> None:
    columns, left, _ = made(1500, 1)
    model.save(tmp_path / "model.json")
    again = ChurnModel.load(tmp_path / "model.json")
    assert (again.probability(columns) == model.probability(columns)).all()
    assert again.card == model.card
    assert again.parts == model.parts
    assert model.card is not None
    assert (model.card.n, model.card.churned, model.card.seed) == (1500, sum(left), 3)
    assert model.card.definition["words"] == ENDED.words


def test_training_twice_gives_the_same(model: ChurnModel) -> None:
    columns, left, _ = made(1500, 1)
    other = churn.train(dict(reversed(columns.items())), left, ENDED, name="test", seed=3, challenger=False)
    assert other.card is not None
    assert model.card is not None
    assert other.card.data_hash == model.card.data_hash
    assert other.probability(columns) == pytest.approx(model.probability(columns), abs=1e-6)
    left[0] = 1 - left[0]
    changed = churn.train(columns, left, ENDED, seed=3, challenger=False).card
    assert changed is not None
    assert changed.data_hash != model.card.data_hash


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 9}', '{"format": 1, "parts": 3}', "null"])
def test_what_is_no_model_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "m.json").write_text(text, encoding="utf-8")
    with pytest.raises(NotAModel):
        ChurnModel.load(tmp_path / "m.json")


def test_a_damaged_model_is_refused(model: ChurnModel, tmp_path: Path) -> None:
    model.save(tmp_path / "m.json")
    data = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
    data["weights"][0].pop()
    (tmp_path / "m.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(NotAModel, match="damaged"):
        ChurnModel.load(tmp_path / "m.json")


def test_gaps_and_words_never_seen_are_borne(model: ChurnModel) -> None:
    odd = {"months": [None, math.nan, 1e9], "visits": ["", None, 2], "plan": ["", None, "platinum"], "note": [None, None, None]}
    assert ((model.probability(odd) > 0) & (model.probability(odd) < 1)).all()


# --- Measures against scikit-learn ---

outcomes = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=4, max_size=80).filter(
    lambda pairs: 0 < sum(left for _, left in pairs) < len(pairs)
)


@given(outcomes)
@settings(deadline=None)
def test_measures_are_those_of_scikit_learn(pairs: list[tuple[int, bool]]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    chances, left = np.array([place / 20 for place, _ in pairs]), np.array([gone for _, gone in pairs])
    assert churn.auc(chances, left).estimate == pytest.approx(metrics.roc_auc_score(left, chances))
    assert churn.average_precision(chances, left) == pytest.approx(metrics.average_precision_score(left, chances))
    assert churn.brier(chances, left) == pytest.approx(metrics.brier_score_loss(left, chances))


def test_the_interval_of_the_auc_covers_it() -> None:
    """Two normal groups one standard deviation apart have an AUC of .760."""
    rng = np.random.default_rng(14)
    truth, covered = 0.5 * (1 + math.erf(1 / 2)), 0
    for _ in range(400):
        found = churn.auc(np.append(rng.normal(1, 1, 80), rng.normal(0, 1, 200)), [1] * 80 + [0] * 200)
        covered += found.low <= truth <= found.high
    assert covered / 400 >= 0.93


def test_calibration_tells_too_sure_from_right() -> None:
    rng = np.random.default_rng(15)
    odds = rng.normal(-1, 1, 20_000)
    chance = 1 / (1 + np.exp(-odds))
    left = rng.random(20_000) < chance
    right, sure = churn.calibration(chance, left), churn.calibration(1 / (1 + np.exp(-2 * odds)), left)
    assert (right.slope, right.intercept) == pytest.approx((1, 0), abs=0.06)
    assert sure.slope == pytest.approx(0.5, abs=0.03)
    assert right.error < 0.01 < sure.error
    assert sum(step.n for step in right.steps) == 20_000


def test_lift_by_hand() -> None:
    chances, left = np.linspace(1, 0, 100), [1] * 8 + [0] * 2 + [1] * 12 + [0] * 78
    assert churn.lift(chances, left) == pytest.approx(0.8 / 0.2)
    assert churn.lift(np.full(100, 0.3), left) == pytest.approx(1)


@given(outcomes, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_customers_does_not_matter(pairs: list[tuple[int, bool]], random: Any) -> None:
    mixed = list(pairs)
    random.shuffle(mixed)
    for measure in (churn.brier, churn.lift, churn.average_precision, lambda p, y: churn.auc(p, y).estimate):
        values = [measure([place / 20 for place, _ in each], [gone for _, gone in each]) for each in (pairs, mixed)]
        assert values[0] == pytest.approx(values[1])


@given(outcomes)
@settings(deadline=None)
def test_turning_it_round_turns_the_order_round(pairs: list[tuple[int, bool]]) -> None:
    chances, left = [place / 20 for place, _ in pairs], [gone for _, gone in pairs]
    assert churn.auc([1 - p for p in chances], left).estimate == pytest.approx(1 - churn.auc(chances, left).estimate)
    assert churn.auc_gain(chances, chances, left).estimate == 0


# --- Definitions ---


def test_silence_is_read_from_visits() -> None:
    visits = {"a": ["2026-01-10", "2026-02-15"], "b": ["2026-01-20"], "c": ["2025-11-01"], "d": ["2026-01-31", "2026-03-20"]}
    who, days = zip(*((name, day) for name, all_days in visits.items() for day in all_days), strict=True)
    found = churn.label_silence(who, days, "2026-01-31", SILENT)
    assert dict(zip(found.customers.tolist(), found.churned.tolist(), strict=True)) == {"a": False, "b": True, "d": True}
    with pytest.raises(NoData, match="end before"):
        churn.label_silence(who, days, "2026-03-10", SILENT)
    with pytest.raises(ValueError, match="by silence"):
        churn.label_silence(who, days, "2026-01-31", ENDED)
    assert churn.silence_after([7] * 96 + [60] * 4) == 7
    assert churn.silence_after([7] * 90 + [60] * 10) == 60


def test_bad_input_is_named() -> None:
    columns, left, _ = made(200, 16)
    with pytest.raises(ValueError, match="mixes numbers and words"):
        churn.evaluate({"a": [1, "x"] * 100}, left, ENDED)
    with pytest.raises(NotANumber, match="months"):
        churn.evaluate({**columns, "months": [math.inf] * 200}, left, ENDED)
    with pytest.raises(NotANumber, match="churned"):
        churn.evaluate(columns, [math.nan] * 200, ENDED)
    with pytest.raises(ValueError, match="names customers"):
        churn.evaluate({**columns, "id": [f"c{place}" for place in range(200)]}, left, ENDED)
    with pytest.raises(ValueError, match="one entry per customer"):
        churn.evaluate({**columns, "short": [1, 2]}, left, ENDED)
    with pytest.raises(NoData, match="30 customers who left"):
        churn.evaluate(columns, [1] * 3 + [0] * 197, ENDED)
    with pytest.raises(NoData):
        churn.evaluate(columns, [0] * 200, ENDED)
    with pytest.raises(NoData):
        churn.evaluate({}, left, ENDED)
    with pytest.raises(ValueError, match="no column sex"):
        churn.evaluate(columns, left, ENDED, protected=["sex"])
    with pytest.raises(ValueError, match="needs snapshot"):
        churn.evaluate(columns, left, ENDED, known_at={"visits": ["2026-01-01"] * 200}, challenger=False)
    with pytest.raises(ValueError, match="words that people understand"):
        Definition(Leaving.SILENT, 30, " ")
    with pytest.raises(NoData):
        churn.silence_after([])


def test_a_column_of_the_wrong_kind_is_named(model: ChurnModel) -> None:
    columns, _, _ = made(5, 17)
    with pytest.raises(ValueError, match="'months' must be numbers"):
        model.probability({**columns, "months": ["many"] * 5})
    with pytest.raises(ValueError, match="'plan' must be words"):
        model.probability({**columns, "plan": [1.0] * 5})
    with pytest.raises(ValueError, match="needs the column plan"):
        model.probability({name: values for name, values in columns.items() if name != "plan"})
