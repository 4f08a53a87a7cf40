"""What came in through WeChat: kept once, then a word in the open case of the same person, a new case, or an event that is set aside."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Channel, Message
from steward.core.cases.models.case import UNFINISHED
from steward.core.customers.models import Customer
from steward.core.customers.operations import find_by_identity, note_service, register_customer
from steward.ground.access.errors import Refused
from steward.ground.delivery.signed import BadSignature
from steward.ground.files.errors import FileRefused
from steward.ground.jobs.operations import enqueue
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from ..wording import language_of, title_of
from .events import WechatReceived
from .models import WechatAccount, WechatIn, WechatOut
from .wire import Incoming

MACHINE = Actor.system("wechat")
WAITING = WechatIn.Outcome.RECEIVED


def take(*, account: WechatAccount, came: Incoming, at: datetime) -> tuple[WechatIn, bool]:
    """Keep it, then read it; the row, and whether it is new. WeChat repeats a call three times and then gives it up, so what cannot be read now
    stays and is read later. Raises BadSignature where a signature comes a second time with something else."""
    row, new = _kept(account, came, at)
    if row.outcome == WAITING:
        try:
            settle(row.pk, at=at)
        except Refused as refused:
            WechatAccount.objects.filter(pk=account.pk).update(last_error=str(refused)[:300])
        row.refresh_from_db()
    return row, new


def _kept(account: WechatAccount, came: Incoming, at: datetime) -> tuple[WechatIn, bool]:
    seen = WechatIn.objects.filter(account=account, ref=came.ref).first()
    if seen is not None:
        return seen, False
    try:
        with transaction.atomic():
            # Of two deliveries at once the second waits here, and then finds the first one's row.
            row = WechatIn.objects.create(
                account=account, ref=came.ref, signature=came.signature, openid=came.openid, type=came.type, event=came.event, words=came.words,
                media_id=came.media_id, received_at=at,
            )  # fmt: skip
    except IntegrityError:
        seen = WechatIn.objects.filter(account=account, ref=came.ref).first()
        if seen is None:
            raise BadSignature("wrong") from None
        return seen, False
    WechatAccount.objects.filter(pk=account.pk).update(last_in_at=at, last_error="")
    return row, True


@transaction.atomic
def settle(pk: int, *, at: datetime) -> None:
    """Read what was kept, once. Raises what opening a case and writing on one raise."""
    row = WechatIn.objects.select_for_update(of=("self",)).select_related("account__unit", "account__service").get(pk=pk)
    if row.outcome != WAITING:
        return
    if row.type == "event":
        row.outcome = WechatIn.Outcome.PARKED
    else:
        with override(language_of(row.words)):
            _write(row, at)
        if row.media_id:
            row.media = WechatIn.Media.WAITING
            enqueue("channels.fetch_wechat_file", args={"row": row.pk}, at=at, unit=row.account.unit, key=f"wechat_file:{row.pk}")
    row.words = ""
    row.save(update_fields=["outcome", "case", "message", "customer", "words", "media"])
    event = WechatReceived(row.outcome, row.type, row.case_id)
    links = [row.customer] if row.customer else []
    journal.record(event, subject=row, by=MACHINE, at=at, unit_id=row.account.unit_id, links=links)


def settle_waiting(*, at: datetime) -> int:
    """Read what could not be read when it came; how many were. What still cannot stays where it is."""
    count = 0
    for pk in WechatIn.objects.filter(outcome=WAITING).order_by("pk").values_list("pk", flat=True)[:100]:
        try:
            settle(pk, at=at)
        except Refused:
            continue
        count += 1
    return count


def _write(row: WechatIn, at: datetime) -> None:
    row.case = _thread(row, at)
    if row.case is not None:
        row.outcome = WechatIn.Outcome.APPENDED
        row.message = cases.add_message(
            case=row.case, direction=Message.Direction.IN, channel=Channel.WECHAT, body=row.words, by=MACHINE, at=at
        )
    else:
        row.outcome, row.case = WechatIn.Outcome.CASE_OPENED, _open(row, at)
        row.message = row.case.messages.order_by("pk")[0]
    row.customer = row.case.customer


def _thread(row: WechatIn, at: datetime) -> Case | None:
    """The unfinished case on which this person last wrote, or was last answered, while that is not too long ago."""
    since = at - timedelta(days=row.account.thread_days)
    of_person = {"account": row.account, "openid": row.openid, "case__state__in": UNFINISHED}
    came = WechatIn.objects.filter(received_at__gte=since, **of_person).order_by("-received_at", "-pk")
    sent = WechatOut.objects.filter(sent_at__gte=since, **of_person).order_by("-sent_at", "-pk")
    found = sent.values_list("case_id", flat=True).first() or came.values_list("case_id", flat=True).first()
    return Case.objects.select_related("unit", "customer").filter(pk=found).first() if found else None


def _open(row: WechatIn, at: datetime) -> Case:
    account = row.account
    return cases.open_case(
        unit=account.unit, kind=account.kind, channel=Channel.WECHAT, title=title_of(row.words), body=row.words, customer=_person(row, at),
        service=account.service, by=MACHINE, at=at,
    )  # fmt: skip


def _person(row: WechatIn, at: datetime) -> Customer | None:
    """The one person with this id, else somebody new; of several nobody is guessed. The account stands before the id: another account calls
    another person by the same one."""
    unit, identity = row.account.unit, f"{row.account.app_id}:{row.openid}"
    found = find_by_identity(unit=unit, kind="wechat", value=identity, purpose="serve_case", by=MACHINE, at=at)
    living = [person for person in found if person.erased_at is None]
    if len(living) == 1:
        note_service(customer=living[0], unit=unit, at=at)
        return living[0]
    return None if living else register_customer(unit=unit, name="", contacts=[("wechat", identity)], by=MACHINE, at=at)


@transaction.atomic
def keep_file(*, row: WechatIn, content: bytes, at: datetime) -> bool:
    """Put a file that was fetched on its message; a note says why where it is not taken. False where it had been done."""
    row = WechatIn.objects.select_for_update(of=("self",)).select_related("message__case__unit").get(pk=row.pk)
    if row.media != WechatIn.Media.WAITING or row.message is None or row.blanked_at is not None:
        return False
    try:
        with transaction.atomic():
            cases.attach_file(message=row.message, upload=content, name=f"{row.type}-{row.pk}", by=MACHINE, at=at)
    except FileRefused as refused:
        _mark_failed(row, str(refused), at)
        return True
    row.media, row.media_id = WechatIn.Media.KEPT, ""
    row.save(update_fields=["media", "media_id"])
    return True


@transaction.atomic
def lose_file(*, row: WechatIn, why: str, at: datetime) -> None:
    """A file that nobody can fetch any more: the note says so, and the person can be asked for it again."""
    row = WechatIn.objects.select_for_update(of=("self",)).select_related("message__case__unit").get(pk=row.pk)
    if row.media == WechatIn.Media.WAITING and row.message is not None:
        _mark_failed(row, why, at)


def _mark_failed(row: WechatIn, why: str, at: datetime) -> None:
    assert row.message is not None
    said = _("A file of this message is missing: %(why)s Ask the person to send it again.") % {"why": why}
    cases.add_message(case=row.message.case, direction=Message.Direction.NOTE, body=said, automatic=True, by=MACHINE, at=at)
    row.media = WechatIn.Media.FAILED
    row.save(update_fields=["media"])
