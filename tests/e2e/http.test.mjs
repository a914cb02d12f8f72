// HTTP as no well-behaved client speaks it, against the reference agent: types, hosts, sizes, sessions, methods, encodings.

import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { after, before, describe, test } from "node:test";
import { request, unfinished } from "../lib/http.mjs";
import { LEGACY, message, modern, MODERN, modernRequest, Session } from "../lib/mcp.mjs";
import { readProject, speedClock } from "../lib/project.mjs";
import { openStream } from "../lib/sse.mjs";
import { agent } from "../lib/tools.mjs";
import { eventually, within } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

let worker, port;
before(async () => {
  worker = await startWorker(agent("counter"), { name: "http" });
  port = worker.port;
});
after(() => worker?.kill());

/** Nothing that went wrong before may have hurt the server. */
const alive = async () => {
  const { message } = await modern(port, "tools/call", { name: "greet", arguments: { name: "Ada" } });
  assert.match(message.result.content[0].text, /Ada/);
};

const ping = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });

/** A good 2026-07-28 request with some headers changed (`undefined` removes one). */
const bent = (headers, change = (m) => m) => {
  const good = modernRequest("tools/call", { name: "greet", arguments: { name: "Ada" } });
  const all = Object.fromEntries(Object.entries({ ...good.headers, ...headers }).filter(([, value]) => value !== undefined));
  return request(port, { headers: all, body: JSON.stringify(change(good.message)) });
};

describe("types", () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application/xml", undefined]) {
    test(`content-type ${type} is 415`, async () => {
      assert.equal((await bent({ "content-type": type })).status, 415);
      const session = await Session.open(port);
      assert.equal((await session.post(ping, { headers: { "content-type": type } })).status, 415);
    });
  }

  for (const type of ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"]) {
    test(`content-type ${type} is accepted`, async () => {
      const response = await bent({ "content-type": type });
      assert.equal(response.status, 200, response.text);
    });
  }

  for (const accept of ["text/html", "image/*", "application/xml, text/plain"]) {
    test(`accept ${accept} is 406`, async () => {
      assert.equal((await bent({ accept })).status, 406);
      const session = await Session.open(port);
      assert.equal((await session.post(ping, { headers: { accept } })).status, 406);
    });
  }

  for (const accept of ["application/json", "*/*", "application/*", "text/event-stream, application/json;q=0.9", undefined]) {
    test(`accept ${accept} gets JSON`, async () => {
      const response = await bent({ accept });
      assert.equal(response.status, 200, response.text);
      assert.match(response.headers["content-type"], /^application\/json/);
      assert.match(response.json.result.content[0].text, /Ada/);
    });
  }

  for (const accept of ["text/event-stream", "text/*", "application/json;q=0, text/event-stream"]) {
    test(`accept ${accept} gets a stream with one response`, async () => {
      const response = await bent({ accept });
      assert.equal(response.status, 200, response.text);
      assert.match(response.headers["content-type"], /^text\/event-stream/);
      assert.match(message(response).result.content[0].text, /Ada/);
    });
  }

  test("what is answered says what it is", async () => {
    const response = await bent({});
    assert.equal(response.status, 200);
    assert.match(response.headers["content-type"], /^(application\/json|text\/event-stream)/);
  });
});

describe("hosts and origins", () => {
  for (const host of ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", "xworkers.dev", "evilworkers.dev"]) {
    test(`host ${host} is 403`, async () => {
      assert.equal((await bent({ host })).status, 403);
      assert.equal((await request(port, { method: "GET", path: "/sse", headers: { host, accept: "text/event-stream" } })).status, 403);
    });
  }

  for (const origin of ["https://evil.example", "http://evil.example:8787", "null", "http://localhost.evil.example", "file://"]) {
    test(`origin ${origin} is 403`, async () => {
      assert.equal((await bent({ origin })).status, 403);
      assert.equal((await request(port, { method: "GET", path: "/sse", headers: { origin, accept: "text/event-stream" } })).status, 403);
    });
  }

  test("a host and an origin that agree with each other are still foreign: the rebinding attack", async () => {
    assert.equal((await bent({ host: "evil.example:8787", origin: "http://evil.example:8787" })).status, 403);
  });

  for (const host of ["localhost", "localhost:8787", "127.0.0.1", "[::1]:8787", "counter.someone.workers.dev", "LOCALHOST"]) {
    test(`host ${host} is served`, async () => {
      assert.equal((await bent({ host })).status, 200);
    });
  }

  for (const origin of ["http://localhost:6274", "http://127.0.0.1:3000"]) {
    test(`origin ${origin} is served`, async () => {
      assert.equal((await bent({ origin })).status, 200);
    });
  }

  test("anybody can have a name below workers.dev: its pages are served where they came from, and nowhere else", async () => {
    const origin = "https://counter.someone.workers.dev";
    assert.equal((await bent({ host: "counter.someone.workers.dev", origin })).status, 200);
    for (const host of ["other.someone.workers.dev", "localhost", "counter.someone.workers.dev:8443"]) {
      assert.equal((await bent({ host, origin })).status, 403, host);
    }
  });

  test("a refused caller changes nothing", async () => {
    const value = async () => (await modern(port, "resources/read", { uri: "counter://value" })).message.result.contents[0].text;
    const start = await value();
    const { headers, message } = modernRequest("tools/call", { name: "add", arguments: { a: 1 } });
    const response = await request(port, { headers: { ...headers, origin: "https://evil.example" }, body: JSON.stringify(message) });
    assert.equal(response.status, 403);
    assert.equal(await value(), start);
  });
});

