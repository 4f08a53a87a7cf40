"""How fast something is, for the benchmarks of this folder."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

SRC = Path(__file__).resolve().parents[1] / "src"


def per_second(work: Callable[[], object], units: int = 1, seconds: float = 0.4) -> float:
    """Units of ``work`` done per second: the best of as many runs as fit, after one that warms up."""
    work()
    best, began = float("inf"), time.perf_counter()
    while time.perf_counter() - began < seconds:
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return units / best


def import_seconds(module: str, rounds: int = 5) -> float:
    """What importing a module adds to a fresh interpreter, in seconds: the best of several rounds."""
    code = f"import sys, time; sys.path.insert(0, {str(SRC)!r}); a = time.perf_counter(); import {module}; print(time.perf_counter() - a)"
    return min(
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout) for _ in range(rounds)
    )


def installed(library: str) -> bool:
    """Whether a peer can take part."""
    return find_spec(library) is not None
