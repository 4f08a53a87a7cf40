"""What processes register when the house starts."""

from __future__ import annotations

from steward.ground import demo as chapters
from steward.ground.rules import files as rule_files

from . import demo, kind, limits, targets


def register() -> None:
    kind.register_kinds()
    limits.register_kinds()
    rule_files.register_builtin("processes", limits.builtin_rules)
    targets.register(targets.TargetSource("promises", targets.promised))
    chapters.register(chapters.DemoChapter("processes", 69, demo.tell))
