// The towns and partnerships of a release, and which of them are chosen. What is in the columns is
// said in twingraph/web/graph_data.py.

export interface Graph {
  towns: {
    key: string[];
    name: string[];
    language: string[];
    country: number[];
    east: (number | null)[];
    north: (number | null)[];
    degree: number[];
  };
  partnerships: {
    partners: number[][];
    key: Record<string, string>;
    since: number[];
    status: number[];
    sources: number[];
  };
  combinations: number[][];
  countries: Named;
  statuses: Named;
  sources: Named;
}

interface Named {
  key: string[];
  name: string[];
}

/** What is chosen: keys, and the first year of a decade ("0": no year is known). "" is no choice. */
export interface Choice {
  country: string;
  decade: string;
  status: string;
  source: string;
}

export const FILTERS = ["country", "decade", "status", "source"] as const;
/** Stands for every status but those of partnerships that are over. */
export const LASTING = "lasting";
const OVER = ["ended", "expired"];

/** What an address chooses; `usual` is the status where it names none. */
export function choiceOf(parameters: URLSearchParams, usual: string = LASTING): Choice {
  const [country, decade, status, source] = FILTERS.map((name) => parameters.get(name) ?? "");
  return { country, decade, status: status || usual, source };
}

/** What chooses the same in the list of partnerships, beside what the page was opened with (`part`);
 * null where the list has no such filter. */
export function listOf(part: string, { country, decade, status, source }: Choice): string | null {
  const query = new URLSearchParams(part);
  if (decade === "0") return null;
  if (decade) {
    const last = `${Number(decade) + 9}`;
    query.set("from", [query.get("from") ?? decade, decade].sort()[1]);
    query.set("to", [query.get("to") ?? last, last].sort()[0]);
  }
  if (status !== "all") query.set("status", status);
  const both = [query.get("country"), query.get("other_country")];
  if (country && !both.includes(country)) {
    const free = both.indexOf(null);
    if (free < 0) return null;
    query.set(["country", "other_country"][free], country);
  }
  if (source && (query.get("source") ?? source) !== source) return null;
  if (source) query.set("source", source);
  return `/partnerships?${query}`;
}

export async function load<T>(address: string): Promise<T> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return (await response.json()) as T;
}

/** The partnerships that fit a choice, by number. */
export function fitting(graph: Graph, choice: Choice): number[] {
  const { towns, partnerships, combinations } = graph;
  const country = graph.countries.key.indexOf(choice.country);
  const source = graph.sources.key.indexOf(choice.source);
  const states = graph.statuses.key.map((key) =>
    choice.status === LASTING ? !OVER.includes(key) : choice.status === "all" || key === choice.status,
  );
  const cited = combinations.map((some) => !choice.source || some.includes(source));
  const found: number[] = [];
  partnerships.partners.forEach((partners, number) => {
    if (!states[partnerships.status[number]] || !cited[partnerships.sources[number]]) return;
    const since = partnerships.since[number];
    if (choice.decade && since - (since % 10) !== Number(choice.decade)) return;
    if (choice.country && !partners.some((town) => towns.country[town] === country)) return;
    found.push(number);
  });
  return found;
}

/** The links of some partnerships: every two of their towns, and the partnership's number. */
export function* links(graph: Graph, some: Iterable<number>): Generator<[number, number, number]> {
  for (const number of some) {
    const partners = graph.partnerships.partners[number];
    for (let i = 0; i < partners.length; i++) {
      for (let j = i + 1; j < partners.length; j++) yield [partners[i], partners[j], number];
    }
  }
}

export function isOver(graph: Graph, number: number): boolean {
  return OVER.includes(graph.statuses.key[graph.partnerships.status[number]]);
}

export function townHref(graph: Graph, town: number): string {
  return `/municipality/${encodeURIComponent(graph.towns.key[town])}`;
}

export function partnershipHref(graph: Graph, number: number): string {
  const { partners, key } = graph.partnerships;
  const own = partners[number].map((town) => graph.towns.key[town]).sort();
  return `/partnership/${encodeURIComponent(key[number] ?? own.join("--"))}`;
}
