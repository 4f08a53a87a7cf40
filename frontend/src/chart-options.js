// ECharts options for each kind of chart, from the data of steward.ground.ui.charts.Chart. Pure: data, colours and sizes in, an options object out.
// The page (charts.js) and the printed document (charts-ssr.js) draw from here, so nothing here asks for a browser or for Intl.

// Okabe and Ito's palette, which people with any colour vision can tell apart; lighter where the ground is dark.
export const palette = {
  light: ["#17607f", "#b06a00", "#00795a", "#9c4a7c", "#7a6f00", "#5b6670"],
  dark: ["#6db7d6", "#e8a33d", "#5cc2a0", "#d98bb8", "#e5d865", "#9fb0bd"],
};
const signs = ["circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect"];
const dashes = ["solid", [6, 3], [2, 2], [8, 3, 2, 3], "solid", [6, 3]];

const text = (value, digits, unit) => {
  if (value === null || value === undefined) return "—";
  const [whole, rest] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? `.${rest}` : "");
  const shown = value < 0 && /[1-9]/.test(grouped) ? `−${grouped}` : grouped;
  return unit ? (unit === "%" ? `${shown}%` : `${shown} ${unit}`) : shown;
};
const escape = (value) => String(value).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

function tooltip(data, look) {
  return {
    trigger: ["heat", "funnel", "spread", "points"].includes(data.kind) ? "item" : "axis",
    confine: true,
    backgroundColor: look.dark ? "#22272b" : "#ffffff",
    borderColor: look.line,
    textStyle: { color: look.text, fontSize: 12 * look.size },
    axisPointer: { type: "line", lineStyle: { color: look.strong } },
    formatter(found) {
      const at = Array.isArray(found) ? found[0].dataIndex : found.dataIndex;
      if (data.kind === "heat") {
        const [column, row] = found.value;
        return `${escape(data.series[row].name)}, ${escape(data.labels[column])}: <b>${text(data.series[row].values[column], data.digits, data.unit)}</b>`;
      }
      const lines = data.series.map((series) => {
        const range = series.low.length && series.low[at] !== null ? ` (${text(series.low[at], data.digits, "")}–${text(series.high[at], data.digits, "")})` : "";
        const n = series.n.length ? `, ${data.words.n}=${text(series.n[at], 0, "")}` : "";
        return `${escape(series.name)}: <b>${escape(series.shown?.[at] || text(series.values[at], data.digits, data.unit))}</b>${range}${n}`;
      });
      return [`<b>${escape(data.labels[at])}</b>`, ...lines].join("<br>");
    },
  };
}

const axisText = (look) => ({ color: look.soft, fontSize: 12 * look.size });

function axes(data, look) {
  const x = { type: "category", data: data.labels, boundaryGap: data.kind === "bar" || data.kind === "distribution", axisLine: { lineStyle: { color: look.strong } }, axisTick: { show: false }, axisLabel: { ...axisText(look), hideOverlap: true } };
  const y = { type: "value", scale: !["bar", "distribution"].includes(data.kind), splitLine: { lineStyle: { color: look.line } }, axisLabel: { ...axisText(look), formatter: (value) => text(value, Number.isInteger(value) ? 0 : data.digits, data.unit === "%" ? "%" : "") } };
  return { xAxis: x, yAxis: y };
}

function grid(data, look, right) {
  return { left: 4, right: right ?? 12, top: (data.marks.length ? 34 : 16) * look.size, bottom: 4, containLabel: true };
}

function markLines(data, look) {
  // Where there is no room for words, a mark has its number in the list beneath.
  const short = data.marks.length > 2 || look.width < 640;
  const lines = data.marks.map((mark, at) => ({ xAxis: mark.at, label: { formatter: short ? String(at + 1) : mark.text, position: "end", color: look.text, fontSize: 12 * look.size, distance: 6 }, lineStyle: { color: look.soft, type: "solid", width: 1 } }));
  if (data.target !== null) lines.push({ yAxis: data.target, label: { formatter: `${data.words.target} ${text(data.target, data.digits, data.unit)}`, position: "insideStartTop", color: look.soft, fontSize: 12 * look.size }, lineStyle: { color: look.soft, type: [4, 3], width: 1 } });
  return lines.length ? { silent: true, symbol: "none", data: lines } : undefined;
}

