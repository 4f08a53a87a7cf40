"""Compare records in pairs and weigh the evidence, on Splink: the probability that two records are the same person, and what each field says."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.science.extras import needs
from steward.science.guards import finite
from steward.science.linkage.kinds import KINDS, Level
from steward.science.linkage.learning import Weights, bits_of, learn_weights, probability
from steward.science.linkage.settings import CUSTOMERS, Block, Field, LinkSettings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steward.science.guards import Floats

    Ints = NDArray[np.int64]

Record = Mapping[str, str | None]
Columns = dict[str, list[Any]]
DIFFERENT, NO_VALUE = "different", "no value"
FEWEST_TO_LEARN_FROM = 400
"""With fewer records the starting weights of the kinds are used: there would be too few true pairs to learn from."""

USUAL_RECORDS = 500
"""As many records as the usual frequency of a value counts for."""


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """What one field says about a pair: both values as written, at which level they agree, and the weight in bits (positive: the same person;
    ``rarity`` is the part of it that comes from how rare the value is)."""

    field: str
    left: str | None
    right: str | None
    level: str
    weight: float
    rarity: float


@dataclass(frozen=True, slots=True)
class Linked:
    """Pairs that may be one person, the likeliest first.

    ``left``, ``right``: positions of the two records (with two sources: ``left`` in the first, ``right`` in the second); ``weight``: sum of all
    evidence in bits, ``prior_weight`` included; ``probability``: the same as a probability. ``level`` (pairs × fields; −1: no value on one side,
    0: different, the higher the more alike), ``field_weight`` and ``rarity`` in bits. ``settings`` hold what was learnt and can be used again.
    """

    settings: LinkSettings
    records: Sequence[Record]
    others: Sequence[Record] | None
    learnt: bool
    prior_weight: float
    left: Ints
    right: Ints
    weight: Floats
    probability: Floats
    level: NDArray[np.int8]
    field_weight: Floats
    rarity: Floats

    def __len__(self) -> int:
        return self.left.size

    def explain(self, pair: int) -> tuple[FieldEvidence, ...]:
        """What each field says about a pair, in the order of the settings; the weights and ``prior_weight`` add up to the pair's weight."""
        left = self.records[int(self.left[pair])]
        right = (self.records if self.others is None else self.others)[int(self.right[pair])]
        return tuple(
            FieldEvidence(
                field.name,
                left.get(field.name),
                right.get(field.name),
                _label(self.settings.levels[place], int(self.level[pair, place])),
                float(self.field_weight[pair, place]),
                float(self.rarity[pair, place]),
            )
            for place, field in enumerate(self.settings.fields)
        )


def _label(levels: Sequence[Level], level: int) -> str:
    if level <= 0:
        return DIFFERENT if level == 0 else NO_VALUE
    return levels[len(levels) - level].label


def link(
    records: Sequence[Record],
    settings: LinkSettings = CUSTOMERS,
    *,
    others: Sequence[Record] | None = None,
    seed: int = 1,
    learn: bool | None = None,
    least: float = 0.01,
) -> Linked:
    """Find the pairs of records that may be the same person.

    records: one mapping per record from field name to the text as written, or None; what the settings do not name is passed over. others: a
    second source; then only pairs across the two are compared. seed: of the sample from which chance agreement is learnt. learn: whether the
    weights are learnt from these records (None: if there are at least 400; else the starting values, or what ``settings`` bring along, stand).
    least: pairs below this probability are left out.
    Method: Fellegi & Sunter (1969) with term frequencies, parameters by expectation maximisation, as in Splink (Linacre et al. 2022).
    Errors: MissingExtra without Splink, or pypinyin where a Chinese name is read; ValueError.
    """
    sources = [records] if others is None else [records, others]
    if not 0 <= finite(least, "least") < 1:
        raise ValueError(f"least must be at least 0 and below 1, not {least:g}")
    total = sum(map(len, sources))
    if not all(sources) or total < 2:
        return _nothing(settings, records, others)
    needs("splink", "pyarrow", extra="match")
    tables = [prepare(source, settings, first_id) for source, first_id in zip(sources, (0, len(records)), strict=False)]
    linker = _linker(tables, settings)
    teach = (total >= FEWEST_TO_LEARN_FROM) if learn is None else learn
    if teach:
        linker.training.estimate_u_using_random_sampling(max_pairs=settings.sample, seed=seed, min_count_per_level=None)
    compared = _compare(linker, settings)
    used = starting = _weights(linker, settings)
    if teach and compared.level.size:
        pairs = total * (total - 1) / 2 if others is None else float(len(records) * len(others))
        used = learn_weights(compared.level, starting, _usual(settings), pairs, _filled(tables, settings))
    return _linked(compared, starting, used, settings, records, others, least, learnt=teach)


