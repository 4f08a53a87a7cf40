"""The kinds of exports that this room knows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .readers import freshdesk, helpdesk, zendesk
from .readers.registry import BUILTIN, Export, register


def register_exports() -> None:
    for export in (
        Export("zendesk", _("Zendesk: JSON export"), BUILTIN / "zendesk.mapping.json", zendesk.COLUMNS, zendesk.read),
        Export("zendesk_csv", _("Zendesk: CSV of a view or of the account"), BUILTIN / "zendesk-csv.mapping.json"),
        Export(
            "freshdesk", _("Freshdesk: account export (JSON or XML)"), BUILTIN / "freshdesk.mapping.json", freshdesk.COLUMNS, freshdesk.read
        ),
        Export("freshdesk_csv", _("Freshdesk: CSV of tickets"), BUILTIN / "freshdesk-csv.mapping.json"),
        Export("helpdesk", _("django-helpdesk: dumpdata"), BUILTIN / "helpdesk.mapping.json", helpdesk.COLUMNS, helpdesk.read),
    ):
        register(export)
