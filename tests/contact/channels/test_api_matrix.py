"""Every operation of the interface meets every kind of token; what is denied changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from tests.cast import AT, SETUP, World
from tests.contact.channels.keys import ALL, Api, token_for
from tests.unchanged import fingerprint

from steward.contact.channels import operations as channels
from steward.contact.channels.api.app import document
from steward.contact.channels.models import ApiToken
from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.ground.access.models import Quota

# Tokens by letter: staff in their own name with every scope for the whole organisation (F front line, T other team, S supervisor, B supervisor
# of another branch, Q quality reviewer, M manager, A administrator, O outsider); I an integration of the counter team, L of the lobby team,
# H of the hotel; D the supervisor's, bound to the lobby team; R revoked, X expired, N without scopes, - none at all, ? made up.
STAFF = {
    "F": "front_line", "T": "other_team", "S": "supervisor", "B": "other_branch", "Q": "quality_reviewer", "M": "manager",
    "A": "administrator", "O": "outsider",
}  # fmt: skip
VALID = "FTSBQMAOILHDN"
LETTERS = VALID + "RX-?"
COUNTERS = frozenset({Quota})  # every request is counted, whoever asks


@dataclass
class Scene:
    world: World
    case: Case
    held: Case
    closed: Case


@dataclass(frozen=True)
class Row:
    """operation: its id in the document; scope: without it the token that has all others is refused too."""

    operation: str
    allowed: str
    scope: str
    method: str
    path: Callable[[Scene], str]
    data: Callable[[Scene], Any] = lambda scene: None


def of(name: str, rest: str = "") -> Callable[[Scene], str]:
    return lambda scene: f"cases/{getattr(scene, name).public_id}{rest}"


def unit_of(scene: Scene) -> dict[str, str]:
    return {"unit": str(scene.world.counter_team.public_id)}


WORK = "FSMI"
ROWS = [
    Row("me", VALID, "", "GET", lambda scene: "me"),
    Row("listCases", "FTSBQMOILHD", "cases:read", "GET", lambda scene: "cases"),
    Row("openCase", WORK, "cases:open", "POST", lambda scene: "cases", lambda scene: {"title": "换零钱"} | unit_of(scene)),
    Row("getCase", "FSQMI", "cases:read", "GET", of("case")),
    Row("changeCase", WORK, "cases:work", "PATCH", of("case"), lambda scene: {"priority": "high"}),
    Row("listMessages", "FSQMI", "cases:read", "GET", of("case", "/messages")),
    Row("addMessage", WORK, "cases:work", "POST", of("case", "/messages"), lambda scene: {"direction": "out", "body": "您好。"}),
    Row("addMessage", "FSQMI", "cases:notes", "POST", of("case", "/messages"), lambda scene: {"direction": "note", "body": "记一笔"}),
    Row(
        "assignCase",
        "SMI",
        "cases:assign",
        "POST",
        of("case", "/assignment"),
        lambda scene: {"to": str(scene.world.staff("supervisor").public_id)},
    ),
    Row("assignCase", WORK, "cases:work", "POST", of("case", "/assignment"), lambda scene: {"to": None}),
    Row("holdCase", WORK, "cases:work", "POST", of("case", "/hold"), lambda scene: {"reason_code": "scheduled"}),
    Row("resumeCase", WORK, "cases:work", "POST", of("held", "/resumption"), lambda scene: {}),
    Row("closeCase", WORK, "cases:work", "POST", of("case", "/closure"), lambda scene: {"resolution": "withdrawn", "reason": "不要了"}),
    Row("reopenCase", WORK, "cases:work", "POST", of("closed", "/reopening"), lambda scene: {"reason": "没有办完"}),
    Row(
        "findCustomers",
        WORK,
        "customers:find",
        "POST",
        lambda scene: "customers/look-up",
        lambda scene: {"kind": "phone", "value": "13800138000", "purpose": "serve_case"} | unit_of(scene),
    ),
    Row("listMeasures", "FTSBQMAOILHD", "measures:read", "GET", lambda scene: "measures"),
    Row("readMeasure", "FTSBQMAOILHD", "measures:read", "GET", lambda scene: "measures/cases_opened/values"),
    Row("listUnits", "FTSBQMAOILHD", "catalog:read", "GET", lambda scene: "units"),
    Row("listServices", "FSQMAI", "catalog:read", "GET", lambda scene: f"services?unit={scene.world.counter_team.public_id}"),
    Row("listCategories", "FSQMAI", "catalog:read", "GET", lambda scene: f"categories?unit={scene.world.counter_team.public_id}"),
]


def build(world: World) -> Scene:
    def opened(title: str) -> Case:
        at = AT - timedelta(hours=2)
        return cases.open_case(
            unit=world.counter_team, kind="request", channel="web", title=title, customer=world.customer, by=SETUP, at=at
        )

    case, held, closed = opened("补卡"), opened("查账"), opened("销户")
    at = AT - timedelta(hours=1)
    cases.assign_case(case=case, to=world.staff("front_line"), by=SETUP, at=at)
    cases.hold_case(case=held, reason_code="scheduled", by=SETUP, at=at)
    cases.close_case(case=closed, resolution="withdrawn", reason="不要了", by=SETUP, at=at)
    return Scene(world, case, held, closed)


def clients(world: World, scopes: tuple[str, ...] = ALL) -> dict[str, Api]:
    found = {letter: Api(token_for(world, name, scopes=scopes)[1]) for letter, name in STAFF.items()}
    for letter, unit in (("I", world.counter_team), ("L", world.lobby_team), ("H", world.hotel)):
        found[letter] = Api(token_for(world, unit=unit, scopes=scopes)[1])
    found["D"] = Api(token_for(world, "supervisor", unit=world.lobby_team, scopes=scopes)[1])
    found["N"] = Api(token_for(world, "manager", scopes=())[1])
    revoked, secret = token_for(world, "manager")
    channels.revoke_token(token=revoked, by=SETUP, at=AT)
    found["R"] = Api(secret)
    expired, secret = token_for(world, "manager")
    ApiToken.objects.filter(pk=expired.pk).update(expires_at=AT)
    found["X"] = Api(secret)
    found["-"], found["?"] = Api(), Api("stw_00000000_" + "A" * 43)
    # Their use was noted this minute, so that noting it is no change.
    ApiToken.objects.update(last_used_at=AT)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.operation}:{row.scope}")
def test_tokens_meet_the_operation(row: Row, world: World) -> None:
    scene = build(world)
    met, wrong = clients(world), []
    before = fingerprint(without=COUNTERS)
    for letter in LETTERS:
        if letter in row.allowed:
            with transaction.atomic():
                answer = met[letter].ask(row.method, row.path(scene), row.data(scene))
                transaction.set_rollback(True)
            if answer.status_code >= 300:
                wrong.append(f"{letter} is allowed but got {answer.status_code}: {answer.content.decode()[:200]}")
            continue
        answer = met[letter].ask(row.method, row.path(scene), row.data(scene))
        expected = (401,) if letter in "RX-?" else (403, 404, 422)
        if answer.status_code not in expected:
            wrong.append(f"{letter} is denied but got {answer.status_code}")
    assert wrong == []
    assert fingerprint(without=COUNTERS) == before, "somebody was denied and yet something changed"


@pytest.mark.django_db
@pytest.mark.parametrize("row", [row for row in ROWS if row.scope], ids=lambda row: f"{row.operation}:{row.scope}")
def test_without_the_scope_nothing_goes(row: Row, world: World) -> None:
    scene = build(world)
    met = clients(world, tuple(scope for scope in ALL if scope != row.scope))
    before = fingerprint(without=COUNTERS)
    for letter in VALID:
        answer = met[letter].ask(row.method, row.path(scene), row.data(scene))
        assert answer.status_code in (403, 404, 422), letter
    assert fingerprint(without=COUNTERS) == before


def test_every_operation_has_a_row() -> None:
    known = {operation["operationId"] for methods in document()["paths"].values() for operation in methods.values()}
    assert known == {row.operation for row in ROWS}


@pytest.mark.django_db
def test_a_list_shows_only_what_the_token_may_see(world: World) -> None:
    build(world)
    cases.open_case(unit=world.lobby_team, kind="request", channel="web", title="大堂", by=SETUP, at=AT)
    cases.open_case(unit=world.hotel, kind="request", channel="web", title="酒店", by=SETUP, at=AT)
    met = clients(world)
    seen = {letter: {row["title"] for row in met[letter].get("cases?state=any").json()["items"]} for letter in "FTSBQMOILHD"}
    counter = {"补卡", "查账", "销户"}
    assert seen == {
        "F": counter, "T": {"大堂"}, "S": counter | {"大堂"}, "B": set(), "Q": counter | {"大堂"}, "M": counter | {"大堂"},
        "O": {"酒店"}, "I": counter, "L": {"大堂"}, "H": {"酒店"}, "D": {"大堂"},
    }  # fmt: skip
