// What the form for what a page says gains with scripts: towns suggested while typing, rows added
// without the page going, and what is wrong told as soon as a field is left; and what was typed is
// there again after the browser's Back, a reload, or a tab that was opened again. Without them each
// button sends the form, and the server answers with the next page.

import "./pages";
import { called, suggest, type Suggestion } from "./fields/suggest";
import * as draft from "./fields/draft";

const CHECKS_AFTER = 300; // milliseconds: several fields may be filled in at once
const form = document.querySelector<HTMLFormElement>("form[data-check]");
if (form) begin(form);
if (document.querySelector("[data-written]")) draft.forget(location.href);
for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-anew]")) {
  link.addEventListener("click", () => draft.forget(link.href));
}
for (const carried of document.querySelectorAll<HTMLFormElement>("form.carried")) {
  carried.addEventListener("submit", (event) => {
    // The form itself, which is filled in again: a page that was sent is none to go back to.
    const pressed = event.submitter;
    if (!(pressed instanceof HTMLButtonElement) || pressed.value !== "back") return;
    if (draft.of(carried.action) === null) return;
    event.preventDefault();
    location.assign(carried.action);
  });
}

function begin(form: HTMLFormElement): void {
  let dirty = false;
  let leaving = false;
  let sure = false;
  let timer = 0;
  let asked: AbortController | undefined;
  const left = new Set<string>();

  const changed = (): void => {
    dirty = true;
    keep();
  };
  const keep = (): void => {
    const action = "wrong" in form.dataset ? "check" : "back";
    draft.keep(location.href, { typed: String(pairs(form)), action });
  };

  towns(form);
  focusOn(form.dataset.focus);
  void restore();
  form.addEventListener("input", changed);
  form.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLElement) || !("name" in target)) return;
    changed();
    left.add(String(target.name));
    clearTimeout(timer);
    timer = window.setTimeout(() => void check(), CHECKS_AFTER);
  });
  form.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    if (!(pressed instanceof HTMLButtonElement)) return;
    if (sure) {
      leaving = true;
      return keep();
    }
    event.preventDefault();
    void (pressed.name === "do" && !pressed.value.startsWith("check") ? leave(pressed) : press(pressed));
  });
  addEventListener("beforeunload", (event) => {
    if (dirty && !leaving) event.preventDefault();
  });
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".languages a")) {
    link.addEventListener("click", (event) => {
      leaving = true;
      // It is there again in the other language; where nothing may be kept, it is sent there.
      if (!dirty || draft.of(location.href)) return;
      event.preventDefault();
      sendTo(form, link.href, "do", "back");
    });
  }

  /** Sends the form for a button, and shows the next form in the place of this one. */
  async function press(pressed: HTMLButtonElement): Promise<void> {
    asked?.abort();
    clearTimeout(timer);
    const next = await answer(form, pairs(form), pressed.name, pressed.value);
    if (!next) {
      leaving = true;
      return sendTo(form, form.action, pressed.name, pressed.value);
    }
    show(next);
    if (next.dataset.focus) focusOn(next.dataset.focus);
    else if (pressed.name === "do") document.getElementById("summary")?.focus();
  }

  /** Goes on to the next page, where nothing is wrong with what was typed. */
  async function leave(pressed: HTMLButtonElement): Promise<void> {
    asked?.abort();
    clearTimeout(timer);
    const next = await answer(form, pairs(form), "do", "check");
    if (next && "wrong" in next.dataset) {
      show(next);
      return focusOn(next.dataset.focus);
    }
    sure = true;
    form.requestSubmit(pressed);
    sure = false;
  }

  function show(next: HTMLFormElement): void {
    const opened = open(form);
    form.replaceChildren(...next.childNodes);
    form.toggleAttribute("data-wrong", "wrong" in next.dataset);
    for (const one of details(form)) if (opened.has(named(one))) one.open = true;
    towns(form);
    changed();
  }

  /** What was typed before, where this page is older than that. */
  async function restore(): Promise<void> {
    const kept = draft.of(location.href);
    const [how] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    const isAnswer = "posted" in form.dataset && how?.type === "navigate";
    if (isAnswer) return changed();
    if (kept === null || (kept.typed === String(pairs(form)) && kept.action === "back")) return;
    const next = await answer(form, new URLSearchParams(kept.typed), "do", kept.action);
    // Who has begun to type meanwhile goes on with that.
    if (!next || dirty) return;
    show(next);
    document.querySelector("[data-restored]")?.removeAttribute("hidden");
  }

  /** Tells what is wrong in the fields that were left, and what their towns are. */
  async function check(): Promise<void> {
    asked?.abort();
    asked = new AbortController();
    const next = await answer(form, pairs(form), "do", "check", asked.signal);
    if (next) update(form, next, left);
  }
}

/** What was opened stays so: each by the row that it is in and its words. */
function open(form: HTMLFormElement): Set<string> {
  return new Set(details(form).filter((one) => one.open).map(named));
}

function details(form: HTMLFormElement): HTMLDetailsElement[] {
  return [...form.querySelectorAll("details")];
}

