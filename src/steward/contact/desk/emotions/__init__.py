"""Emotional situations: what helps the people who work on a case, and what hard cases cost them. Part of the desk."""

from __future__ import annotations


def register() -> None:
    """Everything this part says to the rest of the house; called once the models are there."""
    from django.utils.translation import gettext_lazy as _

    from steward.ground import demo as chapters
    from steward.ground.rules import files as rule_files
    from steward.ground.ui.navigation import NavEntry
    from steward.ground.ui.navigation import register as navigate

    from . import demo, events, hooks, kinds, personal, policy, screens  # noqa: F401 - events register themselves

    kinds.register_kinds()
    rule_files.register_builtin("desk.emotions", kinds.builtin_rules)
    policy.register_policies()
    personal.register_places()
    hooks.register()
    screens.register()
    navigate(NavEntry("emotions", _("Hard cases and recovery"), "desk:emotions", "mood-empty", 31, capability="cases.note", under="board"))
    chapters.register(chapters.DemoChapter("emotions", 76, demo.tell))
