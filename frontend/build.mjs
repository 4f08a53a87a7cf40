// Bundles the browser assets: app.js, charts.js (loaded only where a chart is), app.css and the sprite of the icons in use.
// chat-widget.js and chat-frame.js with chat.css are what visitors of foreign pages load; chat-desk.js is on the page that answers them.
// charts-ssr.js draws the same charts for printed documents, in the small JavaScript engine of steward.ground.documents.charts.
// hatch_build.py calls this after writing dist/icons.json; `npm run watch` rebuilds while you edit.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "src", "steward", "ground", "ui", "static", "ui", "dist");
const icons = join(here, "node_modules", "@tabler", "icons", "icons");

function iconSource(name) {
  const filled = name.endsWith("-filled");
  const own = join(here, "icons", `${name}.svg`);
  if (existsSync(own)) return readFileSync(own, "utf8");
  const file = filled ? join(icons, "filled", `${name.slice(0, -7)}.svg`) : join(icons, "outline", `${name}.svg`);
  if (!existsSync(file)) {
    console.error(`No icon is named "${name}". Look it up at tabler.io/icons and correct the template or Python file that names it.`);
    process.exit(1);
  }
  return readFileSync(file, "utf8");
}

function symbol(name) {
  const source = iconSource(name);
  const body = source.slice(source.indexOf(">", source.indexOf("<svg")) + 1, source.lastIndexOf("</svg>"));
  const paint = name.endsWith("-filled")
    ? 'fill="currentColor"'
    : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${body.replace(/<path stroke="none"[^>]*\/>/g, "").replace(/\s*\n\s*/g, "")}</symbol>`;
}

function sprite() {
  const names = JSON.parse(readFileSync(join(out, "icons.json"), "utf8"));
  writeFileSync(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${names.map(symbol).join("\n")}</svg>\n`);
}

const common = { bundle: true, minify: true, target: ["es2020"], legalComments: "inline", logLevel: "warning", outdir: out };
const jobs = [
  { ...common, entryPoints: ["src/app.js", "src/charts.js", "src/charts-ssr.js", "src/chat-widget.js", "src/chat-frame.js", "src/chat-desk.js"], format: "iife" },
  { ...common, entryPoints: ["src/css/app.css", "src/css/chat.css"], loader: { ".svg": "dataurl" } },
];

process.chdir(here);
mkdirSync(out, { recursive: true });
sprite();
if (process.argv.includes("--watch")) {
  await Promise.all(jobs.map(async (job) => (await esbuild.context({ ...job, logLevel: "info" })).watch()));
} else {
  await Promise.all(jobs.map((job) => esbuild.build(job)));
  // WhiteNoise sends the compressed copy to whoever takes it: 140 KB of style and behaviour instead of 840.
  for (const name of ["app.css", "app.js", "charts.js", "chat.css", "chat-frame.js", "icons.svg"]) {
    writeFileSync(join(out, `${name}.gz`), gzipSync(readFileSync(join(out, name)), { level: 9 }));
  }
}