function named(one: HTMLDetailsElement): string {
  return `${one.closest("fieldset")?.id} ${one.querySelector("summary")?.textContent}`;
}

/** What stands in a form. */
function pairs(form: HTMLFormElement): URLSearchParams {
  const found = new URLSearchParams();
  for (const [field, text] of new FormData(form)) if (typeof text === "string") found.append(field, text);
  return found;
}

/** The next form, as the server makes it; nothing where it does not answer. */
async function answer(
  form: HTMLFormElement,
  body: URLSearchParams,
  name: string,
  value: string,
  signal?: AbortSignal,
): Promise<HTMLFormElement | null> {
  body.append(name, value);
  try {
    const response = await fetch(form.action, { method: "POST", body, signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector<HTMLFormElement>("form[data-check]");
  } catch {
    return null;
  }
}

/** Sends the form as a browser does, to the same page in another language for one. */
function sendTo(form: HTMLFormElement, address: string, name: string, value: string): void {
  const action = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  form.append(action);
  form.action = address;
  form.submit();
}

// --- what is wrong -------------------------------------------------------------------------------

function update(form: HTMLFormElement, next: HTMLFormElement, left: Set<string>): void {
  for (const place of form.querySelectorAll<HTMLElement>("[data-faults]")) {
    const input = place.dataset.faults ?? "";
    const told = find(next, "data-faults", input);
    if (!told || !concerns(input, left)) continue;
    place.replaceChildren(...told.childNodes);
    const wrong = place.querySelector(".fault") !== null;
    const field = document.getElementById(input);
    if (wrong) field?.setAttribute("aria-invalid", "true");
    else field?.removeAttribute("aria-invalid");
    place.closest(".field")?.classList.toggle("wrong", wrong);
  }
  for (const place of form.querySelectorAll<HTMLElement>("[data-found]")) {
    const found = find(next, "data-found", place.dataset.found ?? "");
    if (found && offered(found) !== offered(place)) place.replaceChildren(...found.childNodes);
  }
  renamed(form, next);
}

/** What a place tells and lets choose from, and on what grounds: as long as these are the same, which of
 * it is chosen stays with whoever chooses. */
function offered(place: HTMLElement): string {
  const radios = [...place.querySelectorAll<HTMLInputElement>("input[type=radio]")];
  const grounds = place.querySelector<HTMLInputElement>('input[name$=".asked"]')?.value;
  return [place.textContent?.trim(), grounds, ...radios.map((one) => one.value)].join("\n");
}

/** A field that was left, or a row with such a field. */
function concerns(input: string, left: Set<string>): boolean {
  return left.has(input) || [...left].some((name) => name.startsWith(`${input}.`));
}

/** Towns are named in headings, and where one of them is to be chosen. */
function renamed(form: HTMLFormElement, next: HTMLFormElement): void {
  for (const row of form.querySelectorAll<HTMLFieldSetElement>("fieldset.row[id]")) {
    const legend = row.querySelector("legend");
    const now = next.querySelector(`[id="${row.id}"] > legend`);
    if (legend && now) legend.textContent = now.textContent;
  }
  for (const select of form.querySelectorAll("select")) {
    const now = next.querySelector<HTMLSelectElement>(`select[id="${select.id}"]`);
    if (!now) continue;
    if (select.options.length !== now.options.length) select.replaceChildren(...now.childNodes);
    else [...select.options].forEach((one, n) => (one.textContent = now.options[n].textContent));
  }
}

function find(within: HTMLElement, name: string, value: string): HTMLElement | null {
  return within.querySelector<HTMLElement>(`[${name}="${value}"]`);
}

function focusOn(id: string | undefined): void {
  const field = id ? document.getElementById(id) : null;
  field?.closest("details")?.setAttribute("open", "");
  field?.focus();
}

// --- towns ---------------------------------------------------------------------------------------

function towns(form: HTMLFormElement): void {
  for (const field of form.querySelectorAll<HTMLInputElement>("input[data-town]")) town(field);
}

/** A field for a town: which one was chosen goes along as its key, as long as its name stands. */
function town(field: HTMLInputElement): void {
  const prefix = "/municipality/";
  const find = called(field.dataset.town ?? "");
  const beside = (name: string): HTMLInputElement | null =>
    field.form?.querySelector<HTMLInputElement>(
      `input[name="${field.name.replace(/\.name$/, `.${name}`)}"]`,
    ) ?? null;
  const towns = async (text: string, signal: AbortSignal): Promise<Suggestion[]> =>
    (await find(text, signal)).filter(({ href }) => href.startsWith(prefix));
  suggest(field, towns, ({ href, name, country }) => {
    field.value = name;
    const [key, where, asked] = [beside("key"), beside("country"), beside("asked")];
    if (key?.type === "hidden") key.value = decodeURIComponent(href.slice(prefix.length));
    // What is chosen with its name and country is asked on no other grounds.
    if (asked) asked.value = "";
    if (where && country) where.value = country;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  field.addEventListener("input", () => {
    const key = beside("key");
    if (key?.type === "hidden") key.value = "";
  });
}
