// The network to move and enlarge: sigma.js over graphology, laid out by the server.

import Network from "graphology";
import Sigma from "sigma";
import type { StylesDeclaration } from "sigma/types";
import { colour, type Explorer, explorer, found, type Settings, type View } from "./explorer/explorer";
import { type Choice, fitting, links, load } from "./explorer/graph";

interface Layout {
  x: number[];
  y: number[];
  community: number[];
  weight: number[];
}

type Town = { town: number; x: number; y: number; size: number };
type Tie = { number: number };
type Towns = Network<Town, Tie>;
type Styles = StylesDeclaration<Town, Tie>;

const GROUPS = 8;
const PART = 1200; // Towns, the best connected first, that are drawn before the page has a turn.
const LARGE = 1500;

/** Put the network in the place of the picture. Throws where the browser cannot draw it. */
export async function start(root: HTMLElement, settings: Settings): Promise<void> {
  const [made, layout] = await Promise.all([explorer(root, settings), load<Layout>(settings.layout)]);
  const box = document.createElement("div");
  box.className = "live";
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", settings.words.title);
  found(root, ".picture").append(box);
  try {
    const network = new Network<Town, Tie>({ type: "undirected", multi: true });
    const rest = filled(network, made, layout);
    rest.next();
    made.start(new NetworkView(made, layout, network, box));
    for (const _ of rest) await new Promise(requestAnimationFrame);
  } catch (error) {
    box.remove();
    throw error;
  }
}

/** Fills a network part by part: all at once would keep the page from doing anything else. */
function* filled(network: Towns, { graph }: Explorer, layout: Layout): Generator<void> {
  const all = [...links(graph, graph.partnerships.since.keys())];
  const last = (link: number[]): number => Math.max(link[0], link[1]);
  all.sort((one, other) => last(one) - last(other));
  const sizes = (weight: number): number => (isLarge(all.length) ? 0.7 : 4) + Math.sqrt(weight) * 0.75;
  let part = PART;
  for (const [a, b, number] of all) {
    if (Math.max(a, b) >= part) {
      yield;
      part += PART;
    }
    for (const town of [a, b]) {
      if (network.hasNode(town)) continue;
      network.addNode(town, { town, x: layout.x[town], y: layout.y[town], size: sizes(layout.weight[town]) });
    }
    network.addEdgeWithKey(`${number}:${a}:${b}`, a, b, { number });
  }
}

function isLarge(links: number): boolean {
  return links > LARGE;
}

