"""The same definitions on other engines: every measure has the same values, intervals and rows there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.cast import AT, World

from steward.ground.measures import foreign, loading
from steward.ground.measures.declarations import breakdowns, measures
from steward.ground.measures.engines import ForeignEngine, engine
from steward.ground.measures.evaluate import evaluate_many, row_ids
from steward.ground.measures.questions import Answer, Grain, Question, Viewer, Window
from steward.ground.measures.viewers import viewer_of

from .random_cases import fill

WINDOW = Window(date(2025, 12, 1), AT.date() + timedelta(days=1))


@pytest.fixture
def viewer(world: World) -> Viewer:
    fill(world, 400, seed=11)
    loading.rebuild(at=AT)
    return viewer_of(world.cast.manager, at=AT)


@pytest.fixture(scope="module")
def spark_session() -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql", reason="the extra `scale` is not installed")
    builder = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "1")
    # Compiling a plan takes longer than walking these few rows.
    builder = builder.config("spark.sql.codegen.wholeStage", "false").config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    builder = builder.config("spark.sql.adaptive.enabled", "false")
    session = builder.config("spark.sql.session.timeZone", "UTC").config("spark.driver.host", "127.0.0.1").getOrCreate()
    yield session
    session.stop()


def _same(viewer: Viewer, other: ForeignEngine) -> None:
    questions: list[tuple[tuple[str, ...], Grain]] = [((), ""), (("unit",), ""), (("kind",), "week")]
    compared = 0
    asked = [
        Question(measure.id, WINDOW, by, grain)
        for by, grain in questions
        for measure in measures.all()
        if (measure.when or not grain) and {one.name for one in breakdowns(measure)} >= set(by)
    ]
    # Together, as a page asks: a start of Spark's takes longer than its answer.
    for question, here, there in zip(asked, evaluate_many(asked, viewer, on=engine()), evaluate_many(asked, viewer, on=other), strict=True):
        assert _figures(here) == pytest.approx(_figures(there)), question
        assert [(cell.key, cell.period) for cell in here.cells] == [(cell.key, cell.period) for cell in there.cells]
        compared += len(here.cells) + 1
    for measure in measures.all():
        for part in ("denominator", "numerator"):
            mine, theirs = (row_ids(Question(measure.id, WINDOW), viewer, part=part, limit=None, on=one)[1] for one in (engine(), other))
            assert mine == theirs, measure.id
    assert compared > 200


def _figures(answer: Answer) -> list[float]:
    cells = [*answer.cells, answer.total]
    return [
        -1.0 if value is None else value
        for cell in cells
        for value in (cell.value, cell.low, cell.high, cell.n, cell.numerator, cell.denominator)
    ]


def test_postgresql_gives_the_same_figures(viewer: Viewer) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("runs where the tests run on PostgreSQL")
    with connection.cursor() as cursor:
        _same(viewer, foreign.postgres(cursor.cursor))


once = pytest.mark.skipif(
    connection.vendor == "postgresql", reason="the store is the same whatever the database: compared where the tests run on SQLite"
)


@once
def test_clickhouse_gives_the_same_figures(viewer: Viewer) -> None:
    pytest.importorskip("chdb", reason="the extra `scale` is not installed")
    _same(viewer, foreign.clickhouse())


@once
def test_spark_gives_the_same_figures(viewer: Viewer, spark_session: Any) -> None:
    _same(viewer, foreign.spark(spark_session))
