// The editor's own markup, labelled and mended for those who do not see it.

import { say } from "./settings";

/** Name what has no name, and take away roles that are not true. Call after each drawing. */
export function mended(root: HTMLElement): void {
  root.lang = "en";
  root.querySelectorAll<HTMLTextAreaElement>(".CodeMirror textarea").forEach((field) => {
    field.setAttribute("aria-label", say("editor"));
  });
}
