// Every line of the table of hostile requests, against a Worker whose sessions are light and one that keeps them: the exact status and code, and a server
// that lives on.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { body, KEY, rows, token } from "../lib/hostile.mjs";
import { request } from "../lib/http.mjs";
import { MODERN, Session, SseSession } from "../lib/mcp.mjs";
import { validateResponse } from "../lib/schema.mjs";
import { agent, tools } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";

const AGENTS = [
  { weight: "light", name: "counter", names: { $tool: "greet", $prompt: "report" } },
  { weight: "kept", name: "interactive", names: { $tool: "total", $prompt: "letter" } },
].filter(({ name }) => name === "counter" || tools.agents[name]);

const PING = { jsonrpc: "2.0", id: "still there", method: "ping" };
const tokenOf = (session) => new URLSearchParams(session.endpoint.split("?")[1]).get("sessionId");

/** The code of an answer: an error's, "result", or null for what is no message. */
const code = (text) => {
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  const first = Array.isArray(message) ? message[0] : message;
  return first?.error?.code ?? (first?.result === undefined ? null : "result");
};

/** Sends the request of a line; `base` is what a good one has. Answers its `{ status, text, code }`. */
async function send(port, row, base, names) {
  const { method = "POST", path = base.path } = row.request;
  const headers = { host: `127.0.0.1:${port}`, ...base.headers, ...row.request.headers };
  for (const name of Object.keys(headers)) if (headers[name] == null) delete headers[name];
  const response = await request(port, { method, path, headers, body: method === "POST" ? body(row, names) : undefined });
  return { status: response.status, text: response.text, code: code(response.text) };
}

async function overHttp(port, row, names) {
  const version = row.version ?? "2025-11-25";
  let base;
  if (version === MODERN) {
    base = { "mcp-protocol-version": MODERN };
  } else {
    const session = await Session.open(port, version);
    const sse = await SseSession.open(port, { handshake: false });
    base = { ...session.headers, "mcp-session-id": token(row, session.id, tokenOf(sse)) };
    sse.close();
  }
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream", ...base };
  const got = await send(port, row, { path: "/mcp", headers }, names);
  if (got.status === 200 && Number.isInteger(got.code)) validateResponse(version, "", JSON.parse(got.text));
  return got;
}

async function overSse(port, row, names) {
  const session = await SseSession.open(port, { version: row.version ?? "2024-11-05", handshake: row.request.handshake !== false });
  const http = await Session.open(port);
  const carried = token(row, tokenOf(session), http.id);
  const path = carried === undefined ? "/sse/message" : `/sse/message?sessionId=${carried}`;
  try {
    const got = await send(port, row, { path, headers: { "content-type": "application/json" } }, names);
    if (got.status !== 202) return got;
    assert.equal(got.text, "", "a 202 has no body");
    // Whatever is answered comes over the stream before the answer to a ping that was sent later, or not at all.
    const accepted = await session.post(PING);
    assert.equal(accepted.status, 202, accepted.text);
    const next = async () => (await session.stream.next()).data;
    const first = await next();
    if (JSON.parse(first).id === PING.id) return { status: 202, code: null };
    assert.equal(JSON.parse(await next()).id, PING.id);
    return { status: 202, code: code(first) };
  } finally {
    session.close();
  }
}

for (const { weight, name, names } of AGENTS) {
  describe(`${weight} sessions`, () => {
    let worker, port;
    before(async () => {
      worker = await startWorker(agent(name), { name: `hostile-${weight}`, bindings: { MCP_SESSION_KEY: KEY } });
      port = worker.port;
    });
    after(() => worker?.kill());

    for (const row of rows) {
      test(`${row.transport}${row.version ? ` ${row.version}` : ""}: ${row.name}`, async () => {
        const wanted = row[weight] ?? row;
        const got = await (row.transport === "http" ? overHttp : overSse)(port, row, names);
        assert.deepEqual([got.status, got.code], [wanted.status, wanted.code], got.text?.slice(0, 500));
      });
    }

    test("the server lives, and said nothing of a panic", async () => {
      const session = await Session.open(port);
      assert.ok((await session.send("tools/list")).message.result);
      assert.doesNotMatch(worker.stderr(), /panicked|RuntimeError/);
    });
  });
}
