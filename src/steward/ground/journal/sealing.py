"""Seals: batches of entries under a keyed hash chain, anchored in files, so that an altered, removed or cut-off entry is found and named.

The key lies in a file outside the database. Each seal holds one keyed code per entry (which names the entry that was touched) and a digest over
them and the digest before. `head.json` beside the daily anchors holds the newest seal, so that a cut tail shows.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from .horizon import safe_seq
from .models import Entry, Link, Seal

BATCH = 1000
_CODE_BYTES = 16


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong. kind: altered, removed, added, cut_off, seal_altered, seal_removed, anchor_missing."""

    kind: str
    seq: int | None
    message: str


@dataclass(frozen=True)
class Verification:
    sealed_entries: int
    open_entries: int
    fault: Fault | None


def seal_entries(*, at: datetime) -> int:
    """Seal what is settled since the last seal, in batches; return how many entries were sealed."""
    sealed = 0
    while True:
        with transaction.atomic():
            count = _seal_batch(at)
        sealed += count
        if count < BATCH:
            return sealed


def verify() -> Verification:
    """Walk the whole chain and report the first fault."""
    previous, expected_number, last_seq, total = "", 1, 0, 0
    for seal in Seal.objects.order_by("number").iterator(chunk_size=50):
        if seal.number != expected_number:
            return _found(total, "seal_removed", None, f"Seal {expected_number} is missing.")
        fault = _check_seal(seal, previous, last_seq)
        if fault:
            return Verification(total, 0, fault)
        previous, expected_number, last_seq = seal.digest, seal.number + 1, seal.last_seq
        total += len(_expand(seal.seqs))
    return Verification(total, Entry.objects.filter(seq__gt=last_seq).count(), _check_head(previous, expected_number - 1, last_seq))


def _found(total: int, kind: str, seq: int | None, message: str) -> Verification:
    return Verification(total, 0, Fault(kind, seq, message))


def _seal_batch(at: datetime) -> int:
    last = Seal.objects.order_by("-number").first()
    after = last.last_seq if last else 0
    entries = list(Entry.objects.filter(seq__gt=after, seq__lte=safe_seq()).order_by("seq")[:BATCH])
    if not entries:
        return 0
    codes = b"".join(_codes(entries))
    previous = last.digest if last else ""
    seqs = _ranges([entry.seq for entry in entries])
    number = last.number + 1 if last else 1
    seal = Seal.objects.create(
        number=number,
        first_seq=entries[0].seq,
        last_seq=entries[-1].seq,
        seqs=seqs,
        codes=codes,
        digest=_digest(previous, number, seqs, codes),
        sealed_at=at,
    )
    transaction.on_commit(lambda: _anchor(seal))
    return len(entries)


def _check_seal(seal: Seal, previous: str, last_seq: int) -> Fault | None:
    codes = bytes(seal.codes)
    if not hmac.compare_digest(_digest(previous, seal.number, seal.seqs, codes), seal.digest):
        return Fault("seal_altered", seal.first_seq, f"Seal {seal.number} (entries {seal.first_seq} to {seal.last_seq}) was altered.")
    entries = {entry.seq: entry for entry in Entry.objects.filter(seq__gt=last_seq, seq__lte=seal.last_seq)}
    expected = _expand(seal.seqs)
    for seq in sorted(set(entries) | set(expected)):
        if seq not in entries:
            return Fault("removed", seq, f"Entry {seq} was removed.")
        if seq not in expected:
            return Fault("added", seq, f"Entry {seq} was added after its batch had been sealed.")
    for position, code in enumerate(_codes([entries[seq] for seq in expected])):
        start = position * _CODE_BYTES
        if codes[start : start + _CODE_BYTES] != code:
            return Fault("altered", expected[position], f"Entry {expected[position]} was altered.")
    return None


def _check_head(digest: str, number: int, last_seq: int) -> Fault | None:
    head = read_head()
    if head is None:
        if number == 0:
            return None
        return Fault("anchor_missing", None, "The anchor file head.json is missing; the end of the journal cannot be vouched for.")
    if head["number"] > number:
        first = last_seq + 1
        return Fault(
            "cut_off", first, f"The journal was cut off: it ends at entry {last_seq}, but entries up to {head['last_seq']} were sealed."
        )
    if head["number"] == number and head["digest"] != digest:
        return Fault("seal_altered", last_seq, f"Seal {number} differs from the anchor outside the database.")
    return _check_anchors(number, last_seq)


