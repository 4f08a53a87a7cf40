"""Three thousand cases of ninety days, lived through by the operations, up to the demo's fixed date.

Most go well; some wait for an answer, some break their promise, a few come back, and some duplicates are merged. People work in the hours of
their calendar, and nobody lets a case lie for weeks: what is open today came in the last days.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from steward.core.catalog.procedures.queries import sheets_of
from steward.core.org.models import Staff
from steward.ground.access.errors import Refused
from steward.ground.access.models import User
from steward.ground.access.scope import Access
from steward.ground.demo import DAYS, SEED, Demo
from steward.ground.journal.actors import Actor
from steward.ground.worktime.queries import work_calendar_for
from steward.science.worktime import Target, Unit, due_at

from . import operations as cases
from .demo_shapes import shaped
from .demo_words import BY_PLACE, FOLLOW_UPS, NOTES, Words
from .models import Case
from .operations import procedures as at_cases

PER_PLACE = 585  # and some who ask twice: about three thousand in all
TODAY = 14  # of them in the last hours, so that something is always due
CHANNELS = ["counter", "counter", "phone", "phone", "web", "wechat", "email"]
FACE_TO_FACE = {"counter", "phone"}  # taken by whoever hears them
PRIORITIES = ["normal"] * 7 + ["high", "high", "urgent", "low"]
FRESH = timedelta(days=4)  # what came in earlier has somebody by now, and is not left waiting


def tell(demo: Demo) -> None:
    shapes = Random(SEED)  # noqa: S311 - reproducible figures, nothing secret
    with _no_garbage():
        for key, place in demo.places.items():
            place["calendar"] = work_calendar_for(place["root"])
            for index in range(PER_PLACE):
                words, moment = demo.rng.choice(BY_PLACE[key]), _moment(demo, index)
                demo.later(moment, partial(_open, demo, place, partial(shaped, demo, key, words, moment, rng=shapes)))
        for hour in range(DAYS * 4 + 1):
            at = demo.start + timedelta(hours=6 * hour)
            demo.later(at, lambda at: _watch(at))
        demo.play()
        _watch(demo.now)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Nothing here makes circles; looking for them takes an eighth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _moment(demo: Demo, index: int) -> datetime:
    """Spread over the days, in the hours people come, fewer at the weekend; the last ones in the last hours."""
    rng = demo.rng
    if index >= PER_PLACE - TODAY:
        return demo.now - timedelta(minutes=rng.randrange(5, 300))
    day = demo.start + timedelta(days=rng.randrange(DAYS - 1))
    if day.weekday() >= 5 and rng.random() < 0.4:
        day -= timedelta(days=rng.randrange(2, 6))
    return max(demo.start, day.replace(hour=9, minute=0) + timedelta(minutes=rng.choice((60, 90, 300, 330, 480)) + rng.randrange(-60, 60)))


def _watch(at: datetime) -> None:
    while cases.mark_missed_promises(at=at):
        pass


def _open(demo: Demo, place: dict[str, Any], shape: Callable[..., Words], at: datetime) -> None:
    """shape: what this person comes with, once it is known whether they come to the other branch."""
    rng = demo.rng
    elsewhere = rng.random() < 0.15
    words = shape(elsewhere=elsewhere)
    staff = rng.choice(place["others"] if elsewhere else place["workers"])
    channel = rng.choice(CHANNELS)
    taken = channel in FACE_TO_FACE and rng.random() < 0.9
    case = cases.open_case(
        unit=place["branches"][1] if elsewhere else staff.unit, kind=words.kind, channel=channel, title=words.title, body=words.said,
        customer=rng.choice(place["customers"]), service=place["services"][words.service], category=place["categories"][words.category],
        priority=rng.choice(PRIORITIES), assignee=staff if taken else None, by=_acting(staff, at) if taken else Actor.system("demo"), at=at,
    )  # fmt: skip
    life = _Life(demo, place, words, case, staff)
    if taken:
        life.work(at)
    elif at < demo.now - FRESH or rng.random() > 0.3:
        life.soon(at, 25, life.take)


def _acting(staff: Staff, at: datetime) -> Actor:
    """This person at this instant. What they may do does not change within the demo, so it is read once."""
    user: User = staff.user
    if user.loaded_access is None:
        user.loaded_access = Access.load(user, at=at)
    user.loaded_access.at = at
    return Actor.staff(user)


class _Life:
    """What happens to one case after it was opened. Steps that a rule refuses (somebody closed it first) simply do not happen."""

    def __init__(self, demo: Demo, place: dict[str, Any], words: Words, case: Case, staff: Staff) -> None:
        self.demo, self.place, self.words, self.case, self.staff = demo, place, words, case, staff

    def take(self, at: datetime) -> None:
        self._try(at, cases.claim_case, staff=self.staff)
        self.work(at)

    def work(self, at: datetime) -> None:
        rng = self.demo.rng
        if rng.random() < 0.2:
            self.soon(at, 10, self.note)
        if rng.random() < 0.05:
            self.soon(at, 20, self.raise_priority)
        if rng.random() < 0.03:
            self.soon(at, 40, self.ask_again)
        self.soon(at, 70, self.answer)

    def note(self, at: datetime) -> None:
        self._try(at, cases.add_message, direction="note", body=self.demo.rng.choice(NOTES))

    def raise_priority(self, at: datetime) -> None:
        self._try(at, cases.change_case, changes={"priority": "urgent"}, reason="客户年长，先办")

    def answer(self, at: datetime) -> None:
        self._try(at, cases.add_message, direction="out", body=self.words.answer)
        draw = self.demo.rng.random()
        if draw < 0.12:
            self.soon(at, 30, self.wait)
        elif draw < 0.18:
            self.soon(at, 20, self.promise)
            self.soon(at, 300, self.close)
        else:
            self.soon(at, 120, self.close)

    def wait(self, at: datetime) -> None:
        reason = self.demo.rng.choice(["awaiting_customer", "awaiting_customer", "awaiting_internal"])
        self._try(at, cases.hold_case, reason_code=reason)
        if at < self.demo.now - 2 * FRESH or self.demo.rng.random() < 0.7:
            self.soon(at, 500, self.hear)

    def hear(self, at: datetime) -> None:
        self._try(at, cases.add_message, direction="in", body=self.demo.rng.choice(FOLLOW_UPS))
        self._try(at, cases.resume_case)
        self.soon(at, 200, self.close)

    def promise(self, at: datetime) -> None:
        due = self._after(at, self.demo.rng.choice([120, 240, 480]))
        self._try(at, cases.make_promise, kind="call_back", basis="spoken", words="处理后回电", due_at=due)
        title = f"回电：{self.case.title}"[:200]
        self._try(at, cases.add_task, unit=self.case.unit, kind="cases.call_back", title=title, owner=self.staff, due_at=due)
        self.soon(at, 100, self.call_back)

    def call_back(self, at: datetime) -> None:
        for promise in self.case.promises.filter(kind="call_back", met_at=None, cancelled_at=None):
            self._try(at, cases.meet_promise, promise=promise)
        for task in self.case.tasks.filter(state="open").select_related("case", "unit", "owner__user"):
            self._try(at, cases.finish_task, task=task)

    def ask_again(self, at: datetime) -> None:
        """The same person comes a second time about the same thing; somebody notices, and the two become one."""
        twin = cases.open_case(
            unit=self.case.unit, kind=self.words.kind, channel="phone", title=f"再问：{self.words.title}"[:200], customer=self.case.customer,
            by=Actor.system("demo"), at=at,
        )  # fmt: skip
        self.soon(at, 20, partial(self._merge, twin))

    def _merge(self, twin: Case, at: datetime) -> None:
        """By somebody whose units hold both. What can no longer be merged (the first was closed meanwhile) is closed too, or it would lie for weeks."""
        lead = _acting(self.place["people"]["manager"], at)
        try:
            cases.merge_cases(case=twin, into=Case.objects.get(pk=self.case.pk), by=lead, at=at, reason="同一件事")
        except Refused:
            with suppress(Refused):
                cases.close_case(case=Case.objects.get(pk=twin.pk), resolution="withdrawn", reason="前一工单已答复", by=lead, at=at)

    def close(self, at: datetime) -> None:
        resolution = {"complaint": "remedied", "request": "fulfilled", "incident": "fulfilled"}.get(self.words.kind, "answered")
        self._follow_procedures(at)
        self._try(at, cases.close_case, resolution=resolution)
        if self.demo.rng.random() < 0.05:
            self.soon(at, 1500, self.come_back)

    def _follow_procedures(self, at: datetime) -> None:
        """What is needed is ticked; the rest mostly. By the case's own dice, so that the rest of the demo stays as it is without procedures."""
        dice = Random(self.case.pk)  # noqa: S311 - reproducible figures, nothing secret
        for sheet in sheets_of(at_cases.work_of(self.case), at=at):
            for item in sheet.items:
                if item.use is None and (item.required or dice.random() < 0.85):
                    words = "已当面说明" if item.written else ""
                    self._try(at, at_cases.tick_procedure, version=sheet.version, item=item.key, words=words)

    def come_back(self, at: datetime) -> None:
        self._try(at, cases.reopen_case, reason="问题又出现了")
        self.soon(at, 300, self.close)

    def soon(self, at: datetime, minutes: int, act: Any) -> None:
        """About so many working minutes later: mostly near that, sometimes much longer, as waiting is (log-normal)."""
        self.demo.later(self._after(at, max(1, int(minutes * self.demo.rng.lognormvariate(0, 0.9)))), act)

    def _after(self, at: datetime, minutes: int) -> datetime:
        return due_at(at, Target(minutes, Unit.WORKING_MINUTES), self.place["calendar"]).due_at

    def _try(self, at: datetime, operation: Any, **options: Any) -> None:
        if operation is cases.add_task:
            options["subject"] = self.case
        elif "promise" not in options and "task" not in options:
            options["case"] = self.case
        with suppress(Refused):
            operation(**options, by=_acting(self.staff, at), at=at)
