"""Finding. Full text gives candidates from newest to oldest; the model's own `visible_to` decides which of them this person gets."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, Length, Replace, StrIndex
from django.utils.safestring import SafeString

from steward.ground.access.models import User
from steward.ground.access.policies import access_at, policy_for

from .highlight import highlight, snippet
from .kinds import Hit, SearchKind, kind_of, kinds
from .models import Document
from .schema import FTS, TABLE
from .tokens import Term, terms

RANKED = 1000  # relevance is worked out among so many of the newest
OUTSIDE = 400  # so many matches outside one's own units are looked at for those one may see all the same
PROBED = 2_000  # PostgreSQL: so many of the newest documents tell whether a word is common
COMMON = 40  # PostgreSQL: with so many matches among them, walking on finds enough soon
WALKED = 80_000  # PostgreSQL: how far it walks for common words before the index is asked all the same
FEW = 8_000  # PostgreSQL: fewer matches than this are taken from the index and sorted
MARGIN = 200  # candidates beyond the wanted hits, for those that are hidden

Candidate = tuple[int, str, int]  # document key, kind, object id


@dataclass(frozen=True)
class Found:
    """A hit with the row it stands for, and its words with the query's marked."""

    document_id: int
    kind: SearchKind
    row: Any
    hit: Hit
    title: SafeString
    snippet: SafeString


@dataclass(frozen=True)
class Results:
    """hits in order; more: there are further ones; complete: nothing was left unlooked at."""

    hits: list[Found]
    more: bool = False
    complete: bool = True


@dataclass(frozen=True)
class _Reach:
    """Which units a person searches in for one kind. everywhere: the whole organisation, so that nothing lies outside."""

    organisation: int | None
    units: tuple[int, ...]
    everywhere: bool


def search(
    user: User, query: str, *, at: datetime, kind: str, limit: int = 20, before: int | None = None, by_relevance: bool = False
) -> Results:
    """Hits of one kind, newest first, `before` the key of the last one seen; or by relevance among the newest 1,000.

    >>> results = search(user, "短信 验证码", kind="case", at=at)  # doctest: +SKIP
    >>> [found.hit.title for found in results.hits], results.more  # doctest: +SKIP
    """
    wanted = terms(query)
    if not wanted:
        return Results([])
    chosen, size = kind_of(kind), RANKED if by_relevance else limit
    parts = _candidates(user, wanted, chosen, size=size + 1, before=before, at=at)
    found = sorted(_union(parts), reverse=True)
    if by_relevance:
        found = _ranked(found[:RANKED], wanted)
    complete = len(found) > size or len(parts) == 1 or not _unlooked(user, wanted, chosen, at, before)
    return Results(_load(found[:limit], query, user, at), more=len(found) > limit, complete=complete)


def search_all(user: User, query: str, *, at: datetime, limit: int = 5, only: Iterable[str] | None = None) -> dict[str, Results]:
    """The newest hits of every kind, in the kinds' order, without empty kinds. One query finds them, one per kind loads them."""
    wanted = terms(query)
    chosen = [kind for kind in kinds() if only is None or kind.kind in only]
    if not wanted or not chosen:
        return {}
    parts = [part for kind in chosen for part in _candidates(user, wanted, kind, size=limit + 1, before=None, at=at)]
    found = sorted(_union(parts), reverse=True)
    groups: dict[str, Results] = {}
    for kind in chosen:
        mine = [candidate for candidate in found if candidate[1] == kind.kind]
        if mine:
            groups[kind.kind] = Results(_load(mine[:limit], query, user, at), more=len(mine) > limit)
    return groups


def count_matches(user: User, query: str, *, at: datetime, kind: str, cap: int = 1000) -> int:
    """How many hits there are, counted up to one more than the cap."""
    wanted = terms(query)
    if not wanted:
        return 0
    return min(cap + 1, len(_union(_candidates(user, wanted, kind_of(kind), size=cap + 1, before=None, at=at))))


def matching_ids(
    user: User, query: str, *, at: datetime, limits: Mapping[str, int], seen_by_caller: Container[str] = ()
) -> dict[str, list[int]]:
    """Ids of the newest rows of some kinds whose words match, for a list that filters by words; one query.

    limits: kind → how many of them. Empty when the query has no words.
    seen_by_caller: kinds whose ids only narrow a queryset that asks for visibility itself. Of their matches in the person's own units it is
    not asked here too: asking a thousand rows twice costs more than finding them.
    """
    wanted = terms(query)
    if not wanted:
        return {kind: [] for kind in limits}
    parts = [
        part
        for kind, limit in limits.items()
        for part in _candidates(user, wanted, kind_of(kind), size=limit, before=None, at=at, unasked=kind in seen_by_caller)
    ]
    found = sorted(_union(parts), reverse=True)
    ids = {kind: [object_id for _key, of, object_id in found if of == kind] for kind in limits}
    return {kind: ids[kind] if kind in seen_by_caller else ids[kind][:limit] for kind, limit in limits.items()}


