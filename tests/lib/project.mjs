// Reads a built project the way wrangler would: its `wrangler.jsonc`, and the modules that its `main` imports.

import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** JSON with comments and trailing commas. */
export function parseJsonc(text) {
  let out = "";
  for (let i = 0; i < text.length; i++) {
    const two = text.slice(i, i + 2);
    if (text[i] === '"') {
      const start = i;
      for (i++; text[i] !== '"'; i++) if (text[i] === "\\") i++;
      out += text.slice(start, i + 1);
    } else if (two === "//") {
      while (i < text.length && text[i] !== "\n") i++;
      out += "\n";
    } else if (two === "/*") {
      i = text.indexOf("*/", i) + 1;
      if (i === 0) throw new Error("a comment that never ends");
    } else if (text[i] === ",") {
      const next = text.slice(i + 1).match(/^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*([^\s])/);
      if (next && next[1] !== "}" && next[1] !== "]") out += ",";
    } else {
      out += text[i];
    }
  }
  return JSON.parse(out);
}

// Static and dynamic imports of relative paths, in written and in minified code.
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}\/[^"'?]+)(?:\?[^"']*)?["']/g;

/** `{ main, modules: [{ name, kind, path }], date, flags, objects, vars, assets }` of a project; `main` comes first. */
export function readProject(folder) {
  const config = parseJsonc(readFileSync(join(folder, "wrangler.jsonc"), "utf8"));
  const modules = [];
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    const path = join(folder, name);
    const kind = name.endsWith(".wasm") ? "wasm" : "esModule";
    modules.push({ name, kind, path });
    if (kind !== "esModule") return;
    for (const [, specifier] of readFileSync(path, "utf8").matchAll(IMPORT)) {
      visit(normalize(join(dirname(name), specifier)));
    }
  };
  visit(normalize(config.main));
  return {
    modules,
    date: config.compatibility_date,
    flags: config.compatibility_flags ?? [],
    objects: config.durable_objects?.bindings ?? [],
    vars: config.vars ?? {},
    assets: config.assets && join(folder, config.assets.directory),
  };
}

const textOf = ({ text, path }) => text ?? readFileSync(path, "utf8");

function prefixed(project, line) {
  const [main, ...rest] = project.modules;
  return { ...project, modules: [{ ...main, text: `${line}\n${textOf(main)}` }, ...rest] };
}

/** The same project with a clock that is `ms` fast: what expires is tested without waiting for it. */
export const shiftClock = (project, ms) => prefixed(project, `const clock = Date.now; Date.now = () => clock() + ${ms};`);

/** The same project with a clock that runs `times` as fast, from now on, when it is `behind` ms slow. Timers take the time that they take. */
export function fastClock(project, times, behind = 0) {
  const now = Date.now();
  return prefixed(project, `const clock = Date.now; Date.now = () => ${now - behind} + (clock() - ${now}) * ${times};`);
}

/** The same, with timers that run as fast. */
export function speedClock(project, times, behind = 0) {
  return prefixed(fastClock(project, times, behind), `const wait = setTimeout; globalThis.setTimeout = (run, ms, ...rest) => wait(run, ms / ${times}, ...rest);`);
}

/** The same project, whose objects are reset, as a deploy does it to them, when a call has this word in it. */
export function resetsOn(project, word) {
  const [main, ...rest] = project.modules;
  const text = `${textOf(main)}
const { call } = Agent.prototype;
Agent.prototype.call = function (payload) {
  if (payload.includes(${JSON.stringify(word)})) this.ctx.abort("reset by the test");
  return call.apply(this, arguments);
};
`;
  return { ...project, modules: [{ ...main, text }, ...rest] };
}
