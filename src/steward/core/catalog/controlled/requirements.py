"""What somebody needs before they work by a version: to know it, and whatever upper rooms ask for, such as a passed course.

register(Requirement("course", _("Course passed"), missing))      # in AppConfig.ready()
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from steward.core.org.models import Staff

from .models import DocumentVersion

Missing = Callable[[DocumentVersion, Sequence[Staff], datetime], Mapping[int, str]]


@dataclass(frozen=True)
class Requirement:
    """missing: for whom of these people something is missing for this version, by their key, and what, in words.

    before_knowing: asked before somebody may say that they know the version, as a quiz is; the others only count for a release and for work.
    """

    key: str
    label: str | Promise
    missing: Missing
    before_knowing: bool = True


_requirements: dict[str, Requirement] = {}


def register(requirement: Requirement) -> None:
    if requirement.key in _requirements:
        raise ValueError(f"The requirement {requirement.key!r} is registered twice.")
    _requirements[requirement.key] = requirement


def requirements() -> list[Requirement]:
    return [_requirements[key] for key in sorted(_requirements)]


def missing_of(version: DocumentVersion, people: Sequence[Staff], at: datetime, *, knowing: bool = False) -> dict[int, list[str]]:
    """By person, what is missing; those with everything are not in it. knowing: only what is asked before the version can be confirmed."""
    found: dict[int, list[str]] = {}
    for requirement in requirements():
        if knowing and not requirement.before_knowing:
            continue
        for pk, words in requirement.missing(version, people, at).items():
            found.setdefault(pk, []).append(words)
    return found
