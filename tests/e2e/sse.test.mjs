// HTTP+SSE of 2024-11-05, on the wire: the endpoint event, heartbeats, several clients, and clients that are lost.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { request } from "../lib/http.mjs";
import { SseSession, text } from "../lib/mcp.mjs";
import { openStream } from "../lib/sse.mjs";
import { agent } from "../lib/tools.mjs";
import { eventually } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

// The kitchen's heartbeat is 1 s and its paths are its own.
const SSE = { path: "/api/events" };
const LIST = { jsonrpc: "2.0", id: 1, method: "tools/list" };

let worker, port;
before(async () => {
  worker = await startWorker(agent("kitchen"), { name: "sse" });
  port = worker.port;
});
after(() => worker?.kill());

describe("opening", () => {
  test("the first event names a path of this server, with the session in it", async () => {
    const [a, b] = await Promise.all([1, 2].map(() => SseSession.open(port, { ...SSE, handshake: false })));
    for (const { endpoint } of [a, b]) {
      const url = new URL(endpoint, worker.url);
      assert.equal(url.host, `127.0.0.1:${port}`);
      assert.equal(url.pathname, "/api/events/message");
      assert.ok(url.searchParams.get("sessionId").length >= 32);
    }
    assert.notEqual(a.endpoint, b.endpoint);
    assert.equal(a.stream.headers["cache-control"].includes("no-cache"), true);
    assert.equal(a.stream.headers["x-accel-buffering"], "no");
    a.close();
    b.close();
  });

  test("a client that was given the path of Streamable HTTP gets a stream there too", async () => {
    const session = await SseSession.open(port, { path: "/api/mcp" });
    assert.ok((await session.send("tools/list")).result);
    session.close();
  });

  test("nothing but ping and initialize before initialize", async () => {
    const session = await SseSession.open(port, { ...SSE, handshake: false });
    assert.deepEqual((await session.send("ping")).result, {});
    assert.equal((await session.send("tools/list")).error.code, -32600);
    session.close();
  });

  test("without an Accept for streams it is 406", async () => {
    const response = await request(port, { method: "GET", path: "/api/events", headers: { accept: "text/html" } });
    assert.equal(response.status, 406);
  });

  test("POST on the stream's own path is 405: so a client falls back", async () => {
    const response = await request(port, { path: "/api/events", headers: { "content-type": "application/json" }, body: JSON.stringify(LIST) });
    assert.ok([404, 405].includes(response.status), String(response.status));
  });

  test("comments keep the stream alive, and are no events", async () => {
    const session = await SseSession.open(port, SSE);
    const started = Date.now();
    for (let i = 0; i < 3; i++) await session.stream.next((item) => item.comment !== undefined, 5_000);
    assert.ok(Date.now() - started < 6_000);
    // They did not disturb the session.
    assert.equal((await session.send("tools/list")).result.tools.length > 5, true);
    session.close();
  });
});

describe("messages", () => {
  test("are answered with 202 and an empty body, and the response comes over the stream", async () => {
    const session = await SseSession.open(port, SSE);
    const response = await session.post(LIST);
    assert.equal(response.status, 202);
    const event = await session.stream.next();
    assert.equal(event.event, "message");
    assert.equal(JSON.parse(event.data).id, 1);
    session.close();
  });

  test("two clients at once get their own answers only", async () => {
    const sessions = await Promise.all(Array.from({ length: 2 }, () => SseSession.open(port, SSE)));
    // The same ids in both, interleaved, with texts that say whose they are.
    await Promise.all(sessions.map(async (session, s) => {
      for (let i = 0; i < 25; i++) {
        const accepted = await session.post({ jsonrpc: "2.0", id: i, method: "tools/call", params: { name: "every", arguments: { text: "abc", whole: s } } });
        assert.equal(accepted.status, 202);
      }
    }));
    for (const [s, session] of sessions.entries()) {
      const ids = [];
      for (let i = 0; i < 25; i++) {
        const answer = JSON.parse((await session.stream.next()).data);
        assert.equal(JSON.parse(text(answer.result)).whole, s, "an answer of the other client");
        ids.push(answer.id);
      }
      assert.deepEqual(ids.sort((a, b) => a - b), Array.from({ length: 25 }, (_, i) => i));
      assert.deepEqual(session.stream.pending.filter((item) => item.data), []);
      session.close();
    }
  });

  test("an answer of 1 MB comes whole", async () => {
    const session = await SseSession.open(port, SSE);
    const result = await session.call("big", { bytes: 1_000_000 });
    assert.equal(text(result).length, 1_000_000);
    session.close();
  });

  test("many requests at once are all answered", async () => {
    const session = await SseSession.open(port, SSE);
    const count = 100;
    const accepted = await Promise.all(Array.from({ length: count }, (_, i) =>
      session.post({ jsonrpc: "2.0", id: `n${i}`, method: "tools/call", params: { name: i % 2 ? "served" : "type", arguments: {} } })));
    assert.deepEqual([...new Set(accepted.map((a) => a.status))], [202]);
    const ids = new Set();
    while (ids.size < count) ids.add(JSON.parse((await session.stream.next()).data).id);
    session.close();
  });

  test("what is no message is refused on the POST, or answered on the stream, and hurts nothing", async () => {
    const session = await SseSession.open(port, SSE);
    const bad = await session.post("{");
    assert.equal(bad.status, 400, bad.text);
    assert.equal(bad.json.error.code, -32700);
    const wrongType = await session.post(LIST, { headers: { "content-type": "text/plain" } });
    assert.equal(wrongType.status, 415);
    const invalid = await session.post(Buffer.from([0x22, 0xff, 0xfe, 0x22]));
    assert.equal(invalid.status, 400, invalid.text);
    assert.equal((await session.send("nosuch")).error.code, -32601);
    assert.ok((await session.send("tools/list")).result);
    session.close();
  });
});

