"""The pace of Python's search for cycles, for processes that run long."""

from __future__ import annotations

import gc

OFTEN, SELDOM = 20_000, 20


def collect_rarely() -> None:
    """What is loaded by now stays for good and is not looked through again; what comes is looked through less often than by default (700)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OFTEN, SELDOM, SELDOM)
