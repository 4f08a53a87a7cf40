"""Raw rows are personal data: an erasure reaches them, and an erased person is not brought back by the same file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.cast import AT, World

from steward.contact.datahub.models import RowError, SourceRecord
from steward.core.cases.models import Case
from steward.core.customers.models import Customer
from steward.core.customers.operations import erase_customer
from steward.ground.files.models import FileRef
from steward.ground.journal.operations import Person
from steward.ground.journal.personal import export_person

from .helpers import CLOSED, load, table, write

pytestmark = pytest.mark.django_db
FAILED = "X1,退款,请退款,不明,2026-02-20 10:00,,陈晓明,138 0013 8000"
OTHER = "X2,退款,请退款,不明,2026-02-20 10:00,,别人,13511112222"


def test_an_erasure_empties_the_rows_that_name_the_person_and_their_file(
    world: World, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    run = load(world, write(tmp_path, table(CLOSED.format(1), FAILED, OTHER)), keep=True)
    exported = export_person(Person.of(world.customer))["contact.imports"]
    assert [row["cells"][1] for row in exported] == ["退款"]
    with django_capture_on_commit_callbacks(execute=True):
        erase_customer(customer=world.customer, by=world.actor("manager"), at=AT, reason="本人申请")
    mine, other = RowError.objects.order_by("row")
    assert (mine.rows, mine.identities, mine.params, mine.key) == ([], "", {}, "")
    assert mine.blanked_at == AT
    assert other.rows
    assert other.blanked_at is None
    file = FileRef.objects.get(subject_type="datahub.importrun", subject_id=run.pk)
    assert file.blob is None
    assert file.name == "—"
    run.refresh_from_db()
    assert (run.created, run.failed) == (1, 2)


def test_an_erased_person_is_not_brought_back_by_the_same_file(world: World, tmp_path: Path) -> None:
    path = write(tmp_path, table(CLOSED.format(1)))
    load(world, path)
    person = Case.objects.get().customer
    assert person is not None
    erase_customer(customer=person, by=world.actor("manager"), at=AT, reason="本人申请")
    assert SourceRecord.objects.get().digest == ""
    again = load(world, path)
    assert (again.created, again.unchanged, again.failed) == (0, 1, 0)
    assert not Customer.objects.filter(name="赵客1").exists()
    assert not Case.objects.filter(title="第1件").exists()
