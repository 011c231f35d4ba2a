// Partnerships by year as a chart to point at and to narrow down: uPlot. Each year leads to its list.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { colour, found, type Settings, styled } from "./explorer/explorer";
import { type Choice, fitting, type Graph, listOf, load } from "./explorer/graph";

const HEIGHT = 320;

/** Put the chart in the place of the picture. Throws where there is no year to draw. */
export async function start(figure: HTMLElement, settings: Settings): Promise<void> {
  const [graph] = await Promise.all([load<Graph>(settings.graph), styled(settings.style)]);
  const select = found<HTMLSelectElement>(figure, "select[name=country]");
  const order = new Intl.Collator(document.documentElement.lang).compare;
  const countries = graph.countries.key.map((key, n): [string, string] => [key, graph.countries.name[n]]);
  for (const [key, name] of countries.filter(([key]) => key).sort((a, b) => order(a[1], b[1]))) {
    select.append(new Option(name, key));
  }
  const chart = new Chart(figure, settings, graph);
  select.addEventListener("change", () => chart.show(select.value));
  for (const part of figure.querySelectorAll<HTMLElement>("[data-live]")) part.hidden = false;
}

class Chart {
  private readonly plot: uPlot;
  private readonly box = document.createElement("div");
  private readonly output: HTMLElement;
  private readonly years: number[];
  private country = "";
  private at = -1;

  constructor(
    figure: HTMLElement,
    private readonly settings: Settings,
    private readonly graph: Graph,
  ) {
    const known = graph.partnerships.since.filter((year) => year);
    if (!known.length) throw new Error("no year is known");
    const [first, last] = [Math.min(...known), Math.max(...known)];
    this.years = Array.from({ length: last - first + 1 }, (_, n) => first + n);
    this.output = found(figure, "output");
    this.box.className = "chart";
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "application");
    this.box.setAttribute("aria-label", settings.words.title);
    found(figure, ".picture").append(this.box);
    this.plot = new uPlot(this.options(), this.counts(), this.box);
    this.listen();
  }

  /** Show the partnerships of a country, or of all. */
  show(country: string): void {
    this.country = country;
    this.plot.setData(this.counts());
    this.tell();
  }

  private choice(): Choice {
    return { country: this.country, decade: "", status: "all", source: "" };
  }

  private counts(): uPlot.AlignedData {
    const counts = new Map<number, number>();
    for (const number of fitting(this.graph, this.choice())) {
      const year = this.graph.partnerships.since[number];
      counts.set(year, (counts.get(year) ?? 0) + 1);
    }
    return [this.years, this.years.map((year) => counts.get(year) ?? 0)];
  }

  private options(): uPlot.Options {
    const font = `13px ${getComputedStyle(document.body).fontFamily}`;
    const axis = (): uPlot.Axis => ({
      font, stroke: () => colour("quiet"),
      grid: { stroke: () => colour("line"), width: 1 }, ticks: { show: false },
    });
    return {
      width: this.box.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
      scales: {
        x: { time: false, range: [this.years[0] - 0.6, this.years[this.years.length - 1] + 0.6] },
        y: { range: (_, __, most) => [0, Math.max(4, most)] },
      },
      axes: [
        { ...axis(), grid: { show: false }, values: (_, splits) => splits.map((year) => (year % 1 ? "" : `${year}`)) },
        { ...axis(), values: (_, splits) => splits.map((count) => (count % 1 ? "" : `${count}`)) },
      ],
      series: [
        {},
        {
          fill: () => colour("arc"), stroke: () => colour("arc"), width: 0, points: { show: false },
          paths: uPlot.paths.bars?.({ size: [0.8, 60] }),
        },
      ],
      hooks: {
        setCursor: [({ cursor }) => {
          this.at = cursor.idx ?? -1;
          this.tell();
        }],
      },
    };
  }

  private tell(): void {
    const count = this.plot?.data[1][this.at];
    this.output.textContent = count === undefined || count === null ? "" : `${this.years[this.at]}: ${count}`;
  }

  private point(at: number): void {
    this.at = Math.max(0, Math.min(this.years.length - 1, at));
    const left = this.plot.valToPos(this.years[this.at], "x");
    this.plot.setCursor({ left, top: 10 });
  }

  private open(): void {
    const year = this.years[this.at];
    if (!year || !this.plot.data[1][this.at]) return;
    const query = new URLSearchParams({ from: `${year}`, to: `${year}`, sort: "since" });
    const list = new URL(listOf(this.settings.part, this.choice()) ?? `/partnerships?${this.settings.part}`, location.href);
    for (const [name, value] of list.searchParams) if (!query.has(name)) query.set(name, value);
    location.assign(`/partnerships?${query}`);
  }

  private listen(): void {
    this.box.addEventListener("click", () => this.open());
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight") this.point(this.at + 1);
      else if (event.key === "ArrowLeft") this.point((this.at < 0 ? this.years.length : this.at) - 1);
      else if (event.key === "Home") this.point(0);
      else if (event.key === "End") this.point(this.years.length - 1);
      else if (event.key === "Enter") this.open();
      else return;
      event.preventDefault();
    });
    new ResizeObserver(() => {
      this.plot.setSize({ width: this.box.clientWidth, height: HEIGHT });
    }).observe(this.box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.plot.redraw());
  }
}
