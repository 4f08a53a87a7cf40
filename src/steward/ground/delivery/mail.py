"""Mail: over SMTP when STEWARD_SMTP_URL names a server, else as files in the outbox folder."""

from __future__ import annotations

import os
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings

from .channels import PermanentFailure, TemporaryFailure
from .models import Dispatch
from .recipients import is_email

TIMEOUT = 30
OUTBOX_SENDER = "steward@localhost.localdomain"
_TLS = ("starttls", "ssl", "none")


@dataclass(frozen=True)
class Server:
    """smtp://user:password@host:port?tls=starttls|ssl|none&from=address; `smtps://` means tls=ssl."""

    host: str
    port: int
    user: str
    password: str
    tls: str
    sender: str

    @classmethod
    def read(cls, url: str) -> Server:
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        tls = options.get("tls", "ssl" if parts.scheme == "smtps" else "starttls")
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or tls not in _TLS:
            raise ValueError("STEWARD_SMTP_URL is not of the form smtp://user:password@host:port?tls=starttls&from=address.")
        user = unquote(parts.username or "")
        sender = options.get("from", user if is_email(user) else f"steward@{parts.hostname}")
        port = parts.port or (465 if tls == "ssl" else 587 if tls == "starttls" else 25)
        return cls(parts.hostname, port, user, unquote(parts.password or ""), tls, sender)


def message_of(dispatch: Dispatch, sender: str, at: datetime) -> EmailMessage:
    """The mail. Headers are built by the email package, which refuses line breaks; the same message has the same Message-ID each time."""
    if not is_email(dispatch.address):
        raise PermanentFailure("The address is not one plain e-mail address.")
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = dispatch.address
    message["Subject"] = " ".join(dispatch.subject.split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{dispatch.public_id}@{sender.rpartition('@')[2]}>"
    message["Content-Language"] = "en" if dispatch.language.startswith("en") else "zh-Hans"
    if dispatch.purpose not in ("reply", "statutory"):
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(dispatch.body)
    return message


def deliver_smtp(dispatch: Dispatch, at: datetime) -> None:
    server = _house_server()
    hand_over(server, message_of(dispatch, server.sender, at), dispatch.address)


def hand_over(server: Server, message: EmailMessage, address: str, *, access_token: str = "") -> None:
    """Give one mail to a server. access_token: signs in with XOAUTH2 instead of the password. Raises TemporaryFailure or PermanentFailure."""
    try:
        with connect(server, access_token=access_token) as connection:
            connection.send_message(message, from_addr=server.sender, to_addrs=[address])
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        raise _failure(code, text) from error
    except smtplib.SMTPResponseException as error:
        raise _failure(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TemporaryFailure(f"{type(error).__name__}: {error}") from error


def deliver_file(dispatch: Dispatch, at: datetime) -> None:
    """Write `<public id>.eml` into the outbox; a second delivery writes the same file again."""
    _write(dispatch, message_of(dispatch, OUTBOX_SENDER, at))


def deliver_mail(dispatch: Dispatch, at: datetime) -> None:
    """The channel `email`: the server when there is one, else the outbox."""
    deliver_message(dispatch, message_of(dispatch, house_sender(), at))


def deliver_message(dispatch: Dispatch, message: EmailMessage) -> None:
    """The same with a mail that somebody above has made of the dispatch."""
    if settings.STEWARD_SMTP_URL:
        hand_over(_house_server(), message, dispatch.address)
    else:
        _write(dispatch, message)


def house_sender() -> str:
    """The address the installation writes from."""
    return _house_server().sender if settings.STEWARD_SMTP_URL else OUTBOX_SENDER


def _house_server() -> Server:
    url = str(settings.STEWARD_SMTP_URL)
    if not url:
        raise PermanentFailure("No mail server is configured (STEWARD_SMTP_URL).")
    return Server.read(url)


def _write(dispatch: Dispatch, message: EmailMessage) -> None:
    folder = Path(settings.STEWARD_OUTBOX)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = folder / f".{dispatch.public_id}.{os.getpid()}"
    temporary.write_bytes(message.as_bytes())
    temporary.replace(folder / f"{dispatch.public_id}.eml")


def connect(server: Server, *, access_token: str = "") -> smtplib.SMTP:
    """A connection that is signed in. Raises what smtplib raises."""
    context = ssl.create_default_context()
    if server.tls == "ssl":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        if server.tls == "starttls":
            connection.starttls(context=context)
    if access_token:
        said = f"user={server.user}\x01auth=Bearer {access_token}\x01\x01"
        connection.ehlo_or_helo_if_needed()
        connection.auth("XOAUTH2", lambda challenge=None: said if challenge is None else "", initial_response_ok=True)
    elif server.user:
        connection.login(server.user, server.password)
    return connection


def _failure(code: int, text: bytes | str) -> Exception:
    """5xx is for good, 4xx for now. A refused login is ours to mend, so it is tried again rather than given up."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    permanent = 500 <= code < 600 and code not in (530, 534, 535, 538)
    return (PermanentFailure if permanent else TemporaryFailure)(f"{code} {words}"[:500])
