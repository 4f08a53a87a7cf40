"""Who takes people's data out, and what stays behind on a shared machine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.cast import AT, SETUP, World

from steward.ground.access import operations as access
from steward.ground.access.models import Role
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db


def test_a_list_is_exported_only_as_far_as_the_right_to_export_reaches(world: World, signed_in: Any) -> None:
    """The right held in one branch let the CSV take what the person may only look at in another."""
    manager = Role.objects.get(organisation=world.bank, code="manager")
    access.grant_role(user=world.cast.supervisor, role=manager, unit=world.other_branch, by=SETUP, at=AT - timedelta(days=1))
    client = signed_in("supervisor")
    page = client.get(reverse("customers:list")).content.decode()
    assert "陈晓明" in page
    assert "欧阳娜娜" in page
    taken = b"".join(client.get(reverse("customers:list"), {"format": "csv"}).streaming_content).decode()
    assert "欧阳娜娜" in taken
    assert "陈晓明" not in taken
    assert Entry.objects.get(code="access.rows_exported").public == {"list": "customers", "rows": 1}


def test_no_page_of_somebody_signed_in_is_kept_by_the_browser(world: World, signed_in: Any) -> None:
    """At a shared counter, Back after signing out showed the last customer."""
    client, contact = signed_in("front_line"), world.customer.contact_points.get(kind="phone")
    detail = client.get(reverse("customers:detail", args=[world.customer.public_id]))
    shown = client.post(reverse("customers:reveal", args=[contact.public_id]), {"purpose": "call_back"})
    assert "13800138000" in shown.content.decode()
    for response in (detail, shown):
        assert "no-store" in response.headers["Cache-Control"]
