"""How emotional situations take part elsewhere: read what came in, count who has it, keep somebody who was rotated from more of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, DateTimeField, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steward.core.cases import hooks
from steward.core.cases.models import Case, Message
from steward.core.cases.screens import TaskPlace, register_task_place
from steward.core.org.models import Staff
from steward.ground import clock
from steward.ground.journal.models import Entry
from steward.ground.journal.subscribers import Subscriber, subscribe
from steward.ground.statements import Prepared

from . import operations
from .kinds import WordList, lexicon_of
from .models import AbuseRecord, EmotionFlag, RotationProposal, SupervisorJoin

FRESH = timedelta(days=2)  # what is older is history, and those who worked on it have read it themselves
SEVERE = Q(level=EmotionFlag.Level.SEVERE, dismissed_at=None)


_ROTATED = Prepared(
    lambda staff, at, ends: RotationProposal.objects.filter(staff=staff, state="accepted", decided_at__lte=at, until_at__gt=ends).values_list("pk"),
    BigIntegerField(), DateTimeField(), DateTimeField(),
)  # fmt: skip


def rotated(staff: Staff, work: hooks.Work, at: datetime) -> list[hooks.Objection]:
    """It speaks for the person who works here, never against the one whose case it is: anybody else takes it as before."""
    case = work if isinstance(work, Case) else work.case
    if case is None or not _ROTATED.all(staff.pk, at, at):
        return []
    hard = EmotionFlag.objects.filter(SEVERE, case=case).exists()
    return [hooks.Objection("rotated", words=_("has had enough hard cases in this shift"))] if hard else []


def read_what_came(entries: Sequence[Entry]) -> None:
    """A second delivery of an entry finds the flag there. Imported history is not read."""
    at = clock.now()
    live = [entry for entry in entries if entry.actor_kind != "import" and entry.occurred_at > at - FRESH]
    opened = [entry.subject_id for entry in live if entry.code == "cases.case_opened"]
    added = [entry.public["message"] for entry in live if entry.code == "cases.message_added" and entry.public["direction"] == "in"]
    wanted = Q(pk__in=added) | Q(case__in=opened, direction=Message.Direction.IN)
    lists: dict[int, WordList] = {}
    for message in Message.objects.filter(wanted).select_related("case__unit").order_by("pk"):
        unit = message.case.unit
        if unit.pk not in lists:
            lists[unit.pk] = lexicon_of(unit, at)
        operations.read_message(message=message, at=max(at, message.at), by_words=lists[unit.pk])


def count_who_has_it(entries: Sequence[Entry]) -> None:
    """Somebody got a severe case: it counts for their shift, too."""
    latest = {entry.subject_id: entry.occurred_at for entry in entries if entry.actor_kind != "import"}
    flagged = EmotionFlag.objects.filter(SEVERE, case__in=list(latest)).values("case")
    for case in Case.objects.filter(pk__in=flagged).select_related("assignee__user", "assignee__unit").order_by("pk"):
        operations.note_exposures_of(case=case, at=latest[case.pk])


def _of_case(model: type[SupervisorJoin] | type[AbuseRecord]) -> TaskPlace:
    def addresses(ids: Sequence[int]) -> Mapping[int, str]:
        rows = model._default_manager.filter(pk__in=ids).values_list("pk", "case__public_id")
        return {pk: reverse("desk:emotions_case", args=[public_id]) for pk, public_id in rows}

    return TaskPlace(model._meta.label_lower, addresses)


def _rotations(ids: Sequence[int]) -> Mapping[int, str]:
    return dict.fromkeys(ids, reverse("desk:emotions"))


def register() -> None:
    hooks.register(hooks.Eligibility("desk.rotation", rotated))
    subscribe(Subscriber("desk.emotions", read_what_came, codes=frozenset({"cases.case_opened", "cases.message_added"})))
    subscribe(Subscriber("desk.exposure", count_who_has_it, codes=frozenset({"cases.case_assigned"})))
    for place in (_of_case(SupervisorJoin), _of_case(AbuseRecord), TaskPlace(RotationProposal._meta.label_lower, _rotations)):
        register_task_place(place)
