// Results as a chart: one column of numbers by one of names; a third column tells series apart.

import { scaleBand, scaleLinear } from "d3-scale";
import { stack } from "d3-shape";
import { icon, savedSvg } from "./map";
import { columns, isNumber, resultOf, type Cell, type Result, type Row } from "./rows";
import { drawn, element, say } from "./settings";

const MOST = 60;
const SERIES = 6;
const BAR = 26;

interface Plot {
  value: string;
  name: string;
  series?: string;
}

function text(cell: Cell | undefined): string {
  if (!cell) return say("no-value");
  return cell.type === "uri" ? decodeURIComponent(cell.value.replace(/^.*[/#](?=.)/, "")) : cell.value;
}

/** Which columns to draw, or null where there is nothing to draw. */
function plotted(result: Result, value?: string): Plot | null {
  const numbers = columns(result, isNumber);
  const chosen = value && numbers.includes(value) ? value : numbers[0];
  const others = result.variables.filter((v) => !numbers.includes(v));
  const kinds = (name: string) => new Set(result.rows.map((row) => text(row[name]))).size;
  const called = others.find((v) => /label|name|title/i.test(v)) ?? others[0];
  if (!chosen || !called || result.rows.length < 2) return null;
  // A name that stands for itself in each row has no use for series.
  const repeats = kinds(called) < result.rows.length;
  const series = repeats ? others.find((v) => v !== called && kinds(v) <= SERIES) : undefined;
  return { value: chosen, name: called, series };
}

export class ChartView {
  priority = 4;
  label = say("chart");
  private value: string | undefined;

  constructor(private yasr: any) {}

  canHandleResults(): boolean {
    // Asked of every result, whether it is drawn or not: the first rows tell.
    const result = resultOf(this.yasr);
    return plotted({ ...result, rows: result.rows.slice(0, 1000) }) !== null;
  }

  getIcon(): Element {
    return icon("M1 15V1h2v14H1zm4 0V7h3v8H5zm5 0V3h3v12h-3z");
  }

  draw(): void {
    const result = resultOf(this.yasr);
    const plot = plotted(result, this.value);
    if (!plot) return;
    const figure = element("figure", { class: "query-chart" });
    const numbers = columns(result, isNumber);
    if (numbers.length > 1) figure.append(this.choice(numbers, plot.value));
    this.yasr.resultsEl.replaceChildren(figure);
    figure.append(...chart(result, plot, Math.max(300, Math.min(900, figure.clientWidth))));
  }

  private choice(numbers: string[], value: string): HTMLElement {
    const select = element("select");
    for (const name of numbers) {
      const option = element("option", { value: name }, name);
      option.selected = name === value;
      select.append(option);
    }
    select.addEventListener("change", () => {
      this.value = select.value;
      this.draw();
    });
    return element("label", { class: "choice" }, `${say("column")} `, select);
  }

  download(filename?: string) {
    const svg = this.yasr.resultsEl.querySelector(".query-chart svg");
    return svg && savedSvg(svg, filename);
  }
}

function chart(result: Result, { value, name, series }: Plot, width: number): Node[] {
  const left = Math.min(250, width * 0.38);
  const letters = Math.floor(left / 7);
  const kinds = series ? [...new Set(result.rows.map((row) => text(row[series])))] : [value];
  const sums = new Map<string, Record<string, number>>();
  for (const row of result.rows) {
    const one = sums.get(text(row[name])) ?? Object.fromEntries(kinds.map((kind) => [kind, 0]));
    one[series ? text(row[series]) : value] += amount(row, value);
    sums.set(text(row[name]), one);
  }
  const names = [...sums.keys()].slice(0, MOST);
  const layers = stack<string, string>()
    .keys(kinds)
    .value((key, kind) => sums.get(key)?.[kind] ?? 0)(names);
  const ends = layers.flatMap((layer) => layer.flatMap((part) => [part[0], part[1]]));
  const x = scaleLinear([Math.min(0, ...ends), Math.max(0, ...ends)], [left, width - 60]).nice();
  const height = names.length * BAR;
  const y = scaleBand(names, [4, height + 4]).padding(0.25);

  const label = say("chart-of", { value, name });
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height + 34}`, role: "img", "aria-label": label });
  const whole = ends.every(Number.isInteger);
  for (const tick of x.ticks(width / 130).filter((tick) => !whole || Number.isInteger(tick))) {
    svg.append(
      drawn("line", { class: "axis", x1: x(tick), x2: x(tick), y1: 0, y2: height + 8 }),
      drawn("text", { class: "tick", x: x(tick), y: height + 26, "text-anchor": "middle" }, said(tick)),
    );
  }
  layers.forEach((layer, index) => {
    layer.forEach((part, i) => {
      const [from, to] = [x(part[0]), x(part[1])].sort((a, b) => a - b);
      const bar = drawn("rect", {
        class: `bar-${index}`, x: from, y: y(names[i]) ?? 0, width: Math.max(0, to - from), height: y.bandwidth(),
      });
      bar.append(drawn("title", {}, `${names[i]}${series ? `, ${kinds[index]}` : ""}: ${said(part[1] - part[0])}`));
      svg.append(bar);
    });
  });
  names.forEach((one) => {
    const middle = (y(one) ?? 0) + y.bandwidth() / 2;
    const total = kinds.reduce((sum, kind) => sum + (sums.get(one)?.[kind] ?? 0), 0);
    svg.append(
      drawn("text", { class: "label", x: left - 10, y: middle, "text-anchor": "end", dy: "0.35em" }, cut(one, letters)),
      drawn("text", { class: "tick", x: x(Math.max(0, total)) + 6, y: middle, dy: "0.35em" }, said(total)),
    );
  });
  const parts: Node[] = [element("div", { class: "plot" }, svg as unknown as Node)];
  if (series) {
    const keys = kinds.map((kind, i) => element("li", { class: `key-${i}` }, kind));
    parts.unshift(element("ul", { class: "keys" }, ...keys));
  }
  if (sums.size > MOST) {
    parts.push(element("figcaption", {}, say("bars-cut", { shown: MOST, all: sums.size })));
  }
  return parts;
}

function amount(row: Row, value: string): number {
  return row[value] ? +row[value].value : 0;
}

function said(number: number): string {
  return new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 }).format(number);
}

function cut(name: string, letters: number): string {
  return name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
}
