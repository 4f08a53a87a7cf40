"""A supervisor joins a case: asked by one click, joined by one click."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.core.cases.operations.state import lock_case, require, require_unfinished
from steward.core.org.queries import heads_of
from steward.ground.delivery.notices import notify
from steward.ground.fields import in_languages
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import NobodyAsked
from ..models import SupervisorJoin
from .shared import HOUSE, page_of, record, staff_among

TASK = "desk.join"


@transaction.atomic
def ask_supervisor(*, case: Case, by: Actor, at: datetime) -> SupervisorJoin:
    """Whoever leads the unit gets a notice and a thing to do. Asked twice, it is one request."""
    case = lock_case(case)
    require(by, "work", case, at)
    require_unfinished(case)
    try:
        with transaction.atomic():
            join = SupervisorJoin.objects.create(case=case, asked_by=by.user, asked_at=at)
    except IntegrityError:
        return SupervisorJoin.objects.get(case=case, joined_at=None)
    heads = heads_of(case.unit, at)
    title = _("Join the case %(number)s: your support is asked for")
    join.task = cases.add_task(
        unit=case.unit, subject=join, kind=TASK, title=title % {"number": case.number}, owner=staff_among(heads), due_at=at, by=HOUSE, at=at,
        reason="asked",
    )  # fmt: skip
    join.save(update_fields=["task"])
    notify(
        users=heads,
        title=in_languages(lambda: _("Join the case %(number)s: your support is asked for") % {"number": case.number}),
        url=page_of(case),
        at=at,
        icon="users-group",
        key=f"desk.join:{join.public_id}",
    )
    record(events.SupervisorAsked(len(heads)), case, by=by, at=at)
    return join


@transaction.atomic
def join_case(*, case: Case, by: Actor, at: datetime) -> SupervisorJoin:
    """The supervisor is there. Of two who join at once, the second finds it done. Raises Forbidden, NobodyAsked."""
    case = lock_case(case)
    require(by, "assign", case, at)
    join = SupervisorJoin.objects.select_related("task__unit", "task__owner").filter(case=case, joined_at=None).first()
    if join is None:
        raise NobodyAsked()
    join.joined_by, join.joined_at = by.user, at
    join.save(update_fields=["joined_by", "joined_at"])
    if join.task is not None:
        cases.finish_task(task=join.task, by=HOUSE, at=at)
    record(events.SupervisorJoined(), case, by=by, at=at)
    return join
