from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WritingConfig(AppConfig):
    name = "steward.contact.writing"
    label = "writing"

    def ready(self) -> None:
        from steward.core.org import settings_cards
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.rules import files as rule_files
        from steward.ground.ui.navigation import NavEntry
        from steward.ground.ui.navigation import register as navigate

        from . import demo, events, guards, jobs, kinds, parts, personal, policy  # noqa: F401 - events and jobs register themselves

        caps.register(caps.Capability("writing.demand", _("Say whose replies are read before they go out"), caps.LEADERS))
        navigate(NavEntry("reviews", _("Replies to read"), "writing:reviews", "pencil-check", 29, capability="cases.work"))
        navigate(NavEntry("watched", _("Watched cases"), "writing:watched", "eye", 29, capability="cases.view", under="reviews"))
        settings_cards.register(
            "service",
            settings_cards.Card(
                "writing:demands", _("Reading before sending"), _("Whose replies a colleague reads first"), "pencil-check", "writing.demand"
            ),
        )
        kinds.register_kinds()
        rule_files.register_builtin("writing", kinds.builtin_rules)
        policy.register_policies()
        guards.register_guards()
        parts.register_parts()
        personal.register_places()
        jobs.register()
        chapters.register(chapters.DemoChapter("writing", 88, demo.tell))
