// Contract review against servers that run, and in a pull request: `mcp-gen diff --live`, and what the action of this repository does.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { run } from "../lib/clients.mjs";
import { agent, environment, scratch, tools } from "../lib/tools.mjs";
import { eventually } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const EVERYTHING = join(root, "examples/everything");

/** `mcp-gen diff`, as JSON. */
async function diff(args, code) {
  const ended = await run(tools.mcpGen, ["diff", "--format", "json", ...args]);
  assert.equal(ended.code, code, ended.stdout + ended.stderr);
  return JSON.parse(ended.stdout);
}

/** A copy of the declaration of `examples/everything`, with what `edit` makes of it. */
function edited(edit) {
  const folder = scratch("everything");
  cpSync(EVERYTHING, folder, { recursive: true, filter: (path) => !/node_modules|[/\\](build|target)$/.test(path) });
  const file = join(folder, "mcp.toml");
  const before = readFileSync(file, "utf8");
  const changed = edit(before);
  assert.notEqual(changed, before);
  writeFileSync(file, changed);
  return folder;
}

describe("examples/everything in workerd", () => {
  let worker;
  before(async () => {
    worker = await startWorker(agent("everything"), { name: "review" });
  });
  after(() => worker?.kill());

  for (const path of ["mcp", "sse"]) {
    test(`what it lists at /${path} is what is declared`, async () => {
      const told = await diff(["--live", `${worker.url}/${path}`, "--project", EVERYTHING], 0);
      assert.equal(told.differs, false);
      assert.deepEqual([told.additions, told.errors, told.server.name], [[], 0, "everything"]);
    });
  }

  test("an edit that is not deployed is drift", async () => {
    const tool = /^\[tools\.(\w+)\]$/m.exec(readFileSync(join(EVERYTHING, "mcp.toml"), "utf8"))[1];
    const project = edited((text) => text.replace(`[tools.${tool}]\n`, `[tools.${tool}_again]\n`).replace(/^name = "everything"$/m, '$&\ninstructions = "Ask first."'));
    const told = await diff(["--live", `${worker.url}/mcp`, "--project", project], 1);
    const rules = told.findings.map((it) => it.rule);
    assert.ok(rules.includes("TOOL_RENAMED") || rules.includes("TOOL_REMOVED"), rules.join());
    const drift = told.findings.find((it) => it.rule.startsWith("TOOL_RE"));
    assert.ok(drift.message.includes(`\`${tool}\``) && drift.line > 1 && drift.file.endsWith("mcp.toml"), JSON.stringify(drift));
    // What only a declaration says is no finding here: it cannot be asked for.
    assert.deepEqual(told.findings.filter((it) => ["auth", "state"].includes(it.category)), []);
  });
});

describe("@modelcontextprotocol/server-everything", () => {
  const ways = { streamableHttp: "mcp", sse: "sse" };
  for (const [mode, path] of Object.entries(ways)) {
    test(`${mode}: everything of it that we do not have is named`, async () => {
      const program = join(tools.nodeModules, "@modelcontextprotocol/server-everything/dist/index.js");
      const port = await freePort();
      const server = spawn(tools.node ?? process.execPath, [program, mode], { env: { ...environment, PORT: String(port) }, stdio: "ignore" });
      try {
        const url = `http://127.0.0.1:${port}/${path}`;
        await eventually(20_000, "it listens", () => fetch(`http://127.0.0.1:${port}/nothing`).then(() => true, () => false));
        const told = await diff(["--live", url, "--project", EVERYTHING], 1);
        const gone = told.findings.filter((it) => it.rule === "TOOL_REMOVED").map((it) => it.message);
        assert.ok(gone.includes("`echo` is gone"), JSON.stringify(told.findings.map((it) => [it.rule, it.message])));
        assert.ok(told.findings.some((it) => it.rule === "SERVER_NAME_CHANGED"));
        assert.ok(told.additions.length > 10, "our tools are new to it");
        assert.deepEqual(told.findings.filter((it) => ["auth", "state"].includes(it.category)), []);
      } finally {
        server.kill("SIGKILL");
      }
    });
  }
});

