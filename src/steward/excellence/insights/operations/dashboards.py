"""Dashboards: copied, filled, arranged, shared, removed. A change names the version it was made on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from steward.ground.access.errors import Stale
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import NameTaken, NoSuchCard, TooManyCards
from ..models import Dashboard

MOST_CARDS = 16
Cards = list[dict[str, str]]


@transaction.atomic
def make_dashboard(*, name: str, cards: Sequence[dict[str, str]], by: Actor, at: datetime, unit: Unit | None = None) -> Dashboard:
    """Raises NameTaken, TooManyCards, Forbidden."""
    if by.user is None:
        raise ValueError("A dashboard belongs to somebody.")
    if len(cards) > MOST_CARDS:
        raise TooManyCards(most=MOST_CARDS)
    if unit is not None:
        require(by, "insights.share", unit, at=at)
    try:
        with transaction.atomic():
            row = Dashboard.objects.create(
                owner=by.user, unit=unit, name=name.strip()[:80], cards=[dict(card) for card in cards], created_at=at, changed_at=at
            )  # fmt: skip
    except IntegrityError:
        raise NameTaken(name=name.strip()) from None
    journal.record(events.DashboardMade(len(cards)), subject=row, by=by, at=at, unit_id=unit.pk if unit else by.user.organisation_id)
    return row


@transaction.atomic
def change_dashboard(*, board: Dashboard, name: str, unit: Unit | None, version: int, by: Actor, at: datetime) -> Dashboard:
    """Name and sharing as they shall be. Raises NameTaken, Stale, Forbidden."""
    policy_for(Dashboard).require(by, "change", board, at=at)
    if unit is not None and unit.pk != board.unit_id:
        require(by, "insights.share", unit, at=at)
    wanted: dict[str, Any] = {"name": name.strip()[:80], "unit": unit}
    return _write(board, {field: value for field, value in wanted.items() if getattr(board, field) != value}, version, by, at)


def add_card(*, board: Dashboard, card: dict[str, str], version: int, by: Actor, at: datetime) -> Dashboard:
    """Raises TooManyCards, Stale, Forbidden."""

    def change(cards: Cards) -> Cards:
        if len(cards) >= MOST_CARDS:
            raise TooManyCards(most=MOST_CARDS)
        return [*cards, dict(card)]

    return _arrange(board, change, version, by, at)


def remove_card(*, board: Dashboard, place: int, version: int, by: Actor, at: datetime) -> Dashboard:
    """Raises NoSuchCard, Stale, Forbidden."""
    return _arrange(board, lambda cards: [card for index, card in enumerate(cards) if index != _checked(place, cards)], version, by, at)


def move_card(*, board: Dashboard, place: int, step: int, version: int, by: Actor, at: datetime) -> Dashboard:
    """One place forwards or back; at the end it stays. Raises NoSuchCard, Stale, Forbidden."""

    def change(cards: Cards) -> Cards:
        card = cards.pop(_checked(place, cards))
        cards.insert(min(max(place + step, 0), len(cards)), card)
        return cards

    return _arrange(board, change, version, by, at)


@transaction.atomic
def remove_dashboard(*, board: Dashboard, by: Actor, at: datetime) -> None:
    policy_for(Dashboard).require(by, "remove", board, at=at)
    if Dashboard.objects.filter(pk=board.pk, removed_at=None).update(removed_at=at):
        journal.record(events.DashboardRemoved(), subject=board, by=by, at=at, unit_id=board.unit_id or board.owner.organisation_id)


def _checked(place: int, cards: Cards) -> int:
    if not 0 <= place < len(cards):
        raise NoSuchCard()
    return place


@transaction.atomic
def _arrange(board: Dashboard, change: Callable[[Cards], Cards], version: int, by: Actor, at: datetime) -> Dashboard:
    policy_for(Dashboard).require(by, "change", board, at=at)
    arranged = change([dict(card) for card in board.cards])
    return _write(board, {"cards": arranged} if arranged != board.cards else {}, version, by, at)


def _write(board: Dashboard, changed: dict[str, Any], version: int, by: Actor, at: datetime) -> Dashboard:
    if not changed:
        return board
    wanted = Dashboard.objects.filter(pk=board.pk, version=version, removed_at=None)
    try:
        with transaction.atomic():
            done = wanted.update(**changed, version=version + 1, changed_at=at)
    except IntegrityError:
        raise NameTaken(name=changed["name"]) from None
    if not done:
        raise Stale()
    for field, value in {**changed, "version": version + 1, "changed_at": at}.items():
        setattr(board, field, value)
    event = events.DashboardChanged(sorted(changed), len(board.cards))
    journal.record(event, subject=board, by=by, at=at, unit_id=board.unit_id or board.owner.organisation_id)
    return board
