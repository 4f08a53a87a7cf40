"""E-mail in a real browser: a mailbox is set up and tried against real servers, and what was set aside is decided by a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import AT, SETUP, World
from tests.contact.channels.mail.secured import PASSWORD, USER, Certificates, guarded_smtp
from tests.contact.channels.mail.servers import DOVECOT, imap_server
from tests.contact.channels.mail.test_round_trip import letter

from steward.contact.channels.mail import operations, receive
from steward.contact.channels.mail.keys import Secrets
from steward.contact.channels.mail.models import Mailbox, RawMail
from steward.core.cases.models import Case

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]
SCREENS = pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])


@pytest.fixture
def running() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.skipif(DOVECOT is None, reason="no IMAP server here: install dovecot-imapd")
@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@SCREENS
def test_a_mailbox_is_set_up_and_its_connection_tried(
    enter: Enter,
    running: ExitStack,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    axe_check: Check,
    shot: Any,
    language: str,
    width: int,
) -> None:
    folder = tmp_path_factory.mktemp("certificates")
    for part in (folder, *folder.parents[:2]):
        part.chmod(0o755)
    certificates = Certificates(folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority_file))
    imap = running.enter_context(imap_server(certificate=certificates.server_file, tls="ssl"))
    smtp = running.enter_context(guarded_smtp(certificates, "ssl"))
    page = enter("administrator", language, width)
    page.goto("/settings/mailboxes/new/")
    axe_check(page)
    assert _sideways(page) <= 0
    shot(page, f"mailbox-new-{language}-{width}")
    filled = {"address": USER, "imap_host": "localhost", "imap_port": str(imap.port), "user": USER, "password": "wrong"}
    filled |= {"smtp_host": "localhost", "smtp_port": str(smtp.port)}
    for name, value in filled.items():
        page.fill(f"main [name={name}]", value)
    page.select_option("main [name=unit]", index=1)
    page.locator("main form:has([name=address]) button[type=submit]").click()
    page.wait_for_url("**/settings/mailboxes/*-*/")
    page.locator("form[action$='/test/'] button").click()
    expect(page.locator(".callout-danger, [class*=callout][class*=danger]").first).to_be_visible()
    shot(page, f"mailbox-refused-{language}-{width}")
    page.fill("main [name=password]", PASSWORD)
    page.locator("main form:has([name=address]) button[type=submit]").click()
    page.wait_for_url("**/settings/mailboxes/*-*/")
    page.locator("form[action$='/test/'] button").click()
    expect(page.locator("[role=status]:has(div)").first).to_be_visible()
    expect(page.locator(".callout-danger, [class*=callout][class*=danger]")).to_have_count(0)
    axe_check(page)
    assert _sideways(page) <= 0
    shot(page, f"mailbox-works-{language}-{width}")
    assert PASSWORD not in page.content()


@SCREENS
def test_what_a_machine_wrote_is_set_aside_and_a_person_decides(
    enter: Enter, live_world: World, axe_check: Check, shot: Any, language: str, width: int
) -> None:
    values = {"name": "滨江支行", "user": "service", "enabled": True}
    box = operations.save_mailbox(unit=live_world.counter_team, address=USER, values=values, secrets=Secrets("pw"), by=SETUP, at=AT)
    _arrive(box, letter("自动回复：本周休假", "本周休假，请稍后再试。", Auto_Submitted="auto-replied", Message_ID="<auto@example.com>"))
    _arrive(box, letter("取款排队太久", "今天在滨江支行排了一个小时。" * 20, Precedence="bulk", Message_ID="<bulk@example.com>"))
    page = enter("supervisor", language, width)
    page.goto("/mail/")
    expect(page.locator("#rows tbody tr")).to_have_count(2)
    axe_check(page)
    assert _sideways(page) <= 0
    shot(page, f"mails-{language}-{width}")
    page.locator("#rows [data-open]", has_text="取款排队太久").click()
    page.wait_for_url("**/mail/*-*/")
    axe_check(page)
    assert _sideways(page) <= 0
    shot(page, f"mail-{language}-{width}")
    page.locator("form[action$='/case/'] button").click()
    page.wait_for_url("**/cases/**")
    expect(page.locator("main")).to_contain_text("今天在滨江支行排了一个小时")
    page.goto("/mail/")
    page.locator("#rows [data-open]").click()
    page.fill("#mail_reason", "对方的自动回复")
    page.locator("form[action$='/discard/'] button").click()
    page.wait_for_url("**/mail/")
    expect(page.locator("#rows tbody tr")).to_have_count(0)
    assert Case.objects.count() == 1
    assert set(RawMail.objects.values_list("outcome", flat=True)) == {"case_opened", "discarded"}


def _arrive(box: Mailbox, content: bytes) -> None:
    raw = receive.archive(mailbox=box, content=content, at=AT)
    assert raw is not None
    receive.process(raw.pk, at=AT)
