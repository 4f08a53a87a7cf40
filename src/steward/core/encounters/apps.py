from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EncountersConfig(AppConfig):
    name = "steward.core.encounters"
    label = "encounters"

    def ready(self) -> None:
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps

        from . import demo, facts, policy

        caps.register(
            caps.Capability("encounters.view", _("See contacts and visits"), caps.EVERYBODY - {caps.ADMINISTRATOR}),
            caps.Capability("encounters.record", _("Record contacts, visits and counts"), caps.LEADERS | {caps.FRONT_LINE}),
        )
        policy.register_policies()
        facts.register()
        chapters.register(chapters.DemoChapter("encounters", 50, demo.tell))
