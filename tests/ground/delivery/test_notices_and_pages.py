"""Notices on the desk, and the pages of this room."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.cast import AT, SETUP, World

from steward.ground.access.operations import add_confidant, break_glass
from steward.ground.delivery import notices
from steward.ground.delivery.models import Dispatch, Notice
from steward.ground.delivery.notices import notify
from steward.ground.delivery.operations import send_message
from steward.ground.delivery.recipients import Recipient
from steward.ground.fields import localized
from steward.ground.jobs.context import JobContext
from steward.ground.jobs.operations import enqueue
from steward.ground.jobs.registry import job
from steward.ground.jobs.testing import run_waiting
from steward.ground.journal import subscribers, topics
from steward.ground.journal.models import Entry
from steward.ground.ui.masking import mask

pytestmark = pytest.mark.django_db


@job("test.long_work", label="Long work", notice=True)
def long_work(context: JobContext) -> None:
    return None


def message(world: World, **values: Any) -> Dispatch:
    given: dict[str, Any] = {"channel": "email", "purpose": "reply", "subject": "秘密", "body": "正文秘密", "unit": world.branch}
    to = Recipient.person(world.customer, address="chen@example.com")
    return send_message(to=to, by=world.actor("front_line"), at=AT, **{**given, **values})


def test_one_notice_per_key_and_person(world: World, django_capture_on_commit_callbacks: Any) -> None:
    desks = [world.cast.supervisor, world.cast.manager, world.cast.supervisor]
    with django_capture_on_commit_callbacks(execute=True):
        assert notify(users=desks, title=localized("新", en="New"), at=AT, key="k") == 2
    notify(users=desks, title="又", at=AT, key="k")
    assert Notice.objects.count() == 2
    assert notices.unread_count(world.cast.supervisor) == 1
    assert topics.versions([notices.topic_of(world.cast.supervisor.pk)])[notices.topic_of(world.cast.supervisor.pk)] > 0


def test_a_message_to_staff_becomes_a_notice(world: World) -> None:
    send_message(
        to=Recipient.staff(world.cast.supervisor), channel="desk", purpose="staff", subject="请看", body="有新的投诉", by=SETUP, at=AT
    )
    run_waiting(AT)
    notice = Notice.objects.get(user=world.cast.supervisor)
    assert (str(notice.title), str(notice.text)) == ("请看", "有新的投诉")


def test_a_message_to_a_desk_of_nobody_fails(world: World) -> None:
    row = send_message(to=Recipient.at_address("x"), channel="desk", purpose="staff", body="?", by=SETUP, at=AT)
    run_waiting(AT)
    row.refresh_from_db()
    assert row.state == "failed"


def test_breaking_the_glass_is_told_to_the_list_and_the_administrators(world: World) -> None:
    add_confidant(subject=world.customer, user=world.cast.quality_reviewer, by=SETUP, at=AT)
    break_glass(subject=world.customer, unit=world.branch, by=world.actor("manager"), at=AT, reason="紧急：客户受伤")
    pump = next(each for each in subscribers.subscribers() if each.name == "delivery.break_glass")
    entries = list(Entry.objects.filter(code="access.glass_broken"))
    pump.handle(entries)
    pump.handle(entries)
    told = set(Notice.objects.values_list("user", flat=True))
    assert told == {world.cast.quality_reviewer.pk, world.cast.administrator.pk}
    notice = Notice.objects.get(user=world.cast.administrator)
    assert "孙经理" in str(notice.title)
    assert "受伤" not in str(notice.title) + str(notice.text)
    assert notice.title.in_language("en").startswith("孙经理 opened")


def test_long_work_comes_back_as_a_notice(world: World) -> None:
    row = enqueue(long_work, at=AT, by=world.actor("supervisor"))
    enqueue(long_work, at=AT)
    run_waiting(AT)
    notice = Notice.objects.get()
    assert (notice.user, notice.url) == (world.cast.supervisor, f"/jobs/{row.public_id}/")
    assert notice.title.in_language("zh-hans") == "Long work：已完成"


def test_notices_are_read_on_their_page(world: World, signed_in: Any) -> None:
    notify(users=[world.cast.supervisor], title="请看", url="/cases/", at=AT)
    outside = notify(users=[world.cast.manager], title="外", url="https://evil.example/", at=AT)
    assert outside == 1
    client = signed_in("supervisor")
    page = client.get("/notices/").content.decode()
    assert "请看" in page
    assert "1 条未读" in client.get("/notices/count/").content.decode()
    notice = Notice.objects.get(user=world.cast.supervisor)
    assert signed_in("manager").post(f"/notices/{notice.public_id}/open/").status_code == 404
    assert client.get(f"/notices/{notice.public_id}/open/").status_code == 405
    assert client.post(f"/notices/{notice.public_id}/open/").headers["Location"] == "/cases/"
    assert "请看" not in client.get("/notices/?unread=on").content.decode()
    other = Notice.objects.get(user=world.cast.manager)
    assert signed_in("manager").post(f"/notices/{other.public_id}/open/").headers["Location"] == "/notices/"
    notify(users=[world.cast.supervisor], title="再看", at=AT)
    assert client.post("/notices/read/").status_code == 302
    assert notices.unread_count(world.cast.supervisor) == 0


def test_old_notices_go(world: World) -> None:
    notify(users=[world.cast.supervisor], title="旧", at=AT - timedelta(days=400))
    notify(users=[world.cast.supervisor], title="新", at=AT)
    enqueue("delivery.remove_notices", at=AT)
    run_waiting(AT)
    assert [str(notice.title) for notice in Notice.objects.all()] == ["新"]


def test_the_log_is_for_those_who_manage_messages(world: World, signed_in: Any) -> None:
    row = message(world)
    for name in ("front_line", "supervisor", "quality_reviewer"):
        assert signed_in(name).get("/operate/deliveries/").status_code == 404
        assert signed_in(name).get(f"/operate/deliveries/{row.public_id}/").status_code == 404
    assert signed_in("outsider").get(f"/operate/deliveries/{row.public_id}/").status_code == 404
    page = signed_in("manager").get("/operate/deliveries/").content.decode()
    assert mask("chen@example.com", "email") in page
    detail = signed_in("manager").get(f"/operate/deliveries/{row.public_id}/").content.decode()
    assert "秘密" not in page + detail
    assert "chen@example.com" not in page + detail


def test_filters_and_csv(world: World, signed_in: Any) -> None:
    row, other = message(world), message(world, purpose="statutory")
    client = signed_in("manager")
    page = client.get("/operate/deliveries/?state=held&channel=email&purpose=statutory&since=2026-03-01").content.decode()
    assert str(other.public_id) in page
    assert str(row.public_id) not in page
    assert "没有符合条件" in client.get("/operate/deliveries/?state=sent").content.decode()
    csv = b"".join(client.get("/operate/deliveries/?format=csv").streaming_content).decode()
    assert str(row.public_id) in csv
    assert "chen@" not in csv
    assert Entry.objects.get(code="access.rows_exported").public == {"list": "deliveries", "rows": 2}


def test_taking_back_and_sending_again(world: World, signed_in: Any) -> None:
    row = message(world)
    assert signed_in("other_team").post(f"/messages/{row.public_id}/take-back/").status_code == 404
    assert signed_in("front_line").post(f"/messages/{row.public_id}/take-back/", {"next": "/jobs/"}).headers["Location"] == "/jobs/"
    row.refresh_from_db()
    assert row.state == "cancelled"
    again = signed_in("front_line").post(f"/messages/{row.public_id}/take-back/")
    assert again.status_code == 409
    failed = message(world)
    Dispatch.objects.filter(pk=failed.pk).update(state="failed", error="550")
    assert signed_in("front_line").post(f"/operate/deliveries/{failed.public_id}/retry/").status_code == 404
    assert signed_in("manager").post(f"/operate/deliveries/{failed.public_id}/retry/").status_code == 302
    failed.refresh_from_db()
    assert failed.state == "held"
