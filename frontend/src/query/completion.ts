// Completion from what this service has: its prefixes, classes and properties. The editor's own
// completers ask a catalogue of vocabularies elsewhere.

import Yasgui from "@zazuko/yasgui";
import { settings } from "./settings";

interface Term {
  iri: string;
  label: string;
}
interface Terms {
  classes: Term[];
  properties: Term[];
}
const MOST = 60;

let asked: Promise<Terms> | undefined;

function terms(): Promise<Terms> {
  asked ??= fetch(settings.terms).then((response) => {
    if (!response.ok) throw new Error(`${settings.terms}: ${response.status}`);
    return response.json() as Promise<Terms>;
  });
  asked.catch(() => (asked = undefined));
  return asked;
}

function shortened(iri: string, prefixes: Record<string, string>): string {
  let best = "";
  for (const [prefix, namespace] of Object.entries(prefixes)) {
    const name = iri.slice(namespace.length);
    const fits = iri.startsWith(namespace) && /^[\w-]*$/.test(name);
    const shorter = best === "" || namespace.length > iri.length - best.length;
    if (fits && shorter) best = `${prefix}:${name}`;
  }
  return best || `<${iri}>`;
}

/** Terms whose IRI goes on from what was typed, then those whose name or label has it. */
function matching(found: Term[], token: any): string[] {
  const typed: string = token.autocompletionString ?? token.string;
  const begins = found.filter(({ iri }) => iri.startsWith(typed));
  const word = typed.replace(/^.*[:/#]/, "").toLowerCase();
  const within = token.tokenPrefixUri ?? "";
  const has = found.filter(
    ({ iri, label }) =>
      iri.startsWith(within) &&
      (label.toLowerCase().includes(word) || iri.replace(/^.*[/#]/, "").toLowerCase().includes(word)),
  );
  return [...new Set([...begins, ...has].map(({ iri }) => iri))].slice(0, MOST);
}

/** Put our own completers in place of the editor's. Call before an editor is made. */
export function completeFromHere(): void {
  const { Yasqe } = Yasgui;
  const labels = new Map<string, string>();

  const ours = (kind: keyof Terms) => ({
    get: async (_: unknown, token: any) => {
      const found = (await terms())[kind];
      for (const { iri, label } of found) labels.set(shortened(iri, settings.prefixes), label);
      return matching(found, token);
    },
    postProcessSuggestion: (yasqe: any, _: unknown, iri: string) =>
      shortened(iri, { ...settings.prefixes, ...yasqe.getPrefixesFromQuery() }),
    postprocessHints: (_: unknown, hints: any[]) =>
      hints.map((hint) => {
        const label = labels.get(hint.text);
        return label ? { ...hint, displayText: `${hint.text}  ${label}` } : hint;
      }),
    persistenceId: null,
  });
  Object.assign(Yasqe.Autocompleters.class, ours("classes"));
  Object.assign(Yasqe.Autocompleters.property, ours("properties"));
  Object.assign(Yasqe.Autocompleters.prefixes, {
    get: Object.entries(settings.prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`),
    persistenceId: null,
  });
}
