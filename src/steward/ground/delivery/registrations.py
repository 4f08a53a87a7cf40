"""What this room adds to the registries of the rooms below it, and the channels it brings itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access import capabilities as caps
from steward.ground.ui.navigation import NavEntry
from steward.ground.ui.navigation import register as navigate
from steward.ground.ui.palette import PaletteCommand, register_command

from . import desk, listeners, mail, personal, policy
from .channels import Channel, register
from .gates import set_limits_source
from .limits import limits_from_rules
from .recipients import is_email


def register_all() -> None:
    caps.register(caps.Capability("delivery.manage", _("See the log of messages out, and send failed ones again"), caps.STEERING))
    navigate(NavEntry("notices", _("Notices"), "delivery:notices", "bell", 905, shortcut="n"))
    register_command(
        PaletteCommand(
            "delivery.operate", _("Messages out"), "delivery:operate", "send", capability="delivery.manage", words="外发 消息 日志"
        )
    )
    register(Channel("desk", _("Desk notice"), desk.deliver, icon="bell"))
    register(Channel("email", _("E-mail"), mail.deliver_mail, accepts=is_email, icon="mail"))
    register(Channel("smtp", _("E-mail over the mail server"), mail.deliver_smtp, accepts=is_email, icon="mail"))
    register(Channel("file", _("File in the outbox"), mail.deliver_file, accepts=is_email, icon="file"))
    set_limits_source(limits_from_rules)
    policy.register_policies()
    personal.register()
    listeners.register()
