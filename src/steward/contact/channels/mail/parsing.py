"""A mail as it came, read into what a case needs: who, what, the words, the files. Nothing in a mail makes this raise."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.message import Message as Parsed
from email.parser import BytesHeaderParser, BytesParser
from email.policy import EmailPolicy
from typing import Any

from . import headers, html, quoting, tnef
from .charsets import clean, decode, one_line

BODY_LIMIT = 100_000  # characters of the words on a case; the whole stays in the archive
HISTORY_LIMIT = 8_000
MOST_PARTS = 400
MOST_FILES = 120
_NAME = re.compile(r"""(?:file)?name\*?\d*\*?\s*=\s*("[^"]{1,400}"|[^;\s]{1,400})""", re.IGNORECASE)
_CID = re.compile(r"\[cid:([^\]\s]{1,200})\]")


logger = logging.getLogger(__name__)


class Hardened(EmailPolicy):
    """The default policy without its parser of header values, which can be made to raise or to take minutes."""

    def header_fetch_parse(self, name: str, value: Any) -> str:
        return str(value)[: headers.LONGEST]


POLICY = Hardened()


@dataclass(frozen=True)
class Attached:
    """A file of a mail. cid: what the HTML calls it by."""

    name: str
    content: bytes
    cid: str = ""


@dataclass(frozen=True)
class Letter:
    """What a mail says. odd: what could not be read, in a word each; `new` is what the sender wrote, `history` what they answer to."""

    mail: Parsed
    mail_id: str
    sender: str
    sender_name: str
    reply_to: str
    subject: str
    date: datetime | None
    new: str
    history: str
    forwarded: bool
    files: tuple[Attached, ...]
    cut: bool = False
    odd: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The same for two deliveries of one mail: trace headers are left out."""
        digest = hashlib.sha256()
        for part in (self.sender, self.subject, headers.raw(self.mail, "Date"), self.new, self.history):
            digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
        for file in self.files:
            digest.update(hashlib.sha256(file.content).digest())
        return digest.hexdigest()

    @property
    def references(self) -> list[str]:
        """The Message-IDs this mail answers to, the nearest first."""
        return list(dict.fromkeys([*headers.ids_in(self.mail, "In-Reply-To"), *reversed(headers.ids_in(self.mail, "References"))]))


@dataclass
class _Found:
    plain: list[str] = field(default_factory=list)
    rich: list[str] = field(default_factory=list)
    files: list[Attached] = field(default_factory=list)
    forwarded: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    parts: int = 0


def head_of(content: bytes) -> Parsed:
    """The headers alone."""
    head = content[:2_000_000]
    mail: Parsed = BytesHeaderParser(policy=POLICY).parsebytes(head)
    return mail


def read(content: bytes) -> Letter:
    """Read a whole mail. What is broken is named in `odd`; the words come out as far as there are any."""
    try:
        return _read(content)
    except Exception:
        # Not one of the damages that are known below: the words as they stand, for people, and a word in `odd` for whoever mends it.
        logger.warning("A mail was read without its structure.", exc_info=True)
        return _bare(content, "reader")


def _read(content: bytes) -> Letter:
    try:
        mail: Parsed = BytesParser(EmailMessage, policy=POLICY).parsebytes(content)
    except (RecursionError, MemoryError, ValueError, IndexError, KeyError, AttributeError, LookupError, TypeError, AssertionError):
        return _bare(content, "structure")
    found = _Found()
    _collect(mail, found)
    return _letter(mail, found)


def _bare(content: bytes, why: str) -> Letter:
    """The headers, and everything below them as text."""
    _head, _gap, below = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    return _letter(head_of(content), _Found(plain=[decode(below, None)], odd=[why]))


def _letter(mail: Parsed, found: _Found) -> Letter:
    words = "\n\n".join(text for text in found.plain if text.strip()) or "\n\n".join(text for text in found.rich if text.strip())
    words = _named_pictures(clean(words), found.files).strip()
    parted = quoting.split(words)
    history = parted.history
    if found.forwarded:
        history = "\n\n".join(part for part in [history, *found.forwarded] if part)
    senders = headers.addresses_of(mail, "From") or headers.addresses_of(mail, "Sender")
    name, sender = senders[0] if senders else ("", "")
    replies = headers.addresses_of(mail, "Reply-To")
    return Letter(
        mail=mail,
        mail_id=headers.message_id_of(mail),
        sender=sender,
        sender_name=name,
        reply_to=replies[0][1] if len(replies) == 1 else "",
        subject=headers.subject_of(mail),
        date=headers.date_of(mail),
        new=parted.new[:BODY_LIMIT],
        history=history[:HISTORY_LIMIT],
        forwarded=parted.forwarded or bool(found.forwarded),
        files=tuple(found.files[:MOST_FILES]),
        cut=len(parted.new) > BODY_LIMIT or len(history) > HISTORY_LIMIT or len(found.files) > MOST_FILES,
        odd=tuple(dict.fromkeys(found.odd)),
    )


def _collect(mail: Parsed, found: _Found) -> None:
    for part in _leaves(mail, found):
        try:
            _take(part, found)
        except (ValueError, LookupError, AttributeError, TypeError, IndexError, RecursionError, AssertionError, OverflowError) as error:
            found.odd.append(f"part:{type(error).__name__}")


def _leaves(mail: Parsed, found: _Found) -> Iterator[Parsed]:
    """The parts that hold something, in order, without recursion. Of alternatives the plain text, else the last that can be read."""
    waiting: list[tuple[Parsed, bool]] = [(mail, False)]
    while waiting:
        part, only_files = waiting.pop()
        found.parts += 1
        if found.parts > MOST_PARTS:
            found.odd.append("too_many_parts")
            return
        payload = _payload(part)
        kind = _kind(part)
        if kind.startswith("multipart/") and isinstance(payload, list):
            children = [child for child in payload if isinstance(child, Parsed)]
            plain = [child for child in children if _kind(child) == "text/plain" and str(_payload(child)).strip()]
            skip = plain[0] if kind == "multipart/alternative" and plain else None
            waiting += [(child, only_files or (skip is not None and child is not skip)) for child in reversed(children)]
            continue
        if only_files and kind.startswith("text/") and not _name(part):
            continue  # another form of the words that were taken already
        yield part


def _take(part: Parsed, found: _Found) -> None:
    kind = _kind(part)
    payload = _payload(part)
    if kind in ("message/rfc822", "message/global") and isinstance(payload, list) and payload and isinstance(payload[0], Parsed):
        _forwarded(payload[0], found)
        return
    name = _name(part)
    disposition = headers.raw(part, "Content-Disposition").partition(";")[0].strip().lower()
    content = _content(part)
    if kind in ("text/plain", "text/html", "text/enriched", "text/markdown") and disposition != "attachment" and not name:
        text = decode(content, _charset(part))
        (found.rich if kind == "text/html" else found.plain).append(html.to_text(text) if kind == "text/html" else text)
        return
    if tnef.is_tnef(kind, name, content):
        unpacked = tnef.unpack(content)
        if unpacked is not None:
            found.files += [Attached(file_name, data) for file_name, data in unpacked.files]
            found.plain += [unpacked.text] if unpacked.text else []
            found.rich += [html.to_text(unpacked.html)] if unpacked.html else []
            return
        found.odd.append("tnef")
    if not content and not name:
        return
    cid = headers.raw(part, "Content-ID").strip("<> ")[:200]
    found.files.append(Attached(name or _made_up(kind, len(found.files) + 1), content, cid))


def _forwarded(inner: Parsed, found: _Found) -> None:
    """A mail inside the mail: a file of its own, and its words below ours."""
    subject = headers.subject_of(inner)
    below = _Found(parts=found.parts)
    _collect(inner, below)
    found.parts = below.parts
    who = ", ".join(address for _name_, address in headers.addresses_of(inner, "From")[:3])
    words = clean("\n\n".join(below.plain) or "\n\n".join(below.rich)).strip()
    found.forwarded.append("\n".join(line for line in (f"> {subject} ({who})", words) if line.strip("> ()")))
    try:
        found.files.append(Attached(one_line(f"{subject or 'message'}"[:80], limit=80) + ".eml", inner.as_bytes()))
    except (ValueError, LookupError, AttributeError, TypeError, IndexError, KeyError, RecursionError, AssertionError):
        found.files += below.files
        found.odd.append("forwarded")


def _payload(part: Parsed) -> object:
    """What the parser kept, undecoded: asked in the usual way it decodes by the part's label, which may name a codec that raises."""
    return vars(part).get("_payload")


