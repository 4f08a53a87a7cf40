"""Further fields: asked where they belong, needed when it was said, and enforced by the operations whichever way a case comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import AT, SETUP, World
from tests.contact.fields.making import MATTERS, define, lost_property

from steward.contact.fields import operations as fields
from steward.contact.fields.answers import canonical, typed_of, words_of
from steward.contact.fields.conditions import Question, asked, circles
from steward.contact.fields.errors import BadAnswer, BadCondition, DetailsMissing, KeyTaken, NeedsChoices, StillAskedAfter, UnknownField
from steward.contact.fields.hooks import CURRENT, columns
from steward.contact.fields.models import FieldValue, FieldVersion
from steward.contact.fields.personal import blank, export, find
from steward.contact.fields.queries import answers_of, history
from steward.core.cases import finding
from steward.core.cases import operations as cases
from steward.core.cases.details import Details
from steward.core.cases.models import Case
from steward.core.catalog import operations as catalog
from steward.ground.access.errors import Forbidden, Stale
from steward.ground.fields import localized
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import Person

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=5)


def opened(world: World, details: Details | None = None, *, kind: str = "request") -> Case:
    return cases.open_case(
        unit=world.counter_team,
        kind=kind,
        channel="counter",
        title="来访",
        customer=world.customer,
        by=world.actor("front_line"),
        at=AT,
        details=details,
    )


def solve(world: World, case: Case, resolution: str = "fulfilled", reason: str = "") -> Case:
    cases.add_message(case=case, direction="out", body="已办。", by=world.actor("front_line"), at=LATER)
    return cases.close_case(case=case, resolution=resolution, reason=reason, by=world.actor("front_line"), at=LATER)


def test_opening_is_refused_with_the_name_of_what_is_missing_and_nothing_is_written(world: World) -> None:
    define(world.branch, "room", "房号", "Room", required="opening")
    with pytest.raises(DetailsMissing, match=r"房号|Room"):
        opened(world, Details({"room": "  "}))
    assert not Case.objects.exists()
    case = opened(world, Details({"room": " 1203 "}))
    row = FieldValue.objects.get()
    assert (row.value, row.set_by, row.set_at, row.case_id) == ("1203", world.cast.front_line, AT, case.pk)
    entry = Entry.objects.get(code="casefields.values_set")
    assert entry.public == {"keys": ["room"]}, "what was answered stands in no journal"


def test_a_way_in_that_cannot_ask_opens_the_case_and_solving_asks(world: World) -> None:
    define(world.branch, "room", "房号", "Room", required="opening")
    case = opened(world)
    with pytest.raises(DetailsMissing):
        solve(world, case)
    assert Case.objects.get(pk=case.pk).closed_at is None
    fields.set_values(case=case, values={"room": "8"}, by=world.actor("front_line"), at=LATER)
    assert solve(world, case).state == "closed"


def test_solving_needs_what_the_conditions_ask_and_only_that(world: World) -> None:
    lost_property(world.branch)
    other, lost = opened(world, Details({"matter": "other"})), opened(world, Details({"matter": "lost"}))
    assert solve(world, other).state == "closed"
    with pytest.raises(DetailsMissing, match=r"遗失物品|Lost item"):
        solve(world, lost)
    fields.set_values(case=lost, values={"item": "黑色双肩包"}, by=world.actor("front_line"), at=LATER)
    assert solve(world, lost).state == "closed"


def test_what_was_withdrawn_or_cannot_be_reached_needs_no_answers(world: World) -> None:
    lost_property(world.branch)
    case = opened(world, Details({"matter": "lost"}))
    assert solve(world, case, "unreachable", "三次未接").state == "closed"


def test_an_answer_that_is_no_longer_asked_is_taken_back_and_stays_in_the_history(world: World) -> None:
    lost_property(world.branch)
    case = opened(world, Details({"matter": "lost", "item": "雨伞"}))
    changed = fields.set_values(case=case, values={"matter": "other"}, by=world.actor("supervisor"), at=LATER)
    assert set(changed) == {"matter", "item"}
    assert answers_of(case) == {"matter": "other"}
    story = [(row.field.key, row.value, row.set_by, row.ended_at) for row, _words in history(case)]
    assert ("item", "雨伞", world.cast.front_line, LATER) in story
    assert ("item", "", world.cast.supervisor, None) in story


def test_a_hidden_answer_given_at_opening_is_not_kept(world: World) -> None:
    lost_property(world.branch)
    assert answers_of(opened(world, Details({"matter": "other", "item": "雨伞"}))) == {"matter": "other"}


def test_what_was_needed_to_open_cannot_be_taken_away(world: World) -> None:
    define(world.branch, "room", required="opening")
    case = opened(world, Details({"room": "7"}))
    with pytest.raises(DetailsMissing):
        fields.set_values(case=case, values={"room": ""}, by=world.actor("front_line"), at=LATER)
    assert answers_of(case) == {"room": "7"}


def test_fields_belong_to_kind_category_and_place(world: World) -> None:
    above = catalog.open_category(unit=world.bank, code="card", name=localized("卡"), by=SETUP, at=AT)
    below = catalog.open_category(unit=world.bank, code="lost", name=localized("挂失"), parent=above, by=SETUP, at=AT)
    define(world.branch, "card", required="opening", category=above)
    define(world.branch, "loss", required="opening", kind="complaint")
    define(world.other_branch, "south", required="opening")
    opened(world, Details())
    with pytest.raises(DetailsMissing, match="loss"):
        opened(world, Details(), kind="complaint")
    with pytest.raises(DetailsMissing, match="card"):
        cases.open_case(
            unit=world.counter_team, kind="request", channel="counter", title="挂失", category=below, by=SETUP, at=AT, details=Details()
        )


def test_the_public_form_asks_only_what_is_meant_for_it(world: World) -> None:
    define(world.branch, "room", required="opening")
    define(world.branch, "where", required="opening", public=True)
    with pytest.raises(DetailsMissing, match="where"):
        opened(world, Details({"room": "1"}, public=True))
    case = opened(world, Details({"where": "大堂", "room": "1"}, public=True))
    assert answers_of(case) == {"where": "大堂"}


def test_misspelt_keys_and_wrong_answers_are_said(world: World) -> None:
    lost_property(world.branch)
    define(world.branch, "count", type="number")
    with pytest.raises(UnknownField, match="mater"):
        opened(world, Details({"mater": "lost"}))
    with pytest.raises(BadAnswer):
        opened(world, Details({"matter": "stolen"}))
    with pytest.raises(BadAnswer):
        opened(world, Details({"count": "many"}))
    assert not Case.objects.exists()


def test_rights_and_versions(world: World) -> None:
    define(world.branch, "room")
    case = opened(world)
    with pytest.raises(Forbidden):
        fields.set_values(case=case, values={"room": "1"}, by=world.actor("other_branch"), at=LATER)
    with pytest.raises(Forbidden):
        define(world.branch, "mine", by=world.actor("front_line"))
    fields.set_values(case=case, values={"room": "1"}, by=world.actor("front_line"), at=LATER, expected_version=case.version)
    with pytest.raises(Stale):
        fields.set_values(case=case, values={"room": "2"}, by=world.actor("supervisor"), at=LATER, expected_version=case.version)
    assert answers_of(case) == {"room": "1"}


def test_a_new_wording_ends_the_one_before_and_answers_keep_theirs(world: World) -> None:
    row = define(world.branch, "matter", "事由", type="choice", choices=MATTERS)
    case = opened(world, Details({"matter": "other"}))
    define(
        world.branch,
        "matter",
        "事项",
        type="choice",
        choices=[*MATTERS[:1], {"value": "new", "label": {"zh-hans": "新"}}],
        field=row,
        at=LATER,
    )
    versions = list(FieldVersion.objects.order_by("number").values_list("number", "ended_at"))
    assert versions == [(1, LATER), (2, None)]
    given = FieldValue.objects.get(case=case)
    assert words_of(given.version, given.value) in {"其他", "Something else"}, "an answer that is offered no more is still readable"
    fields.set_values(case=case, values={"matter": "other"}, by=world.actor("front_line"), at=LATER)
    assert answers_of(case) == {"matter": "other"}, "and saving the sheet does not lose it"


def test_definitions_that_make_no_sense_are_refused(world: World) -> None:
    matter, item = lost_property(world.branch)
    with pytest.raises(KeyTaken):
        define(world.bank, "matter")
    with pytest.raises(NeedsChoices):
        define(world.branch, "one", type="choice", choices=MATTERS[:1])
    with pytest.raises(BadCondition):
        define(world.branch, "odd", after=matter, values=("stolen",))
    with pytest.raises(BadCondition):
        define(world.branch, "matter", type="choice", choices=MATTERS, after=matter, values=("lost",), field=matter)
    with pytest.raises(BadCondition):
        define(world.branch, "seen", public=True, after=matter, values=("lost",))
    with pytest.raises(StillAskedAfter):
        fields.close_field(field=matter, by=world.actor("supervisor"), at=LATER)
    fields.close_field(field=item, by=world.actor("supervisor"), at=LATER)
    fields.close_field(field=matter, by=world.actor("supervisor"), at=LATER)


def test_text_is_found_and_export_has_its_column(world: World) -> None:
    define(world.branch, "item", "遗失物品", "Lost item")
    define(world.branch, "name", "姓名", personal=True)
    case = opened(world, Details({"item": "蓝色雨伞", "name": "王小二"}))
    words = finding.words_of(case)
    assert words is not None
    assert "蓝色雨伞" in words.texts

    class Asking:
        user = world.cast.front_line

    found = columns(Asking())  # type: ignore[arg-type]
    row = Case.objects.prefetch_related(CURRENT).get(pk=case.pk)
    assert [column.value(row) for column in found] == ["蓝色雨伞"], "what is personal is in no export"


def test_erasing_a_person_blanks_their_answers(world: World) -> None:
    define(world.branch, "item")
    define(world.branch, "count", type="number")
    case = opened(world, Details({"item": "张三的伞", "count": "2"}))
    person = Person.of(world.customer)
    assert find(person) == 1
    assert export(person)[0]["value"] == "张三的伞"
    assert blank(person, LATER) == 1
    assert answers_of(case) == {"item": "", "count": "2"}
    assert find(person) == 0


@pytest.mark.parametrize(
    ("kind", "typed", "value", "again"),
    [
        ("number", "1,200.50", "1200.5", "1200.5"),
        ("number", "-0.0", "0", "0"),
        ("amount", "1280.5", "128050", "1280.50"),
        ("date", "2026-03-02", "2026-03-02", "2026-03-02"),
        ("yes_no", "yes", "yes", "yes"),
        ("text", "  伞 ", "伞", "伞"),
    ],
)
def test_answers_have_one_spelling(world: World, kind: str, typed: str, value: str, again: str) -> None:
    version = FieldVersion.objects.get(field=define(world.branch, "it", type=kind, currency="CNY"))
    assert canonical(version, typed) == value
    assert typed_of(version, value) == again
    assert canonical(version, again) == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("number", "NaN"), ("number", "1e99"), ("amount", "1.005"), ("date", "2026-02-30"), ("yes_no", "maybe"), ("text", "a" * 2001)],
)
def test_answers_that_are_none(world: World, kind: str, typed: str) -> None:
    version = FieldVersion.objects.get(field=define(world.branch, "it", type=kind, currency="CNY"))
    with pytest.raises(BadAnswer):
        canonical(version, typed)


KEYS = st.sampled_from("abcdef")
QUESTIONS = st.lists(
    st.builds(Question, key=KEYS, after=st.sampled_from(["", *"abcdef"]), values=st.frozensets(st.sampled_from("xyz"), max_size=2)),
    unique_by=lambda question: question.key,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(QUESTIONS, st.dictionaries(KEYS, st.sampled_from("xyz")))
def test_conditions_hold_for_exactly_what_is_asked(questions: list[Question], answers: dict[str, str]) -> None:
    found = asked(questions, answers)
    by_key = {question.key: question for question in questions}
    after = {question.key: question.after for question in questions}
    assert found <= set(by_key)
    for key, question in by_key.items():
        met = not question.after or (question.after in found and answers.get(question.after) in question.values)
        assert (key in found) == (met and not circles(after, key)), key


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(QUESTIONS, st.dictionaries(KEYS, st.sampled_from("xyz")))
def test_answers_of_questions_that_are_not_asked_change_nothing(questions: list[Question], answers: dict[str, str]) -> None:
    found = asked(questions, answers)
    assert asked(questions, {key: value for key, value in answers.items() if key in found}) == found


def test_the_page_that_opens_a_case_keeps_everything_typed(world: World, client: Client) -> None:
    define(world.branch, "room", "房号", "Room", required="opening")
    client.force_login(world.cast.front_line, backend="steward.ground.access.backends.StaffBackend")
    data = {
        "unit": world.counter_team.public_id,
        "kind": "request",
        "channel": "counter",
        "priority": "normal",
        "title": "漏水",
        "key": "k1",
    }
    answer = client.post("/cases/new/", {**data, "detail-room": ""})
    assert answer.status_code == 422
    assert "漏水" in answer.content.decode()
    assert not Case.objects.exists()
    assert client.post("/cases/new/", {**data, "detail-room": "1203"}).status_code == 302
    assert answers_of(Case.objects.get()) == {"room": "1203"}
    page = client.get(f"/cases/{Case.objects.get().public_id}/beside/").content.decode()
    assert "1203" in page
