from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TogetherConfig(AppConfig):
    name = "steward.contact.together"
    label = "together"

    def ready(self) -> None:
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.rules import files as rule_files
        from steward.ground.ui.navigation import NavEntry
        from steward.ground.ui.navigation import register as navigate

        from . import demo, events, facts, guards, handing_over, jobs, kinds, measures, parts, personal, policy  # noqa: F401 - events and jobs register themselves

        workers = caps.LEADERS | {caps.FRONT_LINE}
        caps.register(
            caps.Capability("together.view", _("See rooms and service orders"), workers | {caps.QUALITY_REVIEWER}),
            caps.Capability("together.work", _("Place and do service orders, set the state of rooms"), workers),
            caps.Capability("together.dispatch", _("Give service orders to others"), caps.LEADERS),
            caps.Capability("together.manage", _("Set rooms and places up"), caps.STEERING),
        )
        navigate(NavEntry("requests", _("Working together"), "together:requests", "arrows-exchange", 27, capability="cases.view"))
        for key, label, icon, capability in (
            ("orders", _("Service orders"), "checklist", "together.view"),
            ("rooms", _("Rooms"), "home", "together.view"),
            ("departments", _("Departments in figures"), "chart-histogram", "cases.view"),
        ):
            navigate(NavEntry(key, label, f"together:{key}", icon, 28, capability=capability, under="requests"))
        kinds.register_kinds()
        rule_files.register_builtin("together", kinds.builtin_rules)
        policy.register_policies()
        guards.register_guards()
        parts.register_parts()
        personal.register_places()
        handing_over.register_sources()
        jobs.register()
        facts.register()
        measures.register()
        chapters.register(chapters.DemoChapter("together", 65, demo.tell))
