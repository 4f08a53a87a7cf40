"""Linkage against outside truths: FEBRL 4, which others linked, and written persons whose truth is known (steward.science.checks.linkage)."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.science.published import data_file, must_hold, truths_of

from steward.science.checks import Truth
from steward.science.checks.linkage import FEBRL, febrl, person_of
from steward.science.linkage import (
    CUSTOMERS,
    ErrorRates,
    Field,
    Linked,
    LinkSettings,
    MissingExtra,
    NotANumber,
    Record,
    cluster_quality,
    clusters,
    link,
    normalise,
    one_to_one,
    pairs_in,
    people,
    threshold_for,
)
from steward.science.linkage.names import SIMPLIFIED, SURNAMES


@pytest.mark.parametrize("truth", truths_of("linkage"))
def test_published(truth: Truth, request: pytest.FixtureRequest) -> None:
    if truth.slow:
        pytest.skip("long: python -m steward.science.check linkage --slow")
    must_hold(truth)


def test_one_file_with_doubles_in_it() -> None:
    records = febrl(data_file("linkage/febrl_dataset1.csv"))
    found = link(records, FEBRL)
    quality = cluster_quality(clusters(found), [person_of(record) for record in records])
    assert quality.true_pairs == 500
    assert quality.f1 >= 0.99


@pytest.fixture(scope="module")
def few() -> Linked:
    return link(people(260, np.random.default_rng(7)).records)


def test_the_weights_add_up(few: Linked) -> None:
    assert few.learnt
    np.testing.assert_allclose(few.field_weight.sum(axis=1) + few.prior_weight, few.weight, atol=1e-9)
    np.testing.assert_allclose(few.probability, 1 / (1 + np.exp2(-few.weight)), atol=1e-12)
    assert (np.diff(few.weight) <= 0).all()
    evidence = few.explain(0)
    assert [each.field for each in evidence] == [field.name for field in CUSTOMERS.fields]
    assert sum(each.weight for each in evidence) + few.prior_weight == pytest.approx(few.weight[0])
    assert evidence[0].left == few.records[few.left[0]]["name"]


def test_the_order_of_the_records_does_not_matter(few: Linked) -> None:
    order = np.random.default_rng(1).permutation(len(few.records))
    turned = link([few.records[place] for place in order])
    pairs = {(int(a), int(b)): w for a, b, w in zip(few.left, few.right, few.weight, strict=True)}
    again = {tuple(sorted((int(order[a]), int(order[b])))): w for a, b, w in zip(turned.left, turned.right, turned.weight, strict=True)}
    assert pairs.keys() == again.keys()
    assert max(abs(pairs[pair] - again[pair]) for pair in pairs) < 1e-6


def test_the_same_call_gives_the_same_answer() -> None:
    records = people(600, np.random.default_rng(3)).records
    small = replace(CUSTOMERS, sample=50_000)
    first, again = link(records, small, seed=4), link(records, small, seed=4)
    np.testing.assert_array_equal(first.weight, again.weight)
    np.testing.assert_array_equal(first.left, again.left)


def test_what_was_learnt_can_be_kept_and_used_for_one_new_record(few: Linked) -> None:
    kept = LinkSettings.from_json(few.settings.as_json())
    assert kept == few.settings
    someone = next(record for record in few.records if all(record.get(field.name) for field in CUSTOMERS.fields))
    found = link([someone], kept, others=few.records, learn=False)
    assert few.records[found.right[0]] == someone
    assert not found.learnt


# --- People ---

BASE: Record = {"name": "王建国", "phone": "13812345678", "birth_date": "1958-03-05", "address": "杭州市西湖区文三路12号3幢401室"}


def judged(left: Record, right: Record) -> float:
    """The probability that two records are one person, by the starting weights."""
    found = link([left, right], least=0)
    return float(found.probability[0]) if len(found) else 0.0


def test_father_and_son_with_one_phone_are_two() -> None:
    son = {**BASE, "name": "王子轩", "birth_date": "1986-11-20"}
    assert judged(BASE, son) < 0.5
    assert judged(BASE, {**BASE, "name": "王建華"}) > judged(BASE, son)
    assert judged(BASE, {**son, "birth_date": None}) < 0.9


def test_the_same_person_written_otherwise() -> None:
    for change in ({"name": "WANG Jianguo"}, {"name": "王建國先生"}, {"phone": "+86 138-1234-5679"}, {"birth_date": None}, {"phone": None}):
        assert judged(BASE, {**BASE, **change}) > 0.9, change


def test_a_rare_name_is_stronger_evidence_than_a_common_one() -> None:
    records = [{"name": name, "phone": None} for name in ["王伟"] * 30 + ["尉迟恭"] * 2]
    found = link(records, learn=False, least=0)
    by_name = {found.explain(pair)[0].left: found.explain(pair)[0].weight for pair in range(len(found))}
    assert by_name["尉迟恭"] > by_name["王伟"] + 3


def test_a_number_that_everybody_gives_says_nothing() -> None:
    names = ["张三", "李四", "王五", "赵六", "孙七"]
    office = [{"name": name, "phone": "0571-87654321"} for name in names]
    assert len(link(office, least=0)) == 10
    assert len(link(office, replace(CUSTOMERS, crowd=4), least=0)) == 0


def test_generated_people_err_as_often_as_asked() -> None:
    known = people(4_000, np.random.default_rng(5))
    n = len(known.records)
    assert sum(record["phone"] is None for record in known.records) / n == pytest.approx(0.10, abs=0.015)
    names = [record["name"] for record in known.records if record["name"]]
    assert sum(name.isascii() for name in names) / len(names) == pytest.approx(0.05, abs=0.01)
    assert len(known.shared) / 4_000 == pytest.approx(0.08, abs=0.015)
    wang = sum(name.startswith("王") for name in names) / len(names)
    assert wang == pytest.approx(0.95 * SURNAMES["王"][1] / sum(share for _, share in SURNAMES.values()), abs=0.02)
    assert known == people(4_000, np.random.default_rng(5))
    clean = people(300, np.random.default_rng(5), ErrorRates(0, 0, 0, 0, 0, 0))
    by_person: dict[int, set[str | None]] = {}
    for record, person in zip(clean.records, clean.person, strict=True):
        by_person.setdefault(person, set()).add(normalise.phone(record["phone"]))
    assert all(len(phones) == 1 for phones in by_person.values())


# --- Forms ---


@pytest.mark.parametrize(
    ("written", "name", "sound"),
    [
        ("張偉 先生", "张伟", "zhangwei"),
        ("Zhang Wei", "zhang wei", "zhangwei"),
        ("Wei ZHANG", "wei zhang", "zhangwei"),
        ("欧阳娜娜", "欧阳娜娜", "ouyangnana"),
        ("单田芳", "单田芳", "shantianfang"),
        ("吕布", "吕布", "lubu"),
        ("LYU BU", "lyu bu", "lubu"),
        ("Mr. José Pérez", "jose perez", "joseperez"),
        ("O'Brien, Seán", "obrien sean", "obriensean"),
        ("Sean O'Brien", "sean obrien", "obriensean"),
        ("不详", None, None),
    ],
)
def test_names(written: str, name: str | None, sound: str | None) -> None:
    assert normalise.name(written) == name
    assert normalise.sound(name) == sound


def test_numbers_dates_and_addresses() -> None:
    assert {normalise.phone(text) for text in ("+86 138-1234-5678", "８６１３８１２３４５６７８", "0086 13812345678")} == {"13812345678"}
    assert [normalise.phone(text) for text in ("0571-8765 4321", "11111111111", "无", "12", None)] == [
        "57187654321",
        None,
        None,
        None,
        None,
    ]
    assert {normalise.birth_date(text) for text in ("1990年3月5日", "1990/03/05", "19900305")} == {"19900305"}
    assert [normalise.birth_date(text) for text in ("1900-01-01", "unknown", "90-3-5")] == [None, None, None]
    forms = ("浙江省杭州市西湖区文三路123号4幢502室", "杭州西湖区文三路123号4-502", "杭州市西湖区文三路123号4号楼502")
    assert {normalise.address(text) for text in forms} == {"杭州西湖文三路 123 4 502"}


@given(st.text(max_size=30))
def test_any_text_has_a_form_and_its_form_has_the_same(text: str) -> None:
    for clean in (normalise.name, normalise.phone, normalise.email, normalise.birth_date, normalise.code, normalise.tidy):
        form = clean(text)
        assert form is None or clean(form) in (form, None)
    normalise.sound(normalise.name(text))
    normalise.address_number(normalise.address(text))


def test_every_variant_ends_at_one_character() -> None:
    assert not set(SIMPLIFIED.values()) & set(SIMPLIFIED)


# --- Pairs to persons ---


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=12))
def test_perfect_groups_are_perfect(persons: list[int]) -> None:
    quality = cluster_quality([person + 7 for person in persons], persons)
    assert (quality.precision, quality.recall, quality.f1) == (1, 1, 1)
    assert quality.true_pairs == pairs_in(persons)
    apart = cluster_quality(list(range(len(persons))), persons)
    assert apart.found == 0


def test_a_higher_threshold_never_joins_more(few: Linked) -> None:
    sizes = [pairs_in(clusters(few, threshold)) for threshold in (0.1, 0.5, 0.9, 0.99)]
    assert sizes == sorted(sizes, reverse=True)
    once = one_to_one(few, 0.5)
    assert len({*few.left[once].tolist(), *few.right[once].tolist()}) == 2 * once.size
    assert threshold_for(few, 0.9) <= threshold_for(few, 0.999)


def test_labels_of_people_set_the_threshold(few: Linked) -> None:
    many = np.linspace(1, 0.5, 800)
    known = replace(few, probability=many)
    right = {pair: pair < 500 or pair % 3 == 0 for pair in range(800)}
    threshold = threshold_for(known, 0.99, labelled=right)
    assert many[510] <= threshold <= many[499]
    assert threshold_for(known, 0.99, labelled=dict.fromkeys(range(380), True)) == 1
    assert threshold_for(known, 0.99, labelled=dict.fromkeys(range(381), True)) == many[380]
    assert threshold_for(known, 0.99, labelled={}) == 1


def test_quality_has_intervals() -> None:
    precision, recall = cluster_quality([0, 0, 1, 1, 2], [0, 0, 1, 2, 2]).intervals()
    assert (precision.estimate, recall.estimate) == (0.5, 0.5)
    assert precision.low < 0.5 < precision.high


def test_nothing_and_one() -> None:
    for records in ([], [BASE]):
        found = link(records)
        assert len(found) == 0
        assert clusters(found).tolist() == list(range(len(records)))
        assert one_to_one(found).size == 0
        assert threshold_for(found) == 1
    assert len(link([BASE], others=[])) == 0
    assert people(0, np.random.default_rng(0)).records == ()


def test_nonsense_is_refused() -> None:
    with pytest.raises(NotANumber):
        link([BASE, BASE], least=math.nan)
    with pytest.raises(NotANumber):
        ErrorRates(digit=math.nan)
    with pytest.raises(ValueError, match="no kind"):
        Field("name", "horoscope")
    with pytest.raises(ValueError, match="cannot be the name"):
        Field("name; drop table", "name")
    with pytest.raises(ValueError, match="a block names age"):
        LinkSettings((Field("name", "name"),), (("age",),))
    with pytest.raises(ValueError, match="levels"):
        LinkSettings((Field("name", "name", m=(1.0,)),), (("name",),))
    with pytest.raises(ValueError, match="between 0 and 1"):
        people(1, np.random.default_rng(0), ErrorRates(missing=2))


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.science.extras.find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match="match"):
        link([{"name": "Smith"}, {"name": "Smith"}])


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import sys, steward.science.linkage; sys.exit(any(x in sys.modules for x in ('splink', 'duckdb', 'scipy', 'pypinyin', 'pyarrow')))"
    )
    source = Path(__file__).resolve().parents[2] / "src"
    assert subprocess.run([sys.executable, "-c", code], cwd=source).returncode == 0
