from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "steward.contact.channels"
    label = "channels"

    def ready(self) -> None:
        from steward.core.org import settings_cards
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps

        from . import demo, events, jobs, parts, personal, policy  # noqa: F401 - events register themselves
        from .api import shapes
        from .chat import events as chat_events  # noqa: F401 - events register themselves
        from .chat import screens as chat_screens
        from .mail import events as mail_events  # noqa: F401 - events register themselves
        from .mail import policy as mail_policy
        from .mail import screens as mail_screens
        from .phone import events as phone_events  # noqa: F401 - events register themselves
        from .phone import jobs as phone_jobs  # noqa: F401 - its schedule registers itself
        from .phone import policy as phone_policy
        from .phone import screens as phone_screens
        from .sms import events as sms_events  # noqa: F401 - events register themselves
        from .sms import policy as sms_policy
        from .sms import screens as sms_screens
        from .walkin import screens as walkin_screens
        from .wechat import events as wechat_events  # noqa: F401 - events register themselves
        from .wechat import jobs as wechat_jobs  # noqa: F401 - its schedule registers itself
        from .wechat import policy as wechat_policy
        from .wechat import screens as wechat_screens

        caps.register(
            caps.Capability("channels.tokens", _("Issue and revoke tokens of the interface"), caps.STEERING),
            caps.Capability("channels.forms", _("Switch public forms on and say what stands on them"), caps.STEERING),
        )
        card = settings_cards.Card
        settings_cards.register(
            "service", card("channels:forms", _("Public forms"), _("Where anybody can write to a unit"), "forms", "channels.forms")
        )
        settings_cards.register(
            "operation",
            card("channels:tokens", _("Interface for programs"), _("Tokens, their scopes and their use"), "key", "channels.tokens"),
        )
        mail_screens.register()
        mail_policy.register_policies()
        phone_screens.register()
        phone_policy.register_policies()
        sms_screens.register()
        sms_policy.register_policies()
        wechat_screens.register()
        wechat_policy.register_policies()
        walkin_screens.register()
        chat_screens.register()
        shapes.check_codes()
        policy.register_policies()
        personal.register_places()
        parts.register_parts()
        jobs.register()
        chapters.register(chapters.DemoChapter("channels", 80, demo.tell))
