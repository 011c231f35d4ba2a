// The map to move and enlarge: MapLibre GL, on outlines of our own, asking no other host.

import {
  type GeoJSONSource, type LayerSpecification, Map as Globe, type MapMouseEvent, setWorkerCount,
  setWorkerUrl, type StyleSpecification,
} from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import { colour, type Explorer, explorer, found, type Settings, styled, type View } from "./explorer/explorer";
import { DEEPEST } from "./explorer/geojson";
import type { Choice } from "./explorer/graph";

const FINGER = 14; // Pixels from a dot that are still a press on it.
type Bounds = [[number, number], [number, number]];
const EUROPE: Bounds = [[-12, 34], [40, 62]];
const WIDEST: [number, number] = [-62, 72]; // Degrees north that are seen at first.

/** Put the map in the place of the picture. Throws where the browser cannot draw it. */
export async function start(root: HTMLElement, settings: Settings): Promise<void> {
  setWorkerUrl(new URL(settings.worker, location.href).href);
  setWorkerCount(1); // Two would each read all data.
  const [made] = await Promise.all([explorer(root, settings), styled(settings.style)]);
  const box = document.createElement("div");
  box.className = "live";
  found(root, ".picture").append(box);
  try {
    const view = new MapView(made, box);
    await view.drawn;
    made.start(view);
  } catch (error) {
    box.remove();
    throw error;
  }
}

class MapView implements View {
  /** When there is something to see. */
  readonly drawn: Promise<void>;
  private readonly map: Globe;
  private readonly tip = document.createElement("div");
  private town: number | null = null;
  private near = new Set<number>();
  private readonly bounds: Bounds;