def _content(part: Parsed) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError, TypeError, AttributeError):
        data = None
    if isinstance(data, bytes):
        return data
    payload = _payload(part)
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def _kind(part: Parsed) -> str:
    value = headers.raw(part, "Content-Type").partition(";")[0].strip().lower()
    return value if re.fullmatch(r"[a-z0-9.+_-]{1,60}/[a-z0-9.+_-]{1,100}", value) else "text/plain"


def _charset(part: Parsed) -> str | None:
    found = re.search(r"charset\*?\s*=\s*\"?(?:[\w-]*'[\w-]*')?([A-Za-z0-9_.:-]{1,60})", headers.raw(part, "Content-Type"), re.IGNORECASE)
    return found[1] if found else None


def _name(part: Parsed) -> str:
    """The name of a file by RFC 2231, RFC 2047 or neither; only a name, never a path."""
    try:
        name = part.get_filename()
    except (ValueError, LookupError, AttributeError, TypeError, IndexError, UnicodeError):
        match = _NAME.search(headers.raw(part, "Content-Disposition")) or _NAME.search(headers.raw(part, "Content-Type"))
        name = match[1].strip('"') if match else None
    if not name:
        return ""
    words = one_line(headers.text_of(str(name)[:2000]), limit=300)
    return re.split(r"[/\\]", words)[-1] or "file"


def _made_up(kind: str, number: int) -> str:
    endings = {
        "image/jpeg": ".jpg",
        "image/png": ".png",
        "image/gif": ".gif",
        "application/pdf": ".pdf",
        "text/calendar": ".txt",
        "text/csv": ".csv",
    }
    return f"attachment-{number}{endings.get(kind, '')}"


def _named_pictures(words: str, files: list[Attached]) -> str:
    """Pictures in the text are called by their file's name instead of their inner id."""
    names = {file.cid: file.name for file in files if file.cid}
    return _CID.sub(lambda found: f"[{names.get(found[1], found[1])}]", words)
