"""Where rules meet the screens: the words of a trade and the palette. Screens and views alone stand on ground/ui."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.signals import request_finished, request_started
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from steward.ground import clock
from steward.ground.ui import terms
from steward.ground.ui.palette import PaletteCommand, register_command

from . import files, queries
from .operations import today_of
from .standard import INDUSTRY_PACK

PACKS_VALID_FROM = "2020-01-01"


def register() -> None:
    register_command(
        PaletteCommand(
            "rules.list", _("Rules"), "rules:list", "gavel", capability="rules.view", words="guize xiane hangye 规则 限额 行业 rules limits"
        )
    )
    files.register_builtin("industry packs", _builtin_packs)
    terms.set_term_source(words_of)
    # Infrastructure, not business: one look at the revision for each request instead of one for each word.
    request_started.connect(queries.begin_request, dispatch_uid="rules.begin")
    request_finished.connect(queries.end_request, dispatch_uid="rules.end")


def words_of(industry: str, language: str) -> Mapping[str, str] | None:
    """The source behind `{% term %}`: the published pack of a trade over its base, or None when there is none."""
    try:
        return _words(industry, language, queries.revision())
    except (DatabaseError, RuntimeError):
        return None  # words never fail: an error page speaks them while the database is away


def pack_choices(own: Iterable[str] = ()) -> list[str]:
    """Trades one can choose: those that come with Steward, then an organisation's own packs."""
    return [*(key for key in terms.industries() if key != "general"), "general", *own]


def _words(industry: str, language: str, revision: UUID, depth: int = 0) -> dict[str, str] | None:
    today = today_of(None, clock.now())
    body: Any = queries.resolve_anywhere(INDUSTRY_PACK, industry, today, at_revision=revision)
    if body is None or depth > 3:
        return None
    base = body.get("base", "")
    words = dict((_words(base, language, revision, depth + 1) or {}) if base and base != industry else {})
    for term, forms in body["terms"].items():
        words[term] = forms["one"] if language == "en" else forms[terms.CHINESE]
        words[f"{term}_many"] = forms["many"] if language == "en" else words[term]
    return words


def _builtin_packs() -> list[dict[str, Any]]:
    """The packs of ground/ui as rules, so that they are seen, compared and replaced like every other one."""
    found = []
    for industry in terms.industries():
        pack = json.loads((terms.PACKS / f"{industry}.json").read_text(encoding="utf-8"))
        body = {"terms": pack["terms"]}
        if industry != "general":
            body["base"] = "general"
        found.append(
            {
                "kind": INDUSTRY_PACK,
                "key": industry,
                "valid_from": PACKS_VALID_FROM,
                "source": f"Steward packs/{industry}.json",
                "unverified": False,
                "body": body,
            }
        )
    return found
