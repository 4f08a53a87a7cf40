"""Where upper rooms take part in a case's life, in the same transaction, without the case knowing them.

on_open: called after a case was opened (a complaint opens its file); on_close: after it was closed. guards: may refuse a transition by raising
Refused. on_message: asked before a word of the conversation is written, called after it was. visibility: opens or, with `hides`, closes rows for a
reader. eligibility: why somebody should not (soft) or must not (hard) get a piece of work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steward.core.org.availability import absences
from steward.core.org.models import Presence, Staff
from steward.ground.access.models import User
from steward.ground.access.policies import access_at
from steward.ground.journal.actors import Actor
from steward.ground.rules.queries import read_once
from steward.ground.statements import Prepared

from .models import Case, Concern, Message, Task

Transition = Literal["assign", "hold", "resume", "close", "reopen", "merge", "undo_merge", "change_kind", "transfer"]
TRANSITIONS: tuple[Transition, ...] = ("assign", "hold", "resume", "close", "reopen", "merge", "undo_merge", "change_kind", "transfer")
Work = Case | Task
LABELS: dict[str, str | Promise] = {
    **{state.value: state.label for state in Presence.State},
    "left": _("no longer works here"),
    "concerned": _("the case is about them"),
    "no_right": _("no role lets them work on cases"),
}


@dataclass(frozen=True)
class Objection:
    """Why somebody should not be given this work. hard: no reason overrides it (the person complained about, a missing certificate)."""

    code: str
    hard: bool = False
    words: str | Promise = ""

    @property
    def label(self) -> str | Promise:
        """In words: its own, or those of the state that keeps the person away."""
        return self.words or LABELS.get(self.code, self.code)


@dataclass(frozen=True)
class OnOpen:
    key: str
    run: Callable[[Case, Actor, datetime], None]


@dataclass(frozen=True)
class OnClose:
    key: str
    run: Callable[[Case, Actor, datetime], None]


@dataclass(frozen=True)
class Guard:
    key: str
    transitions: frozenset[Transition]
    check: Callable[[Transition, Case, Actor, datetime], None]


@dataclass(frozen=True)
class OnMessage:
    """check may refuse a message that is not written yet by raising Refused; run takes part once it is, in the same transaction."""

    key: str
    check: Callable[[Message, Actor, datetime], None]
    run: Callable[[Message, Actor, datetime], None]


@dataclass(frozen=True)
class Visibility:
    """hides: the condition takes rows away (recusal) instead of adding them."""

    key: str
    condition: Callable[[User, datetime], Q]
    hides: bool = False


@dataclass(frozen=True)
class Eligibility:
    key: str
    objections: Callable[[Staff, Work, datetime], list[Objection]]


_CONCERNS = Prepared(lambda case, staff: Concern.objects.filter(case=case, staff=staff, ended_at=None).values_list("pk"))
_on_open: dict[str, OnOpen] = {}
_on_close: dict[str, OnClose] = {}
_guards: dict[str, Guard] = {}
_on_message: dict[str, OnMessage] = {}
_visibility: dict[str, Visibility] = {}
_eligibility: dict[str, Eligibility] = {}


def register(hook: OnOpen | OnClose | OnMessage | Guard | Visibility | Eligibility) -> None:
    registries: dict[type, dict[str, object]] = {
        OnOpen: _on_open,  # type: ignore[dict-item]
        OnClose: _on_close,  # type: ignore[dict-item]
        OnMessage: _on_message,  # type: ignore[dict-item]
        Guard: _guards,  # type: ignore[dict-item]
        Visibility: _visibility,  # type: ignore[dict-item]
        Eligibility: _eligibility,  # type: ignore[dict-item]
    }
    registry = registries[type(hook)]
    if hook.key in registry:
        raise ValueError(f"{type(hook).__name__} {hook.key!r} is registered twice.")
    registry[hook.key] = hook


def run_on_open(case: Case, by: Actor, at: datetime) -> None:
    with read_once():
        for _key, hook in sorted(_on_open.items()):
            hook.run(case, by, at)


def run_on_close(case: Case, by: Actor, at: datetime) -> None:
    for _key, hook in sorted(_on_close.items()):
        hook.run(case, by, at)


def check_guards(transition: Transition, case: Case, by: Actor, at: datetime) -> None:
    """Ask every guard of this transition; the first that refuses ends the operation."""
    with read_once():
        for _key, guard in sorted(_guards.items()):
            if transition in guard.transitions:
                guard.check(transition, case, by, at)


def check_message(message: Message, by: Actor, at: datetime) -> None:
    """Ask everybody before a word is written; the first that refuses ends the operation."""
    for _key, hook in sorted(_on_message.items()):
        hook.check(message, by, at)


def run_on_message(message: Message, by: Actor, at: datetime) -> None:
    for _key, hook in sorted(_on_message.items()):
        hook.run(message, by, at)


def shown(user: User, at: datetime) -> Q:
    condition = Q(pk__in=[])
    for hook in _visibility.values():
        if not hook.hides:
            condition |= hook.condition(user, at)
    return condition


def hides() -> bool:
    """Whether anybody takes rows away at all."""
    return any(hook.hides for hook in _visibility.values())


def hidden(user: User, at: datetime) -> Q:
    condition = Q(pk__in=[])
    for hook in _visibility.values():
        if hook.hides:
            condition |= hook.condition(user, at)
    return condition


def objections(staff: Staff, work: Work, at: datetime) -> list[Objection]:
    """Everything that speaks against giving this work to this person."""
    found = [Objection(absence.code) for absence in absences(staff, at)]
    case = work if isinstance(work, Case) else work.case
    if case is not None and _CONCERNS.all(case.pk, staff.pk):
        found.append(Objection("concerned", hard=True))
    if not access_at(staff.user, at).has("cases.work"):
        found.append(Objection("no_right", hard=True))
    for _key, hook in sorted(_eligibility.items()):
        found += hook.objections(staff, work, at)
    return found
