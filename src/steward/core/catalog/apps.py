from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "steward.core.catalog"
    label = "catalog"

    def ready(self) -> None:
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.rules import files as rule_files

        from . import demo, policy
        from .controlled import events, jobs, limits  # noqa: F401 - events and jobs register themselves
        from .controlled import policy as controlled

        caps.register(
            caps.Capability("catalog.view", _("See services and promises"), caps.EVERYBODY),
            caps.Capability("catalog.manage", _("Change services, categories and promises"), caps.STEERING),
            caps.Capability("catalog.write", _("Write processes, standards and procedures"), caps.LEADERS),
            caps.Capability("catalog.release", _("Release processes, standards and procedures, and allow deviations"), caps.LEADERS),
        )
        policy.register_policies()
        controlled.register_policies()
        limits.register_kinds()
        rule_files.register_builtin("catalog", limits.builtin_rules)
        chapters.register(chapters.DemoChapter("catalog", 30, demo.tell))
