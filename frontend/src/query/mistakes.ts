// An error as the service words it, shown where it is: the line, the place in it, what would have
// been right there.

import { element, say } from "./settings";

const MOST = 24;
const PLACE = /error at (\d+):(\d+): (?:expected )?([\s\S]*)/;

/** What the service adds below the parser's words, which take several lines themselves. */
const HINT = /^(not declared in the query:|[A-Z]+ is an update)[\s\S]*/m;

export interface Mistake {
  message: string;
  line?: number;
  column?: number;
  expected: string[];
  other: string;
  hint?: string;
}

export function understood(text: string): Mistake {
  const found = PLACE.exec(text.trim());
  if (!found) return { message: text.trim(), expected: [], other: "" };
  const { words, other } = alternatives(found[3]);
  return {
    message: say("syntax"),
    line: Number(found[1]),
    column: Number(found[2]),
    expected: words,
    other,
    hint: HINT.exec(found[3])?.[0].trim(),
  };
}

/**
 * The editor reads the query as well. Where it stumbles before the place that the service names
 * (which is the furthest that the service could read in any way), its place is the better one.
 */
export function located(mistake: Mistake, editor: any): Mistake {
  const { line, column } = mistake;
  if (line === undefined || column === undefined) return mistake;
  for (let number = 0; number < Math.min(line, editor.lineCount()); number++) {
    for (const token of editor.getLineTokens(number, true)) {
      if (token.state.OK === false) {
        const earlier = number + 1 < line || token.start + 1 < column;
        if (!earlier) return mistake;
        const all = [...new Set<string>(token.state.possibleCurrent.map(named))];
        // Names and values first: of the functions there are many.
        const isWord = (one: string) => Number(/^[a-z]+$/i.test(one));
        const expected = all.sort((a, b) => isWord(a) - isWord(b)).slice(0, MOST);
        return { ...mistake, line: number + 1, column: token.start + 1, expected, other: "" };
      }
    }
  }
  return mistake;
}

/** What the editor's grammar calls a kind of word, as one would write it. */
function named(terminal: string): string {
  if (/^VAR\d/.test(terminal)) return "?name";
  if (terminal === "IRI_REF") return "<IRI>";
  if (/^PNAME/.test(terminal)) return "prefix:name";
  if (/^STRING_LITERAL/.test(terminal)) return '"…"';
  if (/^(INTEGER|DECIMAL|DOUBLE)/.test(terminal)) return "0";
  if (/^BLANK_NODE/.test(terminal)) return "_:name";
  return terminal === "ANON" ? "[]" : terminal === "NIL" ? "()" : terminal;
}

/** The parser lists what it would take: keywords, and sets of characters in brackets. */
function alternatives(list: string): { words: string[]; other: string } {
  const first = list.split("\n")[0].replace(/^one of /, "");
  const parts = first.split(/, (?=[^\]]*(?:\[|$))/);
  const words = parts.filter((part) => /^[A-Za-z][A-Za-z ]*$/.test(part.trim()));
  return { words: words.slice(0, MOST), other: words.length ? "" : list.trim() };
}

/** The error, drawn. `go` is called with the line and column to be shown in the editor. */
export function shown(
  mistake: Mistake,
  query: string,
  go: (line: number, column: number) => void,
): HTMLElement {
  const box = element("div", { class: "mistake", role: "alert" });
  box.append(element("p", {}, element("strong", {}, mistake.message)));
  const { line, column } = mistake;
  if (line !== undefined && column !== undefined) {
    const text = query.split("\n")[line - 1] ?? "";
    const caret = `${" ".repeat(Math.max(0, column - 1))}^`;
    const place = element("button", { type: "button", class: "go" });
    place.textContent = say("place", { line, column });
    place.addEventListener("click", () => go(line, column));
    box.append(element("p", {}, place), element("pre", { lang: "zxx" }, `${text}\n${caret}`));
  }
  if (mistake.hint) {
    box.append(element("pre", { lang: "en" }, mistake.hint));
  } else if (mistake.expected.length) {
    const list = element("span", { translate: "no" });
    mistake.expected.forEach((word, i) => {
      list.append(i ? ", " : "", element("code", {}, word));
    });
    box.append(element("p", {}, `${say("expected")} `, list));
  } else if (mistake.other) {
    box.append(element("p", { lang: "en" }, mistake.other));
  }
  return box;
}
