// A built agent behind a main of `auth/` and a declaration of the test's, bundled as wrangler does it. The agent's own `[auth]` only has to be there:
// what it says is in `declared.json`, which is replaced.

import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readProject } from "./project.mjs";
import { load, tools } from "./tools.mjs";

const AUTH = tools.auth ?? join(tools.repo, "templates", "project", "auth"); // a copy that `mutations.mjs` has broken

/** What `mode = "oauth"` comes to, with sign-in by password. */
export const DECLARED = {
  mode: "oauth",
  name: "Guarded",
  mcp: "/mcp",
  sse: "/sse",
  required: ["notes:read"],
  scopes: [["notes:read", "Read your notes"], ["notes:write", "Change your notes"]],
  claims: ["groups"],
  upstream: { provider: "password", issuer: null, client_id: null, client_secret: null, scopes: [], claims: {}, password: { secret: "MCP_PASSWORD" }, production: false },
  lifetimes: { access: 3600, refresh: 2592000, consent: 2592000 },
  registration: { cimd: true, dcr: true },
  store: "object",
};

/**
 * The project of a built agent with `auth/<mode>.mjs` as its main. `declared` replaces what the declaration says, `extra` is JavaScript behind the
 * main, where `Agent`, `worker` (the main's default export) and, in the mode `oauth`, `Store` are to be had.
 */
export async function authProject(folder, { declared = DECLARED, extra = "", flags = ["global_fetch_strictly_public"] } = {}) {
  const wasm = new Map();
  const plugin = {
    name: "the project",
    setup(build) {
      build.onResolve({ filter: /^\.\/declared\.json$/ }, () => ({ path: "declared", namespace: "declared" }));
      build.onLoad({ filter: /.*/, namespace: "declared" }, () => ({ contents: JSON.stringify(declared), loader: "json" }));
      build.onResolve({ filter: /^\.\.\/entry\.mjs$/ }, () => ({ path: join(folder, "entry.mjs") }));
      build.onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
        wasm.set(basename(path), join(resolveDir, path));
        return { path: `./${basename(path)}`, external: true };
      });
      build.onResolve({ filter: /^cloudflare:/ }, ({ path }) => ({ path, external: true }));
    },
  };
  const main = join(AUTH, `${declared.mode}.mjs`);
  const contents = `import worker, { Agent } from ${JSON.stringify(main)};
${declared.mode === "oauth" ? `import { Store } from ${JSON.stringify(join(AUTH, "store.mjs"))};` : ""}
${extra}
export { worker as default, Agent };`;
  const { outputFiles } = await load("esbuild").build({
    stdin: { contents, resolveDir: dirname(main) },
    bundle: true,
    format: "esm",
    target: "esnext",
    write: false,
    logLevel: "silent",
    nodePaths: [tools.nodeModules],
    plugins: [plugin],
  });
  const { date, objects, vars, assets } = readProject(folder);
  const modules = [{ name: "main.mjs", kind: "esModule", text: outputFiles[0].text }];
  for (const [name, path] of wasm) modules.push({ name, kind: "wasm", path });
  return { modules, date, flags, objects, vars, assets };
}

/** An example with what the generator made of its declaration, and other places to ask. */
export function placed(folder, change) {
  const declared = JSON.parse(readFileSync(join(folder, "auth/declared.json"), "utf8"));
  return authProject(folder, { declared: change(declared), flags: [] });
}
