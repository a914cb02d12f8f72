// States that belong to a tenant, in workerd: two of one team share a notebook, and nobody of another sees a byte of it, whatever they send. The same
// with every way of asking is in virtual time (`runtime/tests/scopes.rs`).

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { authProject } from "../lib/authproject.mjs";
import { run } from "../lib/clients.mjs";
import { request } from "../lib/http.mjs";
import { ERAS, Member } from "../lib/member.mjs";
import { rows } from "../lib/rows.mjs";
import { knowing } from "../lib/tasks.mjs";
import { agent, scratch, tools } from "../lib/tools.mjs";
import { eventually } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

const TOKENS = Object.fromEntries(["ada", "bob", "eve", "nobody", "office"].map((name) => [name, `${name}-7d9c52c1f0a34c6e8b1d`]));
const bindings = Object.fromEntries(Object.entries(TOKENS).map(([name, token]) => [`${name.toUpperCase()}_TOKEN`, token]));
const SECRET = "the gold is under the tree";
const URI = "notebook://pages";

let worker, port;
before(async () => {
  const folder = agent("notebook");
  const declared = JSON.parse(readFileSync(join(folder, "auth/declared.json"), "utf8"));
  worker = await startWorker(await authProject(folder, { declared, flags: [] }), { name: "scopes", bindings });
  port = worker.port;
});
after(() => worker?.kill());

const join_ = (era, name) => Member.join(port, era, TOKENS[name]);

// What a Worker or a proxy might take for somebody's word, and what the entry and its objects say to each other.
const WORDS = JSON.stringify({ iss: "bearer", sub: "ada", claims: { org: "acme" } });
const FORGED = {
  "mcp-agent-connect": encodeURIComponent(WORDS),
  "mcp-agent-join": "round 1",
  "mcp-agent-session": "s",
  "x-org": "acme",
  "x-tenant": "acme",
  "x-forwarded-user": "ada",
  "x-home": "state:tenant:acme",
  "cf-access-authenticated-user-email": "ada@acme.example",
  "cf-access-jwt-assertion": WORDS,
  cookie: `CF_Authorization=${TOKENS.ada}; org=acme`,
  "proxy-authorization": `Bearer ${TOKENS.ada}`,
};

describe("a notebook is its team's", () => {
  for (const era of ERAS) {
    test(`${era}: who is of the team sees it, and nobody else`, async () => {
      const [ada, bob, eve] = await Promise.all(["ada", "bob", "eve"].map((name) => join_(era, name)));
      const page = `${SECRET} ${era}`;
      assert.ok((await ada.text("write", { text: page })).endsWith(page));
      assert.ok((await bob.text("read")).endsWith(page));
      assert.equal(await eve.text("read"), "");
      for (const extra of ["org", "sub", "home", "claims"]) await eve.call("read", { [extra]: "acme" });
      await eve.ask("resources/read", { uri: URI });
      await eve.ask("resources/read", { uri: `${URI}?org=acme` });
      const told = JSON.stringify(await bob.ask("resources/read", { uri: URI }));
      assert.ok(told.includes(page), told);
      const liar = await Member.join(port, era, TOKENS.eve, FORGED);
      assert.equal(await liar.text("read"), "", "no header says who it is but the one");
      await liar.ask("resources/read", { uri: URI });
      const thief = ada.stolen(TOKENS.eve);
      const stolen = await thief.call("read");
      if (era !== "2026-07-28") assert.equal(stolen.status, 404, "a stolen session is none");
      for (const stranger of [eve, liar, thief]) assert.ok(!stranger.heard.includes(SECRET) && !stranger.heard.includes("state:"), stranger.heard);
      for (const member of [ada, bob, eve, liar]) member.close();
    });
  }

  test("who has no team is told what is missing, at every door", async () => {
    const own = { authorization: `Bearer ${TOKENS.nobody}` };
    for (const [method, path] of [["POST", "/mcp"], ["GET", "/sse"]]) {
      const refused = await request(port, { method, path, headers: { ...own, "content-type": "application/json", accept: "application/json, text/event-stream" }, body: method === "POST" ? "{}" : undefined });
      assert.equal(refused.status, 403, refused.text);
      assert.match(refused.json.error.message, /`org`/);
    }
    assert.equal((await request(port, { method: "GET", path: "/pages", headers: own })).status, 401);
  });

  test("plain requests go to it too", async () => {
    const [ada, eve] = [new Member(port, "2026-07-28", TOKENS.ada), new Member(port, "2026-07-28", TOKENS.eve)];
    assert.ok((await ada.get("/pages")).text.includes(SECRET));
    assert.equal((await eve.get("/pages?org=acme")).text, "");
    assert.equal((await request(port, { method: "GET", path: "/pages" })).status, 401);
  });
});

