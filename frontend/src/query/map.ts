// Results on a map: every column of well-known text (GeoSPARQL), or of longitude and latitude.
// Two places in one row are joined by a line. Nothing is asked of a map server: the outlines of
// countries come with the page.

import { geoMercator, geoPath, type GeoProjection } from "d3-geo";
import { feature } from "topojson-client";
import { columns, isNumber, nameOf, resultOf, type Cell, type Result, type Row } from "./rows";
import { drawn, element, local, say, settings } from "./settings";

type Place = [number, number];
interface Spot {
  row: Row;
  name: string;
  geometries: GeoJSON.Geometry[];
}

const MOST = 5000;
const NAMED = 200;
const NUMBER = "-?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?";

/** Well-known text as GeoJSON, longitude first; null for what is none of the usual kinds. */
export function parsed(text: string): GeoJSON.Geometry | null {
  const match = /^\s*(?:<[^>]*>\s*)?(MULTI)?(POINT|LINESTRING|POLYGON)\s*Z?\s*(\(.*\))\s*$/is.exec(text);
  if (!match) return null;
  const pair = new RegExp(`(${NUMBER})\\s+(${NUMBER})(?:\\s+${NUMBER})?`, "g");
  try {
    const json = match[3].replace(pair, "[$1,$2]").replace(/\(/g, "[").replace(/\)/g, "]");
    const nested = JSON.parse(json);
    const kind = match[2].toUpperCase();
    if (match[1]) return multiple(kind, nested);
    if (kind === "POINT") return { type: "Point", coordinates: nested[0] };
    if (kind === "LINESTRING") return { type: "LineString", coordinates: nested };
    return { type: "Polygon", coordinates: nested };
  } catch {
    return null;
  }
}

function multiple(kind: string, nested: any): GeoJSON.Geometry {
  // MULTIPOINT may write each point in brackets of its own.
  if (kind === "POINT") {
    const flat = nested.map((point: any) => (Array.isArray(point[0]) ? point[0] : point));
    return { type: "MultiPoint", coordinates: flat };
  }
  if (kind === "LINESTRING") return { type: "MultiLineString", coordinates: nested };
  return { type: "MultiPolygon", coordinates: nested };
}

function spots(result: Result): Spot[] {
  const wkt = columns(result, (cell) => cell.type !== "uri" && parsed(cell.value) !== null);
  const numbers = columns(result, isNumber);
  const longitude = numbers.find((name) => /^(.*_)?(lon|lng|long|longitude)$/i.test(name));
  const latitude = numbers.find((name) => /^(.*_)?(lat|latitude)$/i.test(name));
  const found: Spot[] = [];
  for (const row of result.rows) {
    const geometries = wkt
      .map((name) => row[name])
      .filter((cell): cell is Cell => cell !== undefined)
      .map((cell) => parsed(cell.value))
      .filter((geometry) => geometry !== null);
    if (longitude && latitude && row[longitude] && row[latitude]) {
      const coordinates = [+row[longitude].value, +row[latitude].value];
      geometries.push({ type: "Point", coordinates });
    }
    if (geometries.length) found.push({ row, name: nameOf(result, row), geometries });
  }
  return found;
}

let land: Promise<GeoJSON.FeatureCollection> | undefined;

function outlines(): Promise<GeoJSON.FeatureCollection> {
  land ??= fetch(settings.outlines)
    .then((response) => response.json())
    .then((topology) => feature(topology, topology.objects.countries) as any);
  return land;
}

export class MapView {
  priority = 5;
  label = say("map");
  private zoom = 1;
  private middle: Place | undefined;
  private ended = false;
  private width = 900;
  private height = 560;

  constructor(private yasr: any) {}

  canHandleResults(): boolean {
    const result = resultOf(this.yasr);
    return result.rows.length > 0 && spots({ ...result, rows: result.rows.slice(0, 50) }).length > 0;
  }

  getIcon(): Element {
    return icon("M8 1a5 5 0 0 0-5 5c0 4 5 9 5 9s5-5 5-9a5 5 0 0 0-5-5zm0 7a2 2 0 1 1 0-4 2 2 0 0 1 0 4z");
  }

