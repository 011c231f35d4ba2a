// What the server tells the page: addresses, prefixes, and the words of the reader's language.

export interface Settings {
  endpoint: string;
  /** IRIs of the graph begin with this; the service answers for them under its own origin. */
  base: string;
  terms: string;
  misspelt: string;
  outlines: string;
  prefixes: Record<string, string>;
  words: Record<string, string>;
}

export const settings: Settings = JSON.parse(
  document.getElementById("query-settings")?.textContent ?? "{}",
);

/** A phrase of the reader's language, with values put in for %(name)s. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const text = settings.words[key] ?? key;
  return text.replace(/%\((\w+)\)s/g, (_, name: string) => String(values[name] ?? ""));
}

/** Where an IRI of the graph is answered: here, for our own. */
export function local(iri: string): string {
  return iri.startsWith(settings.base) ? `/${iri.slice(settings.base.length)}` : iri;
}

/** An IRI as it is read: shortened where a prefix fits. */
function shortened(iri: string): string {
  const fits = Object.entries(settings.prefixes).filter(([, namespace]) => iri.startsWith(namespace));
  const [prefix, namespace] = fits.sort((a, b) => b[1].length - a[1].length)[0] ?? ["", ""];
  const name = iri.slice(namespace.length);
  return namespace && /^[\w][\w.~-]*$/.test(name) ? `${prefix}:${name}` : iri;
}

/** An IRI as a link: to this service's own page of it, where it is ours. */
export function iriLink(iri: string): HTMLElement {
  // An IRI may have any scheme, javascript: as well.
  if (!/^https?:/.test(iri)) return element("span", { class: "iri" }, iri);
  return element("a", { class: "iri", href: local(iri), "data-iri": iri, title: iri }, shortened(iri));
}

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function drawn(
  name: string,
  attributes: Record<string, string | number> = {},
  ...children: (Node | string)[]
): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}