/** A port that nobody listens on; the server takes no 0. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("the action in a pull request", () => {
  let github, url, folder;
  /** The comments of the pull request, and whether the token may write. */
  let comments = [];
  let writable = true;
  const asked = [];

  before(async () => {
    github = createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      const reply = (status, value) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
      if (request.method === "GET") return reply(200, comments);
      if (!writable) return reply(403, { message: "Resource not accessible by integration" });
      const id = Number(/comments\/(\d+)$/.exec(request.url)?.[1]);
      const comment = comments.find((it) => it.id === id) ?? { id: comments.length + 1, user: { type: "Bot" } };
      comment.body = JSON.parse(body).body;
      if (!comments.includes(comment)) comments.push(comment);
      reply(200, comment);
    });
    await new Promise((resolve) => github.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${github.address().port}`;
    folder = scratch("pull");
    const made = await run(tools.mcpGen, ["new", join(folder, "agent")]);
    assert.equal(made.code, 0, made.stderr);
    for (const args of [["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "base"], ["checkout", "-q", "-b", "change"]]) {
      const identity = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false"];
      const ended = await run("git", ["-C", folder, ...identity, ...args]);
      assert.equal(ended.code, 0, ended.stderr);
    }
    mkdirSync(join(folder, "out"));
    writeFileSync(join(folder, "out/event.json"), JSON.stringify({ pull_request: { number: 7 } }));
    writeFileSync(join(folder, "out/output"), "");
  });
  after(() => github?.close());

  /** Runs what the action runs. */
  async function review(code) {
    const env = {
      MCP_GEN: tools.mcpGen,
      MCP_GEN_PROJECT: "agent",
      GITHUB_API_URL: url,
      GITHUB_REPOSITORY: "somebody/agent",
      GITHUB_EVENT_PATH: join(folder, "out/event.json"),
      GITHUB_STEP_SUMMARY: join(folder, "out/summary.md"),
      GITHUB_OUTPUT: join(folder, "out/output"),
      GITHUB_TOKEN: "t0ken",
    };
    const script = `process.chdir(${JSON.stringify(folder)}); await import(${JSON.stringify(join(root, "action/review.mjs"))});`;
    const ended = await run(process.execPath, ["--input-type=module", "--eval", script], { env });
    assert.equal(ended.code, code, ended.stdout + ended.stderr);
    return ended.stdout;
  }

  const edit = (from, to) => {
    const file = join(folder, "agent/mcp.toml");
    const text = readFileSync(file, "utf8");
    assert.ok(text.includes(from), from);
    writeFileSync(file, text.replace(from, to));
  };
  const lock = () => run(tools.mcpGen, ["lock", join(folder, "agent")]);

  test("a change that breaks nothing passes, and says so in one comment", async () => {
    comments = [{ id: 1, user: { type: "User" }, body: '<!-- mcp-gen diff "agent" -->\nI was here first.' }];
    await review(0);
    assert.equal(comments.length, 2);
    assert.match(comments[1].body, /nothing changed/);
    assert.equal(comments[0].body.split("\n")[1], "I was here first.");
  });

  test("a break is told at its line, in the comment that is there, and fails", async () => {
    edit("maximum = 1000000", "maximum = 10");
    await lock();
    const said = await review(1);
    assert.match(said, /^::error file=agent\/mcp\.toml,line=\d+,col=\d+,title=PARAM_CONSTRAINT_TIGHTENED::argument `a` of `add`/m);
    assert.equal(comments.length, 2);
    assert.match(comments[1].body, /1 error/);
    assert.match(readFileSync(join(folder, "out/summary.md"), "utf8"), /PARAM_CONSTRAINT_TIGHTENED/);
    assert.match(readFileSync(join(folder, "out/output"), "utf8"), /errors=1\nnext=2\.0\.0\n$/);
    assert.ok(asked.every((it) => it.endsWith("Bearer t0ken")));
  });

  test("a lock that was forgotten fails", async () => {
    edit("maximum = 10,", "maximum = 1000000,");
    const said = await review(1);
    assert.match(said, /::error::.*mcp\.lock is out of date: run `mcp-gen lock`/);
    await lock();
  });

  test("a token that may not write is a warning, and the verdict stands", async () => {
    writable = false;
    const said = await review(0);
    assert.match(said, /::warning::no comment was written: PATCH .* 403/);
  });

  test("what cannot be compared fails otherwise", async () => {
    edit("[tools.add]", "[tools.add");
    const said = await review(2);
    assert.match(said, /^::error::/m);
  });
});
