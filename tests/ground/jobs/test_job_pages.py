"""The pages of background work: own jobs, one job with its progress, the operator's list."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from tests.cast import AT, World

from steward.ground.jobs.models import Job
from steward.ground.jobs.operations import enqueue
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db


def make(world: World, name: str = "supervisor", **values: Any) -> Job:
    job = enqueue("jobs.call_task", args={"path": "x", "args": [], "kwargs": {}}, at=AT, by=world.actor(name))
    Job.objects.filter(pk=job.pk).update(**values)
    job.refresh_from_db()
    return job


def test_a_person_sees_own_jobs_only(world: World, signed_in: Any) -> None:
    mine, other = make(world), make(world, "front_line")
    page = signed_in("supervisor").get("/jobs/")
    assert str(mine.public_id) in page.content.decode()
    assert str(other.public_id) not in page.content.decode()
    assert signed_in("supervisor").get(f"/jobs/{other.public_id}/").status_code == 404
    assert signed_in("customer").get("/jobs/").status_code == 302


def test_the_job_page_shows_progress_and_offers_a_way_out(world: World, signed_in: Any) -> None:
    job = make(world, state="running", progress_done=30, progress_total=100)
    client = signed_in("supervisor")
    page = client.get(f"/jobs/{job.public_id}/").content.decode()
    assert 'value="30"' in page
    assert "data-live" in page
    assert client.post(f"/jobs/{job.public_id}/cancel/").status_code == 302
    job.refresh_from_db()
    assert job.cancel_requested_at is not None
    assert "正在取消" in client.get(f"/jobs/{job.public_id}/").content.decode()


def test_only_operators_open_the_operators_page_and_retry(world: World, signed_in: Any) -> None:
    job = make(world, state="failed", error="ValueError: no luck")
    for name in ("front_line", "supervisor", "manager", "outsider"):
        assert signed_in(name).get("/operate/jobs/").status_code == 404
        assert signed_in(name).post(f"/jobs/{job.public_id}/retry/").status_code == 404
    operator = signed_in("administrator")
    assert "no luck" in operator.get(f"/jobs/{job.public_id}/").content.decode()
    assert operator.post(f"/jobs/{job.public_id}/retry/").status_code == 302
    job.refresh_from_db()
    assert job.state == "queued"


def test_an_operator_of_another_organisation_sees_nothing_of_it(world: World, signed_in: Any) -> None:
    job = make(world)
    assert signed_in("outsider").get(f"/jobs/{job.public_id}/").status_code == 404


def test_filters_live_in_the_address(world: World, signed_in: Any) -> None:
    failed, waiting = make(world, state="failed"), make(world)
    client = signed_in("administrator")
    page = client.get("/operate/jobs/?state=failed&lane=default&q=call").content.decode()
    assert str(failed.public_id) in page
    assert str(waiting.public_id) not in page
    assert "没有符合条件" in client.get("/operate/jobs/?q=nosuch").content.decode()


def test_the_csv_is_recorded_before_it_leaves(world: World, signed_in: Any) -> None:
    make(world)
    assert signed_in("supervisor").get("/jobs/?format=csv").status_code == 404
    answer = signed_in("administrator").get("/operate/jobs/?format=csv")
    assert b"jobs.call_task" in b"".join(answer.streaming_content)
    entry = Entry.objects.get(code="access.rows_exported")
    assert entry.public == {"list": "jobs", "rows": 1}


def test_both_languages(world: World, signed_in: Any) -> None:
    make(world)
    client = signed_in("supervisor")
    assert "我的后台任务" in client.get("/jobs/").content.decode()
    with translation.override("en"):
        world.cast.supervisor.language = "en"
        world.cast.supervisor.save(update_fields=["language"])
    assert "My background work" in client.get("/jobs/").content.decode()
