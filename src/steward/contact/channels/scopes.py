"""What a token may be allowed: each scope with the capability that stands behind it for people."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Scope:
    """capability: what whoever issues the token must hold in its unit, and what the member of staff it acts for must hold where it acts."""

    code: str
    label: str | Promise
    capability: str


SCOPES: dict[str, Scope] = {
    scope.code: scope
    for scope in (
        Scope("cases:read", _("Read cases and what was said to and fro"), "cases.view"),
        Scope("cases:open", _("Open new cases"), "cases.open"),
        Scope("cases:work", _("Work on cases: answer, hold, resume, change, close, reopen"), "cases.work"),
        Scope("cases:assign", _("Hand cases to people"), "cases.assign"),
        Scope("cases:notes", _("Read and write internal notes"), "cases.note"),
        Scope("customers:find", _("Find people by an exact identity, and read their names"), "customers.find"),
        Scope("measures:read", _("Read figures and their definitions"), "measures.view"),
        Scope("catalog:read", _("Read units, services and categories"), "catalog.view"),
    )
}
