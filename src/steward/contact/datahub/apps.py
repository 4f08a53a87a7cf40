from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DatahubConfig(AppConfig):
    name = "steward.contact.datahub"
    label = "datahub"

    def ready(self) -> None:
        from steward.ground.access import capabilities as caps

        from . import exports, facts, jobs, parts, personal, policy, screens
        from .places import RIGHT

        caps.register(caps.Capability(RIGHT, _("Import cases from files"), caps.LEADERS | {caps.ADMINISTRATOR}))
        policy.register_policies()
        personal.register_places()
        jobs.register()
        screens.register()
        parts.register_parts()
        facts.register()
        exports.register_exports()
