"""Where the pages of this room show up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.core.org.settings_cards import Card
from steward.core.org.settings_cards import register as settle
from steward.ground.ui.palette import PaletteCommand, register_command

from .places import RIGHT


def register() -> None:
    settle("service", Card("datahub:imports", _("Imports"), _("Cases of other systems, from CSV and XLSX files"), "file-upload", RIGHT))
    register_command(
        PaletteCommand(
            "imports.list",
            _("Imports"),
            "datahub:imports",
            "file-upload",
            capability=RIGHT,
            words="daoru piliang 导入 批量 表格 CSV Excel XLSX",
        )
    )
