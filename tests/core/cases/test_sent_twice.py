"""The form for a new case, sent twice by an impatient hand: one case, one person, no fault of the server."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.cast import World

from steward.core.cases.models import Case
from steward.core.customers.models import Customer
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db


def test_a_form_with_a_new_persons_name_sent_twice_opens_one_case(world: World, signed_in: Any) -> None:
    """The second time registered the person again, met another request under the same key, and ended as a fault of the server."""
    client, before = signed_in("front_line"), Customer.objects.count()
    sent = {
        "unit": world.counter_team.public_id,
        "kind": "request",
        "channel": "counter",
        "title": "换零钱",
        "priority": "normal",
        "customer_name": "没留电话的人",
        "key": "one-form",
    }
    first = client.post(reverse("cases:open"), sent)
    entries = Entry.objects.count()
    again = client.post(reverse("cases:open"), sent)
    assert (first.status_code, again.status_code) == (302, 302)
    assert first.headers["Location"] == again.headers["Location"]
    assert (Case.objects.count(), Customer.objects.count(), Entry.objects.count()) == (1, before + 1, entries)


def test_a_form_changed_and_sent_again_says_that_it_was_sent(world: World, signed_in: Any) -> None:
    client = signed_in("front_line")
    sent = {"unit": world.counter_team.public_id, "kind": "request", "channel": "counter", "priority": "normal", "key": "one-form"}
    client.post(reverse("cases:open"), {**sent, "title": "换零钱"})
    entries = Entry.objects.count()
    response = client.post(reverse("cases:open"), {**sent, "title": "换整钱", "customer_name": "没留电话的人"})
    assert response.status_code == 422
    assert (Case.objects.count(), Entry.objects.count()) == (1, entries)


def test_somebody_elses_key_opens_their_own_case(world: World, signed_in: Any) -> None:
    sent = {
        "unit": world.counter_team.public_id,
        "kind": "request",
        "channel": "counter",
        "title": "换零钱",
        "priority": "normal",
        "key": "k",
    }
    first = signed_in("front_line").post(reverse("cases:open"), sent)
    other = signed_in("supervisor").post(reverse("cases:open"), sent)
    assert first.headers["Location"] != other.headers["Location"]
