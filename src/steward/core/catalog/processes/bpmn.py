"""Flows as BPMN 2.0 (ISO/IEC 19510) and back. What BPMN has no word for stands in an extension element of our own: a round trip loses nothing.

Read: one or several processes, lanes, tasks, gateways, events, sequence flows. What a file has beyond that is left out and named in the warnings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

from .drawing import HEIGHT, WIDTH, Layout, layout_of
from .flow import KEY, LANES, LONGEST, Flow, InvalidFlow, Link, Step, content_of, flow_of

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI, DC, DD = "http://www.omg.org/spec/BPMN/20100524/DI", "http://www.omg.org/spec/DD/20100524/DC", "http://www.omg.org/spec/DD/20100524/DI"
OURS = "urn:steward:process:1"
MOST_BYTES, MOST_ELEMENTS, DEEPEST = 2_000_000, 20_000, 40
ELEMENTS = {
    "start": "startEvent", "end": "endEvent", "step": "task", "decision": "exclusiveGateway", "wait": "intermediateCatchEvent",
    "handover": "manualTask",
}  # fmt: skip
TASKS = {"task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask", "callActivity"}
NODES = {
    **dict.fromkeys(TASKS, "step"), "subProcess": "step", "transaction": "step", "adHocSubProcess": "step", "startEvent": "start",
    "endEvent": "end", "intermediateCatchEvent": "wait", "intermediateThrowEvent": "step", "exclusiveGateway": "decision",
    "inclusiveGateway": "decision", "eventBasedGateway": "decision", "complexGateway": "decision", "parallelGateway": "decision",
}  # fmt: skip
# Kept as something simpler than they are, and left out altogether.
SIMPLER = {
    "subProcess", "transaction", "adHocSubProcess", "inclusiveGateway", "eventBasedGateway", "complexGateway", "parallelGateway", "callActivity",
    "boundaryEvent",
}  # fmt: skip
LEFT_OUT = {"messageFlow", "dataObject", "dataObjectReference", "dataStoreReference", "textAnnotation", "group", "association"}
LANE_WORDS: dict[str, list[str]] = json.loads((Path(__file__).parent / "lanes.json").read_text(encoding="utf-8"))


class InvalidBpmn(ValueError):
    """code: too_large, not_xml, not_bpmn, forbidden, or what `InvalidFlow` says."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Warned:
    """Something of a file that was not kept as it was. code: "simpler", "left_out" or "shares_assumed"; what: the BPMN element, or the step."""

    code: str
    what: str
    count: int


# Writing


def write_bpmn(flow: Flow, *, name: str, language: str = "zh-hans") -> bytes:
    for prefix, uri in (("bpmn", BPMN), ("bpmndi", DI), ("dc", DC), ("di", DD), ("steward", OURS)):
        Tree.register_namespace(prefix, uri)
    rows = content_of(flow)
    root = Tree.Element(f"{{{BPMN}}}definitions", {"id": "definitions", "targetNamespace": OURS})
    ids = _ids(flow)
    process = Tree.SubElement(root, f"{{{BPMN}}}process", {"id": ids["process"], "name": _xml(name), "isExecutable": "false"})
    lanes = Tree.SubElement(process, f"{{{BPMN}}}laneSet", {"id": ids["lanes"]})
    for lane in (lane for lane in LANES if any(step.lane == lane for step in flow.steps)):
        band = Tree.SubElement(lanes, f"{{{BPMN}}}lane", {"id": ids[f"lane {lane}"], "name": lane})
        for step in flow.steps:
            if step.lane == lane:
                Tree.SubElement(band, f"{{{BPMN}}}flowNodeRef").text = step.key
    for step, row in zip(flow.steps, rows["steps"], strict=True):
        node = Tree.SubElement(process, f"{{{BPMN}}}{ELEMENTS[step.kind]}", {"id": step.key, "name": _xml(_shown(step.name, language))})
        _extend(node, "step", row)
        for tag, links in (("incoming", flow.before(step.key)), ("outgoing", flow.after(step.key))):
            for link in links:
                Tree.SubElement(node, f"{{{BPMN}}}{tag}").text = ids[f"{link.source} {link.target}"]
        if step.kind == "wait":
            Tree.SubElement(node, f"{{{BPMN}}}timerEventDefinition")
    for link, row in zip(flow.links, rows["links"], strict=True):
        said = {"id": ids[f"{link.source} {link.target}"], "sourceRef": link.source, "targetRef": link.target}
        label = _shown(link.label, language)
        line = Tree.SubElement(process, f"{{{BPMN}}}sequenceFlow", said | ({"name": _xml(label)} if label else {}))
        _extend(line, "link", row)
    _draw(root, flow, ids)
    Tree.indent(root)
    return bytes(Tree.tostring(root, encoding="utf-8", xml_declaration=True))