def _check_anchors(number: int, last_seq: int) -> Fault | None:
    """Each day's anchor against the seal it names: whoever cut the journal and wrote head.json anew would have to rewrite these too."""
    digests = dict(Seal.objects.values_list("number", "digest"))
    for anchor in _daily_anchors():
        if anchor["number"] > number:
            return Fault(
                "cut_off",
                last_seq + 1,
                f"The journal was cut off: it ends at entry {last_seq}, but the anchor of {anchor['sealed_at'][:10]} names {anchor['last_seq']}.",
            )
        if digests.get(anchor["number"]) != anchor["digest"]:
            return Fault(
                "seal_altered", anchor["last_seq"], f"Seal {anchor['number']} differs from the anchor of {anchor['sealed_at'][:10]}."
            )
    return None


def _daily_anchors() -> list[dict[str, Any]]:
    path = Path(settings.STEWARD_ANCHORS) / "anchors.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _codes(entries: list[Entry]) -> Iterator[bytes]:
    key = journal_key()
    links: dict[int, list[list[Any]]] = {entry.seq: [] for entry in entries}
    for entry_id, kind, object_id in Link.objects.filter(entry__in=list(links)).order_by("pk").values_list("entry_id", "type", "object_id"):
        links[entry_id].append([kind, object_id])
    for entry in entries:
        yield hmac.new(key, _canonical(entry, links[entry.seq]), hashlib.sha256).digest()[:_CODE_BYTES]


def _canonical(entry: Entry, links: list[list[Any]]) -> bytes:
    values: dict[str, Any] = {"links": links}
    for column in Entry._meta.concrete_fields:
        value = getattr(entry, column.attname)
        if isinstance(value, datetime):
            value = value.isoformat()
        elif isinstance(value, bytes | memoryview):
            value = bytes(value).hex()
        values[column.attname] = value
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _digest(previous: str, number: int, seqs: list[list[int]], codes: bytes) -> str:
    message = json.dumps([previous, number, seqs]).encode() + codes
    return hmac.new(journal_key(), message, hashlib.sha256).hexdigest()


def _ranges(seqs: list[int]) -> list[list[int]]:
    ranges: list[list[int]] = []
    for seq in seqs:
        if ranges and ranges[-1][1] == seq - 1:
            ranges[-1][1] = seq
        else:
            ranges.append([seq, seq])
    return ranges


def _expand(ranges: Iterable[Iterable[int]]) -> list[int]:
    return [seq for first, last in ranges for seq in range(first, last + 1)]


def journal_key() -> bytes:
    """The sealing key; made once, readable by its owner only."""
    path = Path(settings.STEWARD_JOURNAL_KEY)
    try:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            # Exclusive: of two processes that start together one makes the key and the other reads it.
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return bytes.fromhex(path.read_text(encoding="ascii").strip())
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(os.urandom(32).hex())
        return bytes.fromhex(path.read_text(encoding="ascii").strip())


def read_head() -> dict[str, Any] | None:
    try:
        head: dict[str, Any] = json.loads((Path(settings.STEWARD_ANCHORS) / "head.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return head


def _anchor(seal: Seal) -> None:
    """Write the newest seal to head.json, and the day's first seal to anchors.jsonl, which an operator may copy elsewhere."""
    folder = Path(settings.STEWARD_ANCHORS)
    folder.mkdir(parents=True, exist_ok=True)
    line: dict[str, Any] = {
        "number": seal.number,
        "last_seq": seal.last_seq,
        "digest": seal.digest,
        "sealed_at": seal.sealed_at.isoformat(),
    }
    temporary = folder / f"head.{os.getpid()}.tmp"
    temporary.write_text(json.dumps(line), encoding="utf-8")
    temporary.replace(folder / "head.json")
    anchors = folder / "anchors.jsonl"
    last = anchors.read_text(encoding="utf-8").splitlines()[-1] if anchors.exists() else ""
    if not last or json.loads(last)["sealed_at"][:10] != line["sealed_at"][:10]:
        with anchors.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