def _candidates(
    user: User, wanted: Sequence[Term], kind: SearchKind, *, size: int, before: int | None, at: datetime, unasked: bool = False
) -> list[QuerySet[Document, Candidate]]:
    """Up to two queries: matches in the person's own units, and matches elsewhere in the organisation that the policy may still show.

    unasked: the first of them without asking for visibility, and so without leaving out the margin for what it would hide.
    """
    reach = _reach(user, kind, at)
    # The kind is among the words searched for; named again here, SQLite would walk the index of kinds instead of the keys.
    documents = Document.objects.order_by("-pk").values_list("pk", "kind", "object_id")
    parts = []
    if reach.units or reach.everywhere:
        own = documents.filter(_is_among(_matching(wanted, kind, reach, inside=True, window=size + MARGIN, before=before)))
        parts.append(own if unasked else own.filter(_is_visible(user, kind, at))[:size])
    if not reach.everywhere:
        elsewhere = _is_among(_matching(wanted, kind, reach, inside=False, window=OUTSIDE, before=before))
        parts.append(documents.filter(elsewhere, _is_visible(user, kind, at))[:size])
    return parts


def _is_visible(user: User, kind: SearchKind, at: datetime) -> Exists:
    policy: Any = policy_for(kind.model)
    return Exists(kind.model._default_manager.filter(policy.visible(user, at=at), pk=OuterRef("object_id")))


def _is_among(keys: RawSQL) -> Q | RawSQL:
    if connection.vendor == "sqlite":
        return Q(pk__in=keys)
    # As an array, which is made first: joined as a subquery, PostgreSQL walks through all documents to meet a few keys.
    return RawSQL(f"{TABLE}.id = ANY(ARRAY({keys.sql}))", keys.params, models.BooleanField())  # noqa: S611


def _reach(user: User, kind: SearchKind, at: datetime) -> _Reach:
    policy: Any = policy_for(kind.model)
    paths = access_at(user, at).paths(policy.view)
    units = tuple(sorted(int(path.rstrip(".").rpartition(".")[2]) for path in paths))
    root = user.organisation.root_id if user.organisation else None
    return _Reach(root, units, everywhere=root is not None and root in units)


def _matching(wanted: Sequence[Term], kind: SearchKind, reach: _Reach, *, inside: bool, window: int, before: int | None) -> RawSQL:
    """The keys of matching documents from the newest on, at most `window` of them, as a subquery.

    Only our own names stand in the text of the query; what people typed is a parameter.
    """
    if connection.vendor == "sqlite":
        sql, params = _fts_query(wanted, kind, reach, inside=inside)
        later = " AND rowid < %s" if before is not None else ""
        params += [before] if before is not None else []
        return RawSQL(f"SELECT rowid FROM {FTS} WHERE {sql}{later} ORDER BY rowid DESC LIMIT %s", [*params, window])  # noqa: S608, S611
    sql, params = _ts_query(wanted, kind, reach, inside=inside)
    narrow = inside and not reach.everywhere
    return _newest_on_postgresql(sql, params, window, before, common=window if narrow else min(COMMON, window))


def _newest_on_postgresql(sql: str, params: list[Any], window: int, before: int | None, *, common: int) -> RawSQL:
    """The index gives all matches in no order; walking the keys gives order, and few matches where words are rare.

    So: look at the newest documents, which tell a common word (`common` matches among them; as many as are wanted when few lie in reach) from
    a rare one. Walk on for a common one; else, or where that was not enough, take the matches from the index when they are few and sort
    them; else walk through all, which then meets enough of them soon. PostgreSQL cannot choose by itself, because it keeps no statistics of
    rare words or of phrases. OFFSET 0 keeps the walk a walk.
    """
    enough = min(FEW, int(math.sqrt(window * 300_000)))
    since, upto = ("", []) if before is None else ("WHERE id < %s", [before])
    newest = f"SELECT id, words, tokens FROM {TABLE} {since} ORDER BY id DESC"  # noqa: S608
    text = (
        f"WITH probed AS MATERIALIZED (SELECT id FROM ({newest} LIMIT {PROBED}) AS newest WHERE {sql} LIMIT %s), "  # noqa: S608
        f"walked AS MATERIALIZED (SELECT id FROM ({newest} LIMIT {WALKED}) AS newest "
        f"WHERE (SELECT count(*) FROM probed) >= %s AND {sql} LIMIT %s), "
        f"few AS MATERIALIZED (SELECT id FROM (SELECT id, words, tokens FROM {TABLE} {since}) AS old "
        f"WHERE (SELECT count(*) FROM walked) < %s AND {sql} LIMIT %s) "
        "(SELECT id FROM walked WHERE (SELECT count(*) FROM walked) >= %s) UNION ALL "
        "(SELECT id FROM few WHERE (SELECT count(*) FROM few) < %s ORDER BY id DESC LIMIT %s) UNION ALL "
        f"(SELECT id FROM ({newest} OFFSET 0) AS newest WHERE (SELECT count(*) FROM few) >= %s AND {sql} LIMIT %s)"
    )
    first = [*upto, *params, common, *upto, common, *params, window]
    few = [*upto, window, *params, enough]
    return RawSQL(text, [*first, *few, window, enough, window, *upto, enough, *params, window])  # noqa: S611