def _ids(flow: Flow) -> dict[str, str]:
    """Names for everything but steps, none of them a step's key."""
    taken, found = set(flow.keys), {}
    wanted = ["process", "lanes", *(f"lane {lane}" for lane in LANES), *(f"{link.source} {link.target}" for link in flow.links)]
    for at, one in enumerate(wanted):
        name = f"i{at}"
        while name in taken:
            name = f"_{name}"
        taken.add(name)
        found[one] = name
    return found


def _shown(text: Mapping[str, str], language: str) -> str:
    return next((text[code] for code in (language, "zh-hans", "en", *text) if text.get(code)), "")


def _xml(text: str) -> str:
    """Without the characters XML has no place for."""
    return "".join(one for one in text if one in "\t\n\r" or ("\x20" <= one <= "�" and not "\ud800" <= one <= "\udfff") or one > "\uffff")


def _extend(node: Any, tag: str, row: Mapping[str, Any]) -> None:
    extension = Tree.SubElement(node, f"{{{BPMN}}}extensionElements")
    # ASCII: also characters that XML could not carry come back as they were.
    Tree.SubElement(extension, f"{{{OURS}}}{tag}").text = json.dumps(row, ensure_ascii=_xml(str(row)) != str(row), sort_keys=True)


def _draw(root: Any, flow: Flow, ids: Mapping[str, str]) -> None:
    """Where everything stands, so that other tools show the same picture."""
    plan: Layout = layout_of(flow)
    diagram = Tree.SubElement(root, f"{{{DI}}}BPMNDiagram")
    plane = Tree.SubElement(diagram, f"{{{DI}}}BPMNPlane", {"bpmnElement": ids["process"]})
    places: dict[str, tuple[float, float, float, float]] = {box.step.key: (box.x, box.y, WIDTH, HEIGHT) for box in plan.boxes.values()}
    places |= {ids[f"lane {band.lane}"]: (band.x, 0, band.width, plan.height) for band in plan.bands}
    for element, (x, y, width, height) in places.items():
        shape = Tree.SubElement(
            plane, f"{{{DI}}}BPMNShape", {"bpmnElement": element} | ({} if element in flow.keys else {"isHorizontal": "false"})
        )
        Tree.SubElement(shape, f"{{{DC}}}Bounds", {"x": f"{x:g}", "y": f"{y:g}", "width": f"{width:g}", "height": f"{height:g}"})
    for link, points in plan.lines:
        edge = Tree.SubElement(plane, f"{{{DI}}}BPMNEdge", {"bpmnElement": ids[f"{link.source} {link.target}"]})
        for x, y in points:
            Tree.SubElement(edge, f"{{{DD}}}waypoint", {"x": f"{x:g}", "y": f"{y:g}"})


# Reading


def read_bpmn(data: bytes, *, language: str = "zh-hans", roles: Mapping[str, str] | None = None) -> tuple[Flow, list[Warned]]:
    """A flow and what of the file was not kept. roles: code by name, for lanes of other tools that name who does it. Raises InvalidBpmn."""
    root = _parsed(data)
    processes = list(root.iter(f"{{{BPMN}}}process"))
    if root.tag != f"{{{BPMN}}}definitions" or not processes:
        raise InvalidBpmn("not_bpmn")
    reader = _Reader(language, {name.casefold(): code for name, code in (roles or {}).items()})
    for process in processes:
        reader.lanes_of(process)
    for process in processes:
        reader.nodes_of(process)
    for process in processes:
        reader.links_of(process)
    for element in root.iter():
        tag = _tag(element)
        if tag in LEFT_OUT:
            reader.warn("left_out", tag)
    try:
        flow = flow_of(content_of(Flow(tuple(reader.steps), tuple(reader.even()))))
    except InvalidFlow as error:
        raise InvalidBpmn(error.code) from error
    return flow, [Warned(code, what, count) for (code, what), count in reader.warned.items()]


def _parsed(data: bytes) -> Any:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(data) > MOST_BYTES:
        raise InvalidBpmn("too_large")
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise InvalidBpmn("forbidden") from error
    except (Tree.ParseError, ValueError, LookupError, RecursionError) as error:
        raise InvalidBpmn("not_xml") from error
    level, seen = [root], 0
    for _depth in range(DEEPEST):
        level = [child for node in level for child in node]
        seen += len(level)
    if level or seen > MOST_ELEMENTS:
        raise InvalidBpmn("too_large")
    return root


def _tag(element: Any) -> str:
    space, _brace, tag = str(element.tag).rpartition("}")
    return tag if space == f"{{{BPMN}" else ""


