// Results as a table: a page of rows at a time, however many there are. Only what is shown is made;
// what has to look at all rows (to sort, to filter) does so in short turns, so that the page stays
// alive.

import { icon } from "./map";
import { isNumber, resultOf, type Cell, type Result, type Row } from "./rows";
import { element, iriLink, say, settings } from "./settings";

const SIZES = [50, 200, 1000];
/** Milliseconds that all rows are looked at without a pause. */
const TURN = 15;
const LABELS = ["skos:prefLabel", "dct:title", "foaf:name", "rdfs:label"];

interface Order {
  column: string;
  down: boolean;
}

export class TableView {
  priority = 10;
  label = say("table");
  private of: unknown;
  private result: Result = { variables: [], rows: [] };
  /** The numbers of the rows to show, in their order. */
  private chosen: number[] = [];
  private size = SIZES[0];
  private first = 0;
  private words = "";
  private order: Order | undefined;
  private frame = element("div");
  private table = element("table");
  private told = element("output");
  private steps: HTMLButtonElement[] = [];
  /** Counts choices: one that is still being made when another comes is left. */
  private choice = 0;

  constructor(private yasr: any) {}

  canHandleResults(): boolean {
    return resultOf(this.yasr).variables.length > 0;
  }

  getIcon(): Element {
    return icon("M1 2h14v12H1V2zm1 4v3h5V6H2zm6 0v3h6V6H8zm-6 4v3h5v-3H2zm6 0v3h6v-3H8z");
  }

  draw(): void {
    if (this.of !== this.yasr.results) {
      this.of = this.yasr.results;
      this.result = resultOf(this.yasr);
      this.chosen = this.result.rows.map((_, number) => number);
      this.first = 0;
      this.words = "";
      this.order = undefined;
    }
    this.table = element("table", { "aria-rowcount": String(this.result.rows.length + 1) });
    this.frame = element("div", { class: "query-table" }, this.controls(), this.table);
    this.yasr.resultsEl.replaceChildren(this.frame);
    this.show();
  }

  private controls(): HTMLElement {
    const filter = element("input", { type: "search", "aria-label": say("filter"), placeholder: say("filter") });
    filter.value = this.words;
    let waiting: number | undefined;
    filter.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = window.setTimeout(() => {
        this.words = filter.value.trim().toLowerCase();
        void this.choose();
      }, 150);
    });
    const size = element("select");
    for (const one of SIZES) {
      const option = element("option", { value: String(one) }, count(one));
      option.selected = one === this.size;
      size.append(option);
    }
    size.addEventListener("change", () => {
      this.size = +size.value;
      this.turn(0);
    });
    this.told = element("output", { "aria-live": "polite" });
    this.steps = [this.step(say("earlier"), "‹", -1), this.step(say("later"), "›", 1)];
    const [earlier, later] = this.steps;
    const pages = element("span", { class: "pages" }, earlier, this.told, later);
    return element("div", { class: "controls" }, filter, element("label", {}, `${say("page-size")} `, size), pages);
  }

  private step(name: string, sign: string, by: number): HTMLButtonElement {
    const button = element("button", { type: "button", "aria-label": name, title: name }, sign);
    button.addEventListener("click", () => this.turn(this.first + by * this.size));
    return button;
  }

  private turn(first: number): void {
    this.first = Math.max(0, Math.min(first, this.chosen.length - 1));
    this.show();
  }

  // --- what is shown -----------------------------------------------------------------------------

  private show(): void {
    const { variables, rows } = this.result;
    const shown = this.chosen.slice(this.first, this.first + this.size);
    const head = element("tr", {}, element("th", { class: "number", "aria-label": "#" }));
    for (const name of variables) head.append(this.head(name));
    const body = element("tbody");
    shown.forEach((number, at) => {
      const place = count(this.first + at + 1);
      const line = element("tr", { "aria-rowindex": String(this.first + at + 2) });
      line.append(element("td", { class: "number" }, place));
      for (const name of variables) line.append(cellOf(rows[number][name]));
      body.append(line);
    });
    this.table.replaceChildren(element("thead", {}, head), body);
    this.told.textContent = shown.length
      ? say("rows-shown", {
          first: count(this.first + 1),
          last: count(this.first + shown.length),
          all: count(this.chosen.length),
        })
      : say("none");
    const [earlier, later] = this.steps;
    earlier.disabled = this.first === 0;
    later.disabled = this.first + this.size >= this.chosen.length;
    void labelled(shown.map((number) => rows[number]), body);
  }

  private head(name: string): HTMLElement {
    const sorted = this.order?.column === name ? (this.order.down ? "descending" : "ascending") : "none";
    const sign = { ascending: " ↑", descending: " ↓", none: "" }[sorted];
    const button = element("button", { type: "button" }, name, element("span", { "aria-hidden": "true" }, sign));
    button.addEventListener("click", () => {
      this.order = sorted === "descending" ? undefined : { column: name, down: sorted === "ascending" };
      void this.choose().then(() => {
        const at = this.result.variables.indexOf(name);
        this.table.querySelectorAll<HTMLElement>("thead button")[at]?.focus();
      });
    });
    return element("th", { scope: "col", "aria-sort": sorted }, button);
  }

  // --- what is chosen ----------------------------------------------------------------------------

  /** Filter and sort anew; rows that are equal stay as they came. */
  private async choose(): Promise<void> {
    const mine = ++this.choice;
    const left = () => mine !== this.choice;
    const { variables, rows } = this.result;
    const pause = turns();
    let chosen: number[] = [];
    for (let number = 0; number < rows.length; number++) {
      const pausing = pause();
      if (pausing) {
        await pausing;
        if (left()) return;
      }
      if (!this.words || variables.some((name) => holds(rows[number][name], this.words))) chosen.push(number);
    }
    if (this.order) {
      const { column, down } = this.order;
      chosen = await sorted(chosen, comparing(rows, column, down), pause);
    }
    if (left()) return;
    this.chosen = chosen;
    this.turn(0);
  }
}

