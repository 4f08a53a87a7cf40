from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "steward.core.customers"
    label = "customers"

    def ready(self) -> None:
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.delivery import gates
        from steward.ground.ui.navigation import NavEntry
        from steward.ground.ui.navigation import register as navigate

        from . import contacting, demo, finding, personal, policy, timeline

        workers = caps.LEADERS | {caps.FRONT_LINE}
        caps.register(
            caps.Capability("customers.view", _("See the people one's units serve"), workers | {caps.QUALITY_REVIEWER}),
            caps.Capability("customers.register", _("Register people"), workers),
            caps.Capability("customers.change", _("Change records of people"), workers),
            caps.Capability("customers.reveal", _("Show masked personal values for a stated purpose"), workers),
            caps.Capability("customers.find", _("Find somebody anywhere in the organisation by exact identity"), workers),
            caps.Capability("customers.export", _("Export everything kept about somebody"), caps.STEERING),
            caps.Capability("customers.erase", _("Erase personal data"), caps.STEERING),
        )
        navigate(NavEntry("customers", _("{Customer_many}"), "customers:list", "users", 30, capability="customers.view", shortcut="k"))
        timeline.register(timeline.TimelineSource("customers", timeline.own_lines))
        policy.register_policies()
        personal.register_places()
        finding.register()
        gates.register_consent_check("customers", contacting.may_contact)
        chapters.register(chapters.DemoChapter("customers", 40, demo.tell))
