from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "steward.ground.ui"
    label = "ui"

    def ready(self) -> None:
        from . import checks  # noqa: F401
        from .navigation import NavEntry, register
        from .palette import PaletteCommand, register_command

        register(NavEntry("me", _("Me"), "ui:preferences", "user-circle", 990, phone=True))
        register_command(PaletteCommand("ui.gallery", _("Gallery"), "ui:gallery", "components", words="zujian yangli 组件样例 components"))