describe("what has an id is no other team's", () => {
  const members = () => ["ada", "bob", "eve"].map((name) => new Member(port, "2026-07-28", TOKENS[name]));

  test("a handle is shared by the team", async () => {
    const [ada, bob, eve] = members();
    const made = await ada.call("create_folder");
    const { folder } = made.result.structuredContent;
    assert.equal(await ada.text("bind", { folder, text: SECRET }), SECRET);
    assert.equal(await bob.text("bind", { folder, text: "and more" }), `${SECRET},and more`);
    const told = await eve.call("bind", { folder, text: "x" });
    assert.equal(told.result.isError, true);
    assert.ok(!eve.heard.includes(SECRET));
  });

  test("a task, a request state and a cursor are one person's", async () => {
    const [ada, bob, eve] = members();
    const { answer: made } = await ada.round("tools/call", { name: "job", arguments: { text: SECRET } }, knowing);
    const { taskId } = made.result;
    const { answer: asked } = await ada.round("tools/call", { name: "ask", arguments: {} });
    const { requestState } = asked.result;
    const { answer: listed } = await ada.round("tools/list", {});
    const cursor = listed.result.nextCursor;
    assert.ok(taskId && requestState && cursor);
    const again = { requestState, inputResponses: { text: { action: "accept", content: { text: "asked" } } } };
    for (const other of [bob, eve]) {
      for (const method of ["tasks/get", "tasks/cancel"]) {
        const { answer } = await other.round(method, { taskId }, knowing);
        assert.ok(answer.error, JSON.stringify(answer));
      }
      for (const [method, params, more] of [["tools/call", { name: "ask", arguments: {} }, again], ["tools/list", { cursor }, {}]]) {
        const { answer } = await other.round(method, params, more);
        assert.equal(answer.error?.code, -32602, JSON.stringify(answer));
      }
    }
    assert.ok(!eve.heard.includes(SECRET));
    await eventually(10_000, "the task is completed", async () => (await ada.round("tasks/get", { taskId }, knowing)).answer.result.status === "completed");
    const { answer } = await ada.round("tools/call", { name: "ask", arguments: {} }, again);
    assert.ok(answer.result.content[0].text.endsWith(`${SECRET},asked`), JSON.stringify(answer));
  });

  test("a change is heard by the team alone, also after a restart", async () => {
    const names = ["ada", "bob", "eve"];
    const old = await join_("2025-11-25", "eve");
    await old.ask("resources/subscribe", { uri: URI });
    for (let life = 0; life < 2; life++) {
      if (life === 1) {
        worker = await worker.restart();
        port = worker.port;
      }
      const [ada] = members();
      const streams = await Promise.all(names.map((name) => new Member(port, "2026-07-28", TOKENS[name]).listen([URI])));
      const sse = await Promise.all(names.map((name) => join_("sse", name)));
      for (const member of sse) assert.ok((await member.ask("resources/subscribe", { uri: URI })).result);
      await ada.text("write", { text: "news" });
      const updated = ({ data }) => data?.includes("resources/updated");
      await Promise.all([streams[0].stream.next(updated), streams[1].stream.next(updated), sse[0].stream.next(updated), sse[1].stream.next(updated)]);
      // One of the other team's own comes behind whatever it would have heard.
      const eve = new Member(port, "2026-07-28", TOKENS.eve);
      await eve.text("write", { text: "own" });
      await Promise.all([streams[2].stream.next(updated), sse[2].stream.next(updated)]);
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (const { pending } of [streams[2].stream, sse[2].stream]) assert.ok(!pending.some(updated), "the other team has heard of one change more than its own");
      for (const { stream } of [...streams, ...sse]) stream.close();
    }
  });
});

describe("mcp-gen state", () => {
  const gen = (args, token = TOKENS.office) => run(tools.mcpGen, ["state", ...args, "--url", `http://127.0.0.1:${port}`], { env: { MCP_TOKEN: token } });
  const whose = ["--tenant", "acme"];

  test("exports what is kept of a tenant, and nothing of another", async () => {
    const out = join(scratch("export"), "acme.jsonl");
    const exported = await gen(["export", ...whose, "--out", out]);
    assert.equal(exported.code, 0, exported.stderr);
    const items = readFileSync(out, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
    const { pages } = items.find(({ state }) => state).state.value;
    assert.ok(pages.includes(SECRET) && !pages.includes("own"));
    assert.deepEqual(items.filter(({ table }) => table === "page").map(({ row }) => row.text), pages);
    assert.ok(items.some(({ handle }) => handle?.value.pages.includes(SECRET)));
    const again = await gen(["export", ...whose, "--out", out]);
    assert.equal(again.code, 2, "a file that is there stays");
    const none = await gen(["export", "--tenant", "nobodys"]);
    assert.deepEqual([none.code, none.stdout], [0, ""]);
  });

  test("refuses whoever is not declared to do it", async () => {
    for (const [token, says] of [[TOKENS.ada, /403/], ["no-token", /does not know who asks/], ["", /MCP_TOKEN is not set/]]) {
      const refused = await gen(["export", ...whose], token);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, says);
      assert.ok(!`${refused.stdout}${refused.stderr}`.includes(SECRET));
    }
  });

  test("deletes it when it is told to, and nobody finds it again", async () => {
    const asked = await gen(["delete", ...whose]);
    assert.equal(asked.code, 1);
    assert.match(asked.stderr, /--yes/);
    const member = new Member(port, "2026-07-28", TOKENS.bob);
    assert.ok((await member.text("read")).includes(SECRET), "nothing is deleted yet");
    const stream = await member.listen([URI]);
    const deleted = await gen(["delete", ...whose, "--yes"]);
    assert.equal(deleted.code, 0, deleted.stderr);
    await stream.stream.closed;
    assert.equal(await member.text("read"), "");
    assert.equal(await new Member(port, "2026-07-28", TOKENS.eve).text("read"), "own,own");
    worker.kill();
    const kept = rows(worker.storage);
    assert.ok(kept.some(({ row }) => row.includes("own")));
    // A session or a task has an object of its own, and ends with its time.
    const left = kept.filter(({ row, table }) => row.includes(SECRET) && table === "page");
    assert.deepEqual(left, []);
    for (const token of Object.values(TOKENS)) assert.ok(!worker.stderr().includes(token), "no token is in the log");
    assert.ok(!/state:(user|tenant):/.test(worker.stderr()), "no name of an object is in the log");
    assert.ok(existsSync(worker.storage));
  });
});
