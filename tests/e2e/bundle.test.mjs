// What wrangler would upload: the bundle of the project as it is, its size, and that it works.

import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { run } from "../lib/clients.mjs";
import { ask, bearer, tool, whoIs } from "../lib/guarded.mjs";
import { modern, SseSession, text } from "../lib/mcp.mjs";
import { parseJsonc, readProject } from "../lib/project.mjs";
import { agent, scratch, tools } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";

const LIMIT = 260 * 1024;
let project;

/** What wrangler would upload of a built project, as a project. */
async function uploaded(source, name) {
  const home = scratch(name);
  for (const part of ["build", "entry.mjs", "auth"]) {
    if (existsSync(join(source, part))) cpSync(join(source, part), join(home, part), { recursive: true });
  }
  // The project is built already: everything of its configuration but the build command.
  const { build, $schema, ...config } = parseJsonc(readFileSync(join(source, "wrangler.jsonc"), "utf8"));
  assert.match(build.command, /worker-build/);
  writeFileSync(join(home, "wrangler.jsonc"), JSON.stringify(config));
  const out = join(home, "out");
  const result = await run(tools.node, [tools.wrangler, "deploy", "--dry-run", "--outdir", out, "--cwd", home], {
    limit: 120_000,
    env: { HOME: home, CI: "1", WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_HIDE_BANNER: "true" },
  });
  assert.equal(result.code, 0, `${result.stdout}\n${result.stderr}`);
  assert.doesNotMatch(result.stdout + result.stderr, /warning/i);
  const main = readdirSync(out).find((file) => file.endsWith(".js"));
  writeFileSync(join(out, "wrangler.jsonc"), JSON.stringify({ ...config, main }));
  rmSync(join(out, "README.md"), { force: true });
  return readProject(out);
}

before(async () => {
  project = await uploaded(agent("counter"), "bundle");
});

test("the release Worker of the reference agent is at most 260 KB gzip", () => {
  const size = project.modules.reduce((sum, { path }) => sum + gzipSync(readFileSync(path)).length, 0);
  console.log(`# ${(size / 1024).toFixed(1)} KB gzip`);
  assert.ok(project.modules.some(({ kind }) => kind === "wasm"));
  assert.ok(size <= LIMIT, `${size} bytes`);
});

test("it serves", async () => {
  const worker = await startWorker(project, { name: "bundle" });
  try {
    const { message } = await modern(worker.port, "tools/call", { name: "add", arguments: { a: 2 } });
    assert.equal(text(message.result), "now 3");
    const stream = await SseSession.open(worker.port);
    assert.equal(text(await stream.call("add", { a: 2 })), "now 5");
    stream.close();
  } finally {
    await worker.kill();
  }
});

// The other tests of auth put the modules of a mode together themselves; here they are as `mcp-gen new` laid them out.
test("a project with auth asks who comes, as it declares", async () => {
  const worker = await startWorker(await uploaded(agent("guarded"), "bundle-auth"), { name: "bundle-guarded", bindings: { READER_TOKEN: "reader-7d9c52c1f0a34c6e8b1d", WRITER_TOKEN: "writer-4f1b9a6e2d8c0b5a7e3f" } });
  try {
    assert.equal((await ask(worker.port, "tools/list", {})).status, 401);
    assert.equal((await tool(worker.port, "add_note", { text: "milk" }, bearer("reader-7d9c52c1f0a34c6e8b1d"))).status, 403);
    assert.match(await whoIs(worker.port, bearer("writer-4f1b9a6e2d8c0b5a7e3f")), /^iss=bearer sub=ada client=none scopes=notes:read\+notes:write groups=staff\+guests /);
  } finally {
    await worker.kill();
  }
});
