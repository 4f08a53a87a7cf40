"""What a file is: by its bytes, never by what its name or its sender says. The name only has to agree."""

from __future__ import annotations

import codecs
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import filetype

from .errors import ArchiveTooLarge, FileBroken, FileDangerous, FileDisguised, FileNotAccepted
from .names import extension

Handling = Literal["image", "pdf", "download"]
HEAD = 8192
MEGA = 1024 * 1024
ARCHIVE_MAX_BYTES, ARCHIVE_MAX_ENTRIES, ARCHIVE_MAX_RATIO, ARCHIVE_FREE_BYTES = 400 * MEGA, 10_000, 120, 20 * MEGA


@dataclass(frozen=True)
class Kind:
    """A type that is kept. `extensions`: the endings that agree with it, the first being given to files without one."""

    mime: str
    extensions: tuple[str, ...]
    handling: Handling = "download"


_WORD = "application/vnd.openxmlformats-officedocument"
KINDS = {
    kind.mime: kind
    for kind in (
        Kind("image/jpeg", (".jpg", ".jpeg", ".jfif"), "image"),
        Kind("image/png", (".png",), "image"),
        Kind("image/gif", (".gif",), "image"),
        Kind("image/webp", (".webp",), "image"),
        Kind("application/pdf", (".pdf",), "pdf"),
        Kind(f"{_WORD}.wordprocessingml.document", (".docx",)),
        Kind(f"{_WORD}.spreadsheetml.sheet", (".xlsx",)),
        Kind(f"{_WORD}.presentationml.presentation", (".pptx",)),
        Kind("application/vnd.oasis.opendocument.text", (".odt",)),
        Kind("application/vnd.oasis.opendocument.spreadsheet", (".ods",)),
        Kind("application/vnd.oasis.opendocument.presentation", (".odp",)),
        Kind("application/ofd", (".ofd",)),
        Kind("application/zip", (".zip",)),
        Kind("application/x-ole-storage", (".doc", ".xls", ".ppt", ".wps", ".et", ".dps", ".msg")),
        Kind(
            "text/plain", (".txt", ".csv", ".tsv", ".md", ".log", ".json", ".xml", ".yaml", ".yml", ".eml", ".srt", ".html", ".htm", ".svg")
        ),
        Kind("application/rtf", (".rtf",)),
        Kind("audio/mpeg", (".mp3",)),
        Kind("audio/wav", (".wav",)),
        Kind("audio/ogg", (".ogg", ".oga", ".opus")),
        Kind("audio/amr", (".amr",)),
        Kind("audio/aac", (".aac",)),
        Kind("audio/mp4", (".m4a",)),
        Kind("audio/flac", (".flac",)),
        Kind("video/mp4", (".mp4", ".m4v")),
        Kind("video/quicktime", (".mov",)),
        Kind("video/webm", (".webm", ".weba")),
    )
}
# What filetype or a browser may call the same thing.
_ALIASES = {
    "audio/x-wav": "audio/wav",
    "audio/x-flac": "audio/flac",
    "audio/m4a": "audio/mp4",
    "video/x-m4v": "video/mp4",
    "video/x-matroska": "video/webm",
    "text/rtf": "application/rtf",
    "application/msword": "application/x-ole-storage",
    "application/vnd.ms-excel": "application/x-ole-storage",
    "application/vnd.ms-powerpoint": "application/x-ole-storage",
}
# Text that a browser would run: kept as plain text under another name, and only ever downloaded.
ACTIVE_TEXT = frozenset({".html", ".htm", ".svg", ".xml"})
_PROGRAM_STARTS = (
    b"\x7fELF",
    b"#!/",
    b"#! /",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"dex\n",
    b"L\x00\x00\x00\x01\x14\x02\x00",
)
_PROGRAM_ENDINGS = frozenset(
    f".{ending}"
    for line in (
        "exe dll com scr bat cmd ps1 psm1 vbs vbe js jse mjs wsf wsh hta msi msp jar apk app sh bash py pyc pl rb php",
        "lnk url reg cpl inf docm xlsm pptm dotm xltm xlam xll iso img dmg deb rpm chm scf desktop command",
    )
    for ending in line.split()
)
_MACROS = ("vbaproject.bin", "macros/", "activex/")
_OFFICE = {
    "word/document.xml": ".wordprocessingml.document",
    "xl/workbook.xml": ".spreadsheetml.sheet",
    "ppt/presentation.xml": ".presentationml.presentation",
}


def recognise(path: Path, name: str) -> Kind:
    """The kind of a file, or a named refusal: FileDangerous, FileNotAccepted, FileDisguised, FileBroken, ArchiveTooLarge."""
    ending = extension(name)
    if ending in _PROGRAM_ENDINGS:
        raise FileDangerous(name=name)
    with path.open("rb") as file:
        head = file.read(HEAD)
        if head.startswith(_PROGRAM_STARTS) or (head.startswith(b"MZ") and not is_text(head)):
            raise FileDangerous(name=name)
        mime = _sniff(file, head, name)
    kind = KINDS.get(mime)
    if kind is None:
        raise FileNotAccepted(name=name)
    if ending and ending not in kind.extensions:
        known = any(ending in other.extensions for other in KINDS.values())
        raise FileDisguised(name=name) if known else FileNotAccepted(name=name)
    return kind


def _sniff(file: BinaryIO, head: bytes, name: str) -> str:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(file, name)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "application/x-ole-storage"
    if head.startswith(b"{\\rtf"):
        return "application/rtf"
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    guess: Any = filetype.guess
    found = guess(head)
    mime = _ALIASES.get(str(found.mime), str(found.mime)) if found is not None else ""
    return mime if mime in KINDS or not is_text(head) else "text/plain"


def is_text(head: bytes) -> bool:
    """Text in UTF-8, UTF-16 with a mark, or GB 18030, without the bytes that text does not have.

    >>> is_text("姓名,电话".encode("gb18030")), is_text(b"\\x00\\x01\\x02"), is_text("姓名".encode("utf-16"))
    (True, False, True)
    """
    for encoding in ("utf-16",) if head[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "gb18030"):
        try:
            # The head may end in the middle of a character.
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return not any(letter < " " and letter not in "\t\n\r\f\x1b" for letter in text)
    return False


def _archive(file: BinaryIO, name: str) -> str:
    """What a zip container is, without unpacking it. Sizes are those of its directory; whoever unpacks must count again."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            first = archive.read("mimetype")[:80].decode("ascii", "replace") if _small(archive, "mimetype") else ""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise FileBroken(name=name) from error
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    grows = unpacked > ARCHIVE_FREE_BYTES and unpacked / packed > ARCHIVE_MAX_RATIO
    if len(members) > ARCHIVE_MAX_ENTRIES or unpacked > ARCHIVE_MAX_BYTES or grows:
        raise ArchiveTooLarge(name=name)
    names = {member.filename.lower() for member in members}
    if any(part in member for member in names for part in _MACROS) or any(extension(member) in _PROGRAM_ENDINGS for member in names):
        raise FileDangerous(name=name)
    if first.startswith("application/vnd.oasis.opendocument"):
        return first.strip()
    if "ofd.xml" in names:
        return "application/ofd"
    office = next((tail for member, tail in _OFFICE.items() if member in names), "")
    return f"{_WORD}{office}" if office else "application/zip"


def _small(archive: zipfile.ZipFile, member: str) -> bool:
    try:
        return archive.getinfo(member).file_size <= 200
    except KeyError:
        return False
