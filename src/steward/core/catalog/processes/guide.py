"""The one-page guide for the person served, made from the process itself: what to bring, what happens, how long it takes, what may go otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from steward.ground.fields import localized

from ..models import DocumentVersion
from . import kind, words
from .checks import same_document
from .drawing import layers_of
from .flow import Flow, Step, flow_of
from .times import Times


@dataclass(frozen=True)
class GuideStep:
    """name, text: as people are told; minutes: the most likely ones, None where unknown; else_: other ways from here, with their share."""

    name: str
    text: str
    minutes: float | None
    waits: bool
    bring: tuple[str, ...]
    otherwise: tuple[str, ...]


@dataclass(frozen=True)
class Guide:
    purpose: str
    bring: tuple[str, ...]
    steps: tuple[GuideStep, ...]
    times: Times | None
    untold: int


def guide_of(version: DocumentVersion) -> Guide:
    """untold: steps on the way that say nothing to the person served; they are left out, and counted for the writer."""
    flow = flow_of(version.content)
    layers = layers_of(flow)
    steps = sorted(
        (step for step in flow.steps if step.is_worked and step.key in flow.reached(flow.starts)), key=lambda one: layers[one.key]
    )
    told = [step for step in steps if not step.hidden and str(localized(step.text))]
    bring = {same_document(name): name for step in steps for name in step.documents}
    return Guide(
        str(localized(version.content.get("purpose"))), tuple(bring.values()), tuple(_step(flow, step) for step in told), kind.timed(flow),
        len(steps) - len(told),
    )  # fmt: skip


def _step(flow: Flow, step: Step) -> GuideStep:
    ways = [link for link in flow.after(step.key) if link.label]
    otherwise = tuple(str(localized(link.label)) for link in ways) if len(flow.after(step.key)) > 1 else ()
    return GuideStep(
        words.name_of(step),
        str(localized(step.text)),
        step.minutes.mode if step.minutes else None,
        step.kind == "wait",
        step.documents,
        otherwise,
    )
