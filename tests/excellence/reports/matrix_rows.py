"""Rows of the authorisation matrix: reports and their plans."""

from __future__ import annotations

from typing import Any

from tests.cast import AT, World

from steward.excellence.insights.reports import operations as reports
from steward.excellence.insights.reports.models import Commentary, Recommendation, Report, ReportSpec
from steward.excellence.insights.reports.operations.reports import _count, _create
from steward.excellence.insights.reports.snapshot import Frozen
from steward.ground.fields import localized
from steward.ground.measures import loading

from .made import FEBRUARY

WRITERS = "SBMO"  # who may plan, make and comment on reports somewhere
SEERS = "SBQMO"  # who may see reports somewhere
COUNTED: list[Frozen] = []


def build_report_rows(world: World) -> None:
    """A plan of the branch with a draft that has words and a recommendation, and an issued report that the front line received.

    The figures are counted for the first of the many worlds alone: who may reach them does not depend on them.
    """
    lead, manager = world.actor("supervisor"), world.actor("manager")
    given: dict[str, Any] = {
        "unit": world.branch,
        "grain": "month",
        "measures": ["cases_opened"],
        "owner": lead.user,
        "recipients": [world.cast.front_line],
    }
    spec = reports.publish_spec(name=localized("月报"), by=lead, at=AT, **given)
    for _number in range(2):
        made = _create(spec, _figures(spec), by=lead, at=AT)
        reports.write_commentary(report=made, part="changed", text="平稳。", by=lead, at=AT)
        reports.add_recommendation(
            report=made, text="保留机动窗口", question="是否同意？", owner=world.staff("supervisor"), due_date=AT.date(), by=lead, at=AT
        )
    reports.issue_report(report=made, by=manager, at=AT)


def _figures(spec: ReportSpec) -> Frozen:
    if not COUNTED:
        loading.load(at=AT)
        COUNTED.append(_count(spec, FEBRUARY, AT))
    return COUNTED[0]


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def _spec(scene: Any) -> dict[str, Any]:
    return {"public_id": ReportSpec.objects.get().public_id}


def _draft(scene: Any) -> dict[str, Any]:
    return {"public_id": Report.objects.get(state="draft").public_id}


def _issued(scene: Any) -> dict[str, Any]:
    return {"public_id": Report.objects.get(state="issued").public_id}


def _words(scene: Any) -> dict[str, Any]:
    return {"public_id": Commentary.objects.get(report__state="draft").public_id}


def _proposal(state: str) -> Any:
    return lambda scene: {"public_id": Recommendation.objects.get(report__state=state).public_id}


def _planned(scene: Any) -> dict[str, Any]:
    return {
        "unit": scene.world.branch.public_id, "name_zh": "周报", "grain": "week", "measures": "cases_opened", "sections": "changed",
        "language": "zh-hans",
    }  # fmt: skip


def _recommended(scene: Any) -> dict[str, Any]:
    return {
        "rec-text": "增设一个窗口",
        "rec-question": "是否同意？",
        "rec-owner": scene.world.staff("supervisor").public_id,
        "rec-due_date": "2026-04-01",
    }


REPORT_ROWS: list[tuple[Any, ...]] = [
    ("reports:list", "FTSBQMAO", "GET", nothing),
    ("reports:specs", SEERS, "GET", nothing),
    ("reports:spec_new", WRITERS, "GET", nothing),
    ("reports:spec_new", "SM", "POST", nothing, _planned),
    ("reports:spec", "SQM", "GET", _spec),
    ("reports:spec_change", "SM", "GET", _spec),
    ("reports:spec_change", "SM", "POST", _spec, _planned),
    ("reports:spec_end", "SM", "POST", _spec),
    ("reports:make", "SM", "POST", _spec, {"start": "2026-02-01"}),
    ("reports:report", "SQM", "GET", _draft),
    ("reports:report", "FSQM", "GET", _issued),
    ("reports:pdf", "SQM", "GET", _draft),
    ("reports:pdf", "FSQM", "GET", _issued),
    ("reports:xlsx", "SQM", "GET", _draft),
    ("reports:xlsx", "FSQM", "GET", _issued),
    ("reports:issue", "M", "GET", _draft),
    ("reports:issue", "M", "POST", _draft),
    ("reports:discard", "SM", "GET", _draft),
    ("reports:discard", "SM", "POST", _draft, {"reason": "数据补录后重做"}),
    ("reports:correct", "SM", "GET", _issued),
    ("reports:correct", "SM", "POST", _issued, {"reason": "补录了投诉"}),
    ("reports:comment", "SM", "POST", _draft, {"part": "why", "text": "柜面来件较多。"}),
    ("reports:comment_change", "SM", "POST", _words, {"text": "总体平稳。"}),
    ("reports:recommend", "SM", "POST", _draft, _recommended),
    ("reports:withdraw", "SM", "POST", _proposal("draft")),
    ("reports:decide", "M", "POST", _proposal("issued"), {"outcome": "accepted", "reason": "先试一个月"}),
]