def _fts_query(wanted: Sequence[Term], kind: SearchKind, reach: _Reach, *, inside: bool) -> tuple[str, list[Any]]:
    """FTS5: a phrase per term. Tokens are letters and digits only, so nothing needs to be escaped."""
    parts = [f'tokens : "{" ".join(term.tokens)}"{" *" if term.open else ""}' for term in wanted]
    parts.append(f'scope : "k{kind.kind}"')
    units = " OR ".join(f'scope : "u{unit}"' for unit in reach.units)
    if reach.organisation is not None and (reach.everywhere or not inside):
        parts.append(f'scope : "o{reach.organisation}"')
    if inside and not reach.everywhere:
        parts.append(f"({units})")
    match = " AND ".join(parts)
    if not inside and units:
        match = f"({match}) NOT ({units})"
    return f"{FTS} MATCH %s", [match]


def _ts_query(wanted: Sequence[Term], kind: SearchKind, reach: _Reach, *, inside: bool) -> tuple[str, list[Any]]:
    """tsquery over distinct tokens for the index, and the order of tokens on the text itself."""
    parts = [f"'{token}'" for term in wanted for token in term.tokens[:-1]]
    parts += [f"'{term.tokens[-1]}'{':*' if term.open else ''}" for term in wanted]
    parts.append(f"'#k{kind.kind}'")
    units = " | ".join(f"'#u{unit}'" for unit in reach.units)
    if reach.organisation is not None and (reach.everywhere or not inside):
        parts.append(f"'#o{reach.organisation}'")
    if inside and not reach.everywhere:
        parts.append(f"({units})")
    if not inside and units:
        parts.append(f"!({units})")
    phrases = [" ".join(term.tokens) for term in wanted if len(term.tokens) > 1]
    sql = "words @@ %s::tsquery" + " AND ' ' || tokens LIKE %s" * len(phrases)
    return sql, [" & ".join(parts), *(f"% {phrase}%" for phrase in phrases)]


def _union(parts: Sequence[QuerySet[Document, Candidate]]) -> list[Candidate]:
    """All parts in one round trip; each keeps its own order and limit."""
    if not parts:
        return []
    compiled = [part.query.sql_with_params() for part in parts]
    sql = " UNION ALL ".join(f"SELECT * FROM ({text}) AS part{number}" for number, (text, _params) in enumerate(compiled))  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [param for _text, params in compiled for param in params])
        return [(int(key), str(kind), int(object_id)) for key, kind, object_id in cursor.fetchall()]


def _unlooked(user: User, wanted: Sequence[Term], kind: SearchKind, at: datetime, before: int | None) -> bool:
    """Whether more matches lie outside one's units than were looked at."""
    keys = _matching(wanted, kind, _reach(user, kind, at), inside=False, window=OUTSIDE + 1, before=before)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({keys.sql}) AS matches", keys.params)  # noqa: S608
        return int(cursor.fetchone()[0]) > OUTSIDE


def _ranked(found: Sequence[Candidate], wanted: Sequence[Term]) -> list[Candidate]:
    """By how often the terms stand in the text, much more for the title; the newer one of equals first."""
    text = Concat(Value(" "), F("tokens"), output_field=models.TextField())
    annotations: dict[str, Any] = {}
    for number, term in enumerate(wanted):
        needle = " " + " ".join(term.tokens)
        annotations[f"place{number}"] = StrIndex(text, Value(needle))
        annotations[f"times{number}"] = (Length(text) - Length(Replace(text, Value(needle), Value("")))) / len(needle)
    rows = Document.objects.filter(pk__in=[key for key, _kind, _id in found]).annotate(**annotations)
    scores = {row["pk"]: _score(row, len(wanted)) for row in rows.values("pk", "title_size", *annotations)}
    return sorted(found, key=lambda candidate: (scores.get(candidate[0], 0.0), candidate[0]), reverse=True)


def _score(row: dict[str, Any], count: int) -> float:
    inside_title: int = sum(0 < row[f"place{number}"] <= row["title_size"] for number in range(count))
    return 4.0 * inside_title + sum(math.log1p(max(0, row[f"times{number}"])) for number in range(count))


def _load(found: Sequence[Candidate], query: str, user: User, at: datetime) -> list[Found]:
    """The rows of the candidates, one query per kind, in the candidates' order."""
    rows: dict[tuple[str, int], Any] = {}
    for code in {kind for _key, kind, _id in found}:
        kind = kind_of(code)
        ids = [object_id for _key, of, object_id in found if of == code]
        queryset = kind.model._default_manager.filter(pk__in=ids)
        if kind.related:
            queryset = queryset.select_related(*kind.related)
        rows.update({(code, row.pk): row for row in queryset})
    return [_found(key, kind_of(code), rows[code, object_id], query) for key, code, object_id in found if (code, object_id) in rows]


def _found(key: int, kind: SearchKind, row: Any, query: str) -> Found:
    hit = kind.render(row)
    return Found(key, kind, row, hit, highlight(hit.title, query), snippet(hit.text, query))
