"""Rows of the authorisation matrix: public pages, the interface (to a browser it answers nobody), and their settings."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from django.core.signing import TimestampSigner
from PIL import Image
from tests.cast import AT, SETUP, World

from steward.contact.channels import operations as channels
from steward.contact.channels.chat import agents, talking
from steward.contact.channels.chat.models import Conversation, Handover
from steward.contact.channels.chat.sites import save_site
from steward.contact.channels.mail import operations as mail
from steward.contact.channels.mail import receive
from steward.contact.channels.mail.keys import Secrets
from steward.contact.channels.models import (
    ApiToken,
    Call,
    Extension,
    Mailbox,
    PhoneSystem,
    RawMail,
    SmsProvider,
    TrackingLink,
    WechatAccount,
)
from steward.contact.channels.phone import operations as phone
from steward.contact.channels.sms import operations as sms
from steward.contact.channels.wechat import operations as wechat
from steward.core.cases.models import Case
from steward.core.org import operations as org
from steward.ground.files.models import FileRef
from steward.ground.files.operations import store_file

EVERYBODY = "FTSBQMAOC"
_links: dict[int, str] = {}


def build_channel_rows(world: World, case: Case) -> None:
    """A form, a link to the case with a file on its first word, and a token of an integration."""
    form = channels.save_form(unit=world.counter_team, slug="riverside", enabled=True, by=SETUP, at=AT)
    _link, _links[case.pk] = channels.issue_link(case=case, way=TrackingLink.Way.STAFF, by=SETUP, at=AT)
    content = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(content, "PNG")
    channels.set_logo(form=form, upload=content.getvalue(), name="logo.png", by=SETUP, at=AT)
    first = case.messages.order_by("pk")[0]
    store_file(upload=content.getvalue(), name="a.png", unit=case.unit, subject=first, by=SETUP, at=AT)
    values = {"user": "service", "enabled": False}
    box = mail.save_mailbox(
        unit=world.counter_team, address="service@riverside.example", values=values, secrets=Secrets("pw"), by=SETUP, at=AT
    )
    raw = receive.archive(mailbox=box, content=b"From: a@y.example\r\nSubject: away\r\nAuto-Submitted: auto-replied\r\n\r\nx\r\n", at=AT)
    assert raw is not None
    receive.process(raw.pk, at=AT)
    _build_calls(world)
    _build_chat_rows(world, content.getvalue())
    until = AT + timedelta(days=30)
    channels.issue_token(unit=world.counter_team, name="排队机", scopes=["cases:open"], expires_at=until, by=SETUP, at=AT)


def _build_calls(world: World) -> None:
    """A telephone system with a desk, a call of our customer, a provider of text messages, and a WeChat account."""
    system, _secret = phone.save_system(unit=world.counter_team, values={"name": "总机"}, by=SETUP, at=AT)
    phone.give_extension(system=system, number="8001", staff=world.staff("front_line"), by=SETUP, at=AT)
    Call.objects.create(unit=world.counter_team, number="+8613800138000", customer=world.customer, started_at=AT, system=system, ref="c1")
    sms.save_provider(unit=world.counter_team, values={"name": "短信"}, by=SETUP, at=AT)
    wechat.save_account(unit=world.counter_team, values={"name": "服务号", "app_id": "wx1"}, by=SETUP, at=AT)


CHAT_TOKENS = {name: name.ljust(43, "x") for name in ("waits", "taken")}


def _build_chat_rows(world: World, picture: bytes) -> None:
    """A visitor who waits, with a picture, and one whom the front line has and asks the supervisor to take on."""
    for name in ("front_line", "supervisor"):
        org.set_presence(staff=world.staff(name), state="available", by=SETUP, at=AT)
    values = {"enabled": True, "queue": world.counter_team}
    site = save_site(unit=world.branch, values=values, origins=["https://www.coast.example"], by=SETUP, at=AT)
    for token in CHAT_TOKENS.values():
        talking.start(site=site, opening=talking.Opening("请问几点关门"), token=token, at=AT)
    waits, taken = Conversation.objects.select_related("case").order_by("pk")
    first = waits.case.messages.get()
    store_file(upload=picture, name="chat.png", unit=waits.case.unit, subject=first, by=SETUP, at=AT)
    front = world.actor("front_line")
    agents.take(conversation=taken, staff=world.staff("front_line"), by=front, at=AT)
    agents.ask_to_take(conversation=taken, taker=world.staff("supervisor"), words="", by=front, at=AT)


def _site(scene: Any) -> dict[str, Any]:
    return {"key": Conversation.objects.earliest("pk").site.key}


def _chat_file(scene: Any) -> dict[str, Any]:
    return _site(scene) | {"public_id": FileRef.objects.get(name="chat.png").public_id}


def _chat_signature(scene: Any) -> dict[str, Any]:
    return {"s": TimestampSigner(salt="channels.chat.file").sign_object({"c": Conversation.objects.earliest("pk").pk})}


def _waits(scene: Any) -> dict[str, Any]:
    return {"public_id": Conversation.objects.earliest("pk").public_id}


def _taken(scene: Any) -> dict[str, Any]:
    return {"public_id": Conversation.objects.latest("pk").public_id}


def _branch(scene: Any) -> dict[str, Any]:
    return {"public_id": scene.world.branch.public_id}


CHAT_LIMITS = dict.fromkeys(("gone_minutes", "idle_minutes", "per_address", "per_hour", "per_minute", "files_per_hour"), "9")


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def _token(scene: Any) -> dict[str, Any]:
    return {"token": _links[scene.case.pk]}


def _file(scene: Any) -> dict[str, Any]:
    return _token(scene) | {"public_id": FileRef.objects.get(name="a.png").public_id}


def _unit(scene: Any) -> dict[str, Any]:
    return {"public_id": scene.world.counter_team.public_id}


def _mailbox(scene: Any) -> dict[str, Any]:
    return {"public_id": Mailbox.objects.get().public_id}


def _mail(scene: Any) -> dict[str, Any]:
    return {"public_id": RawMail.objects.get().public_id}


def _settings_of_mailbox(scene: Any) -> dict[str, Any]:
    ports = {
        "imap_port": "993",
        "imap_tls": "ssl",
        "smtp_port": "465",
        "smtp_tls": "ssl",
        "folder": "INBOX",
        "auth": "password",
        "kind": "request",
    }
    return {"unit": scene.world.counter_team.public_id, "address": "new@riverside.example", **ports}


def _call(scene: Any) -> dict[str, Any]:
    return {"public_id": Call.objects.get().public_id}


def _phone(scene: Any) -> dict[str, Any]:
    return {"public_id": PhoneSystem.objects.get().public_id}


def _extension(scene: Any) -> dict[str, Any]:
    return {"public_id": Extension.objects.get().public_id}


def _sms(scene: Any) -> dict[str, Any]:
    return {"public_id": SmsProvider.objects.get().public_id}


def _wechat(scene: Any) -> dict[str, Any]:
    return {"public_id": WechatAccount.objects.get().public_id}


def _settings_of_wechat(scene: Any) -> dict[str, Any]:
    chosen = {"manner": "official", "app_id": "wx2", "kind": "enquiry", "thread_days": "14", "replay_seconds": "300"}
    return {"unit": scene.world.counter_team.public_id, "name": "服务号二", **chosen}


def _hook(scene: Any) -> dict[str, Any]:
    return {"key": "0" * 24}  # an address nobody was given: a session opens nothing here either


def _settings_of_phone(scene: Any) -> dict[str, Any]:
    numbers = {"callback_minutes": "30", "recording_days": "90", "recording_max_mb": "20", "replay_seconds": "300"}
    return {"unit": scene.world.counter_team.public_id, "name": "分机", "enabled": "on", "kind": "enquiry", **numbers}


def _settings_of_sms(scene: Any) -> dict[str, Any]:
    chosen = {"manner": "generic", "shape": "json", "signing": "hmac", "kind": "enquiry"}
    numbers = {"thread_days": "14", "max_segments": "5", "replay_seconds": "300"}
    return {"unit": scene.world.counter_team.public_id, "name": "短信二", **chosen, **numbers}


def _logged(scene: Any) -> dict[str, Any]:
    times = {"started_at": "2026-03-02T08:50", "ended_at": "2026-03-02T08:55"}
    return {"unit": scene.world.counter_team.public_id, "direction": "in", "result": "reached", "notes": "问营业时间", "key": "m", **times}


def _entry(scene: Any) -> dict[str, Any]:
    return {"unit": scene.world.counter_team.public_id, "kind": "enquiry", "words": "换卡", "key": "m"}


def _decision(name: str) -> Any:
    return lambda scene: _mail(scene) | {"decision": name}


def _case(scene: Any) -> dict[str, Any]:
    return {"public_id": scene.case.public_id}


def _of_case(scene: Any) -> dict[str, Any]:
    return {"case_id": scene.case.public_id}


def _new_token(scene: Any) -> dict[str, Any]:
    return {"name": "报表", "unit": scene.world.bank.public_id, "acts": "integration", "scopes": "cases:read", "days": "30"}


BARE = (
    "me",
    "list_cases",
    "open_case",
    "find_customers",
    "list_units",
    "list_services",
    "list_categories",
    "list_measures",
    "openapi",
    "api-root",
)
OF_CASE = (
    "get_case", "change_case", "list_messages", "add_message", "assign_case", "hold_case", "resume_case", "close_case", "reopen_case",
)  # fmt: skip
POSTED = {"open_case", "find_customers", "add_message", "assign_case", "hold_case", "resume_case", "close_case", "reopen_case"}

CHANNEL_ROWS: list[tuple[Any, ...]] = [
    ("channels:form", EVERYBODY, "GET", lambda scene: {"word": "riverside"}),
    ("channels:form", EVERYBODY, "POST", lambda scene: {"word": "riverside"}, {"title": "卡被吞了", "key": "a"}),
    *[(f"channels:{name}", EVERYBODY, "GET", _token) for name in ("track", "received")],
    ("channels:file", EVERYBODY, "GET", _file),
    ("channels:logo", EVERYBODY, "GET", lambda scene: {"public_id": FileRef.objects.get(name="logo.png").public_id}),
    ("channels:word", EVERYBODY, "POST", _token, {"body": "还有一句", "key": "b"}),
    ("channels:withdrawal", EVERYBODY, "POST", _token, {"sure": "on", "key": "c"}),
    ("channels:verdict", EVERYBODY, "POST", _token, {"solved": "no", "key": "d"}),
    ("channels:forms", "MAO", "GET", nothing),
    ("channels:form_edit", "MA", "GET", _unit),
    ("channels:form_edit", "MA", "POST", _unit, {"slug": "counter", "enabled": "on", "staff_names": "unit"}),
    ("channels:tokens", "MAO", "GET", nothing),
    ("channels:token_new", "MAO", "GET", nothing),
    ("channels:token_new", "MA", "POST", nothing, _new_token),
    ("channels:token_revoke", "MA", "POST", lambda scene: {"public_id": ApiToken.objects.get().public_id}),
    ("channels:mailboxes", "A", "GET", nothing),
    ("channels:mailbox_new", "A", "GET", nothing),
    ("channels:mailbox_new", "A", "POST", nothing, _settings_of_mailbox),
    ("channels:mailbox_edit", "A", "GET", _mailbox),
    ("channels:mailbox_edit", "A", "POST", _mailbox, _settings_of_mailbox),
    ("channels:mailbox_test", "A", "POST", _mailbox),
    ("channels:mails", "SBMO", "GET", nothing),
    ("channels:mail", "SM", "GET", _mail),
    ("channels:mail_decide", "SM", "POST", _decision("case")),
    ("channels:mail_decide", "SM", "POST", _decision("append"), lambda scene: {"number": scene.case.number}),
    ("channels:mail_decide", "SM", "POST", _decision("discard"), {"reason": "广告"}),
    ("channels:mail_decide", "SM", "POST", _decision("again")),
    ("channels:interface", "MAO", "GET", nothing),
    ("channels:interface_document", "MAO", "GET", nothing),
    ("channels:phone_events", "", "POST", _hook),
    ("channels:phone_recording", "", "POST", lambda scene: _hook(scene) | {"ref": "c1"}),
    ("channels:calls", "FTSBQMO", "GET", nothing),
    ("channels:call_new", "FTSBMO", "GET", nothing),
    ("channels:call_new", "FSM", "POST", nothing, _logged),
    ("channels:call_who", "FTSBMO", "GET", nothing, {"number": "13800138000"}),
    ("channels:calls_now", "FTSBQMO", "GET", nothing),
    ("channels:call", "FSQM", "GET", _call),
    ("channels:call_take", "FSM", "POST", _call),
    ("channels:call_number", "FSM", "POST", _call),
    ("channels:call_recording", "", "POST", _call),  # without a file nobody gets any further; test_calls keeps some
    ("channels:phones", "MAO", "GET", nothing),
    ("channels:phone_new", "MAO", "GET", nothing),
    ("channels:phone_new", "MA", "POST", nothing, _settings_of_phone),
    ("channels:phone_edit", "MA", "GET", _phone),
    ("channels:phone_edit", "MA", "POST", _phone, _settings_of_phone),
    ("channels:phone_secret", "MA", "POST", _phone),
    ("channels:phone_test", "MA", "POST", _phone),
    (
        "channels:extension_new",
        "MA",
        "POST",
        _phone,
        lambda scene: {"number": "8002", "staff": scene.world.staff("supervisor").public_id},
    ),
    ("channels:extension_end", "MA", "POST", _extension),
    ("channels:sms_in", "", "POST", _hook),
    ("channels:sms_receipts", "", "POST", _hook),
    ("channels:sms", "A", "GET", nothing),
    ("channels:sms_new", "A", "GET", nothing),
    ("channels:sms_new", "A", "POST", nothing, _settings_of_sms),
    ("channels:sms_edit", "A", "GET", _sms),
    ("channels:sms_edit", "A", "POST", _sms, _settings_of_sms),
    ("channels:sms_secret", "A", "POST", _sms),
    ("channels:sms_test", "A", "POST", _sms, {"number": "x"}),
    ("channels:wechat_in", "", "GET", _hook),
    ("channels:wechat_in", "", "POST", _hook),
    ("channels:wechat", "A", "GET", nothing),
    ("channels:wechat_new", "A", "GET", nothing),
    ("channels:wechat_new", "A", "POST", nothing, _settings_of_wechat),
    ("channels:wechat_edit", "A", "GET", _wechat),
    ("channels:wechat_edit", "A", "POST", _wechat, _settings_of_wechat),
    ("channels:wechat_test", "A", "POST", _wechat),
    ("channels:wechat_switch", "A", "POST", _wechat, {"on": "0"}),
    ("channels:walkin", "FTSBMO", "GET", nothing),
    ("channels:walkin", "FSM", "POST", nothing, _entry),
    ("channels:walkin_people", "FTSBMO", "GET", nothing, {"who": "8000"}),
    ("channels:answer_goes", "FSM", "GET", _case),
    ("channels:case_link", "FSM", "POST", _case),
    ("channels:case_links_end", "FSM", "POST", _case),
    # What stands on foreign pages answers everybody; a conversation only its token, which a session is not (test_pages meets it).
    ("channels:chat_frame", EVERYBODY, "GET", _site),
    ("channels:chat_widget", EVERYBODY, "GET", _site),
    ("channels:chat_leave", EVERYBODY, "GET", _site),
    ("channels:chat_leave", EVERYBODY, "POST", _site, {"body": "想挂失", "contact": "13812345678", "may_contact": "on", "key": "e"}),
    ("channels:chat_file", EVERYBODY, "GET", _chat_file, _chat_signature),
    ("channels:chat_file", "", "GET", _chat_file),
    ("channels:chat_start", "", "POST", _site, {"body": "没有口令"}),
    ("channels:chat_news", "", "GET", _site),
    *[(f"channels:chat_{name}", "", "POST", _site, {"body": "没有口令", "key": "key-00001"}) for name in ("word", "end", "transcript")],
    ("channels:chat_sites", "MAO", "GET", nothing),
    ("channels:chat_site", "MA", "GET", _branch),
    ("channels:chat_site", "MA", "POST", _branch, lambda scene: {"queue": scene.world.branch.public_id, "kind": "request", **CHAT_LIMITS}),
    ("channels:chats", "FTSBMO", "GET", nothing),
    ("channels:chat_open", "FSM", "GET", _waits),
    ("channels:chat_next", "FTSBMO", "POST", nothing),
    ("channels:chat_take", "FSM", "POST", _waits),
    ("channels:chat_answer", "FSM", "POST", _taken, {"body": "您好", "key": "key-00001"}),
    ("channels:chat_hand_over", "FSM", "POST", _taken, {"to": "", "words": "请接"}),
    ("channels:chat_finish", "FSM", "POST", _taken, {"close": "on"}),
    ("channels:chat_settle", "S", "POST", lambda scene: {"public_id": Handover.objects.get().public_id}, {"answer": "accept"}),
    # A session opens nothing here; tokens are met in test_api_matrix.
    ("channels:api_nowhere", "", "GET", lambda scene: {"rest": "v1/nothing"}),
    *[(f"channels:api:{name}", "", "POST" if name in POSTED else "GET", nothing) for name in BARE],
    *[(f"channels:api:{name}", "", "POST" if name in POSTED else "GET", _of_case) for name in OF_CASE],
    ("channels:api:read_measure", "", "GET", lambda scene: {"measure_id": "cases_opened"}),
]
