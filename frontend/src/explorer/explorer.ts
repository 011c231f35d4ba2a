// What the map and the network have in common: filters, a town that is looked at, the address of
// it all. Each draws in a view of its own.

import { suggest } from "../fields/suggest";
import {
  type Choice, choiceOf, FILTERS, fitting, type Graph, LASTING, listOf, load, partnershipHref, townHref,
} from "./graph";

export interface Settings {
  figure: string;
  graph: string;
  /** What the page was opened with, of the list of partnerships; "" where it draws all. */
  part: string;
  layout: string;
  worker: string;
  outlines: string;
  style: string;
  words: Record<string, string>;
}

/** What draws. */
export interface View {
  /** Show what fits a choice. */
  choose(choice: Choice): void;
  /** Show a town among its partners, all others stepping back; null for none. `moved`: go there. */
  look(town: number | null, near: Set<number>, moved: boolean): void;
  /** By a factor, greater than 1 to enlarge; 0 for the whole. */
  zoom(factor: number): void;
}

const FOUND = 8;

export class Explorer {
  readonly words: Record<string, string>;
  choice: Choice;
  /** Where a view stands, in its own terms. */
  at: string;
  private town: number | null = null;
  private kept: number[] = [];
  private view: View | undefined;
  private readonly form: HTMLFormElement;
  private readonly panel: HTMLElement;

  constructor(
    readonly root: HTMLElement,
    readonly settings: Settings,
    readonly graph: Graph,
  ) {
    this.words = settings.words;
    this.form = found<HTMLFormElement>(root, "form");
    this.panel = found(root, ".chosen");
    const parameters = new URLSearchParams(location.hash.slice(1));
    this.choice = choiceOf(parameters, this.usual("status"));
    this.at = parameters.get("at") ?? "";
    this.fill();
  }

