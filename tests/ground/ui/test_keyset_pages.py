"""Keyset pages: every row exactly once in both directions, whatever the order, ties and NULLs; forged cursors give the first page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import AT

from steward.ground.access.models import User
from steward.ground.ui.lists import capped_count, paginate, paginate_rows
from steward.ground.ui.lists.keyset import BadCursor, read_cursor, sign_cursor

pytestmark = pytest.mark.django_db


def make_users(count: int) -> None:
    """Users with many ties in every order, and organisation NULL throughout."""
    User.objects.bulk_create(
        User(
            username=f"u{index:03d}",
            name=f"name {index % 4}",
            email=f"e{index % 3}@example.com",
            created_at=AT - timedelta(minutes=index % 5),
        )
        for index in range(count)
    )


def walk(order: tuple[str, ...], size: int) -> tuple[list[int], list[int]]:
    """All primary keys by `after` from the start, and by `before` from the end."""
    forward: list[int] = []
    page = paginate(User.objects.all(), {}, order=order, size=size)
    pages = [page]
    while page.older:
        page = paginate(User.objects.all(), {"after": page.older}, order=order, size=size)
        pages.append(page)
    for each in pages:
        forward += [row.pk for row in each.rows]
    backward = [row.pk for row in pages[-1].rows]
    while page.newer:
        page = paginate(User.objects.all(), {"before": page.newer}, order=order, size=size)
        backward = [row.pk for row in page.rows] + backward
    return forward, backward


ORDERS = [
    ("-created_at",),
    ("created_at", "-name"),
    ("name", "email"),
    ("-name", "created_at"),
    ("organisation", "-name"),
    ("-organisation__code", "name"),
    ("pk",),
    ("-pk",),
]


@given(order=st.sampled_from(ORDERS), size=st.integers(1, 13), count=st.integers(0, 30))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_every_row_comes_once_in_order_both_ways(order: tuple[str, ...], size: int, count: int) -> None:
    User.objects.all().delete()
    make_users(count)
    forward, backward = walk(order, size)
    assert forward == backward
    assert sorted(forward) == sorted(User.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("order", ORDERS)
def test_with_the_keys_first_the_pages_are_the_same(order: tuple[str, ...]) -> None:
    make_users(11)
    people = User.objects.select_related("organisation")
    for size in (4, 20):
        plain = paginate(people, {}, order=order, size=size)
        first = paginate(people, {}, order=order, size=size, keys_first=lambda keys: people.filter(pk__in=keys))
        assert (first.rows, first.older, first.newer, first.count) == (plain.rows, plain.older, plain.newer, plain.count)
        if plain.older:
            second = paginate(people, {"after": plain.older}, order=order, size=size, keys_first=lambda keys: people.filter(pk__in=keys))
            assert second.rows == paginate(people, {"after": plain.older}, order=order, size=size).rows


def test_nulls_come_last_whichever_way_the_order_runs(world: object) -> None:
    make_users(7)
    for order in (("organisation",), ("-organisation",)):
        forward, backward = walk(order, 3)
        assert forward == backward
        have = [User.objects.get(pk=pk).organisation_id for pk in forward]
        first_null = have.index(None)
        assert all(value is None for value in have[first_null:])
        assert len(have) == User.objects.count()


def test_new_rows_do_not_shift_the_page_one_reads() -> None:
    make_users(10)
    first = paginate(User.objects.all(), {}, order=("-pk",), size=4)
    make_user = User(username="new", name="new", created_at=AT)
    make_user.save()
    second = paginate(User.objects.all(), {"after": first.older}, order=("-pk",), size=4)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


@pytest.mark.parametrize("cursor", ["nonsense", "W10:abc", "=", "a" * 5000, "%00", "W3siYSI6MX1d:x"])
def test_a_forged_cursor_gives_the_first_page_with_a_notice(cursor: str) -> None:
    make_users(5)
    page = paginate(User.objects.all(), {"after": cursor}, order=("-pk",), size=2)
    assert page.notice
    assert [row.pk for row in page.rows] == list(User.objects.order_by("-pk").values_list("pk", flat=True)[:2])
    assert not page.newer


def test_a_cursor_of_another_order_is_refused() -> None:
    make_users(5)
    page = paginate(User.objects.all(), {}, order=("name",), size=2)
    assert paginate(User.objects.all(), {"after": page.older}, order=("-name",), size=2).notice


def test_counts_stop_at_the_cap() -> None:
    make_users(12)
    assert str(capped_count(User.objects.all(), 10)) == "10+"
    assert str(capped_count(User.objects.all(), 12)) == "12"
    assert str(capped_count(User.objects.none())) == "0"


def test_a_page_is_two_queries(django_assert_num_queries: object) -> None:
    make_users(30)
    page = paginate(User.objects.all(), {}, order=("-created_at", "name"), size=5)
    with django_assert_num_queries(2):  # type: ignore[operator]
        paginate(User.objects.all(), {"after": page.older}, order=("-created_at", "name"), size=5)


@given(count=st.integers(0, 40), size=st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_rows_in_memory_page_the_same_way(count: int, size: int) -> None:
    rows = list(range(count))
    seen, page = [], paginate_rows(rows, {}, key=lambda row: (row,), name="t", size=size)
    seen += page.rows
    while page.older:
        page = paginate_rows(rows, {"after": page.older}, key=lambda row: (row,), name="t", size=size)
        seen += page.rows
    assert seen == rows
    back = list(page.rows)
    while page.newer:
        page = paginate_rows(rows, {"before": page.newer}, key=lambda row: (row,), name="t", size=size)
        back = page.rows + back
    assert back == rows


def test_cursors_keep_their_types() -> None:
    values = [AT, AT.date(), None, 3, "客", User(username="x").public_id]
    assert read_cursor(sign_cursor(values, "s"), "s") == values
    with pytest.raises(BadCursor):
        read_cursor(sign_cursor(values, "s"), "other")
