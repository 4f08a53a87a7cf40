"""What departments are to one another, in figures."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.measures.declarations import Count, Measure, Quantile, Ratio, Share, measures

FACT, ORDERS = "internal_requests", "service_orders"
DESK = _("Service supervisor")


def register() -> None:
    measures.register(
        Measure(
            "requests_received", 1, FACT, Count(), _("Internal requests received"),
            _("Requests to the department about cases of others, by the day on which they were sent first."),
            when="sent", unit="n", practical=0.2, digits=0, owner=DESK,
        ),
        Measure(
            "ola_attainment", 1, FACT, Share("answered_at IS NOT NULL AND missed_at IS NULL"), _("Internal requests answered in time"),
            _("Requests answered within the agreed working time of the department, among those answered or overdue whose time ended in the period."),
            when="due", unit="%", practical=5, direction="up", where="answered_at IS NOT NULL OR missed_at IS NOT NULL",
            counter="bounces_per_case", owner=DESK, minimum_n=10,
            pitfall=_("Handing a request back stops the clock: read it beside the bounces."),
        ),
        Measure(
            "request_minutes", 1, FACT, Quantile("used_minutes"), _("Working time to the answer, median"),
            _("Working minutes of the department for which it had the request, of those answered in the period."),
            when="answered", unit="min", practical=30, direction="down", digits=0, where="answered_at IS NOT NULL", minimum_n=10,
            counter="bounces_per_case", owner=DESK,
        ),
        Measure(
            "bounces_per_case", 1, FACT, Ratio("bounces", "first_there", per=1), _("Handed back, per case"),
            _("How often requests were handed back, per case and department asked, by the day on which they were sent first."),
            when="sent", unit="", practical=0.1, direction="down", digits=2, counter="ola_attainment", minimum_n=10, owner=DESK,
            pitfall=_("Some questions are rightly handed back; look at the reasons."),
        ),
        Measure(
            "waiting_share", 1, FACT, Quantile("case_share"), _("Part of the case's time, median"),
            _("The part of a case's whole working time for which the department had it, of the cases closed in the period."),
            when="closed", unit="%", practical=5, direction="down", where="first_there = 1", counter="ola_attainment", minimum_n=10, owner=DESK,
            pitfall=_("While several departments are asked at once, the first one asked counts as having the case."),
        ),
    )  # fmt: skip
    measures.register(
        Measure(
            "orders_kept", 1, ORDERS, Share("done_at <= promised_at"), _("Service orders done by the promised time"),
            _("Orders done by their promised time, among those done in the period; a repeat is measured by the time promised at the first report."),
            when="done", unit="%", practical=5, direction="up", where="done_at IS NOT NULL", counter="first_time_fixed", owner=DESK,
            minimum_n=10,
        ),
        Measure(
            "order_minutes", 1, ORDERS, Quantile("minutes"), _("Minutes to done, median"),
            _("Minutes around the clock from the first report to done, of the orders done in the period."),
            when="done", unit="min", practical=10, direction="down", digits=0, where="done_at IS NOT NULL", counter="first_time_fixed",
            owner=DESK, minimum_n=10,
        ),
        Measure(
            "first_time_fixed", 1, ORDERS, Share("fixed", "fixed IS NOT NULL"), _("In order at the first attempt"),
            _("First orders that nobody reported again within the window of the rule, among those of which it is known, by the day of the report."),
            when="placed", unit="%", practical=5, direction="up", where="first_order_id IS NULL", counter="order_minutes", owner=DESK,
            minimum_n=10, pitfall=_("The youngest are not in it yet: whether somebody reports again is known only when the window is over."),
        ),
    )  # fmt: skip
