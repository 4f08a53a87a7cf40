"""Where people are signed in: listed, ended at once by themselves, an administrator, a new password, or leaving."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.cast import AT, PASSWORD, World

from steward.core.org import operations as org
from steward.ground.access import sessions
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import SignInSession
from steward.ground.access.operations import NeedsReason
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db
NEW = "mine-alone-and-long-7"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


def signed(username: str = "front", address: str = "198.51.100.23") -> Client:
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=FIREFOX)
    assert client.post("/login/", {"login": username, "password": PASSWORD}).status_code == 302
    return client


def inside(client: Client) -> bool:
    return bool(client.get("/me/sessions/").status_code == 200)


def row_of(client: Client) -> SignInSession:
    return SignInSession.objects.get(public_id=client.session[sessions.ROW])


def test_a_session_tells_device_and_network_but_no_address(world: World) -> None:
    client = signed()
    row = row_of(client)
    assert (row.device, row.place) == ("Firefox · Linux", "198.51.100.0/24")
    page = client.get("/me/sessions/").content.decode()
    assert "Firefox · Linux" in page
    assert "198.51.100.23" not in page
    assert row_of(signed(address="2001:db8:aa:bb::7")).place == "2001:db8:aa::/48"
    assert "198.51.100.23" not in repr(list(SignInSession.objects.values()))


def test_one_ends_another_of_ones_own_and_it_is_out_at_once(world: World) -> None:
    here, there = signed(), signed()
    assert here.post(f"/me/sessions/{row_of(there).public_id}/end/").status_code == 302
    assert not inside(there)
    assert inside(here)
    ended = Entry.objects.get(code="access.sessions_ended")
    assert ended.public == {"user": world.cast.front_line.pk, "sessions": 1, "ending": "by_owner"}


def test_nobody_ends_a_session_of_somebody_else(world: World) -> None:
    mine, theirs = signed("lobby"), signed("front")
    mine.post(f"/me/sessions/{row_of(theirs).public_id}/end/")
    mine.post("/me/sessions/others/end/")
    assert inside(theirs)
    assert not Entry.objects.filter(code="access.sessions_ended").exists()


def test_all_others_end(world: World) -> None:
    here, others = signed(), [signed(), signed()]
    here.post("/me/sessions/others/end/")
    assert inside(here)
    assert not any(inside(other) for other in others)
    assert sessions.open_sessions(world.cast.front_line, at=AT).count() == 1


def test_a_new_password_ends_the_others_and_keeps_this_one(world: World) -> None:
    here, there = signed(), signed()
    changed = here.post("/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert changed.status_code == 302
    assert inside(here)
    assert not inside(there)
    assert sessions.open_sessions(world.cast.front_line, at=AT).get().session_key == here.session.session_key


def test_an_administrator_ends_them_all_with_a_reason(world: World) -> None:
    clients = [signed(), signed()]
    user = world.cast.front_line
    for name in ("supervisor", "manager", "outsider"):
        with pytest.raises(Forbidden):
            sessions.end_all_of(user=user, by=world.actor(name), at=AT, reason="设备丢失")
    with pytest.raises(NeedsReason):
        sessions.end_all_of(user=user, by=world.actor("administrator"), at=AT, reason="")
    assert all(inside(client) for client in clients)
    assert sessions.end_all_of(user=user, by=world.actor("administrator"), at=AT, reason="设备丢失") == 2
    assert not any(inside(client) for client in clients)
    assert sessions.end_all_of(user=user, by=world.actor("administrator"), at=AT, reason="设备丢失") == 0


def test_who_leaves_is_out_at_once(world: World) -> None:
    client = signed()
    org.end_staff(staff=world.staff("front_line"), ended_date=AT.date(), by=world.actor("manager"), at=AT, reason="辞职")
    assert not inside(client)
    assert SignInSession.objects.get().ending == "left"


def test_a_one_time_password_ends_what_was_open(world: World) -> None:
    client = signed()
    org.give_first_password(staff=world.staff("front_line"), by=world.actor("manager"), at=AT)
    assert not inside(client)
    assert not sessions.open_sessions(world.cast.front_line, at=AT).exists()


def test_signing_out_ends_the_row(world: World) -> None:
    client = signed()
    client.post("/logout/")
    assert SignInSession.objects.get().ending == "signed_out"
    assert list(Entry.objects.filter(subject_type="access.user").order_by("seq").values_list("code", flat=True))[-1] == "access.signed_out"


def test_last_seen_moves_at_most_every_five_minutes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed()
    for minutes, seen in ((3, 0), (6, 6), (9, 6), (12, 12)):
        monkeypatch.setattr("steward.ground.clock.now", lambda minutes=minutes: AT + timedelta(minutes=minutes))
        client.get("/me/presence/")
        assert row_of(client).seen_at == AT + timedelta(minutes=seen)


def test_what_has_run_out_is_not_listed(world: World, settings: Any) -> None:
    signed()
    later = AT + timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)
    assert not sessions.open_sessions(world.cast.front_line, at=later).exists()
