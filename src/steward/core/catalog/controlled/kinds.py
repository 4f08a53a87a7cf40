"""Kinds of controlled documents: what a content looks like, what is wrong with it, and how it reads. A duplicate refuses to start.

register(DocumentKind("procedure", _("Procedure"), …))      # in AppConfig.ready()
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from .models import DocumentVersion

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """Something wrong with a content. place: the key of the part it is about, such as a step; blocks: it must be mended before a release."""

    code: str
    words: str | Promise
    place: str = ""
    blocks: bool = True


@dataclass(frozen=True)
class Line:
    """One thing a content says, for reading it as text and for its differences. key: the same in every version, such as a step's."""

    key: str
    label: str
    text: str


def nobody(content: Content) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True)
class DocumentKind:
    """key: names the kind for ever. empty: what a new document begins with. clean: a content as it is kept; raises InvalidContent.

    problems: what a release refuses or warns of. lines: how it reads. audience: codes of the roles whose people have to know it.
    template: shows a version, with `version` and what `shown` gives. editor: the address name at which a draft is written, by its document.
    """

    key: str
    label: str | Promise
    many: str | Promise
    icon: str
    order: int
    empty: Callable[[], dict[str, Any]]
    clean: Callable[[Any], dict[str, Any]]
    problems: Callable[[DocumentVersion], Sequence[Problem]]
    lines: Callable[[Content], Sequence[Line]]
    template: str
    editor: str
    audience: Callable[[Content], frozenset[str]] = nobody
    shown: Callable[[DocumentVersion], dict[str, Any]] = lambda version: {}


_kinds: dict[str, DocumentKind] = {}


def register(kind: DocumentKind) -> None:
    if kind.key in _kinds:
        raise ValueError(f"The kind of controlled document {kind.key!r} is registered twice.")
    _kinds[kind.key] = kind


def kinds() -> list[DocumentKind]:
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.key))


def get(key: str) -> DocumentKind:
    return _kinds[key]


def known(key: str) -> bool:
    return key in _kinds
