"""Where a task about a disputed item is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from .models import HandoverItem


def addresses(ids: Sequence[int]) -> Mapping[int, str]:
    rows = HandoverItem.objects.filter(pk__in=ids).values_list("pk", "handover__public_id")
    return {pk: reverse("floor:handover", args=[public_id]) for pk, public_id in rows}