  /** Begin with a view, in the state that the address names. */
  start(view: View): void {
    this.view = view;
    this.form.hidden = false;
    for (const part of this.root.querySelectorAll<HTMLElement>("[data-live]")) part.hidden = false;
    this.form.addEventListener("change", (event) => {
      if (!(event.target instanceof HTMLInputElement)) this.filtered();
    });
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("reset", () => setTimeout(() => {
      this.select("status").value = this.usual("status");
      this.filtered();
    }));
    for (const button of this.root.querySelectorAll<HTMLButtonElement>("[data-zoom]")) {
      button.addEventListener("click", () => view.zoom(Number(button.dataset.zoom)));
    }
    const field = found<HTMLInputElement>(this.form, "input");
    suggest(field, async (text) => this.called(text), ({ href }) => {
      field.value = "";
      this.look(Number(href), true);
    });
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.look(null, false);
    });
    addEventListener("hashchange", () => this.follow());
    this.keep();
    const key = new URLSearchParams(location.hash.slice(1)).get("town");
    const town = key ? this.graph.towns.key.indexOf(key) : -1;
    if (town >= 0) this.look(town, !this.at);
  }

  /** Look at a town, or at none; `moved` where the view shall go there. */
  look(town: number | null, moved: boolean): void {
    this.town = town;
    const own = town === null ? [] : this.kept.filter((n) => this.partners(n).includes(town));
    this.describe(own); // First: it may take room from the view.
    this.view?.look(town, new Set(own.flatMap((n) => this.partners(n))), moved);
    this.note();
  }

  /** Keep what is seen in the address. */
  note(): void {
    const parameters = new URLSearchParams();
    if (this.at) parameters.set("at", this.at);
    if (this.town !== null) parameters.set("town", this.graph.towns.key[this.town]);
    for (const name of FILTERS) {
      const value = this.choice[name];
      if (value && value !== this.usual(name)) parameters.set(name, value);
    }
    const text = parameters.toString().replaceAll("%2F", "/");
    history.replaceState(history.state, "", text ? `#${text}` : location.pathname + location.search);
  }

  private usual(name: string): string {
    if (name !== "status") return "";
    return this.settings.part ? "all" : LASTING;
  }

  private follow(): void {
    const parameters = new URLSearchParams(location.hash.slice(1));
    this.choice = choiceOf(parameters, this.usual("status"));
    for (const name of FILTERS) this.select(name).value = this.choice[name];
    this.show();
    const town = this.graph.towns.key.indexOf(parameters.get("town") ?? "");
    this.look(town >= 0 ? town : null, true);
  }

  private filtered(): void {
    this.choice = Object.fromEntries(
      FILTERS.map((name) => [name, this.select(name).value]),
    ) as unknown as Choice;
    this.show();
    this.look(this.town, false);
  }

  private show(): void {
    this.keep();
    this.view?.choose(this.choice);
  }

  private keep(): void {
    this.kept = fitting(this.graph, this.choice);
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const [shown, all] = [this.kept.length, this.graph.partnerships.since.length];
    found(this.root, "output").textContent = shown
      ? this.say("shown", { shown: number.format(shown), all: number.format(all) })
      : this.say("none");
    for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-list]")) {
      const href = listOf(this.settings.part, this.choice);
      link.hidden = href === null;
      if (href) link.href = href;
    }
  }

  say(key: string, values: Record<string, string> = {}): string {
    return this.words[key].replace(/%\((\w+)\)s/g, (_, name: string) => values[name] ?? "");
  }

  private partners(number: number): number[] {
    return this.graph.partnerships.partners[number];
  }

  private select(name: string): HTMLSelectElement {
    return found<HTMLSelectElement>(this.form, `[name=${name}]`);
  }

  /** The choices there are. */
  private fill(): void {
    const { countries, statuses, sources, partnerships } = this.graph;
    const order = new Intl.Collator(document.documentElement.lang).compare;
    const named = (keys: string[], names: string[]): [string, string][] =>
      keys
        .map((key, n): [string, string] => [key, names[n]])
        .filter(([key]) => key)
        .sort((a, b) => order(a[1], b[1]));
    const decades = [...new Set(partnerships.since.map((year) => year - (year % 10)))].sort();
    const choices: Record<string, [string, string][]> = {
      country: named(countries.key, countries.name),
      decade: decades.map((year) => [`${year}`, year ? `${year}–${year + 9}` : this.words.unknown]),
      status: named(statuses.key, statuses.name),
      source: named(sources.key, sources.name),
    };
    for (const name of FILTERS) {
      const select = this.select(name);
      select.append(...choices[name].map(([value, text]) => new Option(text, value)));
      select.value = this.choice[name];
      if (select.selectedIndex < 0) select.selectedIndex = 0;
      this.choice[name] = select.value;
    }
  }

  private called(text: string): { href: string; name: string; lang: string; note: string }[] {
    const { towns, countries } = this.graph;
    const sought = folded(text);
    const starts: number[] = [];
    const others: number[] = [];
    // Towns come with the best connected first.
    towns.name.forEach((name, town) => {
      const place = folded(name).indexOf(sought);
      if (place === 0) starts.push(town);
      else if (place > 0) others.push(town);
    });
    return [...starts, ...others].slice(0, FOUND).map((town) => ({
      href: String(town),
      name: towns.name[town],
      lang: towns.language[town],
      note: countries.name[towns.country[town]],
    }));
  }

  /** The panel of the town that is looked at. */
  private describe(own: number[]): void {
    const { town, graph, panel } = this;
    panel.hidden = town === null;
    if (town === null) return panel.replaceChildren();
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = this.words.close;
    close.addEventListener("click", () => this.look(null, false));
    const head = document.createElement("h2");
    head.append(this.townLink(town));
    const country = document.createElement("p");
    country.className = "quiet";
    country.textContent = graph.countries.name[graph.towns.country[town]];
    const list = document.createElement("ul");
    const entries = own.flatMap((number) =>
      this.partners(number).filter((other) => other !== town).map((other) => [other, number]),
    );
    list.append(...entries.map(([other, number]) => this.entry(other, number)));
    list.setAttribute("aria-label", this.words.partners);
    list.tabIndex = 0; // It scrolls: the keyboard must reach it.
    panel.replaceChildren(close, head, country, list);
  }

  private townLink(town: number): HTMLElement {
    const link = document.createElement("a");
    link.href = townHref(this.graph, town);
    link.textContent = this.graph.towns.name[town];
    if (this.graph.towns.language[town]) link.lang = this.graph.towns.language[town];
    return link;
  }

  private entry(other: number, number: number): HTMLElement {
    const { towns, countries, partnerships } = this.graph;
    const item = document.createElement("li");
    const link = this.townLink(other) as HTMLAnchorElement;
    link.href = partnershipHref(this.graph, number);
    const year = partnerships.since[number];
    const note = document.createElement("small");
    const since = year ? this.say("since", { year: String(year) }) : "";
    note.textContent = [countries.name[towns.country[other]], since].filter(Boolean).join(", ");
    item.append(link, " ", note);
    return item;
  }
}

function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

export function found<T extends Element = HTMLElement>(root: ParentNode, selector: string): T {
  const one = root.querySelector<T>(selector);
  if (!one) throw new Error(`there is no ${selector}`);
  return one;
}

/** An explorer over its data. */
export async function explorer(root: HTMLElement, settings: Settings): Promise<Explorer> {
  return new Explorer(root, settings, await load<Graph>(settings.graph));
}

/** A colour of the style sheet as the reader's choice of light or dark has it. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Load a style sheet, once. */
export function styled(address: string): Promise<void> {
  if (!address || document.querySelector(`link[href="${address}"]`)) return Promise.resolve();
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  return new Promise((resolve, reject) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => reject(new Error(address)));
    document.head.append(link);
  });
}
