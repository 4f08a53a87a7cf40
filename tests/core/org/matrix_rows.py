"""Rows of the authorisation matrix: the settings (org, catalog, rules) and the operator's desk."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from tests.cast import AT, SETUP, World

from steward.core.catalog.models import PromisePolicy
from steward.core.org.models import Skill
from steward.ground.access.models import Grant, IdentityProvider, Role
from steward.ground.fields import localized
from steward.ground.journal.models import Entry, Parked
from steward.ground.rules import operations as rules
from steward.ground.rules.models import RuleVersion

SUBSCRIBER = "cases.search"
BODY = {"quiet_hours": None, "contact_cap": {"messages": 1, "days": 7}}
Of = Callable[[Any], dict[str, Any]]


def build_settings_rows(world: World) -> None:
    """A rule of the branch, a skill, a sign-in service, a parked entry."""
    rules.publish_rule(
        kind="delivery_limits", key="default", unit=world.branch, body=BODY, source="支行决定", valid_from=date(2026, 1, 1), by=SETUP, at=AT
    )
    Skill.objects.create(organisation=world.bank, code="counter", name=localized("柜台", en="Counter"))
    IdentityProvider.objects.create(organisation=world.bank, name="总行统一登录", issuer="https://id.invalid", client_id="steward")
    entry = Entry.objects.filter(unit_id=world.branch.pk).earliest("pk")
    about = {"subject_type": entry.subject_type, "subject_id": entry.subject_id}
    Parked.objects.create(subscriber=SUBSCRIBER, entry_seq=entry.seq, state="parked", error="test", parked_at=AT, **about)


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def sign_in_service(scene: Any) -> dict[str, Any]:
    return {"public_id": IdentityProvider.objects.get(organisation=scene.world.bank).public_id}


def unit(name: str) -> Of:
    return lambda scene: {"public_id": getattr(scene.world, name).public_id}


def person(name: str) -> Of:
    return lambda scene: {"public_id": scene.world.staff(name).public_id}


def role(scene: Any) -> dict[str, Any]:
    return {"public_id": Role.objects.get(organisation=scene.world.bank, code="front_line").public_id}


def grant(scene: Any) -> dict[str, Any]:
    return {"public_id": Grant.objects.get(user=scene.world.cast.other_team).public_id}


def policy(scene: Any) -> dict[str, Any]:
    return {"public_id": PromisePolicy.objects.get(clock="statutory").public_id}


def service(scene: Any) -> dict[str, Any]:
    return {"public_id": scene.world.service.public_id}


def rule(scene: Any) -> dict[str, Any]:
    return {"public_id": RuleVersion.objects.get(unit=scene.world.branch).public_id}


def kind(scene: Any) -> dict[str, Any]:
    return {"kind": "delivery_limits"}


def parked(scene: Any) -> dict[str, Any]:
    return {"subscriber": SUBSCRIBER, "seq": Parked.objects.get(subscriber=SUBSCRIBER).entry_seq}


def given(**data: Any) -> Of:
    """Form data; a value that names a unit or a row is a function of the scene."""
    return lambda scene: {name: value(scene) if callable(value) else value for name, value in data.items()}


def branch(scene: Any) -> Any:
    return scene.world.branch.public_id


STAFF, HOUSE, LEAD, STEER = "FTSBQMAO", "FTSBQMA", "SBMAO", "MAO"
PROMISE = {
    "promise_kind": "resolution",
    "clock": "operational",
    "amount": 3,
    "time_unit": "working_days",
    "source": "自有承诺",
    "publish": "1",
}
RULE = {"key": "default", "body": json.dumps(BODY), "source": "新决定", "valid_from": "2026-03-01"}
# address, who, method, its parts, form data
SETTINGS_ROWS: list[tuple[str, str, str, Of, Of]] = [
    ("org:settings", STAFF, "GET", nothing, nothing),
    ("org:units", LEAD, "GET", nothing, nothing),
    ("org:unit_open", STEER, "GET", nothing, nothing),
    ("org:unit_open", "MA", "POST", nothing, given(parent=branch, kind="team", name_zh="新组")),
    ("org:unit", "SBMA", "GET", unit("branch"), nothing),
    ("org:unit", "MA", "POST", unit("branch"), given(name_zh="新名", industry="clinic", zone="")),
    ("org:unit_move", "MA", "POST", unit("lobby_team"), given(**{"move-unit": lambda s: s.world.other_branch.public_id})),
    # Allowed or not by right; the cast's units are not empty, so that even those allowed are told why not (409).
    ("org:unit_close", "MA", "POST", unit("lobby_team"), given(**{"close-reason": "合并"})),
    ("org:people", STAFF, "GET", nothing, nothing),
    ("org:take_on", STEER, "GET", nothing, nothing),
    ("org:take_on", "MA", "POST", nothing, given(unit=branch, name="何新", username="he.xin")),
    ("org:person", "FSQMA", "GET", person("front_line"), nothing),
    ("org:person_password", "MA", "POST", person("front_line")),
    ("org:person_move", "MA", "POST", person("front_line"), given(**{"move-unit": lambda s: s.world.lobby_team.public_id})),
    ("org:person_end", "MA", "POST", person("other_team"), given(**{"end-ended_date": "2026-03-02", "end-reason": "辞职"})),
    (
        "org:person_skill",
        "SM",
        "POST",
        person("front_line"),
        given(**{"skill-skill": lambda s: Skill.objects.get().public_id, "skill-level": 3}),
    ),
    ("org:person_presence", "SM", "POST", person("front_line"), given(state="break")),
    ("org:presence", STAFF, "GET", nothing, nothing),
    ("org:presence", STAFF, "POST", nothing, given(state="break")),
    ("org:roles", LEAD, "GET", nothing, nothing),
    ("org:role", "SBMA", "GET", role, nothing),
    ("org:role", "MA", "POST", role, given(capabilities="cases.view")),
    ("org:grants", LEAD, "GET", nothing, nothing),
    ("org:grant", STEER, "GET", nothing, nothing),
    (
        "org:grant",
        "MA",
        "POST",
        nothing,
        given(user=lambda s: s.world.cast.front_line.public_id, role=lambda s: role(s)["public_id"], unit=branch),
    ),
    ("org:grant_end", "MA", "GET", grant, nothing),
    ("org:grant_end", "MA", "POST", grant, given(reason="调岗")),
    ("org:person_sessions_end", "A", "POST", person("front_line"), given(**{"out-reason": "设备丢失"})),
    ("org:person_second_step_reset", "A", "POST", person("front_line"), given(**{"reset-reason": "手机丢失"})),
    ("org:role_second_step", "A", "POST", role, given(required="yes")),
    ("org:sign_in_rule", "A", "GET", nothing, nothing),
    ("org:sign_in_rule", "A", "POST", nothing, given(confirm_minutes=30)),
    ("org:providers", "A", "GET", nothing, nothing),
    ("org:provider_new", "A", "GET", nothing, nothing),
    ("org:provider", "A", "GET", sign_in_service, nothing),
    ("org:provider_try", "A", "POST", sign_in_service, nothing),
    ("org:confidants", STEER, "GET", nothing, nothing),
    ("catalog:services", STAFF, "GET", nothing, nothing),
    ("catalog:service_open", "MA", "POST", nothing, given(unit=branch, code="loan", name_zh="贷款")),
    ("catalog:service_close", "MA", "POST", service, nothing),
    ("catalog:categories", STAFF, "GET", nothing, nothing),
    ("catalog:category_open", "MA", "POST", nothing, given(unit=branch, code="wait", name_zh="等候")),
    ("catalog:promises", STAFF, "GET", nothing, nothing),
    ("catalog:publish", STEER, "GET", nothing, nothing),
    ("catalog:publish", "MA", "POST", nothing, given(unit=branch, **PROMISE)),
    ("catalog:promise", HOUSE, "GET", policy, nothing),
    ("catalog:promise_end", "MA", "POST", policy, given(**{"end-reason": "停用"})),
    ("catalog:promise_confirm", "MA", "POST", policy, given(**{"confirm-reason": "核对"})),
    ("rules:list", LEAD, "GET", nothing, nothing),
    ("rules:export", LEAD, "GET", nothing, nothing),
    ("rules:new", STEER, "GET", kind, nothing),
    ("rules:new", "MA", "POST", kind, given(unit=branch, **RULE)),
    ("rules:import", STEER, "GET", nothing, nothing),
    ("rules:detail", "SMA", "GET", rule, nothing),
    ("rules:confirm", "MA", "POST", rule, given(**{"confirm-reason": "核对"})),
    ("rules:withdraw", "MA", "POST", rule, given(**{"withdraw-reason": "停用"})),
    ("console:operate", "A", "GET", nothing, nothing),
    ("console:audit", STEER, "GET", nothing, nothing),
    ("console:sign_ins", STEER, "GET", nothing, nothing),
    ("console:seals", "A", "GET", nothing, nothing),
    ("console:seals", "A", "POST", nothing, nothing),
    ("console:parking", "A", "GET", nothing, nothing),
    ("console:parked", "A", "GET", parked, nothing),
    ("console:parked_retry", "A", "POST", parked, nothing),
    ("console:parked_skip", "A", "POST", parked, given(**{"skip-reason": "纸已补"})),
    ("console:registries", "A", "GET", nothing, nothing),
]
