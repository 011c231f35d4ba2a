// What pages gain with scripts: suggestions while typing, maps to move and enlarge, pictures as
// PNG, marks that close each other. Each page works without.

import { called, suggest, type Suggestion } from "./fields/suggest";

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-suggest]")) seek(form);
for (const field of document.querySelectorAll<HTMLInputElement>("input[data-suggest]")) town(field);
for (const box of document.querySelectorAll<HTMLElement>("[data-atlas]")) atlas(box);
for (const figure of document.querySelectorAll<HTMLElement>("[data-explorer]")) explore(figure);
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-png]")) png(button);
marks();

function seek(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>("input[type=search]");
  const address = form.dataset.suggest;
  if (input && address) suggest(input, called(address), ({ href }) => location.assign(href));
}

/** A field for a town: what is chosen is sent by its key, since several have one name. */
function town(field: HTMLInputElement): void {
  const shown = new Map([[field.value, field.dataset.key ?? ""]]);
  const find = called(field.dataset.suggest ?? "");
  const prefix = "/municipality/";
  const towns = async (text: string, signal: AbortSignal): Promise<Suggestion[]> =>
    (await find(text, signal)).filter(({ href }) => href.startsWith(prefix));
  suggest(field, towns, ({ href, name }) => {
    field.value = name;
    shown.set(name, decodeURIComponent(href.slice(prefix.length)));
  });
  field.form?.addEventListener("formdata", ({ formData }) => {
    const key = shown.get(field.value);
    if (key) formData.set(field.name, key);
  });
}

// --- figures of everything -------------------------------------------------------------------------

interface Figure {
  start(figure: HTMLElement, settings: unknown): Promise<void>;
}

/** Once it is seen, a figure gets its script, which is large; until then, and where that fails,
 * the picture of the server stands. */
function explore(figure: HTMLElement): void {
  const script = figure.dataset.explorer;
  const settings = document.getElementById("figure-settings")?.textContent;
  if (!script || !settings) return;
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    void begin();
  });
  const begin = async (): Promise<void> => {
    try {
      const made = (await import(new URL(script, location.href).href)) as Figure;
      await made.start(figure, JSON.parse(settings));
      figure.classList.add("is-live");
    } catch {
      const picture = figure.querySelector<HTMLElement>(".picture");
      if (picture) atlas(picture);
    }
  };
  seen.observe(figure);
}

// --- maps of single things: to move and enlarge --------------------------------------------------------

function atlas(box: HTMLElement): void {
  const svg = box.querySelector("svg");
  if (!svg) return;
  const whole = svg.viewBox.baseVal;
  const start = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  let view = { ...start };
  const names = [...svg.querySelectorAll<SVGGElement>(".name")].map((group) => ({
    group,
    size: Number(group.getAttribute("font-size")),
    edge: Number(group.getAttribute("stroke-width")),
  }));

  const draw = (): void => {
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
    const share = view.width / start.width;
    for (const { group, size, edge } of names) {
      group.setAttribute("font-size", String(size * share));
      group.setAttribute("stroke-width", String(edge * share));
    }
  };
  const zoom = (factor: number, x = view.x + view.width / 2, y = view.y + view.height / 2): void => {
    const width = Math.min(start.width * 1.5, Math.max(start.width / 400, view.width * factor));
    const share = width / view.width;
    view = {
      x: x - (x - view.x) * share,
      y: y - (y - view.y) * share,
      width,
      height: view.height * share,
    };
    draw();
  };
  const place = (event: { clientX: number; clientY: number }): { x: number; y: number } => {
    const frame = svg.getBoundingClientRect();
    return {
      x: view.x + ((event.clientX - frame.left) / frame.width) * view.width,
      y: view.y + ((event.clientY - frame.top) / frame.height) * view.height,
    };
  };

  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", svg.getAttribute("aria-label") ?? "");
  // The mouse wheel scrolls the page; with Ctrl, or pinched, it enlarges, as elsewhere.
  box.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && document.activeElement !== box) return;
      event.preventDefault();
      const at = place(event);
      zoom(Math.exp(event.deltaY / 400), at.x, at.y);
    },
    { passive: false },
  );
  box.addEventListener("dblclick", (event) => {
    const at = place(event);
    zoom(0.5, at.x, at.y);
  });
  box.addEventListener("keydown", (event) => {
    const step = view.width / 8;
    if (event.key === "+" || event.key === "=") zoom(0.7);
    else if (event.key === "-") zoom(1 / 0.7);
    else if (event.key === "0") view = { ...start };
    else if (event.key === "ArrowLeft") view.x -= step;
    else if (event.key === "ArrowRight") view.x += step;
    else if (event.key === "ArrowUp") view.y -= step;
    else if (event.key === "ArrowDown") view.y += step;
    else return;
    event.preventDefault();
    draw();
  });
  drag(svg, () => view, draw, place, zoom);
  controls(box, zoom, () => {
    view = { ...start };
    draw();
  });
  highlight(svg);
}

