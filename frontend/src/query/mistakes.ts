// An error as the service words it, shown where it is: the line, the place in it, what would have
// been right there.

import { element, say } from "./settings";

const PLACE = /error at (\d+):(\d+): (?:expected )?([\s\S]*)/;

export interface Mistake {
  message: string;
  line?: number;
  column?: number;
  expected: string[];
  other: string;
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
  };
}

/** The parser lists what it would take: keywords, and sets of characters in brackets. */
function alternatives(list: string): { words: string[]; other: string } {
  const first = list.split("\n")[0].replace(/^one of /, "");
  const parts = first.split(/, (?=[^\]]*(?:\[|$))/);
  const words = parts.filter((part) => /^[A-Za-z][A-Za-z ]*$/.test(part.trim()));
  return { words: words.slice(0, 24), other: words.length ? "" : list.trim() };
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
  if (mistake.expected.length) {
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
