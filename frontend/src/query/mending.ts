// The editor's own markup: what has no name gets one, in the reader's language, and roles that are
// not true are mended. Called after each drawing; each step may find its work done already.

import { element, say } from "./settings";

const NAMES: Record<string, string> = {
  ".CodeMirror textarea": "editor",
  ".yasqe_queryButton": "run",
  ".addTab": "new-tab",
  ".tab input": "tab-name",
};
const TEXTS: Record<string, string> = {
  ".select_table span": "table",
  ".select_response span": "response",
};

export function mended(root: HTMLElement): void {
  for (const [selector, key] of Object.entries(NAMES)) {
    root.querySelectorAll(selector).forEach((one) => {
      one.setAttribute("aria-label", say(key));
      if (one.hasAttribute("title")) one.setAttribute("title", say(key));
      if (one.hasAttribute("placeholder")) one.setAttribute("placeholder", say(key));
    });
  }
  for (const [selector, key] of Object.entries(TEXTS)) {
    root.querySelectorAll(selector).forEach((one) => {
      if (one.textContent !== say(key)) one.textContent = say(key);
    });
  }
  // It scrolls by the keyboard too where the keyboard reaches it.
  root.querySelectorAll<HTMLElement>(".CodeMirror-scroll").forEach((one) => (one.tabIndex = 0));
  root.querySelectorAll<HTMLElement>(".closeTab").forEach((one) => (one.title = say("close-tab")));
  // Words that are fixed in the editor.
  root.querySelectorAll<HTMLElement>(".notificationContainer, .context-menu").forEach((one) => {
    one.lang = "en";
  });
  tabs(root);
  views(root);
}

/** The bar of tabs also holds a button, which a tablist may not: the list owns the tabs alone. */
function tabs(root: HTMLElement): void {
  const bar = root.querySelector(".tabsList");
  if (!bar) return;
  bar.removeAttribute("role");
  let list = bar.parentElement!.querySelector(":scope > [role=tablist]");
  if (!list) {
    list = element("div", { role: "tablist", class: "unseen", "aria-label": say("tabs") });
    bar.before(list);
  }
  const ids = [...bar.querySelectorAll("[role=tab]")].map((tab) => tab.id).join(" ");
  if (list.getAttribute("aria-owns") !== ids) list.setAttribute("aria-owns", ids);
  // A panel is drawn when its tab is first shown.
  bar.querySelectorAll("[role=tab]").forEach((tab) => {
    const panel = tab.id.replace(/^tab-/, "");
    if (document.getElementById(panel)) tab.setAttribute("aria-controls", panel);
    else tab.removeAttribute("aria-controls");
  });
}

/** The buttons that choose a view say which one is chosen, and which cannot be. */
function views(root: HTMLElement): void {
  root.querySelectorAll<HTMLButtonElement>(".yasr_btnGroup button").forEach((button) => {
    const name = button.querySelector("span")?.textContent ?? "";
    button.title = name;
    button.setAttribute("aria-label", name);
    button.setAttribute("aria-pressed", String(button.classList.contains("selected")));
    button.disabled = button.classList.contains("disabled");
  });
  root.querySelectorAll<HTMLAnchorElement>(".yasr_downloadIcon").forEach((button) => {
    button.title = say("save-view");
    button.setAttribute("aria-label", say("save-view"));
    button.setAttribute("aria-disabled", String(button.classList.contains("disabled")));
  });
  // A control that says what it controls has to have a role; this one is a mere frame.
  root.querySelectorAll(".yasr_plugin_control").forEach((one) => {
    one.removeAttribute("aria-controls");
    one.removeAttribute("id");
  });
}
