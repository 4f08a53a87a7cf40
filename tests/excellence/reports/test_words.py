"""What a report says by itself, and what is remarked on what people write (rule X2)."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from django.utils.translation import override
from tests.cast import AT, World
from tests.excellence.reports.made import FEBRUARY, better_in_february, february, fill, manager, plan, steady

from steward.excellence.insights.reports import document, kept, narrative, operations, queries, texts
from steward.excellence.insights.reports.errors import CannotBeReported, DecidedAlready, NeedsWords, NotIssued
from steward.excellence.insights.reports.lexicon import claims
from steward.excellence.insights.reports.models import Commentary
from steward.ground.access.errors import Forbidden, Stale
from steward.ground.documents.blocks import Callout, Paragraph
from steward.ground.measures.declarations import measures

LOADED = ("显著提升", "显著改善", "大幅", "提升", "有证据", "evidence that", "improved", "significant")


def said(content: dict[str, object], written: dict[str, object]) -> str:
    """All sentences of the document that the report makes by itself."""
    blocks = document.document_of(content, written, "0" * 64).blocks
    return "\n".join(str(block.text) for block in blocks if isinstance(block, Paragraph) and "95" not in str(block.text))


def test_r080_without_a_verdict_of_evidence_no_claim_can_be_printed(world: World) -> None:
    rng = Random(7)
    fill(world, lambda day, index: "complaint" if rng.random() < 0.2 else "enquiry")
    report = february(world, plan(world))
    content = queries.content_of(report)
    assert "evidence" not in [figure["said"]["verdict"] for figure in content["figures"]]
    for language in ("zh-hans", "en"):
        with override(language):
            text = "\n".join(
                [str(report.headline), *narrative.headlines(content), narrative.summary(content, 0), said(content, texts.written(report))]
            )
            assert not any(word in text for word in LOADED), text


def test_r080_a_real_change_is_said_with_where_it_comes_from(world: World) -> None:
    fill(world, better_in_february)
    report = february(world, plan(world))
    content = queries.content_of(report)
    share = next(figure for figure in content["figures"] if figure["id"] == "complaint_share")
    assert share["said"]["verdict"] == "evidence"
    assert (share["now"]["value"], share["before"]["value"]) == (pytest.approx(10), pytest.approx(50))
    assert share["change"]["signal"] is True
    assert {by["dimension"] for by in share["why"]} == {"channel", "kind"}
    assert [cell["name"]["en"] for cell in share["groups"]["cells"]] == ["South branch", "Riverside branch"]
    with override("zh-hans"):
        assert "有证据表明下降" in str(report.headline)


def test_r080_a_claim_that_the_figures_do_not_bear_out_is_flagged_and_printed(world: World) -> None:
    fill(world, steady)
    report = february(world, plan(world))
    row = operations.write_commentary(report=report, part="changed:complaint_share", text="投诉处理显著提升。", by=manager(world), at=AT)
    assert row.flags == ["显著", "提升"]
    fine = operations.write_commentary(report=report, part="changed", text="本月未见显著变化，我们希望继续观察。", by=manager(world), at=AT)
    assert fine.flags == []
    with override("zh-hans"):
        blocks = document.document_of(queries.content_of(report), texts.written(report), "0" * 64).blocks
        remarks = [block for block in blocks if isinstance(block, Callout) and block.tone == "caution"]
        assert len(remarks) == 1
        assert "“显著”、“提升”" in str(remarks[0].text)


def test_r080_a_claim_that_is_borne_out_is_not_flagged_and_only_the_same_way(world: World) -> None:
    fill(world, better_in_february)
    measure = measures.get("promise_kept")
    content = {"figures": [{"id": measure.id, "said": {"verdict": "evidence", "tone": "good"}}]}
    assert narrative.flags("承诺兑现显著提升。", "changed:promise_kept", content) == []
    assert narrative.flags("承诺兑现恶化。", "changed:promise_kept", content) == ["恶化"]
    assert narrative.flags("Kept promises improved.", "why", content) == []
    assert claims("为了提升满意度，计划增加窗口") == []


def test_r080_edits_are_kept_as_rows(world: World) -> None:
    fill(world, steady, days=60)
    report = february(world, plan(world))
    first = operations.write_commentary(report=report, part="done", text="第一稿", by=manager(world), at=AT)
    second = operations.change_commentary(commentary=first, text="第二稿", by=manager(world), at=AT)
    with pytest.raises(Stale):
        operations.change_commentary(commentary=first, text="另一个第二稿", by=manager(world), at=AT)
    assert [row.text for row in texts.current_commentary(report)] == ["第二稿"]
    assert [row.text for row in queries.history_of(report)[str(second.public_id)].versions] == ["第一稿"]
    operations.change_commentary(commentary=second, text="", by=manager(world), at=AT)
    assert texts.current_commentary(report) == []
    assert Commentary.objects.filter(report=report).count() == 3
    with pytest.raises(NeedsWords):
        operations.write_commentary(report=report, part="nowhere", text="字", by=manager(world), at=AT)


def test_r080_management_decides_on_an_issued_report_and_once(world: World) -> None:
    fill(world, steady, days=60)
    report = february(world, plan(world))
    row = operations.add_recommendation(
        report=report,
        text="保留机动窗口",
        question="是否同意？",
        owner=world.staff("supervisor"),
        due_date=date(2026, 4, 1),
        by=manager(world),
        at=AT,
    )
    with pytest.raises(NotIssued):
        operations.decide_recommendation(recommendation=row, outcome="accepted", reason="好", by=manager(world), at=AT)
    issued = operations.issue_report(report=report, by=manager(world), at=AT)
    assert queries.waiting_decisions(world.cast.manager, at=AT).get().pk == row.pk
    with pytest.raises(Forbidden):
        operations.decide_recommendation(recommendation=row, outcome="accepted", reason="好", by=world.actor("supervisor"), at=AT)
    before = kept.render(issued, "zh-hans")
    operations.decide_recommendation(recommendation=row, outcome="later", reason="等四月数据", by=manager(world), at=AT)
    operations.decide_recommendation(recommendation=row, outcome="accepted", reason="数据已到", by=manager(world), at=AT)
    with pytest.raises(DecidedAlready):
        operations.decide_recommendation(recommendation=row, outcome="declined", reason="反悔", by=manager(world), at=AT)
    assert kept.render(type(report).objects.get(pk=report.pk), "zh-hans") == before
    assert not queries.waiting_decisions(world.cast.manager, at=AT).exists()


def test_r080_answers_given_in_confidence_cannot_be_reported(world: World) -> None:
    from dataclasses import replace

    old = measures.get("praise_share")
    measures.forget(old.id)
    measures.register(replace(old, disclosure="voice"))
    try:
        with pytest.raises(CannotBeReported):
            plan(world, measures=["praise_share"])
    finally:
        measures.forget(old.id)
        measures.register(old)


def test_x3_small_groups_of_customers_are_hidden_in_a_report_whoever_owns_it(world: World) -> None:
    fill(world, lambda day, index: "complaint" if day == FEBRUARY and index == 1 else "enquiry")
    report = february(world, plan(world, measures=["fcr"], breakdown="kind"))
    content = queries.content_of(report)
    groups = content["figures"][0]["groups"]
    assert all(cell["hidden"] or cell["n"] >= 10 or cell["n"] == 0 for cell in groups["cells"]) if groups else True