def prepare(records: Sequence[Record], settings: LinkSettings, first_id: int = 0) -> Columns:
    """The records as columns in comparable form, with what is derived from them and a running number. Errors: MissingExtra."""
    columns: Columns = {"unique_id": list(range(first_id, first_id + len(records)))}
    for field in settings.fields:
        kind = KINDS[field.kind]
        values = [kind.clean(record.get(field.name)) for record in records]
        if kind.personal:
            values = _without_crowds(values, settings.crowd)
        columns[field.name] = values
        for suffix, derive in kind.derived.items():
            columns[f"{field.name}_{suffix}"] = [derive(value) for value in values]
    return columns


def _without_crowds(values: list[str | None], crowd: int) -> list[str | None]:
    often = {value for value, times in Counter(values).items() if times > crowd}
    return [None if value in often else value for value in values]


def _linker(tables: Sequence[Columns], settings: LinkSettings) -> Any:
    import duckdb
    import pyarrow as pa
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.ERROR)
    database = DuckDBAPI(duckdb.connect())
    registered = []
    for place, columns in enumerate(tables):
        schema = pa.schema([(name, pa.int64() if name == "unique_id" else pa.string()) for name in columns])
        registered.append(database.register(pa.table(columns, schema=schema), table_name=f"source_{place}"))
    return Linker(registered if len(registered) > 1 else registered[0], as_splink(settings, len(registered)), log_level=logging.ERROR)


def _filled(tables: Sequence[Columns], settings: LinkSettings) -> list[float]:
    """Per field, the share of pairs that have a value on both sides."""
    shares = [[1 - columns[field.name].count(None) / len(columns["unique_id"]) for field in settings.fields] for columns in tables]
    return [max(left * right, 1e-9) for left, right in zip(shares[0], shares[-1], strict=True)]


def as_splink(settings: LinkSettings, sources: int = 1) -> dict[str, Any]:
    """The settings in Splink's own form."""
    return {
        "link_type": "dedupe_only" if sources == 1 else "link_only",
        "comparisons": [_comparison(settings, field, levels) for field, levels in zip(settings.fields, settings.levels, strict=True)],
        "blocking_rules_to_generate_predictions": [{"blocking_rule": rule(block), "sql_dialect": "duckdb"} for block in settings.blocks],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "probability_two_random_records_match": settings.prior,
    }


def rule(block: Block) -> str:
    """Two records agree in all columns of the block, as SQL."""
    return " and ".join(f"l.{column} = r.{column}" for column in block)


def _given(field: Field, levels: Sequence[Level]) -> tuple[Sequence[float], Sequence[float]]:
    """m and u of a field, best level first: what the settings bring along, else the starting values of its kind."""
    usual_m, usual_u = [level.m for level in levels], [level.u for level in levels]
    return field.m or [*usual_m, 1 - sum(usual_m)], field.u or [*usual_u, 1 - sum(usual_u)]


def _comparison(settings: LinkSettings, field: Field, levels: Sequence[Level]) -> dict[str, Any]:
    name = field.name
    m, u = _given(field, levels)
    rows: list[dict[str, Any]] = [{"sql_condition": settings.not_counted(field), "label_for_charts": NO_VALUE, "is_null_level": True}]
    for level, same, chance in zip(levels, m, u, strict=False):
        row: dict[str, Any] = {"sql_condition": level.sql.format(f=name), "label_for_charts": level.label}
        if level.frequency:
            row |= {"tf_adjustment_column": level.frequency.format(f=name), "disable_tf_exact_match_detection": True}
        rows.append(row | {"m_probability": same, "u_probability": chance})
    rows.append({"sql_condition": "ELSE", "label_for_charts": DIFFERENT, "m_probability": m[-1], "u_probability": u[-1]})
    return {"output_column_name": name, "comparison_levels": rows}


@dataclass(frozen=True, slots=True)
class _Compared:
    """What Splink gives: pairs, their levels, and how much rarer than usual what they agree in is, in bits."""

    left: Ints
    right: Ints
    level: NDArray[np.int8]
    rarity: Floats


