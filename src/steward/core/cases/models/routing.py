"""Who gets a case that nobody has: the rules, by version, and what each decision saw."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.core.org.models import Skill, Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel, new_public_id

from .case import Assignment, Case


class How(models.TextChoices):
    """By what somebody got a case."""

    CONTINUITY = "continuity", _("worked for this person before")
    LEAST_LOAD = "least_load", _("has least on the desk")
    ROUND_ROBIN = "round_robin", _("was next in turn")
    PULL = "pull", _("asked for the next case")
    NOBODY = "nobody", _("nobody could take it")


class Why(models.TextChoices):
    """Why a case was taken back."""

    SILENT = "silent", _("nothing happened in time")
    AWAY = "away", _("went away before beginning")


class RoutingRule(PublicIdModel):
    """One version of a rule: which cases of a unit, and whom they go to. Never changed after it was made; a new version replaces it.

    lineage: what the versions of one rule share. position: the order in which a unit's rules are asked. An empty condition means any.
    continuity_days: how far back the person who worked for this customer is looked for; None: not at all.
    take_back_minutes: working time after which a case on which nothing happened goes to somebody else; None: it stays.
    with_leads: whether those who hand out work get some too. replaced_at: None on the version in force.
    """

    class Strategy(models.TextChoices):
        LEAST_LOAD = "least_load", _("Whoever has least")
        ROUND_ROBIN = "round_robin", _("In turn")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="routing_rules")
    lineage = models.UUIDField(default=new_public_id, editable=False)
    version = models.PositiveIntegerField(default=1)
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    kinds = models.JSONField[Any](default=list)
    channels = models.JSONField[Any](default=list)
    priorities = models.JSONField[Any](default=list)
    services = models.JSONField[Any](default=list)
    languages = models.JSONField[Any](default=list)
    customer_kinds = models.JSONField[Any](default=list)
    strategy = models.CharField(max_length=12, choices=Strategy.choices, default=Strategy.LEAST_LOAD)
    continuity_days = models.PositiveSmallIntegerField(null=True, blank=True)
    take_back_minutes = models.PositiveIntegerField(null=True, blank=True)
    with_leads = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    valid_from_date = models.DateField(null=True, blank=True)
    valid_to_date = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["RoutingRule"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["lineage", "version"], name="cases_routing_version_once"),
            models.UniqueConstraint(fields=["lineage"], condition=Q(replaced_at=None), name="cases_routing_current"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit", "position"], condition=Q(replaced_at=None), name="cases_routing_order")
        ]

    def __str__(self) -> str:
        return self.name


class RoutingSkill(models.Model):
    """A skill that a version of a rule wants, from a level on. relax_after_minutes: once a case has waited so long, it goes without."""

    rule = models.ForeignKey(RoutingRule, on_delete=models.PROTECT, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    relax_after_minutes = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["rule", "skill"], name="cases_routing_skill_once")
        ]


class RoutingDecision(PublicIdModel):
    """To whom a case was given, or why to nobody, with everybody who was considered. Written once.

    candidates: [{"staff": 7, "used": 33, "capacity": 100, "left": 240, "refused": ["busy"], "lacking": [], "said": {}}, …].
    settled_at: when there was no more to watch for a take-back: the person began, the case left them, or the rule takes nothing back.
    taken_back_at, taken_back_why: nothing happened in the rule's time, or the person went away before it did.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="routing_decisions")
    rule = models.ForeignKey(RoutingRule, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    at = models.DateTimeField()
    how = models.CharField(max_length=12, choices=How.choices)
    chosen = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="routing_decisions")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="routing")
    waited_minutes = models.PositiveIntegerField()
    skills = models.JSONField[Any](default=list)
    candidates = models.JSONField[Any](default=list)
    settled_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_why = models.CharField(max_length=8, choices=Why.choices, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(how="nobody") ^ Q(chosen__isnull=False), name="cases_routing_somebody"),
            models.CheckConstraint(condition=Q(taken_back_at=None) ^ ~Q(taken_back_why=""), name="cases_routing_back_why"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["case", "-id"], name="cases_routing_of_case"),
            models.Index(fields=["chosen", "-id"], name="cases_routing_turns"),
            models.Index(fields=["at"], condition=Q(settled_at=None), name="cases_routing_watched"),
        ]
