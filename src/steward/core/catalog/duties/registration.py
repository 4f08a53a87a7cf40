"""What the duties register when the house starts."""

from __future__ import annotations

from steward.ground import demo as chapters

from . import brief, charter, demo, events, policy  # noqa: F401 - events register themselves


def register() -> None:
    policy.register_policies()
    brief.register_sources()
    charter.register_kinds()
    chapters.register(chapters.DemoChapter("duties", 68, demo.tell))
