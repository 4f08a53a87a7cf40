"""Charts without a browser: the page's own option builder and ECharts, run in QuickJS, give the same drawing as SVG in colours for paper."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from steward.ground.ui.assets import DIST
from steward.ground.ui.charts import Chart
from steward.science.extras import needs

FONT = "Noto Sans SC"
SCRIPT = DIST / "charts-ssr.js"
# A chart takes some ten milliseconds and a few megabytes; these stop one that would never end.
SECONDS = 20
BYTES = 256 * 1024 * 1024
# ECharts asks for timers and a console; a drawing that stands still needs neither.
SURROUNDINGS = (
    "globalThis.setTimeout = globalThis.setInterval = () => 0; globalThis.clearTimeout = globalThis.clearInterval = () => {};"
    "globalThis.console = {log() {}, warn() {}, error() {}};"
)


class ChartsNotBuilt(RuntimeError):
    """The drawing script is not among the built assets."""

    def __init__(self) -> None:
        super().__init__("The charts of documents are not built. Run: python hatch_build.py")


class CannotDraw(RuntimeError):
    """The chart could not be drawn; `key` says which."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The chart {key!r} could not be drawn.")
        self.key = key


def chart_svg(chart: Chart, *, width: int = 640, height: int = 260, font: str = FONT) -> str:
    """The chart as SVG, the same text for the same chart. Errors: MissingExtra (reports), ChartsNotBuilt, CannotDraw.

    Labels are in the language that is active. No network, no files: QuickJS has neither.
    """
    needs("quickjs", extra="reports")
    import quickjs

    try:
        answer = _drawer()(json.dumps(chart.data), width, height, font)
    except quickjs.JSException as error:
        raise CannotDraw(chart.key) from error
    return str(json.loads(answer)[0])


@cache
def _drawer() -> Any:
    """One engine a process: `quickjs.Function` keeps it on a thread of its own and lets one caller in at a time."""
    import quickjs

    if not SCRIPT.is_file():
        raise ChartsNotBuilt
    draw: Any = quickjs.Function("drawChart", SURROUNDINGS + SCRIPT.read_text(encoding="utf-8"))
    draw.set_memory_limit(BYTES)
    draw.set_time_limit(SECONDS)
    return draw