/** Where a turn is over, a moment to wait for; else nothing, since waiting for that too costs more
 *  than to compare two rows. */
function turns(): () => Promise<void> | undefined {
  let until = performance.now() + TURN;
  return () => {
    if (performance.now() < until) return undefined;
    return new Promise((done) =>
      setTimeout(() => {
        until = performance.now() + TURN;
        done();
      }),
    );
  };
}

type Compare = (one: number, other: number) => number;

/** Sorted by merging: a few at a time are sorted at once, then runs are joined, with pauses. */
async function sorted(numbers: number[], compare: Compare, pause: ReturnType<typeof turns>): Promise<number[]> {
  let runs: number[][] = [];
  for (let at = 0; at < numbers.length; at += 500) {
    await pause();
    runs.push(numbers.slice(at, at + 500).sort(compare));
  }
  while (runs.length > 1) {
    const joined: number[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [one, other = []] = runs.slice(at, at + 2);
      const run: number[] = [];
      for (let i = 0, j = 0; i < one.length || j < other.length; ) {
        const pausing = pause();
        if (pausing) await pausing;
        const takes = j >= other.length || (i < one.length && compare(one[i], other[j]) <= 0);
        run.push(takes ? one[i++] : other[j++]);
      }
      joined.push(run);
    }
    runs = joined;
  }
  return runs[0] ?? [];
}

/** Numbers by their size, all else by the letters of the reader's language; what is not bound comes last. */
function comparing(rows: Row[], column: string, down: boolean): Compare {
  const letters = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const sign = down ? -1 : 1;
  return (a, b) => {
    const [one, other] = [rows[a][column], rows[b][column]];
    if (!one || !other) return Number(!one) - Number(!other);
    if (isNumber(one) && isNumber(other)) return sign * (+one.value - +other.value);
    return sign * letters.compare(one.value, other.value);
  };
}

function holds(cell: Cell | undefined, words: string): boolean {
  return cell !== undefined && cell.value.toLowerCase().includes(words);
}

// --- a cell --------------------------------------------------------------------------------------

function cellOf(cell: Cell | undefined): HTMLElement {
  if (!cell) return element("td");
  if (cell.type === "uri") return element("td", {}, iriLink(cell.value));
  if (cell.type === "bnode") return element("td", {}, `_:${cell.value}`);
  const made = element("td", { dir: "auto" }, cell.value);
  if (isNumber(cell)) made.className = "number";
  if (cell["xml:lang"]) made.lang = cell["xml:lang"];
  else if (cell.datatype) made.title = cell.datatype;
  return made;
}

/** What things of the graph are called, by their IRIs, as far as it has been asked. */
const labels = new Map<string, string>();

/** Put names beside the links of some rows, where no other cell of the row says them. */
async function labelled(rows: Row[], body: HTMLElement): Promise<void> {
  const ours = (cell: Cell | undefined) => cell?.type === "uri" && cell.value.startsWith(settings.base);
  const cells = rows.flatMap((row) => Object.values(row)).filter(ours) as Cell[];
  const missing = [...new Set(cells.map((cell) => cell.value))].filter((iri) => !labels.has(iri));
  if (missing.length) await ask(missing);
  rows.forEach((row, at) => {
    const said = new Set(Object.values(row).map((cell) => cell?.value));
    body.children[at]?.querySelectorAll<HTMLElement>("a[data-iri]").forEach((link) => {
      const label = labels.get(link.dataset.iri!);
      if (label && !said.has(label) && !link.nextElementSibling) {
        link.after(element("span", { class: "quiet", dir: "auto" }, label));
      }
    });
  });
}

async function ask(iris: string[]): Promise<void> {
  const heads = ["skos", "dct", "foaf", "rdfs"].map((name) => `PREFIX ${name}: <${settings.prefixes[name]}>`);
  const values = iris.map((iri) => `<${iri}>`).join(" ");
  const query = `${heads.join("\n")}
SELECT ?thing ?label { VALUES ?thing { ${values} } ?thing ${LABELS.join("|")} ?label }`;
  for (const iri of iris) labels.set(iri, "");
  try {
    const response = await fetch(settings.endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/sparql-query", Accept: "application/sparql-results+json" },
      body: query,
    });
    if (!response.ok) return;
    const wanted = [document.documentElement.lang, "en"];
    const rank = (language = "") => (wanted.indexOf(language) + 1 || wanted.length + 1) - Number(!language) / 2;
    const ranks = new Map<string, number>();
    for (const { thing, label } of (await response.json()).results.bindings) {
      const its = rank(label["xml:lang"]);
      if (its < (ranks.get(thing.value) ?? Infinity)) {
        ranks.set(thing.value, its);
        labels.set(thing.value, label.value);
      }
    }
  } catch {
    // Names are an extra: the table says all that was asked for without them.
  }
}

function count(number: number): string {
  return new Intl.NumberFormat(document.documentElement.lang).format(number);
}
