"""What people do with calls: take them, write them down, record them; who may listen, and that it is known; what an erasure leaves."""

from __future__ import annotations

import wave
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from tests.cast import AT, SETUP, World
from tests.threads import at_once

from steward.contact.channels.phone import operations
from steward.contact.channels.phone.errors import CannotJoin, ExtensionTaken, NoRetention, NotSound, RecordingTooLarge
from steward.contact.channels.phone.keys import secret_of
from steward.contact.channels.phone.models import Call, PhoneSystem
from steward.contact.channels.phone.operations import Logged
from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message
from steward.core.customers.operations import erase_customer, export_customer
from steward.core.encounters.models import Interaction
from steward.core.encounters.operations import EndsBeforeStart
from steward.ground.access.errors import Forbidden
from steward.ground.delivery import signed
from steward.ground.delivery.models import Dispatch
from steward.ground.files.models import FileRef
from steward.ground.journal.models import Entry
from steward.ground.journal.subscribers import pump_all

pytestmark = pytest.mark.django_db
Make = Callable[..., dict[str, Any]]


def sound(seconds: float = 0.1) -> bytes:
    kept = BytesIO()
    with wave.open(kept, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(b"\0\0" * int(8000 * seconds))
    return kept.getvalue()


@pytest.fixture
def call(exchange: Any, event: Make) -> Call:
    exchange.post(event("ringing", 0), event("answered", 5), event("ended", 65))
    return Call.objects.select_related("unit", "system").get()


def test_one_click_opens_a_case_of_the_caller_and_a_second_click_finds_it(call: Call, world: World) -> None:
    front: dict[str, Any] = {"by": world.actor("front_line"), "at": AT, "staff": world.staff("front_line")}
    case = operations.take_call(call=call, **front)
    assert (case.customer, case.channel, case.assignee) == (world.customer, "phone", world.staff("front_line"))
    assert operations.take_call(call=call, **front) == case
    assert Case.objects.count() == 1


def test_an_unknown_caller_is_registered_with_the_first_case(exchange: Any, event: Make, world: World) -> None:
    exchange.post(event("ringing", number="13711112222"))
    case = operations.take_call(call=Call.objects.get(), by=world.actor("front_line"), at=AT)
    assert case.customer is not None
    assert case.customer.contact_points.get().normalised == "+8613711112222"


def test_a_call_goes_on_with_a_case_one_may_work_on(call: Call, world: World) -> None:
    case = cases.open_case(unit=world.counter_team, kind="request", channel="web", title="查账", customer=world.customer, by=SETUP, at=AT)
    assert operations.take_call(call=call, case=case, by=world.actor("front_line"), at=AT) == case
    assert case.messages.filter(direction="note", channel="phone").count() == 1
    cases.close_case(case=case, resolution="withdrawn", reason="好了", by=SETUP, at=AT)
    case.refresh_from_db()
    with pytest.raises(CannotJoin):
        operations.take_call(call=call, case=case, by=world.actor("front_line"), at=AT)
    with pytest.raises(Forbidden):
        operations.take_call(call=call, by=world.actor("other_branch"), at=AT)


@pytest.mark.django_db(transaction=True)
@pytest.mark.collision
def test_two_who_take_one_call_open_one_case(committed_world: World) -> None:
    world = committed_world
    call = Call.objects.create(unit=world.counter_team, number="+8613800138000", started_at=AT, customer=world.customer)
    first, second = world.actor("front_line"), world.actor("supervisor")
    outcomes = at_once(
        [lambda: operations.take_call(call=call, by=first, at=AT), lambda: operations.take_call(call=call, by=second, at=AT)]
    )
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert Case.objects.count() == 1


def written(world: World, **more: Any) -> Call:
    plain: dict[str, Any] = {
        "direction": "in",
        "number": "13800138000",
        "started_at": AT - timedelta(minutes=5),
        "ended_at": AT,
        "result": "reached",
    }
    logged = Logged(**{**plain, **more})
    key = f"k{hash(str(more))}"
    return operations.log_call(
        unit=world.counter_team, logged=logged, staff=world.staff("front_line"), key=key, by=world.actor("front_line"), at=AT
    )


def test_a_call_written_down_is_a_contact_and_its_words_a_case_once(world: World) -> None:
    call = written(world, notes="想知道周六开不开门")
    assert written(world, notes="想知道周六开不开门") == call
    assert call.case is not None
    assert (call.case.title, call.customer, call.state) == ("想知道周六开不开门", world.customer, "ended")
    assert (Interaction.objects.count(), Case.objects.count()) == (1, 1)


def test_what_we_told_somebody_answers_their_case_and_is_not_mailed_as_well(world: World) -> None:
    case = cases.open_case(unit=world.counter_team, kind="request", channel="email", title="查账", customer=world.customer, by=SETUP, at=AT)
    written(world, direction="out", notes="已告知余额", case=case)
    message = case.messages.get(direction=Message.Direction.OUT)
    assert (message.channel, message.body) == ("phone", "已告知余额")
    pump_all(at=AT, holder="test")
    assert Dispatch.objects.count() == 0
    written(world, direction="out", result="no_answer", notes="没有人接", case=case)
    assert case.messages.filter(direction="out").count() == 1


def test_a_call_that_ends_before_it_begins_or_goes_to_a_closed_case_leaves_nothing(world: World) -> None:
    case = cases.open_case(unit=world.counter_team, kind="request", channel="web", title="查账", by=SETUP, at=AT)
    cases.close_case(case=case, resolution="withdrawn", reason="好了", by=SETUP, at=AT)
    case.refresh_from_db()
    with pytest.raises(EndsBeforeStart):
        written(world, ended_at=AT - timedelta(hours=1))
    with pytest.raises(CannotJoin):
        written(world, case=case, notes="x")
    assert Call.objects.count() == 0


def test_a_recording_is_sound_small_enough_and_has_its_last_day(call: Call, world: World) -> None:
    keep: dict[str, Any] = {"call": call, "by": world.actor("front_line"), "at": AT}
    with pytest.raises(NotSound):
        operations.add_recording(upload=b"plain words", name="a.txt", **keep)
    PhoneSystem.objects.update(recording_max_mb=1)
    call = Call.objects.select_related("unit", "system").get()
    with pytest.raises(RecordingTooLarge):
        operations.add_recording(**keep | {"call": call}, upload=sound(70), name="a.wav")
    assert FileRef.objects.count() == 0
    operations.add_recording(**keep | {"call": call}, upload=sound(), name="a.wav")
    call.refresh_from_db()
    assert (str(call.recording_until_date), call.consent_note) == ("2026-08-29", "通话开始时已告知录音")
    assert operations.expire_recordings(at=AT + timedelta(days=179)) == 0
    assert operations.expire_recordings(at=AT + timedelta(days=181)) == 1
    assert not FileRef.objects.of(call).exists()


def test_without_rules_about_keeping_it_there_is_no_recording(world: World) -> None:
    call = written(world, notes="x")
    with pytest.raises(NoRetention):
        operations.add_recording(call=call, upload=sound(), name="a.wav", by=world.actor("front_line"), at=AT)


def test_x8_listening_needs_the_right_and_is_journalled(call: Call, world: World, signed_in: Callable[[str], Client]) -> None:
    file = operations.add_recording(call=call, upload=sound(), name="a.wav", by=SETUP, at=AT)
    seen = Entry.objects.filter(code="files.file_viewed")
    for name in ("front_line", "other_team", "other_branch", "outsider"):
        assert signed_in(name).get(f"/files/{file.public_id}/").status_code == 404
    assert seen.count() == 0
    assert signed_in("quality_reviewer").get(f"/files/{file.public_id}/").status_code == 200
    assert [entry.actor_ref for entry in seen] == [str(world.cast.quality_reviewer.public_id)]


def test_a_recording_comes_signed_over_the_interface(exchange: Any, call: Call, client: Client) -> None:
    address = f"/in/phone/{exchange.system.key}/recordings/c1/?name=c1.wav"
    body = sound()

    def send(header: str, to: str = address) -> int:
        return client.post(to, body, content_type="audio/wav", headers={"Steward-Signature": header}).status_code

    assert send(signed.sign("another", body, AT)) == 401
    assert send(signed.sign(exchange.secret, body, AT), address.replace("/c1/", "/c9/")) == 404
    assert FileRef.objects.count() == 0
    assert send(signed.sign(exchange.secret, body, AT)) == 201
    assert FileRef.objects.of(call).count() == 1


def test_the_secret_is_shown_once_and_kept_sealed(world: World, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("administrator")
    fields = {
        "name": "总机", "unit": world.counter_team.public_id, "enabled": "on", "kind": "enquiry", "callback_minutes": 30, "recording_days": 90,
        "recording_max_mb": 20, "replay_seconds": 300,
    }  # fmt: skip
    answer = client.post("/settings/phones/new/", fields)
    system = PhoneSystem.objects.get()
    secret = secret_of(system)
    assert secret in answer.content.decode()
    page = client.get(f"/settings/phones/{system.public_id}/").content.decode()
    assert (secret in page, system.key in page) == (False, True)
    assert secret.encode() not in bytes(system.secret or b"")
    client.post(f"/settings/phones/{system.public_id}/secret/")
    assert secret_of(PhoneSystem.objects.get()) != secret


def test_one_extension_rings_for_one_person(exchange: Any, world: World) -> None:
    with pytest.raises(ExtensionTaken):
        operations.give_extension(system=exchange.system, number="8001", staff=world.staff("other_team"), by=SETUP, at=AT)
    operations.end_extension(extension=exchange.system.extensions.get(number="8001"), by=SETUP, at=AT)
    operations.give_extension(system=exchange.system, number="8001", staff=world.staff("other_team"), by=SETUP, at=AT)


def test_a_call_about_a_confidential_case_is_seen_by_nobody_else(call: Call, world: World, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("front_line")
    assert client.get(f"/calls/{call.public_id}/").status_code == 200
    case = cases.open_case(unit=world.counter_team, kind="complaint", channel="phone", title="投诉", confidential=True, by=SETUP, at=AT)
    Call.objects.update(case=case)
    assert client.get(f"/calls/{call.public_id}/").status_code == 404


def test_the_number_is_shown_only_after_an_entry(call: Call, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("front_line")
    assert "13800138000" not in client.get(f"/calls/{call.public_id}/").content.decode()
    assert "13800138000" in client.post(f"/calls/{call.public_id}/number/").content.decode()
    assert Entry.objects.filter(code="access.personal_revealed", subject_id=call.pk).count() == 1


def test_an_erasure_takes_numbers_and_recordings_along(call: Call, world: World) -> None:
    operations.add_recording(call=call, upload=sound(), name="a.wav", by=SETUP, at=AT)
    told = export_customer(customer=world.customer, by=world.actor("manager"), at=AT)
    assert any(row.get("number") == "+8613800138000" for row in told["channels"])
    erase_customer(customer=world.customer, by=world.actor("manager"), at=AT, reason="本人申请")
    call.refresh_from_db()
    assert (call.number, FileRef.objects.filter(blob__isnull=False).count()) == ("", 0)
