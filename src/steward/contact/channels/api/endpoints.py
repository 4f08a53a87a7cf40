"""The addresses of the interface: each reads its input, asks the gate, calls one function, and shapes the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Status
from ninja.params.functions import Header

from . import reading, shapes, writing
from .gate import caller_of, checked_caller

router = Router()
PROBLEMS = frozenset({400, 401, 403, 404, 409, 413, 415, 422, 429, 500})
CASE = {200: shapes.CaseDetail, PROBLEMS: shapes.Problem}
KEY: str = Header(
    "", alias="Idempotency-Key", max_length=100, pattern=r"^[!-~]*$", description="Sent twice with the same body, it happens once."
)


def _case(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    caller = caller_of(request)
    return shapes.case_detail(caller.case(str(case_id)), names=caller.has("customers:find"))


@router.get("/me", response={200: shapes.Me, PROBLEMS: shapes.Problem}, operation_id="me", summary="What this token is")
def me(request: HttpRequest) -> dict[str, Any]:
    token = checked_caller(request).token
    return {
        "name": token.name,
        "prefix": token.prefix,
        "acts_as": "staff" if token.user else "integration",
        "staff": token.user.name if token.user else None,
        "unit": shapes.named(token.unit),
        "scopes": token.scopes,
        "per_minute": token.per_minute,
        "expires_at": token.expires_at,
    }


@router.get("/cases", response={200: shapes.CasePage, PROBLEMS: shapes.Problem}, operation_id="listCases", summary="List cases")
def list_cases(request: HttpRequest, filters: Query[shapes.CaseFilters]) -> dict[str, Any]:
    caller = checked_caller(request, shapes.CaseFilters)
    page = reading.case_page(caller, filters)
    names = caller.has("customers:find")
    return {"items": [shapes.case_shape(case, names=names) for case in page.rows], "next": page.older or None}


@router.post(
    "/cases",
    response={201: shapes.CaseDetail, 200: shapes.CaseDetail, PROBLEMS: shapes.Problem},
    operation_id="openCase",
    summary="Open a case",
)
def open_case(request: HttpRequest, data: shapes.CaseIn, key: str = KEY) -> Status[dict[str, Any]]:
    """201 for a new case, 200 when the Idempotency-Key was used for the same one before."""
    caller = checked_caller(request)
    case, new = writing.open_case(caller, data, key)
    if new:
        return Status(201, shapes.case_detail(case, names=caller.has("customers:find")))
    # Read again through the gate: a repeat of an old key shows nothing that has moved out of reach since.
    return Status(200, _case(request, case.public_id))


@router.get("/cases/{uuid:case_id}", response=CASE, operation_id="getCase", summary="Read a case")
def get_case(request: HttpRequest, case_id: Path[UUID]) -> dict[str, Any]:
    checked_caller(request).needs("cases:read")
    return _case(request, case_id)


@router.patch("/cases/{uuid:case_id}", response=CASE, operation_id="changeCase", summary="Change a case")
def change_case(request: HttpRequest, case_id: Path[UUID], data: shapes.ChangeIn) -> dict[str, Any]:
    caller = checked_caller(request)
    writing.change(caller, caller.case(str(case_id)), data)
    return _case(request, case_id)


@router.get(
    "/cases/{uuid:case_id}/messages",
    response={200: shapes.MessagePage, PROBLEMS: shapes.Problem},
    operation_id="listMessages",
    summary="Read what was said",
)
def list_messages(request: HttpRequest, case_id: Path[UUID], filters: Query[shapes.PageIn]) -> dict[str, Any]:
    caller = checked_caller(request, shapes.PageIn)
    page = reading.messages_of(caller, caller.case(str(case_id)), limit=filters.limit, after=filters.after)
    return {"items": [shapes.message_shape(row) for row in page.rows], "next": page.older or None}


@router.post(
    "/cases/{uuid:case_id}/messages",
    response={201: shapes.MessageShape, 200: shapes.MessageShape, PROBLEMS: shapes.Problem},
    operation_id="addMessage",
    summary="Add a word: received, sent, or a note",
)
def add_message(request: HttpRequest, case_id: Path[UUID], data: shapes.MessageIn, key: str = KEY) -> Status[dict[str, Any]]:
    """`out` counts as the answer and goes to the person by mail where they wrote by web or mail."""
    caller = checked_caller(request)
    message, new = writing.add_message(caller, caller.case(str(case_id)), data, key)
    return Status(201 if new else 200, shapes.message_shape(message))


@router.post("/cases/{uuid:case_id}/assignment", response=CASE, operation_id="assignCase", summary="Hand over, take, or put back")
def assign_case(request: HttpRequest, case_id: Path[UUID], data: shapes.AssignIn) -> dict[str, Any]:
    caller = checked_caller(request)
    writing.assign(caller, caller.case(str(case_id)), data)
    return _case(request, case_id)


@router.post("/cases/{uuid:case_id}/hold", response=CASE, operation_id="holdCase", summary="Wait for somebody")
def hold_case(request: HttpRequest, case_id: Path[UUID], data: shapes.HoldIn) -> dict[str, Any]:
    caller = checked_caller(request)
    writing.hold(caller, caller.case(str(case_id)), data)
    return _case(request, case_id)


@router.post("/cases/{uuid:case_id}/resumption", response=CASE, operation_id="resumeCase", summary="Go on with a case on hold")
def resume_case(request: HttpRequest, case_id: Path[UUID], data: shapes.NothingIn) -> dict[str, Any]:
    caller = checked_caller(request)
    writing.resume(caller, caller.case(str(case_id)))
    return _case(request, case_id)


@router.post("/cases/{uuid:case_id}/closure", response=CASE, operation_id="closeCase", summary="Close a case")
def close_case(request: HttpRequest, case_id: Path[UUID], data: shapes.CloseIn) -> dict[str, Any]:
    caller = checked_caller(request)
    writing.close(caller, caller.case(str(case_id)), data)
    return _case(request, case_id)


@router.post("/cases/{uuid:case_id}/reopening", response=CASE, operation_id="reopenCase", summary="Reopen a case")
def reopen_case(request: HttpRequest, case_id: Path[UUID], data: shapes.ReopenIn) -> dict[str, Any]:
    caller = checked_caller(request)
    writing.reopen(caller, caller.case(str(case_id)), data)
    return _case(request, case_id)


@router.post(
    "/customers/look-up",
    response={200: shapes.FoundPeople, PROBLEMS: shapes.Problem},
    operation_id="findCustomers",
    summary="Find people by an exact identity, for a stated purpose",
)
def find_customers(request: HttpRequest, data: shapes.LookUpIn) -> dict[str, Any]:
    """The look-up and its purpose are recorded, found or not."""
    caller = checked_caller(request)
    found = [row for row in writing.look_up(caller, data) if row.erased_at is None]
    kept = reading.kept_ids(caller, found)
    return {"items": [shapes.named(row) | {"kept": row.pk in kept} for row in found]}


@router.get("/units", response={200: shapes.Units, PROBLEMS: shapes.Problem}, operation_id="listUnits", summary="Units within reach")
def list_units(request: HttpRequest) -> dict[str, Any]:
    caller = checked_caller(request)
    caller.needs("catalog:read")
    rows = caller.units("catalog:read").select_related("parent")[:500]
    parents = [(row, str(row.parent.public_id) if row.parent and row.pk != caller.token.unit_id else None) for row in rows]
    return {"items": [shapes.named(row) | {"kind": row.kind, "parent": parent} for row, parent in parents]}


@router.get("/services", response={200: shapes.Codeds, PROBLEMS: shapes.Problem}, operation_id="listServices", summary="Services of a unit")
def list_services(request: HttpRequest, filters: Query[shapes.OfUnit]) -> dict[str, Any]:
    return {"items": [shapes.coded(row) for row in reading.services(checked_caller(request, shapes.OfUnit), filters.unit)]}


@router.get(
    "/categories", response={200: shapes.Codeds, PROBLEMS: shapes.Problem}, operation_id="listCategories", summary="Categories of a unit"
)
def list_categories(request: HttpRequest, filters: Query[shapes.OfUnit]) -> dict[str, Any]:
    return {"items": [shapes.coded(row) for row in reading.categories(checked_caller(request, shapes.OfUnit), filters.unit)]}
