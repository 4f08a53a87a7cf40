"""What a stranger writes through any channel is shown as words: in the list, on the case, to the customer. A script would show itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from tests.cast import AT, SETUP, World
from tests.contact.channels.keys import Api, token_for
from tests.contact.channels.mail.test_round_trip import letter

from steward.contact.channels import operations as channels
from steward.contact.channels.chat import talking
from steward.contact.channels.chat.sites import save_site
from steward.contact.channels.mail import operations as mailboxes
from steward.contact.channels.mail import receive
from steward.contact.channels.mail.keys import Secrets
from steward.contact.channels.phone import operations as phone
from steward.contact.channels.sms import operations as sms
from steward.contact.channels.sms.manners import Incoming
from steward.contact.channels.sms.taking import take_message
from steward.contact.channels.walkin.operations import Entry, take_walkin
from steward.contact.channels.wechat import operations as wechat
from steward.contact.channels.wechat.taking import take
from steward.contact.channels.wechat.wire import Incoming as FromWechat
from steward.core.cases.models import Case
from steward.core.org import operations as org
from steward.ground.fields import localized

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
MARK = "window.__ran=1"
ATTACKS = (
    f"<img src=x onerror={MARK}>",
    f"<script>{MARK}</script>",
    f"\"'><svg onload={MARK}>",
    f"</textarea><iframe srcdoc='<script>parent.{MARK}</script>'>",
    f"[x](javascript:{MARK})",
)
WORDS = "取款 " + " ".join(ATTACKS)


def by_web(world: World) -> None:
    channels.save_form(unit=world.counter_team, slug="riverside", enabled=True, welcome=localized("您好", en="Hello"), by=SETUP, at=AT)
    sent = {"title": WORDS[:120], "body": WORDS, "name": ATTACKS[0], "key": "k1"}
    assert Client().post("/at/riverside/", sent).status_code == 302


def by_interface(world: World) -> None:
    body = {
        "title": WORDS[:120],
        "body": WORDS,
        "kind": "request",
        "unit": str(world.counter_team.public_id),
        "customer": {"name": ATTACKS[1]},
    }
    assert Api(token_for(world, "supervisor")[1]).post("cases", body, Idempotency_Key="a1").status_code == 201


def by_mail(world: World) -> None:
    values = {"name": "滨江支行", "user": "service", "enabled": True}
    box = mailboxes.save_mailbox(
        unit=world.counter_team, address="service@riverside.example", values=values, secrets=Secrets("pw"), by=SETUP, at=AT
    )
    raw = receive.archive(mailbox=box, content=letter(WORDS[:100], WORDS, sender=f'"{ATTACKS[0]}" <evil@example.com>'), at=AT)
    assert raw is not None
    receive.process(raw.pk, at=AT)
    page = f"<html><body><p>取款</p>{''.join(ATTACKS)}<a href='javascript:{MARK}'>x</a></body></html>"
    marked = (
        f"From: evil2@example.com\r\nTo: service@riverside.example\r\nSubject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}"
    )
    raw = receive.archive(mailbox=box, content=marked.encode(), at=AT)
    assert raw is not None
    receive.process(raw.pk, at=AT)


def by_chat(world: World) -> None:
    for name in ("front_line", "supervisor"):
        org.set_presence(staff=world.staff(name), state="available", by=SETUP, at=AT)
    site = save_site(unit=world.branch, values={"enabled": True, "queue": world.counter_team}, origins=[], by=SETUP, at=AT)
    conversation, _new = talking.start(site=site, opening=talking.Opening(WORDS, ATTACKS[0]), token="t" * 43, at=AT)
    talking.say(conversation=conversation, body=WORDS, key="w2", at=AT)


def by_text_message(world: World) -> None:
    values = {"name": "短信"}
    provider, _secret = sms.save_provider(unit=world.counter_team, values=values, by=SETUP, at=AT)
    take_message(provider=provider, came=Incoming("m1", "13700137001", WORDS), at=AT)


def by_wechat(world: World) -> None:
    account = wechat.save_account(unit=world.counter_team, values={"name": "服务号", "app_id": "wx1"}, by=SETUP, at=AT)
    take(account=account, came=FromWechat("1", ATTACKS[0], "text", WORDS), at=AT)


def at_the_counter(world: World) -> None:
    entry = Entry("request", WORDS, who=ATTACKS[2])
    take_walkin(unit=world.counter_team, entry=entry, key="w1", by=world.actor("front_line"), at=AT, staff=world.staff("front_line"))


def by_telephone(world: World) -> None:
    logged = phone.Logged(direction="in", number="13700137002", started_at=AT, ended_at=AT, result=phone.SPOKEN, notes=WORDS)
    phone.log_call(unit=world.counter_team, logged=logged, by=world.actor("front_line"), at=AT, staff=world.staff("front_line"))


CHANNELS = (by_web, by_interface, by_mail, by_chat, by_text_message, by_wechat, at_the_counter, by_telephone)


def test_what_strangers_write_through_any_channel_stays_words(enter: Enter, live_world: World) -> None:
    counts = []
    for through in CHANNELS:
        before = Case.objects.count()
        through(live_world)
        counts.append(Case.objects.count() - before)
    assert all(counts), list(zip([through.__name__ for through in CHANNELS], counts, strict=True))
    page = enter("supervisor")
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    places = ["/cases/", "/search/?q=取款", "/calls/", "/mail/?outcome=all", "/desk/chat/"]
    places += [f"/cases/{case.public_id}/" for case in Case.objects.order_by("pk")]
    for place in places:
        page.goto(place)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.__ran === undefined"), place
        assert page.locator("main img[src='x'], main iframe[srcdoc], main [onload], main a[href^='javascript']").count() == 0, place
    expect(page.locator("main")).to_contain_text("<img src=x")
