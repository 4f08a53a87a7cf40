"""Published counts of three event logs: the Italian help desk, the sepsis cases of a hospital, the incidents of UCI 498."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from steward.science import mining
from steward.science.checks import Truth

DESK, SEPSIS, INCIDENTS = "eventlogs/helpdesk.xes.gz", "eventlogs/sepsis.csv", "eventlogs/uci498_incident_event_log.zip"
DESK_SOURCE = "4TU.ResearchData, Polato (2017), help desk of an Italian software house; counted with pm4py"
SEPSIS_SOURCE = "4TU.ResearchData, Mannhardt (2016), Sepsis Cases; counted with pm4py"
INCIDENTS_SOURCE = "UCI 498, Amaral et al. (2018); direct counts"


@lru_cache(maxsize=2)
def desk(data: Path) -> mining.EventLog:
    return mining.read_xes(data / DESK)


@lru_cache(maxsize=2)
def sepsis(data: Path) -> mining.EventLog:
    return mining.read_csv(
        data / SEPSIS, case="Case ID", activity="Activity", time="Complete Timestamp", person="org:group", delimiter=";",
        time_format="%Y/%m/%d %H:%M:%S.%g",
    )  # fmt: skip


@lru_cache(maxsize=2)
def incidents(data: Path) -> mining.EventLog:
    with TemporaryDirectory() as folder:
        file = zipfile.ZipFile(data / INCIDENTS).extract("incident_event_log.csv", folder)
        return mining.read_csv(
            Path(file), case="number", activity="incident_state", time="sys_updated_at", person="assigned_to", order="sys_mod_count",
            time_format="%d/%m/%Y %H:%M",
        )  # fmt: skip


def _counts(read: Callable[[Path], mining.EventLog], name: str, per: float = 1) -> Callable[[Path], float]:
    return lambda data: float(getattr(mining.summary(read(data)), name)) / per


def _antibiotics(data: Path) -> mining.TimeBetween:
    return mining.time_between(sepsis(data), "ER Sepsis Triage", "IV Antibiotics", limit_hours=1)


def _truths() -> Iterator[Truth]:
    truth = partial(Truth, "mining", libraries=("duckdb",))
    of_desk = partial(truth, source=DESK_SOURCE, needs=DESK)
    for name, published in (("events", 21_348), ("cases", 4_580), ("activities", 14), ("variants", 226)):
        yield of_desk(f"help desk: {name}", published, _counts(desk, name))
    yield of_desk("help desk: median days", 39.859, _counts(desk, "median_hours", 24), tolerance=5e-4)
    yield of_desk("help desk: mean days", 40.858, _counts(desk, "mean_hours", 24), tolerance=5e-4)
    yield of_desk("help desk: longest, days", 59.99, _counts(desk, "max_hours", 24), tolerance=5e-3)
    yield of_desk("help desk: cases of the first variant", 2_366, lambda data: float(mining.variants(desk(data), top=1)[0].cases))
    yield of_desk("help desk: pairs that follow", 55, lambda data: float(len(mining.directly_follows(desk(data)))))
    of_sepsis = partial(truth, source=SEPSIS_SOURCE, needs=SEPSIS)
    for name, published in (("events", 15_214), ("cases", 1_050), ("activities", 16), ("variants", 846)):
        yield of_sepsis(f"sepsis: {name}", published, _counts(sepsis, name))
    yield of_sepsis("sepsis: median days", 5.343, _counts(sepsis, "median_hours", 24), tolerance=5e-4)
    yield of_sepsis("sepsis: triage to antibiotics, cases", 823, lambda data: float(_antibiotics(data).n))
    yield of_sepsis("sepsis: triage to antibiotics, median hours", 1.53, lambda data: _antibiotics(data).median_hours, tolerance=5e-3)
    yield of_sepsis(
        "sepsis: antibiotics within the hour, %", 41.6, lambda data: 100 * (_antibiotics(data).share_within or 0), tolerance=0.05
    )
    of_incidents = partial(truth, source=INCIDENTS_SOURCE, needs=INCIDENTS)
    for name, published in (("events", 141_712), ("cases", 24_918), ("variants", 2_080)):
        yield of_incidents(f"incidents: {name}", published, _counts(incidents, name))


TRUTHS = tuple(_truths())
