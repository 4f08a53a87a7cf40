"""Three hundred cases lived through by the operations, minute by minute, up to the demo's fixed date.

Most go well; some wait for an answer, some break their promise, a few come back, and some duplicates are merged.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from steward.ground.access.errors import Refused
from steward.ground.demo import DAYS, Demo
from steward.ground.journal.actors import Actor

from . import operations as cases
from .demo_words import BY_PLACE, FOLLOW_UPS, NOTES, Words
from .models import Case

PER_PLACE = 58  # and some who ask twice: about three hundred in all
CHANNELS = ["counter", "counter", "phone", "phone", "web", "wechat", "email"]
PRIORITIES = ["normal"] * 7 + ["high", "high", "urgent", "low"]


def tell(demo: Demo) -> None:
    for key, place in demo.places.items():
        for index in range(PER_PLACE):
            words = demo.rng.choice(BY_PLACE[key])
            demo.later(_moment(demo, index), partial(_open, demo, place, words))
    for hour in range(DAYS * 4 + 1):
        at = demo.start + timedelta(hours=6 * hour)
        demo.later(at, lambda at: _watch(at))
    demo.play()
    _watch(demo.now)


def _moment(demo: Demo, index: int) -> datetime:
    """Spread over the days, in the hours people come; the last dozen in the last hours, so that something is always due."""
    rng = demo.rng
    if index >= PER_PLACE - 8:
        return demo.now - timedelta(minutes=rng.randrange(5, 300))
    day = demo.start + timedelta(days=rng.randrange(DAYS - 1))
    return day.replace(hour=9, minute=0) + timedelta(minutes=rng.randrange(0, 530))


def _watch(at: datetime) -> None:
    while cases.mark_missed_promises(at=at):
        pass


def _open(demo: Demo, place: dict[str, Any], words: Words, at: datetime) -> None:
    rng = demo.rng
    worker = rng.choice(place["workers"])
    elsewhere = rng.random() < 0.15
    unit = place["branches"][1] if elsewhere else worker.unit
    case = cases.open_case(
        unit=unit, kind=words.kind, channel=rng.choice(CHANNELS), title=words.title, body=words.said, customer=rng.choice(place["customers"]),
        service=place["services"][words.service], category=place["categories"][words.category], priority=rng.choice(PRIORITIES),
        by=Actor.system("demo"), at=at,
    )  # fmt: skip
    staff = rng.choice(place["others"]) if elsewhere else worker
    life = _Life(demo, place, words, case, staff)
    if rng.random() > 0.06:
        demo.later(at + timedelta(minutes=_skewed(demo, 25)), life.take)


class _Life:
    """What happens to one case after it was opened. Steps that a rule refuses (somebody closed it first) simply do not happen."""

    def __init__(self, demo: Demo, place: dict[str, Any], words: Words, case: Case, staff: Any) -> None:
        self.demo, self.place, self.words, self.case, self.staff = demo, place, words, case, staff
        self.by = Actor.staff(staff.user)
        self.lead = Actor.staff(place["people"]["super"].user)

    def take(self, at: datetime) -> None:
        self._try(cases.claim_case, staff=self.staff, by=self.by, at=at)
        rng = self.demo.rng
        if rng.random() < 0.25:
            self._soon(at, 10, self.note)
        if rng.random() < 0.08:
            self._soon(at, 20, self.raise_priority)
        if rng.random() < 0.06:
            self._soon(at, 40, self.ask_again)
        self._soon(at, 90, self.answer)

    def note(self, at: datetime) -> None:
        self._try(cases.add_message, direction="note", body=self.demo.rng.choice(NOTES), by=self.by, at=at)

    def raise_priority(self, at: datetime) -> None:
        self._try(cases.change_case, changes={"priority": "urgent"}, by=self.by, at=at, reason="客户年长，先办")

    def answer(self, at: datetime) -> None:
        self._try(cases.add_message, direction="out", body=self.words.answer, by=self.by, at=at)
        draw = self.demo.rng.random()
        if draw < 0.2:
            self._soon(at, 30, self.wait)
        elif draw < 0.3:
            self._soon(at, 20, self.promise)
            self._soon(at, 600, self.close)
        else:
            self._soon(at, 240, self.close)

    def wait(self, at: datetime) -> None:
        reason = self.demo.rng.choice(["awaiting_customer", "awaiting_customer", "awaiting_internal"])
        self._try(cases.hold_case, reason_code=reason, by=self.by, at=at)
        if self.demo.rng.random() < 0.8:
            self._soon(at, 900, self.hear)

    def hear(self, at: datetime) -> None:
        self._try(cases.add_message, direction="in", body=self.demo.rng.choice(FOLLOW_UPS), by=self.by, at=at)
        self._try(cases.resume_case, by=self.by, at=at)
        self._soon(at, 200, self.close)

    def promise(self, at: datetime) -> None:
        due = at + timedelta(hours=self.demo.rng.choice([4, 20, 28]))
        self._try(cases.make_promise, kind="call_back", basis="spoken", words="处理后回电", due_at=due, by=self.by, at=at)
        self._try(
            cases.add_task,
            unit=self.case.unit,
            kind="cases.call_back",
            title=f"回电：{self.case.title}"[:200],
            owner=self.staff,
            due_at=due,
            by=self.by,
            at=at,
        )

    def ask_again(self, at: datetime) -> None:
        """The same person comes a second time about the same thing; somebody notices, and the two become one."""
        twin = cases.open_case(
            unit=self.case.unit,
            kind=self.words.kind,
            channel="phone",
            title=f"再问：{self.words.title}"[:200],
            customer=self.case.customer,
            by=Actor.system("demo"),
            at=at,
        )
        self._soon(at, 20, lambda later: self._merge(twin, later))

    def _merge(self, twin: Case, at: datetime) -> None:
        with suppress(Refused):
            cases.merge_cases(case=twin, into=Case.objects.get(pk=self.case.pk), by=self.lead, at=at, reason="同一件事")

    def close(self, at: datetime) -> None:
        resolution = {"complaint": "remedied", "request": "fulfilled", "incident": "fulfilled"}.get(self.words.kind, "answered")
        self._try(cases.close_case, resolution=resolution, by=self.by, at=at)
        if self.demo.rng.random() < 0.05:
            self._soon(at, 1500, self.come_back)

    def come_back(self, at: datetime) -> None:
        self._try(cases.reopen_case, by=self.by, at=at, reason="问题又出现了")
        self._soon(at, 300, self.close)

    def _soon(self, at: datetime, minutes: int, act: Any) -> None:
        self.demo.later(at + timedelta(minutes=_skewed(self.demo, minutes)), act)

    def _try(self, operation: Any, **options: Any) -> None:
        self.case = Case.objects.select_related("unit").get(pk=self.case.pk)
        subject = "subject" if operation is cases.add_task else "case"
        try:
            operation(**{subject: self.case}, **options)
        except Refused:
            return


def _skewed(demo: Demo, median: int) -> int:
    """Minutes from a log-normal: mostly near the median, sometimes much longer, as waiting is."""
    return max(1, int(median * demo.rng.lognormvariate(0, 0.9)))
