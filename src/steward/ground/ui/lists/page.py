"""The class a list view is made of: filters form → queryset → page → whole page, fragment or CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise, cached_property

from steward.ground import clock
from steward.ground.access.fresh import require_fresh
from steward.ground.ui.navigation import may_use

from .csvout import csv_response
from .keyset import PAGE_SIZE, Page, paginate

ModelT = TypeVar("ModelT", bound=Model)


@dataclass(frozen=True, slots=True)
class Column(Generic[ModelT]):
    """A column of the table and of the CSV. `sort`: the key in `orders` its header sorts by; `figure` aligns right."""

    key: str
    label: str | Promise
    value: Callable[[ModelT], Any]
    sort: str = ""
    figure: bool = False


class NoFilters(forms.Form):
    """For lists without filters."""


class ListPage(Generic[ModelT]):
    """Subclass, set the class variables, write `queryset()`. A view is `return CaseList(request).respond()`.

    key: names the list in ids and CSV files.
    template: extends `ui/kinds/list.html` and has a partial `rows`, which alone is rendered for htmx.
    orders: sort key → field paths; the first is the default. A key asked for with a leading `-` is reversed.
    export_capability: who may download the CSV; empty means nobody. `record_export` is called before the first byte leaves.

    The template gets `page`, `filters` (the bound form), `columns`, `sort`, `list_key`, `may_export`.
    """

    key: ClassVar[str]
    template: ClassVar[str]
    form: ClassVar[type[forms.Form]] = NoFilters
    orders: ClassVar[Mapping[str, tuple[str, ...]]] = {"newest": ("-pk",)}
    columns: ClassVar[tuple[Column[Any], ...]] = ()
    size: ClassVar[int] = PAGE_SIZE
    export_capability: ClassVar[str] = ""

    def __init__(self, request: HttpRequest, **scope: Any) -> None:
        self.request = request
        self.scope = scope

    def queryset(self) -> QuerySet[ModelT]:
        """The rows this person may see, filtered by `self.filters`."""
        raise TypeError(f"{type(self).__name__} needs its queryset().")

    def context(self) -> dict[str, Any]:
        """More for the template, on top of what every list has."""
        return {}

    def context_of(self, rows: Sequence[ModelT]) -> dict[str, Any]:
        """More for the template about the rows of this page: what is worked out or looked up for all of them at once."""
        return {}

    def record_export(self, queryset: QuerySet[ModelT]) -> None:
        """Write the journal entry of an export, before it streams. Every list that may be exported says how."""
        raise TypeError(f"{type(self).__name__} allows exports and needs record_export().")

    @cached_property
    def bound_form(self) -> forms.Form:
        form = self.form(self.request.GET or None)
        if form.is_bound:
            form.is_valid()
        return form

    @property
    def filters(self) -> dict[str, Any]:
        """Cleaned filter values; a filter that does not parse is left out and its error shown beside it."""
        return getattr(self.bound_form, "cleaned_data", {})

    @cached_property
    def sort(self) -> str:
        asked = self.request.GET.get("sort", "")
        return asked if asked.removeprefix("-") in self.orders else next(iter(self.orders))

    @property
    def order(self) -> tuple[str, ...]:
        fields = self.orders[self.sort.removeprefix("-")]
        return tuple(_reversed(field) for field in fields) if self.sort.startswith("-") else fields

    def export_columns(self) -> Sequence[Column[Any]]:
        """What the CSV holds; a list whose lines show less than that says so here."""
        return self.columns

    def page(self) -> Page[ModelT]:
        return paginate(self.queryset(), self.request.GET, order=self.order, size=self.size, keys_first=self.keys_first)

    @property
    def keys_first(self) -> Callable[[Sequence[Any]], QuerySet[ModelT]] | None:
        """How to read the rows of a page by their keys, where they come from a search and are at most some thousand (keyset.py)."""
        return None

    @property
    def may_export(self) -> bool:
        return bool(self.export_capability) and may_use(getattr(self.request, "user", None), self.export_capability)

    def respond(self) -> HttpResponseBase:
        """The page; its `#rows` for an htmx request that is not a boosted visit; the CSV for `?format=csv`."""
        if self.request.GET.get("format") == "csv":
            return self.export()
        htmx: Any = getattr(self.request, "htmx", None)
        partial = bool(htmx) and not htmx.boosted and not htmx.history_restore_request
        page = self.page()
        context = {
            "page": page,
            "filters": self.bound_form,
            "columns": self.columns,
            "sort": self.sort,
            "list_key": self.key,
            "may_export": self.may_export,
            **self.scope,
            **self.context(),
            **self.context_of(page.rows),
        }
        response: HttpResponse = render(self.request, f"{self.template}#rows" if partial else self.template, context)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def export(self) -> HttpResponseBase:
        if not self.may_export:
            raise Http404
        require_fresh(self.request, at=clock.now())
        queryset = self.queryset().order_by(*self.order, "pk")
        self.record_export(queryset)
        columns = self.export_columns()
        return csv_response(f"{self.key}.csv", [column.label for column in columns], self._cells(queryset, columns))

    def _cells(self, queryset: QuerySet[ModelT], columns: Sequence[Column[Any]]) -> Iterator[list[Any]]:
        for row in queryset.iterator(chunk_size=1000):
            yield [column.value(row) for column in columns]


def _reversed(field: str) -> str:
    return field.removeprefix("-") if field.startswith("-") else f"-{field}"
