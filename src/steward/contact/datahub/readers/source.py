"""The files of an export: one file, or those of a ZIP, read as a stream of objects. Nothing is unpacked to the disk."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ..errors import Broken, EmptyFile, NotThisExport, TooLarge
from ..reading import CHUNK, MAX_BYTES, MAX_FIELD, MEGA, members_of

_WRAPPED = re.compile(r'\s*\{\s*"(tickets|users|organizations|results)"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,\[\]]*")
Thing = dict[str, Any]


class Source:
    """An export on disk. kind: its name in words, for what refuses it."""

    def __init__(self, path: Path, kind: str) -> None:
        self.path, self.kind = path, kind
        self._packed = zipfile.is_zipfile(path)
        if not self._packed and path.stat().st_size > MAX_BYTES:
            raise TooLarge(limit=MAX_BYTES // MEGA)

    def names(self, pattern: str) -> list[str]:
        """Members whose file name without ending begins so, in the order of their numbers. A file that is no ZIP is everything asked first."""
        if not self._packed:
            return [""]
        wanted = re.compile(rf"(?:{pattern})[-_ ]?\d*(?:[-_.].*)?\.(json|xml|ndjson|jsonl)", re.IGNORECASE)
        found = [name for name in members_of(self.path) if wanted.fullmatch(PurePosixPath(name).name)]
        return sorted(found, key=lambda name: (len(name), name))

    @property
    def is_archive(self) -> bool:
        return self._packed

    def things(self, name: str) -> Iterator[Thing]:
        """The objects of a member, JSON or XML. Raises NotThisExport, Broken and EmptyFile."""
        with self._open(name) as file:
            start = file.peek(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
            if not start:
                raise EmptyFile()
            if start not in b"<{[":
                raise NotThisExport(kind=self.kind, place=name or self.path.name)
            yield from self._elements(file, name) if start == b"<" else self._objects(file, name)

    @contextmanager
    def _open(self, name: str) -> Iterator[Any]:
        """The bytes of a member, buffered: what comes first can be peeked at."""
        if not self._packed:
            with self.path.open("rb") as plain:
                yield plain
            return
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(name) as packed:
                yield packed
        except (zipfile.BadZipFile, EOFError, RuntimeError, OSError) as error:
            raise Broken() from error

    def _objects(self, file: IO[bytes], name: str) -> Iterator[Thing]:
        """JSON objects one after another: in lines, in an array, or in the array of a wrapper."""
        text = io.TextIOWrapper(file, "utf-8-sig")
        decode = json.JSONDecoder().raw_decode
        buffer, place = self._more(text, name), 0
        wrapped = _WRAPPED.match(buffer)
        if wrapped:
            place = wrapped.end()
        while True:
            gap = _BETWEEN.match(buffer, place)
            if wrapped and gap and "]" in gap.group():
                return
            place = gap.end() if gap else place
            if place == len(buffer):
                buffer, place = self._more(text, name), 0
                if not buffer:
                    return
                continue
            try:
                thing, place = decode(buffer, place)
            except (ValueError, RecursionError) as error:
                buffer = buffer[place:]
                added = self._more(text, name, len(buffer)) if len(buffer) < MAX_FIELD else ""
                if not added:
                    raise NotThisExport(kind=self.kind, place=f"{name} {buffer[:40]}".strip()) from error
                buffer, place = buffer + added, 0
                continue
            if not isinstance(thing, dict):
                raise NotThisExport(kind=self.kind, place=name)
            yield thing

    def _more(self, text: io.TextIOWrapper, name: str, size: int = 0) -> str:
        try:
            return text.read(max(CHUNK, size))
        except UnicodeError as error:
            raise NotThisExport(kind=self.kind, place=name or "UTF-8") from error

    def _elements(self, file: IO[bytes], name: str) -> Iterator[Thing]:
        """The elements right under the root of an XML file, each as an object. Entities and document types are refused."""
        depth = 0
        try:
            for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
                depth += 1 if event == "start" else -1
                if event == "end" and depth == 1:
                    value = _value(element)
                    if isinstance(value, dict):
                        yield {_name(element): value}
                    element.clear()
        except (ParseError, DefusedXmlException, ValueError, RecursionError) as error:
            raise NotThisExport(kind=self.kind, place=name or "XML") from error


class Shelf:
    """Things of an export by number, on the disk and not in memory: people, groups, words of a conversation. Gone when it is closed."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("")  # a private file of its own, which SQLite takes away
        self._base.execute("CREATE TABLE things (place TEXT, key TEXT, text TEXT)")
        self._base.execute("CREATE INDEX by_key ON things (place, key)")
        self.one = lru_cache(maxsize=5_000)(self._one)

    def put(self, place: str, key: object, thing: Thing) -> None:
        self._base.execute("INSERT INTO things VALUES (?, ?, ?)", (place, str(key), json.dumps(thing)))

    def _one(self, place: str, key: object) -> Thing:
        """The last thing under this number; empty when there is none."""
        found = self.all(place, key)
        return found[-1] if found else {}

    def all(self, place: str, key: object) -> list[Thing]:
        rows = self._base.execute("SELECT text FROM things WHERE place = ? AND key = ? ORDER BY rowid", (place, str(key)))
        return [json.loads(text) for (text,) in rows]

    def every(self, place: str) -> Iterator[Thing]:
        for (text,) in self._base.execute("SELECT text FROM things WHERE place = ? ORDER BY rowid", (place,)):
            yield json.loads(text)

    def close(self) -> None:
        self._base.close()


def _name(element: Element) -> str:
    return str(element.tag).replace("-", "_")


def _value(element: Element) -> Any:
    """An element as JSON would say it: type="array" a list, type="boolean" a yes or no, nil="true" nothing; children make an object."""
    if element.get("nil") == "true":
        return None
    if element.get("type") == "array":
        return [_value(child) for child in element]
    if len(element):
        return {_name(child): _value(child) for child in element}
    text = element.text or ""
    return text.strip() == "true" if element.get("type") == "boolean" else text
