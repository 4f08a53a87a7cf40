"""The OpenAPI document put to the test: requests made from it, right and wrong, against the application; the answers must be as it says."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests.cast import AT, SETUP, World
from tests.contact.channels.keys import token_for

from steward.contact.channels.api.app import document
from steward.contact.channels.api.shapes import UUID_FORM
from steward.core.cases import operations as cases
from steward.core.cases.models import Case

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = int(os.environ.get("STEWARD_FUZZ_EXAMPLES", "40"))
known: list[str] = []
schema = schemathesis.openapi.from_dict(document())
schema.app = get_wsgi_application()
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@schema.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any]) -> dict[str, Any]:
    """Well-formed ids become those of cases that exist, so that more than a 404 is met."""
    value = str((path_parameters or {}).get("case_id", ""))
    if known and re.match(UUID_FORM, value):
        path_parameters["case_id"] = known[int(value[-2:], 16) % len(known)]
    return path_parameters


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The test's transaction outlives each request, as with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(world: World) -> str:
    known.clear()
    for number in range(4):
        case = cases.open_case(
            unit=world.counter_team, kind="request", channel="web", title=f"第{number}件", customer=world.customer, by=SETUP, at=AT
        )
        if number == 1:
            cases.hold_case(case=case, reason_code="scheduled", by=SETUP, at=AT)
        if number == 2:
            cases.close_case(case=case, resolution="withdrawn", reason="不要了", by=SETUP, at=AT)
    known.extend(str(public_id) for public_id in Case.objects.values_list("public_id", flat=True))
    return token_for(world, "supervisor", per_minute=10**6)[1]


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=QUIET, derandomize=True, database=None)
def test_answers_are_as_the_document_says(case: Any, token: str) -> None:
    response = case.call(headers={"Authorization": f"Bearer {token}"})
    case.validate_response(response, excluded_checks=[positive_data_acceptance], headers={"Authorization": f"Bearer {token}"})
    # A document cannot say which ids, cursors and telephone numbers exist, so a refusal that names one is no finding; that the form of a
    # request made from the document is wrong would be.
    if case.meta.generation.mode.is_positive and response.status_code in (400, 422):
        assert response.json()["code"] not in ("invalid", "malformed_json"), response.text


@schema.parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=QUIET, derandomize=True, database=None)
def test_without_a_token_nothing_is_answered(case: Any, world: World) -> None:
    response = case.call()
    assert response.status_code in (401, 404, 405), response.status_code
