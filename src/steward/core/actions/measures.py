"""Figures about actions. Whether they work is counted by the verdict of their reviews, never by anybody's word."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.measures import declarations as declared
from steward.ground.measures.declarations import Direction, Measure, Share, Survival, Text

REVIEWED = "outcome <> ''"
MINIMUM = 5


def register() -> None:
    declared.measures.register(*MEASURES)


def _verdicts(id: str, outcome: str, name: Text, definition: Text, *, direction: Direction = "none", counter: str = "") -> Measure:
    return Measure(
        id=id,
        version=1,
        fact="actions",
        statistic=Share(f"outcome = '{outcome}'", REVIEWED),
        name=name,
        definition=definition,
        when="verified",
        unit="%",
        practical=10.0,
        direction=direction,
        minimum_n=MINIMUM,
        counter=counter,
        pitfall=_("“Cannot tell” is counted below the line. A rise may only mean that easier actions were chosen."),
    )


MEASURES = (
    _verdicts(
        "action_effective_rate",
        "effective",
        _("Effective actions"),
        _("Actions whose latest review gives evidence of improvement, of all actions reviewed in the period."),
        direction="up",
        counter="action_rung_b_rate",
    ),
    _verdicts(
        "action_ineffective_rate",
        "ineffective",
        _("Actions without effect"),
        _("Actions whose latest review shows no change that matters, or a change for the worse, of all actions reviewed in the period."),
    ),
    _verdicts(
        "action_inconclusive_rate",
        "inconclusive",
        _("Actions of which one cannot tell"),
        _("Actions whose latest review cannot tell, of all actions reviewed in the period."),
    ),
    Measure(
        "action_reviewed_rate",
        1,
        "actions",
        Share(REVIEWED, "TRUE"),
        name=_("Actions with a measured effect"),
        definition=_("Actions whose effect was reviewed, of those that were done in the period and not cancelled since."),
        when="done",
        unit="%",
        practical=10.0,
        direction="up",
        where="state <> 'cancelled'",
        minimum_n=MINIMUM,
        counter="action_rung_b_rate",
        pitfall=_("Actions done a short while ago could not be reviewed yet."),
    ),
    Measure(
        "action_rung_b_rate",
        1,
        "actions",
        Share("rung IN ('A', 'B')", REVIEWED),
        name=_("Reviews with a comparison"),
        definition=_("Actions whose latest review stands on rung A or B, of all actions reviewed in the period."),
        when="verified",
        unit="%",
        practical=10.0,
        direction="up",
        minimum_n=MINIMUM,
        counter="action_effective_rate",
        pitfall=_("A comparison that differed before the action counts as rung D."),
    ),
    Measure(
        "action_cycle_time",
        1,
        "actions",
        Survival("cycle_days", "opened_at", 0.5, 86_400),
        name=_("Time from plan to closure"),
        definition=_(
            "Median days from the opening of an action to its closure; those that go on count up to now. Cancelled ones do not count."
        ),
        when="opened",
        unit="d",
        practical=7.0,
        direction="down",
        where="state <> 'cancelled'",
        minimum_n=MINIMUM,
        counter="action_effective_rate",
        pitfall=_("Short is no aim by itself: an effect needs time to show."),
    ),
    Measure(
        "action_overdue_rate",
        1,
        "actions",
        Share("done_at IS NULL OR done_date > due_date", "TRUE"),
        name=_("Actions not done in time"),
        definition=_("Actions that were not done by their due date, of those due in the period and not cancelled."),
        when="due",
        unit="%",
        practical=10.0,
        direction="down",
        where="state <> 'cancelled'",
        minimum_n=MINIMUM,
        counter="action_effective_rate",
        pitfall=_("Of a period that is not over yet, what is due later counts as not done."),
    ),
)
