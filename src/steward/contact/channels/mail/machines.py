"""Which mails a machine wrote. They are parked with the reason, never answered, never dropped."""

from __future__ import annotations

import re
from email.message import Message as Parsed

from . import headers

LOOP_HEADER = "X-Steward-Loop"
_MACHINE_NAMES = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?([+-].*)?|autoreply|auto-reply|daemon)@", re.IGNORECASE
)
_BOUNCERS = re.compile(r"^(mailer-daemon|postmaster|bounces?([+-].*)?)@", re.IGNORECASE)
_BOUNCED = re.compile(
    r"undeliver(able|ed)|delivery (status notification|failure|has failed)|returned mail|mail delivery failed|failure notice|"
    r"退信|投递失败|无法投递|无法送达",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"^\s*(自动回复|自動回覆|自动答复|out of office|automatic reply|auto(matic)?[ -]?repl|abwesenheit|réponse automatique)", re.IGNORECASE
)


def recognise(mail: Parsed, *, sender: str, own: frozenset[str], loop: str) -> str:
    """Why a mail counts as a machine's, as a code of `RawMail.Reason`, the surest signs first; "" for a mail of a person.

    own: the addresses of this house; loop: what our own header says on mails of this installation.
    """
    if loop and loop in headers.raw_values(mail, LOOP_HEADER):
        return "loop"
    if sender and sender in own:
        return "own_address"
    if is_bounce(mail, sender):
        return "bounce"
    submitted = headers.raw(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    away = bool(_AWAY.match(headers.subject_of(mail)))
    if (submitted and submitted != "no") or _says_reply(mail) or away:
        generated = submitted in ("auto-generated", "auto-notified") and not away
        return "auto_generated" if generated else "auto_reply"
    if _is_list(mail):
        return "list"
    if _MACHINE_NAMES.match(sender):
        return "no_reply"
    return ""


def is_bounce(mail: Parsed, sender: str) -> bool:
    """A report about a mail that did not arrive, by RFC 3464 or in the words of a mail server."""
    kind = headers.raw(mail, "Content-Type").lower()
    if kind.startswith("multipart/report") and "disposition-notification" not in kind and "feedback-report" not in kind:
        return True
    if headers.raw(mail, "X-Failed-Recipients"):
        return True
    looks = bool(_BOUNCERS.match(sender)) or bool(_BOUNCED.search(headers.subject_of(mail)))
    return looks and (_null_sender(mail) or bool(_BOUNCERS.match(sender)))


def _null_sender(mail: Parsed) -> bool:
    return any(value.replace(" ", "") == "<>" for value in headers.raw_values(mail, "Return-Path"))


def _says_reply(mail: Parsed) -> bool:
    suppress = headers.raw(mail, "X-Auto-Response-Suppress").lower()
    precedence = headers.raw(mail, "Precedence").strip().lower()
    said = any(headers.raw(mail, name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply"))
    kind = headers.raw(mail, "Content-Type").lower()
    receipt = kind.startswith("multipart/report")
    return bool(
        _null_sender(mail) or said or receipt or precedence == "auto_reply" or any(word in suppress for word in ("all", "oof", "autoreply"))
    )


def _is_list(mail: Parsed) -> bool:
    precedence = headers.raw(mail, "Precedence").strip().lower()
    listed = any(headers.raw(mail, name) for name in ("List-Id", "List-Unsubscribe", "List-Post", "List-Help", "Feedback-ID"))
    return listed or precedence in ("bulk", "list", "junk")
