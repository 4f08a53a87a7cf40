from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    name = "steward.core.org"
    label = "org"

    def ready(self) -> None:
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.ui import navigation, palette

        from . import availability, demo, facts, policy, settings_cards

        caps.register(
            caps.Capability("org.view", _("See units and colleagues"), caps.EVERYBODY),
            caps.Capability("org.lead", _("Set presence and skills of the team"), caps.LEADERS),
            caps.Capability("org.manage", _("Open, move and close units; take on staff"), caps.STEERING),
        )
        availability.register("presence", availability.by_presence)
        policy.register_policies()
        settings_cards.register_house_cards()
        facts.register()
        navigation.register(
            navigation.NavEntry("settings", _("Settings"), "org:settings", "settings", 900, capability="org.view", shortcut="s")
        )
        navigation.register(navigation.NavEntry("presence", _("My presence"), "org:presence", "user-check", 905, capability="org.view"))
        see, access = "org.view", "access.view"
        for command in (
            palette.PaletteCommand("org.units", _("Units"), "org:units", "sitemap", capability=access, words="danwei 机构 网点 units"),
            palette.PaletteCommand("org.people", _("People"), "org:people", "users", capability=see, words="renyuan 员工 people"),
            palette.PaletteCommand(
                "org.grants", _("Who may do what"), "org:grants", "user-check", capability=access, words="quanxian 权限 roles"
            ),
        ):
            palette.register_command(command)
        chapters.register(chapters.DemoChapter("org", 10, demo.tell))
