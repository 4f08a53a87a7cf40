"""The figures over cases, promises and messages, by the ids of the catalogue (domain §3), and what they can be broken down by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steward.core.catalog.models import Category, PromisePolicy, ServiceItem
from steward.core.org.models import Staff
from steward.ground.measures.declarations import (
    Age,
    Count,
    Dimension,
    Mean,
    Measure,
    Quantile,
    Rate,
    Share,
    Survival,
    dimensions,
    measures,
)

from .models import Channel, Kind, Priority, Promise
from .queries import names_of_staff

UNFINISHED = "closed_at IS NULL AND state <> 'merged'"
SETTLED = "cancelled_at IS NULL AND (met_at IS NOT NULL OR missed_at IS NOT NULL)"
KEPT = "met_at IS NOT NULL AND met_at <= due_at"
DESK, MANAGER = _("Service supervisor"), _("Service manager")


def _volumes() -> list[Measure]:
    return [
        Measure(
            "cases_opened", 1, "cases", Count(), _("Cases received"), _("Cases by the day on which they were received."),
            when="opened", unit="n", practical=0.2, digits=0, owner=DESK,
            pitfall=_("More cases can mean better access rather than worse service."),
        ),
        Measure(
            "cases_closed", 1, "cases", Count(), _("Cases closed"),
            _("Cases by the day on which they were closed; what was merged into another is not counted."),
            when="closed", unit="n", practical=0.2, digits=0, where="closed_at IS NOT NULL", counter="reopen_rate", owner=DESK,
        ),
        Measure(
            "backlog", 1, "cases", Count(), _("Backlog"), _("Cases that are neither closed nor merged now."),
            when="", unit="n", practical=0.2, direction="down", digits=0, where=UNFINISHED, counter="reopen_rate", owner=DESK,
        ),
        Measure(
            "backlog_age", 1, "cases", Age("opened_at"), _("Age of the backlog, median"), _("Days since receipt of the cases that are open now."),
            when="", unit="d", practical=1, direction="down", where=UNFINISHED, counter="backlog", minimum_n=10, owner=DESK,
            pitfall=_("Closing the young ones makes the rest look older; read it beside the backlog."),
        ),
        Measure(
            "backlog_age_p90", 1, "cases", Age("opened_at", 0.9), _("Age of the backlog, slowest tenth"),
            _("So many days or more since receipt has one in ten of the cases that are open now."),
            when="", unit="d", practical=2, direction="down", where=UNFINISHED, counter="backlog", owner=DESK,
        ),
        Measure(
            "complaint_share", 1, "cases", Share("kind = 'complaint'"), _("Share of complaints"), _("Complaints among the cases received."),
            when="opened", unit="%", practical=3, owner=MANAGER, counter="complaint_rate",
            pitfall=_("It also falls when other cases become more; the complaint rate counts against visits."),
        ),
        Measure(
            "praise_share", 1, "cases", Share("kind = 'praise'"), _("Share of praise"), _("Words of praise among the cases received."),
            when="opened", unit="%", practical=3, direction="up", owner=MANAGER,
        ),
        Measure(
            "merged_rate", 1, "cases", Share("state = 'merged'"), _("Duplicates"), _("Cases merged into another among the cases received."),
            when="opened", unit="%", practical=3, direction="down", owner=DESK,
        ),
    ]  # fmt: skip


def _speed() -> list[Measure]:
    return [
        Measure(
            "frt", 1, "cases", Quantile("answer_work_minutes"), pgettext_lazy("measure", "First response time, median"),
            _("Working minutes from receipt to the first answer by a person, of the cases answered in the period."),
            when="answered", unit="min", practical=15, direction="down", counter="reopen_rate", digits=0, owner=DESK,
            pitfall=_("An automatic acknowledgement is no answer. Cases nobody has answered yet are not in it: see the backlog."),
        ),
        Measure(
            "frt_p90", 1, "cases", Quantile("answer_work_minutes", 0.9), _("First response time, slowest tenth"),
            _("So many working minutes or more waited one in ten of the cases answered in the period."),
            when="answered", unit="min", practical=30, direction="down", counter="reopen_rate", digits=0, owner=DESK,
        ),
        Measure(
            "resolution_time", 1, "cases", Survival("resolution_minutes / 60.0", "opened_at"), _("Time to resolution, median"),
            _("Hours by the clock from receipt to closing, of the cases received in the period; open ones count with the time they have waited."),
            when="opened", unit="h", practical=4, direction="down", counter="reopen_rate", where="state <> 'merged'", owner=DESK,
            pitfall=_("Without the open ones it would look shorter the more are left lying."),
        ),
        Measure(
            "resolution_time_p90", 1, "cases", Survival("resolution_minutes / 60.0", "opened_at", 0.9), _("Time to resolution, slowest tenth"),
            _("After so many hours nine in ten of the cases received in the period are closed; open ones count with the time they have waited."),
            when="opened", unit="h", practical=8, direction="down", counter="reopen_rate", where="state <> 'merged'", owner=DESK,
        ),
        Measure(
            "resolution_work", 1, "cases", Quantile("resolution_work_minutes / 60.0"), _("Working time to resolution, median"),
            _("Hours of the unit's working time from receipt to closing, of the cases closed in the period."),
            when="closed", unit="h", practical=2, direction="down", counter="resolution_time", owner=DESK,
            pitfall=_("Only what was closed: cases left lying are not in it."),
        ),
    ]  # fmt: skip


def _quality() -> list[Measure]:
    return [
        Measure(
            "fcr", 1, "cases", Share("NOT repeated", "repeated IS NOT NULL"), _("First-contact resolution"),
            _("Cases whose person did not come again about the same matter within 7 days, by any channel, among the cases of known persons (gross)."),
            when="settled", unit="%", practical=3, direction="up", counter="frt", where="state <> 'merged'", disclosure="statistic", owner=MANAGER,
            pitfall=_("There is no common standard: W = 7 days, all cases. The period is that in which the 7 days ended."),
        ),
        Measure(
            "reopen_rate", 1, "cases", Share("reopened_soon", "reopened_soon IS NOT NULL"), _("Reopened"),
            _("Cases opened again within 30 days, among the cases closed for the first time in the period."),
            when="first_closed", unit="%", practical=2, direction="down", counter="merged_rate", owner=DESK,
            pitfall=_("Splitting a matter into new cases hides it; the youngest closings have had less than 30 days."),
        ),
        Measure(
            "handoffs", 1, "cases", Mean("CASE WHEN holders > 1 THEN holders - 1 ELSE 0 END"), _("Hand-overs per case"),
            _("Changes of the responsible person per case closed in the period."),
            when="closed", unit="", practical=0.3, direction="down", counter="frt", digits=2, owner=DESK,
        ),
        Measure(
            "reassigned_rate", 1, "cases", Share("holders > 1", "holders IS NOT NULL"), _("Handed over at least once"),
            _("Cases with more than one responsible person, among the cases closed in the period that had one."),
            when="closed", unit="%", practical=5, direction="down", counter="frt", owner=DESK,
        ),
        Measure(
            "resolved_coded", 1, "cases", Share("resolution IN ('answered', 'fulfilled', 'remedied')"), _("Closed as resolved"),
            _("Cases closed as answered, done or put right, among the cases closed in the period."),
            when="closed", unit="%", practical=5, direction="up", counter="reopen_rate", where="closed_at IS NOT NULL", owner=DESK,
            pitfall=_("What we say ourselves; whether the person agrees is asked by the survey."),
        ),
        Measure(
            "complaint_rate", 1, "cases", Rate("kind = 'complaint'", "exposures", "day", amount="count"), _("Complaints per 1,000 visits"),
            _("Complaints received, per 1,000 visits counted in the same units and days."),
            when="opened", unit="‰", practical=0.2, counter="cases_opened", digits=2, disclosure="statistic", owner=MANAGER,
            pitfall=_("Lower is not always better: check that complaining has not become harder."),
        ),
    ]  # fmt: skip


def _promises() -> list[Measure]:
    def share(code: str, name: Any, definition: Any, where: str, **more: Any) -> Measure:
        return Measure(
            code, 1, "promises", Share(KEPT), name, definition, when="due", unit="%", practical=5, direction="up", where=f"{SETTLED}{where}",
            counter="reopen_rate", owner=DESK, **more,
        )  # fmt: skip

    return [
        share("promise_kept", _("Promises kept"), _("Promises kept by their time, among all that fell due in the period."), "",
              pitfall=_("A promise nobody wrote down is not in it.")),
        share("frt_ontime", _("First answers in time"), _("First answers given by their time, among those due in the period."),
              " AND promise = 'first_response'"),
        share("ack_ontime", _("Acknowledged in time"), _("Receipts acknowledged by their time, among those due in the period."),
              " AND promise = 'acknowledgement'"),
        share("resolution_ontime", _("Resolved in time"), _("Cases resolved by their time, among those due in the period."),
              " AND promise = 'resolution'"),
        share("complaint_ontime", _("Complaints decided in time"),
              _("Complaints decided by the statutory or promised date, among those due in the period."),
            " AND promise = 'resolution' AND kind = 'complaint' AND clock = 'statutory'"),
        Measure(
            "promises_overdue", 1, "promises", Count(), _("Promises overdue"), _("Promises whose time is over and which are still not kept now."),
            when="", unit="n", practical=0.2, direction="down", digits=0,
            where="cancelled_at IS NULL AND met_at IS NULL AND missed_at IS NOT NULL", owner=DESK,
        ),
        Measure(
            "replies_sent", 1, "messages", Count(), _("Answers sent"), _("Answers written by people, by the day they were sent."),
            when="sent", unit="n", practical=0.2, digits=0, where="direction = 'out' AND NOT automatic", owner=DESK,
        ),
    ]  # fmt: skip


def _choices(choices: Any) -> Any:
    return lambda keys: {key: str(dict(choices).get(key, key)) for key in keys if key is not None}


def _rows(model: Any) -> Any:
    def names(keys: Sequence[Any]) -> Mapping[Any, str]:
        return {row.pk: str(row) for row in model.objects.filter(pk__in=[key for key in keys if key is not None])}

    return names


def _staff(keys: Sequence[Any]) -> Mapping[Any, str]:
    return names_of_staff(int(key) for key in keys if key is not None)


SHIFTS = (("early", _("Early (6–14 h)")), ("late", _("Late (14–22 h)")), ("night", _("Night (22–6 h)")))
SEGMENTS = (("person", _("Persons")), ("organisation", _("Organisations")))


def register() -> None:
    measures.register(*_volumes(), *_speed(), *_quality(), *_promises())
    dimensions.register(
        Dimension("kind", _("Kind"), "kind", _choices(Kind.choices)),
        Dimension("channel", _("Channel"), "channel", _choices(Channel.choices)),
        Dimension("priority", _("Priority"), "priority", _choices(Priority.choices)),
        Dimension("service", _("Service"), "service_id", _rows(ServiceItem), model=ServiceItem),
        Dimension("category", _("Category"), "category_id", _rows(Category), model=Category),
        Dimension("staff", _("Employee"), "staff_id", _staff, people=True, model=Staff),
        Dimension("shift", _("Shift"), "shift", _choices(SHIFTS), people=True),
        Dimension("segment", _("Segment"), "segment", _choices(SEGMENTS)),
        Dimension("promise", _("Promise"), "promise", _choices(Promise.Kind.choices)),
        Dimension("clock", _("Kind of time limit"), "clock", _choices(PromisePolicy.Clock.choices)),
    )
