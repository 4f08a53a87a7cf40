"""R-028: what is wrong with a process is found before it is released; times, pictures, BPMN."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from tests.cast import AT, World

from steward.core.catalog.controlled import kinds, operations
from steward.core.catalog.controlled.errors import InvalidContent, NotReadyToRelease
from steward.core.catalog.processes import demo, exchange
from steward.core.catalog.processes.bpmn import BPMN, InvalidBpmn, read_bpmn, write_bpmn
from steward.core.catalog.processes.checks import Target, findings_of
from steward.core.catalog.processes.clarity import clarity_of
from steward.core.catalog.processes.drawing import layout_of, svg_of, wrapped
from steward.core.catalog.processes.flow import Flow, InvalidFlow, Minutes, flow_of
from steward.core.catalog.processes.flow import content_of as kept
from steward.core.catalog.processes.times import mean_of, times_of
from steward.ground.fields import localized

AS_IS = demo.content_of(demo.AS_IS, demo.AS_IS_WAYS)
TO_BE = demo.content_of(demo.TO_BE, demo.TO_BE_WAYS)


def line(*steps: dict[str, Any], links: list[tuple[str, str, float]] | None = None) -> Flow:
    """start → steps → end, or with these links; a step says only what the test is about."""
    sound = {"role": "r", "minutes": [1, 1, 1], "text": {"en": "Told."}}
    middle = [{"name": {"en": step["key"]}, **sound, **step} for step in steps]
    rows = [{"key": "start", "kind": "start"}, *middle, {"key": "end", "kind": "end"}]
    keys = [row["key"] for row in rows]
    ways = links if links is not None else [(one, other, 1.0) for one, other in pairwise(keys)]
    return flow_of({"steps": rows, "links": [{"from": a, "to": b, "share": share} for a, b, share in ways]})


def codes(flow: Flow, **more: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in findings_of(flow, language="en", **more):
        found.setdefault(one.code, []).append(one.place)
    return found


def test_r028_importing_the_account_opening_finds_the_two_hidden_steps_and_the_document_asked_for_twice() -> None:
    content, warned = exchange.read_file(exchange.to_bpmn(AS_IS, name="个人开户"), roles={})
    assert not warned
    found = codes(flow_of(content))
    assert found["hidden"] == found["no_owner"] == ["copy", "review"]
    assert found["document_twice"] == ["open"]
    assert not [one for one in findings_of(flow_of(TO_BE)) if one.blocks or one.code in ("hidden", "document_twice")]


def test_r028_hidden_steps_are_found_without_our_extension(world: World) -> None:
    """Another tool drops what it does not know; what nobody answers for and nobody is told of is still on the way."""
    data = re.sub(rb"<bpmn:extensionElements>.*?</bpmn:extensionElements>", b"", exchange.to_bpmn(AS_IS, name="x"), flags=re.DOTALL)
    content, warned = exchange.read_file(data, roles={})
    assert {"copy", "review"} <= set(codes(flow_of(content))["hidden"])
    assert ("shares_assumed", "papers") in [(one.code, one.what) for one in warned]


@pytest.mark.django_db
def test_r028_publishing_requires_every_step_to_have_an_owner(world: World) -> None:
    by = world.actor("supervisor")
    draft = operations.open_document(unit=world.branch, kind="process", code="open", name=localized("开户"), by=by, at=AT, content=TO_BE)
    assert not [one for one in kinds.get("process").problems(draft) if one.blocks]
    ownerless = {**TO_BE, "steps": [{**step, "role": ""} if step["key"] == "form" else step for step in TO_BE["steps"]]}
    draft = operations.save_draft(draft=draft, content=ownerless, changes="", seen_at=draft.changed_at, by=by, at=AT)
    assert [(one.code, one.place) for one in kinds.get("process").problems(draft) if one.blocks] == [("no_owner", "form")]
    release = operations.open_release(unit=world.branch, name="x", units=[world.branch], by=by, at=AT)
    operations.add_version(release=release, version=draft, by=by, at=AT)
    with pytest.raises(NotReadyToRelease, match="当面填写、核对"):
        operations.schedule_release(release=release, takes_effect_at=AT, by=by, at=AT)
    operations.save_draft(draft=draft, content=TO_BE, changes="", seen_at=draft.changed_at, by=by, at=AT)
    assert operations.schedule_release(release=release, takes_effect_at=AT, by=by, at=AT).state == "scheduled"
    assert kinds.get("process").audience(draft.content) == {"front_line", "supervisor"}


@pytest.mark.parametrize(
    ("flow", "code", "places"),
    [
        (line({"key": "a"}, {"key": "b"}, links=[("start", "a", 1), ("a", "end", 1), ("b", "end", 1)]), "unreachable", ["b"]),
        (line({"key": "a"}, {"key": "b"}, links=[("start", "a", 1), ("a", "b", 1), ("b", "a", 1)]), "loop_without_exit", ["a", "b"]),
        (line({"key": "a"}, {"key": "b"}, links=[("start", "a", 0.5), ("start", "b", 0.5), ("a", "end", 1)]), "dead_end", ["b"]),
        (line({"key": "a", "minutes": None}), "no_minutes", ["a"]),
        (line({"key": "a", "role": ""}), "no_owner", ["a"]),
        (line({"key": "a", "text": {}}), "no_text", ["a"]),
        (line({"key": "a", "name": {}}), "no_name", ["a"]),
        (line({"key": "a", "kind": "handover"}), "no_acceptance", ["a"]),
        (line({"key": "a"}, {"key": "b"}, links=[("start", "a", 1), ("a", "b", 0.5), ("a", "end", 0.4), ("b", "end", 1)]), "shares", ["a"]),
        (line({"key": "a", "fails": "x"}), "no_failure_path", ["a"]),
        (line({"key": "a", "kind": "decision"}), "one_way_decision", ["a"]),
        (line({"key": "a", "documents": ["ＩＤ card"]}, {"key": "b", "documents": ["id Card "]}), "document_twice", ["b"]),
        (line({"key": "a", "text": {"en": "We triage it."}}), "jargon", ["a"]),
    ],
)  # fmt: skip
def test_r028_each_fault_is_found_and_a_sound_flow_has_none(flow: Flow, code: str, places: list[str]) -> None:
    assert codes(flow, jargon=["triage"])[code] == places
    assert not codes(line({"key": "a"}), jargon=["triage"])


def test_a_document_on_two_ways_that_exclude_each_other_is_asked_for_once() -> None:
    flow = line(
        {"key": "a", "documents": ["ID"]}, {"key": "b", "documents": ["ID"]},
        links=[("start", "a", 0.5), ("start", "b", 0.5), ("a", "end", 1), ("b", "end", 1)],
    )  # fmt: skip
    assert "document_twice" not in codes(flow)


def test_a_loop_with_an_exit_is_no_fault() -> None:
    flow = line({"key": "a"}, {"key": "b"}, links=[("start", "a", 1), ("a", "b", 1), ("b", "a", 0.3), ("b", "end", 0.7)])
    assert "loop_without_exit" not in codes(flow)


def test_a_way_that_misses_a_target_is_found() -> None:
    flow = line({"key": "a", "minutes": [10, 20, 60]})
    times = times_of(flow, seed=1)
    assert "misses_target" in codes(flow, times=times, targets=[Target("limit", 30)])
    assert "misses_target" not in codes(flow, times=times, targets=[Target("limit", 60)])


# Times against what can be worked out by hand


def test_the_mean_of_a_sum_of_triangles_is_the_sum_of_their_means() -> None:
    flow = line({"key": "a", "minutes": [2, 5, 14]}, {"key": "b", "minutes": [1, 1, 10], "kind": "wait"})
    times = times_of(flow, seed=3, runs=40_000, shape="triangular")
    assert abs(times.mean - (7 + 4)) < 4 * times.error
    assert (abs(times.touch - 7) < 0.1, abs(times.waiting - 4) < 0.1) == (True, True)


def test_the_quantiles_of_one_triangular_step_are_the_closed_ones() -> None:
    low, mode, high = 2.0, 5.0, 14.0
    times = times_of(line({"key": "a", "minutes": [low, mode, high]}), seed=3, runs=40_000, shape="triangular")
    for got, q in ((times.p50, 0.5), (times.p90, 0.9)):
        assert got == pytest.approx(high - np.sqrt((1 - q) * (high - low) * (high - mode)), rel=0.01)


def test_the_pert_mean_and_variance_are_the_closed_ones() -> None:
    minutes = Minutes(2, 5, 14)
    times = times_of(line({"key": "a", "minutes": [2, 5, 14]}), seed=3, runs=40_000)
    assert abs(times.mean - mean_of(minutes)) < 4 * times.error
    a, b = 1 + 4 * 3 / 12, 1 + 4 * 9 / 12
    assert times.error * np.sqrt(40_000) == pytest.approx(12 * np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1))), rel=0.02)


def test_a_loop_is_met_as_often_as_the_geometric_law_says() -> None:
    flow = line({"key": "a", "minutes": [3, 3, 3]}, links=[("start", "a", 1), ("a", "end", 0.75), ("a", "a", 0.25)])
    times = times_of(flow, seed=5, runs=40_000)
    assert times.steps["a"].visits == pytest.approx(1 / 0.75, rel=0.02)
    assert times.mean == pytest.approx(4, rel=0.02)


def test_the_same_seed_gives_the_same_and_ends_have_their_shares() -> None:
    one, two = (times_of(flow_of(AS_IS), seed=7) for _ in range(2))
    assert one == two != times_of(flow_of(AS_IS), seed=8)
    assert one.ends["again"] == pytest.approx(0.31, abs=0.03)
    assert one.p90 < one.sum_of_p90


def test_r028_the_new_way_of_opening_an_account_succeeds_at_the_first_visit_in_88_to_93_of_100() -> None:
    assert 0.88 <= times_of(flow_of(TO_BE), seed=28).ends["done"] <= 0.93


# Clarity


def test_r028_the_clarity_score_counts_length_trade_words_and_silence() -> None:
    plain = line({"key": "a", "text": {"zh-hans": "请出示身份证。"}})
    assert clarity_of(plain, language="zh-hans", jargon=[]).score == 100
    worse = line(
        {"key": "a", "text": {"zh-hans": "请" * 30 + "。"}}, {"key": "b", "text": {"zh-hans": "请补件。"}}, {"key": "c", "text": {}}
    )
    found = clarity_of(worse, language="zh-hans", jargon=["补件"])
    assert (len(found.long), found.jargon, found.silent) == (1, (("b", "补件"),), ("c",))
    assert found.score == round(100 - 5 * 4 / 2 - 10 - 50 / 3)
    assert clarity_of(plain, language="en", jargon=[]).score is None


# Files


@pytest.mark.parametrize("content", [AS_IS, TO_BE])
def test_a_round_trip_through_bpmn_and_json_loses_nothing(content: dict[str, Any]) -> None:
    flow = flow_of(content)
    assert read_bpmn(write_bpmn(flow, name="开户")) == (flow, [])
    assert kept(flow_of(json.loads(exchange.to_json(content)))) == kept(flow)


def test_hostile_words_come_back_as_they_were() -> None:
    odd = "</bpmn:task><script>alert(1)</script> & \"'\x0b é 𠮷"
    flow = line({"key": "a", "name": {"en": odd, "zh-hans": "核"}, "text": {"en": odd}, "documents": ["<b>"]})
    assert read_bpmn(write_bpmn(flow, name=odd)) == (flow, [])


def test_a_name_changed_in_another_tool_is_taken_over() -> None:
    data = write_bpmn(flow_of(TO_BE), name="x").replace('name="大堂先看材料"'.encode(), 'name="先看材料"'.encode())
    step = read_bpmn(data)[0].step("ticket")
    assert (step.name["zh-hans"], step.name["en"], step.role) == ("先看材料", "A first look at the papers in the lobby", "front_line")


FOREIGN = f"""<?xml version="1.0"?><definitions xmlns="{BPMN}" xmlns:z="urn:other"><collaboration id="c"><participant id="p" processRef="P"/>
<messageFlow id="m" sourceRef="a" targetRef="b"/></collaboration><process id="P"><laneSet><lane name="Front line"><flowNodeRef>1 a</flowNodeRef>
</lane><lane name="患者"><flowNodeRef>b</flowNodeRef></lane></laneSet>
<startEvent id="s"/><userTask id="1 a" name="Look"/><subProcess id="b" name="Sub"><task id="i"/>
</subProcess><boundaryEvent id="be" attachedToRef="b"/><inclusiveGateway id="g"/><endEvent id="e"/><dataObject id="d"/><textAnnotation id="t"/>
<sequenceFlow id="1" sourceRef="s" targetRef="1 a"/><sequenceFlow id="2" sourceRef="1 a" targetRef="g"/>
<sequenceFlow id="3" sourceRef="g" targetRef="b"/>

