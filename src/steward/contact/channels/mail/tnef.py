"""winmail.dat: what Outlook wraps its attachments in (TNEF), unpacked."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from tnefparse.tnef import TNEF

from .charsets import clean, decode, one_line

SIGNATURE = b"\x78\x9f\x3e\x22"
MOST_BYTES = 30_000_000


@dataclass(frozen=True)
class Unpacked:
    files: tuple[tuple[str, bytes], ...]
    text: str
    html: str


def is_tnef(kind: str, name: str, content: bytes) -> bool:
    return content.startswith(SIGNATURE) and (
        kind in ("application/ms-tnef", "application/vnd.ms-tnef") or name.lower() in ("winmail.dat", "win.dat")
    )


def unpack(content: bytes) -> Unpacked | None:
    """Its files and words; None where it is damaged, so that the wrapped file itself is kept."""
    if len(content) > MOST_BYTES:
        return None
    logging.getLogger("tnefparse").setLevel(logging.CRITICAL)  # it warns about every damaged one
    read: Any = TNEF
    try:
        found = read(content, do_checksum=False)
        files = tuple((one_line(_name(each), limit=300) or "file", bytes(each.data or b"")) for each in found.attachments[:200])
        return Unpacked(files, _words(getattr(found, "body", None)), _words(getattr(found, "htmlbody", None)))
    except Exception:  # the parser reads lengths from the data and trips in as many ways as there are damages
        return None


def _name(attachment: object) -> str:
    name = attachment.long_filename() if hasattr(attachment, "long_filename") else getattr(attachment, "name", "")
    return decode(name, None) if isinstance(name, bytes) else str(name or "")


def _words(value: object) -> str:
    if isinstance(value, bytes):
        return clean(decode(value, None)).strip("\0 \n")
    return clean(str(value)).strip() if value else ""