function drag(
  svg: SVGSVGElement,
  view: () => { x: number; y: number; width: number; height: number },
  draw: () => void,
  place: (event: { clientX: number; clientY: number }) => { x: number; y: number },
  zoom: (factor: number, x?: number, y?: number) => void,
): void {
  const fingers = new Map<number, PointerEvent>();
  let moved = 0;
  svg.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, event);
    moved = 0;
  });
  svg.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const [one, other] = [...fingers.values()];
    if (one && other) {
      const fixed = one.pointerId === event.pointerId ? other : one;
      const length = (e: PointerEvent): number =>
        Math.hypot(e.clientX - fixed.clientX, e.clientY - fixed.clientY);
      const at = place(fixed);
      zoom(length(before) / Math.max(1, length(event)), at.x, at.y);
    } else if (event.pointerType !== "touch") {
      // One finger scrolls the page, two move the map.
      const [from, to] = [place(before), place(event)];
      const now = view();
      now.x += from.x - to.x;
      now.y += from.y - to.y;
      moved += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
      if (moved > 4) svg.setPointerCapture(event.pointerId);
      draw();
    }
    fingers.set(event.pointerId, event);
  });
  const end = (event: PointerEvent): void => void fingers.delete(event.pointerId);
  svg.addEventListener("pointerup", end);
  svg.addEventListener("pointercancel", end);
  // What was dragged was not meant as a click on a town.
  svg.addEventListener("click", (event) => moved > 4 && event.preventDefault(), true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  svg.style.touchAction = "pan-x pan-y";
}

function controls(box: HTMLElement, zoom: (factor: number) => void, reset: () => void): void {
  const bar = document.createElement("div");
  bar.className = "controls";
  const { enlarge = "", reduce = "", whole = "" } = box.dataset;
  const actions: [string, string, () => void][] = [
    ["+", enlarge, () => zoom(0.6)],
    ["−", reduce, () => zoom(1 / 0.6)],
    ["○", whole, reset],
  ];
  for (const [sign, label, act] of actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", label);
    button.title = label;
    button.addEventListener("click", act);
    bar.append(button);
  }
  box.append(bar);
}

/** Shows a town's own links when it is pointed at; the others step back. */
function highlight(svg: SVGSVGElement): void {
  const links = [...svg.querySelectorAll<SVGAElement>("a[data-ends]")];
  if (!links.length) return;
  const dots = [...svg.querySelectorAll<SVGAElement>("a[data-key]")];
  const point = (key: string | undefined): void => {
    const near = new Set(key ? [key] : []);
    for (const link of links) {
      const ends = link.dataset.ends?.split(" ") ?? [];
      const own = !key || ends.includes(key);
      link.classList.toggle("faint", !own);
      if (key && own) for (const end of ends) near.add(end);
    }
    for (const dot of dots) dot.classList.toggle("faint", !!key && !near.has(dot.dataset.key ?? ""));
  };
  for (const dot of dots) {
    dot.addEventListener("mouseenter", () => point(dot.dataset.key));
    dot.addEventListener("mouseleave", () => point(undefined));
    dot.addEventListener("focus", () => point(dot.dataset.key));
    dot.addEventListener("blur", () => point(undefined));
  }
}

// --- pictures as PNG -------------------------------------------------------------------------------

function png(button: HTMLButtonElement): void {
  button.hidden = false;
  button.addEventListener("click", () => void save(button));
}

async function save(button: HTMLButtonElement): Promise<void> {
  const source = button.closest("figcaption")?.querySelector<HTMLAnchorElement>("a[download]");
  if (!source) return;
  const image = new Image();
  image.src = source.href;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * 2;
  canvas.height = image.naturalHeight * 2;
  const brush = canvas.getContext("2d");
  if (!brush) return;
  brush.fillStyle = "#ffffff";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => {
    if (!blob) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = button.dataset.png ?? "twingraph.png";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, "image/png");
}

// --- marks -----------------------------------------------------------------------------------------

/** Escape closes the mark that is open and gives the focus back. */
function marks(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const mark of document.querySelectorAll<HTMLDetailsElement>("details.mark[open]")) {
      const had = mark.contains(document.activeElement);
      mark.open = false;
      if (had) mark.querySelector("summary")?.focus();
    }
  });
}
