"""The authorisation matrix: every address of the house × the standing cast.

allowed: who gets an answer, by letter: F front line, T other team, S supervisor, B supervisor of another branch, Q quality reviewer, M manager,
A administrator, O outsider (manager of another organisation), C customer (not signed in). Everybody else is sent to sign in, told that the
page does not exist, or refused; and then nothing may have changed. An address without a row fails the suite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, KindSuggestion, Promise, Task
from steward.core.customers.models import ContactPoint
from steward.core.org.models import Staff
from steward.ground.access.models import Grant, Role
from steward.ground.ui.live import watch

from .cast import AT, SETUP, World
from .console.keeping.matrix_rows import KEEPING_ROWS, build_keeping_rows
from .console.setup.matrix_rows import SETUP_ROWS
from .contact.automation.matrix_rows import AUTOMATION_ROWS, build_automation_rows
from .contact.channels.matrix_rows import CHANNEL_ROWS, build_channel_rows
from .contact.datahub.matrix_rows import IMPORT_ROWS, build_import_rows
from .contact.desk.emotion_rows import EMOTION_ROWS, build_emotion_rows
from .contact.desk.matrix_rows import DESK_ROWS, build_desk_rows
from .contact.desk.routing_rows import ROUTING_ROWS, build_routing_rows
from .contact.fields.matrix_rows import FIELD_ROWS, build_field_rows
from .contact.floor.matrix_rows import FLOOR_ROWS, build_floor_rows
from .contact.together.matrix_rows import TOGETHER_ROWS, build_together_rows
from .contact.writing.matrix_rows import WRITING_ROWS, build_writing_rows
from .core.actions.matrix_rows import ACTION_ROWS, build_action_rows
from .core.catalog.matrix_rows import DOCUMENT_ROWS, build_document_rows
from .core.catalog.standards_rows import STANDARD_ROWS, build_standard_rows
from .core.org.matrix_rows import SETTINGS_ROWS, build_settings_rows
from .excellence.improvement.matrix_rows import IMPROVEMENT_ROWS, build_improvement_rows
from .excellence.insights.matrix_rows import INSIGHT_ROWS, build_insight_rows
from .excellence.modelcards.matrix_rows import MODEL_ROWS, build_model_rows
from .excellence.reports.matrix_rows import REPORT_ROWS, build_report_rows
from .ground.access.matrix_rows import SIGN_IN_ROWS
from .ground.matrix_rows import GROUND_ROWS, build_ground_rows
from .team.learning.matrix_rows import LEARNING_ROWS, build_learning_rows

LETTERS = {
    "F": "front_line",
    "T": "other_team",
    "S": "supervisor",
    "B": "other_branch",
    "Q": "quality_reviewer",
    "M": "manager",
    "A": "administrator",
    "O": "outsider",
    "C": "customer",
}
STAFF = "FTSBQMAO"
HOUSE = "FTSBQMA"  # everybody of the bank
WORKERS = "FTSBMO"  # who works on cases somewhere
HERE = "FSM"  # who works on the counter team's cases
SEE = "FSQM"  # who sees them
Data = dict[str, Any] | Callable[["Scene"], dict[str, Any]]


@dataclass
class Scene:
    """The rows that addresses name: one case of the counter team in several states, and what hangs from it."""

    world: World
    case: Case
    held: Case
    closed: Case
    merged: Case
    promise: Promise
    task: Task
    contact: ContactPoint
    suggestion: KindSuggestion

    @property
    def front(self) -> Staff:
        return self.world.staff("front_line")


@dataclass(frozen=True)
class Row:
    url: str
    allowed: str
    method: str = "GET"
    kwargs: Callable[[Scene], dict[str, Any]] = lambda scene: {}
    data: Data = field(default_factory=dict)

    def posted(self, scene: Scene) -> dict[str, Any]:
        return self.data(scene) if callable(self.data) else self.data


def build_scene(world: World) -> Scene:
    def opened(title: str) -> Case:
        return cases.open_case(
            unit=world.counter_team,
            kind="request",
            channel="counter",
            title=title,
            customer=world.customer,
            by=SETUP,
            at=AT - timedelta(hours=2),
        )

    case, held, closed, merged = opened("补卡"), opened("查账"), opened("销户"), opened("又来补卡")
    at = AT - timedelta(hours=1)
    cases.hold_case(case=held, reason_code="awaiting_customer", by=SETUP, at=at)
    cases.add_message(case=closed, direction="out", body="已办理。", by=SETUP, at=at)
    cases.close_case(case=closed, resolution="fulfilled", by=SETUP, at=at)
    cases.merge_cases(case=merged, into=case, by=SETUP, at=at)
    promise = cases.make_promise(case=case, kind="call_back", basis="spoken", due_at=AT + timedelta(hours=3), by=SETUP, at=at)
    task = cases.add_task(unit=case.unit, subject=case, kind="cases.todo", title="回电", by=SETUP, at=at)
    contact = world.customer.contact_points.get(kind="phone")
    build_ground_rows(world)
    build_settings_rows(world)
    build_import_rows(world)
    cases.name_concerned(case=case, staff=world.staff("other_team"), by=SETUP, at=at)
    build_action_rows(world)
    build_document_rows(world)
    build_standard_rows(world)
    build_desk_rows(world, case)
    build_routing_rows(world)
    build_automation_rows(world, case)
    build_channel_rows(world, case)
    build_together_rows(world)
    build_floor_rows(world)
    build_emotion_rows(world)
    build_writing_rows(world)
    build_keeping_rows(world)
    build_field_rows(world)
    build_learning_rows(world)
    build_insight_rows(world)
    build_report_rows(world)
    build_model_rows(world)
    build_improvement_rows(world)
    message = case.messages.earliest("pk")
    suggestion = KindSuggestion.objects.create(case=case, message=message, start=0, end=2, made_at=at)
    return Scene(world, case, held, closed, merged, promise, task, contact, suggestion)


def _of(name: str) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {"public_id": getattr(scene, name).public_id}


def _customer(scene: Scene) -> dict[str, Any]:
    return {"public_id": scene.world.customer.public_id}


def _calendar(scene: Scene) -> dict[str, Any]:
    return {"public_id": scene.world.calendar.public_id}


def _calendar_day(scene: Scene) -> dict[str, Any]:
    return {**_calendar(scene), "day": AT.date()}


def _unit(scene: Scene) -> dict[str, Any]:
    return {"public_id": scene.world.lobby_team.public_id}


def _person(scene: Scene) -> dict[str, Any]:
    return {"public_id": scene.front.public_id}


def _role(scene: Scene) -> dict[str, Any]:
    return {"public_id": Role.objects.get(organisation=scene.world.bank, code="front_line").public_id}


def _grant(scene: Scene) -> dict[str, Any]:
    return {"public_id": Grant.objects.get(user=scene.world.cast.front_line).public_id}


def _post(url: str, allowed: str, kwargs: Callable[[Scene], dict[str, Any]], data: Data | None = None) -> Row:
    return Row(url, allowed, "POST", kwargs, data if data is not None else {})


def _concerned(scene: Scene) -> dict[str, Any]:
    return {"public_id": scene.case.public_id, "staff_id": scene.world.staff("other_team").public_id}


CASE = _of("case")
ROWS: list[Row] = [
    # Signing in and one's own page
    Row("account_login", STAFF + "C"),
    Row("account_logout", STAFF),
    Row("account_change_password", STAFF),
    *[Row(*row) for row in SIGN_IN_ROWS],
    Row("console:home", STAFF),
    Row("console:brief_block", "FTSBQMO", kwargs=lambda scene: {"block": "people"}),
    Row("ui:preferences", STAFF + "C"),
    _post("ui:language", STAFF + "C", lambda scene: {}, {"language": "en", "next": "/"}),
    Row("ui:palette", STAFF),
    Row("ui:live", STAFF + "C", data=lambda scene: {"w": watch(["unit:1:cases"]).token}),
    Row("ui:gallery", STAFF),
    Row("ui:gallery_rows", STAFF),
    Row("ui:gallery_kind", STAFF, kwargs=lambda scene: {"kind": "file"}),
    # Jobs, files, messages
    *[Row(url, allowed, method, kwargs) for url, allowed, method, kwargs in GROUND_ROWS],
    Row("search:results", STAFF),
    # Cases
    Row("cases:list", "FTSBQMO"),
    Row("cases:due", "FTSBQMO"),
    Row("cases:todo", STAFF),
    Row("cases:open", WORKERS),
    _post(
        "cases:open",
        "FSM",
        lambda scene: {},
        lambda scene: {
            "unit": scene.world.counter_team.public_id,
            "kind": "request",
            "channel": "counter",
            "title": "换零钱",
            "priority": "normal",
        },
    ),
    Row("cases:detail", SEE, kwargs=CASE),
    Row("cases:beside", SEE, kwargs=CASE),
    Row("cases:history", SEE, kwargs=CASE),
    Row("cases:dialogs", SEE, kwargs=CASE),
    Row("cases:clock", SEE, kwargs=lambda scene: {"public_id": scene.case.public_id, "promise_id": scene.promise.public_id}),
    _post("cases:message", SEE, CASE, {"body": "客户下午再来。", "direction": "note"}),
    _post("cases:message", HERE, CASE, {"body": "您好，已为您办理。", "direction": "out"}),
    _post("cases:claim", HERE, CASE),
    _post("cases:release", HERE, CASE),
    _post("cases:assign", "SM", CASE, lambda scene: {"to": scene.front.public_id}),
    _post("cases:hold", HERE, CASE, {"reason_code": "awaiting_customer"}),
    _post("cases:resume", HERE, _of("held")),
    _post("cases:close", HERE, CASE, {"resolution": "withdrawn", "reason": "客户不需要了"}),
    _post("cases:reopen", HERE, _of("closed"), {"reason": "没有办完"}),
    _post("cases:properties", HERE, CASE, {"title": "补卡并激活", "priority": "high"}),
    _post("cases:kind", HERE, CASE, {"kind": "complaint"}),
    _post("cases:suggestion_take", HERE, lambda scene: {"public_id": scene.case.public_id, "suggestion_id": scene.suggestion.public_id}),
    _post("cases:suggestion_dismiss", HERE, CASE, lambda scene: {"suggestion": scene.suggestion.public_id, "reason": "说的是别处"}),
    _post("cases:transfer", HERE, CASE, lambda scene: {"unit": scene.world.lobby_team.public_id, "reason": "归大堂"}),
    _post("cases:link", HERE, CASE, lambda scene: {"number": scene.held.number, "kind": "related"}),
    _post("cases:merge", "SM", CASE, lambda scene: {"number": scene.held.number}),
    _post("cases:merge_undo", "SM", _of("merged")),
    _post("cases:promise", HERE, CASE, {"kind": "call_back", "basis": "spoken", "due_at": "2026-03-03T10:00"}),
    _post("cases:promise_kept", HERE, lambda scene: {"public_id": scene.case.public_id, "promise_id": scene.promise.public_id}),
    _post("cases:task", HERE, CASE, {"title": "核对流水", "estimate_minutes": "10"}),
    _post("cases:task_done", HERE, _of("task")),
    # Customers
    Row("customers:list", "FTSBQMO"),
    Row("customers:find", WORKERS),
    _post("customers:find", WORKERS, lambda scene: {}, {"kind": "phone", "value": "13800138000", "purpose": "serve_case"}),
    Row("customers:register", WORKERS),
    _post(
        "customers:register",
        "FSM",
        lambda scene: {},
        lambda scene: {"unit": scene.world.counter_team.public_id, "name": "新客", "kind": "person"},
    ),
    Row("customers:detail", SEE, kwargs=_customer),
    _post("customers:change", HERE, _customer, {"name": "陈小明", "kind": "person"}),
    _post("customers:contact_add", HERE, _customer, {"contact-kind": "email", "contact-value": "x@example.com"}),
    _post("customers:contact_end", HERE, _of("contact")),
    _post("customers:reveal", HERE, _of("contact"), {"purpose": "call_back"}),
    _post("customers:consent", HERE, _customer, {"consent-purpose": "survey", "consent-given": "yes"}),
    _post("customers:export", "M", _customer),
    _post("customers:erase", "M", _customer, {"erase-reason": "本人申请"}),
    _post("cases:concern", HERE, CASE, lambda scene: {"to": scene.world.staff("quality_reviewer").public_id}),
    _post("cases:concern_clear", "SM", _concerned, {"reason": "不是此人"}),
    # Findings and actions
    *[Row(*row) for row in ACTION_ROWS],
    *[Row(*row) for row in DOCUMENT_ROWS],
    *[Row(*row) for row in STANDARD_ROWS],
    # The desk
    *[Row(*row) for row in DESK_ROWS],
    *[Row(*row) for row in ROUTING_ROWS],
    # Departments together
    *[Row(*row) for row in TOGETHER_ROWS],
    # The floor
    *[Row(*row) for row in FLOOR_ROWS],
    # Emotional situations
    *[Row(*row) for row in EMOTION_ROWS],
    *[Row(*row) for row in WRITING_ROWS],
    # Further fields of cases
    *[Row(*row) for row in FIELD_ROWS],
    # Learning
    *[Row(*row) for row in LEARNING_ROWS],
    # Automation
    *[Row(*row) for row in AUTOMATION_ROWS],
    # Figures
    *[Row(*row) for row in INSIGHT_ROWS],
    # Public pages, the interface and their settings
    *[Row(*row) for row in CHANNEL_ROWS],
    # Reports
    *[Row(*row) for row in REPORT_ROWS],
    # Models under control
    *[Row(*row) for row in IMPROVEMENT_ROWS],
    *[Row(*row) for row in MODEL_ROWS],
    # Settings and the operator's desk
    *[Row(*row) for row in SETTINGS_ROWS],
    *[Row(*row) for row in SETUP_ROWS],
    *[Row(*row) for row in KEEPING_ROWS],
    *[Row(*row) for row in IMPORT_ROWS],
    # Working time
    Row("worktime:list", STAFF),
    Row("worktime:open", "MAO"),
    *[Row(f"worktime:{name}", HOUSE, kwargs=_calendar) for name in ("year", "trial", "export_json", "export_ics", "week")],
    Row("worktime:day", HOUSE, kwargs=_calendar_day),
    _post("worktime:day", "MA", _calendar_day, {"kind": "holiday"}),
    # Answers only an address that the page itself signed; tests/ground/worktime sends one.
    _post("worktime:undo_day", "", lambda scene: {**_calendar(scene), "day": date(2026, 2, 28)}),
    _post("worktime:drop_week", "MA", _calendar_day),
    _post("worktime:prefill", "MA", _calendar, {"country": "CN", "years": "2026"}),
    _post("worktime:confirm", "MA", _calendar, {"all": "1"}),
    _post("worktime:import", "MA", _calendar),
    _post("worktime:settings", "MA", _calendar),
    _post("worktime:make_default", "MA", _calendar),
    _post("worktime:close", "MA", _calendar, {"reason": "停用"}),
]


def encoded(data: dict[str, Any]) -> str:
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query[name] = str(value)
    return query.urlencode()
