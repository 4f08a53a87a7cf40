from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorktimeConfig(AppConfig):
    name = "steward.ground.worktime"
    label = "worktime"

    def ready(self) -> None:
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.ui import navigation, palette

        from . import demo, events, policy  # noqa: F401 - events register themselves

        caps.register(
            caps.Capability("worktime.view", _("See working calendars"), caps.EVERYBODY),
            caps.Capability("worktime.manage", _("Keep working calendars and holidays"), caps.STEERING),
        )
        policy.register_policies()
        manage = "worktime.manage"
        navigation.register(navigation.NavEntry("worktime", _("Working time"), "worktime:list", "calendar-time", 920, capability=manage))
        command = palette.PaletteCommand(
            "worktime.calendars",
            _("Working calendars"),
            "worktime:list",
            "calendar-time",
            words="rili jiejiari 日历 节假日 调休 holiday hours",
        )
        palette.register_command(command)
        chapters.register(chapters.DemoChapter("worktime", 20, demo.tell))
