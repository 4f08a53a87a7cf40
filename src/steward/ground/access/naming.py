"""Units by what people call them, for the command line."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .errors import Refused
from .models import Unit


class UnknownUnit(Refused):
    code = "unknown_unit"
    message = _("There is no open unit called %(name)s. Known organisations: %(known)s.")


def find_unit(organisation: str, unit: str = "") -> Unit:
    """An organisation by its name, code or id, and, where one is named, a unit in it. Errors: UnknownUnit."""
    roots = list(Unit.objects.filter(parent=None, closed_at=None).order_by("pk"))
    known = ", ".join(str(row) for row in roots) or "none"
    root = _named(roots, organisation)
    if root is None:
        raise UnknownUnit(name=organisation, known=known)
    if not unit:
        return root
    found = _named(list(Unit.objects.filter(path__startswith=root.path, closed_at=None).order_by("path")), unit)
    if found is None:
        raise UnknownUnit(name=unit, known=known)
    return found


def _named(rows: list[Unit], name: str) -> Unit | None:
    wanted = name.strip().casefold()
    return next((row for row in rows if wanted and wanted in _names(row)), None)


def _names(row: Unit) -> set[str]:
    return {*(text.casefold() for text in row.name.values()), row.code.casefold(), str(row.public_id), str(row.pk)}
