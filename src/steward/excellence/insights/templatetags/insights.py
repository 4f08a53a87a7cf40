"""{% load insights %}: `user.access|has:"measures.export"`."""

from __future__ import annotations

from django.template import Library

from steward.ground.access.scope import Access

register = Library()


@register.filter
def has(access: Access, capability: str) -> bool:
    return access.has(capability)
