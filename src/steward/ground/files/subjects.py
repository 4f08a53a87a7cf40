"""Whose file it is: the app that owns the subject says who may see and add files, and which belong to a person.

A model with a policy needs no registration: whoever sees the row sees its files, and staff who see it may add some.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models

from steward.ground.access.models import User
from steward.ground.access.policies import policy_for
from steward.ground.journal import personal
from steward.ground.journal.actors import Actor
from steward.ground.journal.operations import Person


def _never_sensitive(subject_id: int) -> bool:
    return False


def _of_nobody(person: Person) -> Iterable[int]:
    return ()


@dataclass(frozen=True)
class FileSubject:
    """type: the model's label in lower case. sensitive: whether a look at its files is a journal entry.

    of_person: the ids of the rows whose files belong to a person, for access requests and erasure; retain: when the law keeps them.
    """

    type: str
    may_see: Callable[[User, int, datetime], bool]
    may_attach: Callable[[Actor, int, datetime], bool]
    sensitive: Callable[[int], bool] = _never_sensitive
    of_person: Callable[[Person], Iterable[int]] = _of_nobody
    retain: Callable[[Person, datetime], personal.Retention | None] | None = None


_subjects: dict[str, FileSubject] = {}


def register(subject: FileSubject) -> None:
    if subject.type in _subjects:
        raise ValueError(f"The file subject {subject.type!r} is registered twice.")
    _subjects[subject.type] = subject


def subjects() -> list[FileSubject]:
    return [_subjects[key] for key in sorted(_subjects)]


def subject_of(type_label: str) -> FileSubject:
    """The registered subject, or the one that a model's policy makes. Raises LookupError when there is neither."""
    return _subjects.get(type_label) or by_policy(apps.get_model(type_label))


def by_policy(model: type[models.Model]) -> FileSubject:
    policy: Any = policy_for(model)

    def may_see(user: User, subject_id: int, at: datetime) -> bool:
        return model._default_manager.filter(policy.visible(user, at=at), pk=subject_id).exists()

    def may_attach(by: Actor, subject_id: int, at: datetime) -> bool:
        if by.user is None:
            return by.is_machine
        return may_see(by.user, subject_id, at)

    return FileSubject(model._meta.label_lower, may_see, may_attach)
