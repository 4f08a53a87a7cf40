"""A kind to search for: units of the cast's world stand in for cases, so that nothing above the ground floor is needed."""

from __future__ import annotations

import pytest
from django.db.models import Q
from tests.cast import AT

from steward.ground.access.models import Role, User
from steward.ground.access.policies import Policy
from steward.ground.search import kinds
from steward.ground.search.kinds import Hit, SearchKind, Words

WORDS: dict[int, Words] = {}


class RolePolicyForSearch(Policy[Role]):
    """Roles stand in for rows of a unit: seen in the organisation; those called `hidden…` are seen by nobody."""

    model = Role
    view = "cases.view"
    unit_field = "organisation"

    def visible(self, user: User, *, at: object) -> Q:
        return Q(organisation_id=user.organisation_id) & ~Q(code__startswith="hidden")


@pytest.fixture
def note_kind(monkeypatch: pytest.MonkeyPatch) -> SearchKind:
    WORDS.clear()
    kind = SearchKind(
        "note",
        Role,
        "Notes",
        describe=lambda role: WORDS.get(role.pk),
        render=lambda role: Hit(WORDS[role.pk].title, f"/notes/{role.pk}/", text=" ".join(WORDS[role.pk].texts)),
        of_person=lambda person: [person.id] if person.type == "access.role" else [],
    )
    monkeypatch.setattr(kinds, "_kinds", {"note": kind})
    monkeypatch.setattr("steward.ground.search.queries.policy_for", lambda model: RolePolicyForSearch())
    return kind


def words(title: str, *texts: str, units: tuple[int, ...] = (), at: object = AT) -> Words:
    return Words(title, texts, units, at)  # type: ignore[arg-type]
