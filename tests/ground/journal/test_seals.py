"""A byte changed, an entry removed, one slipped in, the tail cut off, a seal changed: found, and the first one named."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.cast import AT, World

from steward.ground.journal import sealing, triggers
from steward.ground.journal.models import Entry, Seal

from .samples import write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sealed(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Some sealed batches of ten entries; returns the sequence numbers of the last twenty-five."""
    monkeypatch.setattr(sealing, "BATCH", 10)
    seqs = [write(committed_world.bank, number).pk for number in range(25)]
    sealing.seal_entries(at=AT)
    assert sealing.verify().fault is None
    return seqs


def tamper(statement: str, *params: Any) -> None:
    with triggers.lifted(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def fault() -> tuple[str, int | None]:
    found = sealing.verify().fault
    assert found is not None
    return found.kind, found.seq


def test_an_untouched_journal_verifies(sealed: list[int]) -> None:
    result = sealing.verify()
    assert (result.fault, result.open_entries) == (None, 0)
    assert result.sealed_entries == Entry.objects.count()


def test_one_byte_changed_is_found_and_named(sealed: list[int]) -> None:
    tamper("UPDATE journal_entry SET actor_ref = 'testz' WHERE seq = %s", sealed[13])
    assert fault() == ("altered", sealed[13])


def test_a_changed_payload_is_found(sealed: list[int]) -> None:
    tamper("UPDATE journal_entry SET public = %s WHERE seq = %s", '{"number": 99}', sealed[3])
    assert fault() == ("altered", sealed[3])


def test_a_changed_link_is_found(committed_world: World) -> None:
    sealing.seal_entries(at=AT)
    linked = Entry.objects.exclude(links=None).order_by("seq").first()
    assert linked is not None
    tamper("UPDATE journal_link SET object_id = object_id + 1 WHERE entry_id = %s", linked.pk)
    assert fault() == ("altered", linked.pk)


def test_a_removed_entry_is_found_and_named(sealed: list[int]) -> None:
    tamper("DELETE FROM journal_entry WHERE seq = %s", sealed[7])
    assert fault() == ("removed", sealed[7])


def test_the_first_of_several_faults_is_named(sealed: list[int]) -> None:
    tamper("DELETE FROM journal_entry WHERE seq IN (%s, %s)", sealed[20], sealed[4])
    assert fault() == ("removed", sealed[4])


def test_a_cut_off_tail_is_found(sealed: list[int]) -> None:
    seal = Seal.objects.order_by("-number").first()
    assert seal is not None
    tamper("DELETE FROM journal_entry WHERE seq >= %s", seal.first_seq)
    tamper("DELETE FROM journal_seal WHERE number = %s", seal.number)
    assert fault() == ("cut_off", seal.first_seq)


def test_a_removed_seal_is_found(sealed: list[int]) -> None:
    tamper("DELETE FROM journal_seal WHERE number = 2")
    assert fault()[0] == "seal_removed"


def test_a_seal_made_without_the_key_is_found(sealed: list[int], settings: Any) -> None:
    """Somebody who can write to the database but not read the key cannot reseal what they changed."""
    seal = Seal.objects.get(number=2)
    tamper("UPDATE journal_entry SET actor_ref = 'nobody' WHERE seq = %s", seal.first_seq)
    own_key = Path(settings.STEWARD_JOURNAL_KEY)
    settings.STEWARD_JOURNAL_KEY = own_key.with_name("guessed.key")
    entries = list(Entry.objects.filter(seq__gte=seal.first_seq, seq__lte=seal.last_seq).order_by("seq"))
    codes = b"".join(sealing._codes(entries))
    previous = Seal.objects.get(number=1).digest
    tamper("UPDATE journal_seal SET codes = %s, digest = %s WHERE number = 2", codes, sealing._digest(previous, 2, seal.seqs, codes))
    settings.STEWARD_JOURNAL_KEY = own_key
    assert fault() == ("seal_altered", seal.first_seq)


def test_the_missing_anchor_is_reported(sealed: list[int], settings: Any) -> None:
    (Path(settings.STEWARD_ANCHORS) / "head.json").unlink()
    assert fault()[0] == "anchor_missing"


def test_a_tail_cut_off_together_with_the_head_is_found_by_the_daily_anchor(
    sealed: list[int], committed_world: World, settings: Any
) -> None:
    """Whoever writes the database and head.json, but not the line of the day, such as a copy of it elsewhere that is put back to look."""
    first = Seal.objects.get(number=1)
    write(committed_world.bank, 99)
    sealing.seal_entries(at=AT + timedelta(days=1))
    tamper("DELETE FROM journal_link WHERE entry_id > %s", first.last_seq)
    tamper("DELETE FROM journal_entry WHERE seq > %s", first.last_seq)
    tamper("DELETE FROM journal_seal WHERE number > 1")
    head = {"number": 1, "last_seq": first.last_seq, "digest": first.digest, "sealed_at": AT.isoformat()}
    (Path(settings.STEWARD_ANCHORS) / "head.json").write_text(json.dumps(head), encoding="utf-8")
    assert fault() == ("cut_off", first.last_seq + 1)


def test_a_chain_that_differs_from_the_daily_anchor_is_found(sealed: list[int], settings: Any) -> None:
    anchors = Path(settings.STEWARD_ANCHORS) / "anchors.jsonl"
    line = json.loads(anchors.read_text(encoding="utf-8").splitlines()[0])
    anchors.write_text(json.dumps({**line, "digest": "0" * 64}) + "\n", encoding="utf-8")
    assert fault() == ("seal_altered", line["last_seq"])


def test_the_key_is_readable_by_its_owner_only(sealed: list[int], settings: Any) -> None:
    assert Path(settings.STEWARD_JOURNAL_KEY).stat().st_mode & 0o077 == 0
    assert Path(settings.STEWARD_VAULT).parent.stat().st_mode & 0o077 == 0
