from __future__ import annotations

from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    name = "steward.excellence.improvement"
    label = "improvement"

    def ready(self) -> None:
        from steward.ground import demo as chapters

        from . import demo, events, policy  # noqa: F401 - events register themselves
        from .journeys import kind

        policy.register_policies()
        kind.register_kinds()
        chapters.register(chapters.DemoChapter("journeys", 91, demo.tell))
