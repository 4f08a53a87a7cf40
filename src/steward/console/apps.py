from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "steward.console"
    label = "console"

    def ready(self) -> None:
        from steward.ground.ui.navigation import NavEntry, register

        register(NavEntry("today", _("Today"), "console:home", "sun", 10, capability="cases.view", phone=True, shortcut="h"))
