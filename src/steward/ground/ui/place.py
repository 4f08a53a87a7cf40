"""Where a page stands: the unit whose trade chooses the words and whose time zone reads the clocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest

DEFAULT_INDUSTRY = "general"


@dataclass(frozen=True, slots=True)
class Place:
    """What a page needs to know of its unit. An empty `time_zone` means the installation's."""

    industry: str = DEFAULT_INDUSTRY
    time_zone: str = ""
    name: str = ""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)

    @classmethod
    def of_unit(cls, unit: Any) -> Place:
        """Read trade, time zone and name of a unit, its own or inherited; what it lacks falls back. No query if the unit says it."""
        zone = getattr(unit, "zone", "") or getattr(unit, "timezone", "")
        return cls(
            industry=str(getattr(unit, "industry", "") or getattr(unit, "effective_industry", "") or DEFAULT_INDUSTRY),
            time_zone=str(getattr(zone, "key", zone) or ""),
            name=str(getattr(unit, "name", "") or ""),
        )


PlaceSource = Callable[[HttpRequest], "Place | None"]
_source: PlaceSource | None = None


def set_place_source(source: PlaceSource | None) -> None:
    """Register how a request without an explicit unit finds its place. Without a source it is the user's organisation."""
    global _source
    _source = source


def set_place(request: HttpRequest, unit: Any) -> Place:
    """Say which unit this page is about; every term and time on it follows.

    >>> set_place(request, case.unit)  # doctest: +SKIP
    """
    place = unit if isinstance(unit, Place) else Place.of_unit(unit)
    request.page_place = place  # type: ignore[attr-defined]
    return place


def place_of_request(request: HttpRequest | None) -> Place:
    if request is None:
        return Place()
    chosen = getattr(request, "page_place", None)
    if isinstance(chosen, Place):
        return chosen
    found = (_source(request) if _source else None) or _place_of_user(getattr(request, "user", None))
    request.page_place = found  # type: ignore[attr-defined]
    return found


def place_of(context: Mapping[str, Any]) -> Place:
    """The place of a template context: its `place`, else its `unit`, else the request's."""
    place = context.get("place")
    if isinstance(place, Place):
        return place
    unit = context.get("unit")
    if unit is not None and (hasattr(unit, "effective_industry") or hasattr(unit, "industry")):
        return Place.of_unit(unit)
    return place_of_request(context.get("request"))


def _place_of_user(user: Any) -> Place:
    organisation = getattr(user, "organisation", None)
    return Place.of_unit(organisation) if organisation is not None else Place()
