// The peers, bundled as wrangler would: npm `agents` with its McpAgent, the Agent that it extends, and its createMcpHandler, in Workers of ours that serve the same tools.

import { builtinModules } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { load, tools } from "../lib/tools.mjs";

// Node's own modules go by `node:` in workerd, whatever the package called them.
const nodeModules = {
  name: "node-modules",
  setup(build) {
    const names = new Set(builtinModules);
    build.onResolve({ filter: /^[a-z_/]+$/ }, ({ path, kind }) =>
      kind !== "entry-point" && names.has(path) ? { path: `node:${path}`, external: true } : undefined);
  },
};

// workerd alone has no e-mail; `agents` imports the class wherever it runs, and no peer sends any.
const noEmail = {
  name: "no-email",
  setup(build) {
    build.onResolve({ filter: /^cloudflare:email$/ }, ({ path }) => ({ path, namespace: "no-email" }));
    build.onLoad({ filter: /.*/, namespace: "no-email" }, () => ({ contents: "export class EmailMessage {}" }));
  },
};

const bundles = new Map();

/** The bundle of `peers/<name>.mjs`. */
function bundle(name) {
  if (!bundles.has(name)) {
    const out = join(tools.out, `bench-peer-${name}.mjs`);
    const built = load("esbuild").build({
      entryPoints: [new URL(`peers/${name}.mjs`, import.meta.url).pathname],
      outfile: out,
      bundle: true,
      format: "esm",
      target: "es2024",
      platform: "neutral",
      conditions: ["workerd", "worker", "browser"],
      mainFields: ["browser", "module", "main"],
      external: ["cloudflare:*", "node:*"],
      define: { "process.env.NODE_ENV": '"production"' },
      keepNames: true,
      nodePaths: [tools.nodeModules],
      plugins: [nodeModules, noEmail],
      logLevel: "error",
    });
    bundles.set(name, built.then(() => out));
  }
  return bundles.get(name);
}

const OBJECTS = {
  agent: [{ name: "AGENT", class_name: "Agent" }],
  handler: [{ name: "COUNTER", class_name: "Counter" }],
  asking: [{ name: "COUNTER", class_name: "Counter" }],
  base: [{ name: "Tally", class_name: "Tally" }],
};

/** A peer as a project that `startWorker` takes, with `count` tools that are all alike, or the three of the reference agent. */
export async function peer(name, date, count = 0) {
  return {
    modules: [{ name: "main.mjs", kind: "esModule", path: await bundle(name) }],
    date,
    flags: ["nodejs_compat"],
    objects: OBJECTS[name],
    vars: { TOOLS: String(count) },
  };
}

/** What a peer weighs when it is uploaded, in KB of 1024, compressed. */
export const weight = async (name) => gzipSync(readFileSync(await bundle(name))).length / 1024;

/** The version of an installed package. */
export const version = (name) => JSON.parse(readFileSync(join(tools.nodeModules, name, "package.json"), "utf8")).version;
