"""The settings of an organisation: every page and every change, for everybody of the standing cast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from tests.cast import World

from steward.core.org.models import Presence, Skill, Staff, StaffSkill
from steward.ground.access.models import Grant, Role, Unit
from steward.ground.fields import localized
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db
BANK = {"front_line", "other_team", "supervisor", "other_branch", "quality_reviewer", "manager", "administrator"}
HERE = {"supervisor", "manager", "administrator"}
STEER = {"manager", "administrator"}
LEAD = {"supervisor", "manager"}
CAST = sorted(BANK | {"customer", "outsider"})
# page → who opens it; somebody of another organisation never opens a page of a row of this one
PAGES: dict[str, tuple[Callable[[World], str], set[str]]] = {
    "settings": (lambda w: reverse("org:settings"), BANK | {"outsider"}),
    "units": (lambda w: reverse("org:units"), HERE | {"other_branch", "outsider"}),
    "unit": (lambda w: reverse("org:unit", args=[w.branch.public_id]), HERE | {"other_branch"}),
    "unit_open": (lambda w: reverse("org:unit_open"), STEER | {"outsider"}),
    "people": (lambda w: reverse("org:people"), BANK | {"outsider"}),
    "take_on": (lambda w: reverse("org:take_on"), STEER | {"outsider"}),
    # Colleagues see those of their own units: the front line sits in the counter team, the reviewer looks after the branch.
    "person": (lambda w: reverse("org:person", args=[w.staff("front_line").public_id]), HERE | {"front_line", "quality_reviewer"}),
    "presence": (lambda w: reverse("org:presence"), BANK | {"outsider"}),
    "roles": (lambda w: reverse("org:roles"), HERE | {"other_branch", "outsider"}),
    "role": (lambda w: reverse("org:role", args=[role(w).public_id]), HERE | {"other_branch"}),
    "grants": (lambda w: reverse("org:grants"), HERE | {"other_branch", "outsider"}),
    "grant": (lambda w: reverse("org:grant"), STEER | {"outsider"}),
    "grant_end": (lambda w: reverse("org:grant_end", args=[given(w).public_id]), STEER),
    "confidants": (lambda w: reverse("org:confidants"), STEER | {"outsider"}),
}
CHANGES: dict[str, tuple[Callable[[World], tuple[str, dict[str, Any]]], set[str]]] = {
    "open": (
        lambda w: (reverse("org:unit_open"), {"parent": w.branch.public_id, "kind": "team", "name_zh": "新组"}), STEER,
    ),
    "rename": (lambda w: (reverse("org:unit", args=[w.branch.public_id]), {"name_zh": "新名", "industry": "clinic", "zone": ""}), STEER),
    "move": (lambda w: (reverse("org:unit_move", args=[w.lobby_team.public_id]), {"move-unit": w.other_branch.public_id}), STEER),
    "take_on": (lambda w: (reverse("org:take_on"), {"unit": w.branch.public_id, "name": "何新", "username": "he.xin"}), STEER),
    "person_move": (
        lambda w: (reverse("org:person_move", args=[w.staff("front_line").public_id]), {"move-unit": w.lobby_team.public_id}), STEER,
    ),
    "person_end": (
        lambda w: (reverse("org:person_end", args=[w.staff("other_team").public_id]), {"end-ended_date": "2026-03-02", "end-reason": "辞职"}), STEER,
    ),
    "skill": (
        lambda w: (reverse("org:person_skill", args=[w.staff("front_line").public_id]), {"skill-skill": skill(w).public_id, "skill-level": "3"}),
        LEAD,
    ),
    "presence_of": (lambda w: (reverse("org:person_presence", args=[w.staff("front_line").public_id]), {"state": "break"}), LEAD),
    "role": (lambda w: (reverse("org:role", args=[role(w).public_id]), {"capabilities": ["cases.view"]}), STEER),
    "grant": (
        lambda w: (
            reverse("org:grant"),
            {"user": w.cast.front_line.public_id, "role": role(w).public_id, "unit": w.lobby_team.public_id},
        ),
        STEER,
    ),
    "grant_end": (lambda w: (reverse("org:grant_end", args=[given(w).public_id]), {"reason": "调岗"}), STEER),
}  # fmt: skip


def role(world: World) -> Role:
    return Role.objects.get(organisation=world.bank, code="front_line")


def given(world: World) -> Grant:
    return Grant.objects.get(user=world.cast.front_line, role=role(world), unit=world.counter_team)


def skill(world: World) -> Skill:
    return Skill.objects.get_or_create(organisation=world.bank, code="counter", defaults={"name": localized("柜台", en="Counter")})[0]


def state() -> list[Any]:
    tables = (Unit, Staff, Grant, Role, Presence, StaffSkill, Entry)
    return [list(table.objects.order_by("pk").values_list()) for table in tables]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", CAST)
def test_who_opens_which_page(signed_in: Any, world: World, page: str, name: str, language: str) -> None:
    address, allowed = PAGES[page]
    client = signed_in(name)
    client.cookies["django_language"] = language
    answer = client.get(address(world))
    assert answer.status_code == (200 if name in allowed else 302 if name == "customer" else 404)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", CAST)
def test_who_changes_what_and_a_refusal_changes_nothing(signed_in: Any, world: World, change: str, name: str) -> None:
    request, allowed = CHANGES[change]
    address, data = request(world)
    client, before = signed_in(name), state()
    answer = client.post(address, data)
    if name in allowed:
        assert answer.status_code == 302, answer.content.decode()[:2000]
        assert state() != before
    else:
        assert answer.status_code in (302, 403, 404, 422)
        assert state() == before


def test_a_unit_is_closed_when_it_is_empty(signed_in: Any, world: World) -> None:
    client = signed_in("manager")
    client.post(reverse("org:unit_open"), {"parent": world.branch.public_id, "kind": "team", "name_zh": "临时组", "name_en": "Temporary"})
    unit = Unit.objects.latest("pk")
    assert client.post(reverse("org:unit_close", args=[unit.public_id]), {"close-reason": ""}).status_code == 422
    assert client.post(reverse("org:unit_close", args=[world.branch.public_id]), {"close-reason": "合并"}).status_code == 409
    assert client.post(reverse("org:unit_close", args=[unit.public_id]), {"close-reason": "合并"}).status_code == 302
    unit.refresh_from_db()
    assert unit.closed_at is not None


def test_the_tree_counts_people_and_is_searched_in_both_languages(signed_in: Any, world: World) -> None:
    client = signed_in("manager")
    page = client.get(reverse("org:units")).content.decode()
    names = [page.index(f">{name}<") for name in ("滨海银行", "滨江支行", "柜面组", "大堂组", "城南支行")]
    assert names == sorted(names)
    for words, found in (("滨江", 1), ("riverside", 1), ("组", 2), ("没有这个", 0)):
        assert client.get(reverse("org:units"), {"q": words}).content.decode().count("data-row") == found
    assert client.get(reverse("org:units"), {"state": "closed"}).content.decode().count("data-row") == 0
    assert "云山酒店" not in page


def test_people_are_filtered_by_unit_and_exported_with_an_entry(signed_in: Any, world: World) -> None:
    client = signed_in("manager")
    found = client.get(reverse("org:people"), {"unit": world.branch.public_id}).content.decode()
    assert found.count("data-row") == 4
    assert client.get(reverse("org:people"), {"q": "林一"}).content.decode().count("data-row") == 1
    for name in ("units", "people", "roles", "grants", "confidants"):
        answer = client.get(reverse(f"org:{name}"), {"format": "csv"})
        assert b"".join(answer.streaming_content).startswith("\ufeff".encode())
    assert Entry.objects.filter(code="access.rows_exported").count() == 5
    assert signed_in("front_line").get(reverse("org:people"), {"format": "csv"}).status_code == 404


def test_presence_is_switched_by_oneself_and_its_history_stays(signed_in: Any, world: World) -> None:
    client = signed_in("front_line")
    for wanted in ("available", "break", "available"):
        assert client.post(reverse("org:presence"), {"state": wanted}).status_code == 302
    rows = Presence.objects.filter(staff=world.staff("front_line")).order_by("pk")
    assert [row.state for row in rows] == ["available", "break", "available"]
    assert client.post(reverse("org:presence"), {"state": "dancing"}).status_code == 302
    assert rows.count() == 3
    # A colleague of the same branch sees who is there, not the history.
    page = signed_in("quality_reviewer").get(reverse("org:person", args=[world.staff("front_line").public_id])).content.decode()
    assert "timeline-item" not in page


def test_a_role_cannot_be_given_more_than_one_holds(signed_in: Any, world: World) -> None:
    client, found = signed_in("manager"), Role.objects.get(organisation=world.bank, code="manager")
    wanted = [*found.capabilities, "access.operate"]
    client.post(reverse("org:role", args=[found.public_id]), {"capabilities": wanted})
    found.refresh_from_db()
    assert "access.operate" not in found.capabilities
    page = client.get(reverse("org:role", args=[found.public_id])).content.decode()
    assert 'value="access.operate" disabled' in page


def test_somebody_who_left_cannot_sign_in_and_holds_nothing(signed_in: Any, world: World) -> None:
    person = world.staff("other_team")
    data = {"end-ended_date": "2026-03-02", "end-reason": "辞职"}
    signed_in("manager").post(reverse("org:person_end", args=[person.public_id]), data)
    person.refresh_from_db()
    assert person.ended_date == date(2026, 3, 2)
    assert not Grant.objects.filter(user=person.user, ended_at=None).exists()
    assert signed_in("other_team").get(reverse("org:settings")).status_code == 302