class _Reader:
    """Collects steps and links of a file in which keys may be anything."""

    def __init__(self, language: str, roles: Mapping[str, str]) -> None:
        self.language, self.roles = language, roles
        self.steps: list[Step] = []
        self.links: list[Link] = []
        self.keys: dict[str, str] = {}  # by the identifier of the file
        self.lanes: dict[str, str] = {}  # the lane's name by the identifier of the step
        self.warned: dict[tuple[str, str], int] = {}
        self.assumed: set[str] = set()

    def warn(self, code: str, what: str) -> None:
        self.warned[code, what] = self.warned.get((code, what), 0) + 1

    def lanes_of(self, process: Any) -> None:
        for lane in process.iter(f"{{{BPMN}}}lane"):
            for ref in lane.findall(f"{{{BPMN}}}flowNodeRef"):
                self.lanes[(ref.text or "").strip()] = lane.get("name", "")

    def nodes_of(self, process: Any) -> None:
        for node in process:
            tag = _tag(node)
            if tag == "boundaryEvent":
                self.warn("simpler", tag)
            elif tag in NODES:
                if tag in SIMPLER:
                    self.warn("simpler", tag)
                self.steps.append(self._step(node, NODES[tag]))
        # What can go out at the side of a step goes out of the step.
        for node in process.iter(f"{{{BPMN}}}boundaryEvent"):
            if (host := node.get("attachedToRef", "")) in self.keys:
                self.keys[node.get("id", "")] = self.keys[host]

    def _step(self, node: Any, kind: str) -> Step:
        key = node.get("id", "")
        taken = {step.key for step in self.steps}
        own = key if KEY.match(key) and key not in taken else f"s{len(taken) + 1}"
        while own in taken:
            own = f"{own}_"
        self.keys[key] = own
        name = " ".join(node.get("name", "").split())[:LONGEST]
        kept = self._ours(node, "step")
        if kept is not None:
            same = name == " ".join(_xml(_shown(kept.name, self.language)).split())
            return replace(kept, key=own, name=kept.name if same else {**kept.name, self.language: name})
        lane = self.lanes.get(key, "").strip()
        return Step(own, kind, {self.language: name} if name else {}, self.roles.get(lane.casefold(), ""), _lane(lane))

    def _ours(self, node: Any, tag: str) -> Step | None:
        row = self._row(node, tag)
        try:
            return flow_of({"steps": [row]}).steps[0] if row is not None else None
        except InvalidFlow:
            self.warn("left_out", OURS)
            return None

    def _row(self, node: Any, tag: str) -> Any:
        said = node.find(f"{{{BPMN}}}extensionElements/{{{OURS}}}{tag}")
        try:
            return json.loads(said.text or "") if said is not None else None
        except (ValueError, RecursionError):
            self.warn("left_out", OURS)
            return None

    def links_of(self, process: Any) -> None:
        for line in process.findall(f"{{{BPMN}}}sequenceFlow"):
            source, target = self.keys.get(line.get("sourceRef", "")), self.keys.get(line.get("targetRef", ""))
            if source is None or target is None or any((link.source, link.target) == (source, target) for link in self.links):
                self.warn("left_out", "sequenceFlow")
                continue
            name = " ".join(line.get("name", "").split())[:LONGEST]
            self.links.append(self._link(line, source, target, name))

    def _link(self, line: Any, source: str, target: str, name: str) -> Link:
        row = self._row(line, "link")
        if isinstance(row, Mapping):
            try:
                ends = [{"key": "a"}, {"key": "b"}]
                link = flow_of({"steps": ends, "links": [{**row, "from": "a", "to": "b"}]}).links[0]
            except InvalidFlow:
                self.warn("left_out", OURS)
            else:
                same = name == " ".join(_xml(_shown(link.label, self.language)).split())
                return Link(source, target, link.share, link.label if same else {**link.label, self.language: name})
        self.assumed.add(source)
        return Link(source, target, 1.0, {self.language: name} if name else {})

    def even(self) -> list[Link]:
        """Where a file does not say how many go which way, as many go each way."""
        found = []
        for link in self.links:
            ways = sum(other.source == link.source for other in self.links)
            even = link.source in self.assumed and ways > 1
            found.append(replace(link, share=round(1 / ways, 4)) if even else link)
        for source in {link.source for link in found if link.source in self.assumed and sum(o.source == link.source for o in found) > 1}:
            self.warn("shares_assumed", source)
        return found


def _lane(name: str) -> str:
    lower = name.casefold()
    if lower in LANES:
        return lower
    return next((lane for lane, words in LANE_WORDS.items() if any(word in lower for word in words)), "front")
