"""What goes in and out of the interface."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from steward.core.cases.models import Case, Channel, Kind, Message, Priority, State
from steward.core.cases.models.case import HoldReason, Resolution
from steward.core.customers.models import ContactPoint
from steward.ground.access.purposes import PURPOSES

UUID_FORM = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
# Any character but control characters, which no text of a person holds and PostgreSQL cannot keep; line breaks and tabs are fine.
TEXT_FORM = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
VISIBLE = r"^(?:[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*)$"
LINE_FORM = r"^[^\x00-\x1f\x7f]*$"

Id = Annotated[str, StringConstraints(pattern=UUID_FORM), Field(description="UUID, as the interface gave it")]
KindCode = Literal["enquiry", "request", "suggestion", "praise", "complaint", "incident"]
PriorityCode = Literal["low", "normal", "high", "urgent"]
ChannelCode = Literal["counter", "phone", "web", "email", "wechat", "chat", "app", "review", "api", "sms"]
StateCode = Literal["new", "open", "on_hold", "closed", "merged"]
HoldCode = Literal["awaiting_customer", "awaiting_internal", "awaiting_external", "scheduled"]
ResolutionCode = Literal["answered", "fulfilled", "remedied", "declined", "withdrawn", "unreachable", "not_ours"]
PurposeCode = Literal["serve_case", "call_back", "verify_identity", "investigate", "rights_request", "legal_duty"]
IdentityKind = Literal["phone", "email", "wechat", "id_card", "member"]


def _visible(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("string_too_short", "blank")
    return text


def _no_default(schema: dict[str, Any]) -> None:
    """What is not given stays as it is, so the document names no default."""
    schema.pop("default", None)


def _whole(value: Any) -> Any:
    """JSON knows one kind of number: 1.0 is a whole one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _bounded(longest: int, *, line: bool = False) -> Any:
    return StringConstraints(max_length=longest, pattern=LINE_FORM if line else TEXT_FORM)


Title = Annotated[
    str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"), AfterValidator(_visible)
]
Body = Annotated[str, StringConstraints(max_length=20_000, pattern=VISIBLE), AfterValidator(_visible)]
Reason = Annotated[str, _bounded(500)]
# The bounds stand first: behind the validator they would be missing from the document (schemathesis found that).
Version = Annotated[
    int,
    Field(ge=1, le=2**31 - 1, strict=True, description="The version that was read; another one is refused with 409"),
    BeforeValidator(_whole),
]