  async draw(): Promise<void> {
    const result = resultOf(this.yasr);
    const all = spots(result);
    const some = all.slice(0, MOST);
    this.ended = false;
    this.zoom = 1;
    this.middle = undefined;
    const about = element("div", { class: "about", "aria-live": "polite" });
    const picture = element("div", { class: "picture plot" });
    const controls = element("div", { class: "controls" });
    const frame = element("figure", { class: "query-map" }, picture, about);
    this.yasr.resultsEl.append(frame);
    about.textContent =
      all.length > MOST
        ? say("places-cut", { shown: MOST, all: all.length })
        : say("places", { count: all.length });

    this.width = Math.max(300, Math.min(900, picture.clientWidth));
    this.height = Math.round(Math.max(300, this.width * 0.62));
    const countries = await outlines().catch(() => undefined);
    if (this.ended) return;
    const svg = drawn("svg", {
      viewBox: `0 0 ${this.width} ${this.height}`,
      role: "img",
      "aria-label": say("map-of", { count: all.length }),
    });
    picture.append(svg, controls);
    const fitted = projection(some, this.width, this.height);
    const redraw = () => {
      svg.replaceChildren(...this.layers(fitted, countries, some));
    };
    const change = (factor: number) => {
      this.zoom = Math.min(60, Math.max(0.2, this.zoom * factor));
      redraw();
    };
    const button = (text: string, label: string, act: () => void) => {
      const made = element("button", { type: "button", "aria-label": label, title: label }, text);
      made.addEventListener("click", act);
      controls.append(made);
    };
    button("+", say("closer"), () => change(1.6));
    button("−", say("further"), () => change(1 / 1.6));
    button("◦", say("whole"), () => {
      this.zoom = 1;
      this.middle = undefined;
      redraw();
    });
    this.dragged(svg, fitted, redraw, change);
    svg.addEventListener("click", (event) => {
      const index = (event.target as Element).closest("[data-spot]")?.getAttribute("data-spot");
      if (index != null) about.replaceChildren(described(result, some[+index]));
    });
    redraw();
  }

  private layers(
    fitted: GeoProjection,
    countries: GeoJSON.FeatureCollection | undefined,
    some: Spot[],
  ): Node[] {
    const at = this.placed(fitted);
    const path = geoPath(at);
    const layers: Node[] = [drawn("rect", { class: "sea", width: this.width, height: this.height })];
    if (countries) layers.push(drawn("path", { class: "land", d: path(countries) ?? "" }));
    const marks = drawn("g", { class: "spots" });
    const free = names(some, this.width, this.height);
    some.forEach(({ geometries, name }, index) => {
      const group = drawn("g", { "data-spot": index }, drawn("title", {}, name));
      const points = geometries.filter((g): g is GeoJSON.Point => g.type === "Point");
      if (points.length > 1) {
        const line = { type: "LineString", coordinates: points.map((p) => p.coordinates) };
        group.append(drawn("path", { class: "arc", d: path(line as any) ?? "" }));
      }
      for (const geometry of geometries) {
        if (geometry.type === "Point") {
          const [x, y] = at(geometry.coordinates as Place) ?? [0, 0];
          group.append(drawn("circle", { class: "spot", cx: x.toFixed(1), cy: y.toFixed(1), r: 4.5 }));
          // The row's name is that of its first place.
          const side = geometry === geometries[0] && free(x, y, name);
          if (side) group.append(drawn("text", { x: (x + side * 8).toFixed(1), y: y.toFixed(1), dy: "0.35em", "text-anchor": side > 0 ? "start" : "end" }, name));
        } else {
          group.append(drawn("path", { class: "shape", d: path(geometry) ?? "" }));
        }
      }
      marks.append(group);
    });
    layers.push(marks);
    return layers;
  }

  private placed(fitted: GeoProjection): GeoProjection {
    const middle = this.middle ?? fitted.invert?.([this.width / 2, this.height / 2]) ?? [0, 0];
    return geoMercator()
      .center(middle as Place)
      .translate([this.width / 2, this.height / 2])
      .scale(fitted.scale() * this.zoom)
      .clipExtent([
        [-50, -50],
        [this.width + 50, this.height + 50],
      ]);
  }

