"""What the person sees of their own case, and what staff see of the mail about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from steward.core.cases.attachments import files_by_message
from steward.core.cases.models import Case, Message, Promise, State
from steward.core.cases.models.case import HoldReason, Resolution
from steward.core.catalog.models import PromisePolicy, ServiceItem
from steward.core.catalog.queries import services_of
from steward.core.customers.models import ContactPoint
from steward.ground.access.models import Unit
from steward.ground.delivery.models import Dispatch
from steward.ground.delivery.recipients import is_email
from steward.ground.files.models import FileRef

from .models import PublicForm, Reach, TrackingLink, Verdict


@dataclass(frozen=True)
class Said:
    """One word of the conversation as the person reads it."""

    message: Message
    mine: bool
    who: str
    files: Sequence[FileRef]


@dataclass(frozen=True)
class Tracked:
    """Everything the tracking page shows. law_due_at, promised_due_at: only dates given to the person, never internal ones."""

    case: Case
    status: str
    tone: str
    next_step: str
    law_due_at: datetime | None
    promised_due_at: datetime | None
    said: Sequence[Said]
    may_write: bool
    may_withdraw: bool
    may_judge: bool
    verdict: Verdict | None


def form_at(word: str) -> PublicForm | None:
    """The enabled form at an address: its word, or the public id of its unit."""
    forms = PublicForm.objects.select_related("unit").filter(enabled=True, unit__closed_at=None)
    found = forms.filter(slug=word).first()
    return found or (forms.filter(unit__public_id=word).first() if len(word) == 36 else None)


def services_on(form: PublicForm) -> list[ServiceItem]:
    chosen = list(form.services.filter(closed_at=None).order_by("code"))
    return chosen or services_of(form.unit)


def form_of(unit: Unit) -> PublicForm | None:
    """The form whose look a page about this unit has: the nearest one of the unit and those above it."""
    forms = {form.unit_id: form for form in PublicForm.objects.filter(unit_id__in=unit.ancestor_ids)}
    return next((forms[pk] for pk in reversed(unit.ancestor_ids) if pk in forms), None)


def logo_of(unit: Unit) -> FileRef | None:
    """The logo on a page about this unit: that of the nearest form that has one, of the unit and those above it."""
    forms = dict(PublicForm.objects.filter(unit_id__in=unit.ancestor_ids).values_list("pk", "unit_id"))
    kept = FileRef.objects.kept().filter(subject_type=PublicForm._meta.label_lower, subject_id__in=forms, blob__isnull=False)
    logos = {forms[row.subject_id]: row for row in kept.order_by("pk")}
    return next((logos[pk] for pk in reversed(unit.ancestor_ids) if pk in logos), None)


def logo_named(public_id: UUID) -> FileRef | None:
    """A file that is the logo of a form, and nothing else."""
    kept = FileRef.objects.kept().select_related("blob").filter(subject_type=PublicForm._meta.label_lower, type__startswith="image/")
    return kept.filter(public_id=public_id).first()


def followed(case: Case) -> Case:
    """Where a merged case went on, as long as that is the same person's."""
    while case.state == State.MERGED and case.merged_into is not None:
        target = Case.objects.select_related("unit", "customer", "service", "merged_into").get(pk=case.merged_into.pk)
        if case.customer_id is None or target.customer_id != case.customer_id:
            break
        case = target
    return case


def reach_of(case: Case, *, left: bool = True) -> tuple[str, str]:
    """Address and language to write to about a case: what was left with it, else the person's own e-mail address. left: False where nothing was."""
    reach = Reach.objects.filter(case=case).first() if left else None
    if reach is not None and is_email(reach.email):
        return reach.email, reach.language
    if case.customer is None or case.customer.erased_at is not None:
        return "", ""
    points = case.customer.contact_points.filter(kind=ContactPoint.Kind.EMAIL, ended_at=None).order_by("-verified_at", "pk")
    address = next((point.value for point in points if is_email(point.value)), "")
    return address, case.customer.language or (reach.language if reach else "")


