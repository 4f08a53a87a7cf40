from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "steward.core.catalog"
    label = "catalog"

    def ready(self) -> None:
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps

        from . import demo, policy
        from .controlled import registration as controlled
        from .duties import registration as duties
        from .procedures import registration as procedures
        from .processes import registration as processes
        from .standards import registration as standards

        caps.register(
            caps.Capability("catalog.view", _("See services and promises"), caps.EVERYBODY),
            caps.Capability("catalog.manage", _("Change services, categories and promises"), caps.STEERING),
        )
        policy.register_policies()
        for room in (controlled, duties, processes, procedures, standards):
            room.register()
        chapters.register(chapters.DemoChapter("catalog", 30, demo.tell))
