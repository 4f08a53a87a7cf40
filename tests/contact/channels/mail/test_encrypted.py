"""Mailboxes as the world has them: encrypted connections, a password or XOAUTH2, certificates that are trusted or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override
from tests.cast import AT, SETUP, World

from steward.contact.channels.mail import operations
from steward.contact.channels.mail.errors import MailServerSays
from steward.contact.channels.mail.fetching import fetch
from steward.contact.channels.mail.keys import Secrets
from steward.contact.channels.mail.models import Mailbox
from steward.core.cases.models import Case

from .secured import PASSWORD, USER, Certificates, Guarded, Tokens, guarded_smtp, token_server
from .servers import DOVECOT, Imap, imap_server
from .test_round_trip import answer, letter

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Requiring AUTH"),  # its port speaks nothing but TLS, which that server does not count
    pytest.mark.skipif(DOVECOT is None, reason="no IMAP server here: install dovecot-imapd"),
]


@pytest.fixture
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("certificates")
    for part in (folder, *folder.parents[:2]):  # the IMAP server reads its certificate as another user
        part.chmod(0o755)
    return Certificates(folder)


@pytest.fixture
def trusted(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority_file))
    return certificates


@pytest.fixture
def running() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def mailbox(world: World, imap: Imap, smtp: Guarded, *, tls: str, secrets: Secrets, **more: Any) -> Mailbox:
    values = {
        "name": "滨江支行", "user": USER, "enabled": True, "imap_host": "localhost", "imap_port": imap.port, "imap_tls": tls,
        "smtp_host": "localhost", "smtp_port": smtp.port, "smtp_tls": tls, **more,
    }  # fmt: skip
    return operations.save_mailbox(unit=world.counter_team, address=USER, values=values, secrets=secrets, by=SETUP, at=AT)


def there_and_back(box: Mailbox, imap: Imap, smtp: Guarded, world: World) -> None:
    """A letter becomes a case; its answer arrives at the other end, in its thread."""
    fetch(mailbox=box, at=AT)
    before = Case.objects.count()
    imap.drop(letter("换零钱", "想换一百元零钱", Message_ID="<one@example.com>"))
    fetch(mailbox=box, at=AT)
    assert Case.objects.count() == before + 1
    answer(Case.objects.latest("pk"), world, "明天上午可以换。", AT)
    sent = [mail for _from, _to, mail in smtp.mails if "明天上午可以换" in mail.get_content()]
    assert len(sent) == 1
    assert sent[0]["In-Reply-To"] == "<one@example.com>"


@pytest.mark.parametrize("tls", ["ssl", "starttls"])
def test_a_letter_and_its_answer_over_encrypted_connections(trusted: Certificates, running: ExitStack, world: World, tls: str) -> None:
    imap = running.enter_context(imap_server(certificate=trusted.server_file, tls=tls))
    smtp = running.enter_context(guarded_smtp(trusted, tls))
    box = mailbox(world, imap, smtp, tls=tls, secrets=Secrets(PASSWORD))
    assert len(operations.try_mailbox(mailbox=box, by=SETUP, at=AT)) == 2
    there_and_back(box, imap, smtp, world)


def test_a_mailbox_that_signs_in_with_tokens(trusted: Certificates, running: ExitStack, world: World) -> None:
    tokens = running.enter_context(token_server(trusted))
    imap = running.enter_context(imap_server(certificate=trusted.server_file, tls="ssl", introspection=_introspection(tokens)))
    smtp = running.enter_context(guarded_smtp(trusted, "ssl", tokens))
    said = Secrets(client_secret="known-to-both", refresh_token=tokens.refresh_token)
    token_url = f"https://localhost:{tokens.port}/token"
    box = mailbox(world, imap, smtp, tls="ssl", secrets=said, auth="oauth2", token_url=token_url, client_id="steward")
    assert len(operations.try_mailbox(mailbox=box, by=SETUP, at=AT)) == 2
    there_and_back(box, imap, smtp, world)
    assert {asked["grant_type"] for asked in tokens.asked} == {"refresh_token"}
    assert {(asked["client_id"], asked["client_secret"]) for asked in tokens.asked} == {("steward", "known-to-both")}
    tokens.refresh_token = "another"
    with override("en"), pytest.raises(MailServerSays, match="the refresh token was withdrawn"):
        operations.try_mailbox(mailbox=box, by=SETUP, at=AT)


def test_a_certificate_nobody_vouches_for_is_refused(certificates: Certificates, running: ExitStack, world: World) -> None:
    imap = running.enter_context(imap_server(certificate=certificates.server_file, tls="ssl"))
    smtp = running.enter_context(guarded_smtp(certificates, "ssl"))
    box = mailbox(world, imap, smtp, tls="ssl", secrets=Secrets(PASSWORD))
    with override("en"), pytest.raises(MailServerSays, match="certificate is not trusted"):
        operations.try_mailbox(mailbox=box, by=SETUP, at=AT)
    assert smtp.mails == []


def test_no_password_crosses_a_connection_that_should_be_encrypted_and_is_not(
    trusted: Certificates, running: ExitStack, world: World
) -> None:
    imap = running.enter_context(imap_server())
    smtp = running.enter_context(guarded_smtp(trusted, "ssl"))
    box = mailbox(world, imap, smtp, tls="starttls", secrets=Secrets(PASSWORD))
    with pytest.raises(MailServerSays):
        operations.try_mailbox(mailbox=box, by=SETUP, at=AT)
    assert "Login" not in (Path(imap.home) / "log").read_text()


def _introspection(tokens: Tokens) -> str:
    return f"http://127.0.0.1:{tokens.introspection_port}/introspect"
