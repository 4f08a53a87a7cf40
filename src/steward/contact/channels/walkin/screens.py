"""Where the counter's quick entry is reached from: the top bar of every page with its short-cut, the palette."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.ui import extras
from steward.ground.ui.palette import PaletteCommand, register_command

from .views import tool


def register() -> None:
    extras.register(extras.Extra("channels.walkin", "topbar", "channels/parts/walkin_tool.html", tool))
    register_command(
        PaletteCommand(
            "channels.walkin",
            _("Quick entry at the counter"),
            "channels:walkin",
            "bolt",
            capability="cases.open",
            words="柜台 现场 快速 登记 walk-in kuaisu",
        )
    )
