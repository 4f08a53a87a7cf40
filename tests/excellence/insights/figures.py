"""Cases and counts made to measure, and what a page says of them."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

from steward.core.cases.models import Case
from steward.core.encounters.models import Exposure
from steward.ground.access.models import Unit, User
from tests.cast import AT, World

TAGS = re.compile(r"<script\b.*?</script>|<[^>]+>", re.S)


def cases(world: World, unit: Unit, count: int, mark: str, *, kind: str = "request", days: float = 5, **more: Any) -> list[Case]:
    """So many cases of a unit, received so many days ago."""
    return Case.objects.bulk_create(
        Case(
            organisation=world.bank, number=f"{mark}-{index:05d}", unit=unit, kind=kind, channel="web",
            title="题", state="open", opened_at=AT - timedelta(days=days), changed_at=AT, **more,
        )
        for index in range(count)
    )  # fmt: skip


def visits(unit: Unit, count: int, days: int = 5) -> Exposure:
    return Exposure.objects.create(unit=unit, day_date=AT.date() - timedelta(days=days), count=count, source="test")


def said(response: Any) -> str:
    """The words of a page."""
    return " ".join(unescape(TAGS.sub(" ", response.content.decode())).split())


def speaks(user: User, language: str) -> None:
    User.objects.filter(pk=user.pk).update(language=language)
