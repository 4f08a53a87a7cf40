"""The picture of a flow: lanes side by side, layers from top to bottom, as SVG without styles or scripts; every word in it is escaped.

So it fits the width of a page and of paper. Layers: the longest way from a start, links that lead back left aside. Links to the next layer go
straight across the gap; all others run in the gutter beside the lane they leave, so that no line crosses a box. Colours are `currentColor`: the
picture stands on light, dark and paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from .flow import LANES, Flow, Link, Step, Text

WIDTH, HEIGHT, GAP, SIDE, HEAD, PAD, GUTTER = 136, 58, 56, 16, 36, 14, 7
LINE, FONT, SMALL, MOST_LINES = 15, 12, 10, 3
BEND = 12  # between the ways out of one step: their words stand over one another
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
        return self.x + WIDTH / 2


@dataclass(frozen=True)
class Band:
    """A lane: from where, how wide, and where its gutter begins."""

    lane: str
    x: float
    width: float
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
    bands, x = [], 0.0
    for lane in LANES:
        beside = max((len(steps) for (one, _layer), steps in cells.items() if one == lane), default=0)
        if not beside:
            continue
        gutter = x + PAD + beside * (WIDTH + SIDE)
        for (one, layer), steps in cells.items():
            for at, step in enumerate(steps if one == lane else ()):
                boxes[step.key] = Box(step, x + PAD + at * (WIDTH + SIDE), HEAD + PAD + layer * (HEIGHT + GAP), layer)
        used = sum(flow.step(link.source).lane == lane for link in around)
        width = gutter - x + used * GUTTER
        bands.append(Band(lane, x, width, gutter))
        x += width
    height = max((box.y for box in boxes.values()), default=HEAD) + HEIGHT + GAP / 2
    return Layout(boxes, bands, _lines(flow, boxes, bands), max(x, WIDTH), height)


def _lines(flow: Flow, boxes: Mapping[str, Box], bands: Sequence[Band]) -> list[tuple[Link, list[tuple[float, float]]]]:
    """Corners of every link. Those that leave or reach the same box stand a little apart, so that they can be followed."""
    gutters = {band.lane: band.gutter for band in bands}
    found = []
    for link in flow.links:
        one, other = boxes[link.source], boxes[link.target]
        out = sorted(flow.after(link.source), key=lambda way: _heads_for(way, boxes, gutters))
        into = sorted(flow.before(link.target), key=lambda way: boxes[way.source].x)
        start = (one.middle + _apart(out.index(link), len(out)), one.y + HEIGHT)
        end = (other.middle + _apart(into.index(link), len(into)), other.y)
        bend = start[1] + BEND * (1 + out.index(link) % 3)
        if other.layer == one.layer + 1:
            points = [start, (start[0], bend), (end[0], bend), end]
        else:
            aside = gutters[one.step.lane]
            gutters[one.step.lane] += GUTTER
            near = end[1] - 8 - 4 * (into.index(link) % 3)
            points = [start, (start[0], bend), (aside, bend), (aside, near), (end[0], near), end]
        found.append((link, points))
    return found


def _heads_for(link: Link, boxes: Mapping[str, Box], gutters: Mapping[str, float]) -> float:
    """How far to the right a way out of a step turns: sorted by it, fewer of them cross."""
    one, other = boxes[link.source], boxes[link.target]
    return other.x if other.layer == one.layer + 1 else gutters[one.step.lane]


def _apart(at: int, count: int) -> float:
    return (at - (count - 1) / 2) * min(14.0, 72 / max(count, 1))


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
    parts += [_band(band, lanes.get(band.lane, band.lane), height, at) for at, band in enumerate(plan.bands)]
    parts += [_line(flow, plan.boxes[link.source], link, points, words) for link, points in plan.lines]
    parts += [_box(box, words(box.step.name), roles.get(box.step.role, box.step.role), hidden) for box in plan.boxes.values()]
    return "".join([*parts, "</svg>"])


def _safe(text: str) -> str:
    return escape(CONTROL.sub("", text))


def _band(band: Band, name: str, height: int, at: int) -> str:
    shade = f'<rect x="{band.x:g}" y="0" width="{band.width:g}" height="{height}" fill-opacity="{0.02 if at % 2 else 0.05}"/>'
    line = wrapped(name, band.width - 2 * PAD, 1)[0]
    return f'{shade}<text x="{band.x + PAD:g}" y="23" font-weight="600">{_safe(line)}</text>'


def _line(flow: Flow, source: Box, link: Link, points: Sequence[tuple[float, float]], words: Words) -> str:
    path = " ".join(f"{x:g},{y:g}" for x, y in points)
    drawn = f'<polyline points="{path}" fill="none" stroke="currentColor" stroke-opacity="0.65" marker-end="url(#flow-arrow)"/>'
    label = words(link.label)
    if len(flow.after(link.source)) > 1:
        label = f"{round(link.share * 100)}% {label}".strip()  # the share first: what is cut off is words
    if not label:
        return drawn
    (x, _top), (turn, y) = points[0], points[2]
    to_left = turn < x or (turn == x < source.middle)
    place, anchor = (x - 4, "end") if to_left else (x + 4, "start")
    words_here = _safe(wrapped(label, min(WIDTH, place - PAD) if to_left else WIDTH, 1, SMALL)[0])
    return f'{drawn}<text x="{place:g}" y="{y - 2:g}" text-anchor="{anchor}" font-size="{SMALL}">{words_here}</text>'


def _box(box: Box, name: str, role: str, hidden: str) -> str:
    step, half = box.step, box.y + HEIGHT / 2
    dash = ' stroke-dasharray="5 4"' if step.hidden else ""
    paint = f'class="flow-box flow-{step.kind}" fill="currentColor" fill-opacity="0.04" stroke="currentColor"{dash}'
    if step.kind == "decision":
        x, y = box.x, box.y
        corners = f"{x + 14:g},{y:g} {x + WIDTH - 14:g},{y:g} {x + WIDTH:g},{half:g} {x + WIDTH - 14:g},{y + HEIGHT:g}"
        shape = f'<polygon points="{corners} {x + 14:g},{y + HEIGHT:g} {x:g},{half:g}" {paint}/>'
    else:
        radius = {"start": HEIGHT / 2, "end": HEIGHT / 2, "wait": 20}.get(step.kind, 6)
        thick = ' stroke-width="2.5"' if step.kind == "end" else ' stroke-width="1.5"' if step.kind == "handover" else ""
        shape = f'<rect x="{box.x:g}" y="{box.y:g}" width="{WIDTH}" height="{HEIGHT}" rx="{radius:g}" {paint}{thick}/>'
    foot = " · ".join(one for one in (role, hidden if step.hidden else "") if one)
    lines = wrapped(name or step.key, WIDTH - 26, 2 if foot else MOST_LINES)
    rows = [*((line, FONT) for line in lines), *((line, SMALL) for line in (wrapped(foot, WIDTH - 26, 1, SMALL) if foot else ()))]
    top = half - (len(rows) - 1) * LINE / 2 + 4
    texts = "".join(_centred(box.middle, top + row * LINE, size, line) for row, (line, size) in enumerate(rows))
    return f"<g><title>{_safe(name or step.key)}</title>{shape}{texts}</g>"


def _centred(x: float, y: float, size: int, line: str) -> str:
    paler = ' fill-opacity="0.75"' if size < FONT else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="middle" font-size="{size}"{paler}>{_safe(line)}</text>'


def wrapped(text: str, width: float, most: int, size: int = FONT) -> list[str]:
    """Lines of at most this many pixels at a size; Chinese breaks anywhere, other words at spaces; what is too much ends in an ellipsis."""
    lines, line = [], ""
    for piece in re.findall(r"[A-Za-z0-9'’.,%/&-]+\s*|\s+|.", " ".join(text.split())):
        if line and _width(line + piece.rstrip(), size) > width:
            lines.append(line.strip())
            line = ""
        while _width(piece, size) > width:  # one word longer than a line
            cut = next(at for at in range(len(piece), 0, -1) if _width(piece[:at], size) <= width or at == 1)
            lines.append(piece[:cut])
            piece = piece[cut:]
        line += piece
    lines += [line.strip()] if line.strip() else []
    if len(lines) <= most:
        return lines or [""]
    last = lines[most - 1]
    while _width(last + "…", size) > width and last:
        last = last[:-1]
    return [*lines[: most - 1], last + "…"]


def _width(text: str, size: int) -> float:
    return sum(size if ord(one) > 0x2E7F else size * 0.56 for one in text)
