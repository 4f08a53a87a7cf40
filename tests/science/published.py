"""Where tests of the science library find what others published: the registry of truths, and data sets that may not be here."""

from __future__ import annotations

from pathlib import Path

import pytest

from steward.science.checks import Standing, Truth, all_truths, judge

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def data_file(name: str) -> Path:
    """A file below ../shared/data; the test is skipped where it is absent."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"../shared/data/{name} is not here")
    return path


def truths_of(module: str) -> list[object]:
    """The truths of one module as parameters of a test, by name; in one process, so that what several of them need is worked out once."""
    together = pytest.mark.xdist_group(f"truths of {module}")
    return [pytest.param(truth, id=truth.name.replace("::", ":"), marks=together) for truth in all_truths([module])]


def must_hold(truth: Truth) -> None:
    """The truth holds; a missing data set skips, everything else fails."""
    outcome = judge(truth, DATA)
    if outcome.standing is Standing.NO_DATA:
        pytest.skip(f"../shared/data/{truth.needs} is not here")
    assert outcome.standing is Standing.HOLDS, f"{truth.name}: published {truth.published}, ours {outcome.ours} {outcome.remark}"
