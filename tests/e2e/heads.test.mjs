// The heads of requests, which are kept for those that come with them again: none is ever taken for another.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { request } from "../lib/http.mjs";
import { modernRequest, Session } from "../lib/mcp.mjs";
import { agent } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";

let worker, port;
before(async () => {
  worker = await startWorker(agent("counter"), { name: "heads" });
  port = worker.port;
});
after(() => worker?.kill());

/** A call of `greet` at a path of its own, with some headers changed. Answers the status, and the code of an error or the text of a result. */
async function call(n, headers = {}, change = (message) => message) {
  const good = modernRequest("tools/call", { name: "greet", arguments: { name: `Ada ${n}` } }, { id: n });
  const { status, json } = await request(port, {
    path: `/mcp?n=${n}`,
    headers: { ...good.headers, ...headers },
    body: JSON.stringify(change(good.message)),
  });
  // What is refused before it is read has no id.
  if (json.id !== undefined) assert.equal(json.id, n);
  return [status, json.error?.code ?? json.result.content[0].text];
}

// What a head may have that another of the same path has not, and what then comes of the call.
const KINDS = [
  [{}, 200],
  [{ "mcp-name": "add" }, 400, -32020],
  [{ host: "evil.example" }, 403, -32600],
  [{ accept: "image/png" }, 406, -32600],
  [{ "content-type": "text/plain" }, 415, -32600],
  [{ "mcp-protocol-version": "2025-11-25" }, 400, -32020],
  [{ "mcp-method": "tools/list" }, 400, -32020],
];

test("many more heads than are kept, in any order, again and again", async () => {
  const jobs = [];
  for (let round = 0; round < 3; round++) {
    // Steps that have no factor in common with the number of heads reach all of them, in another order each round.
    for (let i = 0; i < 210; i++) jobs.push((i * [1, 11, 37][round]) % 210);
  }
  const seen = new Set();
  const client = async () => {
    for (let n = jobs.pop(); n !== undefined; n = jobs.pop()) {
      const [headers, status, code] = KINDS[n % KINDS.length];
      assert.deepEqual(await call(n, headers), [status, code ?? `Hello, Ada ${n}.`]);
      seen.add(n);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  assert.equal(seen.size, 210);
});

test("one value tells a head from the last one", async () => {
  const good = [200, "Hello, Ada 1."];
  for (const [headers, status, code] of KINDS.slice(1)) {
    assert.deepEqual(await call(1), good);
    assert.deepEqual(await call(1, headers), [status, code], JSON.stringify(headers));
    assert.deepEqual(await call(1), good);
  }
  const { headers, message } = modernRequest("tools/call", { name: "greet", arguments: { name: "Ada" } });
  for (const path of ["/mcp", "/else", "/mcp"]) {
    const { status } = await request(port, { path, headers, body: JSON.stringify(message) });
    assert.equal(status, path === "/mcp" ? 200 : 404);
  }
});

test("what headers repeat of arguments tells a head from the last one", async () => {
  const shop = await startWorker(agent("shop"), { name: "heads-shop" });
  try {
    const call = async (name, args, headers) => {
      const good = modernRequest("tools/call", { name, arguments: args });
      const { json } = await request(shop.port, { headers: { ...good.headers, ...headers }, body: JSON.stringify(good.message) });
      return json;
    };
    const { cart } = (await call("create_cart", {})).result.structuredContent;
    const add = (qty, repeated) => call("add_item", { cart, sku: "tea", qty }, { "mcp-param-quantity": `${repeated}` });
    for (let i = 0; i < 3; i++) {
      assert.ok((await add(2, 2)).result, "what is repeated is right");
      assert.equal((await add(2, 3)).error?.code, -32020);
      assert.equal((await add(3, 2)).error?.code, -32020);
    }
  } finally {
    await shop.kill();
  }
});

test("a head that is too long to be kept is read each time", async () => {
  const accept = `${"text/x-none, ".repeat(300)}application/json`;
  for (let i = 0; i < 3; i++) assert.deepEqual(await call(1, { accept }), [200, "Hello, Ada 1."]);
  assert.deepEqual(await call(1, { accept: "text/x-none, ".repeat(300) }), [406, -32600]);
  // Its body is looked at as closely as any other.
  const { headers, message } = modernRequest("tools/call", { name: "greet", arguments: { name: "~" } });
  const body = Buffer.from(JSON.stringify(message));
  body[body.indexOf("~")] = 0xff;
  const refused = await request(port, { headers: { ...headers, accept }, body });
  assert.deepEqual([refused.status, refused.json.error.code], [400, -32700]);
});

test("a session is asked for with each request, though its head is known", async () => {
  const session = await Session.open(port);
  const ping = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
  const forged = { ...session.headers, "mcp-session-id": `${session.headers["mcp-session-id"].slice(0, -2)}AA` };
  for (let i = 0; i < 3; i++) {
    assert.equal((await request(port, { headers: session.headers, body: ping })).status, 200);
    assert.equal((await request(port, { headers: forged, body: ping })).status, 404);
  }
});

test("what a client says of itself is looked at, though the last one was right", async () => {
  const says = (key, value) => (message) => {
    message.params._meta[`io.modelcontextprotocol/${key}`] = value;
    return message;
  };
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(await call(1), [200, "Hello, Ada 1."]);
    assert.deepEqual(await call(1, {}, says("clientInfo", { name: "e2e" })), [400, -32602]);
    assert.deepEqual(await call(1, {}, says("clientCapabilities", [])), [400, -32602]);
    assert.deepEqual(await call(1, {}, says("clientCapabilities", { elicitation: {}, x: "y".repeat(3000) })), [200, "Hello, Ada 1."]);
  }
});
