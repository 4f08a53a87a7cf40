"""The class list views are made of: filters, sorting, fragment, CSV with its permission and record."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest
from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from steward.ground.access.models import User
from steward.ground.ui.lists import Column, ListPage

pytestmark = pytest.mark.django_db
TEMPLATE = (
    '<html>{% partialdef rows inline %}<div id="rows">{% for row in page %}{{ row.username }} {% endfor %}'
    "{{ sort }} {{ page.notice }}</div>{% endpartialdef %}</html>"
)


class Filters(forms.Form):
    name = forms.CharField(required=False)
    least = forms.IntegerField(required=False)


class UserList(ListPage[User]):
    key = "users"
    template = "users/list.html"
    form = Filters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"name": ("name", "username"), "newest": ("-created_at",)}
    columns = (
        Column("username", "Name", lambda user: user.username, sort="name"),
        Column("n", "Figure", lambda user: -user.pk, figure=True),
    )
    size = 2
    export_capability = "users.export"
    recorded: ClassVar[list[int]] = []

    def queryset(self) -> QuerySet[User]:
        rows = User.objects.filter(username__startswith="list-")
        return rows.filter(name__contains=self.filters["name"]) if self.filters.get("name") else rows

    def record_export(self, queryset: QuerySet[User]) -> None:
        self.recorded.append(queryset.count())


class Someone:
    is_authenticated = True

    def __init__(self, *codes: str) -> None:
        self.access = self
        self.codes = codes

    def has(self, code: str) -> bool:
        return code in self.codes


@pytest.fixture(autouse=True)
def users(settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "users"
    folder.mkdir(parents=True)
    (folder / "list.html").write_text(TEMPLATE)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(tmp_path / "templates")]}]
    for letter in "abc":
        User.objects.create(username=f"list-{letter}", name=f"=name {letter}")
    UserList.recorded.clear()


def ask(query: str = "", *, htmx: bool = False, boosted: bool = False, person: Any = None) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    if boosted:
        headers["HX-Boosted"] = "true"
    request = RequestFactory().get(f"/users/{query}", headers=headers)
    request.user = person or Someone()  # type: ignore[assignment]
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    return UserList(request).respond()


def test_a_visit_gets_the_page_and_htmx_its_rows() -> None:
    whole, part, boosted = ask(), ask(htmx=True), ask(htmx=True, boosted=True)
    assert "<html>" in whole.content.decode()
    assert "list-a list-b" in whole.content.decode()
    assert part.content.decode().startswith('<div id="rows">')
    assert "<html>" in boosted.content.decode()
    assert "HX-Request" in whole.headers["Vary"]


def test_sorting_knows_its_keys_and_reverses_them() -> None:
    assert "list-c list-b -name" in ask("?sort=-name").content.decode()
    assert "list-a list-b name" in ask("?sort=password").content.decode()


def test_a_filter_that_does_not_parse_is_left_out() -> None:
    assert "list-b name" in ask("?name=name+b").content.decode()
    assert "list-a list-b" in ask("?least=many").content.decode()


def test_an_export_is_recorded_neutral_and_for_those_who_may() -> None:
    with pytest.raises(Http404):
        ask("?format=csv")
    assert UserList.recorded == []
    response = ask("?format=csv&name=b", person=Someone("users.export"))
    assert UserList.recorded == [1]
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0] == "\ufeffName,Figure"
    assert lines[1].startswith("list-b,-")


def test_a_list_says_how_it_records_exports() -> None:
    class Silent(UserList):
        record_export = ListPage.record_export

    request = RequestFactory().get("/users/?format=csv")
    request.user = Someone("users.export")  # type: ignore[assignment]
    with pytest.raises(TypeError, match="record_export"):
        Silent(request).respond()