// The interval of each value as a quiet band: a transparent line below, and the difference stacked on it.
function band(series, index, look) {
  if (!series.low.length) return [];
  const base = { type: "line", stack: `band-${index}`, symbol: "none", silent: true, lineStyle: { opacity: 0 }, emphasis: { disabled: true }, tooltip: { show: false } };
  return [
    { ...base, data: series.low },
    { ...base, data: series.high.map((high, at) => (high === null ? null : high - series.low[at])), areaStyle: { color: look.series[index % 6], opacity: look.dark ? 0.22 : 0.13 } },
  ];
}

function longest(data) {
  return Math.max(...data.series.map((series) => [...series.name].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e7f ? 13 : 7.5), 0)));
}

// Names at the ends of lines that finish close together are pushed apart; `offset` is in pixels.
function endOffsets(data, look) {
  const values = data.series.flatMap((series) => [...series.values, ...series.low, ...series.high]).filter((value) => value !== null);
  const scale = (look.height - 60 * look.size) / (Math.max(...values) - Math.min(...values) || 1);
  const ends = data.series.map((series, index) => ({ index, y: -scale * (series.values.findLast((value) => value !== null) ?? 0) })).sort((a, b) => a.y - b.y);
  const offsets = [];
  let floor = -Infinity;
  for (const end of ends) {
    const y = Math.max(end.y, floor);
    offsets[end.index] = y - end.y;
    floor = y + 15 * look.size;
  }
  const lift = Math.max(0, ...offsets) / 2;
  return offsets.map((offset) => [4, offset - lift]);
}

// ECharts places the name at the end of a line by its last item. Where that is empty the name has no place and NaN is logged: such a line is named
// above its last value.
function nameOf(series, label) {
  const last = series.values.findLastIndex((value) => value !== null);
  if (last === series.values.length - 1 && last >= 0) return { endLabel: label };
  if (last < 0 || !label.show) return { endLabel: { show: false } };
  const { offset: _offset, ...words } = label;
  return { endLabel: { show: false }, markPoint: { silent: true, symbol: "circle", symbolSize: 1, data: [{ coord: [last, series.values[last]], label: { ...words, position: "top", distance: 8 } }] } };
}

function line(data, look) {
  const many = data.series.length > 1;
  const offsets = endOffsets(data, look);
  const series = data.series.flatMap((each, index) => {
    const label = { show: many, formatter: each.name, color: look.series[index % 6], fontSize: 12 * look.size, fontWeight: 600, offset: offsets[index] };
    return [...band(each, index, look), {
      type: "line", name: each.name, data: each.values, symbol: signs[index % 6], symbolSize: 6, showSymbol: data.labels.length <= 40, connectNulls: false,
      lineStyle: { width: 2, type: dashes[index % 6], color: look.series[index % 6] }, itemStyle: { color: look.series[index % 6] },
      ...nameOf(each, label),
      markLine: index === 0 ? markLines(data, look) : undefined,
    }];
  });
  return { ...axes(data, look), grid: grid(data, look, many ? (longest(data) + 18) * look.size : 16), series };
}

function bar(data, look) {
  const horizontal = data.labels.some((label) => String(label).length > 6) && data.series.length === 1;
  const few = data.labels.length * data.series.length <= 16;
  const { xAxis, yAxis } = axes(data, look);
  const series = data.series.map((each, index) => ({
    type: "bar", name: each.name, data: each.values, barMaxWidth: 34 * look.size, itemStyle: { color: look.series[index % 6], borderRadius: horizontal ? [0, 3, 3, 0] : [3, 3, 0, 0] },
    label: { show: few, position: horizontal ? "right" : "top", color: look.text, fontSize: 12 * look.size, formatter: (found) => (data.series.length > 1 && found.dataIndex === 0 ? `${each.name}\n${text(found.value, data.digits, data.unit)}` : text(found.value, data.digits, data.unit)) },
    markLine: index === 0 && !horizontal ? markLines(data, look) : undefined,
  }));
  const room = { ...grid(data, look, horizontal ? 64 * look.size : 12), top: (data.series.length > 1 ? 40 : 24) * look.size };
  if (!horizontal) return { xAxis, yAxis, grid: room, series };
  return { grid: room, series, yAxis: { ...xAxis, inverse: true, axisLabel: axisText(look) }, xAxis: { ...yAxis, axisLabel: { show: false }, splitLine: { show: false } } };
}

