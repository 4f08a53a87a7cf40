"""The kinds that come with this room: industry packs and limits of messages."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .kinds import RuleKind, register

INDUSTRY_PACK, DELIVERY_LIMITS = "industry_pack", "delivery_limits"
TRADES: dict[str, str | Promise] = {
    "general": _("General services"),
    "bank": _("Bank"),
    "hotel": _("Hotel"),
    "clinic": _("Clinic"),
    "restaurant": _("Restaurant"),
    "contact_centre": _("Contact centre"),
}
_TEXT: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 60}
_TIME: dict[str, Any] = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}

PACK_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["terms"],
    "additionalProperties": False,
    "properties": {
        "base": {"enum": list(TRADES)},
        "name": {"type": "object", "additionalProperties": _TEXT, "minProperties": 1},
        "terms": {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z_]{1,30}$"},
            "additionalProperties": {
                "type": "object",
                "required": ["zh-hans", "one", "many"],
                "additionalProperties": False,
                "properties": {"zh-hans": _TEXT, "one": _TEXT, "many": _TEXT},
            },
        },
    },
}
LIMITS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["quiet_hours", "contact_cap"],
    "additionalProperties": False,
    "properties": {
        "quiet_hours": {
            "type": ["object", "null"],
            "required": ["from", "until"],
            "additionalProperties": False,
            "properties": {"from": _TIME, "until": _TIME},
        },
        "contact_cap": {
            "type": ["object", "null"],
            "required": ["messages", "days"],
            "additionalProperties": False,
            "properties": {
                "messages": {"type": "integer", "minimum": 1, "maximum": 100},
                "days": {"type": "integer", "minimum": 1, "maximum": 90},
            },
        },
    },
}


def register_kinds() -> None:
    register(
        RuleKind(
            INDUSTRY_PACK,
            _("Words of a trade"),
            PACK_SCHEMA,
            keys=TRADES,
            own_keys=True,
            hints={
                "base": _("The trade whose words count where this pack says nothing."),
                "name": _("What the pack is called, by language."),
                "terms": _("Each word in Chinese (zh-hans) and in English (one, many)."),
            },
            example={"base": "bank", "name": {"zh-hans": "", "en": ""}, "terms": {"customer": {"zh-hans": "", "one": "", "many": ""}}},
        )
    )
    register(
        RuleKind(
            DELIVERY_LIMITS,
            _("Limits of messages"),
            LIMITS_SCHEMA,
            keys={"default": _("All messages")},
            hints={
                "quiet_hours": _("No message that can wait leaves between these times of the receiver's unit; null for none."),
                "quiet_hours.from": _("A time such as 21:00; it may lie after “until”, across midnight."),
                "contact_cap": _("At most so many messages that nobody asked for in so many days; null for no cap."),
            },
            example={"quiet_hours": {"from": "21:00", "until": "08:30"}, "contact_cap": {"messages": 2, "days": 30}},
        )
    )
