"""The wire: IMAP and SMTP with a password or XOAUTH2. Whatever goes wrong becomes MailServerSays with words for people."""

from __future__ import annotations

import imaplib
import json
import re
import smtplib
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http.client import HTTPException

from django.utils.translation import gettext as _

from steward.ground.delivery.mail import Server, connect

from .charsets import one_line
from .errors import MailServerSays
from .keys import Secrets, secrets_of
from .models import Mailbox

TIMEOUT = 30
LARGEST = 60 * 1024 * 1024  # of one mail; a larger one is archived by its headers alone
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_FAULTS = (imaplib.IMAP4.error, smtplib.SMTPException, ssl.SSLError, OSError, EOFError, UnicodeError, ValueError)


@dataclass(frozen=True)
class Fetched:
    """A mail of the server. arrived_at: when the server took it in. whole: False where only the headers were small enough to fetch."""

    uid: int
    content: bytes
    arrived_at: datetime | None
    whole: bool = True


class Inbox:
    """One folder, opened for reading only: nothing on the server is changed, marked or removed."""

    def __init__(self, connection: imaplib.IMAP4, uidvalidity: int) -> None:
        self._connection = connection
        self.uidvalidity = uidvalidity

    def uids_after(self, uid: int, *, since: date) -> list[int]:
        """The numbers above this one, in order; `since` bounds the first look into a mailbox that is full of old mail."""
        criteria = ["UID", f"{uid + 1}:*"] if uid else ["SINCE", f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"]
        _state, data = self._connection.uid("SEARCH", *criteria)
        found = [int(part) for part in re.findall(rb"\d+", b" ".join(row for row in data if isinstance(row, bytes)))]
        # "n:*" always names the last message, even when its number is below n.
        return sorted(number for number in found if number > uid)

    def fetch(self, uid: int) -> Fetched | None:
        """One mail; None when it was removed meanwhile."""
        size = self._size(uid)
        if size is None:
            return None
        what = "BODY.PEEK[]" if size <= LARGEST else "BODY.PEEK[HEADER]"
        _state, data = self._connection.uid("FETCH", str(uid), f"(INTERNALDATE {what})")
        for row in data:
            if isinstance(row, tuple) and len(row) == 2 and isinstance(row[1], bytes):
                return Fetched(uid, row[1], _date(row[0]), whole=size <= LARGEST)
        return None

    def _size(self, uid: int) -> int | None:
        _state, data = self._connection.uid("FETCH", str(uid), "(RFC822.SIZE)")
        joined = b" ".join(row for row in data if isinstance(row, bytes))
        found = re.search(rb"RFC822\.SIZE (\d+)", joined)
        return int(found[1]) if found else None


@contextmanager
def inbox_of(mailbox: Mailbox) -> Iterator[Inbox]:
    """The mailbox's folder. Raises MailServerSays, SecretLost."""
    secrets = secrets_of(mailbox)
    try:
        connection = _imap(mailbox)
        try:
            _sign_in(connection, mailbox, secrets)
            state, data = connection.select(_quoted(mailbox.folder or "INBOX"), readonly=True)
            if state != "OK":
                raise imaplib.IMAP4.error(_words_of(data))
            _code, validity = connection.response("UIDVALIDITY")
            yield Inbox(connection, int(validity[0]) if validity and validity[0] else 0)
        finally:
            _leave(connection)
    except _FAULTS as fault:
        raise MailServerSays(place=f"IMAP {mailbox.imap_host}:{mailbox.imap_port}", words=explain(fault)) from fault


def server_of(mailbox: Mailbox) -> tuple[Server, str]:
    """The SMTP server of a mailbox, and an access token where it signs in with one."""
    secrets = secrets_of(mailbox)
    server = Server(mailbox.smtp_host, mailbox.smtp_port, mailbox.user, secrets.password, mailbox.smtp_tls, mailbox.address)
    token = access_token(mailbox, secrets) if mailbox.auth == Mailbox.Auth.OAUTH2 else ""
    return server, token


def try_out(mailbox: Mailbox, *, since: date) -> list[str]:
    """Try both servers; say in words what was found. Raises MailServerSays, SecretLost."""
    said = []
    if mailbox.imap_host:
        with inbox_of(mailbox) as inbox:
            count = len(inbox.uids_after(mailbox.last_uid, since=since))
        said.append(_("Reading works: the folder %(folder)s opens, %(count)s mails are new.") % {"folder": mailbox.folder, "count": count})
    if mailbox.smtp_host:
        try:
            server, token = server_of(mailbox)
            with connect(server, access_token=token) as connection:
                connection.noop()
        except _FAULTS as fault:
            raise MailServerSays(place=f"SMTP {mailbox.smtp_host}:{mailbox.smtp_port}", words=explain(fault)) from fault
        said.append(_("Sending works: the server lets us in."))
    return said or [_("No server is named, so there was nothing to try.")]


def access_token(mailbox: Mailbox, secrets: Secrets) -> str:
    """A fresh access token for the refresh token (RFC 6749 §6). Raises MailServerSays."""
    if not mailbox.token_url.startswith("https://"):
        raise MailServerSays(place="OAuth", words=_("the address of the token endpoint must begin with https://"))
    fields = {
        "grant_type": "refresh_token",
        "client_id": mailbox.client_id,
        "client_secret": secrets.client_secret,
        "refresh_token": secrets.refresh_token,
    }
    body = urllib.parse.urlencode({name: value for name, value in fields.items() if value}).encode()
    request = urllib.request.Request(mailbox.token_url, data=body, method="POST")  # noqa: S310 - https was checked
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            found = json.loads(answer.read(100_000))
        return str(found["access_token"])
    except urllib.error.HTTPError as error:
        raise MailServerSays(place="OAuth", words=f"{error.code} {_oauth_words(error)}") from error
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        raise MailServerSays(place="OAuth", words=explain(error)) from error


def explain(fault: BaseException) -> str:
    """A fault of the wire in a sentence."""
    said = fault.args[0] if len(fault.args) == 1 else None
    # imaplib hands on what the server said as bytes.
    text = one_line(said.decode("utf-8", "replace") if isinstance(said, bytes) else str(fault), limit=300)
    if isinstance(fault, ssl.SSLCertVerificationError):
        return _("the server's certificate is not trusted (%(text)s)") % {"text": text}
    if isinstance(fault, ssl.SSLError):
        return _("no encrypted connection came about; check the port and the kind of encryption (%(text)s)") % {"text": text}
    if isinstance(fault, TimeoutError):
        return _("no answer within %(seconds)s seconds; check the name, the port and the firewall") % {"seconds": TIMEOUT}
    if isinstance(fault, ConnectionRefusedError):
        return _("nothing listens there; check the name and the port")
    if isinstance(fault, OSError) and "Name or service not known" in text:
        return _("there is no server of this name")
    if re.search(r"authenticat|login|credential|535|password", text, re.IGNORECASE):
        return _("the user name or the password was refused (%(text)s)") % {"text": text}
    return text or type(fault).__name__


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A secret is sent to the address that was configured and to no other."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def _imap(mailbox: Mailbox) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if mailbox.imap_tls == Mailbox.Tls.SSL:
        return imaplib.IMAP4_SSL(mailbox.imap_host, mailbox.imap_port, ssl_context=context, timeout=TIMEOUT)
    connection = imaplib.IMAP4(mailbox.imap_host, mailbox.imap_port, timeout=TIMEOUT)
    if mailbox.imap_tls == Mailbox.Tls.STARTTLS:
        connection.starttls(context)
    return connection


def _sign_in(connection: imaplib.IMAP4, mailbox: Mailbox, secrets: Secrets) -> None:
    if mailbox.auth == Mailbox.Auth.OAUTH2:
        said = f"user={mailbox.user}\x01auth=Bearer {access_token(mailbox, secrets)}\x01\x01".encode()
        connection.authenticate("XOAUTH2", lambda _challenge: said)
    else:
        connection.login(_quoted(mailbox.user), secrets.password)  # imaplib quotes the password itself


def _leave(connection: imaplib.IMAP4) -> None:
    try:
        connection.logout()
    except _FAULTS:
        connection.shutdown()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _date(head: bytes) -> datetime | None:
    found = imaplib.Internaldate2tuple(head)
    try:
        return datetime.fromtimestamp(time.mktime(found), UTC) if found else None
    except (OverflowError, ValueError, OSError):
        return None


def _words_of(data: Sequence[object]) -> str:
    return " ".join(row.decode("utf-8", "replace") for row in data if isinstance(row, bytes))


def _oauth_words(error: urllib.error.HTTPError) -> str:
    """The error of RFC 6749 in the answer; never the answer itself, which may repeat what was sent."""
    try:
        found = json.loads(error.read(100_000))
        return one_line(f"{found.get('error', '')} {found.get('error_description', '')}", limit=300)
    except (OSError, ValueError, AttributeError):
        return one_line(str(error.reason), limit=100)
