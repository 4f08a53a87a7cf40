"""R-046: webhooks are signed, tried again, kept in a log, and never reach inside a network."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db.models import Max
from django.urls import reverse
from tests.cast import AT, SETUP, World

from steward.contact.automation import operations as automation
from steward.contact.automation import sending
from steward.contact.automation.errors import BadWebhookAddress, CannotSendAgain
from steward.contact.automation.models import Webhook, WebhookDelivery
from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.ground.access.errors import Forbidden
from steward.ground.delivery.channels import TemporaryFailure
from steward.ground.delivery.models import Notice
from steward.ground.jobs.testing import run_waiting
from steward.ground.journal.models import Entry
from steward.ground.outbound import Unreachable, is_public, post, target_of

HOSTILE = [
    "http://example.com/", "ftp://example.com/", "javascript:alert(1)", "https://", "https:///x", "//example.com/x", "https://example.com:0/",
    "https://user:pass@example.com/", "https://example.com@127.0.0.1/", "https://example.com/#x", "https://exa mple.com/", "https://例子.com/",
    "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0177.0.0.1/", "https://0x7f.0.0.1/", "https://0x7f000001/",
    "https://127.0.0.1./", "https://0/", "https://0.0.0.0/", "https://10.0.0.5/", "https://172.16.0.1/", "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/", "https://100.64.0.1/", "https://224.0.0.1/", "https://240.0.0.1/", "https://255.255.255.255/",
    "https://192.0.2.1/", "https://198.18.0.1/", "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:10.0.0.1]/",
    "https://[::127.0.0.1]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[fc00::1]/", "https://[fd12::1]/", "https://[ff02::1]/",
    "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[2001:0:7f00:1::]/", "https://[2001:db8::1]/", "https://localhost/",
    "https://a.test\r\nHost: b/", "https://a_\\b/", "https://-a.example/", "https://a..b/", "https://1.2.3.4.5/", "https://example.com:99999/",
]  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE)
def test_r046_hostile_addresses_are_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolver(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        assert host == "localhost", f"{host} must not even be looked up"
        return [(socket.AF_INET6, 1, 6, "", ("::1", 443, 0, 0)), (socket.AF_INET, 1, 6, "", ("127.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    with pytest.raises(Unreachable):
        target_of(url)


def answers(*addresses: str) -> Any:
    def resolver(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        return [(socket.AF_INET, 1, 6, "", (address, port)) for address in addresses]

    return resolver


def test_r046_every_address_of_a_name_must_be_public_and_the_checked_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers("8.8.8.8", "10.0.0.1"))
    with pytest.raises(Unreachable, match="private_address"):
        target_of("https://hook.example/x")
    asked: list[str] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, *a, **k: asked.append(host) or answers("8.8.8.8")(host, port))
    reached: list[Any] = []

    def connect(address: Any, **kwargs: Any) -> Any:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        post("https://hook.example:8443/x", b"{}", {})
    assert (asked, reached) == (["hook.example"], [("8.8.8.8", 8443)]), "looked up once; a name that changes its mind gains nothing"
    assert is_public(ipaddress.ip_address("2606:4700::1111"))
    assert not is_public(ipaddress.ip_address("::ffff:192.168.0.1"))


class Receiver(BaseHTTPRequestHandler):
    """Another machine: keeps what it gets and answers as it is told."""

    status = 204
    got: list[tuple[dict[str, str], bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).got.append((dict(self.headers), body))
        self.send_response(type(self).status)
        if type(self).status == 302:
            self.send_header("Location", "http://169.254.169.254/")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def receiver(settings: Any) -> Iterator[str]:
    Receiver.status, Receiver.got = 204, []
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.STEWARD_WEBHOOK_ALLOW = [f"127.0.0.1:{server.server_port}"]
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


def hooked(world: World, url: str, codes: tuple[str, ...] = ("cases.case_opened",)) -> tuple[Webhook, str]:
    by = world.actor("administrator")
    return automation.save_webhook(unit=world.bank, name="推送", url=url, codes=codes, active=True, by=by, at=AT)


def opened(world: World, **options: Any) -> Case:
    return cases.open_case(
        unit=world.counter_team, kind="request", channel="web", title="陈晓明要补卡", customer=world.customer, by=SETUP, at=AT, **options
    )


def hear_all() -> int:
    return sending.hear(list(Entry.objects.order_by("seq")), at=AT)


@pytest.mark.django_db
def test_r046_a_delivery_is_signed_and_holds_no_words(world: World, receiver: str, signed_in: Any) -> None:
    hook, secret = hooked(world, receiver)
    case = opened(world)
    hidden = opened(world)
    Case.objects.filter(pk=hidden.pk).update(confidential=True)
    assert (hear_all(), hear_all()) == (1, 0), "once for each entry; a confidential case is not told"
    run_waiting(AT)
    ((headers, body),) = Receiver.got
    told = json.loads(body)
    assert told["case"] == {"id": str(case.public_id), "number": case.number}
    assert told["code"] == "cases.case_opened"
    assert "陈" not in body.decode("unicode_escape")
    assert "title" not in told["facts"]
    moment, code = (part.partition("=")[2] for part in headers["Steward-Signature"].split(","))
    assert code == hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    row = WebhookDelivery.objects.get()
    assert (row.state, row.attempts, row.response_code) == ("delivered", 1, 204)
    assert row.body_hash == hashlib.sha256(body).hexdigest()
    assert secret.encode() not in bytes(Webhook.objects.get().secret), "the secret lies sealed"
    page = signed_in("administrator").get(reverse("automation:webhook", args=[hook.public_id]))
    assert page.status_code == 200
    assert "204" in page.content.decode()
    assert secret not in page.content.decode()


@pytest.mark.django_db
def test_r046_what_fails_is_tried_again_and_a_redirection_is_a_failure(world: World, receiver: str) -> None:
    Receiver.status = 302
    hook, _secret = hooked(world, receiver)
    opened(world)
    hear_all()
    row = WebhookDelivery.objects.get()
    for attempt in range(1, 4):
        with pytest.raises(TemporaryFailure):
            sending.deliver(delivery_id=row.pk, at=AT, last_attempt=False)
        row.refresh_from_db()
        assert (row.state, row.attempts, row.response_code, row.error) == ("waiting", attempt, 302, "not_accepted")
        assert row.next_try_at == AT + timedelta(minutes=4 ** (attempt - 1))
    assert sending.deliver(delivery_id=row.pk, at=AT, last_attempt=True) is False
    assert WebhookDelivery.objects.get().state == "failed"
    with pytest.raises(Forbidden):
        automation.send_again(delivery=WebhookDelivery.objects.get(), by=world.actor("manager"), at=AT)
    Receiver.status = 200
    automation.send_again(delivery=WebhookDelivery.objects.get(), by=world.actor("administrator"), at=AT)
    assert sending.deliver(delivery_id=row.pk, at=AT, last_attempt=False) is True
    assert Webhook.objects.get(pk=hook.pk).failures == 0
    with pytest.raises(CannotSendAgain):
        automation.send_again(delivery=WebhookDelivery.objects.get(), by=world.actor("administrator"), at=AT)
    assert len(Receiver.got) == 5


@pytest.mark.django_db
def test_r046_after_too_many_failures_it_goes_off_and_somebody_is_told(world: World, receiver: str) -> None:
    hook, _secret = hooked(world, receiver)
    Receiver.status = 500
    Webhook.objects.filter(pk=hook.pk).update(failures=19)
    opened(world)
    hear_all()
    row = WebhookDelivery.objects.get()
    assert sending.deliver(delivery_id=row.pk, at=AT, last_attempt=False) is False
    hook.refresh_from_db()
    assert (hook.active, hook.gave_up_at) == (False, AT)
    assert Notice.objects.get().user == world.cast.administrator
    assert Entry.objects.filter(code="automation.webhook_gave_up").count() == 1
    opened(world)
    assert hear_all() == 0


@pytest.mark.django_db
def test_r046_private_addresses_are_refused_when_saved_and_when_sent(world: World, receiver: str, settings: Any, signed_in: Any) -> None:
    hook, secret = hooked(world, receiver)
    opened(world)
    hear_all()
    settings.STEWARD_WEBHOOK_ALLOW = []
    row = WebhookDelivery.objects.get()
    with pytest.raises(TemporaryFailure, match="not_https"):
        sending.deliver(delivery_id=row.pk, at=AT, last_attempt=False)
    assert not Receiver.got, "nothing went out"
    before = Entry.objects.aggregate(seq=Max("seq"))
    with pytest.raises(BadWebhookAddress):
        hooked(world, "https://192.168.0.7/hook")
    answer = signed_in("administrator").post(
        reverse("automation:webhook_new"), {"name": "x", "url": "https://[::1]/", "codes": "cases.case_opened", "active": "on"}
    )
    assert answer.status_code == 422
    assert "内部网络" in answer.content.decode()
    assert Entry.objects.aggregate(seq=Max("seq")) == before
    assert Webhook.objects.count() == 1
    by = world.actor("administrator")
    _same, none = automation.save_webhook(
        unit=world.bank, name="推送", url="https://8.8.8.8/", codes=[], active=True, by=by, at=AT, webhook=hook
    )
    assert none not in ("", secret), "another address gets another secret"
