from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActionsConfig(AppConfig):
    name = "steward.core.actions"
    label = "actions"

    def ready(self) -> None:
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.ui.navigation import NavEntry
        from steward.ground.ui.navigation import register as navigate

        from . import brief, demo, events, facts, measures, personal, policy, sources  # noqa: F401

        caps.register(
            caps.Capability("actions.view", _("See findings and actions"), caps.EVERYBODY - {caps.ADMINISTRATOR}),
            caps.Capability("actions.manage", _("Note findings, plan and change actions"), caps.LEADERS | {caps.QUALITY_REVIEWER}),
            caps.Capability("actions.review", _("Review the effect of actions"), caps.LEADERS | {caps.QUALITY_REVIEWER}),
        )
        navigate(NavEntry("improvement", _("Improvement"), "actions:list", "target-arrow", 80, capability="actions.view", shortcut="i"))
        policy.register_policies()
        sources.register_built_in()
        personal.register_places()
        brief.register_sources()
        facts.register()
        measures.register()
        chapters.register(chapters.DemoChapter("actions", 65, demo.tell))