describe("pages in browsers", () => {
  const origin = "http://localhost:6274";
  const names = ["access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers", "access-control-expose-headers", "access-control-max-age", "vary"];
  const readable = (response, by = origin) => {
    assert.equal(response.headers["access-control-allow-origin"], by, `${response.status} ${response.text}`);
    assert.equal(response.headers["access-control-expose-headers"], "mcp-session-id, www-authenticate");
    assert.equal(response.headers.vary, "origin");
    assert.equal(response.headers["access-control-allow-credentials"], undefined);
  };
  const unreadable = (response) => {
    for (const name of names) assert.equal(response.headers[name], undefined, `${name}: ${response.status} ${response.text}`);
  };
  const list = (value) => value.toLowerCase().split(",").map((name) => name.trim());

  for (const path of ["/mcp", "/sse", "/sse/message?sessionId=x"]) {
    test(`preflight on ${path}`, async () => {
      const asked = "authorization,content-type,mcp-param-region,mcp-protocol-version,x-other";
      const headers = { origin, "access-control-request-method": "POST", "access-control-request-headers": asked };
      const response = await request(port, { method: "OPTIONS", path, headers });
      assert.equal(response.status, 204, response.text);
      assert.equal(response.text, "");
      readable(response);
      assert.deepEqual(list(response.headers["access-control-allow-methods"]), ["get", "post", "delete"]);
      const allowed = list(response.headers["access-control-allow-headers"]);
      const needed = ["content-type", "accept", "authorization", "mcp-session-id", "mcp-protocol-version", "mcp-method", "mcp-name", "last-event-id", "mcp-param-region"];
      assert.deepEqual(allowed, needed);
      assert.ok(Number(response.headers["access-control-max-age"]) > 0);
    });
  }

  test("OPTIONS that no page asks is 405", async () => {
    const response = await request(port, { method: "OPTIONS" });
    assert.equal(response.status, 405);
    assert.match(response.headers.allow, /POST/);
    unreadable(response);
  });

  test("strangers' preflights and requests are 403, and nothing is shared with them", async () => {
    for (const stranger of ["https://evil.example", "null", "https://evil.workers.dev"]) {
      const preflight = await request(port, { method: "OPTIONS", headers: { origin: stranger, "access-control-request-method": "POST" } });
      assert.equal(preflight.status, 403);
      unreadable(preflight);
      const response = await bent({ origin: stranger });
      assert.equal(response.status, 403);
      unreadable(response);
      const large = await request(port, { headers: { origin: stranger }, body: Buffer.alloc(5 * 1024 * 1024, 0x20) });
      assert.equal(large.status, 413);
      unreadable(large);
    }
  });

  test("whatever a page is answered, it can read", async () => {
    const greet = await bent({ origin });
    assert.equal(greet.status, 200);
    readable(greet);
    readable(await bent({ origin, accept: "text/event-stream" }));
    const { headers, message } = modernRequest("tools/call", { name: "add", arguments: { a: 0 } });
    const added = await request(port, { headers: { ...headers, origin }, body: JSON.stringify(message) });
    assert.match(added.text, /now/);
    readable(added);
    for (const [status, options] of [
      [415, { headers: { origin }, body: "x" }],
      [406, { headers: { ...headers, accept: "text/html", origin }, body: "{}" }],
      [400, { headers: { ...headers, origin }, body: "{" }],
      [405, { method: "DELETE", headers: { origin } }],
      [404, { path: "/nosuch", headers: { origin } }],
      [413, { headers: { ...headers, origin }, body: Buffer.alloc(5 * 1024 * 1024, 0x20) }],
    ]) {
      const response = await request(port, options);
      assert.equal(response.status, status, response.text);
      readable(response);
    }
    const own = await bent({ host: "counter.someone.workers.dev", origin: "https://counter.someone.workers.dev" });
    readable(own, "https://counter.someone.workers.dev");
  });

  test("sessions, streams and batches too", async () => {
    const session = await Session.open(port, "2025-03-26");
    const response = await session.post([JSON.parse(ping)], { headers: { origin } });
    assert.equal(response.json[0].id, 1);
    readable(response);
    const initialize = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "e2e", version: "1.0.0" } };
    const begun = await session.post({ jsonrpc: "2.0", id: 1, method: "initialize", params: initialize }, { headers: { origin, "mcp-session-id": undefined } });
    assert.ok(begun.headers["mcp-session-id"]);
    readable(begun);
    const stream = await openStream(port, { headers: { origin } });
    const { data: endpoint } = await stream.next();
    readable(stream);
    const posted = await request(port, { path: endpoint, headers: { "content-type": "application/json", origin }, body: ping });
    assert.equal(posted.status, 202);
    readable(posted);
    stream.close();
  });

  test("who is no page gets none of it", async () => {
    unreadable(await bent({}));
    unreadable(await request(port, { method: "DELETE" }));
  });
});

