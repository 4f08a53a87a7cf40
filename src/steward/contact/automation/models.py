"""Rules with their versions, trials and runs; webhooks with their deliveries; macros."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steward.core.cases.models import Case
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel


class AutomationRule(PublicIdModel):
    """When, if, then: for the cases of a unit and below it. What it does stands in its versions."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="automation_rules")
    name = LocalizedTextField()
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["AutomationRule"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "-created_at", "-id"], name="automation_rule_newest")]

    def __str__(self) -> str:
        return str(self.name)


class AutomationVersion(PublicIdModel):
    """What a rule listens to, asks and does; never changed once it was tried, so that every run stays explicable.

    triggers: codes (matching.TRIGGERS); conditions: see matching.matches; actions: name → value, each at most once (acting.py).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        TRIED = "tried", _("Tried out")
        ON = "on", _("Switched on")
        OFF = "off", _("Switched off")

    rule = models.ForeignKey(AutomationRule, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    triggers = models.JSONField[Any](default=list)
    conditions = models.JSONField[Any](default=dict)
    actions = models.JSONField[Any](default=dict)
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["rule", "number"], name="automation_version_once"),
            models.UniqueConstraint(fields=["rule"], condition=Q(state="on"), name="automation_one_version_on"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state"], condition=Q(state="on"), name="automation_versions_on"),
        ]


class DryRun(PublicIdModel):
    """A version tried on what happened: how often it would have run. entries: journal entries looked at; since_at: from when, later than asked
    where there were too many (cut)."""

    version = models.ForeignKey(AutomationVersion, on_delete=models.PROTECT, related_name="dry_runs")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    since_at = models.DateTimeField()
    cut = models.BooleanField(default=False)
    entries = models.PositiveIntegerField()
    cases = models.PositiveIntegerField()
    would_fire = models.PositiveIntegerField()
    would_change = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["version", "-made_at"], name="automation_dry_newest")]


class DryHit(models.Model):
    """One case that a trial would have run on, with what it would have changed, as codes."""

    dry_run = models.ForeignKey(DryRun, on_delete=models.PROTECT, related_name="hits")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    entry_seq = models.BigIntegerField()
    at = models.DateTimeField()
    before = models.JSONField[Any](default=dict)
    after = models.JSONField[Any](default=dict)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["dry_run", "-at", "-id"], name="automation_hit_newest")]


class Switch(models.Model):
    """From when to when a version was on, by whom, and the trial it was switched on after. off_code: why it went off."""

    version = models.ForeignKey(AutomationVersion, on_delete=models.PROTECT, related_name="switches")
    dry_run = models.ForeignKey(DryRun, on_delete=models.PROTECT, related_name="+")
    on_at = models.DateTimeField()
    on_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    off_at = models.DateTimeField(null=True, blank=True)
    off_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version"], condition=Q(off_at=None), name="automation_switch_current")
        ]


class RuleRun(PublicIdModel):
    """One run of a version for one journal entry: what the case was before and after, as codes. error: the code of the refusal."""

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        UNCHANGED = "unchanged", _("Nothing to change")
        REFUSED = "refused", _("Refused")
        SKIPPED = "skipped", _("Left alone")
        STOPPED = "stopped", _("Stopped: rules were chasing one another")

    version = models.ForeignKey(AutomationVersion, on_delete=models.PROTECT, related_name="runs")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="automation_runs")
    entry_seq = models.BigIntegerField()
    trigger = models.CharField(max_length=20)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    error = models.CharField(max_length=60, blank=True)
    before = models.JSONField[Any](default=dict)
    after = models.JSONField[Any](default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "entry_seq"], name="automation_run_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["version", "-at", "-id"], name="automation_run_newest"),
            models.Index(fields=["case", "-at"], name="automation_run_case"),
        ]


class Webhook(PublicIdModel):
    """An address outside that hears of what happens to cases. secret: sealed under a key of the vault that belongs to this webhook alone.

    codes: the journal codes it hears; failures: attempts that failed one after another. It goes off by itself after too many.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    secret = models.BinaryField()
    codes = models.JSONField[Any](default=list)
    active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    gave_up_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Webhook"].as_manager()

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(PublicIdModel):
    """One entry for one webhook, and how handing it over went. The body is made from the entry, which never changes; its hash is kept."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("delivery", "Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    entry_seq = models.BigIntegerField()
    code = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    response_code = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=60, blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["webhook", "entry_seq"], name="automation_delivery_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["webhook", "-created_at", "-id"], name="automation_delivery_newest"),
        ]


class Macro(PublicIdModel):
    """Actions that a person gives to cases they have chosen; the same actions that rules have."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="macros")
    name = LocalizedTextField()
    actions = models.JSONField[Any](default=dict)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Macro"].as_manager()

    def __str__(self) -> str:
        return str(self.name)


class MacroUse(PublicIdModel):
    """A macro given to some cases by one person: what each was before and after, so that it can be taken back once."""

    macro = models.ForeignKey(Macro, on_delete=models.PROTECT, related_name="uses")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    items = models.JSONField[Any](default=list)
    undone_at = models.DateTimeField(null=True, blank=True)
