// What wrangler would upload: the bundle of the project as it is, its size, and that it works.

import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { run } from "../lib/clients.mjs";
import { modern, SseSession, text } from "../lib/mcp.mjs";
import { parseJsonc, readProject } from "../lib/project.mjs";
import { agent, scratch, tools } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";

const LIMIT = 260 * 1024;
let out, project;

before(async () => {
  const home = scratch("bundle");
  const source = agent("counter");
  for (const part of ["build", "entry.mjs"]) cpSync(join(source, part), join(home, part), { recursive: true });
  // The project is built already: everything of its configuration but the build command.
  const { build, $schema, ...config } = parseJsonc(readFileSync(join(source, "wrangler.jsonc"), "utf8"));
  assert.match(build.command, /worker-build/);
  writeFileSync(join(home, "wrangler.jsonc"), JSON.stringify(config));
  out = join(home, "out");
  const result = await run(tools.node, [tools.wrangler, "deploy", "--dry-run", "--outdir", out, "--cwd", home], {
    limit: 120_000,
    env: { HOME: home, CI: "1", WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_HIDE_BANNER: "true" },
  });
  assert.equal(result.code, 0, `${result.stdout}\n${result.stderr}`);
  assert.doesNotMatch(result.stdout + result.stderr, /warning/i);
  const main = readdirSync(out).find((file) => file.endsWith(".js"));
  writeFileSync(join(out, "wrangler.jsonc"), JSON.stringify({ ...config, main }));
  project = readProject(out);
  rmSync(join(out, "README.md"), { force: true });
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