describe("size", () => {
  const TEN = 10 * 1024 * 1024;
  const head = (extra) => {
    const { headers } = modernRequest("tools/call", { name: "greet", arguments: { name: "x" } });
    const lines = Object.entries({ host: "localhost", ...headers, ...extra }).map(([name, value]) => `${name}: ${value}`);
    return `POST /mcp HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
  };
  const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(0x10000, 0x20), Buffer.from("\r\n")]);
  function* chunks(count) {
    for (let i = 0; i < count; i++) yield chunk;
  }

  test("a body that says that it has 10 MB is 413 before any of it was sent", async () => {
    const response = await unfinished(port, head({ "content-length": TEN }));
    assert.equal(response.status, 413);
    assert.equal(response.sent, 0);
    await alive();
  });

  // Real clients send everything before they look for an answer: a server that closes the connection on them gives them EPIPE instead of the 413.
  // It waits as long as they send, up to a second, and 100 ms where they pause. A machine that has other things to do pauses longer than that: for this server, the time
  // is ten times as long.
  let patient;
  before(async () => {
    patient = await startWorker(speedClock(readProject(agent("counter")), 1 / 10), { name: "http-patient" });
  });
  after(() => patient?.kill());
  const POST = { method: "POST", headers: { "content-type": "application/json", accept: "application/json, text/event-stream" } };
  const fetched = async (init) => (await within(20_000, "fetch is answered", fetch(`${patient.url}/mcp`, { ...POST, ...init }))).status;

  test("a client that sends 10 MB whole sees the 413, every time", async () => {
    for (let i = 0; i < 10; i++) assert.equal(await fetched({ body: Buffer.alloc(TEN, 0x20) }), 413);
    await alive();
  });

  test("a client that sends 10 MB in chunks sees the 413, every time", async () => {
    for (let i = 0; i < 10; i++) {
      let left = 160;
      const body = new ReadableStream({ pull: (c) => (left-- ? c.enqueue(Buffer.alloc(0x10000, 0x20)) : c.close()) });
      assert.equal(await fetched({ body, duplex: "half" }), 413);
    }
    await alive();
  });

  test("a chunked body is 413 as soon as it is over the limit, though it never ends", async () => {
    // 4 MiB is the limit: 65 chunks of 64 KiB are over it, and the last chunk never comes.
    const response = await unfinished(port, head({ "transfer-encoding": "chunked" }), chunks(65));
    assert.equal(response.status, 413);
    await alive();
  });

  test("the same on HTTP+SSE's message path", async () => {
    const response = await unfinished(port, `POST /sse/message?sessionId=x HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${TEN}\r\n\r\n`);
    assert.equal(response.status, 413);
  });

  test("a chunked body under the limit is served", async () => {
    const { headers, message } = modernRequest("tools/call", { name: "greet", arguments: { name: "Ada" } });
    const text = JSON.stringify(message);
    async function* parts() {
      for (const char of [text.slice(0, 10), text.slice(10), " ".repeat(100_000)]) yield char;
    }
    const response = await request(port, { headers, body: parts() });
    assert.equal(response.status, 200, response.text);
    assert.match(response.text, /Ada/);
  });

  test("clients that leave in the middle of a body hurt nobody", async () => {
    for (const part of ["", '{"jsonrpc":']) {
      const sockets = Array.from({ length: 10 }, () => {
        const socket = net.connect(port, "127.0.0.1", () => socket.end(head({ "content-length": 1000 }) + part)).resume();
        return once(socket, "close");
      });
      await within(5_000, "the server lets go of clients that left", Promise.all(sockets));
    }
    await alive();
  });

  test("a body of 3 MB is read whole", async () => {
    const { headers, message } = modernRequest("tools/call", { name: "greet", arguments: { name: "A".repeat(3 * 1024 * 1024) } });
    const response = await request(port, { headers, body: JSON.stringify(message) });
    assert.equal(response.status, 200);
    assert.equal(response.json.result.isError, true, "the name is over its max_length, and that is what is said");
  });
});

describe("encodings", () => {
  test("invalid UTF-8 is refused, not repaired", async () => {
    const good = modernRequest("tools/call", { name: "greet", arguments: { name: "XX" } });
    const bytes = Buffer.from(JSON.stringify(good.message));
    const at = bytes.indexOf("XX");
    for (const bad of [[0xff, 0xfe], [0xc3, 0x28], [0xed, 0xa0], [0xc0, 0xaf]]) {
      const body = Buffer.from(bytes);
      body.set(bad, at);
      const response = await request(port, { headers: good.headers, body });
      assert.equal(response.status, 400, response.text);
      assert.equal(response.json.error.code, -32700);
    }
    await alive();
  });

  test("every other character arrives as it was sent", async () => {
    for (const name of ["Ünïcödé", "日本語", "😀", "a\u0000b", "\u2028", "\\\"/\n\t", "\u{10ffff}"]) {
      const { message } = await modern(port, "tools/call", { name: "greet", arguments: { name } });
      assert.ok(message.result.content[0].text.includes(name), JSON.stringify([name, message]));
    }
  });

  test("malformed JSON is 400 and -32700", async () => {
    const session = await Session.open(port);
    for (const body of ["", "{", "nonsense", "{\"jsonrpc\":\"2.0\",}", "[1,", "\"", "{'a':1}", "{\"a\":01}", "\u0000"]) {
      const response = await session.post(body);
      assert.equal(response.status, 400, `${JSON.stringify(body)}: ${response.text}`);
      assert.equal(response.json.error.code, -32700, `${JSON.stringify(body)}: ${response.text}`);
      assert.equal(response.json.id ?? null, null);
      const stateless = await request(port, { headers: modernRequest("tools/list").headers, body });
      assert.equal(stateless.status, 400, stateless.text);
      assert.equal(stateless.json.error.code, -32700, stateless.text);
    }
    await alive();
  });

  test("JSON that is no message is 400 and -32600", async () => {
    const session = await Session.open(port);
    const bodies = ["1", "null", "\"x\"", "{}", "[]", "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", "{\"jsonrpc\":\"2.0\",\"id\":1}",
      "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}"];
    for (const body of bodies) {
      const response = await session.post(body);
      assert.equal(response.status, 400, `${body}: ${response.text}`);
      assert.equal(response.json.error.code, -32600, `${body}: ${response.text}`);
    }
    await alive();
  });

  test("nesting of 100,000 levels is refused", async () => {
    const { headers, message } = modernRequest("tools/call", { name: "greet", arguments: { name: "x" } });
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    const response = await request(port, { headers, body: JSON.stringify(message).replace('"x"', deep) });
    assert.ok(response.status === 400 || response.json.result?.isError === true, response.text.slice(0, 300));
    await alive();
  });
});

describe("sessions", () => {
  test("a session is a header of visible ASCII, and two are never the same", async () => {
    const [a, b] = await Promise.all([Session.open(port), Session.open(port)]);
    assert.match(a.id, /^[\x21-\x7e]{32,}$/);
    assert.notEqual(a.id, b.id);
  });

  test("a missing session is 400", async () => {
    const session = await Session.open(port);
    for (const version of ["2025-11-25", "2025-06-18", undefined]) {
      const response = await session.post(ping, { headers: { "mcp-session-id": undefined, "mcp-protocol-version": version } });
      assert.equal(response.status, 400, `${version}: ${response.text}`);
      assert.ok(response.json.error, response.text);
    }
  });

  test("a forged session is 404", async () => {
    const session = await Session.open(port);
    const flip = (at) => session.id.slice(0, at) + (session.id[at] === "A" ? "B" : "A") + session.id.slice(at + 1);
    const forged = [flip(0), flip(10), flip(session.id.length >> 1), flip(session.id.length - 10), session.id.slice(0, -4), `${session.id}AAAA`,
      "x", "0".repeat(32), "state:server", "../keyring", "A".repeat(session.id.length), "A".repeat(10_000)];
    for (const id of forged) {
      const response = await session.post(ping, { headers: { "mcp-session-id": id } });
      assert.equal(response.status, 404, `${id.slice(0, 60)}: ${response.status} ${response.text}`);
    }
    assert.equal((await session.send("ping")).status, 200, "the real one still works");
  });

  test("all first callers of a new server get the same key", async () => {
    const fresh = await startWorker(agent("counter"), { name: "fresh" });
    try {
      const sessions = await Promise.all(Array.from({ length: 30 }, () => Session.open(fresh.port)));
      for (const session of sessions) assert.equal((await session.send("ping")).status, 200);
    } finally {
      await fresh.kill();
    }
  });

  test("a session of another server's key is 404", async () => {
    const other = await startWorker(agent("counter"), { name: "other-key" });
    try {
      const session = await Session.open(other.port);
      const response = await request(port, { headers: session.headers, body: ping });
      assert.equal(response.status, 404, response.text);
    } finally {
      await other.kill();
    }
  });

  test("sessions live on after a restart, for the key is kept; a secret replaces it", async () => {
    const key = Buffer.alloc(32, 7).toString("base64");
    const first = await startWorker(agent("counter"), { name: "key" });
    const session = await Session.open(first.port);
    const second = await first.restart();
    try {
      assert.equal((await request(second.port, { headers: session.headers, body: ping })).status, 200);
    } finally {
      await second.kill();
    }
    const [one, two] = await Promise.all([1, 2].map(() => startWorker(agent("counter"), { name: "secret", bindings: { MCP_SESSION_KEY: key } })));
    try {
      const shared = await Session.open(one.port);
      assert.equal((await request(two.port, { headers: shared.headers, body: ping })).status, 200, "both have the same secret");
      assert.equal((await request(port, { headers: shared.headers, body: ping })).status, 404, "this one has not");
    } finally {
      await Promise.all([one.kill(), two.kill()]);
    }
  });

  test("a new key before the old one: sessions of the old one go on, until it is taken away", async () => {
    const [old, fresh] = [1, 2].map((n) => Buffer.alloc(32, n).toString("base64"));
    const under = async (secret, check) => {
      const server = await startWorker(agent("counter"), { name: "rotation", bindings: { MCP_SESSION_KEY: secret } });
      try {
        await check(server.port);
      } finally {
        await server.kill();
      }
    };
    const ping200 = async (at, session, status = 200) => assert.equal((await request(at, { headers: session.headers, body: ping })).status, status);
    let first, second;
    await under(old, async (at) => (first = await Session.open(at)));
    await under(`${fresh},${old}`, async (at) => {
      await ping200(at, first);
      second = await Session.open(at);
    });
    await under(fresh, async (at) => {
      await ping200(at, first, 404);
      await ping200(at, second);
    });
  });

  test("a secret that is no key: no session, a log that says why, and calls without a session go on", async () => {
    const wrong = await startWorker(agent("counter"), { name: "wrong-key", bindings: { MCP_SESSION_KEY: "secret" } });
    try {
      const body = { jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "e2e", version: "1" } } };
      const response = await request(wrong.port, { headers: { "content-type": "application/json", accept: "application/json, text/event-stream" }, body: JSON.stringify(body) });
      assert.equal(response.status, 500);
      assert.equal(response.json.error.code, -32603);
      assert.doesNotMatch(response.text, /KEY|base64/);
      await eventually(5_000, "the log names the secret", () => wrong.stderr().includes("MCP_SESSION_KEY"));
      assert.equal((await modern(wrong.port, "tools/call", { name: "greet", arguments: { name: "Ada" } })).status, 200);
    } finally {
      await wrong.kill();
    }
  });

  test("DELETE is 405 and the session goes on", async () => {
    const session = await Session.open(port);
    const response = await request(port, { method: "DELETE", headers: session.headers });
    assert.equal(response.status, 405);
    assert.equal((await session.send("ping")).status, 200);
  });

  test("GET with a session is 405", async () => {
    const session = await Session.open(port);
    const response = await request(port, { method: "GET", headers: { ...session.headers, accept: "text/event-stream" } });
    assert.equal(response.status, 405);
    assert.match(response.headers.allow ?? "", /POST/);
  });

  test("the version header must be one that is spoken", async () => {
    const session = await Session.open(port);
    for (const version of ["1999-01-01", "nonsense"]) {
      const response = await session.post(ping, { headers: { "mcp-protocol-version": version } });
      assert.equal(response.status, 400, response.text);
    }
    assert.equal((await session.post(ping, { headers: { "mcp-protocol-version": undefined } })).status, 200, "absent is not wrong");
  });

  for (const version of LEGACY) {
    test(`${version} is negotiated`, async () => {
      const session = await Session.open(port, version);
      assert.equal(session.version, version);
      assert.equal((await session.send("tools/list")).message.result.tools.length, 3);
    });
  }

  for (const version of ["1900-01-01", "2999-01-01", MODERN]) {
    test(`initialize with ${version} gets 2025-11-25`, async () => {
      assert.equal((await Session.open(port, version)).version, "2025-11-25");
    });
  }
});

describe("methods and paths", () => {
  for (const method of ["PUT", "PATCH"]) {
    test(`${method} /mcp is 405`, async () => {
      assert.equal((await request(port, { method, headers: { "content-type": "application/json" }, body: ping })).status, 405);
    });
  }

  test("other paths are 404", async () => {
    for (const path of ["/", "/mcp2", "/mcp/x", "/MCP", "/sse/messages", "/favicon.ico", "/.well-known/oauth-protected-resource", "/state:server"]) {
      const response = await request(port, { method: "GET", path });
      assert.equal(response.status, 404, path);
    }
    assert.equal((await request(port, { method: "POST", path: "/other", headers: { "content-type": "application/json" }, body: ping })).status, 404);
  });

  test("a query after the path changes nothing", async () => {
    const { headers, message } = modernRequest("tools/list");
    assert.equal((await request(port, { path: "/mcp?x=1", headers, body: JSON.stringify(message) })).status, 200);
  });
});

describe("2026-07-28 requests that contradict themselves", () => {
  const refused = async (code, status, response) => {
    assert.equal(response.status, status, response.text);
    assert.equal(response.json.error.code, code, response.text);
    return response.json.error;
  };

  test("headers that say something else than the body, or are missing, are 400 and -32020", async () => {
    await refused(-32020, 400, await bent({ "mcp-method": "tools/list" }));
    await refused(-32020, 400, await bent({ "mcp-method": undefined }));
    await refused(-32020, 400, await bent({ "mcp-name": "add" }));
    await refused(-32020, 400, await bent({ "mcp-name": undefined }));
    await refused(-32020, 400, await bent({ "mcp-name": "=?base64?%%%?=" }));
    await refused(-32020, 400, await bent({ "mcp-protocol-version": "2025-11-25" }));
  });

  test("a name in base64 is decoded before it is compared", async () => {
    const response = await bent({ "mcp-name": `=?base64?${Buffer.from("greet").toString("base64")}?=` });
    assert.equal(response.status, 200, response.text);
  });

  test("a version that is not spoken is 400 and -32022, and says which are", async () => {
    const error = await refused(-32022, 400, await bent({ "mcp-protocol-version": "2030-01-01" }, (m) => {
      m.params._meta["io.modelcontextprotocol/protocolVersion"] = "2030-01-01";
      return m;
    }));
    assert.ok(error.data.supported.includes(MODERN), JSON.stringify(error));
    assert.equal(error.data.requested, "2030-01-01");
  });

  test("an unknown method is 404 and -32601; so are those that it no longer has", async () => {
    for (const method of ["nosuch/method", "ping", "initialize", "logging/setLevel"]) {
      const { headers, message } = modernRequest(method);
      await refused(-32601, 404, await request(port, { headers, body: JSON.stringify(message) }));
    }
  });

  test("headers of sessions and resumption are ignored", async () => {
    const response = await bent({ "mcp-session-id": "forged", "last-event-id": "7" });
    assert.equal(response.status, 200, response.text);
    assert.equal(response.headers["mcp-session-id"], undefined);
  });
});
