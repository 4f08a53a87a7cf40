"""Where the pages of this room show up. Screens alone stand on ground/ui (see .importlinter)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.ui.palette import PaletteCommand, register_command


def register() -> None:
    register_command(PaletteCommand("jobs.mine", _("My background work"), "jobs:mine", "progress", words="houtai renwu 后台 任务 进度"))
    register_command(
        PaletteCommand(
            "jobs.operate", _("Run background jobs"), "jobs:operate", "server-cog", capability="access.operate", words="后台 运维"
        )
    )