def _compare(linker: Any, settings: LinkSettings) -> _Compared:
    table = linker.inference.predict(warning_mode="never").as_duckdbpyrelation()
    wanted = [name for name in table.columns if name.startswith(("unique_id_", "gamma_", "mw_tf_adj_"))]
    columns = table.project(", ".join(wanted)).fetchnumpy()
    one, two = (_plain(columns[f"unique_id_{side}"], np.int64) for side in "lr")
    names = [field.name for field in settings.fields]
    nothing = np.zeros(one.size)
    return _Compared(
        np.minimum(one, two),
        np.maximum(one, two),
        np.column_stack([_plain(columns[f"gamma_{name}"], np.int8) for name in names]),
        np.column_stack([_plain(columns.get(f"mw_tf_adj_{name}", nothing), np.float64) for name in names]),
    )


def _weights(linker: Any, settings: LinkSettings) -> Weights:
    """The linker's present weights, "different" first; levels that the sample did not show have those of the kind."""
    model = linker.misc.save_model_to_json()
    ms, us = [], []
    for field, levels, comparison in zip(settings.fields, settings.levels, model["comparisons"], strict=True):
        rows = [row for row in comparison["comparison_levels"] if not row.get("is_null_level")]
        m, u = _given(field, levels)
        ms.append(np.array([row.get("m_probability") or usual for row, usual in zip(rows, m, strict=True)][::-1]))
        us.append(np.array([row.get("u_probability") or usual for row, usual in zip(rows, u, strict=True)][::-1]))
    return Weights(tuple(ms), tuple(us), settings.prior)


def _usual(settings: LinkSettings) -> Weights:
    """The weights of the kinds."""
    ms, us = [], []
    for levels in settings.levels:
        m, u = [level.m for level in levels], [level.u for level in levels]
        ms.append(np.array([*m, 1 - sum(m)][::-1]))
        us.append(np.array([*u, 1 - sum(u)][::-1]))
    return Weights(tuple(ms), tuple(us), settings.prior)


def _linked(
    compared: _Compared,
    starting: Weights,
    used: Weights,
    settings: LinkSettings,
    records: Sequence[Record],
    others: Sequence[Record] | None,
    least: float,
    *,
    learnt: bool,
) -> Linked:
    level = compared.level
    total_records = len(records) + len(others or ())
    rarity = np.column_stack(
        [
            _rarity(compared.rarity[:, place], old[level[:, place]], new[level[:, place]], total_records)
            for place, (old, new) in enumerate(zip(starting.u, used.u, strict=True))
        ]
    )
    by_field = np.column_stack([bits[level[:, place]] for place, bits in enumerate(bits_of(used))]) + rarity
    total = by_field.sum(axis=1)
    chance = probability(total, used.prior)
    order = np.lexsort((compared.right, compared.left, -total))
    order = order[chance[order] >= least]
    prior_weight = float(np.log2(used.prior / (1 - used.prior)))
    return Linked(
        settings=_with(settings, used) if learnt else settings,
        records=records,
        others=others,
        learnt=learnt,
        prior_weight=prior_weight,
        left=compared.left[order],
        right=compared.right[order] - (0 if others is None else len(records)),
        weight=total[order] + prior_weight,
        probability=chance[order],
        level=level[order],
        field_weight=by_field[order],
        rarity=rarity[order],
    )


def _rarity(bits: Floats, before: Floats, now: Floats, records: int) -> Floats:
    """How much rarer than usual what a pair agrees in is, in bits.

    Splink gives ``bits`` against the share of strangers at the level that it knew (``before``); this is against the one now known. Of the records
    with the value one is not counted (it is what we ask about), and in a small file the usual share stands for what was not seen.
    """
    share = before * np.exp2(-bits)
    likely = (np.maximum(records * share - 1, 0) + USUAL_RECORDS * now) / (records + USUAL_RECORDS)
    return np.where(bits != 0, np.log2(now / likely), 0.0)


def _with(settings: LinkSettings, weights: Weights) -> LinkSettings:
    """The settings with what was learnt."""
    fields = tuple(
        replace(field, m=tuple(m[::-1].tolist()), u=tuple(u[::-1].tolist()))
        for field, m, u in zip(settings.fields, weights.m, weights.u, strict=True)
    )
    return replace(settings, fields=fields, prior=weights.prior)


def _plain(values: Any, dtype: Any) -> NDArray[Any]:
    return np.asarray(np.ma.filled(values, 0), dtype=dtype)


def _nothing(settings: LinkSettings, records: Sequence[Record], others: Sequence[Record] | None) -> Linked:
    none, wide = np.zeros(0), np.zeros((0, len(settings.fields)))
    ids = np.zeros(0, dtype=np.int64)
    return Linked(settings, records, others, False, 0.0, ids, ids, none, none, wide.astype(np.int8), wide, wide)