  constructor(
    private readonly explorer: Explorer,
    box: HTMLElement,
  ) {
    this.bounds = whole(explorer);
    const [zoom, north, east] = explorer.at.split("/").map(Number);
    this.map = new Globe({
      container: box,
      style: this.style(),
      ...(Number.isFinite(east) ? { center: [east, north], zoom } : { bounds: this.bounds }),
      fitBoundsOptions: { padding: 24 },
      maxZoom: DEEPEST,
      attributionControl: false,
      cooperativeGestures: true,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      localIdeographFontFamily: FONT,
      locale: {
        "Map.Title": explorer.words.title,
        "CooperativeGesturesHandler.WindowsHelpText": explorer.words.wheel,
        "CooperativeGesturesHandler.MacHelpText": explorer.words["wheel-mac"],
        "CooperativeGesturesHandler.MobileHelpText": explorer.words.fingers,
      },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.drawn = new Promise((resolve, reject) => {
      this.map.once("load", () => resolve());
      this.map.once("error", ({ error }) => reject(error));
    });
    this.tip.className = "tip";
    this.tip.hidden = true;
    box.append(this.tip);
    this.listen();
  }

  choose(choice: Choice): void {
    for (const kind of ["lines", "points"]) {
      this.map.getSource<GeoJSONSource>(kind)?.setData(this.address(kind, choice));
    }
  }

  look(town: number | null, near: Set<number>, moved: boolean): void {
    [this.town, this.near] = [town, near];
    for (const layer of this.layers()) {
      if (layer.id.startsWith("near-") && "filter" in layer) this.map.setFilter(layer.id, layer.filter);
      if (layer.id === "near-names") {
        this.map.setLayoutProperty(layer.id, "symbol-sort-key", layer.layout?.["symbol-sort-key" as never]);
      }
      for (const [name, value] of Object.entries(layer.paint ?? {})) {
        if (name.endsWith("opacity")) this.map.setPaintProperty(layer.id, name as never, value as never);
      }
    }
    if (moved && town !== null) this.goTo(town);
  }

  zoom(factor: number): void {
    if (factor) this.map.zoomTo(this.map.getZoom() + Math.log2(factor));
    else this.map.fitBounds(this.bounds, { padding: 24 });
  }

  /** Have a town in view, and its partners as well. */
  private goTo(town: number): void {
    this.map.resize();
    const { east, north } = this.explorer.graph.towns;
    const places = [town, ...this.near].map((one) => [east[one], north[one]]);
    const known = places.filter((place): place is [number, number] => place[0] !== null && place[1] !== null);
    if (known.length) this.map.fitBounds(around(known), { padding: 48, maxZoom: 7 });
  }

  private listen(): void {
    const { map, explorer } = this;
    map.on("click", (event) => {
      const town = this.townAt(event);
      if (town !== null || this.town !== null) explorer.look(town, false);
    });
    map.on("mousemove", (event) => this.point(event));
    map.on("mouseout", () => (this.tip.hidden = true));
    map.on("moveend", () => {
      const { lng, lat } = map.getCenter();
      explorer.at = [map.getZoom().toFixed(2), lat.toFixed(3), lng.toFixed(3)].join("/");
      explorer.note();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => map.setStyle(this.style()));
  }

  private townAt({ point }: MapMouseEvent): number | null {
    const box: Bounds = [
      [point.x - FINGER, point.y - FINGER],
      [point.x + FINGER, point.y + FINGER],
    ];
    let best: [number, number] | null = null;
    for (const one of this.map.queryRenderedFeatures(box, { layers: ["dots", "near-dots"] })) {
      if (one.geometry.type !== "Point") continue;
      const at = this.map.project(one.geometry.coordinates as [number, number]);
      const far = Math.hypot(at.x - point.x, at.y - point.y);
      if (far <= FINGER + 4 && (!best || far < best[0])) best = [far, Number(one.properties.i)];
    }
    return best && best[1];
  }

  private point(event: MapMouseEvent): void {
    const town = this.townAt(event);
    this.map.getCanvas().style.cursor = town === null ? "" : "pointer";
    this.tip.hidden = town === null;
    if (town === null) return;
    const { towns, countries } = this.explorer.graph;
    this.tip.textContent = `${towns.name[town]}, ${countries.name[towns.country[town]]}`;
    this.tip.style.left = `${event.point.x}px`;
    this.tip.style.top = `${event.point.y}px`;
  }

  private address(kind: string, choice: Choice): string {
    const { graph } = this.explorer.settings;
    const parameters = new URLSearchParams({ ...choice, graph: new URL(graph, location.href).href });
    return `twingraph://${kind}?${parameters}`;
  }

  private style(): StyleSpecification {
    const outlines = new URL(this.explorer.settings.outlines, location.href).href;
    const data = `twingraph://land?${new URLSearchParams({ outlines })}`;
    const source = (kind: string) => ({
      type: "geojson" as const, maxzoom: DEEPEST, data: this.address(kind, this.explorer.choice),
    });
    return {
      version: 8,
      sources: {
        land: { type: "geojson", data, maxzoom: 7 },
        lines: { ...source("lines"), tolerance: 0.6 },
        points: source("points"),
      },
      layers: this.layers(),
    };
  }

  /** Layers of a kind differ in no more than constants where they can: then one program draws them,
   * and each takes time to compile. */
  private layers(): LayerSpecification[] {
    const { town, near } = this;
    const [sea, ground, coast, arc, dot, ink, quiet] = [
      "sea", "land", "coast", "arc", "dot", "ink", "quiet",
    ].map(colour);
    const alone = town === null;
    const isNear = ["in", ["get", "i"], ["literal", [...near]]];
    const own = town ?? -1;
    const dark = (many: number) => crowd(this.explorer, many);
    const line = (ink: string) => ({
      "line-color": ink,
      "line-width": ["interpolate", ["linear"], ["zoom"], 1, 0.6, 6, 1.2],
      "line-opacity": alone
        ? ["interpolate", ["linear"], ["zoom"], 1, dark(0.08), 5, dark(0.07), 8, dark(0.2), 11, 0.6]
        : 0.04,
    });
    const radius = (size: number) => [
      "interpolate", ["linear"], ["sqrt", ["get", "degree"]], 1, 2.4 * size, 3, 3.6 * size, 10, 8 * size,
    ];
    const circle = (size: number, opacity: number, edge = 1) => ({
      "circle-color": dot,
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 0, radius(size * 0.6), 4, radius(size)],
      "circle-opacity": opacity,
      "circle-stroke-color": ground,
      "circle-stroke-width": edge,
      "circle-stroke-opacity": opacity,
    });
    const label = {
      "text-field": ["get", "name"],
      "text-font": [FONT],
      "text-size": ["interpolate", ["linear"], ["sqrt", ["get", "degree"]], 1, 12, 9, 15],
      "text-variable-anchor": ["left", "right", "top", "bottom"],
      "text-radial-offset": 0.6,
      "text-justify": "auto",
      "symbol-sort-key": ["get", "rank"],
      "text-padding": 3,
    };
    const halo = { "text-color": ink, "text-halo-color": ground, "text-halo-width": 1.5 };
    const all = [
      { id: "sea", type: "background", paint: { "background-color": sea } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": ground, "fill-antialias": false } },
      { id: "coast", type: "line", source: "land", paint: { "line-color": coast, "line-width": 0.6 } },
      { id: "lines", type: "line", source: "lines", filter: ["!", ["get", "over"]], paint: line(arc) },
      { id: "over", type: "line", source: "lines", filter: ["get", "over"], paint: line(quiet) },
      {
        id: "near-lines", type: "line", source: "lines",
        filter: ["any", ["==", ["get", "a"], own], ["==", ["get", "b"], own]],
        paint: { "line-color": arc, "line-width": 1.8, "line-opacity": 0.9 },
      },
      {
        id: "specks", type: "circle", source: "points", filter: [">", ["get", "dot"], ["zoom"]],
        paint: circle(0.3, alone ? 0.45 : 0.2, 0),
      },
      {
        id: "dots", type: "circle", source: "points", filter: ["<=", ["get", "dot"], ["zoom"]],
        layout: { "circle-sort-key": ["get", "degree"] }, paint: circle(1, alone ? 1 : 0.25),
      },
      { id: "near-dots", type: "circle", source: "points", filter: isNear, paint: circle(1, 1) },
      {
        id: "near-own", type: "circle", source: "points", filter: ["==", ["get", "i"], own],
        paint: { ...circle(1.2, 1), "circle-color": arc },
      },
      {
        id: "names", type: "symbol", source: "points", filter: ["<=", ["get", "label"], ["zoom"]],
        layout: label, paint: { ...halo, "text-opacity": alone ? 1 : 0 },
      },
      {
        id: "near-names", type: "symbol", source: "points", filter: isNear,
        layout: { ...label, "symbol-sort-key": ["case", ["==", ["get", "i"], own], -1, ["get", "rank"]] },
        paint: halo,
      },
    ];
    return all as LayerSpecification[];
  }
}

const FONT = 'Palatino, P052, "URW Palladio L", "Book Antiqua", Georgia, "DejaVu Serif", serif';

/** How dark lines are: the fewer there are, the darker. */
function crowd({ graph }: Explorer, many: number): number {
  return graph.partnerships.since.length > 1500 ? many : 0.7;
}

/** The part of the world that has all towns, as far as it is drawn. */
function whole({ graph: { towns } }: Explorer): Bounds {
  const places = towns.east.map((east, town) => [east, towns.north[town]]);
  const known = places.filter((place): place is [number, number] => place[0] !== null && place[1] !== null);
  if (!known.length) return EUROPE;
  const [[west, south], [east, north]] = around(known);
  return [[west, Math.max(WIDEST[0], south)], [east, Math.min(WIDEST[1], north)]];
}

function around(places: [number, number][]): Bounds {
  const easts = places.map(([east]) => east);
  const norths = places.map(([, north]) => north);
  return [[Math.min(...easts), Math.min(...norths)], [Math.max(...easts), Math.max(...norths)]];
}
