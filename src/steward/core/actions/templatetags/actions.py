"""{% load actions %}: `action|action_status`, `action|late:today`, `finding|finding_status`, `code|source_label`, `value|signed`, `line|story`."""

from __future__ import annotations

from datetime import date

from django.template import Library
from django.utils.functional import Promise

from steward.ground.ui.status import Status

from ..models import Action, EffectReview, Finding
from ..queries import Line
from ..sentences import sentence
from ..sources import label_of
from ..views.states import finding_state, overdue_of, state_of
from ..words import review_estimate, review_words, signed, unit_of

register = Library()
register.filter("signed", signed)
register.filter("unit_of", unit_of)


@register.filter
def action_status(action: Action) -> Status:
    return state_of(action)


@register.filter
def late(action: Action, today: date) -> Status | None:
    return overdue_of(action, today)


@register.filter
def finding_status(finding: Finding) -> Status:
    return finding_state(finding)


@register.filter
def source_label(code: str) -> str | Promise:
    return label_of(code)


@register.filter
def says(review: EffectReview) -> str:
    return f"{review_words(review)} · {review_estimate(review)}" if review.estimate is not None else review_words(review)


@register.filter
def story(line: Line) -> str:
    return sentence(line)
