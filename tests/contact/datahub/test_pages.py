"""The pages of imports: bring a file in, choose columns, see what it becomes, load it, mend the errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from tests.cast import AT, World

from steward.contact.datahub.models import ImportRun
from steward.contact.datahub.operations import clear_old, prepare_import, start_import
from steward.core.cases.models import Case
from steward.ground.files.models import FileRef
from steward.ground.jobs.models import Job
from steward.ground.jobs.operations import cancel_job
from steward.ground.jobs.testing import run_waiting
from steward.ground.journal.models import Entry

from .helpers import CLOSED, MAPPING, OPEN, load, table, write

pytestmark = pytest.mark.django_db


def upload(client: Any, world: World, content: str, **more: Any) -> Any:
    file = SimpleUploadedFile("工单.csv", content.encode(), content_type="text/csv")
    return client.post("/imports/new/", {"file": file, "unit": world.counter_team.public_id, **more})


def test_from_a_file_to_cases_without_a_mapping_file(world: World, signed_in: Any, django_capture_on_commit_callbacks: Any) -> None:
    client = signed_in("supervisor")
    answer = upload(client, world, table(CLOSED.format(1), OPEN.format(1)))
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    # The usual names are suggested, and the values that no word of ours says are asked for.
    assert '<option value="收到" selected>' in page
    assert "办理中 (1)" in page
    run = ImportRun.objects.get()
    assert (run.state, Case.objects.count()) == ("draft", 0)
    values = {name: value for name, value in _shown(page).items() if name.startswith("value_state")}
    meant = {name: {"已办结": "closed", "办理中": "open"}[text] for name, text in values.items()}
    names = {"key": "编号", "title": "标题", "body": "内容", "state": "状态", "opened_at": "收到", "closed_at": "办结", "phone": "电话"}
    chosen = {f"column_{name}": column for name, column in names.items()}
    answer = client.post(answer.url, {"source": "old-crm", "encoding": "auto", "default_kind": "complaint", **chosen, **meant})
    assert answer.status_code == 302, [part[:150] for part in answer.content.decode().split('role="alert">')[1:]]
    page = client.get(answer.url).content.decode()
    assert "第1件" in page
    assert "未完1" in page
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/imports/{run.public_id}/start/").status_code == 302
    run_waiting(AT)
    run.refresh_from_db()
    assert (run.state, run.created, run.failed) == ("done", 2, 0)
    assert set(Case.objects.values_list("kind", "state")) == {("complaint", "closed"), ("complaint", "open")}
    assert client.get(f"/imports/{run.public_id}/").status_code == 200
    written = json.loads(client.get(f"/imports/{run.public_id}/mapping.json").content)
    assert written["columns"]["title"] == "标题"
    assert written["values"]["state"]["办理中"] == "open"


def _shown(page: str) -> dict[str, str]:
    """The names of the choices of values, with the value of the file that each stands for."""
    found: dict[str, str] = {}
    for part in page.split('<label class="field-label" for="id_value_')[1:]:
        name, _, rest = part.partition('"')
        found[f"value_{name}"] = rest.partition(">")[2].split(" (")[0].strip()
    return found


def test_the_preview_counts_what_would_fail_and_says_why(world: World, signed_in: Any) -> None:
    client = signed_in("supervisor")
    mapping = SimpleUploadedFile("m.json", json.dumps(MAPPING).encode())
    lines = [OPEN.format(1), "X,标题,,办理中,2026-02-30,,,", "Y,标题,,已撤销,2026-02-20 10:00,,,"]
    answer = upload(client, world, table(*lines), mapping=mapping)
    page = client.get(answer.url).content.decode()
    assert "2026-02-30" in page
    assert "已撤销" in page
    assert "未完1" in page
    assert page.count('class="status status-danger"') == 2
    assert Case.objects.count() == 0


def test_a_file_with_another_shape_than_its_mapping_says_which_columns(world: World, signed_in: Any) -> None:
    client = signed_in("supervisor")
    mapping = SimpleUploadedFile("m.json", json.dumps(MAPPING).encode())
    answer = upload(client, world, "号,题\n1,2\n", mapping=mapping)
    page = client.get(answer.url).content.decode()
    assert "“收到”" in page


@pytest.mark.parametrize(("content", "field"), [("", "file"), ("\n", "file")])
def test_an_empty_upload_is_told_on_the_form(world: World, signed_in: Any, content: str, field: str) -> None:
    answer = upload(signed_in("supervisor"), world, content)
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not ImportRun.objects.exists()
    assert not FileRef.objects.exists()


def test_a_mapping_file_that_is_none_is_told_on_the_form(world: World, signed_in: Any) -> None:
    broken = SimpleUploadedFile("m.json", b'{"steward_mapping": 1')
    answer = upload(signed_in("supervisor"), world, table(OPEN.format(1)), mapping=broken)
    assert answer.status_code == 422
    assert not ImportRun.objects.exists()


def test_an_earlier_import_lends_its_mapping(world: World, signed_in: Any, tmp_path: Path) -> None:
    earlier = load(world, write(tmp_path, table(OPEN.format(1))))
    answer = upload(signed_in("supervisor"), world, table(OPEN.format(2)), earlier=earlier.public_id)
    run = ImportRun.objects.latest("pk")
    assert answer.status_code == 302
    assert run.mapping == earlier.mapping
    assert run.source == "old-crm"


def test_the_errors_are_a_list_and_a_file(world: World, signed_in: Any, tmp_path: Path) -> None:
    run = load(world, write(tmp_path, table(OPEN.format(1), "X,标题,,办理中,2026-02-30,,,", "=Y,短")))
    client = signed_in("supervisor")
    page = client.get(f"/imports/{run.public_id}/errors/?code=ragged").content.decode()
    assert "=Y" in page
    assert "2026-02-30" not in page
    answer = client.get(f"/imports/{run.public_id}/errors/?format=csv")
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("编号,标题,内容,状态,收到,办结,姓名,电话,")
    assert lines[1].startswith("X,标题,,办理中,2026-02-30,,,,3,收到,")
    assert lines[2].startswith("'=Y,短,,,,,,,4,")
    assert Entry.objects.get(code="access.rows_exported").public == {"list": "import-errors", "rows": 2}


def test_reasons_are_told_in_the_readers_language(world: World, tmp_path: Path) -> None:
    error = load(world, write(tmp_path, table("X,标题,,已撤销,2026-02-20 10:00,,,"))).errors.get()
    with translation.override("en"):
        assert "not among the known values" in error.reason
    with translation.override("zh-hans"):
        assert "已撤销" in error.reason
        assert "known" not in error.reason


def test_the_list_is_filtered_by_its_address(world: World, signed_in: Any, tmp_path: Path) -> None:
    load(world, write(tmp_path, table(OPEN.format(1))))
    client = signed_in("supervisor")
    assert "rows.csv" in client.get("/imports/?q=crm").content.decode()
    assert "rows.csv" not in client.get("/imports/?q=other").content.decode()
    assert "rows.csv" not in client.get("/imports/?state=stopped").content.decode()
    assert client.get("/imports/?format=csv").status_code == 200


def test_a_cancelled_job_leaves_the_run_stopped_and_it_goes_on(
    world: World, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    by, path = world.actor("supervisor"), write(tmp_path, table(OPEN.format(1), OPEN.format(2)))
    run = prepare_import(unit=world.counter_team, path=path, name="rows.csv", document=MAPPING, by=by, at=AT)
    job = start_import(run=run, by=by, at=AT)
    Job.objects.filter(pk=job.pk).update(state="running", worker="gone", attempts=1)
    job.refresh_from_db()
    cancel_job(job=job, by=by, at=AT)
    from steward.ground.jobs.transitions import run_of, stop

    stop(run_of(job), now=AT, at=AT)
    run.refresh_from_db()
    assert (run.state, Case.objects.count()) == ("stopped", 0)
    start_import(run=run, by=by, at=AT)
    run_waiting(AT)
    run.refresh_from_db()
    assert (run.state, run.created) == ("done", 2)


def test_files_and_failed_rows_go_after_their_time(world: World, tmp_path: Path) -> None:
    from datetime import timedelta

    run = load(world, write(tmp_path, table(OPEN.format(1), "X,短")), keep=True)
    assert clear_old(at=AT + timedelta(days=89)) == 0
    assert clear_old(at=AT + timedelta(days=91)) == 1
    error = run.errors.get()
    assert (error.rows, error.identities, error.key) == ([], "", "")
    assert error.blanked_at is not None
    assert not FileRef.objects.of(run).exists()
    run.refresh_from_db()
    assert (run.created, run.failed) == (1, 1)
