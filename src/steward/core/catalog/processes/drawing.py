"""The picture of a flow: lanes from top to bottom, layers from left to right, as SVG without styles or scripts; every word in it is escaped.

Layers: the longest way from a start, links that lead back left aside. Links to the next layer go straight across the gap; all others run in the
gutter under the lane they leave, so that no line crosses a box. Colours are `currentColor`: the picture stands on light, dark and paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from .flow import LANES, Flow, Link, Step, Text

WIDTH, HEIGHT, GAP, ROW_GAP, HEAD, PAD, GUTTER = 136, 64, 52, 16, 92, 14, 7
LINE, FONT, MOST_LINES = 16, 12, 3
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
Words = Callable[[Text], str]


@dataclass(frozen=True)
class Box:
    """Where a step stands, in pixels from the top left."""

    step: Step
    x: float
    y: float
    layer: int

    @property
    def middle(self) -> float:
        return self.y + HEIGHT / 2


@dataclass(frozen=True)
class Band:
    """A lane: from where, how high, and where its gutter begins."""

    lane: str
    y: float
    height: float
    gutter: float


@dataclass(frozen=True)
class Layout:
    boxes: Mapping[str, Box]
    bands: Sequence[Band]
    lines: Sequence[tuple[Link, Sequence[tuple[float, float]]]]
    width: float
    height: float


def layers_of(flow: Flow) -> dict[str, int]:
    """The layer of every step: 0 for starts and what nothing leads to, else one more than the last of those before it."""
    forward = _forward(flow)
    layers: dict[str, int] = dict.fromkeys(flow.keys, 0)
    for key in _order(flow, forward):
        for other in forward[key]:
            layers[other] = max(layers[other], layers[key] + 1)
    return layers


def _forward(flow: Flow) -> dict[str, list[str]]:
    """The links without those that lead back, by a walk in depth from the starts (without recursion: a flow may be long)."""
    found: dict[str, list[str]] = {key: [] for key in flow.keys}
    state: dict[str, int] = {}
    for root in [*flow.starts, *flow.keys]:
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(flow.after(root)))]
        while stack:
            key, links = stack[-1]
            link = next(links, None)
            if link is None:
                state[key] = 2
                stack.pop()
            elif state.get(link.target) != 1:
                found[key].append(link.target)
                if link.target not in state:
                    state[link.target] = 1
                    stack.append((link.target, iter(flow.after(link.target))))
    return found


def _order(flow: Flow, forward: Mapping[str, Sequence[str]]) -> list[str]:
    waiting = dict.fromkeys(flow.keys, 0)
    for targets in forward.values():
        for target in targets:
            waiting[target] += 1
    ready, found = [key for key in flow.keys if not waiting[key]], []
    while ready:
        key = ready.pop(0)
        found.append(key)
        for target in forward[key]:
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return found


def layout_of(flow: Flow) -> Layout:
    layers = layers_of(flow)
    cells: dict[tuple[str, int], list[Step]] = {}
    for step in flow.steps:
        cells.setdefault((step.lane, layers[step.key]), []).append(step)
    around = [link for link in flow.links if layers[link.target] != layers[link.source] + 1]
    boxes: dict[str, Box] = {}
    bands, y = [], 0.0
    for lane in LANES:
        rows = max((len(steps) for (one, _layer), steps in cells.items() if one == lane), default=0)
        if not rows:
            continue
        gutter = y + PAD + rows * (HEIGHT + ROW_GAP)
        for (one, layer), steps in cells.items():
            for at, step in enumerate(steps if one == lane else ()):
                boxes[step.key] = Box(step, HEAD + PAD + layer * (WIDTH + GAP), y + PAD + at * (HEIGHT + ROW_GAP), layer)
        under = sum(flow.step(link.source).lane == lane for link in around)
        height = gutter - y + under * GUTTER + (PAD if under else 0)
        bands.append(Band(lane, y, height, gutter))
        y += height
    width = max((box.x for box in boxes.values()), default=HEAD) + WIDTH + GAP / 2 + PAD
    return Layout(boxes, bands, _lines(flow, boxes, bands), width, max(y, HEIGHT))


def _lines(flow: Flow, boxes: Mapping[str, Box], bands: Sequence[Band]) -> list[tuple[Link, list[tuple[float, float]]]]:
    """Corners of every link. Those that leave or reach the same box stand a little apart, so that they can be followed."""
    gutters = {band.lane: band.gutter for band in bands}
    found = []
    for link in flow.links:
        one, other = boxes[link.source], boxes[link.target]
        out, into = flow.after(link.source), flow.before(link.target)
        start = (one.x + WIDTH, one.middle + _apart(out.index(link), len(out)))
        end = (other.x, other.middle + _apart(into.index(link), len(into)))
        bend = 10 + 6 * (out.index(link) % 5)
        if other.layer == one.layer + 1:
            points = [start, (start[0] + bend, start[1]), (start[0] + bend, end[1]), end]
        else:
            level = gutters[one.step.lane]
            gutters[one.step.lane] += GUTTER
            near = end[0] - 10 - 5 * (into.index(link) % 5)
            points = [start, (start[0] + bend, start[1]), (start[0] + bend, level), (near, level), (near, end[1]), end]
        found.append((link, points))
    return found


def _apart(at: int, count: int) -> float:
    return (at - (count - 1) / 2) * min(12.0, 36 / max(count, 1))


def svg_of(flow: Flow, *, title: str, words: Words, lanes: Mapping[str, str], roles: Mapping[str, str], hidden: str = "") -> str:
    """The picture. words: a text for the reader; lanes, roles: names by code; hidden: what to write on a step nobody sees."""
    plan = layout_of(flow)
    width, height = round(plan.width), round(plan.height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flow-picture" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{_safe(title)}" font-size="{FONT}" fill="currentColor"><title>{_safe(title)}</title>',
        '<defs><marker id="flow-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="currentColor"/></marker></defs>',
    ]
    parts += [_band(band, lanes.get(band.lane, band.lane), width, at) for at, band in enumerate(plan.bands)]
    parts += [_line(flow, link, points, words) for link, points in plan.lines]
    parts += [_box(box, words(box.step.name), roles.get(box.step.role, box.step.role), hidden) for box in plan.boxes.values()]
    return "".join([*parts, "</svg>"])


def _safe(text: str) -> str:
    return escape(CONTROL.sub("", text))


def _band(band: Band, name: str, width: int, at: int) -> str:
    shade = f'<rect x="0" y="{band.y:g}" width="{width}" height="{band.height:g}" fill-opacity="{0.03 if at % 2 else 0.06}"/>'
    lines = wrapped(name, HEAD - 16, 3)
    top = band.y + 24
    return shade + "".join(
        f'<text x="10" y="{top + row * LINE:g}" font-weight="600">{_safe(line)}</text>' for row, line in enumerate(lines)
    )


def _line(flow: Flow, link: Link, points: Sequence[tuple[float, float]], words: Words) -> str:
    path = " ".join(f"{x:g},{y:g}" for x, y in points)
    drawn = f'<polyline points="{path}" fill="none" stroke="currentColor" stroke-opacity="0.65" marker-end="url(#flow-arrow)"/>'
    label = words(link.label)
    if len(flow.after(link.source)) > 1:
        label = f"{label} {round(link.share * 100)}%".strip()
    if not label:
        return drawn
    x, y = points[0]
    return drawn + f'<text x="{x + 3:g}" y="{y - 3:g}" font-size="10">{_safe(wrapped(label, GAP + 40, 1)[0])}</text>'


def _box(box: Box, name: str, role: str, hidden: str) -> str:
    step, middle = box.step, box.x + WIDTH / 2
    dash = ' stroke-dasharray="5 4"' if step.hidden else ""
    paint = f'class="flow-box flow-{step.kind}" fill="currentColor" fill-opacity="0.04" stroke="currentColor"{dash}'
    if step.kind == "decision":
        x, y = box.x, box.y
        corners = f"{x + 14:g},{y:g} {x + WIDTH - 14:g},{y:g} {x + WIDTH:g},{box.middle:g} {x + WIDTH - 14:g},{y + HEIGHT:g}"
        shape = f'<polygon points="{corners} {x + 14:g},{y + HEIGHT:g} {x:g},{box.middle:g}" {paint}/>'
    else:
        radius = {"start": HEIGHT / 2, "end": HEIGHT / 2, "wait": 20}.get(step.kind, 6)
        thick = ' stroke-width="2.5"' if step.kind == "end" else ' stroke-width="1.5"' if step.kind == "handover" else ""
        shape = f'<rect x="{box.x:g}" y="{box.y:g}" width="{WIDTH}" height="{HEIGHT}" rx="{radius:g}" {paint}{thick}/>'
    foot = " · ".join(one for one in (role, hidden if step.hidden else "") if one)
    lines = wrapped(name or step.key, WIDTH - 26, 2 if foot else MOST_LINES)
    rows = [*((line, FONT) for line in lines), *((line, 10) for line in (wrapped(foot, WIDTH - 26, 1) if foot else ()))]
    top = box.middle - (len(rows) - 1) * LINE / 2 + 4
    texts = "".join(_centred(middle, top + row * LINE, size, line) for row, (line, size) in enumerate(rows))
    return f"<g><title>{_safe(name or step.key)}</title>{shape}{texts}</g>"


def _centred(x: float, y: float, size: int, line: str) -> str:
    paler = ' fill-opacity="0.75"' if size < FONT else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="middle" font-size="{size}"{paler}>{_safe(line)}</text>'


def wrapped(text: str, width: float, most: int) -> list[str]:
    """Lines of at most this many pixels; Chinese breaks anywhere, other words at spaces; what is too much ends in an ellipsis."""
    lines, line = [], ""
    for piece in re.findall(r"[A-Za-z0-9'’.,%/&-]+\s*|\s+|.", " ".join(text.split())):
        if line and _width(line + piece.rstrip()) > width:
            lines.append(line.strip())
            line = ""
        while _width(piece) > width:  # one word longer than a line
            cut = next(at for at in range(len(piece), 0, -1) if _width(piece[:at]) <= width or at == 1)
            lines.append(piece[:cut])
            piece = piece[cut:]
        line += piece
    lines += [line.strip()] if line.strip() else []
    if len(lines) <= most:
        return lines or [""]
    last = lines[most - 1]
    while _width(last + "…") > width and last:
        last = last[:-1]
    return [*lines[: most - 1], last + "…"]


def _width(text: str) -> float:
    return sum(FONT if ord(one) > 0x2E7F else FONT * 0.56 for one in text)
