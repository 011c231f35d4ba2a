// The query page: the form that the server sends is replaced by an editor, and its result by views
// of it. The form stays in the page, unseen: what is downloaded is posted with it.

import Yasgui from "@zazuko/yasgui";
import "@zazuko/yasgui/build/yasgui.min.css";
import "./query/query.css";
import { ChartView } from "./query/chart";
import { completeFromHere } from "./query/completion";
import { MapView } from "./query/map";
import { located, shown, understood } from "./query/mistakes";
import { mended } from "./query/mending";
import { element, say, settings } from "./query/settings";
import { TableView } from "./query/table";

const CUT = "Twingraph-Result-Cut";
const PUT = "twingraph_put";
const LONGEST_LINK = 7000;

const form = document.getElementById("query-form") as HTMLFormElement;
const field = form.elements.namedItem("query") as HTMLTextAreaElement;
const place = document.getElementById("query-editor")!;
const bar = document.getElementById("query-bar")!;
const status = document.getElementById("query-status")!;
const link = document.getElementById("query-link") as HTMLAnchorElement;
const about = document.getElementById("query-about")!;
const notice = document.getElementById("query-cut")!;

const { Yasqe, Yasr } = Yasgui;
completeFromHere();
// The editor's own table makes every cell of every row before it shows the first.
Yasr.registerPlugin("table", TableView as any);
Yasr.registerPlugin("map", MapView as any);
Yasr.registerPlugin("chart", ChartView as any);
Yasr.defaults.pluginOrder = ["table", "map", "chart", "response"];
Yasr.defaults.errorRenderers = [
  async (error: any) => shown(located(understood(error.text), yasqe()), yasqe().getValue(), go),
];

const endpoint = new URL(settings.endpoint, location.href).href;
const asked = new URLSearchParams(location.search);
const given = field.value;

// An editor that is made unseen does not know its size.
place.hidden = false;
form.hidden = true;
const yasgui = new Yasgui(place, {
  autofocus: false,
  persistenceId: "twingraph",
  populateFromUrl: false,
  corsProxy: undefined,
  copyEndpointOnNewTab: false,
  tabName: say("tab"),
  requestConfig: { endpoint, method: "POST" },
  endpointCatalogueOptions: { getData: () => [], keys: [], renderItem: () => undefined },
  yasqe: {
    value: given,
    resizeable: true,
    editorHeight: "24rem",
    prefixCcApi: null,
    createShortLink: undefined,
    autocompleters: ["prefixes", "variables", "class", "property"],
    extraKeys: { ...Yasqe.defaults.extraKeys, Tab: false, "Shift-Tab": false },
  } as any,
  yasr: { prefixes: settings.prefixes, plugins: Yasr.defaults.plugins } as any,
});

/** What stands in a tab because it was put there, not typed: it may be replaced. */
const put = new Map<string, string>(remembered());
let drawnError: any;

function remembered(): [string, string][] {
  try {
    return JSON.parse(localStorage.getItem(PUT) ?? "[]");
  } catch {
    return [];
  }
}

function remember(query: string): void {
  put.set(tab().getId(), query);
  try {
    const open = new Set(yasgui.persistentConfig.getTabs());
    localStorage.setItem(PUT, JSON.stringify([...put].filter(([id]) => open.has(id))));
  } catch {
    // Storage is full or forbidden: then the next question opens a tab of its own.
  }
}

function tab(): any {
  return yasgui.getTab();
}

function yasqe(): any {
  return tab().getYasqe();
}

function yasr(): any {
  return tab().getYasr();
}

function go(line: number, column: number): void {
  const editor = yasqe();
  editor.focus();
  editor.setCursor({ line: line - 1, ch: column - 1 });
}

// --- what is run ---------------------------------------------------------------------------------

/** Put a query into the editor and run it; what the reader has written is left in its tab. */
function run(query: string): void {
  const same = yasgui.persistentConfig
    .getTabs()
    .find((id: string) => yasgui.persistentConfig.getTab(id).yasqe.value.trim() === query.trim());
  if (same && same !== tab().getId()) {
    yasgui.selectTabId(same);
  } else if (!same) {
    const current = yasqe().getValue();
    const untouched = !current.trim() || put.get(tab().getId()) === current || current === given;
    if (untouched) tab().setQuery(query);
    else yasgui.addTab(true, { yasqe: { value: query } } as any);
  }
  remember(query);
  prepare(tab());
  tab().query().catch(() => undefined);
}

async function example(chosen: HTMLElement): Promise<void> {
  const [name, address] = [chosen.dataset.example!, chosen.dataset.query!];
  about.textContent = chosen.dataset.about ?? "";
  document.querySelectorAll("[data-example]").forEach((one) => {
    if (one.getAttribute("data-example") === name) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  });
  const response = await fetch(address);
  if (response.ok) run(await response.text());
  else status.textContent = `${address}: ${response.status}`;
}

