"""Links by which a person follows one case, and what they can do with one: add a word, withdraw, say whether it is solved."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Channel, Message, State
from steward.ground.access.errors import Forbidden, Refused
from steward.ground.access.models import User
from steward.ground.access.policies import policy_for
from steward.ground.files.operations import store_file
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.journal.repeats import digest_of, once

from .. import events
from ..models import Reach, TrackingLink, Verdict
from ..queries import followed
from .replies import acknowledge
from .tokens import digest_of_secret

BITS = 192


@transaction.atomic
def issue_link(*, case: Case, way: str, by: Actor, at: datetime, dispatch_id: int | None = None) -> tuple[TrackingLink, str]:
    """A new link to follow a case and, this once, its token. Staff need the right to work on the case."""
    policy_for(Case).require(by, "work", case, at=at)
    token = secrets.token_urlsafe(BITS // 8)
    if dispatch_id is not None:
        TrackingLink.objects.filter(dispatch_id=dispatch_id, revoked_at=None).update(revoked_at=at)
    link = TrackingLink.objects.create(
        case=case,
        digest=digest_of_secret(token),
        way=way,
        dispatch_id=dispatch_id,
        made_by=by.user if isinstance(by.user, User) else None,
        created_at=at,
        expires_at=at + timedelta(days=int(settings.STEWARD_TRACKING_DAYS)),
    )
    event = events.LinkIssued(link.pk, way, link.expires_at.isoformat())
    journal.record(event, subject=case, by=by, at=at, unit_id=case.unit_id, links=[case.customer] if case.customer else [])
    return link, token


@transaction.atomic
def revoke_links(*, case: Case, by: Actor, at: datetime) -> int:
    """End every link to a case, such as when one went to the wrong person."""
    policy_for(Case).require(by, "work", case, at=at)
    count = TrackingLink.objects.filter(case=case, revoked_at=None, expires_at__gt=at).update(revoked_at=at)
    if count:
        journal.record(events.LinksRevoked(count), subject=case, by=by, at=at, unit_id=case.unit_id)
    return count


def find_link(token: str, *, at: datetime) -> TrackingLink | None:
    """The link behind a token while it is valid. One look-up by digest, whatever the token: nothing tells wrong from expired."""
    rows = TrackingLink.objects.select_related("case__unit", "case__customer", "case__service")
    return rows.filter(digest=digest_of_secret(token[:200]), revoked_at=None, expires_at__gt=at).first()


@transaction.atomic
def add_word(*, link: TrackingLink, body: str, key: str, at: datetime, attachment: File[bytes] | None = None) -> Message:
    """The person adds something. It ends a waiting for them; on a closed case it opens the case again where that is allowed."""

    def create() -> Message:
        case, by = _case(link), actor(link)
        text = body.strip() or (_("(a file)") if attachment is not None else "")
        if case.state == State.CLOSED:
            return _again(link, case, text, by, at, attachment)
        message = cases.add_message(case=case, direction=Message.Direction.IN, channel=Channel.WEB, body=text, by=by, at=at)
        return _with_file(message, attachment, by, at)

    file = (attachment.name, attachment.size) if attachment is not None else None
    scope = f"track:word:{link.pk}"  # the link may have gone on to another case when this comes again
    return once(scope=scope, key=key, digest=digest_of([body, file]), at=at, model=Message, create=create)[0]


@transaction.atomic
def withdraw(*, link: TrackingLink, words: str, key: str, at: datetime) -> Case:
    """The person takes their matter back. Where the law or a rule keeps it open, the wish is written down for whoever works on it."""

    def create() -> Case:
        case, by = _case(link), actor(link)
        reason = words.strip() or _("The person withdrew the matter on the tracking page.")
        try:
            return cases.close_case(case=case, resolution="withdrawn", by=by, at=at, reason=reason)
        except Refused:
            text = _("I withdraw this matter. %(words)s") % {"words": words.strip()}
            direction = Message.Direction.NOTE if case.state == State.CLOSED else Message.Direction.IN
            cases.add_message(case=case, direction=direction, channel=Channel.WEB, body=text.strip(), by=by, at=at)
            return case

    scope = f"track:withdraw:{link.case_id}"
    return once(scope=scope, key=key, digest=digest_of(words), at=at, model=Case, create=create)[0]


@transaction.atomic
def give_verdict(*, link: TrackingLink, solved: bool, words: str, key: str, at: datetime) -> Verdict:
    """Solved or not. Not solved opens a closed case again; where it may not be opened, the word is kept as a note."""

    def create() -> Verdict:
        case, by = _case(link), actor(link)
        verdict = Verdict.objects.create(case=case, solved=solved, at=at)
        links = [case.customer] if case.customer else []
        journal.record(events.VerdictGiven(solved), subject=case, by=by, at=at, unit_id=case.unit_id, links=links)
        text = words.strip() or (_("It is solved.") if solved else _("It is not solved."))
        if case.state != State.CLOSED:
            cases.add_message(case=case, direction=Message.Direction.IN, channel=Channel.WEB, body=text, by=by, at=at)
        elif not solved:
            _again(link, case, text, by, at, None)
        elif words.strip():
            cases.add_message(case=case, direction=Message.Direction.NOTE, channel=Channel.WEB, body=text, by=by, at=at)
        return verdict

    scope = f"track:verdict:{link.pk}"
    return once(scope=scope, key=key, digest=digest_of([solved, words]), at=at, model=Verdict, create=create)[0]


def actor(link: TrackingLink) -> Actor:
    """The page acts for whoever holds the link; its rights end at this case."""
    customer = link.case.customer
    return Actor("system", "tracking_page", on_behalf_of=str(customer.public_id) if customer else "customer")


def _case(link: TrackingLink) -> Case:
    case = followed(link.case)
    if case.state == State.MERGED:
        raise Forbidden(action="tracking")
    return case


def _again(link: TrackingLink, case: Case, text: str, by: Actor, at: datetime, attachment: File[bytes] | None) -> Message:
    """A word on a closed case: it goes on, or a new case follows it, or, where neither may be, the word is kept as a note."""
    try:
        with transaction.atomic():
            message = cases.take_answer(case=case, body=text, channel=Channel.WEB, by=by, at=at, reason=text[:500])
    except Refused:
        message = cases.add_message(case=case, direction=Message.Direction.NOTE, channel=Channel.WEB, body=text, by=by, at=at)
    if message.case_id != case.pk:
        _go_on(link, case, message.case, by, at)
    return _with_file(message, attachment, by, at)


def _go_on(link: TrackingLink, case: Case, follows: Case, by: Actor, at: datetime) -> None:
    """The person's link goes on with the new case, and so does the address they left; whoever looks at the old one reads where the word went."""
    TrackingLink.objects.filter(pk=link.pk).update(case=follows)
    said = _("They wrote again; case %(number)s follows this one.") % {"number": follows.number}
    cases.add_message(case=case, direction=Message.Direction.NOTE, body=said, automatic=True, by=by, at=at)
    reach = Reach.objects.filter(case=case).first()
    if reach is not None:
        Reach.objects.create(case=follows, email=reach.email, language=reach.language, given_at=at)
        acknowledge(case=follows, by=by, at=at)


def _with_file(message: Message, attachment: File[bytes] | None, by: Actor, at: datetime) -> Message:
    if attachment is not None:
        store_file(upload=attachment, name=attachment.name or "", unit=message.case.unit, subject=message, by=by, at=at)
    return message