def tracked(link: TrackingLink, *, at: datetime) -> Tracked:
    """The case behind a link, in the words of the person it belongs to."""
    case = followed(link.case)
    apart = case.state == State.MERGED
    said = _said(link.case if apart else case)
    answered = any(not word.mine and not word.message.automatic for word in said)
    closed = case.state == State.CLOSED
    law, promised = (None, None) if closed or apart else _dates(case)
    return Tracked(
        case=case,
        status=_status(case),
        tone={State.CLOSED: "ok", State.ON_HOLD: "waiting", State.NEW: "info"}.get(State(case.state), "active"),
        next_step=_next_step(case, answered=answered),
        law_due_at=law,
        promised_due_at=promised,
        said=said,
        may_write=not apart,
        may_withdraw=not closed and not apart,
        may_judge=not apart and (closed or answered) and case.resolution != Resolution.WITHDRAWN,
        verdict=Verdict.objects.filter(case=case).order_by("-at", "-pk").first(),
    )


def public_messages(case: Case) -> QuerySet[Message]:
    """What the person may read: their own words and our replies, also of cases of theirs that were merged in. Notes never."""
    mine = Q(case=case)
    if case.customer_id is not None:
        mine |= Q(case__merged_into=case, case__customer=case.customer_id)
    words = Message.objects.filter(mine).exclude(direction=Message.Direction.NOTE)
    return words.select_related("author", "case__unit").order_by("at", "id")


def mails_about(case: Case, limit: int = 5) -> list[Dispatch]:
    """The newest mails that went out about a case, for staff."""
    ids = Message.objects.filter(case=case).values("pk")
    rows = Dispatch.objects.filter(about_type=Message._meta.label_lower, about_id__in=ids)
    return list(rows.order_by("-created_at", "-pk")[:limit])


def live_links(case: Case, *, at: datetime) -> int:
    return TrackingLink.objects.filter(case=case, revoked_at=None, expires_at__gt=at).count()


def _said(case: Case) -> list[Said]:
    messages = list(public_messages(case))
    files = files_by_message(messages)
    form = form_of(case.unit)
    full = form is not None and form.staff_names == PublicForm.StaffNames.FULL
    words = []
    for message in messages:
        mine = message.direction == Message.Direction.IN
        name = message.author.name if full and message.author and not mine else str(case.unit.name)
        words.append(Said(message, mine, _("You") if mine else name, files.get(message.pk, [])))
    return words


def _dates(case: Case) -> tuple[datetime | None, datetime | None]:
    """The date by law or public promise, and the earliest date that somebody gave the person."""
    rows = [row for row in case.promises.filter(met_at=None, cancelled_at=None) if row.due_at is not None]
    law = [row for row in rows if row.basis == Promise.Basis.POLICY and row.clock == PromisePolicy.Clock.STATUTORY]
    given = [row for row in rows if row.basis != Promise.Basis.POLICY]
    dates = [min((row.due_at for row in group if row.due_at is not None), default=None) for group in (law, given)]
    return dates[0], dates[1]


def _status(case: Case) -> str:
    if case.state == State.CLOSED:
        return {
            Resolution.WITHDRAWN: _("You withdrew it"),
            Resolution.UNREACHABLE: _("Closed, because we could not reach you"),
            Resolution.DECLINED: _("Closed; we could not do what you asked"),
            Resolution.NOT_OURS: _("Passed on to whoever is in charge of it"),
        }.get(Resolution(case.resolution), _("Done"))
    if case.state == State.ON_HOLD:
        return _("We are waiting for your answer") if case.hold_reason == HoldReason.CUSTOMER else _("Being worked on, with others")
    return {
        State.NEW: _("We have received it"),
        State.OPEN: _("Being worked on"),
        State.MERGED: _("Handled together with others about the same matter"),
    }[State(case.state)]


def _next_step(case: Case, *, answered: bool) -> str:
    if case.state == State.CLOSED:
        if case.resolution == Resolution.WITHDRAWN:
            return _("Nothing more happens. If you change your mind, write below.")
        return _("Tell us below whether it is solved. If it is not, we go on.")
    if case.state == State.ON_HOLD and case.hold_reason == HoldReason.CUSTOMER:
        return _("Please answer below; then we go on at once.")
    if case.state == State.ON_HOLD:
        return _("Somebody else has to do their part first. We keep watching it and write to you.")
    if case.state == State.MERGED:
        return _("We tell you the result in the way you left with us.")
    if case.state == State.NEW:
        return _("Somebody will take it on and answer you. You need not do anything.")
    return (
        _("We have answered; see below. If something is missing, write to us.")
        if answered
        else _("Somebody is working on it and will answer you.")
    )