<sequenceFlow id="4" sourceRef="g" targetRef="e"/>
<sequenceFlow id="5" sourceRef="be" targetRef="e"/></process></definitions>""".encode()


def test_a_file_of_another_tool_is_read_and_what_was_left_out_is_named() -> None:
    flow, warned = read_bpmn(FOREIGN, language="en", roles={"Front line": "front_line"})
    first, sub = flow.steps[1], flow.step("b")
    assert (first.key, first.name, first.role, first.lane, sub.lane) == ("s2", {"en": "Look"}, "front_line", "front", "customer")
    assert [(link.source, link.target, link.share) for link in flow.links] == [
        ("s", "s2", 1.0), ("s2", "g", 1.0), ("g", "b", 0.5), ("g", "e", 0.5), ("b", "e", 1.0),
    ]  # fmt: skip
    assert {(one.code, one.what) for one in warned} == {
        ("simpler", "subProcess"), ("simpler", "boundaryEvent"), ("simpler", "inclusiveGateway"), ("shares_assumed", "g"),
        ("left_out", "messageFlow"), ("left_out", "dataObject"), ("left_out", "textAnnotation"),
    }  # fmt: skip


BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(f"<!ENTITY a{n} '&a{n - 1 or ''};&a{n - 1 or ''};'>" for n in range(1, 30)) + "]>"
XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (f"<?xml version='1.0'?>{BOMB}<definitions xmlns='{BPMN}'><process>&a29;</process></definitions>", "forbidden"),
        (f"<?xml version='1.0'?>{XXE}<definitions xmlns='{BPMN}'><process name='&e;'/></definitions>", "forbidden"),
        ("<definitions/>", "not_bpmn"),
        ("not xml", "not_xml"),
        ("", "not_xml"),
        ("<?xml version='1.0' encoding='nowhere'?><a/>", "not_xml"),
        (f"<definitions xmlns='{BPMN}'><process>" + "<subProcess>" * 500 + "</subProcess>" * 500 + "</process></definitions>", "too_large"),
        (f"<definitions xmlns='{BPMN}'><process>" + "<task/>" * 500 + "</process></definitions>", "too_many"),
        (f"<definitions xmlns='{BPMN}'>{' ' * 2_000_001}<process/></definitions>", "too_large"),
    ],
    ids=["bomb", "outside entity", "other root", "no xml", "empty", "encoding", "deep", "many", "long"],
)  # fmt: skip
def test_hostile_files_are_refused(data: str, code: str) -> None:
    with pytest.raises(InvalidBpmn) as caught:
        read_bpmn(data.encode())
    assert caught.value.code == code


@pytest.mark.parametrize(
    "said", ["[]", '"x"', "{", '{"key": "a", "minutes": [3, 2, 1]}', '{"key": "a", "kind": "x"}', '{"minutes": [1e999, 0, 0], "key": "a"}']
)
def test_an_extension_that_says_nonsense_is_left_out_with_a_warning(said: str) -> None:
    data = f"""<definitions xmlns="{BPMN}" xmlns:o="urn:steward:process:1"><process><task id="a" name="A"><extensionElements><o:step>{said}</o:step>
    </extensionElements></task></process></definitions>"""
    flow, warned = read_bpmn(data.encode(), language="en")
    assert flow.step("a").name == {"en": "A"}
    assert [one.code for one in warned] == ["left_out"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ([], "shape"),
        ({"steps": "x"}, "shape"),
        ({"steps": [1]}, "shape"),
        ({"steps": [{"key": "<script>"}]}, "key"),
        ({"steps": [{"key": "a"}, {"key": "a"}]}, "key_twice"),
        ({"steps": [{"key": "a", "lane": "x"}]}, "lane"),
        ({"steps": [{"key": "a", "minutes": [1, float("nan"), 2]}]}, "minutes"),
        ({"steps": [{"key": "a", "minutes": [-1, 0, 2]}]}, "minutes"),
        ({"steps": [{"key": "a", "text": {"en": "x" * 501}}]}, "too_long"),
        ({"steps": [{"key": "a"}], "links": [{"from": "a", "to": "b"}]}, "link"),
        ({"steps": [{"key": "a"}], "links": [{"from": "a", "to": "a", "share": 2}]}, "share"),
        ({"steps": [{"key": "a"}], "links": [{"from": "a", "to": "a"}] * 2}, "link_twice"),
        ({"steps": [{"key": f"s{n}"} for n in range(121)]}, "too_many"),
    ],
)
def test_a_content_that_is_no_flow_is_refused(content: Any, code: str) -> None:
    with pytest.raises(InvalidFlow) as caught:
        flow_of(content)
    assert caught.value.code == code
    with pytest.raises(InvalidContent):
        kinds.get("process").clean(content)


# The picture


def drawn(flow: Flow) -> str:
    return svg_of(flow, title="<b>", words=lambda text: str(localized(text)), lanes={"front": "<i>"}, roles={"r": "<u>"}, hidden="<s>")


def test_the_picture_escapes_every_word_and_holds_no_script() -> None:
    flow = line({"key": "a", "name": {"en": "<script>alert(1)</script>"}, "hidden": True, "text": {"en": "x"}})
    svg = drawn(flow)
    assert "<script" not in svg
    assert not re.search(r"<[bius]>|\son\w+=|style|href", svg)
    assert svg.count("<g>") == 3


def test_every_step_has_a_place_of_its_own_and_no_line_crosses_a_box() -> None:
    for content in (AS_IS, TO_BE):
        plan = layout_of(flow_of(content))
        places = [(box.x, box.y) for box in plan.boxes.values()]
        assert len(set(places)) == len(places)
        for link, points in plan.lines:
            for (x1, y1), (x2, y2) in pairwise(points):
                for box in plan.boxes.values():
                    if box.step.key in (link.source, link.target):
                        continue
                    inside = max(x1, x2) > box.x and min(x1, x2) < box.x + 136 and max(y1, y2) > box.y and min(y1, y2) < box.y + 58
                    assert not inside, (link, box.step.key)


def test_chinese_wraps_anywhere_and_long_words_are_cut() -> None:
    assert wrapped("核对证件和材料是否齐全有效", 72, 3) == ["核对证件和材", "料是否齐全有", "效"]
    assert wrapped("a" * 60, 72, 2)[-1].endswith("…")
    assert wrapped("", 72, 2) == [""]


def test_a_long_flow_with_loops_is_drawn() -> None:
    steps = [{"key": f"s{n}"} for n in range(118)]
    onward, back = [(f"s{n}", f"s{n + 1}", 0.5) for n in range(117)], [(f"s{n}", "s0", 0.5) for n in range(1, 117)]
    links = [("start", "s0", 1.0), *onward, *back, ("s117", "end", 1.0)]
    assert drawn(line(*steps, links=links)).endswith("</svg>")
