"""Rules: the nearest unit wins, versions take turns, files are all or nothing, built-ins load as often as one likes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation
from tests.cast import AT, World

from steward.ground.access.errors import Forbidden
from steward.ground.access.operations import NeedsReason
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry
from steward.ground.rules import files, kinds, operations, screens
from steward.ground.rules.checking import parse, problems_of
from steward.ground.rules.errors import BadDates, CannotWithdraw, KeyBelongsToOthers, NeedsSource, UnknownKey, UnknownKind, UnusableRule
from steward.ground.rules.models import RuleVersion
from steward.ground.rules.queries import differences, resolve, resolve_version, revision
from steward.ground.ui import terms

pytestmark = pytest.mark.django_db
MACHINE = Actor.system("test")
DAY = date(2026, 3, 2)


def limits(messages: int) -> dict[str, Any]:
    return {"quiet_hours": {"from": "21:00", "until": "08:00"}, "contact_cap": {"messages": messages, "days": 7}}


def publish(world: World, unit: Any, messages: int, *, by: Actor = MACHINE, **more: Any) -> RuleVersion:
    given: dict[str, Any] = {"kind": "delivery_limits", "key": "default", "source": "测试", "valid_from": date(2026, 1, 1), **more}
    return operations.publish_rule(unit=unit, body=limits(messages), by=by, at=AT, **given)


def cap(unit: Any, day: date = DAY) -> int | None:
    body = resolve("delivery_limits", "default", unit, day)
    return body["contact_cap"]["messages"] if body else None


def test_the_nearest_ancestor_wins_and_the_installation_is_last(world: World) -> None:
    assert cap(world.counter_team) is None
    publish(world, None, 3)
    publish(world, world.bank, 4)
    publish(world, world.branch, 5)
    assert (cap(world.counter_team), cap(world.branch), cap(world.other_branch), cap(world.hotel), cap(None)) == (5, 5, 4, 3, 3)


def test_versions_take_turns_by_their_dates(world: World) -> None:
    publish(world, world.bank, 1)
    publish(world, world.bank, 2, valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 31))
    publish(world, world.bank, 3, valid_from=date(2026, 6, 1))
    days = [date(2025, 12, 31), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1), date(2026, 6, 1)]
    assert [cap(world.bank, day) for day in days] == [None, 1, 2, 2, 1, 3]
    assert [rule.version for rule in RuleVersion.objects.order_by("pk")] == [1, 2, 3]


def test_a_withdrawn_version_gives_way_to_the_one_before(world: World) -> None:
    publish(world, world.bank, 1)
    second = publish(world, world.bank, 2)
    assert cap(world.bank) == 2
    with pytest.raises(NeedsReason):
        operations.withdraw_rule(rule=second, by=world.actor("manager"), at=AT, reason=" ")
    operations.withdraw_rule(rule=second, by=world.actor("manager"), at=AT, reason="写错了")
    assert cap(world.bank) == 1
    assert Entry.objects.get(code="rules.rule_withdrawn").reason == "写错了"


def test_confirming_lifts_the_flag_once_with_a_reason(world: World) -> None:
    rule = publish(world, world.bank, 1)
    assert rule.unverified
    with pytest.raises(Forbidden):
        operations.confirm_rule(rule=rule, by=world.actor("supervisor"), at=AT, reason="看过")
    for _ in range(2):
        operations.confirm_rule(rule=rule, by=world.actor("administrator"), at=AT, reason="与原文核对")
    rule.refresh_from_db()
    assert not rule.unverified
    assert Entry.objects.filter(code="rules.rule_confirmed").count() == 1


def test_an_answer_costs_one_query_while_nothing_changes(world: World, django_assert_num_queries: Any) -> None:
    publish(world, world.bank, 3)
    cap(world.branch)
    with django_assert_num_queries(1):
        cap(world.branch)
    before = revision()
    with django_assert_num_queries(0):
        assert resolve("delivery_limits", "default", world.branch, DAY, at_revision=before)
    publish(world, world.branch, 9)
    assert revision() != before
    found = resolve_version("delivery_limits", "default", world.branch, DAY)
    assert found is not None
    assert found.unit == world.branch


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"kind": "no_such"}, UnknownKind),
        ({"key": "Not A Key"}, UnknownKey),
        ({"source": "  "}, NeedsSource),
        ({"valid_to": date(2025, 1, 1)}, BadDates),
    ],
)
def test_refusals_write_nothing(world: World, change: dict[str, Any], error: type[Exception]) -> None:
    before = Entry.objects.count()
    with pytest.raises(error):
        publish(world, world.bank, 1, **change)
    assert (RuleVersion.objects.count(), Entry.objects.count()) == (0, before)


def test_people_publish_for_their_units_and_never_for_the_installation(world: World) -> None:
    publish(world, world.branch, 1, by=world.actor("manager"))
    for name, unit in [
        ("supervisor", world.branch),
        ("outsider", world.bank),
        ("manager", world.hotel),
        ("manager", None),
        ("administrator", None),
    ]:
        with pytest.raises(Forbidden):
            publish(world, unit, 1, by=world.actor(name))
    whole = publish(world, None, 2)
    with pytest.raises(CannotWithdraw):
        operations.withdraw_rule(rule=whole, by=world.actor("administrator"), at=AT, reason="想改")


def test_problems_name_the_place_and_what_to_write_in_the_readers_language() -> None:
    kind = kinds.kind_for("delivery_limits")
    body = {"quiet_hours": {"from": "9 o'clock"}, "contact_cap": {"messages": 0, "days": "7"}, "more": 1}
    with translation.override("en"):
        found = {problem.where: problem.text for problem in problems_of(kind, body)}
    assert set(found) == {"the whole document", "quiet_hours", "quiet_hours.from", "contact_cap.messages", "contact_cap.days"}
    assert found["contact_cap.messages"] == "0 is too small; the least is 1."
    assert "whole number" in found["contact_cap.days"]
    assert "until" in found["quiet_hours"]
    with translation.override("zh-hans"):
        chinese = {problem.where: problem for problem in problems_of(kind, body)}
    assert "最小" in chinese["contact_cap.messages"].text
    assert chinese["quiet_hours.from"].hint


def test_a_file_is_read_whole_or_not_at_all(world: World) -> None:
    publish(world, world.bank, 3)
    document = files.export_rules(RuleVersion.objects.all())
    by = world.actor("manager")
    assert files.import_rules(document=document, unit=world.bank, by=by, at=AT) == []
    assert len(files.import_rules(document=document, unit=world.branch, by=by, at=AT)) == 1
    good = {**document["rules"][0], "body": limits(8)}
    bad = {**document["rules"][0], "body": {"quiet_hours": None, "contact_cap": {"messages": -1, "days": 1}}}
    count = RuleVersion.objects.count()
    with pytest.raises(UnusableRule) as refused:
        files.import_rules(document={**document, "rules": [good, bad, {**good, "kind": "x"}]}, unit=world.bank, by=by, at=AT)
    assert [problem.where for problem in refused.value.problems] == ["rules[1].body.contact_cap.messages", "rules[2]"]
    assert RuleVersion.objects.count() == count
    for wrong in (
        [],
        {"format": "steward-rules"},
        {"format": "other", "rules": []},
        {**document, "rules": [{**good, "valid_from": "2026-02-30"}]},
    ):
        with pytest.raises(UnusableRule):
            files.import_rules(document=wrong, unit=world.bank, by=by, at=AT)
    with pytest.raises(Forbidden):
        files.import_rules(document=document, unit=world.bank, by=world.actor("supervisor"), at=AT)
    with pytest.raises(Forbidden):
        files.import_rules(document=document, unit=None, by=by, at=AT)


def test_built_in_rules_load_as_often_as_one_likes(world: World) -> None:
    first = files.load_builtin_rules(AT)
    assert first == len(files.builtin_rules()) >= 7
    assert files.load_builtin_rules(AT) == 0
    assert cap(world.hotel) == 2
    # What the operator put in its place stays.
    entry = {**files.export_rules(RuleVersion.objects.filter(kind="delivery_limits"))["rules"][0], "body": limits(1)}
    files.import_rules(document={"format": files.FORMAT, "rules": [entry]}, unit=None, by=Actor.importer("file"), at=AT)
    assert files.load_builtin_rules(AT) == 0
    assert cap(world.hotel) == 1


def test_every_built_in_rule_fits_its_kind_and_names_its_source() -> None:
    for entry in files.builtin_rules():
        assert not problems_of(kinds.kind_for(entry["kind"]), entry["body"])
        assert entry["source"]
        assert isinstance(entry["unverified"], bool)


def test_differences_are_told_place_by_place() -> None:
    found = differences({"a": {"b": 1}, "c": [1]}, {"a": {"b": 2}, "c": [1, 3], "d": "x"})
    assert [(each.path, each.what, each.before, each.after) for each in found] == [
        ("a.b", "changed", "1", "2"), ("c[1]", "added", "", "3"), ("d", "added", "", "x"),
    ]  # fmt: skip


def test_a_kind_can_be_registered_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        kinds.register(kinds.kind_for("delivery_limits"))


class TestIndustryPacks:
    @pytest.fixture(autouse=True)
    def own_words(self) -> None:
        terms.set_term_source(screens.words_of)

    def pack(self, world: World, key: str, unit: Any, **more: Any) -> RuleVersion:
        body = {"base": "bank", "terms": {"customer": {"zh-hans": "贵宾", "one": "client", "many": "clients"}}}
        given: dict[str, Any] = {"by": world.actor("manager"), **more}
        return operations.publish_rule(
            kind="industry_pack", key=key, unit=unit, body=body, source="行内用语规范", valid_from=date(2026, 1, 1), at=AT, **given
        )

    def test_an_own_pack_speaks_over_its_base(self, world: World) -> None:
        files.load_builtin_rules(AT)
        self.pack(world, "coast_bank", world.branch)
        assert terms.terms_for("coast_bank", "zh-hans")["customer"] == "贵宾"
        assert terms.terms_for("coast_bank", "en")["customer_many"] == "clients"
        assert terms.terms_for("coast_bank", "zh-hans")["counter"] == terms.terms_for("bank", "zh-hans")["counter"]
        assert terms.terms_for("bank", "zh-hans")["customer"] == "客户"

    def test_a_key_means_one_thing_everywhere(self, world: World) -> None:
        with pytest.raises(KeyBelongsToOthers):
            self.pack(world, "bank", world.bank)
        self.pack(world, "vip", world.bank)
        with pytest.raises(KeyBelongsToOthers):
            self.pack(world, "vip", world.hotel, by=world.actor("outsider"))

    def test_the_built_in_packs_are_the_files_of_the_screens(self, world: World) -> None:
        before = {industry: terms.terms_for(industry, "zh-hans") for industry in terms.industries()}
        files.load_builtin_rules(AT)
        assert before == {industry: terms.terms_for(industry, "zh-hans") for industry in terms.industries()}


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 5000, '{"a": NaN}', "-Infinity", "{"])
def test_what_no_rule_can_be_is_a_problem_and_no_fault(text: str) -> None:
    """Each of these but the last was a fault of the server, or reached the database."""
    value, problems = parse(text)
    assert value is None
    assert len(problems) == 1
