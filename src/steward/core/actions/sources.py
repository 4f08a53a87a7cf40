"""Where findings come from. Upper rooms register their own (`sources.register(Source("inspection", _("Inspection")))` in `ready()`)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Source:
    """code: stored with the finding; it never changes."""

    code: str
    label: str | Promise
    icon: str = "bulb"


_sources: dict[str, Source] = {}


def register(*sources: Source) -> None:
    for source in sources:
        if source.code in _sources:
            raise ValueError(f"The source {source.code!r} of findings is registered twice.")
        _sources[source.code] = source


def sources() -> list[Source]:
    return list(_sources.values())


def known(code: str) -> bool:
    return code in _sources


def label_of(code: str) -> str | Promise:
    return _sources[code].label if code in _sources else code


def register_built_in() -> None:
    register(
        Source("case", _("Case or complaint"), "inbox"),
        Source("measure", _("A measure's signal"), "chart-line"),
        Source("review", _("Feedback or review"), "message"),
        Source("inspection", _("Inspection or audit"), "checklist"),
        Source("incident", _("Incident"), "alert-triangle"),
        Source("idea", _("Idea of a colleague"), "bulb"),
        Source("other", _("Something else"), "point"),
    )
