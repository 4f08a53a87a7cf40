"""What is simulated: customers who arrive over the day, and the servers who are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import counts, finite, numbers, positive
from steward.science.queueing.durations import Duration, never

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats


class Closing(StrEnum):
    """What happens to those still waiting when the last interval ends.

    Nobody arrives after it, and a service that has begun is finished either way.
    """

    SERVE = "serve"  # the staff of the last interval stay until the room is empty
    TURN_AWAY = "turn_away"  # they leave unserved at that moment


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Customers of one kind who wait in one line, first come first served.

    ``arrivals``: expected number in each interval of the day, ≥ 0. They come as a Poisson process whose rate is constant within an interval
    and jumps at its end; the number on a single day varies around it. ``service`` and ``patience``: see ``durations``; patience counts
    from joining the line until service begins. ``priority``: smaller is served first (a care queue has 0 where others have 1), without interrupting a
    service. ``balk``: probability to turn round at the door when 0, 1, 2, … of this line are waiting; the last value holds for all
    longer lines; (0, 0, 0, 1) is a waiting room of three. ``diverted``: share that is guided to self-service on arrival and never joins.
    """

    name: str
    arrivals: ArrayLike
    service: Duration
    patience: Duration = field(default_factory=never)
    priority: int = 1
    balk: ArrayLike = ()
    diverted: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Servers with the same skills.

    ``servers``: number on duty in each interval, whole. Who is busy when the number falls finishes first. ``skills``: names of the lines they
    serve, best first; an arriving customer goes to the free group for which her line stands earliest, a free server takes the line of the smallest
    priority, among those the one earliest in her skills, then the longest waiting. Empty: all lines.
    """

    name: str
    servers: ArrayLike
    skills: Sequence[str] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """One day that can be repeated.

    ``interval``: length of an interval, in the same unit of time as services and patience, > 0; every line and group has one
    value per interval, in order from opening to ``closing``. ``day_cv``: how much whole days differ beyond chance, as the coefficient of variation of
    a gamma factor on all arrivals of a day; 0 for none.
    Errors: NotANumber, ValueError.
    """

    lines: Sequence[Line]
    groups: Sequence[Group]
    interval: float
    closing: Closing = Closing.SERVE
    day_cv: float = 0.0

    def __post_init__(self) -> None:
        positive(self.interval, "interval")
        if finite(self.day_cv, "day_cv") < 0:
            raise ValueError("day_cv must be at least 0")
        if not self.lines or not self.groups:
            raise ValueError("a scenario must have at least one line and one group")
        names = [line.name for line in self.lines]
        if len(set(names)) < len(names) or len({group.name for group in self.groups}) < len(self.groups):
            raise ValueError("lines and groups must each have names of their own")
        if self.profile.shape[1] != self.staff.shape[1] or not self.profile.size:
            raise ValueError("all lines and groups must have one value for each interval")
        for line in self.lines:
            if not 0 <= finite(line.diverted, "diverted") <= 1:
                raise ValueError("diverted must lie between 0 and 1")
            balk = numbers(line.balk, "balk")
            if ((balk < 0) | (balk > 1)).any():
                raise ValueError("balk must lie between 0 and 1")
        for group in self.groups:
            if unknown := set(group.skills) - set(names):
                raise ValueError(f"skills must be lines of the scenario, and {', '.join(sorted(unknown))} is none")
        if idle := set(names) - {skill for group in self.groups for skill in (group.skills or names)}:
            raise ValueError(f"somebody must serve {', '.join(sorted(idle))}")

    @property
    def profile(self) -> Floats:
        """Expected arrivals: lines × intervals. Errors: NotANumber, ValueError."""
        rows = [numbers(line.arrivals, "arrivals") for line in self.lines]
        _same_length(rows)
        if any((row < 0).any() for row in rows):
            raise ValueError("arrivals must be at least 0")
        return np.array(rows)

    @property
    def staff(self) -> Floats:
        """Servers on duty: groups × intervals. Errors: NotANumber, ValueError."""
        rows = [counts(group.servers, "servers") for group in self.groups]
        _same_length(rows)
        return np.array(rows)

    @property
    def server_time(self) -> float:
        """What a day costs in servers' time, by the schedule, in the unit of ``interval``."""
        return float(self.staff.sum()) * self.interval

    @property
    def ends_at(self) -> float:
        """When the doors close, counted from opening."""
        return float(self.interval) * int(self.profile.shape[1])

    def ranks(self) -> Floats:
        """groups × lines: 1 for the first skill, 2 for the second, …; 0 where the group does not serve the line."""
        names = [line.name for line in self.lines]
        rank = np.zeros((len(self.groups), len(names)))
        for row, group in zip(rank, self.groups, strict=True):
            for place, skill in enumerate(group.skills):
                row[names.index(skill)] = place + 1
            if not group.skills:
                row[:] = 1
        return rank


def _same_length(rows: Sequence[Floats]) -> None:
    if len({row.size for row in rows}) > 1:
        raise ValueError("all lines and groups must have one value for each interval")
