"""What a file of people would change: who is new, moves, is called otherwise, gets a role, or leaves. The reader is the set-up's."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steward.contact.datahub.reading import Table
from steward.core.cases.models import Case
from steward.core.cases.models.case import IS_UNFINISHED
from steward.core.org.models import Staff
from steward.ground.access.errors import Refused
from steward.ground.access.models import Grant, Unit, User

from ..setup.peoplefile import MAX_BYTES, MAX_PEOPLE, WRONG, text_of
from ..setup.plans import PlannedPerson, already_there, plan_people
from ..setup.problems import Problem

SHOWN_CASES = 5
NOT_DONE = {
    "day": _("“%(text)s” is not a day. Write it as 2026-03-31."),
    "self": _("This is you. Somebody else ends your employment."),
    "left": _("%(name)s has left already. Whoever comes back gets a new sign-in name."),
    "nowhere": _("%(username)s has an account and works nowhere. Ask whoever runs the installation."),
    "cases": _("%(name)s still has %(count)d open cases (%(cases)s). Hand them over first, then read the file again."),
}
LABELS: dict[str, str | Promise] = {"name": _("Full name"), "email": _("E-mail"), "unit": _("Unit"), "role": _("Role")}


@dataclass(frozen=True)
class Change:
    """One line. kind: new, changed, ended or same; what: the names of what differs."""

    person: PlannedPerson
    kind: str
    staff: Staff | None = None
    what: tuple[str, ...] = ()
    ended_date: date | None = None

    @property
    def labels(self) -> list[str]:
        return [str(LABELS[code]) for code in self.what]


@dataclass(frozen=True)
class ChangePlan:
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = field(default=())

    def of(self, kind: str) -> list[Change]:
        return [change for change in self.changes if change.kind == kind]

    @property
    def new(self) -> list[Change]:
        return self.of("new")

    @property
    def changed(self) -> list[Change]:
        return self.of("changed")

    @property
    def ended(self) -> list[Change]:
        return self.of("ended")

    @property
    def same(self) -> list[Change]:
        return self.of("same")

    @property
    def acts(self) -> int:
        return len(self.changes) - len(self.same)


def file_text(data: bytes) -> tuple[str, Problem | None]:
    """The text of an upload: CSV as the set-up reads it, or the first sheet of a workbook as CSV."""
    if not data.startswith(b"PK\x03\x04"):
        return text_of(data)
    if len(data) > MAX_BYTES:
        return "", Problem(0, WRONG["large"], {"limit": MAX_BYTES // 1024})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.xlsx"
        path.write_bytes(data)
        table = Table(path)
        try:
            return (_sheet_text(table), None) if table.is_workbook else ("", Problem(0, WRONG["workbook"]))
        except Refused as refused:
            return "", Problem(0, str(refused))


def _sheet_text(table: Table) -> str:
    survey = table.survey()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(survey.header)
    for number, row in enumerate(table.rows(survey)):
        if number > MAX_PEOPLE:  # one more than may be, so that the reader says so
            break
        writer.writerow(row.cells)
    return out.getvalue()


def plan_changes(organisation: Unit, text: str, *, by: User | None, at: datetime) -> ChangePlan:
    """Every line with what it would do. A person who is not in the file stays as they are: only a last day ends somebody."""
    plan = plan_people(organisation, text)
    known = already_there(person.existing for person in plan.people if person.existing)
    held = _held([staff.user_id for staff in known.values()], at)
    changes: list[Change] = []
    problems = list(plan.problems)
    for person in plan.people:
        change, problem = _change(person, known, held, by)
        problems += [problem] if problem else []
        changes += [change] if change else []
    problems += _open_cases([change for change in changes if change.kind == "ended"])
    return ChangePlan(tuple(changes), tuple(sorted(problems, key=lambda problem: problem.line)))


def _held(users: Sequence[int], at: datetime) -> set[tuple[int, int, int]]:
    return set(Grant.objects.in_force(at).filter(user__in=users).values_list("user_id", "role_id", "unit_id"))


def _change(
    person: PlannedPerson, known: dict[int, Staff], held: set[tuple[int, int, int]], by: User | None
) -> tuple[Change | None, Problem | None]:
    row, user = person.row, person.existing
    day, problem = _day(row.ended, row.number)
    if problem:
        return None, problem
    if user is None:
        return (None if day else Change(person, "new")), None
    staff = known.get(user.pk)
    if staff is None:
        return None, Problem(row.number, NOT_DONE["nowhere"], {"username": row.username})
    if staff.ended_date is not None:
        return (Change(person, "same", staff), None) if day else (None, Problem(row.number, NOT_DONE["left"], {"name": staff.user.name}))
    if day:
        if by is not None and by.pk == user.pk:
            return None, Problem(row.number, NOT_DONE["self"])
        return Change(person, "ended", staff, ended_date=day), None
    what = tuple(_differences(person, staff, held))
    return Change(person, "changed" if what else "same", staff, what), None


def _differences(person: PlannedPerson, staff: Staff, held: set[tuple[int, int, int]]) -> list[str]:
    row, found = person.row, []
    if row.name != staff.user.name:
        found.append("name")
    if row.email and row.email != staff.user.email:  # an empty cell says nothing: many lists have no addresses
        found.append("email")
    if person.unit.pk != staff.unit_id:
        found.append("unit")
    if (staff.user_id, person.role.pk, person.unit.pk) not in held:
        found.append("role")
    return found


def _day(text: str, line: int) -> tuple[date | None, Problem | None]:
    if not text:
        return None, None
    try:
        return date.fromisoformat(text.replace("/", "-").removesuffix(" 00:00:00")), None
    except ValueError:
        return None, Problem(line, NOT_DONE["day"], {"text": text[:40]})


def _open_cases(ended: Sequence[Change]) -> list[Problem]:
    """Whoever leaves with open work leaves customers waiting: the numbers, so that they can be handed over."""
    found: dict[int, list[str]] = {}
    staff = [change.staff.pk for change in ended if change.staff]
    for holder, number in Case.objects.filter(IS_UNFINISHED, assignee__in=staff).order_by("pk").values_list("assignee", "number"):
        found.setdefault(holder, []).append(number)
    return [
        Problem(
            change.person.row.number,
            NOT_DONE["cases"],
            {"name": change.staff.user.name, "count": len(numbers), "cases": ", ".join(numbers[:SHOWN_CASES])},
        )
        for change in ended
        if change.staff and (numbers := found.get(change.staff.pk, []))
    ]
