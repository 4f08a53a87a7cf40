from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steward.core.catalog.models import Category, ServiceItem
from steward.core.customers.models import Customer
from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel

if TYPE_CHECKING:
    from steward.core.catalog.procedures.queries import Sheet

    from ..details import Details
    from .promise import Promise


class Kind(models.TextChoices):
    ENQUIRY = "enquiry", _("Enquiry")
    REQUEST = "request", _("Service request")
    SUGGESTION = "suggestion", _("Suggestion")
    PRAISE = "praise", _("Praise")
    COMPLAINT = "complaint", _("Complaint")
    INCIDENT = "incident", _("Incident")


class Priority(models.TextChoices):
    LOW = "low", _("Low")
    NORMAL = "normal", pgettext_lazy("priority", "Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class Channel(models.TextChoices):
    COUNTER = "counter", _("Counter")
    PHONE = "phone", _("Telephone")
    WEB = "web", _("Web")
    EMAIL = "email", _("E-mail")
    WECHAT = "wechat", _("WeChat")
    CHAT = "chat", _("Chat")
    APP = "app", _("App")
    REVIEW = "review", _("Review site")
    API = "api", _("Interface")
    SMS = "sms", _("Text message")
    IMPORT = "import", _("Import")


class State(models.TextChoices):
    NEW = "new", _("New")
    OPEN = "open", _("In progress")
    ON_HOLD = "on_hold", _("On hold")
    CLOSED = "closed", _("Closed")
    MERGED = "merged", _("Merged")


UNFINISHED = (State.NEW, State.OPEN, State.ON_HOLD)


class HoldReason(models.TextChoices):
    CUSTOMER = "awaiting_customer", _("Waiting for the other side's answer")
    INTERNAL = "awaiting_internal", _("Waiting for another department")
    EXTERNAL = "awaiting_external", _("Waiting for somebody outside")
    SCHEDULED = "scheduled", _("Waiting for an agreed date")


class Resolution(models.TextChoices):
    ANSWERED = "answered", _("Answered")
    FULFILLED = "fulfilled", _("Done as asked")
    REMEDIED = "remedied", _("Put right")
    DECLINED = "declined", _("Declined with a reason")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    UNREACHABLE = "unreachable", _("Could not be reached")
    NOT_OURS = "not_ours", _("Passed on outside")


def label_of(choices: type[models.TextChoices], value: str) -> str:
    """The word for a stored code; a code that is no longer known stands for itself."""
    found = choices._value2member_map_.get(value)
    return str(found.label) if isinstance(found, models.TextChoices) else value


# Neither closed nor merged, by the columns that the index of unfinished cases is made for.
IS_UNFINISHED = Q(closed_at=None, merged_into=None)


class CaseQuerySet(ScopedQuerySet["Case"]):
    def unfinished(self) -> CaseQuerySet:
        return self.filter(IS_UNFINISHED)


class Case(PublicIdModel):
    """A customer's word and the work on it.

    number: per organisation and year ("2026-000123"). next_due_at: a cache of the earliest due time among the open promises.
    version: raised by every change, so that a page that was read earlier can be refused. begun_promises: on a case that was just opened, what
    began with it; what was written a moment ago need not be read again. details: the answers that it is being opened with; closing_as: the
    resolution it is being closed with; sheets: the procedures it is held against then. They are for the hooks of that one transaction.
    """

    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    service = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    title = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    hold_reason = models.CharField(max_length=20, choices=HoldReason.choices, blank=True)
    resolution = models.CharField(max_length=12, choices=Resolution.choices, blank=True)
    assignee = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_cases")
    confidential = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    begun_promises: Sequence[Promise] = ()
    details: Details | None = None
    closing_as: str = ""
    sheets: Sequence[Sheet] = ()

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "number"], name="cases_number_once"),
            models.CheckConstraint(condition=Q(state="merged") ^ Q(merged_into=None), name="cases_merged_into_something"),
            models.CheckConstraint(condition=Q(state="on_hold") ^ Q(hold_reason=""), name="cases_hold_has_reason"),
            models.CheckConstraint(condition=Q(state="closed") ^ Q(closed_at=None), name="cases_closed_at_some_time"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit", "state", "next_due_at", "id"], name="cases_next_due"),
            models.Index(fields=["unit", "-opened_at", "-id"], name="cases_newest"),
            models.Index(fields=["customer", "-opened_at"], name="cases_of_customer"),
            # Only of merged cases: an index of a column that is nearly always empty looks useless to the planner, and it would read every case.
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="cases_merged"),
            # The few that are unfinished among very many: the brief and the lists by due time, whatever the units.
            # The condition has no values, so that SQLite can tell that a query with bound parameters implies it.
            models.Index(fields=["next_due_at", "id"], condition=Q(closed_at=None, merged_into=None), name="cases_due_unfinished"),
            models.Index(fields=["assignee", "next_due_at"], condition=Q(closed_at=None, merged_into=None), name="cases_with_somebody"),
            models.Index(fields=["organisation", "-opened_at", "-id"], name="cases_newest_of_all"),
            models.Index(fields=["organisation", "-changed_at", "-id"], name="cases_changed_of_all"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    # Django's own look at every label of the field for each call, which on a list of fifty rows was a third of the page. They are meant to be
    # replaced like this; the type checker's plug-in has declared them already.
    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        return label_of(Kind, self.kind)

    def get_priority_display(self) -> str:  # type: ignore[no-redef]
        return label_of(Priority, self.priority)

    def get_channel_display(self) -> str:  # type: ignore[no-redef]
        return label_of(Channel, self.channel)

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        return label_of(State, self.state)

    def get_hold_reason_display(self) -> str:  # type: ignore[no-redef]
        return label_of(HoldReason, self.hold_reason)

    @property
    def is_finished(self) -> bool:
        return self.state not in UNFINISHED


class CaseCounter(models.Model):
    """The last case number of an organisation and year; its row is the lock that numbers are given under."""

    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    latest = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "year"], name="cases_counter_once")
        ]


class StateSpan(models.Model):
    """One state of a case from when to when. The open row is the state now; clocks are counted from these rows."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="spans")
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="cases_span_current")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "started_at"], name="cases_span_order")]


class Assignment(models.Model):
    """Who had the case from when to when."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="assignments")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="cases_assignment_current")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["staff", "ended_at"], name="cases_assignment_staff")]


class Concern(models.Model):
    """A member of staff whom a case is about, such as the person complained about: they never work on it (回避). Ended, never deleted."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="concerns")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="concerns")
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "staff"], condition=Q(ended_at=None), name="cases_concern_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["staff", "ended_at"], name="cases_concern_staff")]
