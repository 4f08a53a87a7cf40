"""What procedures register when the house starts."""

from __future__ import annotations

from . import brief, content, events, finding  # noqa: F401 - events register themselves


def register() -> None:
    content.register_kinds()
    brief.register_sources()
    finding.register_kind()
