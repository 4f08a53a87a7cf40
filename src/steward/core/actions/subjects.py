"""Rows of other rooms that may stand as evidence, or that people were told about. The room that owns them registers how a reader sees them.

subjects.register(Subject("cases.case", _("Case"), links=links, of_person=of_person))     # in AppConfig.ready()
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from steward.ground.access.models import User
from steward.ground.journal.operations import Person


@dataclass(frozen=True)
class SubjectLink:
    """A row as this reader may see it."""

    label: str
    url: str


def _of_nobody(person: Person) -> Iterable[int]:
    return ()


@dataclass(frozen=True)
class Subject:
    """type: the model's label in lower case. links: those of the ids that this reader may see. of_person: ids of rows about a person, so that
    what was written beside them can be found, exported and blanked. find: the id of what a reader names, such as a number; None when unknown."""

    type: str
    label: str | Promise
    links: Callable[[User, Sequence[int], datetime], Mapping[int, SubjectLink]]
    of_person: Callable[[Person], Iterable[int]] = _of_nobody
    find: Callable[[User, str, datetime], int | None] | None = None


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    if subject.type in _subjects:
        raise ValueError(f"The subject {subject.type!r} is registered twice.")
    _subjects[subject.type] = subject


def subjects() -> list[Subject]:
    return [_subjects[key] for key in sorted(_subjects)]


def known(subject_type: str) -> bool:
    return subject_type in _subjects


def get(subject_type: str) -> Subject:
    return _subjects[subject_type]


def label_of(subject_type: str) -> str | Promise:
    return _subjects[subject_type].label if subject_type in _subjects else subject_type


def links_for(user: User, rows: Iterable[Any], *, at: datetime) -> dict[tuple[str, int], SubjectLink]:
    """The links of rows with subject_type and subject_id, one question a type; what this reader may not see is missing."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.subject_type in _subjects and row.subject_id is not None:
            wanted[row.subject_type].append(row.subject_id)
    return {(kind, pk): link for kind, ids in wanted.items() for pk, link in _subjects[kind].links(user, ids, at).items()}


def of_person(person: Person) -> Q:
    """A condition on rows with subject_type and subject_id: those about this person."""
    found = Q(pk__in=[])
    for subject in _subjects.values():
        ids = list(subject.of_person(person))
        if ids:
            found |= Q(subject_type=subject.type, subject_id__in=ids)
    return found
