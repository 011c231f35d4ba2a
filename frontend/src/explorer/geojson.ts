// Towns, partnerships and countries as GeoJSON, to draw maps of. It runs in the map's worker: of
// nineteen thousand great circles the page itself feels nothing.

import { geoInterpolate, geoDistance } from "d3-geo";
import { feature } from "topojson-client";
import { type Choice, fitting, type Graph, isOver, links } from "./graph";

type Place = [number, number];

/** Pixels of the whole world at zoom 0, as MapLibre counts. */
const WORLD = 512;
export const DEEPEST = 11;
const STEP = 0.03; // Of a great circle, in radians: some two degrees.
const DOT = 13; // Pixels from one dot to the next.
const NAME = 46;

/** Countries; one that crosses the 180th meridian goes on beyond it. */
export function land(topology: any): GeoJSON.FeatureCollection {
  const all = feature(topology, topology.objects.countries) as unknown as GeoJSON.FeatureCollection;
  // It has no towns, and on a map of the world takes a third.
  all.features = all.features.filter(({ properties }) => properties?.name !== "Antarctica");
  for (const { geometry } of all.features) {
    if (geometry.type === "Polygon") geometry.coordinates = geometry.coordinates.map(unwrapped);
    else if (geometry.type === "MultiPolygon") {
      geometry.coordinates = geometry.coordinates.map((rings) => rings.map(unwrapped));
    }
  }
  return all;
}

function unwrapped(line: GeoJSON.Position[]): GeoJSON.Position[] {
  let before = line[0]?.[0] ?? 0;
  return line.map(([east, north]) => {
    before = east + 360 * Math.round((before - east) / 360);
    return [before, north];
  });
}

/** A line for every link: `a` and `b` the numbers of its towns, `over` where it has ended. */
export function lines(graph: Graph, choice: Choice): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = [];
  for (const [a, b, number] of links(graph, fitting(graph, choice))) {
    const [from, to] = [place(graph, a), place(graph, b)];
    if (!from || !to) continue;
    features.push({
      type: "Feature",
      properties: { a, b, over: isOver(graph, number) },
      geometry: { type: "LineString", coordinates: unwrapped(greatCircle(from, to)) },
    });
  }
  return { type: "FeatureCollection", features };
}

function greatCircle(from: Place, to: Place): Place[] {
  const steps = Math.max(1, Math.ceil(geoDistance(from, to) / STEP));
  const along = geoInterpolate(from, to);
  return Array.from({ length: steps + 1 }, (_, step) => along(step / steps));
}

/** A point for every town that has a part in what is chosen: `i` its number, `degree` in how many,
 * `dot` and `label` from which zoom on there is room for its dot and its name. */
export function points(graph: Graph, choice: Choice): GeoJSON.FeatureCollection {
  const degree = degrees(graph, choice);
  const shown = graph.towns.key
    .map((_, town) => town)
    .filter((town) => degree[town] && place(graph, town))
    .sort((a, b) => degree[b] - degree[a] || a - b);
  const dots = rooms(graph, shown, DOT);
  const labels = rooms(graph, shown, NAME);
  const features = shown.map((town, rank): GeoJSON.Feature => ({
    type: "Feature",
    properties: {
      i: town, rank, degree: degree[town], name: graph.towns.name[town],
      dot: dots[rank], label: labels[rank],
    },
    geometry: { type: "Point", coordinates: place(graph, town) as Place },
  }));
  return { type: "FeatureCollection", features };
}

function degrees(graph: Graph, choice: Choice): number[] {
  const degree = new Array<number>(graph.towns.key.length).fill(0);
  for (const number of fitting(graph, choice)) {
    for (const town of graph.partnerships.partners[number]) degree[town] += 1;
  }
  return degree;
}

/** From which zoom on each of some towns, in their order, is so many pixels from all before it. */
function rooms(graph: Graph, some: number[], apart: number): number[] {
  const zooms = new Array<number>(some.length).fill(DEEPEST);
  const flat = some.map((town) => projected(place(graph, town) as Place));
  for (let zoom = DEEPEST - 1; zoom >= 0; zoom--) {
    const cell = apart / (WORLD * 2 ** zoom);
    const taken = new Map<number, number[]>();
    flat.forEach((at, rank) => {
      const [column, row] = [Math.floor(at[0] / cell), Math.floor(at[1] / cell)];
      if (isFree(taken, flat, at, column, row, cell)) {
        zooms[rank] = zoom;
        const key = cellKey(column, row);
        taken.set(key, [...(taken.get(key) ?? []), rank]);
      }
    });
  }
  return zooms;
}

function isFree(
  taken: Map<number, number[]>, flat: Place[], [x, y]: Place, column: number, row: number, apart: number,
): boolean {
  for (let c = column - 1; c <= column + 1; c++) {
    for (let r = row - 1; r <= row + 1; r++) {
      for (const other of taken.get(cellKey(c, r)) ?? []) {
        if (Math.hypot(flat[other][0] - x, flat[other][1] - y) < apart) return false;
      }
    }
  }
  return true;
}

function cellKey(column: number, row: number): number {
  return column * 1_000_000 + row;
}

/** A place in Mercator's projection, the world being one wide. */
function projected([east, north]: Place): Place {
  const angle = (Math.max(-85, Math.min(85, north)) * Math.PI) / 180;
  return [(east + 180) / 360, 0.5 - Math.log(Math.tan(Math.PI / 4 + angle / 2)) / (2 * Math.PI)];
}

function place({ towns }: Graph, town: number): Place | null {
  const [east, north] = [towns.east[town], towns.north[town]];
  return east === null || north === null ? null : [east, north];
}
