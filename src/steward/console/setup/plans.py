"""What a typed list would do: which units and people exist already, which are new, and what cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from steward.core.org.models import Staff
from steward.ground.access.models import Role, Unit, User
from steward.ground.ui.lists.csvout import FORMULA_START

from .lexicon import ROLES, code_of
from .outline import Line, Outline, read_outline
from .peoplefile import Row, read_people
from .problems import Problem

_SEPARATOR = re.compile(r"[|｜]")
_PATH = re.compile(r"\s*[/／>›]\s*")
_USERNAME = re.compile(r"[\w.@+-]+\Z")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]")
WRONG = {
    "name": _("The name is missing."),
    "name_long": _("The name is longer than %(limit)d characters."),
    "formula": _("“%(cell)s” begins like a formula of a spreadsheet. Write plain words."),
    "unprintable": _("There is an invisible character in “%(cell)s”. Type it again."),
    "username": _("The sign-in name is missing."),
    "username_signs": _("The sign-in name “%(username)s” takes letters, digits and . @ + - _ only, at most %(limit)d."),
    "username_twice": _("The sign-in name %(username)s stands in line %(other)d too."),
    "username_taken": _("The sign-in name %(username)s is taken. Choose another."),
    "unit": _("There is no unit called “%(unit)s”."),
    "unit_twice": _("There are %(count)d units called “%(unit)s”. Write the one above before it: %(example)s."),
    "role": _("The role is missing. Write one of: %(known)s."),
    "role_unknown": _("There is no role called “%(role)s”. Write one of: %(known)s."),
    "email": _("“%(email)s” is not an e-mail address."),
}
MAX_NAME, MAX_USERNAME = 80, 60


@dataclass(frozen=True)
class PlannedUnit:
    """A line with the unit that it means, or the kind of the one that it will become."""

    line: Line
    kind: str
    existing: Unit | None

    @property
    def kind_label(self) -> str:
        return str(Unit.Kind(self.existing.kind if self.existing else self.kind).label)

    @property
    def indent(self) -> int:
        return self.line.depth


@dataclass(frozen=True)
class UnitPlan:
    units: tuple[PlannedUnit, ...]
    problems: tuple[Problem, ...]

    @property
    def new(self) -> int:
        return sum(unit.existing is None for unit in self.units)


def units_below(organisation: Unit) -> list[Unit]:
    """The open units of an organisation, children right behind their parent; siblings in the order in which they were opened."""
    children: dict[int | None, list[Unit]] = {}
    for unit in Unit.objects.filter(path__startswith=organisation.path, closed_at=None).exclude(pk=organisation.pk).order_by("pk"):
        children.setdefault(unit.parent_id, []).append(unit)

    def below(parent: int) -> list[Unit]:
        return [found for child in children.get(parent, ()) for found in (child, *below(child.pk))]

    return below(organisation.pk)


def outline_of(organisation: Unit) -> str:
    """The units that exist, as the list that is typed."""
    top = organisation.path.count(".")
    return "\n".join(f"{'  ' * (unit.path.count('.') - top - 1)}{' | '.join(_names(unit))}" for unit in units_below(organisation))


def _names(unit: Unit) -> list[str]:
    names = [unit.name.get("zh-hans", ""), unit.name.get("en", "")]
    typed = [_SEPARATOR.sub("/", name) for name in names if name]
    return typed or [_SEPARATOR.sub("/", str(unit.name))]


def plan_units(organisation: Unit, text: str) -> UnitPlan:
    outline = read_outline(text)
    known = {(unit.parent_id, name): unit for unit in units_below(organisation) for name in _keys(unit)}
    planned: list[PlannedUnit] = []
    for position, line in enumerate(outline.lines):
        above = planned[line.above] if line.above >= 0 else None
        parent = organisation if above is None else above.existing
        names = (name.casefold() for name in line.name.values())
        existing = next((known[parent.pk, name] for name in names if (parent.pk, name) in known), None) if parent else None
        planned.append(PlannedUnit(line, existing.kind if existing else _kind(outline, position, above), existing))
    return UnitPlan(tuple(planned), outline.problems)


def _keys(unit: Unit) -> list[str]:
    return [_SEPARATOR.sub("/", name).casefold() for name in unit.name.values()]


def _kind(outline: Outline, position: int, above: PlannedUnit | None) -> str:
    """What a unit is by its place, unless the line says it: two levels below make a region, the places below a region are branches."""
    line = outline.lines[position]
    if line.kind:
        return line.kind
    if above is None:
        return "region" if outline.has_grandchildren(position) else "branch"
    return "branch" if above.kind == "region" else "team"


@dataclass(frozen=True)
class PlannedPerson:
    """existing: somebody of this organisation who has the sign-in name already; they are left as they are."""

    row: Row
    unit: Unit
    role: Role
    existing: User | None = None


@dataclass(frozen=True)
class PeoplePlan:
    people: tuple[PlannedPerson, ...]
    problems: tuple[Problem, ...]

    @property
    def new(self) -> tuple[PlannedPerson, ...]:
        return tuple(person for person in self.people if person.existing is None and not person.row.ended)

    @property
    def known(self) -> tuple[PlannedPerson, ...]:
        return tuple(person for person in self.people if person.existing is not None)


def plan_people(organisation: Unit, text: str) -> PeoplePlan:
    """Every row with its unit and role. A sign-in name of this organisation is somebody known; one of another is only taken."""
    table = read_people(text)
    places, roles = _Places(organisation), _Roles(organisation)
    taken = _taken(row.username for row in table.rows)
    people: list[PlannedPerson] = []
    problems = list(table.problems)
    seen: dict[str, int] = {}
    for row in table.rows:
        wrong = [*_wrong_cells(row), *places.wrong(row), *roles.wrong(row)]
        key = row.username.casefold()
        if key and key in seen:
            wrong.append(Problem(row.number, WRONG["username_twice"], {"username": row.username, "other": seen[key]}))
        seen.setdefault(key, row.number)
        existing = taken.get(key)
        if existing is not None and existing.organisation_id != organisation.pk:
            wrong.append(Problem(row.number, WRONG["username_taken"], {"username": row.username}))
        problems += wrong
        if not wrong:
            people.append(PlannedPerson(row, places.found(row), roles.found(row), existing))
    return PeoplePlan(tuple(people), tuple(sorted(problems, key=lambda problem: problem.line)))


def _taken(usernames: Iterable[str]) -> dict[str, User]:
    """Who has one of these sign-in names, whatever its case."""
    wanted = {username.casefold() for username in usernames}
    rows = User.objects.only("username", "name", "organisation_id") if wanted else User.objects.none()
    return {user.username.casefold(): user for user in rows if user.username.casefold() in wanted}


def _wrong_cells(row: Row) -> list[Problem]:
    wrong: list[Problem] = []

    def say(code: str, **params: object) -> None:
        wrong.append(Problem(row.number, WRONG[code], params))

    if not row.name:
        say("name")
    elif len(row.name) > MAX_NAME:
        say("name_long", limit=MAX_NAME)
    if not row.username:
        say("username")
    elif len(row.username) > MAX_USERNAME or not _USERNAME.match(row.username):
        say("username_signs", username=row.username[:MAX_USERNAME], limit=MAX_USERNAME)
    for cell in (row.name, row.username):
        if FORMULA_START.match(cell):
            say("formula", cell=cell[:40])
        if _UNPRINTABLE.search(cell):
            say("unprintable", cell=_UNPRINTABLE.sub("·", cell)[:40])
    if row.email and not _is_email(row.email):
        say("email", email=row.email[:80])
    return wrong


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


class _Places:
    """Units by what people call them: a name in any language, a code, or the way there with slashes."""

    def __init__(self, organisation: Unit) -> None:
        self._organisation = organisation
        units = {unit.pk: unit for unit in (organisation, *units_below(organisation))}
        self._found: dict[str, list[Unit]] = {}
        for unit in units.values():
            for word in self._words(unit, units):
                self._found.setdefault(word, []).append(unit)

    def _words(self, unit: Unit, units: dict[int, Unit]) -> set[str]:
        words = {name.casefold() for name in (*unit.name.values(), unit.code) if name}
        parent = units.get(unit.parent_id or 0)
        if parent is not None:
            above = [name.casefold() for name in parent.name.values() if name]
            words |= {f"{upper}/{lower}" for upper in above for lower in list(words)}
        return words

    def _units(self, row: Row) -> list[Unit]:
        if not row.unit:
            return [self._organisation]
        wanted = row.unit.casefold()
        return self._found.get(wanted) or self._found.get("/".join(_PATH.split(wanted)[-2:]), [])

    def found(self, row: Row) -> Unit:
        return self._units(row)[0]

    def wrong(self, row: Row) -> list[Problem]:
        units = self._units(row)
        if not units:
            return [Problem(row.number, WRONG["unit"], {"unit": row.unit[:80]})]
        if len(units) > 1:
            example = f"{units[0].parent}/{units[0]}"
            return [Problem(row.number, WRONG["unit_twice"], {"count": len(units), "unit": row.unit[:80], "example": example})]
        return []


class _Roles:
    """Roles by their name in any language, their code, or a usual word for a built-in one."""

    def __init__(self, organisation: Unit) -> None:
        self._roles = list(Role.objects.filter(organisation=organisation).order_by("pk"))

    def _role(self, row: Row) -> Role | None:
        wanted = row.role.casefold()
        exact = next((role for role in self._roles if wanted in {role.code, *(name.casefold() for name in role.name.values())}), None)
        code = code_of(ROLES, row.role)
        return exact or next((role for role in self._roles if role.code == code), None)

    def found(self, row: Row) -> Role:
        role = self._role(row)
        assert role is not None, "asked only for rows that wrong() finds nothing against"
        return role

    def wrong(self, row: Row) -> list[Problem]:
        known = ", ".join(str(role.name) for role in self._roles)
        if not row.role:
            return [Problem(row.number, WRONG["role"], {"known": known})]
        return [] if self._role(row) else [Problem(row.number, WRONG["role_unknown"], {"role": row.role[:80], "known": known})]


def already_there(staff: Iterable[User]) -> dict[int, Staff]:
    """Where these people work, by user id."""
    return {row.user_id: row for row in Staff.objects.filter(user__in=list(staff)).select_related("unit", "user")}


def is_empty() -> bool:
    """Whether nobody has taken this installation yet: no organisation, and nobody who could sign in."""
    return not Unit.objects.exists() and not User.objects.exists()


def first_years(organisation: Unit, at: datetime) -> list[int]:
    """This year and the next, by the organisation's own date."""
    year = at.astimezone(organisation.timezone).year
    return [year, year + 1]
