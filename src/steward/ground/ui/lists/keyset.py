"""Keyset pagination: a page starts after the last row of the one before. Page 1,000 costs what page 1 costs, and new rows do not shift it.

The cursor carries the order values and the key of a row, signed with the order in the salt: a forged one, or one of another sort order,
gives the first page with a notice.
"""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.core.signing import BadSignature, Signer
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _

PAGE_SIZE = 50
COUNT_CAP = 1000
Row = TypeVar("Row")
ModelT = TypeVar("ModelT", bound=Model)


class BadCursor(ValueError):
    """A cursor that this list did not sign, or that belongs to another order."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are, counted up to a cap: `str()` gives 1,000+ beyond it."""

    value: int
    capped: bool

    def __str__(self) -> str:
        return f"{self.value:,}+" if self.capped else f"{self.value:,}"


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page. `newer` and `older` are the cursors for `?before=` and `?after=`, empty at the ends; `notice`: why it is another one."""

    rows: list[Row]
    newer: str = ""
    older: str = ""
    count: Count | None = None
    notice: str = ""

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def has_other_pages(self) -> bool:
        return bool(self.newer or self.older)


@dataclass(frozen=True, slots=True)
class _Key:
    """One field of an order: its path, direction, and whether its values may be NULL (which then come last)."""

    path: str
    descending: bool
    nullable: bool

    def ordering(self, *, backward: bool) -> OrderBy:
        last = {"nulls_first": True} if backward else {"nulls_last": True}
        return OrderBy(F(self.path), descending=self.descending != backward, **(last if self.nullable else {}))

    def value(self, row: Any) -> Any:
        for part in self.path.split("__"):
            row = getattr(row, part, None) if row is not None else None
        return row.pk if isinstance(row, Model) else row


def paginate(
    queryset: QuerySet[ModelT],
    params: Mapping[str, str],
    *,
    order: Sequence[str],
    size: int = PAGE_SIZE,
    count: bool = True,
    keys_first: Callable[[Sequence[Any]], QuerySet[ModelT]] | None = None,
) -> Page[ModelT]:
    """One page of a queryset in this order, the primary key last to break ties.

    params: usually `request.GET`; reads `after` and `before`.
    order: field paths, `-` for descending; annotations are allowed; NULLs come last either way.
    keys_first: for some thousand candidates at most, as a search gives them. Their keys are read and counted, then the rows of the page,
    which it gives for keys that the queryset has shown: PostgreSQL joins all candidates to whole tables before it takes the first fifty.

    >>> page = paginate(Case.objects.visible_to(user), request.GET, order=("-opened_at",))  # doctest: +SKIP
    >>> page.rows, page.older, str(page.count)  # doctest: +SKIP
    """
    keys = _keys(queryset.model, order)
    salt = f"keyset:{queryset.model._meta.label_lower}:{','.join(order)}"
    values, backward, notice = _position(params, salt, len(keys))
    rows = queryset.order_by(*(key.ordering(backward=backward) for key in keys))
    if values is not None:
        rows = rows.filter(_beyond(keys, values, backward=backward))
    counted = None
    if keys_first and values is None:
        found = list(rows.values_list("pk", flat=True)[: COUNT_CAP + 1])
        counted = Count(min(len(found), COUNT_CAP), len(found) > COUNT_CAP)
        rows = keys_first(found[: size + 1]).order_by(*rows.query.order_by)
    elif count:
        counted = capped_count(queryset)
    return _page(
        list(rows[: size + 1]),
        size=size,
        started=values is not None,
        backward=backward,
        cursor=lambda row: sign_cursor([key.value(row) for key in keys], salt),
        count=counted if count else None,
        notice=notice,
    )


def paginate_rows(
    rows: Sequence[Row], params: Mapping[str, str], *, key: Callable[[Row], tuple[Any, ...]], name: str, size: int = PAGE_SIZE
) -> Page[Row]:
    """The same for rows in memory that are sorted by `key` ascending, which must be unique (a computed table, the gallery)."""
    salt = f"keyset:rows:{name}"
    keys = [key(row) for row in rows]
    values, backward, notice = _position(params, salt, len(keys[0]) if keys else 0)
    if values is None:
        chosen = list(rows[: size + 1])
    elif backward:
        end = bisect_left(keys, tuple(values))
        chosen = list(reversed(rows[max(0, end - size - 1) : end]))
    else:
        start = bisect_right(keys, tuple(values))
        chosen = list(rows[start : start + size + 1])
    counted = Count(min(len(rows), COUNT_CAP), len(rows) > COUNT_CAP)
    return _page(
        chosen,
        size=size,
        started=values is not None,
        backward=backward,
        cursor=lambda row: sign_cursor(list(key(row)), salt),
        count=counted,
        notice=notice,
    )


def capped_count(queryset: QuerySet[Any], cap: int = COUNT_CAP) -> Count:
    """Count no further than the cap: nobody needs to know that there are 412,337."""
    found = queryset.order_by()[: cap + 1].count()
    return Count(min(found, cap), found > cap)


def _page(
    rows: list[Row], *, size: int, started: bool, backward: bool, cursor: Callable[[Row], str], count: Count | None, notice: str
) -> Page[Row]:
    more = len(rows) > size
    rows = rows[:size]
    if backward:
        rows.reverse()
    has_newer, has_older = (more, True) if backward else (started, more)
    return Page(
        rows=rows,
        newer=cursor(rows[0]) if rows and has_newer else "",
        older=cursor(rows[-1]) if rows and has_older else "",
        count=count,
        notice=notice,
    )


def _position(params: Mapping[str, str], salt: str, width: int) -> tuple[list[Any] | None, bool, str]:
    after, before = params.get("after", ""), params.get("before", "")
    if not after and not before:
        return None, False, ""
    try:
        values = read_cursor(after or before, salt)
        if len(values) != width:
            raise BadCursor("width")
    except BadCursor:
        return None, False, _("That page is no longer valid, so this is the first one.")
    return values, not after, ""


def _keys(model: type[Model], order: Sequence[str]) -> list[_Key]:
    keys = [_Key(path.removeprefix("-"), path.startswith("-"), _nullable(model, path.removeprefix("-"))) for path in order]
    if not any(key.path in ("pk", "id") for key in keys):
        keys.append(_Key("pk", bool(keys) and keys[-1].descending, False))
    return keys


def _nullable(model: type[Model], path: str) -> bool:
    """Whether the values can be NULL. An annotation may be; a relation on the way that is optional makes the rest so."""
    current: Any = model
    for part in path.split("__"):
        if part == "pk":
            return False
        try:
            field = current._meta.get_field(part)
        except (FieldDoesNotExist, AttributeError):
            return True
        if getattr(field, "null", False):
            return True
        current = getattr(field, "related_model", None)
    return False


def _beyond(keys: Sequence[_Key], values: Sequence[Any], *, backward: bool) -> Q:
    """Rows after the position in the order: (a beyond) or (a equal and b beyond) …, with a bound on `a` alone for the index to use."""
    condition, equal = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        step = _step(key, value, backward=backward)
        if step is not None:
            condition |= equal & step
        equal &= Q(**{f"{key.path}__isnull": True}) if value is None else Q(**{key.path: value})
    first = keys[0]
    if not first.nullable:
        condition &= Q(**{f"{first.path}__{'lte' if first.descending != backward else 'gte'}": values[0]})
    return condition


def _step(key: _Key, value: Any, *, backward: bool) -> Q | None:
    """Beyond one value: NULLs stand last, so nothing follows a NULL forward and every value follows it backward."""
    if value is None:
        return Q(**{f"{key.path}__isnull": False}) if backward else None
    step = Q(**{f"{key.path}__{'lt' if key.descending != backward else 'gt'}": value})
    if key.nullable and not backward:
        step |= Q(**{f"{key.path}__isnull": True})
    return step


_WRITERS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    datetime: ("t", datetime.isoformat),
    date: ("d", date.isoformat),
    Decimal: ("n", str),
    UUID: ("u", str),
}
_READERS: dict[str, Callable[[str], Any]] = {"t": datetime.fromisoformat, "d": date.fromisoformat, "n": Decimal, "u": UUID}


def sign_cursor(values: Sequence[Any], salt: str) -> str:
    """Order values as a short signed text for the address."""
    packed = [{_WRITERS[type(value)][0]: _WRITERS[type(value)][1](value)} if type(value) in _WRITERS else value for value in values]
    text = base64.urlsafe_b64encode(json.dumps(packed, separators=(",", ":")).encode()).decode().rstrip("=")
    return Signer(salt=salt).sign(text)


def read_cursor(cursor: str, salt: str) -> list[Any]:
    try:
        text = Signer(salt=salt).unsign(cursor)
        packed = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return [_READERS[next(iter(value))](next(iter(value.values()))) if isinstance(value, dict) else value for value in packed]
    except (BadSignature, binascii.Error, ValueError, KeyError) as error:
        raise BadCursor("This list did not issue that cursor.") from error