document.querySelectorAll<HTMLAnchorElement>("[data-example]").forEach((one) => {
  one.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void example(one).then(() => {
      // On a narrow screen the questions stand above the editor.
      if (innerWidth < 900) place.scrollIntoView();
    });
  });
});

// --- what came back ------------------------------------------------------------------------------

/** Follow a tab's editor and results; once for each. */
const followed = new WeakSet<object>();

function prepare(current: any): void {
  const [editor, results] = [current.getYasqe(), current.getYasr()];
  if (!editor || !results || followed.has(results)) return;
  followed.add(results);
  editor.on("query", () => {
    status.textContent = say("running");
    notice.hidden = true;
    drawnError?.clear();
    drawnError = undefined;
    share();
  });
  editor.on("queryResponse", (_: unknown, response: any, took: number) => {
    if (response instanceof Error) failed(response.message);
    else succeeded(response, took);
  });
  editor.on("change", share);
  // The editor goes on after it has said this.
  results.on("drawn", () => queueMicrotask(() => mended(place)));
  results.rootEl.before(bar);
  mended(place);
}

function succeeded(response: any, took: number): void {
  const found = yasr().results;
  const bindings = found?.getBindings();
  const seconds = new Intl.NumberFormat(document.documentElement.lang, {
    maximumFractionDigits: 2,
  }).format(took / 1000);
  const count = bindings?.length ?? 0;
  status.textContent =
    bindings && found.getBoolean?.() === undefined
      ? say("rows", { count, seconds })
      : say("answered", { seconds });
  const cut = response.headers?.get(CUT) || /"cut":"[^"]*"\}\s*$/.test((response.content ?? "").slice(-1000));
  notice.hidden = !cut;
  if (cut) notice.textContent = say("cut", { count });
  else if (!count && !found?.getBoolean?.()) misspelt().catch(() => undefined);
}

/** A name that is no term of ours gives no rows, and no other sign of it. */
async function misspelt(): Promise<void> {
  const query = yasqe().getValue();
  if (query.length > LONGEST_LINK) return;
  const response = await fetch(`${settings.misspelt}?query=${encodeURIComponent(query)}`);
  if (!response.ok || query !== yasqe().getValue()) return;
  const found: [string, string[]][] = Object.entries(await response.json());
  notice.hidden = !found.length;
  notice.replaceChildren(
    ...found.map(([term, near]) =>
      element("p", {}, near.length ? say("meant", { term, near: near.join(", ") }) : say("no-term", { term })),
    ),
  );
}

function failed(message: string): void {
  status.textContent = say("failed");
  const { line, column } = located(understood(message), yasqe());
  if (line === undefined || column === undefined) return;
  const text = yasqe().getLine(line - 1) ?? "";
  const from = Math.min(column - 1, Math.max(0, text.length - 1));
  drawnError = yasqe().markText(
    { line: line - 1, ch: from },
    { line: line - 1, ch: Math.max(from + 1, column) },
    { className: "query-mistake" },
  );
}

// --- share and download --------------------------------------------------------------------------

function share(): void {
  const query = yasqe().getValue();
  const address = `/query?query=${encodeURIComponent(query)}`;
  const fits = address.length < LONGEST_LINK;
  link.hidden = !fits;
  link.href = fits ? address : "";
}

document.getElementById("query-copy")!.addEventListener("click", async () => {
  const address = link.href;
  try {
    await navigator.clipboard.writeText(address);
    status.textContent = say("copied");
  } catch {
    // Not a secure context, or not allowed: show it, so that it can be copied by hand.
    const shownLink = element("input", { readonly: "", "aria-label": say("link") });
    shownLink.value = address;
    status.replaceChildren(shownLink);
    shownLink.select();
  }
});

form.addEventListener("submit", () => {
  field.value = yasqe().getValue();
});

yasgui.on("tabSelect", (_: unknown, id: string) => {
  prepare(yasgui.getTab(id));
  (yasgui.getTab(id) as any).getYasr().rootEl.before(bar);
  status.textContent = "";
  notice.hidden = true;
  share();
});
yasgui.on("autocompletionShown", () => {
  document.querySelectorAll<HTMLElement>(".CodeMirror-hints").forEach((list) => {
    list.setAttribute("aria-label", say("hints"));
    list.tabIndex = 0; // It scrolls.
  });
});
yasgui.on("tabAdd", () => queueMicrotask(() => prepare(tab())));

prepare(tab());
document.getElementById("query-plain-result")?.remove();
bar.hidden = false;
share();
const wanted = asked.get("example");
const chosen = wanted && document.querySelector<HTMLElement>(`[data-example="${CSS.escape(wanted)}"]`);
if (chosen) void example(chosen);
else if (asked.has("query")) run(given);
document.documentElement.dataset.editor = "ready";