  private dragged(
    svg: SVGElement,
    fitted: GeoProjection,
    redraw: () => void,
    change: (factor: number) => void,
  ): void {
    let from: { x: number; y: number } | undefined;
    svg.addEventListener("pointerdown", (event) => {
      from = { x: event.clientX, y: event.clientY };
    });
    svg.addEventListener("pointermove", (event) => {
      if (!from || event.buttons !== 1) return;
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
      if (Math.hypot(dx, dy) < 4) return;
      from = { x: event.clientX, y: event.clientY };
      const scale = this.width / svg.getBoundingClientRect().width;
      const moved = this.placed(fitted).invert?.([this.width / 2 - dx * scale, this.height / 2 - dy * scale]);
      if (moved && Math.abs(moved[1]) < 84) this.middle = moved;
      redraw();
    });
    // Only with a key, so that the page can be scrolled past the map.
    svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      change(event.deltaY < 0 ? 1.25 : 0.8);
    });
  }

  download(filename?: string) {
    const svg = this.yasr.resultsEl.querySelector(".query-map svg");
    return svg && savedSvg(svg, filename);
  }

  destroy(): void {
    this.ended = true;
  }
}

/** On which side of its spot a name has room where others stand already: 1 is right, -1 left, 0
 * neither. */
function names(
  some: Spot[],
  width: number,
  height: number,
): (x: number, y: number, name: string) => number {
  if (some.length > NAMED) return () => 0;
  const taken: [number, number, number, number][] = [];
  return (x, y, name) => {
    const length = name.length * 7;
    for (const side of [1, -1]) {
      const [left, right] = side > 0 ? [x + 6, x + 10 + length] : [x - 10 - length, x - 6];
      const inside = left > 0 && right < width && y > 8 && y < height - 8;
      const meets = taken.some(
        ([l, r, t, b]) => left < r && l < right && y - 8 < b && t < y + 8,
      );
      if (inside && !meets) {
        taken.push([left, right, y - 8, y + 8]);
        return side;
      }
    }
    return 0;
  };
}

function projection(some: Spot[], width: number, height: number): GeoProjection {
  const geometries = some.flatMap((spot) => spot.geometries);
  const all: GeoJSON.GeometryCollection = { type: "GeometryCollection", geometries };
  const margin = width / 15;
  const fitted = geoMercator().fitExtent(
    [
      [margin, margin],
      [width - margin, height - margin],
    ],
    all,
  );
  // One town alone, or a few close by: some of the country around them.
  if (fitted.scale() > 12000 || !Number.isFinite(fitted.scale())) {
    const [x, y] = geoPath(geoMercator()).centroid(all);
    const middle = geoMercator().invert?.([x, y]) ?? [0, 0];
    fitted.scale(12000).center(middle).translate([width / 2, height / 2]);
  }
  return fitted;
}

function described({ variables }: Result, spot: Spot): HTMLElement {
  const list = element("dl", { class: "facts" });
  for (const name of variables) {
    const cell = spot.row[name];
    if (!cell) continue;
    const value =
      // An IRI may have any scheme, javascript: as well.
      cell.type === "uri" && /^https?:/.test(cell.value)
        ? element("a", { href: local(cell.value) }, cell.value)
        : element("span", cell["xml:lang"] ? { lang: cell["xml:lang"] } : {}, cell.value);
    list.append(element("dt", { translate: "no" }, name), element("dd", {}, value));
  }
  return list;
}

export function icon(d: string): SVGElement {
  const made = drawn("svg", { viewBox: "0 0 16 16", "aria-hidden": "true", width: 15, height: 15 });
  made.append(drawn("path", { d, "fill-rule": "evenodd" }));
  return made;
}

/** An SVG as a file of its own: the colours it has on the page are written into it. */
export function savedSvg(svg: SVGElement, filename = "twingraph") {
  return {
    contentType: "image/svg+xml",
    filename: `${filename}.svg`,
    title: say("save-picture"),
    getData: () => {
      const copy = svg.cloneNode(true) as SVGElement;
      copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
      const originals = svg.querySelectorAll("*");
      copy.querySelectorAll("*").forEach((part, i) => {
        const style = getComputedStyle(originals[i]);
        for (const name of ["fill", "stroke", "stroke-width", "font-size", "text-anchor"]) {
          part.setAttribute(name, style.getPropertyValue(name));
        }
      });
      return new XMLSerializer().serializeToString(copy);
    },
  };
}
