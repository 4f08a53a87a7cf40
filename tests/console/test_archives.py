"""Backup → restore and export → import as round trips: equal rows, an equal journal, verified seals; the erased stay erased."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .installation import Installation, installation

BUILD = """
from tests.cast import build_world, AT
from steward.core.cases import operations as cases
from steward.ground.files.operations import store_file
world = build_world()
by = world.actor("front_line")
case = cases.open_case(
    unit=world.counter_team, kind="complaint", channel="counter", title="利息算错了", body="我叫陈晓明，利息少了三十元。",
    customer=world.customer, by=by, at=AT,
)
message = cases.add_message(case=case, direction="out", body="已更正。", by=by, at=AT)
store_file(upload="利息计算说明".encode(), name="说明.txt", unit=world.counter_team, subject=message, by=by, at=AT)
other = cases.open_case(unit=world.counter_team, kind="request", channel="phone", title="同一件事", customer=world.customer, by=by, at=AT)
cases.merge_cases(case=other, into=case, by=world.actor("supervisor"), at=AT)
"""
ERASE = """
from tests.cast import AT
from steward.core.customers.models import Customer
from steward.core.customers.operations import erase_customer
from steward.ground.journal.actors import Actor
erase_customer(customer=Customer.objects.get(name="陈晓明"), by=Actor.system("tests"), at=AT, reason="本人申请")
"""
COUNTS = """
from steward.console.portable import exported_models
print([(model._meta.db_table, model._base_manager.count()) for model in exported_models()])
"""
NAMES = "from steward.core.customers.models import Customer; print(sorted(Customer.objects.values_list('name', flat=True)))"


pytestmark = pytest.mark.xdist_group("archives")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Built once; every test works on a copy of its own."""
    with installation(tmp_path_factory.mktemp("built") / "home") as first:
        first.steward("migrate")
        first.python(BUILD)
        first.steward("journal", "seal")
        yield first


@pytest.fixture
def home(built: Installation, tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path / "first", like=built) as copy:
        yield copy


def tables(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar if member.name.startswith("tables/")}  # type: ignore[union-attr]


def test_export_into_an_empty_installation_gives_the_same_rows(home: Installation, tmp_path: Path) -> None:
    first, keys, again = tmp_path / "first.tar.gz", tmp_path / "keys.tar.gz", tmp_path / "again.tar.gz"
    home.steward("export", str(first))
    home.steward("backup", str(tmp_path / "unused.tar.gz"), "--keys", str(keys))
    with installation(tmp_path / "second") as second:
        second.steward("migrate")
        second.steward("import", str(first), "--keys", str(keys))
        assert second.python(COUNTS) == home.python(COUNTS)
        assert "are as they were written" in second.steward("journal", "verify")
        second.steward("export", str(again))
        assert tables(again) == tables(first)
        assert second.steward("check").strip().endswith("Nothing is wrong.")
        # The imported installation goes on: numbers, keys and history continue.
        second.python(
            "from tests.cast import *; from steward.core.org.operations import open_organisation; "
            "open_organisation(name=localized('新机构'), industry='bank', zone='Asia/Shanghai', by=SETUP, at=AT)"
        )
        second.steward("journal", "seal")
        assert "are as they were written" in second.steward("journal", "verify")


def test_an_installation_with_data_takes_no_import(home: Installation, tmp_path: Path) -> None:
    archive = tmp_path / "first.tar.gz"
    home.steward("export", str(archive))
    before = home.python(COUNTS)
    assert "already holds data" in home.steward("import", str(archive), fails=True)
    assert home.python(COUNTS) == before


def test_a_damaged_archive_changes_nothing(home: Installation, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    home.steward("backup", str(archive))
    broken = tmp_path / "broken.tar.gz"
    with tarfile.open(archive) as source, tarfile.open(broken, "w:gz") as target:
        for member in source:
            content = source.extractfile(member)
            if member.name.startswith("database"):
                data = bytearray(content.read())  # type: ignore[union-attr]
                data[len(data) // 2] ^= 1
                (tmp_path / "member").write_bytes(data)
                target.add(tmp_path / "member", arcname=member.name)
            else:
                target.addfile(member, content)
    before = home.python(COUNTS)
    assert "does not match its hash" in home.steward("restore", str(broken), "--yes", fails=True)
    assert home.python(COUNTS) == before


def test_backup_and_restore(home: Installation, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    home.steward("backup", str(archive))
    before = home.python(COUNTS)
    home.python(
        "from tests.cast import *; from steward.core.org.operations import open_organisation; "
        "open_organisation(name=localized('之后'), industry='bank', zone='Asia/Shanghai', by=SETUP, at=AT)"
    )
    assert home.python(COUNTS) != before
    home.steward("restore", str(archive), "--yes")
    assert home.python(COUNTS) == before
    assert "are as they were written" in home.steward("journal", "verify")
    home.steward("check")


def test_the_backup_holds_no_key(home: Installation, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    home.steward("backup", str(archive))
    with tarfile.open(archive) as tar:
        assert not [name for name in tar.getnames() if "key" in name or "vault" in name]


def test_somebody_erased_after_the_backup_does_not_come_back_with_it(home: Installation, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    home.steward("backup", str(archive))
    home.python(ERASE)
    said = home.steward("restore", str(archive), "--yes")
    assert "1 people erased since then were erased again" in said
    assert "陈晓明" not in home.python(NAMES)
