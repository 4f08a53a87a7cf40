from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModelCardsConfig(AppConfig):
    name = "steward.excellence.insights.modelcards"
    label = "modelcards"

    def ready(self) -> None:
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.ui.navigation import NavEntry
        from steward.ground.ui.navigation import register as navigate
        from steward.ground.ui.palette import PaletteCommand, register_command

        from . import brief, cards, demo, events, jobs, kinds, policy  # noqa: F401 - events and jobs register themselves

        caps.register(
            caps.Capability("models.view", _("See models and forecasts"), caps.LEADERS | {caps.QUALITY_REVIEWER}),
            caps.Capability("models.steer", _("Approve, switch and overrule models"), frozenset({caps.MANAGER})),
        )
        navigate(NavEntry("models", _("Models"), "modelcards:list", "robot", 117, capability="models.view", under="insights"))
        register_command(
            PaletteCommand("models", _("Models"), "modelcards:list", "robot", "models.view", words="moxing 模型 预测 受理量预测 yuce")
        )
        kinds.register_kinds()
        cards.register_cards()
        policy.register_policies()
        brief.register_sources()
        chapters.register(chapters.DemoChapter("modelcards", 92, demo.tell))
