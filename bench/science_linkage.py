"""linkage: seconds to link written persons, and how good it was."""

from __future__ import annotations

import time

import numpy as np
from measured import import_seconds, installed, per_second

from steward.science.linkage import cluster_quality, clusters, link, normalise, people

PERSONS = (3_000, 20_000)


def linkage() -> dict[str, object]:
    report: dict[str, object] = {"import_seconds": round(import_seconds("steward.science.linkage"), 3)}
    known = people(5_000, np.random.default_rng(1))
    report["people_per_second"] = round(per_second(lambda: people(5_000, np.random.default_rng(1)), 5_000))
    addresses = [record["address"] for record in known.records]
    report["addresses_prepared_per_second"] = round(
        per_second(lambda: [normalise.address(address) for address in addresses], len(addresses))
    )
    if not (installed("splink") and installed("pypinyin")):
        return report | {"linked": "needs the extra match"}
    for persons in PERSONS:
        known = people(persons, np.random.default_rng(1))
        began = time.perf_counter()
        found = link(known.records)
        seconds = time.perf_counter() - began
        report[f"{len(known.records)}_records"] = {
            "seconds": round(seconds, 1),
            "pairs": len(found),
            "cluster_f1": round(cluster_quality(clusters(found), known.person).f1, 4),
        }
    learnt = link(known.records[:5_000]).settings
    report["one_new_record_against_5000_seconds"] = round(
        1 / per_second(lambda: link(known.records[:1], learnt, others=known.records[:5_000], learn=False)), 2
    )
    return report


BENCHES = {"linkage": linkage}
