"""R-032: procedures that people know before they hold, stand at the place of work and are counted from the records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.cast import AT, SETUP, World, local

from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.core.cases.operations import procedures as at_cases
from steward.core.catalog import operations as catalog
from steward.core.catalog.controlled import operations as controlled
from steward.core.catalog.controlled.errors import InvalidContent, OwnDecision
from steward.core.catalog.models import (
    Acknowledgement,
    Category,
    ControlledDocument,
    Deviation,
    DocumentVersion,
    ProcedureCheck,
    ProcedureUse,
    Validity,
)
from steward.core.catalog.procedures import content, finding
from steward.core.catalog.procedures.errors import ChecklistOpen, NeedsWords, UnknownItem
from steward.core.catalog.procedures.queries import due_for_review, sheets_of
from steward.ground import clock
from steward.ground.access.errors import Forbidden
from steward.ground.access.operations import NeedsReason
from steward.ground.fields import localized
from steward.ground.journal import personal
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import Person
from steward.ground.measures import loading
from steward.ground.measures.evaluate import evaluate, row_ids
from steward.ground.measures.questions import Question, Window
from steward.ground.measures.viewers import viewer_of
from steward.ground.search.queries import search
from steward.science.worktime import after_months

DAY = timedelta(days=1)
CONTENT: dict[str, Any] = {
    "roles": ["front_line"],
    "steps": [
        {
            "key": "s1",
            "text": {"zh-hans": "核对证件", "en": "Check the identity card"},
            "warning": {"zh-hans": "不得复印", "en": "No copies"},
        },
        {"key": "s2", "text": {"zh-hans": "说明费用"}},
    ],
    "items": [
        {"key": "i1", "text": {"zh-hans": "证件已核对"}, "required": True},
        {"key": "i2", "text": {"zh-hans": "告知的费用"}, "required": True, "written": True},
        {"key": "i3", "text": {"zh-hans": "老人优先"}},
    ],
}


def in_force(world: World, code: str = "account", **more: Any) -> DocumentVersion:
    """A procedure that holds in the branch since yesterday, known or not."""
    by, early = world.actor("supervisor"), AT - DAY
    given = {"service": None, "review_months": None} | {key: more.pop(key) for key in ("service", "review_months") if key in more}
    draft = controlled.open_document(
        unit=world.branch, kind=content.KIND, code=code, name=localized("开户办理规范", en="Opening an account"), by=by, at=early,
        content={**CONTENT, **more}, **given,
    )  # fmt: skip
    release = controlled.open_release(unit=world.branch, name=code, units=[world.branch], by=by, at=early)
    controlled.add_version(release=release, version=draft, by=by, at=early)
    controlled.schedule_release(release=release, takes_effect_at=early, by=by, at=early)
    controlled.override_hold(place=release.places.get(), by=by, at=early, reason="试点")
    controlled.take_effect_due(at=early)
    draft.refresh_from_db()
    return draft


def waiting(world: World) -> Category:
    """A category below the one that procedures may name."""
    above = catalog.open_category(unit=world.bank, code="wait", name=localized("等候"), by=SETUP, at=AT - 2 * DAY)
    return catalog.open_category(unit=world.bank, code="queue", name=localized("排队"), parent=above, by=SETUP, at=AT - 2 * DAY)


def case_of(world: World, **more: Any) -> Case:
    by = world.actor("front_line")
    case = cases.open_case(
        unit=world.counter_team, kind="request", channel="counter", title="开户", customer=world.customer, by=by, at=AT, **more
    )
    cases.add_message(case=case, direction="out", body="已办好。", by=by, at=AT)
    return Case.objects.get(pk=case.pk)


def tick(world: World, case: Case, version: DocumentVersion, item: str, words: str = "", name: str = "front_line") -> Any:
    return at_cases.tick_procedure(case=case, version=version, item=item, words=words, by=world.actor(name), at=AT)


def close(world: World, case: Case, resolution: str = "fulfilled", **more: Any) -> Case:
    return cases.close_case(case=case, resolution=resolution, by=world.actor("front_line"), at=AT, **more)


def test_r032_a_new_procedure_reaches_a_team_through_pages(world: World, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    writer = signed_in("supervisor")
    asked = {"unit": world.branch.public_id, "code": "card", "name_zh": "补卡规范"}
    editor = writer.post(reverse("catalog:document_new", args=["procedure"]), asked).headers["Location"]
    shown = writer.get(editor).content.decode()
    seen = DocumentVersion.objects.get(document__code="card").changed_at.isoformat()
    said = {
        "purpose": "当场补卡", "scope": "", "roles": ["front_line"], "steps": "核对证件\n* 不得复印\n说明费用",
        "items": "证件已核对\n? 老人优先\n告知的费用…",
        "process_step": "", "expires_on": "", "changes": "第一版", "seen_at": seen,
    }  # fmt: skip
    assert "补卡规范" in shown
    saved = writer.post(editor, said)
    assert saved.status_code == 302, saved.content.decode()
    draft = DocumentVersion.objects.get(document__code="card")
    assert [(step["key"], step["text"]["zh-hans"], step["warning"]) for step in draft.content["steps"]] == [
        ("s1", "核对证件", {"zh-hans": "不得复印"}), ("s2", "说明费用", {}),
    ]  # fmt: skip
    assert [(row["required"], row["written"]) for row in draft.content["items"]] == [(True, False), (False, False), (True, True)]
    release = controlled.open_release(unit=world.branch, name="补卡", units=[world.counter_team], by=world.actor("supervisor"), at=AT)
    controlled.add_version(release=release, version=draft, by=world.actor("supervisor"), at=AT)
    controlled.schedule_release(release=release, takes_effect_at=AT, by=world.actor("supervisor"), at=AT)
    assert controlled.take_effect_due(at=AT) == 0  # nobody has confirmed it
    reader = signed_in("front_line")
    assert "补卡规范" in reader.get(reverse("catalog:reading")).content.decode()
    page = reader.get(reverse("catalog:document", args=[draft.document.public_id]), {"version": 1}).content.decode()
    assert "核对证件" in page  # readable before it holds
    assert "不得复印" in page
    for name in ("front_line",):
        signed_in(name).post(reverse("catalog:confirm_version", args=[draft.public_id]))
    assert Acknowledgement.objects.filter(version=draft).count() == 1
    assert controlled.take_effect_due(at=AT) == 1
    assert Validity.objects.get(document=draft.document).unit == world.counter_team
    case = [case_of(world) for _number in range(4)][-1]  # its key is not that of anything else here
    sheets = reverse("cases:procedures", args=[case.public_id])
    assert f"{sheets}?beside=1" in reader.get(reverse("cases:beside", args=[case.public_id])).content.decode()
    assert "证件已核对" in reader.get(sheets, {"beside": "1"}).content.decode()
    address = reverse("cases:procedure_act", args=[case.public_id, draft.public_id, "tick"])
    assert reader.post(address, {"item": "i1"}).status_code == 302
    assert reader.post(address, {"item": "i3", "words": "5 元"}).status_code == 302
    assert set(ProcedureUse.objects.values_list("item", "words")) == {("i1", ""), ("i3", "5 元")}
    close(world, case)
    assert ProcedureCheck.objects.values_list("items", "ticked", "deviated").get() == (3, 2, False)


def test_r032_a_case_is_not_closed_before_its_checklist_is_done(world: World) -> None:
    version, case = in_force(world), case_of(world)
    with pytest.raises(ChecklistOpen, match="证件已核对; 告知的费用"):
        close(world, case)
    assert Case.objects.get(pk=case.pk).closed_at is None
    tick(world, case, version, "i1")
    with pytest.raises(NeedsWords):
        tick(world, case, version, "i2", " ")
    tick(world, case, version, "i2", "5 元")
    at_cases.untick_procedure(case=case, version=version, item="i1", by=world.actor("front_line"), at=AT + DAY)
    with pytest.raises(ChecklistOpen, match="证件已核对"):
        close(world, case)
    tick(world, case, version, "i1")
    assert close(world, case).closed_at == AT
    codes = list(Entry.objects.filter(code__startswith="catalog.procedure_").order_by("seq").values_list("code", flat=True))
    assert codes == [*["catalog.procedure_ticked"] * 4, "catalog.procedure_checked"]


def test_r032_what_was_withdrawn_needs_no_checklist_and_is_not_counted(world: World) -> None:
    in_force(world)
    assert close(world, case_of(world), "withdrawn", reason="不办了").closed_at == AT
    assert not ProcedureCheck.objects.exists()


def test_r032_ticking_is_for_those_who_work_on_the_case_and_for_its_own_items(world: World) -> None:
    waiting(world)
    version, other, case = in_force(world), in_force(world, code="loan", categories=["wait"]), case_of(world)
    for name in ("quality_reviewer", "other_branch", "outsider"):
        with pytest.raises(Forbidden):
            tick(world, case, version, "i1", name=name)
    for wrong, item in ((version, "i9"), (other, "i1")):
        with pytest.raises(UnknownItem):
            tick(world, case, wrong, item)
    assert not ProcedureUse.objects.exists()
    tick(world, case, version, "i1")
    tick(world, case, version, "i1")  # twice is once
    assert ProcedureUse.objects.count() == 1


def test_r032_a_deviation_is_asked_for_and_decided_by_another(world: World, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    version, case = in_force(world), case_of(world)
    ask: Any = {"case": case, "version": version, "by": world.actor("front_line"), "at": AT}
    with pytest.raises(NeedsReason):
        at_cases.ask_deviation(**ask, reason=" ")
    signed_in("front_line").post(
        reverse("cases:procedure_act", args=[case.public_id, version.public_id, "deviation"]), {"reason": "系统停机，手工登记"}
    )
    row = Deviation.objects.get()
    with pytest.raises(ChecklistOpen):  # asked is not allowed
        close(world, case)
    own = at_cases.ask_deviation(**ask | {"by": world.actor("supervisor")}, reason="同上")
    with pytest.raises(OwnDecision):
        controlled.decide_deviation(deviation=own, allowed=True, by=world.actor("supervisor"), at=AT)
    client, address = signed_in("supervisor"), reverse("catalog:deviation_decide", args=[row.public_id])
    assert "系统停机" in client.get(reverse("catalog:deviations")).content.decode()
    assert signed_in("front_line").post(address, {"allowed": "yes", "reason": "同意"}).status_code == 404
    assert client.post(address, {"allowed": "yes", "reason": "停机期间同意"}).status_code == 302
    row.refresh_from_db()
    assert (row.allowed, row.decided_by) == (True, world.cast.supervisor)
    close(world, case)
    assert ProcedureCheck.objects.values_list("items", "ticked", "deviated").get() == (3, 0, True)


def test_r032_a_procedure_applies_by_service_category_and_until_its_last_day(world: World) -> None:
    queue = waiting(world)
    in_force(world, code="a", service=world.service)
    in_force(world, code="b", categories=["wait"])
    in_force(world, code="c", expires_on="2026-03-01")  # yesterday
    last = in_force(world, code="d", expires_on="2026-03-02")
    plain, served, waited = case_of(world), case_of(world, service=world.service), case_of(world, category=queue)
    found = {case.pk: [sheet.version.document.code for sheet in _sheets(case)] for case in (plain, served, waited)}
    assert found == {plain.pk: ["d"], served.pk: ["a", "d"], waited.pk: ["b", "d"]}
    assert last.content["expires_on"] == "2026-03-02"


def _sheets(case: Case) -> Any:
    return sheets_of(at_cases.work_of(case), at=AT)


def test_r032_conformity_is_counted_from_the_records_with_its_interval(world: World) -> None:
    version = in_force(world, items=[{"key": "i1", "text": {"zh-hans": "已核对"}}])
    for number in range(20):
        case = case_of(world)
        if number % 4:
            tick(world, case, version, "i1")
        close(world, case)
    loading.rebuild(at=AT)
    question = Question("procedure_conformity", Window(date(2026, 3, 1), date(2026, 4, 1)))
    cell = evaluate(question, viewer_of(world.cast.supervisor, at=AT)).total
    assert (cell.value, cell.n) == (75.0, 20)
    assert cell.low is not None
    assert cell.low < 75 < (cell.high or 0)
    fact, ids = row_ids(question, viewer_of(world.cast.supervisor, at=AT), part="numerator")
    assert len(ids) == 15
    assert fact.rows is not None
    assert all(link.url for link in fact.rows(world.cast.supervisor, ids))
    Case.objects.update(confidential=True)
    loading.rebuild(at=AT)
    assert evaluate(question, viewer_of(world.cast.supervisor, at=AT)).total.n == 0


def test_r032_who_writes_is_reminded_to_look_at_it_again(world: World, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    in_force(world, code="old", review_months=12)
    in_force(world, code="ends", expires_on="2026-03-20")
    rows = ControlledDocument.objects.all()
    assert [(due.document.code, due.expires) for due in due_for_review(rows, at=AT)] == [("ends", True)]
    assert [due.document.code for due in due_for_review(rows, at=local("2027-02-10 09:00"))] == ["ends", "old"]
    monkeypatch.setattr(clock, "now", lambda: AT)
    assert "开户办理规范" in signed_in("supervisor").get(reverse("console:home")).content.decode()


@pytest.mark.parametrize(
    ("day", "months", "then"), [("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-03-01", 12, "2027-03-01")]
)
def test_months_later(day: str, months: int, then: str) -> None:
    assert after_months(date.fromisoformat(day), months).isoformat() == then


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"steps": "s1"},
        {"steps": [{"key": "x", "text": {}}]},
        {"items": [{"key": "i1"}, {"key": "i1"}]},
        {"steps": [{"key": "s1", "text": {"zh-hans": "长" * 1001}}]},
        {"expires_on": "morgen"},
    ],
)
def test_a_procedure_of_another_shape_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidContent):
        content.clean(wrong)


def test_an_erasure_reaches_what_was_written_at_a_case(world: World) -> None:
    version, case = in_force(world), case_of(world)
    tick(world, case, version, "i2", "陈晓明 5 元")
    at_cases.ask_deviation(case=case, version=version, by=world.actor("front_line"), at=AT, reason="陈晓明忘带证件")
    person = Person("customers.customer", world.customer.pk, str(world.customer.public_id))
    erased = personal.erase_person(person, at=AT)
    assert erased.blanked["procedures"] == 2
    assert ProcedureUse.objects.get().words == ""
    assert Deviation.objects.get().reason == ""


def test_the_pages_of_procedures_stay_within_their_queries(
    world: World, signed_in: Any, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    versions, case = [in_force(world, code=f"p{number}") for number in range(6)], case_of(world)
    for version in versions:
        at_cases.ask_deviation(case=case, version=version, by=world.actor("front_line"), at=AT, reason="系统停机")
    client, editing = signed_in("supervisor"), controlled.begin_draft(document=versions[0].document, by=world.actor("supervisor"), at=AT)
    for address in (
        reverse("cases:procedures", args=[case.public_id]),
        reverse("catalog:deviations"),
        reverse("catalog:procedure_edit", args=[editing.document.public_id]),
    ):
        client.get(address)  # what is kept for the whole process is read once
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200, address


def test_r032_a_procedure_is_found_by_any_word_of_its_steps_once_it_is_released(world: World) -> None:
    version = in_force(world)
    controlled.open_document(
        unit=world.branch, kind=content.KIND, code="draft", name=localized("草稿"), by=world.actor("supervisor"), at=AT, content=CONTENT
    )
    finding.keep_in_step(list(Entry.objects.filter(code__startswith="catalog.").order_by("seq")))

    def found(name: str, words: str) -> list[ControlledDocument]:
        return [one.row for one in search(getattr(world.cast, name), words, at=AT, kind="document").hits]

    assert found("front_line", "核对证件") == [version.document]
    assert found("front_line", "no copies") == [version.document]
    assert found("front_line", "s1") == []
    assert found("outsider", "核对证件") == []


def test_r032_no_box_stands_beside_a_case_to_which_no_procedure_can_apply(world: World, signed_in: Any) -> None:
    mine = case_of(world)
    in_force(world)
    by = world.actor("other_branch")
    other = cases.open_case(unit=world.other_branch, kind="request", channel="counter", title="开户", by=by, at=AT)
    client = signed_in("manager")

    def beside(case: Case) -> str:
        return str(client.get(reverse("cases:beside", args=[case.public_id])).content.decode())

    assert "?beside=1" in beside(mine)
    assert "?beside=1" not in beside(other)
