from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulesConfig(AppConfig):
    name = "steward.ground.rules"
    label = "rules"

    def ready(self) -> None:
        from steward.ground.access import capabilities as caps

        from . import events, policy, screens, standard  # noqa: F401 - events register themselves

        caps.register(
            caps.Capability("rules.view", _("See rules, limits and industry packs"), caps.LEADERS | {caps.ADMINISTRATOR}),
            caps.Capability("rules.manage", _("Publish, confirm and withdraw rules of one's units"), caps.STEERING),
        )
        standard.register_kinds()
        policy.register_policies()
        screens.register()
