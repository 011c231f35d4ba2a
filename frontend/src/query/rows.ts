// A result as the plugins see it.

export interface Cell {
  value: string;
  type: string;
  datatype?: string;
  "xml:lang"?: string;
}
export type Row = Record<string, Cell | undefined>;

export interface Result {
  variables: string[];
  rows: Row[];
}

export function resultOf(yasr: any): Result {
  const results = yasr.results;
  if (!results || results.hasError()) return { variables: [], rows: [] };
  return { variables: results.getVariables() ?? [], rows: results.getBindings() ?? [] };
}

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMERIC = new Set(
  ["integer", "decimal", "double", "float", "int", "long", "short", "nonNegativeInteger"].map(
    (name) => XSD + name,
  ),
);

export function isNumber(cell: Cell | undefined): boolean {
  return cell !== undefined && NUMERIC.has(cell.datatype ?? "") && Number.isFinite(+cell.value);
}

/** The columns in which every bound value passes a test, and some value is bound. */
export function columns({ variables, rows }: Result, test: (cell: Cell) => boolean): string[] {
  return variables.filter((name) => {
    let bound = false;
    for (const row of rows) {
      const cell = row[name];
      if (cell && !test(cell)) return false;
      bound ||= cell !== undefined;
    }
    return bound;
  });
}

/** What to call a row: its label or name, else its first text, else the end of its IRI. */
export function nameOf({ variables }: Result, row: Row): string {
  const called = variables.find((name) => /label|name|title/i.test(name) && row[name]);
  const text = variables.find((name) => {
    const cell = row[name];
    return cell && cell.type !== "uri" && !isNumber(cell) && !/^[A-Z]+ ?\(/.test(cell.value);
  });
  const cell = row[called ?? text ?? ""] ?? variables.map((name) => row[name]).find(Boolean);
  if (!cell) return "";
  return cell.type === "uri" ? decodeURIComponent(cell.value.replace(/^.*[/#](?=.)/, "")) : cell.value;
}
