"""The operator's desk: who reads what, reasons behind their subject, seals, parked entries, registries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.cast import AT, SETUP, World

from steward.console.operate import queries
from steward.core.cases import operations as cases
from steward.ground.access import operations as access
from steward.ground.access.models import Confidant, Grant
from steward.ground.journal import sealing, subscribers
from steward.ground.journal.models import Entry, Parked
from steward.ground.journal.subscribers import Subscriber

pytestmark = pytest.mark.django_db
CAST = ["front_line", "other_team", "supervisor", "other_branch", "quality_reviewer", "manager", "administrator", "customer", "outsider"]
OPERATOR, AUDITOR = {"administrator"}, {"manager", "administrator", "outsider"}
PAGES = {"operate": OPERATOR, "seals": OPERATOR, "parking": OPERATOR, "registries": OPERATOR, "audit": AUDITOR}
NAME = "test.desk"


@pytest.fixture
def broken() -> Iterator[list[bool]]:
    """A subscriber that fails while the list holds True."""
    fails = [True]

    def handle(entries: Sequence[Entry]) -> None:
        if fails[0]:
            raise RuntimeError("the printer is out of paper")

    subscribers.subscribe(Subscriber(NAME, handle))
    yield fails
    del subscribers._subscribers[NAME]


@pytest.fixture
def parked(world: World, broken: list[bool]) -> Parked:
    entry = Entry.objects.filter(unit_id=world.branch.pk).first()
    assert entry is not None
    given = {"subject_type": entry.subject_type, "subject_id": entry.subject_id, "parked_at": AT}
    return Parked.objects.create(subscriber=NAME, entry_seq=entry.seq, state="parked", attempts=6, error="RuntimeError: paper", **given)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", CAST)
def test_who_opens_which_page(signed_in: Any, world: World, parked: Parked, name: str, language: str) -> None:
    client = signed_in(name)
    client.cookies["django_language"] = language
    denied = 302 if name == "customer" else 404
    for page, allowed in PAGES.items():
        assert client.get(reverse(f"console:{page}")).status_code == (200 if name in allowed else denied), page
    one = reverse("console:parked", args=[NAME, parked.entry_seq])
    assert client.get(one).status_code == (200 if name in OPERATOR else denied)


@pytest.mark.parametrize("name", CAST)
def test_who_settles_parked_entries_and_a_refusal_changes_nothing(signed_in: Any, world: World, parked: Parked, name: str) -> None:
    client, where = signed_in(name), [NAME, parked.entry_seq]
    before = Parked.objects.values().get(pk=parked.pk)
    answers = [
        client.post(reverse("console:parked_retry", args=where)),
        client.post(reverse("console:parked_skip", args=where), {"skip-reason": "纸已补"}),
        client.post(reverse("console:seals")),
    ]
    after = Parked.objects.values().get(pk=parked.pk)
    if name in OPERATOR:
        assert [answer.status_code for answer in answers] == [302, 302, 200]
        assert (after["state"], after["settled_reason"], after["attempts"]) == ("skipped", "纸已补", 7)
    else:
        assert {answer.status_code for answer in answers} <= {302, 404}
        assert after == before


def test_a_retry_goes_through_when_the_fault_is_mended(signed_in: Any, world: World, parked: Parked, broken: list[bool]) -> None:
    broken[0] = False
    signed_in("administrator").post(reverse("console:parked_retry", args=[NAME, parked.entry_seq]))
    parked.refresh_from_db()
    assert parked.state == "done"


def test_giving_up_needs_a_reason(signed_in: Any, world: World, parked: Parked) -> None:
    answer = signed_in("administrator").post(reverse("console:parked_skip", args=[NAME, parked.entry_seq]), {"skip-reason": " "})
    assert answer.status_code == 422
    parked.refresh_from_db()
    assert parked.state == "parked"


def test_another_organisations_parked_entry_is_not_seen(signed_in: Any, world: World, parked: Parked) -> None:
    foreign = Entry.objects.filter(unit_id=world.hotel.pk).first()
    assert foreign is not None
    Parked.objects.create(subscriber=NAME, entry_seq=foreign.seq, subject_type="access.unit", subject_id=1, state="parked", parked_at=AT)
    client = signed_in("administrator")
    assert client.get(reverse("console:parking")).content.decode().count("data-row") == 1
    assert client.get(reverse("console:parked", args=[NAME, foreign.seq])).status_code == 404


def audit(client: Any, **params: Any) -> str:
    page: str = client.get(reverse("console:audit"), params).content.decode()
    return page


def test_the_log_is_filtered_by_code_person_subject_unit_and_day(signed_in: Any, world: World) -> None:
    case = cases.open_case(unit=world.counter_team, kind="request", channel="counter", title="补卡", by=world.actor("front_line"), at=AT)
    client = signed_in("manager")
    assert audit(client, code="cases.case_opened").count("data-row") == 1
    assert "林一" in audit(client, code="cases.case_opened")
    assert audit(client, person="林一").count("data-row") >= 1
    assert audit(client, person="没有这个人").count("data-row") == 0
    assert audit(client, subject=f"cases.case:{case.pk}").count("data-row") >= 1
    assert audit(client, unit=world.other_branch.public_id, code="cases").count("data-row") == 0
    assert audit(client, since="2026-03-03", code="cases").count("data-row") == 0
    assert audit(client, until="2026-03-02", code="cases.case_opened").count("data-row") == 1


def test_the_log_stops_at_the_organisation(signed_in: Any, world: World) -> None:
    def units(client: Any) -> set[int]:
        rows = b"".join(client.get(reverse("console:audit"), {"format": "csv"}).streaming_content).decode().splitlines()[1:]
        ids = {world.bank.pk, world.branch.pk, world.counter_team.pk, world.lobby_team.pk, world.other_branch.pk, world.hotel.pk}
        return {pk for pk in ids if any(f",{pk}," in row for row in rows)}

    assert units(signed_in("outsider")) == {world.hotel.pk}
    assert world.hotel.pk not in units(signed_in("manager"))
    exported = Entry.objects.filter(code="access.rows_exported")
    assert {entry.public["list"] for entry in exported} == {"audit"}
    assert exported.count() == 2


def test_a_reason_shows_only_to_those_who_may_see_the_subject(signed_in: Any, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    grant = Grant.objects.get(user=world.cast.front_line)
    access.end_grant(grant=grant, by=SETUP, at=AT, reason="调往大堂")
    assert "调往大堂" in audit(signed_in("manager"), code="access.grant_ended")
    # The matter is confidential for them: the entry stands there, the reason does not.
    from steward.ground.access.policies import NOTHING, policy_for

    monkeypatch.setattr(type(policy_for(Grant)), "visible", lambda self, user, *, at: NOTHING)
    page = audit(signed_in("manager"), code="access.grant_ended")
    assert page.count("data-row") == 1
    assert "调往大堂" not in page


def test_the_log_costs_few_queries_however_long_the_page(signed_in: Any, world: World, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        cases.open_case(
            unit=world.counter_team, kind="request", channel="counter", title=f"第{number}件", by=SETUP, at=AT - timedelta(minutes=number)
        )
    client = signed_in("manager")
    with django_assert_max_num_queries(24):
        assert audit(client, code="cases.case_opened").count("data-row") == 30


def test_seals_say_whether_the_journal_is_whole(
    signed_in: Any, world: World, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sealing.seal_entries(at=AT)
    client = signed_in("administrator")
    assert "callout-ok" in client.post(reverse("console:seals")).content.decode()
    (settings.STEWARD_ANCHORS / "head.json").unlink()
    page = client.post(reverse("console:seals")).content.decode()
    assert "callout-danger" in page
    assert "anchor_missing" in page


def test_need_to_know_lists_show_who_but_never_why(signed_in: Any, world: World) -> None:
    case = cases.open_case(unit=world.counter_team, kind="request", channel="counter", title="内部调查", by=SETUP, at=AT)
    access.add_confidant(subject=case, user=world.cast.supervisor, by=SETUP, at=AT, reason="调查组长")
    assert Confidant.objects.count() == 1
    page = signed_in("manager").get(reverse("org:confidants")).content.decode()
    assert "王主管" in page
    assert "调查组长" not in page
    assert "内部调查" not in page
    assert "王主管" not in signed_in("outsider").get(reverse("org:confidants")).content.decode()


def test_every_registry_is_found_and_written_as_a_page(signed_in: Any, world: World) -> None:
    found = {registry.module: registry for registry in queries.registries()}
    for module in (
        "steward.ground.journal.events", "steward.ground.journal.subscribers", "steward.ground.journal.personal",
        "steward.ground.access.capabilities", "steward.ground.access.policies", "steward.ground.rules.kinds", "steward.ground.ui.navigation",
        "steward.core.cases.hooks", "steward.core.org.availability", "steward.core.customers.timeline", "steward.ground.demo",
    ):  # fmt: skip
        assert found[module].purpose
    assert "cases.case" in dict(found["steward.ground.access.policies"].entries)
    assert "rules.view" in dict(found["steward.ground.access.capabilities"].entries)
    text = queries.registries_page()
    assert "| `cases.case_opened` |" in text
    assert text.count("\n## ") == len(queries.registries())
    page = signed_in("administrator").get(reverse("console:registries"), {"q": "delivery_limits"}).content.decode()
    assert "delivery_limits" in page
