"""What others published, and what we get: the registry behind ``python -m steward.science.check``.

Each file of this package holds the truths of one module in ``TRUTHS``, a sequence of :class:`Truth`; adding a file is all it takes. A truth that
reads a file names it in ``needs``, below the data folder, and is passed over where that is absent.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from math import isfinite
from pathlib import Path
from typing import Literal


class Standing(StrEnum):
    """How a truth fared. Only the last two are failures."""

    HOLDS = "holds"
    NO_DATA = "data not here"
    NO_LIBRARY = "library not here"
    LONG = "long: --slow"
    FALLS_SHORT = "falls short"
    BROKEN = "broken"

    @property
    def failed(self) -> bool:
        """Whether this counts against us."""
        return self in (Standing.FALLS_SHORT, Standing.BROKEN)

    @property
    def passed_over(self) -> bool:
        """Whether nothing was computed."""
        return self in (Standing.NO_DATA, Standing.NO_LIBRARY, Standing.LONG)


@dataclass(frozen=True, slots=True)
class Truth:
    """One published number and how we come to ours.

    ``ours`` gets the data folder, which it may ignore. ``equal`` allows ``tolerance`` (absolute) either way; ``at_least`` and ``at_most`` are bars
    to reach, with ``tolerance`` as slack. ``needs`` is a file or folder below the data folder; ``libraries`` are import names of optional
    packages; ``slow`` ones run only when asked for.
    """

    module: str
    name: str
    published: float
    ours: Callable[[Path], float]
    source: str
    tolerance: float = 0.0
    relation: Literal["equal", "at_least", "at_most"] = "equal"
    needs: str = ""
    libraries: tuple[str, ...] = ()
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A truth, what we got (None when nothing was computed) and how it fared; ``remark`` says what broke."""

    truth: Truth
    ours: float | None
    standing: Standing
    remark: str = ""

    @property
    def difference(self) -> float | None:
        """Ours minus the published."""
        return None if self.ours is None else self.ours - self.truth.published


def from_nothing(work: Callable[..., float], *given: object) -> Callable[[Path], float]:
    """``ours`` of a truth that reads no data."""
    return lambda _data: work(*given)


def all_truths(modules: Iterable[str] = ()) -> Iterator[Truth]:
    """The truths of the named modules, or of all, in order of module. Errors: ValueError for a name nobody has, or a truth named twice."""
    wanted = set(modules)
    found = {info.name: _truths_of(info.name) for info in pkgutil.iter_modules(__path__) if not wanted or info.name in wanted}
    if missing := wanted - found.keys():
        raise ValueError(f"no truths of {', '.join(sorted(missing))}")
    seen: set[tuple[str, str]] = set()
    for name in sorted(found):
        for truth in found[name]:
            if (truth.module, truth.name) in seen:
                raise ValueError(f"{truth.module}: {truth.name!r} is named twice")
            seen.add((truth.module, truth.name))
            yield truth


def _truths_of(name: str) -> Sequence[Truth]:
    truths: Sequence[Truth] = importlib.import_module(f"{__name__}.{name}").TRUTHS
    return truths


def judge(truth: Truth, data: Path, *, slow: bool = False) -> Outcome:
    """Compute ours and hold it against the published; whatever goes wrong inside is an outcome, not an error."""
    if truth.needs and not (data / truth.needs).exists():
        return Outcome(truth, None, Standing.NO_DATA)
    if any(find_spec(library) is None for library in truth.libraries):
        return Outcome(truth, None, Standing.NO_LIBRARY)
    if truth.slow and not slow:
        return Outcome(truth, None, Standing.LONG)
    try:
        ours = float(truth.ours(data))
    except Exception as error:
        return Outcome(truth, None, Standing.BROKEN, f"{type(error).__name__}: {error}")
    return Outcome(truth, ours, Standing.HOLDS if _holds(truth, ours) else Standing.FALLS_SHORT)


def _holds(truth: Truth, ours: float) -> bool:
    if not isfinite(ours):
        return False
    gap = ours - truth.published
    if truth.relation == "at_least":
        return gap >= -truth.tolerance
    if truth.relation == "at_most":
        return gap <= truth.tolerance
    return abs(gap) <= truth.tolerance
