// Suggestions while typing: an ARIA combobox with a list box.

export interface Suggestion {
  href: string;
  name: string;
  lang: string;
  note: string;
  country?: string;
}

/** Finds what is called like some words. */
export function called(address: string): (text: string, signal: AbortSignal) => Promise<Suggestion[]> {
  return async (text, signal) => {
    const url = new URL(address, location.href);
    url.searchParams.set("q", text);
    const language = new URLSearchParams(location.search).get("lang");
    if (language) url.searchParams.set("lang", language);
    const response = await fetch(url, { signal });
    return response.ok ? ((await response.json()) as Suggestion[]) : [];
  };
}

/** Has a field suggest what `find` finds; `choose` is told what was chosen. */
export function suggest(
  input: HTMLInputElement,
  find: (text: string, signal: AbortSignal) => Promise<Suggestion[]>,
  choose: (suggestion: Suggestion) => void,
): void {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${input.id}-suggestions`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels?.[0]?.textContent?.trim() ?? "");
  list.hidden = true;
  input.after(list);
  input.autocomplete = "off";
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  let found: Suggestion[] = [];
  let marked = -1;
  let timer = 0;
  let asked: AbortController | undefined;

  const close = (): void => {
    list.hidden = true;
    marked = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (place: number): void => {
    const items = [...list.children];
    marked = items.length ? (place + items.length) % items.length : -1;
    items.forEach((item, n) => item.setAttribute("aria-selected", String(n === marked)));
    const item = items[marked];
    if (!item) return;
    input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  };
  const take = (place: number): void => {
    const suggestion = found[place];
    close();
    choose(suggestion);
  };
  const show = (): void => {
    list.replaceChildren(
      ...found.map((one, n) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${n}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        const name = document.createElement("span");
        name.textContent = one.name;
        if (one.lang) name.lang = one.lang;
        const note = document.createElement("small");
        note.textContent = ` ${one.note}`;
        item.append(name, note);
        // Before the field loses the focus, which would close the list.
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          take(n);
        });
        return item;
      }),
    );
    marked = -1;
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
  };
  const ask = async (): Promise<void> => {
    asked?.abort();
    const text = input.value.trim();
    if (text.length < 2) return close();
    asked = new AbortController();
    try {
      found = await find(text, asked.signal);
      // Who has gone on to the next field wants no list at this one.
      if (document.activeElement === input) show();
    } catch (error) {
      if (!(error instanceof DOMException)) close();
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), 120);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(marked + 1);
    else if (event.key === "ArrowUp") mark(marked < 0 ? -1 : marked - 1);
    else if (event.key === "Enter" && marked >= 0) take(marked);
    else return;
    event.preventDefault();
  });
}
