"""Conversations as a fact, and what is counted of them: also those who left before an answer stay in the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Case
from steward.ground.access.models import User
from steward.ground.measures.declarations import Column, Count, Fact, Measure, Quantile, RowLink, Share, facts, measures

from .models import Conversation

FACT = "chats"
DESK = _("Service supervisor")


def _of_cases(ids: Sequence[int]) -> Iterable[int]:
    return Conversation.objects.filter(case_id__in=ids).values_list("pk", flat=True)


def _links(user: User, ids: Sequence[int]) -> list[RowLink]:
    seen = Conversation.objects.visible_to(user).filter(pk__in=ids).select_related("case__unit").order_by("-pk")
    return [RowLink(row.pk, row.case.number, reverse("channels:chat_open", args=[row.public_id]), str(row.case.unit)) for row in seen]


CHATS = Fact(
    FACT,
    Conversation,
    label=_("Live chat"),
    capability="cases.view",
    confidential="confidential",
    confidential_model=Case,
    confidential_key="case_id",
    times=("started_at", "ended_at"),
    subjects={"cases.case": _of_cases},
    rows=_links,
    columns=(
        Column("id", "pk"), Column("unit_id", "case__unit_id"), Column("case_id", "case_id"),
        Column("confidential", "case__confidential", "BOOLEAN"), Column("how", "how", "VARCHAR"), Column("waited_seconds", "waited_seconds"),
        Column("started_at", "started_at", "TIMESTAMP"), Column("answered_at", "answered_at", "TIMESTAMP"),
        Column("ended_at", "ended_at", "TIMESTAMP"),
    ),
)  # fmt: skip


def register() -> None:
    facts.register(CHATS)
    measures.register(
        Measure(
            "chats_started", 1, FACT, Count(), _("Chats begun"),
            _("Conversations by the day on which the visitor wrote first."),
            when="started", unit="n", practical=0.2, digits=0, owner=DESK,
        ),
        Measure(
            "chat_abandoned", 1, FACT, Share("how = 'abandoned'"), _("Chats abandoned"),
            _("Conversations in which the visitor left before anybody answered, among those ended in the period."),
            when="ended", unit="%", practical=5, direction="down", counter="chats_started", owner=DESK, minimum_n=10,
        ),
        Measure(
            "chat_wait_seconds", 1, FACT, Quantile("waited_seconds"), _("Wait for the first answer in a chat, median"),
            _("Seconds around the clock from the visitor's first word to the first word of a person, of the conversations that were answered."),
            when="ended", unit="s", practical=20, direction="down", digits=0, where="answered_at IS NOT NULL", minimum_n=10,
            counter="chat_abandoned", owner=DESK,
            pitfall=_("Whoever gave up is not in it: read it beside the abandoned ones."),
        ),
    )  # fmt: skip
