from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steward.core.cases.models import Case, Task
from steward.core.catalog.models import ServiceItem
from steward.core.org.models import Skill, Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel


class Location(PublicIdModel):
    """A place where service happens: a room, a table, a floor. parent: the floor or house it lies in; status: the open LocationState."""

    class Status(models.TextChoices):
        READY = "ready", pgettext_lazy("room", "Ready")
        OCCUPIED = "occupied", pgettext_lazy("room", "Occupied")
        CLEANING = "cleaning", pgettext_lazy("room", "Being cleaned")
        DIRTY = "dirty", pgettext_lazy("room", "To be cleaned")
        OUT_OF_ORDER = "out_of_order", pgettext_lazy("room", "Out of order")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="locations")
    code = models.CharField(max_length=20)
    name = LocalizedTextField()
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.READY)
    status_since_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Location"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "code"], name="together_location_once"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="together_location_not_itself"),
        ]

    def __str__(self) -> str:
        return self.code


class LocationState(models.Model):
    """The status of a place from when to when; the open row is now."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="states")
    status = models.CharField(max_length=12, choices=Location.Status.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["location"], condition=Q(ended_at=None), name="together_place_current")
        ]


class ServiceOrder(PublicIdModel):
    """Work that one department does at a place for another (协作单): bring, clean, mend.

    since_at: from when its age counts. first_order: the order that this one repeats (再次报修); a repeat links to the very first and goes on
    with its since_at and promised_at. fixed_first_time: False for a first order that was
    reported again within the window of the rule, True once the window has passed, None as long as nobody can know.
    """

    class State(models.TextChoices):
        PLACED = "placed", _("Placed")
        DISPATCHED = "dispatched", _("Given to somebody")
        STARTED = "started", _("Under way")
        DONE = "done", _("Done")
        VERIFIED = "verified", _("Checked")
        CANCELLED = "cancelled", _("Cancelled")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="service_orders")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="orders")
    service = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, related_name="+")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=300, blank=True)
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLACED)
    placed_at = models.DateTimeField()
    since_at = models.DateTimeField()
    promised_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    first_order = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="repeats")
    fixed_first_time = models.BooleanField(null=True)
    blanked_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["ServiceOrder"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(first_order=None) | ~Q(first_order=F("id")), name="together_order_not_itself"),
            models.CheckConstraint(
                condition=~Q(state__in=["verified", "cancelled"]) | Q(finished_at__isnull=False), name="together_order_finished"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["to_unit", "state", "promised_at"], name="together_order_to"),
            models.Index(fields=["location", "service", "-placed_at"], name="together_order_place"),
            models.Index(fields=["promised_at"], condition=Q(escalated_at=None, done_at=None), name="together_order_late"),
        ]

    @property
    def is_repeat(self) -> bool:
        return self.first_order_id is not None

    @property
    def waits_for_check(self) -> bool:
        return self.state == self.State.DONE and self.finished_at is None

    @property
    def is_to_do(self) -> bool:
        return self.state in TO_DO


TO_DO = (ServiceOrder.State.PLACED, ServiceOrder.State.DISPATCHED, ServiceOrder.State.STARTED)


class OrderSpan(models.Model):
    """A state of an order from when to when, and with whom it was; the open row is now."""

    order = models.ForeignKey(ServiceOrder, on_delete=models.PROTECT, related_name="spans")
    state = models.CharField(max_length=10, choices=ServiceOrder.State.choices)
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order"], condition=Q(ended_at=None), name="together_order_current")
        ]
