"""Text messages: signed and once, to the case they answer, STOP, receipts, length, and what goes out."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from tests.cast import AT, SETUP, World
from tests.threads import at_once

from steward.contact.channels.sms import operations, sending
from steward.contact.channels.sms.errors import ProviderSays, SmsIncomplete
from steward.contact.channels.sms.manners import Incoming
from steward.contact.channels.sms.models import SmsIn, SmsOut, SmsProvider, SmsStop
from steward.contact.channels.sms.segments import length_of
from steward.contact.channels.sms.taking import is_stop, take_message
from steward.core.cases import operations as cases
from steward.core.cases.errors import NotCarried
from steward.core.cases.models import Case
from steward.core.customers.models import Customer
from steward.core.customers.operations import erase_customer, record_consent, register_customer
from steward.core.customers.queries import has_consent
from steward.ground.delivery import signed
from steward.ground.delivery.channels import PermanentFailure, TemporaryFailure
from steward.ground.delivery.models import Dispatch
from steward.ground.delivery.operations import deliver, note_bounce, send_message
from steward.ground.delivery.recipients import Recipient
from steward.ground.journal.subscribers import pump_all

pytestmark = pytest.mark.django_db
CHEN = "13800138000"


@dataclass
class Carrier:
    """The other side: a small machine that takes messages, and signs what it tells us."""

    url: str = ""
    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    provider: SmsProvider = field(default_factory=SmsProvider)
    secret: str = ""
    client: Client = field(default_factory=Client)

    def tell(self, place: str = "", *, secret: str = "", at: Any = AT, **data: Any) -> Any:
        body = json.dumps(data).encode()
        header = signed.sign(secret or self.secret, body, at)
        address = f"/in/sms/{self.provider.key}/{place}"
        return self.client.post(address, body, content_type="application/json", headers={"Steward-Signature": header})

    def says(self, text: str, id: str = "m1", number: str = CHEN, **more: Any) -> Any:
        return self.tell(id=id, text=text, **{"from": number}, **more)


@pytest.fixture
def carrier(world: World, settings: Any) -> Iterator[Carrier]:
    made = Carrier()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append((dict(self.headers), body))
            answer = json.dumps({"id": f"ref-{len(made.got)}"}).encode()
            self.send_response(made.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    settings.STEWARD_WEBHOOK_ALLOW = [f"127.0.0.1:{server.server_port}"]
    made.url = f"http://127.0.0.1:{server.server_port}/send"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    values: dict[str, Any] = {"name": "短信", "url": made.url, "sender": "滨海银行", "enabled": True}
    made.provider, made.secret = operations.save_provider(unit=world.counter_team, values=values, sends="ours", by=SETUP, at=AT)
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def run(dispatch: Dispatch, *, last: bool = True) -> Dispatch:
    at = max(dispatch.hold_until, AT)
    deliver(dispatch_id=dispatch.pk, at=at, real_now=at, last_attempt=last)
    dispatch.refresh_from_db()
    return dispatch


def test_r044_a_message_becomes_a_case_of_the_person_once(carrier: Carrier, world: World) -> None:
    assert carrier.says("卡丢了怎么办").status_code == 202
    again = carrier.says("卡丢了怎么办")
    case = Case.objects.get()
    assert (again.json()["new"], SmsIn.objects.count()) == (False, 1)
    assert (case.channel, case.title, case.customer, case.unit) == ("sms", "卡丢了怎么办", world.customer, world.counter_team)


def test_a_signature_that_is_wrong_or_old_takes_nothing(carrier: Carrier) -> None:
    for answer in (
        carrier.says("x", secret="other"),
        carrier.says("x", at=AT - timedelta(minutes=6)),
        carrier.says("x", at=AT + timedelta(minutes=6)),
    ):
        assert answer.status_code == 401
    assert SmsIn.objects.count() == 0
    assert SmsProvider.objects.get().last_error == "signature_old"
    assert carrier.tell(id="m1", **{"from": CHEN}).status_code == 422  # no text


@pytest.mark.django_db(transaction=True)
@pytest.mark.collision
def test_one_message_delivered_twice_at_one_instant_is_one_case(committed_world: World) -> None:
    provider, _secret = operations.save_provider(unit=committed_world.counter_team, values={"name": "短信"}, by=SETUP, at=AT)
    came = Incoming("m1", CHEN, "卡丢了")
    outcomes = at_once([lambda: take_message(provider=provider, came=came, at=AT)] * 2)
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert (Case.objects.count(), SmsIn.objects.count()) == (1, 1)


def test_r044_further_words_go_to_the_same_case_until_it_is_closed_or_long_ago(carrier: Carrier) -> None:
    carrier.says("卡丢了")
    carrier.says("是借记卡", "m2")
    case = Case.objects.get()
    assert list(case.messages.values_list("body", flat=True)) == ["卡丢了", "是借记卡"]
    cases.close_case(case=case, resolution="withdrawn", reason="找到了", by=SETUP, at=AT)
    carrier.says("又丢了", "m3")
    assert Case.objects.count() == 2
    SmsIn.objects.update(received_at=AT - timedelta(days=15))
    carrier.says("另一件事", "m4")
    assert Case.objects.count() == 3


def test_the_answer_of_staff_goes_out_and_what_comes_back_finds_its_case(carrier: Carrier, world: World) -> None:
    carrier.says("卡丢了")
    case = Case.objects.get()
    cases.add_message(case=case, direction="out", body="请带身份证来柜台。", by=world.actor("front_line"), at=AT)
    pump_all(at=AT, holder="test")
    dispatch = Dispatch.objects.get(channel="sms")
    assert (dispatch.address, dispatch.state) == ("+8613800138000", "held")
    assert run(dispatch).state == "sent"
    headers, body = carrier.got[0]
    assert json.loads(body)["text"] == "请带身份证来柜台。"
    signed.check("ours", headers["Steward-Signature"], body, at=max(dispatch.hold_until, AT), within=5)
    SmsIn.objects.all().delete()  # only what we sent tells where the next word belongs
    carrier.says("好的", "m2")
    assert (Case.objects.count(), case.messages.filter(direction="in").count()) == (1, 2)
    pump_all(at=AT, holder="test")
    assert Dispatch.objects.filter(channel="sms").count() == 1


def test_a_receipt_says_in_the_log_what_became_of_it(carrier: Carrier) -> None:
    carrier.says("卡丢了")
    message = cases.add_message(case=Case.objects.get(), direction="out", body="请来柜台。", by=SETUP, at=AT)
    dispatch = sending.send_reply(message=message, at=AT)
    assert dispatch is not None
    run(dispatch)
    assert carrier.tell("receipts/", id="ref-1", status="delivered").json() == {"noted": True}
    assert carrier.tell("receipts/", id="ref-1", status="delivered").json() == {"noted": False}
    assert SmsOut.objects.get().delivered_at == AT
    assert carrier.tell("receipts/", id="ref-1", status="failed").json() == {"noted": False}  # it has arrived
    SmsOut.objects.update(delivered_at=None)
    carrier.tell("receipts/", id="ref-1", status="failed")
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.error) == ("failed", "failed")
    assert carrier.tell("receipts/", id="ref-9", status="delivered").json() == {"noted": False}
    assert note_bounce(dispatch=dispatch, error="x", by=SETUP, at=AT) is False


def test_a_carrier_that_is_busy_is_tried_again_and_one_that_refuses_is_not(carrier: Carrier, world: World) -> None:
    to = Recipient.at_address("+8613800138000")
    dispatch = send_message(to=to, channel="sms", purpose="reply", body="您好", by=SETUP, at=AT, unit=world.counter_team)
    carrier.status = 503
    with pytest.raises(TemporaryFailure):
        run(dispatch, last=False)
    carrier.status = 400
    assert run(dispatch).state == "failed"
    assert SmsOut.objects.count() == 0


def test_what_was_taken_is_not_sent_again_after_a_crash(carrier: Carrier, world: World) -> None:
    to = Recipient.at_address("+8613800138000")
    dispatch = send_message(to=to, channel="sms", purpose="reply", body="您好", by=SETUP, at=AT, unit=world.counter_team)
    sending.deliver(dispatch, AT)
    sending.deliver(dispatch, AT)
    assert (len(carrier.got), SmsOut.objects.count()) == (1, 1)


def test_more_than_the_channel_can_carry_is_not_sent(carrier: Carrier, world: World) -> None:
    to = Recipient.at_address("+8613800138000")
    dispatch = send_message(to=to, channel="sms", purpose="reply", body="长" * 336, by=SETUP, at=AT, unit=world.counter_team)
    with pytest.raises(PermanentFailure, match="6 messages"):
        sending.deliver(dispatch, AT)
    other = send_message(to=to, channel="sms", purpose="reply", body="您好", by=SETUP, at=AT, unit=world.lobby_team)
    with pytest.raises(PermanentFailure, match="No provider"):
        sending.deliver(other, AT)
    assert carrier.got == []


def test_a_text_message_carries_no_file_and_a_note_does(carrier: Carrier, world: World) -> None:
    carrier.says("卡丢了")
    case, by = Case.objects.get(), world.actor("front_line")
    answer = cases.add_message(case=case, direction="out", body="见附件", by=by, at=AT)
    with pytest.raises(NotCarried):
        cases.attach_file(message=answer, upload=b"a,b\n1,2\n", name="a.csv", by=by, at=AT)
    note = cases.add_message(case=case, direction="note", body="见附件", by=by, at=AT)
    cases.attach_file(message=note, upload=b"a,b\n1,2\n", name="a.csv", by=by, at=AT)


@pytest.mark.parametrize("word", ["退订", " 退订。", "STOP", "stop", "TD"])
def test_stop_withdraws_consent_and_is_confirmed_once(carrier: Carrier, world: World, word: str) -> None:
    for purpose in ("survey", "marketing", "service"):
        record_consent(customer=world.customer, purpose=purpose, given=True, by=SETUP, at=AT - timedelta(days=1))
    carrier.says(word)
    carrier.says(word, "m2")
    assert [has_consent(world.customer, purpose) for purpose in ("survey", "marketing", "service")] == [False, False, True]
    confirmed = Dispatch.objects.filter(channel="sms", purpose="sms_stop")
    assert (confirmed.count(), Case.objects.count(), SmsStop.objects.count()) == (1, 0, 1)
    to = Recipient.person(world.customer, address="+8613800138000")
    asked: dict[str, Any] = {"channel": "sms", "purpose": "survey", "body": "满意吗", "by": SETUP, "unit": world.counter_team}
    assert send_message(to=to, at=AT, **asked).reason == "no_consent"
    assert send_message(to=Recipient.at_address("+8613800138000"), at=AT, **asked).reason == "no_consent"
    assert send_message(to=to, at=AT, **asked | {"purpose": "reply"}).state == "held"
    record_consent(customer=world.customer, purpose="survey", given=True, by=SETUP, at=AT + timedelta(hours=1))
    assert send_message(to=to, at=AT + timedelta(hours=2), **asked).state == "held"


def test_a_stop_inside_a_sentence_is_a_word_like_any_other(carrier: Carrier) -> None:
    assert is_stop("T", ["t"])
    assert not is_stop("", ["t"])
    carrier.says("我想退订套餐")
    assert (SmsStop.objects.count(), Case.objects.count()) == (0, 1)


def test_of_several_people_with_one_number_nobody_is_guessed(carrier: Carrier, world: World) -> None:
    register_customer(unit=world.counter_team, name="陈晓华", contacts=[("phone", CHEN)], by=SETUP, at=AT)
    carrier.says("卡丢了")
    assert Case.objects.get().customer is None
    count = Customer.objects.count()
    carrier.says("您好", "m2", "13711112222")
    assert Customer.objects.count() == count + 1


@pytest.mark.parametrize(
    ("text", "signs", "segments"),
    [
        ("", 0, 0), ("a" * 160, 160, 1), ("a" * 161, 161, 2), ("a" * 306, 306, 2), ("a" * 307, 307, 3), ("[" * 80, 160, 1), ("[" * 81, 162, 2),
        ("长" * 70, 70, 1), ("长" * 71, 71, 2), ("长" * 134, 134, 2), ("长" * 135, 135, 3), ("😀" * 35, 70, 1), ("😀" * 67, 134, 3),
        ("é" * 160, 160, 1), ("ê" * 71, 71, 2),
    ],
)  # fmt: skip
def test_length_and_segments(text: str, signs: int, segments: int) -> None:
    """67 emoji are 134 units, yet a pair is never torn apart: 33 go into each part of 67."""
    found = length_of(text)
    assert (found.signs, found.segments) == (signs, segments)


def test_twilio_is_signed_over_address_and_fields(carrier: Carrier, world: World, settings: Any) -> None:
    values: dict[str, Any] = {"name": "T", "manner": "twilio", "url": carrier.url, "account": "AC1", "sender": "+15550001", "enabled": True}
    provider, shown = operations.save_provider(unit=world.branch, values=values, sends="token", by=SETUP, at=AT)
    assert shown == ""
    fields = {"MessageSid": "SM1", "From": "+8613800138000", "Body": "卡丢了"}
    address = f"/in/sms/{provider.key}/"

    def send(url: str) -> Any:
        text = url + "".join(f"{name}{value}" for name, value in sorted(fields.items()))
        made = base64.b64encode(hmac.new(b"token", text.encode(), hashlib.sha1).digest()).decode()
        return Client().post(
            address, urlencode(fields), content_type="application/x-www-form-urlencoded", headers={"X-Twilio-Signature": made}
        )

    assert send("https://elsewhere.example" + address).status_code == 401
    answer = send(settings.STEWARD_PUBLIC_URL + address)
    assert (answer.status_code, answer.content, SmsIn.objects.get().number) == (200, b"<Response/>", "+8613800138000")
    sending.hand_over(provider, to="+8613800138000", text="您好", id="x", at=AT)
    headers, body = carrier.got[-1]
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"AC1:token").decode()
    assert body.startswith(b"To=%2B8613800138000&From=%2B15550001&Body=")


def test_field_names_are_configuration(carrier: Carrier, world: World) -> None:
    names = {"to": "mobile", "text": "content", "ref": "data.msgid", "in_from": "mobile", "in_text": "content", "in_id": "msgid"}
    values: dict[str, Any] = {"fields": names, "shape": "form", "signing": "bearer"}
    operations.save_provider(unit=world.counter_team, values=values, provider=carrier.provider, by=SETUP, at=AT)
    carrier.provider.refresh_from_db()
    sending.hand_over(carrier.provider, to="+8613800138000", text="您好", id="x", at=AT)
    headers, body = carrier.got[-1]
    assert headers["Authorization"] == "Bearer ours"
    assert body.startswith(b"mobile=%2B8613800138000&content=")


def test_the_secret_does_not_follow_to_another_address(carrier: Carrier, world: World) -> None:
    save: dict[str, Any] = {"unit": world.counter_team, "provider": carrier.provider, "by": SETUP, "at": AT}
    with pytest.raises(SmsIncomplete):
        operations.save_provider(values={"url": carrier.url + "/other"}, **save)
    provider = SmsProvider.objects.get()
    assert provider.url == carrier.url
    with pytest.raises(ProviderSays):
        operations.save_provider(values={"url": "https://10.0.0.1/"}, **save | {"provider": provider})


def test_a_test_message_is_sent_from_the_settings(carrier: Carrier, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("administrator")
    address = f"/settings/sms/{carrier.provider.public_id}/test/"
    assert client.post(address, {"number": "abc"}).status_code == 200
    assert carrier.got == []
    client.post(address, {"number": CHEN})
    assert json.loads(carrier.got[0][1])["to"] == "+8613800138000"


def test_an_erasure_takes_the_numbers_along(carrier: Carrier, world: World) -> None:
    carrier.says("卡丢了")
    erase_customer(customer=world.customer, by=world.actor("manager"), at=AT, reason="本人申请")
    assert SmsIn.objects.get().number == ""
    assert sending.number_for(Case.objects.get()) == ""
