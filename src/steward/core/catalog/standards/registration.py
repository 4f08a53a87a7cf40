"""What standards and charters register when the house starts."""

from __future__ import annotations

from steward.ground import demo as chapters

from . import charter, content, demo, events  # noqa: F401 - events register themselves


def register() -> None:
    content.register_kinds()
    charter.register_kinds()
    # Before the cases, so that they are worked by the procedures; the results once everything else has happened.
    chapters.register(chapters.DemoChapter("standards", 45, demo.tell))
    chapters.register(chapters.DemoChapter("results", 91, demo.publish))
