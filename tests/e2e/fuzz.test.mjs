// Broken requests by the thousand, the same ones in every run: each is answered, none with a 5xx, and the server lives.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { request } from "../lib/http.mjs";
import { modern, modernRequest, Session, SseSession, text } from "../lib/mcp.mjs";
import { agent } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";

const PATH = "/api/mcp";
let worker, port;
before(async () => {
  worker = await startWorker(agent("kitchen"), { name: "fuzz" });
  port = worker.port;
});
after(() => worker?.kill());

/** mulberry32: small, and the same on every machine. */
function random(seed) {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const SEEDS = [
  ["tools/call", { name: "every", arguments: { text: "abc", whole: 1, nested: { x: 1, deep: { "a/b~c": "x" } }, list: [1, 2] } }],
  ["tools/call", { name: "cook", arguments: { dish: { title: "x", ingredients: [{ name: "a", grams: 1.5 }] } } }],
  ["tools/call", { name: "serve", arguments: { entry: "x" } }],
  ["resources/read", { uri: "dish://soup" }],
  ["prompts/get", { name: "invite", arguments: { guest: "Ada" } }],
  ["tools/list", { cursor: "x" }],
  ["server/discover", {}],
];
const PIECES = ["null", "[]", "{}", "-1", "1e999", "\"\"", "\"\\ud800\"", "true", ",", ":", "\"", "}", "]", "\\", "\u0000", "é", "\u{1f600}", "9".repeat(400), "[".repeat(300)];

/** Some edits of a text: bytes dropped, doubled, replaced; pieces put in. */
function mutate(bytes, next) {
  let out = bytes;
  for (let edits = 1 + next(3); edits > 0; edits--) {
    const at = next(out.length + 1);
    const end = Math.min(out.length, at + next(12));
    const piece = [Buffer.from(PIECES[next(PIECES.length)]), Buffer.from([next(256)]), out.subarray(at, end), Buffer.alloc(0)][next(4)];
    out = Buffer.concat([out.subarray(0, at), piece, out.subarray(next(2) ? at : end)]);
  }
  return out;
}

/** Runs `count` jobs, a few at a time. */
async function many(count, job) {
  let at = 0;
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (at < count) await job(at++);
  }));
}

test("mutated bodies", async () => {
  const session = await Session.open(port, "2025-11-25", { path: PATH });
  const statuses = new Map();
  await many(3000, async (i) => {
    const next = random(i);
    const [method, params] = SEEDS[next(SEEDS.length)];
    const { headers, message } = modernRequest(method, params);
    const stateless = next(2) === 0;
    if (!stateless) delete message.params._meta;
    const body = mutate(Buffer.from(JSON.stringify(message)), next);
    const response = await request(port, { path: PATH, headers: stateless ? headers : session.headers, body });
    const say = () => `seed ${i}: ${response.status} ${response.text.slice(0, 200)} to ${body.toString("latin1").slice(0, 300)}`;
    assert.ok(response.status < 500, say());
    if (response.text !== "") {
      const { jsonrpc, error } = response.json;
      assert.equal(jsonrpc, "2.0", say());
      assert.notEqual(error?.code, -32603, say());
    }
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
  });
  assert.ok(statuses.get(200) > 100 && statuses.get(400) > 100, `both sorts were tried: ${JSON.stringify([...statuses])}`);
});

test("mutated headers", async () => {
  await many(1000, async (i) => {
    const next = random(i + 1_000_000);
    const [method, params] = SEEDS[next(SEEDS.length)];
    const { headers, message } = modernRequest(method, params);
    const names = [...Object.keys(headers), "origin", "mcp-session-id", "last-event-id", "authorization", "x-forwarded-for"];
    const name = names[next(names.length)];
    const value = mutate(Buffer.from(headers[name] ?? "x"), next).toString("latin1").replace(/[^\t\x20-\x7e\x80-\xff]/g, "?");
    const response = await request(port, { path: PATH, headers: { ...headers, [name]: value }, body: JSON.stringify(message) });
    assert.ok(response.status < 500, `seed ${i}: ${response.status} ${response.text} to ${name}: ${value}`);
  });
});

test("mutated messages on HTTP+SSE", async () => {
  const session = await SseSession.open(port, { path: "/api/events" });
  await many(500, async (i) => {
    const next = random(i + 2_000_000);
    const [method, params] = SEEDS[next(SEEDS.length)];
    const body = mutate(Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: `fuzz${i}`, method, params })), next);
    const response = await session.post(body);
    assert.ok([202, 400].includes(response.status), `seed ${i}: ${response.status} ${response.text} to ${body.toString("latin1")}`);
  });
  assert.ok((await session.send("tools/list")).result);
  session.close();
});

test("the server lives", async () => {
  const { message } = await modern(port, "tools/call", { name: "type", arguments: {} }, { path: PATH });
  assert.equal(text(message.result), "type");
  assert.doesNotMatch(worker.stderr(), /panicked|RuntimeError/);
});
