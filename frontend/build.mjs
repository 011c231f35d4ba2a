// Bundles what browsers load, into a folder that is served as it is:
//
//   name-HASH.js, name-HASH.css   each src/*.ts and src/*.css; the hash is of the content
//   outlines-HASH.json            countries of the world, to draw maps on (see below)
//   outlines-110m-HASH.json       the same in fewer points, for half the world or all of it
//   *.br, *.gz                    the same, compressed once and for all
//   manifest.json                 the name in the source → the name here
//   LICENSES.txt                  of every package that is in the bundles
//
// Outlines are TopoJSON with one object, `countries`: a GeometryCollection of Polygon and
// MultiPolygon, each with `id` (ISO 3166-1 numeric, three digits; missing for a few disputed
// areas) and `properties.name` (English). They are Natural Earth 1:50m and 1:110m (public domain, by
// way of the package world-atlas) on a grid of 0.02 degrees. In the browser topojson-client's feature()
// makes GeoJSON of it; on the server twingraph/web/outlines.py makes rings.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { build } from "esbuild";
import { quantize, transform } from "topojson-client";

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const source = path.join(here, "src");
const modules = path.join(here, "node_modules");
const out = path.resolve(process.argv[2] ?? path.join(here, "../twingraph/web/static"));
const GRID = 18000; // cells in 360 degrees
// The editor brings a table of its own, DataTables on jQuery, a quarter of the page's script; ours takes
// its place before it is ever drawn (src/query/table.ts). Its package is one file, bundled already: what
// is cut stands between these two, and what is there instead follows.
const NEVER_DRAWN = [
  [
    "require_jquery = /* @__PURE__ */ __commonJSMin(",
    "//#endregion\n//#region node_modules/@fortawesome/free-solid-svg-icons/faTable.js",
    "import_jquery = { default() {} };\n",
  ],
  [
    "require_column_resizer = /* @__PURE__ */ __commonJSMin(",
    "\n})), import_faTable = ",
    "require_column_resizer = /* @__PURE__ */ __commonJSMin((() => {",
  ],
];
const withoutItsTable = {
  name: "without-its-table",
  setup: ({ onLoad }) =>
    onLoad({ filter: /yasgui\.esm\.js$/ }, ({ path: file }) => ({ contents: cut(fs.readFileSync(file, "utf8")) })),
};
const COMPRESSIBLE = /\.(js|css|json|svg)$/;

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });

const manifest = {
  ...(await bundles()),
  "outlines.json": outlines("50m", "outlines"),
  "outlines-110m.json": outlines("110m", "outlines-110m"),
};
write("LICENSES.txt", licenses());
for (const name of Object.values(manifest)) compress(name);
// Last: where it stands, all of the others do.
write("manifest.json", `${JSON.stringify(manifest, Object.keys(manifest).sort(), 1)}\n`);

async function bundles() {
  const entries = fs.readdirSync(source).filter((name) => /\.(ts|css)$/.test(name));
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: entries.map((name) => path.join(source, name)),
    bundle: true,
    format: "esm",
    target: ["es2020"],
    minify: true,
    // Licences are gathered in one file.
    legalComments: "none",
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    // A data: image would need an exception in the Content-Security-Policy of scripts' styles.
    loader: { ".svg": "file", ".png": "file" },
    outdir: out,
    plugins: [withoutItsTable],
    metafile: true,
    logLevel: "warning",
  });
  const named = {};
  for (const [file, { entryPoint, cssBundle }] of Object.entries(metafile.outputs)) {
    if (!entryPoint) continue;
    const name = path.basename(entryPoint).replace(/\.ts$/, ".js");
    named[name] = path.basename(file);
    // A script that imports styles has a sheet beside it, of the same name.
    if (cssBundle) named[name.replace(/\.js$/, ".css")] = path.basename(cssBundle);
  }
  return named;
}

function cut(text) {
  for (const [start, end, instead] of NEVER_DRAWN) {
    const from = text.indexOf(start);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0 || text.indexOf(start, from + 1) >= 0) {
      console.warn("YASGUI is bundled otherwise than it was: its own table stays in (build.mjs, NEVER_DRAWN)");
      continue;
    }
    text = text.slice(0, from) + instead + text.slice(to);
  }
  return text;
}

function outlines(scale, name) {
  const file = path.join(modules, `world-atlas/countries-${scale}.json`);
  const atlas = JSON.parse(fs.readFileSync(file, "utf8"));
  const { objects: { countries }, arcs } = atlas;
  const point = transform(atlas.transform);
  const degrees = { type: "Topology", objects: { countries }, arcs: arcs.map((a) => a.map(point)) };
  const text = JSON.stringify(quantize(degrees, GRID));
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
  return write(`${name}-${hash}.json`, text);
}

/** The licence of each package in package-lock.json that is not only for development. */
function licenses() {
  const { packages } = JSON.parse(fs.readFileSync(path.join(here, "package-lock.json"), "utf8"));
  const parts = ["Packages in the scripts, styles and outlines of this folder.\n"];
  for (const [folder, { version, license, dev, optional }] of Object.entries(packages)) {
    if (!folder || dev || optional) continue;
    const name = folder.split("node_modules/").pop();
    const files = fs.readdirSync(path.join(here, folder));
    const texts = files.filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
    parts.push(`${"=".repeat(80)}\n${name} ${version} (${license ?? "see below"})\n`);
    for (const file of texts) parts.push(fs.readFileSync(path.join(here, folder, file), "utf8"));
  }
  return parts.join("\n");
}

function write(name, text) {
  fs.writeFileSync(path.join(out, name), text);
  return name;
}

function compress(name) {
  if (!COMPRESSIBLE.test(name)) return;
  const bytes = fs.readFileSync(path.join(out, name));
  const quality = { [zlib.constants.BROTLI_PARAM_QUALITY]: zlib.constants.BROTLI_MAX_QUALITY };
  write(`${name}.br`, zlib.brotliCompressSync(bytes, { params: quality }));
  write(`${name}.gz`, zlib.gzipSync(bytes, { level: 9 }));
}
