"""Runs of imports as a fact: how good the data are that come in."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import User
from steward.ground.measures.declarations import Column, Fact, Measure, Ratio, RowLink, facts, measures

from .models import ImportRun


def _itself(ids: Sequence[int]) -> Sequence[int]:
    return ids


def _links(user: User, ids: Sequence[int]) -> list[RowLink]:
    seen = ImportRun.objects.visible_to(user).filter(pk__in=ids).order_by("-pk")
    return [RowLink(run.pk, run.file_name, reverse("datahub:run", args=[run.public_id]), run.source) for run in seen]


IMPORTS = Fact(
    "imports",
    ImportRun,
    label=_("Imports"),
    capability="datahub.import",
    times=("finished_at",),
    rebuild_on=frozenset({"org.unit_changed", "org.unit_moved"}),
    subjects={"datahub.importrun": _itself},
    rows=_links,
    columns=(
        Column("id", "pk"), Column("unit_id", "unit_id"), Column("source", "source", "VARCHAR"), Column("state", "state", "VARCHAR"),
        Column("records", "records"), Column("created", "created"), Column("failed", "failed"),
        Column("finished_at", "finished_at", "TIMESTAMP"),
    ),
)  # fmt: skip


def register() -> None:
    facts.register(IMPORTS)
    measures.register(
        Measure(
            "import_failed", 1, "imports", Ratio("failed", "records"), _("Records not imported"),
            _("Records with an error, among all records of the imports finished in the period."), when="finished", unit="%", practical=1,
            direction="down", minimum_n=1, pitfall=_("What was imported can still be wrong: only an audit tells."),
        )
    )  # fmt: skip
