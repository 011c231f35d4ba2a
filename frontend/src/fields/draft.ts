// What was typed and is not sent yet, kept for as long as the tab is there: the browser's session
// storage, which no other tab and nobody after has.

/** What was typed, and by which button the form comes again as it was: with what is wrong, or without. */
export interface Draft {
  typed: string;
  action: string;
}

/** Keeps what was typed into the page at an address. */
export function keep(address: string, draft: Draft): void {
  try {
    sessionStorage.setItem(name(address), JSON.stringify(draft));
  } catch {
    // Storage is full or not allowed: the page itself still has what was typed.
  }
}

/** What was typed into the page at an address; null for nothing. */
export function of(address: string): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(name(address)) ?? "null");
  } catch {
    return null;
  }
}

export function forget(address: string): void {
  try {
    sessionStorage.removeItem(name(address));
  } catch {
    // Where nothing may be read nothing was kept.
  }
}

/** The same for a page in every language. */
function name(address: string): string {
  const { pathname, searchParams } = new URL(address);
  searchParams.delete("lang");
  return `typed ${pathname}?${searchParams}`;
}
