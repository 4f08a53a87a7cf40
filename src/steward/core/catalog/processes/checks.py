"""What is wrong with a flow before anybody works by it (R-028, domain §12). Findings have codes; the words for people are in `words.py`."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .clarity import clarity_of
from .flow import Flow, Step
from .times import Times

CLOSE = 0.005  # shares are written in percent: three thirds of 33 % and 34 % are 1


@dataclass(frozen=True)
class Target:
    """What a standard allows for the whole way of the same service: minutes; quantile: for how many of a hundred, such as 90."""

    name: str
    minutes: float
    quantile: int = 90


@dataclass(frozen=True)
class Finding:
    """code: which check; place: the step's key; blocks: a release is refused until it is mended; details: what the words mention."""

    code: str
    place: str = ""
    blocks: bool = True
    details: dict[str, Any] = field(default_factory=dict)


def findings_of(
    flow: Flow, *, times: Times | None = None, targets: Sequence[Target] = (), language: str = "zh-hans", jargon: Sequence[str] = ()
) -> list[Finding]:
    """Everything found, in the order of the checks and of the steps. times: of `times_of`, where the flow can be run."""
    found = [finding for check in CHECKS for finding in check(flow)]
    found += _misses(times, targets) if times is not None else []
    clarity = clarity_of(flow, language=language, jargon=jargon)
    found += [Finding("long_sentence", one.place, False, {"text": one.text, "length": one.length}) for one in clarity.long]
    return found + [Finding("jargon", key, False, {"word": word}) for key, word in clarity.jargon]


def _ends(flow: Flow) -> Iterator[Finding]:
    if not flow.starts:
        yield Finding("no_start")
    if not flow.ends:
        yield Finding("no_end")


def _reach(flow: Flow) -> Iterator[Finding]:
    """Steps nobody comes to, and those from which nobody comes to an end: a loop without exit, or a dead end."""
    ahead, back = flow.reached(flow.starts), flow.reached(flow.ends, backwards=True)
    for step in flow.steps:
        if flow.starts and step.key not in ahead:
            yield Finding("unreachable", step.key)
        elif flow.ends and step.key not in back:
            in_loop = step.key in flow.reached([link.target for link in flow.after(step.key)])
            yield Finding("loop_without_exit" if in_loop else "dead_end", step.key)


def _owners(flow: Flow) -> Iterator[Finding]:
    for step in flow.steps:
        if step.is_worked and not step.role:
            yield Finding("no_owner", step.key)


def _hidden(flow: Flow) -> Iterator[Finding]:
    """Said to be hidden, or plainly so: nobody answers for it and nobody tells the person served that it is happening."""
    for step in flow.steps:
        if step.is_worked and (step.hidden or (not step.role and not step.text)):
            yield Finding("hidden", step.key, blocks=False)


def _minutes(flow: Flow) -> Iterator[Finding]:
    for step in flow.steps:
        if step.is_worked and step.minutes is None:
            yield Finding("no_minutes", step.key)


def _texts(flow: Flow) -> Iterator[Finding]:
    for step in flow.steps:
        if step.is_worked and not step.hidden and step.lane in ("customer", "front") and not step.text:
            yield Finding("no_text", step.key, blocks=False)


def same_document(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _documents(flow: Flow) -> Iterator[Finding]:
    """The same document asked for at two steps of which one can follow the other. A step on a loop asks only once for itself."""
    asking = [(step, same_document(name), name) for step in flow.steps for name in step.documents]
    ahead = {step.key: flow.reached([step.key]) for step, _same, _name in asking}
    for at, (step, document, name) in enumerate(asking):
        for other, same, _name in asking[at + 1 :]:
            if same != document or other.key == step.key:
                continue
            if other.key in ahead[step.key]:
                yield Finding("document_twice", other.key, False, {"document": name, "first": step.key})
            elif step.key in ahead[other.key]:
                yield Finding("document_twice", step.key, False, {"document": name, "first": other.key})


def _handovers(flow: Flow) -> Iterator[Finding]:
    for step in flow.steps:
        if step.kind == "handover" and not step.accepted_by:
            yield Finding("no_acceptance", step.key)


def _shares(flow: Flow) -> Iterator[Finding]:
    for step in flow.steps:
        links = flow.after(step.key)
        total = sum(link.share for link in links)
        if step.kind == "end" and links:
            yield Finding("leaves_end", step.key)
        elif step.kind != "end" and links and abs(total - 1) > CLOSE:
            yield Finding("shares", step.key, details={"percent": round(total * 100)})
        elif step.kind == "decision" and len(links) < 2:
            yield Finding("one_way_decision", step.key, blocks=False)


def _failure(flow: Flow) -> Iterator[Finding]:
    """Where something can go wrong there should be a way for when it does: another way out of the step, or a decision right after it."""
    for step in flow.steps:
        if step.fails and not _has_another_way(flow, step):
            yield Finding("no_failure_path", step.key, blocks=False)
    if not any(len(flow.after(step.key)) > 1 for step in flow.steps) and len(flow.steps) > 3:
        yield Finding("no_failure_path", blocks=False)


def _has_another_way(flow: Flow, step: Step) -> bool:
    links = flow.after(step.key)
    return len(links) > 1 or any(len(flow.after(link.target)) > 1 for link in links)


def _names(flow: Flow) -> Iterator[Finding]:
    for step in flow.steps:
        if not step.name and step.kind not in ("start", "end"):
            yield Finding("no_name", step.key)


def _misses(times: Times, targets: Sequence[Target]) -> list[Finding]:
    found = []
    for target in targets:
        takes = times.p90 if target.quantile >= 90 else times.p50
        if takes > target.minutes:
            details = {"takes": takes, "allowed": target.minutes, "name": target.name, "quantile": 90 if target.quantile >= 90 else 50}
            found.append(Finding("misses_target", blocks=False, details=details))
    return found


CHECKS: tuple[Callable[[Flow], Iterator[Finding]], ...] = (
    _ends, _names, _reach, _owners, _hidden, _minutes, _texts, _documents, _handovers, _shares, _failure,
)  # fmt: skip
