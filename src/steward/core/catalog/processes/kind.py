"""Processes (流程) as a kind of document: everybody who answers for a step, or takes one over, has to know the version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from steward.ground.access.models import Role
from steward.ground.fields import localized
from steward.ground.ui.figures import number_words

from ..controlled.errors import InvalidContent
from ..controlled.kinds import Content, DocumentKind, Line, Problem, register
from ..models import ControlledDocument, DocumentVersion
from . import words
from .checks import Finding, findings_of
from .clarity import Clarity, clarity_of
from .drawing import svg_of
from .flow import Flow, InvalidFlow, Step, content_of, flow_of, text_of
from .limits import jargon_of
from .targets import targets_of
from .times import NoTimes, StepTimes, Times, times_of

KIND = "process"
SEED = 28  # one seed for all: two readers see the same figures


def empty() -> dict[str, Any]:
    return {
        "purpose": {},
        "steps": [{"key": "start", "kind": "start", "lane": "customer"}, {"key": "end", "kind": "end", "lane": "customer"}],
        "links": [{"from": "start", "to": "end", "share": 1.0}],
    }


def clean(content: Any) -> dict[str, Any]:
    """{"purpose": {language: text}, "steps": […], "links": […]} as `flow.py` has them; raises InvalidContent."""
    try:
        flow = flow_of(content)
        return {"purpose": text_of(content.get("purpose")), **content_of(flow)}
    except InvalidFlow as error:
        raise InvalidContent([Problem(error.code, words.wrong_words(error.code, error.place), error.place)]) from error


def language() -> str:
    return get_language() or "zh-hans"


@lru_cache(maxsize=256)
def _timed(content: str) -> Times | None:
    try:
        return times_of(flow_of(json.loads(content)), seed=SEED)
    except NoTimes:
        return None


def timed(flow: Flow) -> Times | None:
    """The times of a flow, kept: the same content has the same. None where it cannot be run."""
    return _timed(json.dumps(content_of(flow), sort_keys=True))


def findings(flow: Flow, document: ControlledDocument, at: datetime) -> list[Finding]:
    """All findings, for the process of a document. at: as of when targets and trade words hold."""
    return findings_of(
        flow,
        times=timed(flow),
        targets=targets_of(document, at),
        language=language(),
        jargon=jargon_of(document.unit, language(), at),
    )


def problems(version: DocumentVersion) -> list[Problem]:
    flow = flow_of(version.content)
    found = findings(flow, version.document, version.changed_at)
    return [Problem(one.code, words.finding_words(one, flow), one.place, one.blocks) for one in found]


def roles_of(document: ControlledDocument) -> dict[str, str]:
    return {role.code: str(role) for role in Role.objects.filter(organisation_id=document.organisation_id)}


def lines(content: Content) -> list[Line]:
    """A step is one line: what is different in it stands in one place."""
    flow = flow_of(content)
    found = [Line("purpose", _("What it is for"), str(localized(content["purpose"])))] if content.get("purpose") else []
    for step in flow.steps:
        found.append(Line(step.key, words.name_of(step), " · ".join(_said(step))))
    for link in flow.links:
        if len(flow.after(link.source)) > 1 or link.label:
            ends = words.name_of(flow.step(link.source)), words.name_of(flow.step(link.target))
            said = f"{localized(link.label)} {number_words(link.share * 100)}%".strip()
            found.append(Line(f"{link.source} {link.target}", " → ".join(ends), said))
    return found


def _said(step: Step) -> list[str]:
    found = [words.name_of(step), str(words.KINDS[step.kind]), str(words.LANES[step.lane])]
    if step.minutes:
        found.append("/".join(number_words(one) for one in (step.minutes.low, step.minutes.mode, step.minutes.high)) + " " + _("min"))
    for label, value in (
        (_("Role"), step.role), (_("Takes over"), step.accepted_by), (_("Bring along"), "、".join(step.documents)),
        (_("Input"), "、".join(step.inputs)), (_("Output"), "、".join(step.outputs)), (_("Form"), step.form),
        (_("What people are told"), str(localized(step.text))), (_("What can go wrong"), step.fails), (_("What is waited for"), step.waits),
    ):  # fmt: skip
        if value:
            found.append(f"{label}: {value}")
    return [*found, _("hidden")] if step.hidden else found


def picture(flow: Flow, title: str, roles: Mapping[str, str]) -> SafeString:
    """Every word in it was escaped where it was drawn."""
    drawn = svg_of(
        flow, title=title, words=lambda text: str(localized(text)), lanes={key: str(name) for key, name in words.LANES.items()}, roles=roles,
        hidden=_("hidden"),
    )  # fmt: skip
    return mark_safe(drawn)  # noqa: S308


@dataclass(frozen=True)
class StepRow:
    """A step as people read it."""

    step: Step
    name: str
    kind: str
    lane: str
    role: str
    taker: str
    text: str
    times: StepTimes | None


def rows_of(flow: Flow, roles: Mapping[str, str]) -> list[StepRow]:
    times = timed(flow)
    return [
        StepRow(
            step, words.name_of(step), str(words.KINDS[step.kind]), str(words.LANES[step.lane]), roles.get(step.role, step.role),
            roles.get(step.accepted_by, step.accepted_by), str(localized(step.text)), times.steps.get(step.key) if times else None,
        )
        for step in flow.steps
    ]  # fmt: skip


def clarity(flow: Flow, document: ControlledDocument, at: datetime) -> Clarity:
    return clarity_of(flow, language=language(), jargon=jargon_of(document.unit, language(), at))


def shown(version: DocumentVersion) -> dict[str, Any]:
    flow, roles = flow_of(version.content), roles_of(version.document)
    return {
        "purpose": localized(version.content.get("purpose")),
        "picture": picture(flow, str(version.document), roles),
        "rows": rows_of(flow, roles),
        **figures(flow, version.document, version.changed_at),
    }


def figures(flow: Flow, document: ControlledDocument, at: datetime) -> dict[str, Any]:
    """What `parts/times.html` shows."""
    times = timed(flow)
    ends = times.ends if times else {}
    return {
        "times": times,
        "ends": [(words.name_of(flow.step(key)), number_words(share * 100, unit="%")) for key, share in ends.items()],
        "clarity": clarity(flow, document, at),
    }


def audience(content: Content) -> frozenset[str]:
    return frozenset(code for step in content["steps"] for code in (step.get("role"), step.get("accepted_by")) if code)


def register_kinds() -> None:
    register(
        DocumentKind(
            KIND, gettext_lazy("Process"), gettext_lazy("Processes"), "route", 10, empty, clean, problems, lines,
            "catalog/processes/process.html", "improvement:process_edit", audience=audience, shown=shown,
        )
    )  # fmt: skip