function extent(values: number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

class NetworkView implements View {
  private readonly sigma: Sigma<Town, Tie>;
  private shown = new Set<number>();
  private linked = new Set<number>();
  private town: number | null = null;
  private near = new Set<number>();
  private colours: string[] = [];
  private quiet = "";
  private ink = "";
  private paper = "";

  constructor(
    private readonly explorer: Explorer,
    private readonly layout: Layout,
    network: Towns,
    box: HTMLElement,
  ) {
    this.take(explorer.choice);
    this.paint();
    const many = isLarge(explorer.graph.partnerships.since.length);
    this.sigma = new Sigma(network, box, {
      settings: {
        itemSizesReference: "screen",
        // The page scrolls past the picture, unless it has the focus.
        gestureTarget: "page",
        enableCameraRotation: false,
        enableCameraMouseRotation: false,
        nodePickingPadding: 5,
        labelDensity: 1,
        labelGridCellSize: 150,
        labelRenderedSizeThreshold: 2.4,
        minEdgeThickness: 0.4,
        minCameraRatio: 0.01,
        maxCameraRatio: 2,
        // Of few towns the names are in view as well.
        stagePadding: many ? 16 : 60,
      },
      styles: { nodes: this.nodes(), edges: this.edges() },
    });
    this.sigma.setCustomBBox({ x: extent(layout.x), y: extent(layout.y) });
    this.listen(box);
    const [ratio, x, y] = explorer.at.split("/").map(Number);
    if (Number.isFinite(y)) this.sigma.getCamera().setState({ ratio, x, y });
  }

  choose(choice: Choice): void {
    this.take(choice);
    this.sigma.refresh();
  }

  look(town: number | null, near: Set<number>, moved: boolean): void {
    [this.town, this.near] = [town, near];
    this.sigma.refresh();
    if (moved && town !== null) this.goTo([town, ...near]);
  }

  /** Have some towns in view. */
  private goTo(towns: number[]): void {
    const { sigma, layout } = this;
    sigma.resize();
    const places = towns
      .filter((town) => sigma.getGraph().hasNode(town))
      .map((town) => sigma.graphToFramedGraph({ x: layout.x[town], y: layout.y[town] }));
    if (!places.length) return;
    const [[left, right], [bottom, top]] = [extent(places.map(({ x }) => x)), extent(places.map(({ y }) => y))];
    const ratio = Math.max(0.12, Math.min(1, 1.3 * Math.max(right - left, top - bottom)));
    void sigma.getCamera().animate({ x: (left + right) / 2, y: (bottom + top) / 2, ratio });
  }

  zoom(factor: number): void {
    const camera = this.sigma.getCamera();
    void (factor ? camera.animate({ ratio: camera.ratio / factor }) : camera.reset());
  }

  private take(choice: Choice): void {
    const { graph } = this.explorer;
    this.shown = new Set(fitting(graph, choice));
    this.linked = new Set([...this.shown].flatMap((number) => graph.partnerships.partners[number]));
  }

  private paint(): void {
    this.colours = Array.from({ length: GROUPS }, (_, group) => colour(`group-${group}`));
    this.quiet = colour("quiet");
    this.ink = colour("ink");
    this.paper = `${colour("paper")}c0`;
  }

  private isFar(town: number): boolean {
    return this.town !== null && !this.near.has(town);
  }

  private nodes(): Styles["nodes"] {
    const groups = this.layout.community;
    return {
      x: { attribute: "x" },
      y: { attribute: "y" },
      size: ({ town, size }) => (town === this.town ? size + 3 : size),
      color: ({ town }) => (this.isFar(town) ? this.quiet : this.colours[groups[town] % GROUPS]),
      opacity: ({ town }) => (this.isFar(town) ? 0.15 : 1),
      label: ({ town }) => this.explorer.graph.towns.name[town],
      labelColor: () => this.ink,
      labelBackgroundColor: () => this.paper,
      labelBackgroundPadding: 1,
      labelSize: 13,
      labelFont: "serif",
      labelVisibility: ({ town }, state) => {
        if (this.isFar(town)) return "hidden";
        return state.isHovered || town === this.town ? "visible" : "auto";
      },
      visibility: ({ town }) => (this.linked.has(town) ? "visible" : "hidden"),
      zIndex: ({ town }) => (this.isFar(town) ? 0 : 1),
    };
  }

  private edges(): Styles["edges"] {
    const isOwn = (number: number): boolean =>
      this.town !== null && this.explorer.graph.partnerships.partners[number].includes(this.town);
    const many = isLarge(this.explorer.graph.partnerships.since.length);
    return {
      size: ({ number }) => (isOwn(number) ? 1.6 : many ? 0.5 : 1),
      color: ({ number }) =>
        isOwn(number) ? this.colours[this.layout.community[this.town ?? 0] % GROUPS] : this.quiet,
      opacity: ({ number }) => {
        if (isOwn(number)) return 0.9;
        return this.town !== null ? 0.03 : many ? 0.12 : 0.8;
      },
      visibility: ({ number }) => (this.shown.has(number) ? "visible" : "hidden"),
    };
  }

  private listen(box: HTMLElement): void {
    const { sigma, explorer } = this;
    const camera = sigma.getCamera();
    sigma.on("clickNode", ({ node }) => explorer.look(Number(node), false));
    sigma.on("clickStage", () => {
      if (this.town !== null) explorer.look(null, false);
    });
    box.addEventListener("pointerdown", () => box.focus({ preventScroll: true }));
    box.addEventListener("focus", () => sigma.setSetting("gestureTarget", "graph"));
    box.addEventListener("blur", () => sigma.setSetting("gestureTarget", "page"));
    box.addEventListener("keydown", (event) => {
      const step = camera.ratio / 8;
      const moves: Record<string, [number, number]> = {
        ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step],
      };
      const move = moves[event.key];
      if (move) camera.setState({ x: camera.x + move[0], y: camera.y + move[1] });
      else if (event.key === "+" || event.key === "=") this.zoom(1.5);
      else if (event.key === "-") this.zoom(1 / 1.5);
      else if (event.key === "0") this.zoom(0);
      else if (event.key === "Escape") explorer.look(null, false);
      else return;
      event.preventDefault();
    });
    let timer = 0;
    camera.on("updated", ({ ratio, x, y }) => {
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        explorer.at = [ratio, x, y].map((value) => value.toFixed(4)).join("/");
        explorer.note();
      }, 300);
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.paint();
      sigma.refresh();
    });
  }
}
