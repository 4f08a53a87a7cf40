"""Searching: complete like a naive `in`, newest first, within the policy, forgetful after an erasure; the same on both databases."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import AT, World

from steward.ground.access.models import Role, Unit, User
from steward.ground.jobs.operations import enqueue
from steward.ground.jobs.testing import run_waiting
from steward.ground.journal import personal
from steward.ground.journal.operations import Person
from steward.ground.search import checks, operations, queries, schema
from steward.ground.search.kinds import SearchKind
from steward.ground.search.models import Document, key_of
from steward.ground.search.tokens import runs

from .conftest import WORDS, words

LETTERS = "账户冻结了客戶𠮷あa1bVＡ２ ，-"


def add(world: World, title: str, *texts: str, unit: Unit | None = None, at: Any = AT, organisation: Unit | None = None) -> Role:
    home = unit or world.branch
    number = Role.objects.count()
    role = Role.objects.create(organisation=organisation or world.bank, code=f"note{number}", name={"en": "n"}, capabilities=[])
    WORDS[role.pk] = words(title, *texts, units=(home.pk,), at=at)
    operations.index_row(role, kind="note")
    return role


def ask(user: User, query: str, **options: Any) -> list[int]:
    return [found.row.pk for found in queries.search(user, query, kind="note", at=AT, limit=options.pop("limit", 200), **options).hits]


def canonical(text: str) -> str:
    """The naive oracle's text: runs parted by a mark, so that one `in` says whether a query's part is there."""
    return "|" + "|".join(run for run, _han in runs(text)) + "|"


def naive(text: str, query: str) -> bool:
    parts = []
    for part in query.split():
        pieces = list(runs(part))
        if pieces:
            parts.append(("" if pieces[0][1] else "|") + "|".join(run for run, _han in pieces))
    return bool(parts) and all(part in canonical(text) for part in parts)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(alphabet=LETTERS, min_size=1, max_size=24), min_size=1, max_size=6),
    asked=st.lists(st.text(alphabet=LETTERS, min_size=1, max_size=5), min_size=1, max_size=4),
)
def test_it_finds_what_a_naive_search_finds(world: World, note_kind: SearchKind, texts: list[str], asked: list[str]) -> None:
    Document.objects.all().delete()
    rows = {add(world, text).pk: text for text in texts}
    parts = [text[start : start + 3] for text in texts for start in range(0, len(text), 3)]
    for query in [*asked, *parts]:
        expected = {pk for pk, text in rows.items() if naive(text, query)}
        assert set(ask(world.cast.manager, query)) == expected, query
        assert set(ask(world.cast.outsider, query)) == set()


@pytest.mark.django_db
def test_one_and_two_characters_are_complete(world: World, note_kind: SearchKind) -> None:
    first, second = add(world, "会议室投影蓝屏"), add(world, "今天开会", "蓝屏了")
    user = world.cast.manager
    assert set(ask(user, "会")) == {first.pk, second.pk}
    assert ask(user, "会议") == [first.pk]
    assert set(ask(user, "蓝屏")) == {first.pk, second.pk}
    assert ask(user, "屏了") == [second.pk]
    assert ask(user, "会室") == []


@pytest.mark.django_db
def test_codes_are_found_by_their_beginning_in_any_case(world: World, note_kind: SearchKind) -> None:
    row = add(world, "工单 2026-000123", "订单号 AB12x9")
    for query in ("2026-0001", "ab12", "AB12X9", "工单2026", "２０２６"):
        assert ask(world.cast.manager, query) == [row.pk], query
    for query in ("000", "12x9", "2026-123"):
        assert ask(world.cast.manager, query) == ([row.pk] if query == "000" else []), query


@pytest.mark.django_db
def test_all_words_must_be_there_and_hostile_queries_are_harmless(world: World, note_kind: SearchKind) -> None:
    row = add(world, "账户冻结", "客户着急")
    assert ask(world.cast.manager, "冻结 着急") == [row.pk]
    assert ask(world.cast.manager, "冻结 退款") == []
    for query in ('"', "'", "a' OR 1=1 --", "冻结* NOT NEAR(", "(((", "\\", "冻结:*", "%", "_", "\0", "🙂", "scope : k", "#kother"):
        ask(world.cast.manager, query)
    assert ask(world.cast.manager, "") == []
    assert ask(world.cast.manager, "%") == ask(world.cast.manager, "_") == []


@pytest.mark.django_db
def test_newest_first_page_by_page(world: World, note_kind: SearchKind) -> None:
    rows = [add(world, f"投诉 {number}", at=AT - timedelta(days=number)) for number in range(12)]
    seen: list[int] = []
    before: int | None = None
    while True:
        page = queries.search(world.cast.manager, "投诉", kind="note", at=AT, limit=5, before=before)
        seen += [found.row.pk for found in page.hits]
        if not page.more:
            break
        before = page.hits[-1].document_id
    assert seen == [row.pk for row in rows]
    assert queries.count_matches(world.cast.manager, "投诉", kind="note", at=AT, cap=10) == 11


@pytest.mark.django_db
@pytest.mark.parametrize(("walked", "few"), [(10_000, 8_000), (3, 8_000), (3, 2), (10_000, 2)])
def test_every_way_to_the_newest_gives_the_same(
    world: World, note_kind: SearchKind, monkeypatch: pytest.MonkeyPatch, walked: int, few: int
) -> None:
    monkeypatch.setattr(queries, "WALKED", walked)
    monkeypatch.setattr(queries, "FEW", few)
    monkeypatch.setattr(queries, "MARGIN", 1)
    rows = [add(world, f"投诉账户 {number}", at=AT - timedelta(days=number)) for number in range(9)]
    for name in ("manager", "supervisor"):
        user = getattr(world.cast, name)
        assert ask(user, "诉账户", limit=3) == [row.pk for row in rows[:3]], name
        older = queries.search(user, "投诉", kind="note", at=AT, limit=3, before=Document.objects.get(object_id=rows[4].pk).pk)
        assert [found.row.pk for found in older.hits] == [row.pk for row in rows[5:8]], name


@pytest.mark.django_db
def test_relevance_prefers_the_title_and_frequency(world: World, note_kind: SearchKind) -> None:
    once = add(world, "咨询", "提到退款", at=AT)
    often = add(world, "咨询", "退款 退款 退款", at=AT - timedelta(days=1))
    title = add(world, "退款", "", at=AT - timedelta(days=2))
    assert ask(world.cast.manager, "退款") == [once.pk, often.pk, title.pk]
    assert ask(world.cast.manager, "退款", by_relevance=True) == [title.pk, often.pk, once.pk]


@pytest.mark.django_db
def test_the_policy_has_the_last_word(world: World, note_kind: SearchKind) -> None:
    """Inside one's units, outside them, hidden, and in another organisation."""
    here, there = add(world, "冻结一", unit=world.branch), add(world, "冻结二", unit=world.other_branch)
    hidden = add(world, "冻结三", unit=world.branch)
    Role.objects.filter(pk=hidden.pk).update(code="hidden-1")
    hotel = add(world, "冻结四", unit=world.hotel, organisation=world.hotel)
    for name in ("front_line", "supervisor", "manager", "administrator"):
        assert set(ask(getattr(world.cast, name), "冻结")) == {here.pk, there.pk}, name
    assert ask(world.cast.outsider, "冻结") == [hotel.pk]