describe("clients that do not keep up", () => {
  test("a client that does not read is cut off, before what it left unread fills the memory", async () => {
    const session = await SseSession.open(port, SSE);
    session.stream.pause();
    const other = await SseSession.open(port, SSE);
    let sent = 0;
    for (; sent < 100; sent++) {
      const { status } = await session.post({ jsonrpc: "2.0", id: `big${sent}`, method: "tools/call", params: { name: "big", arguments: { bytes: 1_000_000 } } });
      if (status !== 202) {
        assert.equal(status, 404);
        break;
      }
    }
    assert.ok(sent < 100, "it could leave 100 MB unread");
    assert.ok(sent > 2, "a few answers may wait");
    assert.ok((await other.send("tools/list")).result, "others go on");
    session.close();
    other.close();
  });

  test("a stream that was idle for long still answers: the object slept meanwhile", async () => {
    const session = await SseSession.open(port, SSE);
    // workerd lets an object sleep after ten seconds without a call. Heartbeats are the front's and do not wake it.
    const started = Date.now();
    while (Date.now() - started < 14_000) await session.stream.next((item) => item.comment !== undefined, 5_000);
    assert.deepEqual(session.stream.pending.filter((item) => item.data), []);
    assert.equal((await session.send("tools/call", { name: "who", arguments: {} })).result.isError ?? false, false);
    session.close();
  });
});

describe("unknown and lost sessions", () => {
  test("an unknown, forged or missing sessionId is 404 or 400, at once", async () => {
    const session = await SseSession.open(port, SSE);
    const real = new URL(session.endpoint, worker.url).searchParams.get("sessionId");
    const post = (query) => request(port, { path: `/api/events/message${query}`, headers: { "content-type": "application/json" }, body: JSON.stringify(LIST) }, 5_000);
    for (const id of ["nosuch", "0".repeat(32), "x".repeat(real.length), real.slice(0, -2), `${real}AA`, "state%3Aserver", "keyring"]) {
      const response = await post(`?sessionId=${id}`);
      assert.equal(response.status, 404, `${id}: ${response.text}`);
    }
    for (const query of ["", "?", "?sessionId=", "?other=1"]) {
      const response = await post(query);
      assert.ok([400, 404].includes(response.status), `${query}: ${response.status}`);
    }
    assert.ok((await session.send("tools/list")).result);
    session.close();
  });

  test("a session of Streamable HTTP is none of HTTP+SSE, and the other way around", async () => {
    const session = await SseSession.open(port, SSE);
    const token = new URL(session.endpoint, worker.url).searchParams.get("sessionId");
    const response = await request(port, {
      path: "/api/mcp",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream", "mcp-session-id": token },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }),
    });
    assert.equal(response.status, 404, response.text);
    session.close();
  });

  test("a client that leaves is noticed: its session is 404 afterwards, and others go on", async () => {
    const [lost, other] = await Promise.all([SseSession.open(port, SSE), SseSession.open(port, SSE)]);
    lost.close();
    // The heartbeat, each second, is what notices.
    await eventually(10_000, "the lost client's session is 404", async () => (await lost.post({ jsonrpc: "2.0", id: 1, method: "ping" })).status === 404);
    assert.ok((await other.send("tools/list")).result);
    other.close();
  });

  test("fifty clients that leave leave nothing behind", async () => {
    const sessions = await Promise.all(Array.from({ length: 50 }, () => SseSession.open(port, SSE)));
    for (const session of sessions) session.close();
    await eventually(15_000, "all fifty are 404", async () => {
      const statuses = await Promise.all(sessions.map(async (s) => (await s.post({ jsonrpc: "2.0", id: 1, method: "ping" })).status));
      return statuses.every((status) => status === 404);
    });
  });

  test("a session does not survive the server: 404, and a new one works", async () => {
    const session = await SseSession.open(port, SSE);
    worker = await worker.restart();
    port = worker.port;
    await session.stream.closed;
    session.port = port;
    assert.equal((await session.post(LIST)).status, 404);
    const again = await SseSession.open(port, SSE);
    assert.ok((await again.send("tools/list")).result);
    again.close();
  });

  test("a client of another host or origin opens no stream", async () => {
    for (const headers of [{ host: "evil.example" }, { origin: "https://evil.example" }]) {
      const stream = await openStream(port, { path: "/api/events", headers });
      assert.equal(stream.status, 403);
      stream.close();
    }
    const session = await SseSession.open(port, SSE);
    assert.equal((await session.post(LIST, { headers: { origin: "https://evil.example" } })).status, 403);
    const allowed = await session.post(LIST, { headers: { origin: "https://app.kitchen.example", host: "kitchen.example" } });
    assert.equal(allowed.status, 202);
    session.close();
  });
});
