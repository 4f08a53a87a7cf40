from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    name = "steward.team.learning"
    label = "learning"

    def ready(self) -> None:
        from steward.ground.access import capabilities as caps
        from steward.ground.rules import files as rule_files
        from steward.ground.ui.navigation import NavEntry
        from steward.ground.ui.navigation import register as navigate

        from . import events, hooks, limits, personal, policy  # noqa: F401 - events register themselves

        caps.register(
            caps.Capability("learning.view", _("Learn: see courses, take quizzes, hold certificates"), caps.EVERYBODY),
            caps.Capability("learning.lead", _("Write courses and questions, see and withdraw certificates"), caps.LEADERS),
        )
        navigate(NavEntry("learning", _("Learning"), "learning:mine", "school", 77, capability="learning.view"))
        navigate(NavEntry("certificates", _("Certificates"), "learning:certificates", "certificate", 77, "learning.view", under="learning"))
        limits.register_kinds()
        rule_files.register_builtin("learning", limits.builtin_rules)
        policy.register_policies()
        personal.register_places()
        hooks.register()
