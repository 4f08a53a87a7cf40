from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import User
from steward.ground.fields import PublicIdModel

from .case import Case
from .conversation import Message


class KindSuggestion(PublicIdModel):
    """The rules read a message as a complaint; a person decides (R-044). At most one a message, and one undecided a case.

    start, end: where the sentence that shows it stands in the message, in characters. demand: the word with which a remedy is asked for, or "".
    decided_by: None with a decision when the case became a complaint by a machine.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Undecided")
        TAKEN = "taken", _("A complaint")
        DISMISSED = "dismissed", _("No complaint")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="kind_suggestions")
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="suggestion")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    demand = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="open"), name="cases_one_open_suggestion")
        ]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
