"""The command that holds our numbers against published ones: what it prints, when it fails, what it passes over."""

from __future__ import annotations

import math
import sys
import types
from pathlib import Path

import pytest

from steward.science import check, checks
from steward.science.checks import Standing, Truth, all_truths, judge

ROOT = Path(__file__).resolve().parents[2]


def truth(value: float = 1.0, **given: object) -> Truth:
    return Truth(**({"module": "sums", "name": "one", "published": 1.0, "ours": lambda _: value, "source": "arithmetic"} | given))  # type: ignore[arg-type]


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> object:
    """only(truth, …): the registry holds a single module with these."""

    def install(*truths: Truth) -> None:
        module = types.ModuleType("steward.science.checks.sums")
        module.TRUTHS = truths  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setattr(checks.pkgutil, "iter_modules", lambda _: [types.SimpleNamespace(name="sums")])

    return install


@pytest.mark.parametrize(
    ("given", "standing"),
    [
        (truth(1.0), Standing.HOLDS),
        (truth(1.05, tolerance=0.1), Standing.HOLDS),
        (truth(1.05, tolerance=0.01), Standing.FALLS_SHORT),
        (truth(1.5, relation="at_least"), Standing.HOLDS),
        (truth(0.5, relation="at_least"), Standing.FALLS_SHORT),
        (truth(0.95, relation="at_least", tolerance=0.1), Standing.HOLDS),
        (truth(0.5, relation="at_most"), Standing.HOLDS),
        (truth(1.5, relation="at_most"), Standing.FALLS_SHORT),
        (truth(math.nan, tolerance=9), Standing.FALLS_SHORT),
        (truth(math.inf, relation="at_least"), Standing.FALLS_SHORT),
        (truth(needs="nowhere.csv"), Standing.NO_DATA),
        (truth(libraries=("no_such_library",)), Standing.NO_LIBRARY),
        (truth(slow=True), Standing.LONG),
        (truth(ours=lambda _: 1 / 0), Standing.BROKEN),
    ],
)
def test_how_a_truth_fares(given: Truth, standing: Standing, tmp_path: Path) -> None:
    outcome = judge(given, tmp_path)
    assert outcome.standing is standing
    assert standing.failed == (standing in {Standing.FALLS_SHORT, Standing.BROKEN})
    assert (outcome.ours is None) == (standing.passed_over or standing is Standing.BROKEN)


def test_a_slow_one_runs_when_asked(tmp_path: Path) -> None:
    assert judge(truth(slow=True), tmp_path, slow=True).standing is Standing.HOLDS


def test_data_are_found_in_the_given_folder(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("1", encoding="utf-8")
    reads = truth(needs="one.txt", ours=lambda data: float((data / "one.txt").read_text(encoding="utf-8")))
    assert judge(reads, tmp_path).standing is Standing.HOLDS


def test_the_command_fails_when_one_falls_short(only: object, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    only(truth(), truth(2.0, name="two"))  # type: ignore[operator]
    assert check.main(["--data", str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert printed.splitlines()[0].split() == ["module", "truth", "published", "ours", "difference", "verdict"]
    assert "falls short" in printed
    assert printed.splitlines()[-1] == "1 hold, 1 fall short, 0 passed over."


def test_missing_data_do_not_fail_unless_strict(only: object, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    only(truth(needs="nowhere.csv"))  # type: ignore[operator]
    assert check.main(["--data", str(tmp_path)]) == 0
    assert "data not here" in capsys.readouterr().out
    assert check.main(["--data", str(tmp_path), "--strict"]) == 1


def test_the_page_has_the_same_rows(only: object, tmp_path: Path) -> None:
    only(truth(name="a | b"), truth(name="better", relation="at_least"))  # type: ignore[operator]
    page = tmp_path / "page.md"
    assert check.main(["--data", str(tmp_path), "--write", str(page)]) == 0
    written = page.read_text(encoding="utf-8")
    assert "| a \\| b | 1 | 1 | +0.0e+00 | holds | arithmetic |" in written
    assert "| better | ≥ 1 |" in written


def test_what_breaks_is_named(only: object, capsys: pytest.CaptureFixture[str]) -> None:
    only(truth(ours=lambda _: 1 / 0))  # type: ignore[operator]
    assert check.main([]) == 1
    assert "broken (ZeroDivisionError: division by zero)" in capsys.readouterr().out


def test_a_name_stands_once(only: object) -> None:
    only(truth(), truth())  # type: ignore[operator]
    with pytest.raises(ValueError, match="named twice"):
        list(all_truths())


def test_an_unknown_module_is_refused() -> None:
    with pytest.raises(SystemExit):
        check.main(["astrology"])


def test_every_truth_stands_in_the_documentation() -> None:
    page = (ROOT / "docs/algorithms/truths.md").read_text(encoding="utf-8")
    missing = [
        one.name for one in all_truths() if f"| {one.name.replace('|', chr(92) + '|')} | {check.RELATIONS[one.relation]}" not in page
    ]
    assert not missing, "run: python -m steward.science.check --slow --write"
    for one in all_truths():
        assert one.source
        assert one.tolerance >= 0