class In(Schema):
    """What comes in: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Named(Schema):
    id: Id
    name: str


class Coded(Named):
    code: str


class PersonShape(Schema):
    """name is null without the scope customers:find."""

    id: Id
    name: str | None


class PromiseShape(Schema):
    kind: str
    clock: str
    basis: str
    due_at: datetime | None
    met_at: datetime | None
    missed_at: datetime | None


class CaseShape(Schema):
    id: Id
    number: str
    unit: Named
    kind: KindCode
    channel: Literal["counter", "phone", "web", "email", "wechat", "chat", "app", "review", "api", "sms", "import"]
    priority: PriorityCode
    state: StateCode
    hold_reason: HoldCode | None
    resolution: ResolutionCode | None
    title: str
    service: Coded | None
    category: Coded | None
    customer: PersonShape | None
    assignee: Named | None
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    next_due_at: datetime | None
    version: int


class CaseDetail(CaseShape):
    promises: list[PromiseShape]


class CasePage(Schema):
    """next: the cursor of the following page, null on the last one."""

    items: list[CaseShape]
    next: str | None


class MessageShape(Schema):
    id: Id
    direction: Literal["in", "out", "note"]
    channel: str
    author: str | None
    automatic: bool
    body: str
    erased: bool
    at: datetime


class MessagePage(Schema):
    items: list[MessageShape]
    next: str | None


class FoundPerson(Schema):
    """kept: whether the token may name this person by id when it opens a case."""

    id: Id
    name: str
    kept: bool


class FoundPeople(Schema):
    items: list[FoundPerson]


class UnitShape(Named):
    kind: str
    parent: Id | None


class Units(Schema):
    items: list[UnitShape]


class Codeds(Schema):
    items: list[Coded]


class Me(Schema):
    name: str
    prefix: str
    acts_as: Literal["staff", "integration"]
    staff: str | None
    unit: Named
    scopes: list[str]
    per_minute: int
    expires_at: datetime


class FieldError(Schema):
    field: str
    code: str
    detail: str


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError]


class PersonIn(In):
    """Either the id of somebody the token may see, or what is known of them: then whoever it fits, or somebody new."""

    id: Id | None = None
    name: Annotated[str, _bounded(120, line=True)] = ""
    phone: Annotated[str, _bounded(40, line=True)] = ""
    email: Annotated[str, _bounded(200, line=True)] = ""


class CaseIn(In):
    title: Title
    body: Annotated[str, _bounded(20_000)] = ""
    kind: KindCode = "request"
    channel: ChannelCode = "api"
    priority: PriorityCode = "normal"
    unit: Id | None = Field(None, description="Default: the unit of the token")
    service: Id | None = None
    category: Id | None = None
    customer: PersonIn | None = None
    details: Annotated[
        dict[Annotated[str, StringConstraints(max_length=40)], Annotated[str, StringConstraints(max_length=2000)]],
        Field(
            default_factory=dict,
            max_length=100,
            description="Further fields of the case by key; what the unit requires is refused with 422",
        ),
    ]


class MessageIn(In):
    direction: Literal["in", "out", "note"]
    body: Body


class AssignIn(In):
    """to: the member of staff; null puts the case back for anybody to take."""

    to: Id | None
    reason: Reason = ""
    version: Version | None = None


class HoldIn(In):
    reason_code: HoldCode
    reason: Reason = ""


class CloseIn(In):
    resolution: ResolutionCode
    reason: Reason = ""
    version: Version | None = None


class ReopenIn(In):
    reason: Annotated[str, StringConstraints(max_length=500, pattern=VISIBLE), AfterValidator(_visible)]


class NothingIn(In):
    """An empty object."""


class ChangeIn(In):
    """Only what is given changes; null takes a service or category away. A complaint becomes something else only with a reason."""

    title: Title = Field("", json_schema_extra=_no_default)
    priority: PriorityCode = Field("normal", json_schema_extra=_no_default)
    kind: KindCode = Field("request", json_schema_extra=_no_default)
    service: Id | None = None
    category: Id | None = None
    reason: Reason = ""
    version: Version | None = None


class LookUpIn(In):
    kind: IdentityKind
    value: Annotated[
        str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"), AfterValidator(_visible)
    ]
    purpose: PurposeCode
    unit: Id | None = Field(None, description="In whose name the look-up is recorded. Default: the unit of the token")


class CaseFilters(In):
    """As on the list page. Without `state`, unfinished cases."""

    q: Annotated[str, _bounded(100, line=True)] | None = None
    state: Literal["unfinished", "new", "open", "on_hold", "closed", "any"] | None = None
    kind: KindCode | None = None
    priority: PriorityCode | None = None
    channel: Literal["counter", "phone", "web", "email", "wechat", "chat", "app", "review", "api", "sms", "import"] | None = None
    unit: Id | None = None
    assignee: Annotated[str, StringConstraints(pattern=rf"^(me|nobody|{UUID_FORM[1:-1]})$")] | None = None
    due: Literal["over", "soon"] | None = None
    sort: Literal["due", "newest", "changed"] = "newest"
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Annotated[str, StringConstraints(max_length=600, pattern=r"^[!-~]+$")] | None = None


class PageIn(In):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Annotated[str, StringConstraints(max_length=600, pattern=r"^[!-~]+$")] | None = None


class OfUnit(In):
    unit: Id | None = Field(None, description="Default: the unit of the token")


def case_shape(case: Case, *, names: bool) -> dict[str, Any]:
    """names: whether the token may read people's names."""
    customer, assignee = case.customer, case.assignee
    return {
        "id": str(case.public_id),
        "number": case.number,
        "unit": named(case.unit),
        "kind": case.kind,
        "channel": case.channel,
        "priority": case.priority,
        "state": case.state,
        "hold_reason": case.hold_reason or None,
        "resolution": case.resolution or None,
        "title": case.title,
        "service": coded(case.service),
        "category": coded(case.category),
        "customer": {"id": str(customer.public_id), "name": customer.name if names else None} if customer else None,
        "assignee": {"id": str(assignee.public_id), "name": assignee.user.name} if assignee else None,
        "opened_at": case.opened_at,
        "changed_at": case.changed_at,
        "closed_at": case.closed_at,
        "next_due_at": case.next_due_at,
        "version": case.version,
    }


def case_detail(case: Case, *, names: bool) -> dict[str, Any]:
    fields = ("kind", "clock", "basis", "due_at", "met_at", "missed_at")
    rows = case.begun_promises or case.promises.filter(cancelled_at=None).order_by("started_at", "pk")
    return case_shape(case, names=names) | {"promises": [{field: getattr(row, field) for field in fields} for row in rows]}


def message_shape(message: Message) -> dict[str, Any]:
    return {
        "id": str(message.public_id),
        "direction": message.direction,
        "channel": message.channel,
        "author": message.author.name if message.author else None,
        "automatic": message.automatic,
        "body": message.body,
        "erased": message.blanked_at is not None,
        "at": message.at,
    }


def named(row: Any) -> dict[str, str]:
    return {"id": str(row.public_id), "name": str(row.name)}


def coded(row: Any) -> dict[str, str] | None:
    return named(row) | {"code": row.code} if row is not None else None


def check_codes() -> None:
    """The codes above are those of the models; a new one must be added on purpose, because clients see it."""
    pairs: Sequence[tuple[Any, set[str]]] = (
        (KindCode, set(Kind.values)),
        (PriorityCode, set(Priority.values)),
        (StateCode, set(State.values)),
        (HoldCode, set(HoldReason.values)),
        (ResolutionCode, set(Resolution.values)),
        (ChannelCode, set(Channel.values) - {"import"}),
        (PurposeCode, set(PURPOSES)),
        (IdentityKind, set(ContactPoint.Kind.values) - {"address", "other"}),
    )
    for offered, known in pairs:
        if set(offered.__args__) != known:
            raise ValueError(f"The interface offers {sorted(offered.__args__)}, the models have {sorted(known)}.")
