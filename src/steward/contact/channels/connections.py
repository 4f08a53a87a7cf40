"""The list of connections in the settings: one for every channel that another machine reaches us by."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy

from steward.core.org.exports import record_export
from steward.ground import clock
from steward.ground.access.http import StaffRequest
from steward.ground.ui.lists import Column, ListPage

ConnectionT = TypeVar("ConnectionT", bound=Model)


class ConnectionList(ListPage[ConnectionT]):
    """A model with name, unit, enabled and last_in_at, whose queryset knows `visible_to`."""

    orders: ClassVar[dict[str, tuple[str, ...]]] = {"name": ("name", "pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("Name"), lambda row: row.name, sort="name"),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("enabled", gettext_lazy("Switched on"), lambda row: row.enabled),
        Column("last", gettext_lazy("Last message"), lambda row: row.last_in_at),
    )
    model: ClassVar[Any]
    request: StaffRequest

    def queryset(self) -> QuerySet[ConnectionT]:
        rows: QuerySet[ConnectionT] = self.model.objects.visible_to(self.request.user).select_related("unit")
        return rows

    def record_export(self, queryset: QuerySet[ConnectionT]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())
