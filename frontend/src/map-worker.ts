// The map's worker: MapLibre's own, which also makes what is drawn. A source's address is
// twingraph://KIND?graph=ADDRESS&country=…, where KIND is land, lines or points.

import MapWorker from "maplibre-gl/dist/maplibre-gl-worker.mjs";
import { land, lines, points } from "./explorer/geojson";
import { choiceOf, type Graph, load } from "./explorer/graph";

interface Worker {
  worker: unknown;
  addProtocol(name: string, load: (asked: { url: string }) => Promise<{ data: unknown }>): void;
}

const own = self as unknown as Worker;
// The import starts it; named here, it is not taken for unused.
if (!(own.worker instanceof MapWorker)) throw new Error("this is the map's worker");

const loaded = new Map<string, Promise<unknown>>();

function once<T>(address: string): Promise<T> {
  const found = loaded.get(address) ?? load<T>(address);
  loaded.set(address, found);
  return found as Promise<T>;
}

own.addProtocol("twingraph", async ({ url }) => {
  const { host, pathname, searchParams } = new URL(url.replace("twingraph:", "https:"));
  const kind = host + pathname.replace(/\/$/, "");
  if (kind === "land") return { data: kept(land(await once(searchParams.get("outlines") ?? ""))) };
  const graph = await once<Graph>(searchParams.get("graph") ?? "");
  const choice = choiceOf(searchParams);
  return { data: kept(kind === "lines" ? lines(graph, choice) : points(graph, choice)) };
});

/** MapLibre sends what a source was made of back to the page, which takes it some 200 ms to read.
 * What is not enumerable it does not send. */
function kept(all: GeoJSON.FeatureCollection): GeoJSON.FeatureCollection {
  return Object.defineProperty(all, "features", { enumerable: false });
}