function funnel(data, look) {
  const values = data.series[0].values;
  const first = values[0] || 1;
  return {
    grid: { left: 4, right: 110 * look.size, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: "value", max: first, show: false },
    yAxis: { type: "category", data: data.labels, inverse: true, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { ...axisText(look), color: look.text } },
    series: [{
      type: "bar", data: values, barCategoryGap: "22%", itemStyle: { color: look.series[0], borderRadius: [0, 3, 3, 0] }, showBackground: true, backgroundStyle: { color: look.line, opacity: 0.35 },
      label: { show: true, position: "right", color: look.text, fontSize: 12 * look.size, formatter: (found) => `${text(found.value, 0, "")} · ${text((found.value / first) * 100, 1, "%")}` },
    }],
  };
}

function control(data, look) {
  const limit = (name, values) => ({ type: "line", name, data: values, step: "middle", symbol: "none", silent: true, lineStyle: { color: look.soft, width: 1, type: [5, 3] }, ...nameOf({ values }, { show: true, formatter: name, color: look.soft, fontSize: 12 * look.size }), tooltip: { show: false } });
  const each = data.series[0];
  const points = each.values.map((value, at) => (data.signals.includes(at) ? { value, symbol: "diamond", symbolSize: 12, itemStyle: { color: look.danger }, label: { show: true, formatter: data.words.signal, position: "right", color: look.danger, fontSize: 12 * look.size } } : { value }));
  const centre = data.centre === null ? [] : [{ ...limit(data.words.centre, data.labels.map(() => data.centre)), lineStyle: { color: look.soft, width: 1 } }];
  return {
    ...axes(data, look),
    grid: grid(data, look, 82 * look.size),
    series: [
      { type: "line", name: each.name, data: points, symbol: "circle", symbolSize: 6, lineStyle: { width: 1.5, color: look.series[0] }, itemStyle: { color: look.series[0] }, markLine: markLines(data, look) },
      ...centre, limit(data.words.upper, data.upper), limit(data.words.lower, data.lower),
    ],
  };
}

function heat(data, look) {
  const values = data.series.flatMap((series) => series.values).filter((value) => value !== null);
  const [low, high] = [Math.min(0, ...values), Math.max(1, ...values)];
  const ramp = look.dark ? ["#1c2a31", "#23556b", "#4a9cbf", "#b5e2f3"] : ["#eef4f7", "#b7d6e3", "#5f9fbb", "#114d68"];
  // Words on a cell take the colour that reads on its shade: the ramp runs light to dark on a light ground and the other way on a dark one.
  const onCell = (value) => ((value - low) / (high - low) > 0.62) === look.dark ? "#10181c" : "#ffffff";
  const quiet = (value) => ((value - low) / (high - low) > 0.62 ? onCell(value) : look.text);
  const cells = data.series.flatMap((series, row) => series.values.map((value, column) => ({ value: [column, row, value], label: { color: quiet(value ?? low) } })));
  return {
    grid: { left: 4, right: 8, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: "category", data: data.labels, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { ...axisText(look), hideOverlap: true } },
    yAxis: { type: "category", data: data.series.map((series) => series.name), inverse: true, axisLine: { show: false }, axisTick: { show: false }, axisLabel: axisText(look) },
    visualMap: { show: false, min: low, max: high, inRange: { color: ramp } },
    series: [{ type: "heatmap", data: cells, itemStyle: { borderColor: look.surface, borderWidth: 2 }, label: { show: data.labels.length <= 14 && look.width > 360, fontSize: 11 * look.size, formatter: (found) => text(found.value[2], data.digits, "") } }],
  };
}

function distribution(data, look) {
  const made = bar({ ...data, series: data.series }, look);
  made.series.forEach((series) => Object.assign(series, { barCategoryGap: "2%", barMaxWidth: undefined, label: { show: false } }));
  return made;
}