@pytest.mark.django_db
def test_very_many_matches_outside_are_admitted(world: World, note_kind: SearchKind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "OUTSIDE", 3)
    for number in range(5):
        add(world, f"冻结 {number}", unit=world.other_branch)
    narrow = queries.search(world.cast.supervisor, "冻结", kind="note", at=AT)
    assert (len(narrow.hits), narrow.complete) == (3, False)
    assert queries.search(world.cast.manager, "冻结", kind="note", at=AT).complete


@pytest.mark.django_db
def test_a_changed_row_is_found_by_its_new_words_only(world: World, note_kind: SearchKind) -> None:
    row = add(world, "旧的说法")
    WORDS[row.pk] = words("新的说法", units=(world.branch.pk,), at=AT + timedelta(days=1))
    operations.index_row(row, kind="note")
    assert ask(world.cast.manager, "旧的") == []
    assert ask(world.cast.manager, "新的") == [row.pk]
    assert Document.objects.count() == 1
    WORDS.pop(row.pk)
    operations.index_row(row, kind="note")
    assert Document.objects.count() == 0
    assert ask(world.cast.manager, "新的") == []


@pytest.mark.django_db
def test_rows_of_one_instant_get_different_keys(world: World, note_kind: SearchKind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "key_of", lambda kind, object_id, at: 77)
    rows = [add(world, "同一刻") for _number in range(3)]
    assert set(ask(world.cast.manager, "同一")) == {row.pk for row in rows}
    assert key_of("note", 1, AT) < key_of("note", 2, AT + timedelta(milliseconds=1))


