"""Speeds of the science library, and of a peer in the same run where one is installed.

Run ``python bench/science.py [name …]``. Prints one JSON object. Every file ``bench/science_*.py`` takes part: it has a dictionary
``BENCHES`` of functions by name, each of which returns figures that JSON can hold.
A figure under ``"within_budget"`` that is False makes the run fail.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

Bench = Callable[[], dict[str, object]]


def benches() -> dict[str, Bench]:
    """All benches by name, from all files. Errors: ValueError for a name used twice."""
    found: dict[str, Bench] = {}
    for path in sorted(HERE.glob("science_*.py")):
        for name, work in importlib.import_module(path.stem).BENCHES.items():
            if name in found:
                raise ValueError(f"two benches are called {name}")
            found[name] = work
    return found


def budgets_missed(figures: object, path: str = "") -> Iterator[str]:
    """Where a ``within_budget`` is False."""
    if isinstance(figures, dict):
        for key, value in figures.items():
            if key == "within_budget" and value is False:
                yield path
            yield from budgets_missed(value, f"{path}/{key}")


def main(names: list[str]) -> int:
    """Measure and print; the exit code."""
    known = benches()
    if unknown := set(names) - known.keys():
        sys.exit(f"no bench {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    report: dict[str, object] = {"bench": "science", "python": platform.python_version(), "cores": os.cpu_count()}
    report |= {name: work() for name, work in known.items() if not names or name in names}
    print(json.dumps(report, indent=2, ensure_ascii=False))
    return 1 if list(budgets_missed(report)) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
