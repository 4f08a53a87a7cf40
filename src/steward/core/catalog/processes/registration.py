"""What the catalog registers of processes when it starts."""

from __future__ import annotations

from . import kind, limits, targets


def register_kinds() -> None:
    kind.register_kinds()
    limits.register_kinds()
    targets.register(targets.TargetSource("promises", targets.promised))
