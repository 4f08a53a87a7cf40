from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FloorConfig(AppConfig):
    name = "steward.contact.floor"
    label = "floor"

    def ready(self) -> None:
        from steward.core.org import settings_cards
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.rules import files as rule_files
        from steward.ground.ui.navigation import NavEntry
        from steward.ground.ui.navigation import register as navigate

        from . import blocks, brief, demo, events, handing_over, jobs, kinds, personal, policy  # noqa: F401 - events and jobs register themselves

        workers = caps.LEADERS | {caps.FRONT_LINE}
        caps.register(
            caps.Capability("floor.view", _("See checklists and handovers"), workers | {caps.QUALITY_REVIEWER}),
            caps.Capability("floor.work", _("Do checklists, give and take handovers"), workers),
            caps.Capability("floor.lead", _("Open a unit although something is missing, settle disputes"), caps.LEADERS),
            caps.Capability("floor.manage", _("Publish checklists"), caps.LEADERS),
        )
        navigate(NavEntry("floor", _("Floor"), "floor:board", "building-store", 40, capability="floor.view"))
        navigate(NavEntry("runs", _("Checklists"), "floor:runs", "checklist", 41, capability="floor.view", under="floor"))
        navigate(NavEntry("handovers", _("Handovers"), "floor:handovers", "arrows-exchange", 42, capability="floor.view", under="floor"))
        settings_cards.register(
            "service",
            settings_cards.Card(
                "floor:templates", _("Checklists"), _("What is checked at opening, closing and during the day"), "checklist", "floor.manage"
            ),
        )
        kinds.register_kinds()
        rule_files.register_builtin("floor", kinds.builtin_rules)
        policy.register_policies()
        handing_over.register_source()
        blocks.register_blocks()
        brief.register_sources()
        personal.register_places()
        chapters.register(chapters.DemoChapter("floor", 66, demo.tell))
