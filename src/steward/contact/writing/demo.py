"""In the bank: replies to complaints that the supervisor reads before they go out; she was mentioned there, so she watches these cases."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.core.cases.models.case import IS_UNFINISHED
from steward.core.org.models import Staff
from steward.ground.access.errors import Refused
from steward.ground.demo import Demo
from steward.ground.journal.actors import Actor

from . import operations as writing

REPLY = "您好，您反映的情况我们正在核实，今天 15:00 前由我给您答复。给您带来不便，深表歉意。"
MOST = 2


def tell(demo: Demo) -> None:
    place = demo.places["bank"]
    leader = place["people"]["super"]
    found = Case.objects.filter(
        IS_UNFINISHED, organisation=place["root"], unit=place["teams"][0], confidential=False, assignee__isnull=False, kind="complaint"
    )
    for case in found.select_related("unit", "assignee__user", "customer").order_by("-opened_at")[:MOST]:
        since = max(case.opened_at, case.changed_at) + timedelta(minutes=2)
        if since < demo.now and case.assignee is not None and case.assignee.pk != leader.pk:
            with suppress(Refused):
                _on(case, case.assignee, leader, place, demo)


def _on(case: Case, author: Staff, leader: Staff, place: dict[str, Any], demo: Demo) -> None:
    at, by, head = demo.now - timedelta(minutes=12), Actor.staff(author.user), Actor.staff(leader.user)
    shared = writing.ask_review(
        case=case, author=author, reviewer=leader, body=REPLY, why="第一次答复投诉，请看措辞是否稳妥。", by=by, at=at
    )
    writing.comment_shared(shared=shared, words="先道歉，再写什么时候答复。", by=head, at=at + timedelta(minutes=4))
    note = f"@{leader.user.name} 下午可能还要再联系，请关注。"
    cases.add_message(case=case, direction="note", body=note, by=by, at=at + timedelta(minutes=1))
