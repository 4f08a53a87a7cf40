"""How many will come, by slot of the day, and how sure that is. See ``docs/algorithms/forecast.md``.

A ``History`` is days × slots by date, a ``DemandCalendar`` says which days are alike; ``forecast`` lets methods compete on the weeks before and
says when none is worth more than last week's figures; ``intraday_update`` corrects the rest of a day; the rest measures errors.
"""

from steward.science.forecast.accuracy import AgainstBaseline, Standing, against_baseline, bias, coverage, mase, wape
from steward.science.forecast.choice import Forecast, LeagueRow, forecast
from steward.science.forecast.intraday import IntradayUpdate, intraday_update
from steward.science.forecast.methods import Method
from steward.science.forecast.series import DemandCalendar, History
from steward.science.guards import NoData, NotANumber

__all__ = [
    "AgainstBaseline",
    "DemandCalendar",
    "Forecast",
    "History",
    "IntradayUpdate",
    "LeagueRow",
    "Method",
    "NoData",
    "NotANumber",
    "Standing",
    "against_baseline",
    "bias",
    "coverage",
    "forecast",
    "intraday_update",
    "mase",
    "wape",
]
