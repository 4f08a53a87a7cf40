"""Builds the demo: five organisations, ninety days, three thousand cases, at a fixed date."""

from __future__ import annotations

from collections.abc import Callable

from steward.ground.access.models import Unit, User
from steward.ground.demo import PASSWORD, Demo, chapters


class NotEmpty(RuntimeError):
    """The demo is told into an empty installation only, so that it never mixes with somebody's data."""


def build(say: Callable[[str], None]) -> Demo:
    if Unit.objects.exists():
        raise NotEmpty("This installation already holds an organisation. Point STEWARD_HOME to an empty folder for the demo.")
    demo = Demo()
    for chapter in chapters():
        say(chapter.key)
        chapter.tell(demo)
    return demo


def is_built() -> bool:
    return User.objects.filter(username="bank.super").exists()


def logins_table() -> str:
    """Who can sign in to the demo, with the one password."""
    rows = (
        User.objects.filter(username__regex=r"^[a-z]+\.(manager|super|front|quality|admin)$").select_related("organisation").order_by("pk")
    )
    lines = [f"  {user.username:<22}{user.name}\t{user.organisation.name if user.organisation else ''}" for user in rows]
    return "\n".join(["", *lines, "", f"  password for all: {PASSWORD}", ""])
