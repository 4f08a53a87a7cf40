"""Files on messages of a case: who sees the message sees its files; who may write on the case may add some."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from steward.ground.access.models import User
from steward.ground.access.policies import policy_for
from steward.ground.files.models import FileRef
from steward.ground.files.subjects import FileSubject
from steward.ground.journal.actors import Actor
from steward.ground.journal.operations import Person

from .models import Case, Message


def may_see(user: User, message_id: int, at: datetime) -> bool:
    return Message.objects.visible_to(user, at=at).filter(pk=message_id).exists()


def may_attach(by: Actor, message_id: int, at: datetime) -> bool:
    message = Message.objects.select_related("case__unit", "case__assignee").filter(pk=message_id).first()
    return message is not None and policy_for(Case).may(by, "note", message.case, at=at)


def of_person(person: Person) -> Iterable[int]:
    if person.type != "customers.customer":
        return ()
    return Message.objects.filter(case__customer_id=person.id).values_list("pk", flat=True)


SUBJECT = FileSubject("cases.message", may_see, may_attach, of_person=of_person)


def files_by_message(messages: Iterable[Message]) -> dict[int, list[FileRef]]:
    """The kept files of each message, in one query."""
    found: dict[int, list[FileRef]] = {}
    ids = [message.pk for message in messages]
    for reference in FileRef.objects.kept().filter(subject_type="cases.message", subject_id__in=ids).order_by("pk"):
        found.setdefault(reference.subject_id, []).append(reference)
    return found
