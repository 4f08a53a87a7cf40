"""The ids by which WeChat knows people: found, handed out and blanked with the rest of what the channels keep."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from steward.ground.journal.operations import Person

from .models import WechatIn, WechatOut

LABEL = "customers.customer"
TABLES = ("channels_wechatin", "channels_wechatout")


def _received(person: Person) -> QuerySet[WechatIn]:
    """What they wrote, and the events that carry the same id."""
    if person.type != LABEL:
        return WechatIn.objects.none()
    own = WechatIn.objects.filter(Q(customer=person.id) | Q(case__customer=person.id))
    events = Q(pk__in=[])
    for account, openid in own.exclude(openid="").values_list("account", "openid").distinct():
        events |= Q(account=account, openid=openid, type="event")
    return WechatIn.objects.filter(Q(customer=person.id) | Q(case__customer=person.id) | events)


def _sent(person: Person) -> QuerySet[WechatOut]:
    return WechatOut.objects.filter(case__customer=person.id) if person.type == LABEL else WechatOut.objects.none()


def find(person: Person) -> int:
    return sum(rows.exclude(openid="").count() for rows in (_received(person), _sent(person)))


def export(person: Person) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"wechat": "in", "id": row.openid, "type": row.type, "event": row.event, "at": row.received_at.isoformat()}
        for row in _received(person).order_by("pk")
    ]
    return rows + [{"wechat": "out", "id": row.openid, "at": row.sent_at.isoformat()} for row in _sent(person).order_by("pk")]


def blank(person: Person, at: datetime) -> int:
    """That something came and went stays for the counts."""
    ids = list(_received(person).exclude(openid="").values_list("pk", flat=True))
    WechatIn.objects.filter(pk__in=ids).update(openid="", words="", media_id="", blanked_at=at)
    return len(ids) + _sent(person).exclude(openid="").update(openid="")