// One line a label: the value as a dot, its interval as a line through it. Says more than a bar, and does not pretend that zero matters.
function points(data, look) {
  const each = data.series[0];
  const names = data.labels.map((label, at) => (each.n.length ? `${label}  ${data.words.n}=${text(each.n[at], 0, "")}` : label));
  const whisker = {
    type: "custom", silent: true, z: 1, tooltip: { show: false }, encode: { x: [1, 2], y: 0 },
    data: each.low.map((low, at) => [at, low, each.high[at]]).filter(([, low, high]) => low !== null && high !== null),
    renderItem(_, api) {
      const [x1, y1] = api.coord([api.value(1), api.value(0)]);
      const [x2, y2] = api.coord([api.value(2), api.value(0)]);
      return { type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: look.series[0], lineWidth: 2, opacity: 0.55 } };
    },
  };
  const lines = data.target === null ? [] : [{ xAxis: data.target, label: { formatter: `${data.words.target} ${text(data.target, data.digits, data.unit)}`, color: look.soft, fontSize: 12 * look.size }, lineStyle: { color: look.soft, type: [4, 3], width: 1 } }];
  const known = [...each.values, ...each.low, ...each.high].filter((value) => value !== null && value !== undefined);
  const room = (Math.max(...known) - Math.min(...known) || 1) * 0.04;
  return {
    grid: { left: 4, right: 64 * look.size, top: (lines.length ? 28 : 8) * look.size, bottom: 4, containLabel: true },
    yAxis: { type: "category", data: names, inverse: true, axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: true, lineStyle: { color: look.line } }, axisLabel: { ...axisText(look), color: look.text, width: Math.min(220, look.width * 0.42), overflow: "truncate" } },
    xAxis: { type: "value", scale: true, min: Math.min(...known) >= 0 ? Math.max(0, Math.min(...known) - room) : Math.min(...known) - room, max: Math.max(...known) + room, splitLine: { lineStyle: { color: look.line } }, axisLabel: { ...axisText(look), hideOverlap: true, formatter: (value) => text(value, Number.isInteger(value) ? 0 : data.digits, data.unit === "%" ? "%" : "") } },
    series: [whisker, {
      type: "scatter", name: each.name, data: each.values, symbolSize: 10, itemStyle: { color: look.series[0] },
      label: { show: data.labels.length <= 24, position: "right", distance: 8, color: look.text, fontSize: 12 * look.size, formatter: (found) => text(found.value, data.digits, data.unit), backgroundColor: look.surface, padding: [0, 2] },
      labelLayout: { hideOverlap: true }, markLine: lines.length ? { silent: true, symbol: "none", data: lines } : undefined,
    }],
  };
}

// The funnel plot: each group by its size, between what chance alone would do. Outside the outer limits it has a name and another sign.
function spread(data, look) {
  const each = data.series[0];
  const rim = (place, name, dash) => ({ type: "line", name, data: data.rims.map((at) => [at[0], at[place]]), symbol: "none", silent: true, smooth: 0.3, lineStyle: { color: look.soft, width: 1, type: dash }, endLabel: { show: place === 2 || place === 4, formatter: name, color: look.soft, fontSize: 11 * look.size }, tooltip: { show: false } });
  const few = data.labels.length <= 14;
  const places = each.values.map((value, at) => ({
    value: [each.n[at], value], symbol: data.signals.includes(at) ? "diamond" : "circle", symbolSize: data.signals.includes(at) ? 13 : 9,
    itemStyle: { color: data.signals.includes(at) ? look.series[1] : look.series[0] },
    label: { show: few || data.signals.includes(at), formatter: data.labels[at], position: "top", color: look.text, fontSize: 12 * look.size },
  }));
  const axis = { type: "value", splitLine: { lineStyle: { color: look.line } } };
  return {
    grid: { left: 4, right: 78 * look.size, top: 24 * look.size, bottom: 20 * look.size, containLabel: true },
    xAxis: { ...axis, name: data.words.n, nameLocation: "middle", nameGap: 26 * look.size, nameTextStyle: axisText(look), min: 0, axisLabel: { ...axisText(look), hideOverlap: true, formatter: (value) => text(value, 0, "") } },
    yAxis: { ...axis, scale: true, axisLabel: { ...axisText(look), formatter: (value) => text(value, Number.isInteger(value) ? 0 : data.digits, data.unit === "%" ? "%" : "") } },
    series: [
      { type: "scatter", name: each.name, data: places, labelLayout: { hideOverlap: true }, markLine: data.centre === null ? undefined : { silent: true, symbol: "none", data: [{ yAxis: data.centre, label: { formatter: text(data.centre, data.digits, data.unit), color: look.soft, fontSize: 12 * look.size }, lineStyle: { color: look.soft, type: "solid", width: 1 } }] } },
      rim(1, data.words.warns, [4, 3]), rim(2, data.words.warns, [4, 3]), rim(3, data.words.alarms, "solid"), rim(4, data.words.alarms, "solid"),
    ],
  };
}

const kinds = { line, bar, funnel, control, heat, distribution, points, spread };

export function options(data, colours, sizes) {
  const look = { ...colours, ...sizes };
  return {
    animation: !look.still,
    animationDuration: 180,
    textStyle: { fontFamily: look.font },
    tooltip: tooltip(data, look),
    ...kinds[data.kind](data, look),
  };
}
