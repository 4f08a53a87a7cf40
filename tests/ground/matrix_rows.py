"""What the authorisation matrix needs of jobs, files and delivery: one row of each, and who may reach it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cast import AT, SETUP, World

from steward.ground.delivery.models import Dispatch, Notice
from steward.ground.delivery.notices import notify
from steward.ground.delivery.operations import send_message
from steward.ground.delivery.recipients import Recipient
from steward.ground.files.models import FileRef
from steward.ground.files.operations import store_file
from steward.ground.jobs.models import Job
from steward.ground.jobs.operations import enqueue

CALL = {"path": "x", "args": [], "kwargs": {}}


def build_ground_rows(world: World) -> None:
    """A waiting job and a failed one of the supervisor, a file on the branch, a held and a failed message of the front line, a notice."""
    supervisor, front = world.actor("supervisor"), world.actor("front_line")
    enqueue("jobs.call_task", args=CALL, at=AT, by=supervisor, key="matrix-waiting")
    failed = enqueue("jobs.call_task", args=CALL, at=AT, by=supervisor, key="matrix-failed")
    Job.objects.filter(pk=failed.pk).update(state=Job.State.FAILED)
    store_file(upload=b"words", name="note.txt", unit=world.branch, subject=world.branch, by=SETUP, at=AT)
    for _number in range(2):
        to = Recipient.person(world.customer, address="chen@example.com")
        row = send_message(to=to, channel="email", purpose="reply", subject="s", body="b", unit=world.branch, by=front, at=AT)
    Dispatch.objects.filter(pk=row.pk).update(state=Dispatch.State.FAILED)
    notify(users=[world.cast.supervisor], title="matrix", at=AT)


def job_of(state: str) -> Callable[[Any], dict[str, Any]]:
    return lambda scene: {"public_id": Job.objects.get(key=f"matrix-{state}").public_id}


def message_of(state: str) -> Callable[[Any], dict[str, Any]]:
    return lambda scene: {"public_id": Dispatch.objects.get(state=state, recipient_id=scene.world.customer.pk).public_id}


def notice(scene: Any) -> dict[str, Any]:
    return {"public_id": Notice.objects.get(user=scene.world.cast.supervisor, title="matrix").public_id}


def file(scene: Any) -> dict[str, Any]:
    return {"public_id": FileRef.objects.get(subject_type="access.unit").public_id}


# (address, who is allowed, method, address parts): STAFF is everybody signed in, HOUSE everybody of the bank.
GROUND_ROWS: list[tuple[str, str, str, Callable[[Any], dict[str, Any]]]] = [
    ("jobs:mine", "FTSBQMAO", "GET", lambda scene: {}),
    ("jobs:operate", "A", "GET", lambda scene: {}),
    ("jobs:job", "SA", "GET", job_of("waiting")),
    ("jobs:cancel", "SA", "POST", job_of("waiting")),
    ("jobs:retry", "A", "POST", job_of("failed")),
    ("files:file", "FTSBQMA", "GET", file),
    ("delivery:notices", "FTSBQMAO", "GET", lambda scene: {}),
    ("delivery:notice_count", "FTSBQMAO", "GET", lambda scene: {}),
    ("delivery:read_all", "FTSBQMAO", "POST", lambda scene: {}),
    ("delivery:open_notice", "S", "POST", notice),
    ("delivery:take_back", "FMA", "POST", message_of("held")),
    ("delivery:operate", "MAO", "GET", lambda scene: {}),
    ("delivery:delivery", "MA", "GET", message_of("held")),
    ("delivery:retry", "MA", "POST", message_of("failed")),
]