@pytest.mark.django_db
def test_units_that_move_take_their_documents_along(world: World, note_kind: SearchKind) -> None:
    add(world, "冻结", unit=world.counter_team)
    Unit.objects.filter(pk=world.counter_team.pk).update(path=f"{world.other_branch.path}{world.counter_team.pk}.")
    assert operations.rescope_units(world.bank.path) == 1
    assert f"#u{world.other_branch.pk}" in Document.objects.get().scope
    assert f"#u{world.branch.pk}" not in Document.objects.get().scope.split()


@pytest.mark.django_db
def test_the_index_can_be_made_again(world: World, note_kind: SearchKind) -> None:
    row = add(world, "账户冻结")
    stray = add(world, "无主")
    WORDS.pop(stray.pk)
    Document.objects.filter(object_id=row.pk).delete()
    job = enqueue("search.reindex_all", at=AT)
    run_waiting(AT)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"note": 1})
    assert ask(world.cast.manager, "冻结") == [row.pk]


@pytest.mark.django_db(transaction=True)
def test_the_full_text_side_survives_a_rebuilt_table(committed_world: World, note_kind: SearchKind) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER search_document_ai")
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX search_document_words")
    assert schema.missing(connection)
    assert [message.id for message in checks.search_index_stands(databases=["default"])] == ["search.E001"]
    row = add(committed_world, "其间写入")
    schema.install(connection)
    assert schema.missing(connection) == []
    assert ask(committed_world.cast.manager, "其间") == [row.pk]
    Document.objects.all().delete()
    assert ask(committed_world.cast.manager, "其间") == []


@pytest.mark.django_db(transaction=True)
def test_erased_words_leave_the_files_bytes(committed_world: World, note_kind: SearchKind) -> None:
    world = committed_world
    secret = "瓊璈琊".encode()
    row = add(world, "瓊璈琊的来电")
    for number in range(50):
        add(world, f"其他内容 {number}")
    person = Person("access.role", row.pk, "x")
    assert operations.documents_of(person) == 1
    personal.erase_person(person, at=AT)
    assert ask(world.cast.manager, "瓊璈") == []
    if connection.vendor == "sqlite" and "memory" not in str(connection.settings_dict["NAME"]):
        database = Path(connection.settings_dict["NAME"])
        for file in database.parent.glob(f"{database.name}*"):
            assert secret[:6] not in file.read_bytes(), file.name


@pytest.mark.django_db
def test_many_rows_are_searched_with_few_queries(world: World, note_kind: SearchKind, django_assert_max_num_queries: Any) -> None:
    rng = random.Random(5)
    for number in range(300):
        add(world, "".join(rng.choices("账户冻结客服投诉退款", k=12)), at=AT - timedelta(minutes=number))
    started = time.perf_counter()
    with django_assert_max_num_queries(8):
        groups = queries.search_all(world.cast.supervisor, "账户", at=AT)
    assert time.perf_counter() - started < 5
    assert len(groups["note"].hits) == 5
    assert groups["note"].more


@pytest.mark.django_db
def test_the_page_groups_marks_and_pages(world: World, note_kind: SearchKind, signed_in: Any) -> None:
    for number in range(25):
        add(world, f"账户冻结 {number}", "<b>客户</b>着急", at=AT - timedelta(minutes=number))
    client = signed_in("supervisor")
    page = client.get("/search/?q=冻结").content.decode()
    assert '<mark class="p-0">冻结</mark>' in page
    assert "&lt;b&gt;" in page
    assert page.count('class="list-group-item"') == 5
    one = client.get("/search/?q=冻结&kind=note").content.decode()
    assert one.count('class="list-group-item"') == 20
    older = client.get(f"/search/?q=冻结&kind=note&before={Document.objects.order_by('-pk')[19].pk}").content.decode()
    assert older.count('class="list-group-item"') == 5
    assert client.get("/search/?q=冻结&kind=note&sort=relevance").status_code == 200
    assert client.get("/search/?q=冻结&kind=note&before=abc").status_code == 200
    assert "没有找到" in client.get("/search/?q=没有的词").content.decode()
    assert client.get("/search/").status_code == 200
    assert client.get("/search/?q=，。").status_code == 200
    assert signed_in("customer").get("/search/?q=冻结").status_code == 302
    assert 'class="list-group-item"' not in signed_in("outsider").get("/search/?q=冻结").content.decode()


@pytest.mark.django_db
def test_the_palette_finds_rows(world: World, note_kind: SearchKind, signed_in: Any) -> None:
    row = add(world, "账户冻结")
    assert f"/notes/{row.pk}/" in signed_in("supervisor").get("/palette/?q=冻结").content.decode()
    assert f"/notes/{row.pk}/" not in signed_in("outsider").get("/palette/?q=冻结").content.decode()
