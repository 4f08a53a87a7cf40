"""Effect reviews through the operations: published effects entered as tables, the four cells of case 1, the worst month, frozen data."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import translation
from tests.cast import AT, SETUP, World
from tests.core.actions.test_life import NOTHING, done, found, four_cells, later, planned
from tests.science.published import DATA, data_file

from steward.core.actions import entering, series, words
from steward.core.actions import operations as actions
from steward.core.actions.assessment import Figures, assess, hash_of, outcome_of, thawed
from steward.core.actions.charts import chart_of
from steward.core.actions.errors import BadTable, Missing, NoChangePoint
from steward.core.actions.method import Form, Material, Way
from steward.core.actions.models import Action, EffectReview, State
from steward.ground.access.models import Unit
from steward.ground.measures import loading
from steward.ground.measures.evaluate import evaluate
from steward.ground.measures.questions import Point, Question, Viewer, Window
from steward.ground.measures.viewers import viewer_of
from steward.science.checks.effect import ACTION, after_the_worst
from steward.science.effect import Assumption, Basis, Caution, Rung
from steward.science.inference import Verdict

CASE_1 = "时段\t组\t分子\t分母\n改进前\t试点\t148\t2400\n改进后\t试点\t98\t2400\n改进前\t对照\t139\t2400\n改进后\t对照\t132\t2400\n"


def entered(table: str, form: Form = Form.SHARE, *, better: str = "down", practical: float = 1.0, **given: Any) -> Figures:
    material = entering.material_of(entering.read_table(table, form), form=form, better=better, started=given.pop("started", None), **given)
    return Figures("entered", material, entering.factor_of(form), "pp", practical)


def reviewed(world: World, figures: Figures, **given: Any) -> EffectReview:
    action = done(world, **given)
    return actions.record_review(action=action, figures=figures, by=world.actor("supervisor"), at=later())


def table(values: Sequence[float], group: str = "treated") -> str:
    return "".join(f"{place},{group},{value}\n" for place, value in enumerate(values, 1))


# --- R-086 ---


@pytest.mark.django_db
def test_r086_case_1_is_worded_as_required(world: World) -> None:
    review = reviewed(world, entered(CASE_1))
    assert (review.method, review.rung, review.verdict, review.outcome) == ("difference", "B", "direction_only", "inconclusive")
    with translation.override("zh-hans"):
        assert words.review_estimate(review) == "−1.8 个百分点（−3.6 … +0.0）"
        assert words.review_words(review) == "方向改善，证据尚不充分"
    with translation.override("en"):
        assert words.review_estimate(review) == "−1.8 pp (−3.6 … +0.0)"
        assert words.review_words(review) == "The direction is better; the evidence is not yet sufficient"
    review.action.refresh_from_db()
    assert (review.action.state, review.action.rung) == (State.INCONCLUSIVE, "B")


@pytest.mark.django_db
def test_r086_published_panel_entered_as_a_table(world: World) -> None:
    with data_file("effect/california_prop99.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    lines = [f"{row['Year']};{'treated' if row['State'] == 'California' else row['State']};{row['PacksPerCapita']}" for row in rows]
    text = "\n".join(["year;group;value", *lines])
    review = reviewed(world, entered(text, Form.AMOUNT, started=date(1989, 1, 1), practical=5))
    assert review.estimate == pytest.approx(-15.60, abs=0.01)
    assert review.method == "panel"
    others = {each["method"]: each["estimate"] for each in review.found["others"]}
    assert others["synthetic_control"] == pytest.approx(-19.5, abs=0.05)
    assert others["panel_difference_in_differences"] == pytest.approx(-27.35, abs=0.005)
    assert (review.verdict, review.outcome) == ("direction_only", "inconclusive")
    chart = chart_of(review)
    assert chart is not None
    assert len(chart.series) == 3  # itself, the mean of 38 others, and its course without the programme
    assert chart.marks[0].at == "1989"


@pytest.mark.django_db
def test_r086_published_series_entered_as_a_table(world: World) -> None:
    data_file("effect/arma_data.csv")
    rows = np.loadtxt(DATA / "effect/arma_data.csv", delimiter=",", skiprows=1)
    values = rows[:, 1] + 5.0 * (np.arange(len(rows)) >= ACTION)
    text = "period,group,value\n" + table(values) + table(rows[:, 0], "control")
    figures = entered(text, Form.AMOUNT, better="up", first_after=str(ACTION + 1), practical=0.5)
    review = reviewed(world, figures, direction="up")
    assert review.estimate == pytest.approx(4.89, abs=0.3)
    assert review.low is not None
    assert review.high is not None
    assert review.low <= 5 <= review.high
    assert (review.method, review.rung, review.outcome) == ("controlled_series", "B", "effective")


# --- the guard against the worst month ---


@pytest.mark.django_db
@pytest.mark.parametrize("days", [None, 20])
def test_r056_an_action_opened_after_the_worst_month_is_not_declared_effective(world: World, days: int | None) -> None:
    """A stable series; one bad month opens the action; the next months are as always."""
    history, after = after_the_worst(np.random.default_rng(2), 0.0)
    months = [date(2023 + place // 12, place % 12 + 1, 1) for place in range(32)]
    series_of = [*history, *after]
    finding = found(world, trigger_extreme=True, trigger_date=months[23] + timedelta(days=days) if days else None)
    text = "月份,数值\n" + "".join(f"{month:%Y-%m},{value:.4f}\n" for month, value in zip(months, series_of, strict=True))
    figures = entered(
        text, Form.AMOUNT, started=months[24], extreme=finding.trigger_extreme, trigger_date=finding.trigger_date, practical=0.3
    )
    assert figures.material.trigger == 23
    assert figures.material.season == 12
    review = reviewed(world, figures, finding=finding)
    assert review.outcome != "effective"
    assert "chosen_for_extreme" in review.found["cautions"]
    next_month = entered(
        "\n".join(text.splitlines()[:26]), Form.AMOUNT, started=months[24], extreme=True, trigger_date=finding.trigger_date, practical=0.3
    )
    found_at_once = assess(next_month, better="down")
    assert (found_at_once.verdict, found_at_once.outcome) == ("insufficient", "inconclusive")
    assert found_at_once.method == "regression_to_mean"
    with translation.override("zh-hans"):
        said = words.by_itself_words(found_at_once.found["naive"], found_at_once.found["by_itself"], "")
        assert "自行恢复" in said


def test_only_evidence_of_improvement_is_effective() -> None:
    told = {(verdict, better): outcome_of(verdict, better) for verdict in Verdict for better in (True, False, None)}
    assert [key for key, outcome in told.items() if outcome == "effective"] == [(Verdict.EVIDENCE, True)]
    assert told[(Verdict.EVIDENCE, False)] == "ineffective"
    assert told[(Verdict.NO_CHANGE, True)] == "ineffective"
    assert {told[(verdict, True)] for verdict in (Verdict.INSUFFICIENT, Verdict.DIRECTION_ONLY, Verdict.INCONCLUSIVE)} == {"inconclusive"}


# --- Reviews are kept ---


@pytest.mark.django_db
def test_the_data_of_a_review_are_frozen_with_their_fingerprint(world: World) -> None:
    figures = four_cells()
    review = reviewed(world, figures)
    kept = EffectReview.objects.get()
    assert hash_of(kept.data) == kept.data_hash
    assert assess(Figures("entered", thawed(kept.data), 100.0, "pp", 1.0), better="down").estimate == review.estimate
    kept.data["treated"][0]["numerator"] = 149
    assert hash_of(kept.data) != kept.data_hash


@pytest.mark.django_db
def test_a_newer_review_takes_the_place_of_an_older_one(world: World) -> None:
    first = reviewed(world, NOTHING)
    strong = four_cells(after=(60, 2400))
    actions.record_review(action=first.action, figures=strong, by=world.actor("manager"), at=later(40))
    first.action.refresh_from_db()
    assert (first.action.outcome, first.action.rung) == ("effective", "B")
    assert first.action.reviews.count() == 2


@pytest.mark.django_db
def test_without_figures_cannot_tell_is_the_answer(world: World) -> None:
    review = reviewed(world, NOTHING)
    assert (review.method, review.rung, review.verdict, review.outcome) == (Way.NOTHING, "D", "insufficient", "inconclusive")
    assert chart_of(review) is None
    with translation.override("en"):
        assert words.review_words(review) == "Not enough data: nothing can be said yet"


def test_every_code_of_science_has_words_in_both_languages() -> None:
    tables = [
        (words.ASSUMPTIONS, Assumption),
        (words.CAUTIONS, Caution),
        (words.RUNGS, Rung),
        (words.BASES, Basis),
        (words.METHODS, Way),
    ]
    for known, codes in tables:
        assert set(known) == {str(code) for code in codes}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                told = [str(text) for text in known.values()]
                assert len(set(told)) == len(told)
                assert all(any("一" <= letter <= "鿿" for letter in text) for text in told) is (language == "zh-hans")
    with translation.override("zh-hans"):
        told = {words.verdict_words(verdict, better) for verdict in Verdict for better in (True, False)}
    assert len(told) == 7
    assert {"数据不足，暂不能下结论", "未见有意义变化", "有证据表明有改善", "方向改善，证据尚不充分", "方向恶化，证据尚不充分"} <= told


# --- Tables ---


def problem(text: str, form: Form = Form.SHARE, **given: Any) -> str:
    with pytest.raises(BadTable) as refused, translation.override("en"):
        entered(text, form, **given)
    return str(refused.value.params["problem"])


def test_what_is_wrong_with_a_table_is_said() -> None:
    assert "numerator, denominator" in problem("period,value\n1,2\n")
    assert "at least one row" in problem("")
    assert "row 2: “x” is no number" in problem("period,numerator,denominator\n1,x,3\n")
    assert "row 3: the denominator" in problem("period,numerator,denominator\n1,1,3\n2,0,0\n")
    assert "row 2: the numerator" in problem("period,numerator,denominator\n1,4,3\n")
    assert "row 3: this period is there twice" in problem("period,numerator,denominator\n1,1,3\n1,1,3\n")
    assert "row 2 has no period" in problem("period,numerator,denominator\n,1,3\n")
    assert "no row belongs to the side" in problem("period,group,numerator,denominator\n1,control,1,3\n")
    assert "there is no period “9”" in problem("period,numerator,denominator\n1,1,3\n", first_after="9")
    assert "more than 5000 rows" in problem("period,numerator,denominator\n" + "1,1,3\n" * 5001)
    with pytest.raises(NoChangePoint):
        entered("period,value\na,1\nb,2\n", Form.AMOUNT)


def test_tables_as_people_write_them() -> None:
    figures = entered(
        "日期；数值".replace("；", ";") + "\n2026年3月;1,200\n2026年1月;1 100\n2026-02;−5\n", Form.AMOUNT, started=date(2026, 3, 1)
    )
    assert [point.value for point in figures.material.treated] == [1100.0, -5.0, 1200.0]
    assert figures.material.start == 2
    cut = entered("week,value\n2026-W01,1\n2026-W02,2\n2026-W03,3\n", Form.AMOUNT, started=date(2026, 1, 7))
    assert ([point.value for point in cut.material.treated], cut.material.start) == ([1.0, 3.0], 1)
    last = entered("month,value\n2026-01,1\n2026-02,2\n", Form.AMOUNT, started=date(2026, 2, 10))
    assert ([point.value for point in last.material.treated], last.material.start) == ([1.0], 1)
    gaps = entered("period,side,value\n1,treated,1\n2,treated,2\n1,South,1\n", Form.AMOUNT, first_after="2")
    assert gaps.material.controls["South"][1] is None


# --- The seam to the measures ---


@pytest.mark.django_db
def test_points_of_a_measure_become_the_material(world: World) -> None:
    """A fake stands for the store: what matters is which question is asked, and what becomes of the points."""
    action = planned(world, measure="action_effective_rate", practical=None, finding=found(world, trigger_extreme=True))
    Action.objects.filter(pk=action.pk).update(started_date=date(2026, 2, 11))
    action.refresh_from_db()
    asked: list[Question] = []

    def ask(question: Question, viewer: Viewer) -> list[Point]:
        asked.append(question)
        monday = date(2025, 12, 29)
        weeks = [(monday + timedelta(days=7 * place), monday + timedelta(days=7 * place + 7)) for place in range(10)]
        shares = [30, 30, 60, 30, 30, 30, 30, 20, 20, 0]
        return [Point(start, end, 100 * k / 80, None, None, 80, k, 80 if k else 0) for (start, end), k in zip(weeks, shares, strict=True)]

    window = Window(date(2026, 1, 1), date(2026, 3, 9))
    figures = series.figures_of(
        action, viewer=Viewer(world.bank.pk, {}), window=window, grain="week", comparisons=[world.other_branch], ask=ask
    )
    material = figures.material
    # The first week begins before the window, the last has nothing below the line, and the week of the change is cut in two.
    assert [point.label for point in material.treated] == [
        f"2026-{day}" for day in ("01-05", "01-12", "01-19", "01-26", "02-02", "02-16", "02-23")
    ]
    assert (material.start, material.form, figures.factor, figures.practical) == (5, Form.SHARE, 100.0, 10.0)
    assert material.trigger == 1  # the worst week before
    assert [question.filters for question in asked] == [{"unit": (world.counter_team.pk,)}, {"unit": (world.other_branch.pk,)}]
    assert figures.stamp["measure"] == "action_effective_rate@1"
    assert set(material.controls) == {str(Unit.objects.get(pk=world.other_branch.pk).name)}


@pytest.mark.django_db
def test_what_the_seam_refuses(world: World) -> None:
    action = planned(world, measure="action_effective_rate")
    with pytest.raises(NoChangePoint):
        series.figures_of(action, viewer=Viewer(1, {}), window=Window(AT.date(), later().date()), grain="week")
    action.measure = ""
    action.practical = None
    with pytest.raises(Missing):
        series.practical_of(action, Material(Form.SHARE, (), 0), 100.0)


@pytest.mark.django_db
def test_r086_the_register_counts_by_verdict(world: World) -> None:
    """The measures of the register, over the store that the journal brings up to date."""
    for figures in (four_cells(after=(60, 2400)), four_cells(), NOTHING):
        actions.record_review(action=done(world), figures=figures, by=world.actor("supervisor"), at=later())
    actions.cancel_action(action=planned(world), reason="不做了", by=SETUP, at=AT)
    planned(world, due_date=AT.date() - timedelta(days=3))
    loading.load(at=later(32))
    viewer = viewer_of(world.cast.supervisor, at=later(32))
    window = Window(AT.date() - timedelta(days=9), later(33).date())

    def counted(measure: str) -> tuple[float, float]:
        total = evaluate(Question(measure, window), viewer).total
        return total.numerator, total.denominator

    assert counted("action_effective_rate") == (1, 3)
    assert counted("action_ineffective_rate") == (0, 3)
    assert counted("action_inconclusive_rate") == (2, 3)
    assert counted("action_rung_b_rate") == (2, 3)
    assert counted("action_reviewed_rate") == (3, 3)
    assert counted("action_overdue_rate") == (1, 4)
    assert evaluate(Question("action_cycle_time", window), viewer).total.n == 4
    assert evaluate(Question("action_effective_rate", window), viewer_of(world.cast.outsider, at=AT)).total.n == 0
