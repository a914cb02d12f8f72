// `mode = "bearer"`: tokens that the Worker's owner gives out. And what all modes have in common: the header, and what is never looked at.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { streamable } from "../lib/clients.mjs";
import { ask, bearer, challenge, kept, refused, startGuarded, tool, whoIs } from "../lib/guarded.mjs";
import { request, unfinished } from "../lib/http.mjs";
import { message, modernRequest } from "../lib/mcp.mjs";
import { rows } from "../lib/rows.mjs";
import { openStream } from "../lib/sse.mjs";

const READER = "reader-7d9c52c1f0a34c6e8b1d";
const WRITER = "writer.4f1b/9a+6e~2d_8c0b5a7e3f==";
const SECRETS = { READER_TOKEN: READER, WRITER_TOKEN: WRITER };
const DECLARED = {
  mode: "bearer",
  bearer: [
    { name: "reader", token: { secret: "READER_TOKEN" }, subject: "reader", scopes: ["notes:read"], claims: { groups: ["guests"] } },
    { name: "writer", token: { secret: "WRITER_TOKEN" }, subject: "ada", scopes: ["notes:read", "notes:write"], claims: { groups: ["staff", "guests"] } },
  ],
};

let worker, port;
before(async () => {
  worker = await startGuarded(DECLARED, { bindings: SECRETS });
  port = worker.port;
});
after(() => worker?.kill());

describe("a token is somebody", () => {
  test("with the subject, the scopes and the claims that are declared for it", async () => {
    for (let times = 0; times < 2; times++) {
      assert.equal(await whoIs(port, bearer(READER)), "iss=bearer sub=reader client=none scopes=notes:read groups=guests email=none undeclared=none");
      assert.equal(await whoIs(port, bearer(WRITER)), "iss=bearer sub=ada client=none scopes=notes:read+notes:write groups=staff+guests email=none undeclared=none");
    }
  });

  test("whatever the case of the scheme, and with spaces", async () => {
    for (const authorization of [`bearer ${READER}`, `BEARER ${READER}`, `Bearer   ${READER}`]) assert.match(await whoIs(port, { authorization }), /sub=reader/);
  });

  test("who may do what it may", async () => {
    assert.equal(message(await tool(port, "add_note", { text: "milk" }, bearer(WRITER))).result.content[0].text, "1");
    const response = await tool(port, "add_note", { text: "milk" }, bearer(READER));
    assert.equal(response.status, 403);
    const { scheme, error, scope } = challenge(response);
    assert.deepEqual({ scheme, error }, { scheme: "Bearer", error: "insufficient_scope" });
    assert.deepEqual(scope.split(" ").sort(), ["notes:read", "notes:write"]);
    assert.equal(message(await tool(port, "mine", {}, bearer(WRITER))).result.content[0].text, "ada");
  });

  test("in a session, over HTTP+SSE and with the official client", async () => {
    const client = await streamable(worker.url, { requestInit: { headers: bearer(READER) } });
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map(({ name }) => name).sort(), ["elsewhere", "list_notes", "mine", "whoami"]);
    assert.match((await client.callTool({ name: "whoami", arguments: {} })).content[0].text, /sub=reader/);
    await client.close();
    const open = await request(port, { method: "GET", path: "/sse", headers: { accept: "text/event-stream" } });
    assert.equal(open.status, 401);
    assert.deepEqual(challenge(open), { scheme: "Bearer" });
  });

  test("and nobody else's session", async () => {
    const { headers, message: sent } = initialize();
    const opened = await request(port, { headers: { ...headers, ...bearer(READER) }, body: JSON.stringify(sent) });
    assert.equal(opened.status, 200, opened.text);
    const call = { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "whoami", arguments: {} } };
    const session = { ...headers, "mcp-session-id": opened.headers["mcp-session-id"], "mcp-protocol-version": "2025-11-25" };
    const use = (given) => request(port, { headers: { ...session, ...given }, body: JSON.stringify(call) });
    const own = await use(bearer(READER));
    assert.match(message(own).result.content[0].text, /sub=reader/);
    assert.equal((await use(bearer(WRITER))).status, 404, "a stolen session is none");
    assert.equal((await use({})).status, 401, "a session is no credential");
  });

  test("and nobody else's stream of HTTP+SSE, to whose every message a token belongs", async () => {
    const stream = await openStream(port, { path: "/sse", headers: bearer(READER) });
    try {
      const { data: path } = await stream.next();
      const post = (id, headers) => request(port, { path, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify({ jsonrpc: "2.0", id, method: "ping" }) });
      assert.equal((await post(1, bearer(WRITER))).status, 404, "a stolen session is none");
      assert.equal((await post(2, {})).status, 401, "a session is no credential");
      assert.equal((await post(3, bearer(READER))).status, 202);
      // What was refused came nowhere.
      const { data } = await stream.next((event) => event.data !== undefined);
      assert.equal(JSON.parse(data).id, 3);
    } finally {
      stream.close();
    }
  });
});

const initialize = () => ({
  headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
  message: { jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "e2e", version: "1.0.0" } } },
});

describe("nobody", () => {
  test("is who has no token: asked for one, without an error", async () => {
    const response = await tool(port, "whoami");
    assert.equal(response.status, 401);
    assert.deepEqual(challenge(response), { scheme: "Bearer" });
  });

  test("is who has credentials of another kind", async () => {
    const basic = `Basic ${Buffer.from(`reader:${READER}`).toString("base64")}`;
    for (const authorization of [basic, READER, `Token ${READER}`, `DPoP ${READER}`]) {
      const response = await tool(port, "whoami", {}, { authorization });
      assert.equal(response.status, 401);
      assert.deepEqual(challenge(response), { scheme: "Bearer" }, authorization);
    }
  });

  test("is who puts a token where it is not looked for", async () => {
    const { headers, message: sent } = modernRequest("tools/call", { name: "whoami", arguments: {} });
    for (const [path, more, body] of [
      [`/mcp?access_token=${READER}`, {}, sent],
      ["/mcp", { cookie: `access_token=${READER}`, "x-api-key": READER, "cf-access-jwt-assertion": READER }, sent],
      ["/mcp", {}, { ...sent, access_token: READER }],
    ]) {
      const response = await request(port, { path, headers: { ...headers, ...more }, body: JSON.stringify(body) });
      assert.equal(response.status, 401, path);
      assert.deepEqual(challenge(response), { scheme: "Bearer" });
      kept(worker, READER, response);
    }
  });

  test("is who has a token that is unknown, whichever part of it is right", async () => {
    for (const token of [READER.slice(0, -1), `${READER}a`, READER.toUpperCase(), `${READER}=`, WRITER.replace("==", "="), "undefined", "null", "x"]) {
      refused(worker, await tool(port, "whoami", {}, bearer(token)), { says: /unknown/, secret: token });
    }
  });
});

describe("a header that is not as it should be is a bad request", () => {
  const send = (authorization) => tool(port, "whoami", {}, { authorization });
  const bad = { status: 400, error: "invalid_request" };

  test("without a token", async () => {
    for (const empty of ["Bearer", "bearer", "Bearer "]) refused(worker, await send(empty), { ...bad, says: /no token/ });
  });

  test("several of them, however they come, though each were good", async () => {
    const { headers, message: sent } = modernRequest("tools/call", { name: "whoami", arguments: {} });
    const several = (authorization) => request(port, { headers: { ...headers, authorization }, body: JSON.stringify(sent) });
    for (const authorization of [`Bearer ${READER}, Bearer ${READER}`, `Bearer ${READER},${WRITER}`, `Basic eDp5, Bearer ${READER}`]) {
      refused(worker, await several(authorization), { ...bad, says: /more than one/, secret: READER });
    }
    refused(worker, await twice(headers, sent, [`Bearer ${READER}`, `Bearer ${WRITER}`]), { ...bad, says: /more than one/, secret: READER });
  });

  test("with what no token has", async () => {
    for (const token of [`${READER} ${READER}`, `"${READER}"`, "täkn-7d9c52c1f0a34c6e", "a=b", "<script>"]) {
      refused(worker, await send(Buffer.from(`Bearer ${token}`).toString("latin1")), { ...bad, says: /characters/, secret: token });
    }
  });

  test("of 10 KB", async () => {
    const token = "a1b2".repeat(2560);
    refused(worker, await send(`Bearer ${token}`), { ...bad, says: /larger than 8192 bytes/, secret: token });
    refused(worker, await send(`Basic ${token}`), { ...bad, secret: token });
    assert.match(await whoIs(port, bearer(READER)), /sub=reader/);
  });

  // Node's client joins what has one name: these are two lines.
  async function twice(headers, sent, values) {
    const body = JSON.stringify(sent);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const more = values.map((value) => `authorization: ${value}\r\n`).join("");
    return unfinished(port, `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${lines}${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }
});

describe("a browser", () => {
  const origin = "https://app.example";

  test("asks first without a token, and may read why it is refused", async () => {
    const preflight = await request(port, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization, content-type" } });
    assert.equal(preflight.status, 204, preflight.text);
    assert.equal(preflight.headers["access-control-allow-origin"], origin);
    assert.match(preflight.headers["access-control-allow-headers"], /authorization/i);
    for (const authorization of [undefined, "Bearer of-nothing", "Bearer"]) {
      const response = await tool(port, "whoami", {}, { origin, ...(authorization && { authorization }) });
      assert.ok([400, 401].includes(response.status));
      assert.ok([origin, "*"].includes(response.headers["access-control-allow-origin"]));
      assert.match(response.headers["access-control-expose-headers"], /www-authenticate/i);
    }
  });

  test("of a page that is not let in is refused, token or not", async () => {
    for (const headers of [{}, bearer(READER)]) assert.equal((await tool(port, "whoami", {}, { origin: "https://evil.example", ...headers })).status, 403);
  });
});

test("what is no MCP is for its handler, with or without somebody", async () => {
  const plain = async (headers) => {
    const response = await request(port, { method: "GET", path: "/plain/who", headers });
    assert.equal(response.status, 200, response.text);
    return response.text;
  };
  assert.match(await plain(bearer(READER)), /^iss=bearer sub=reader /);
  for (const authorization of ["Bearer of-nothing", "Bearer", "Basic eDp5", `Bearer ${"a".repeat(9000)}`]) assert.equal(await plain({ authorization }), "nobody");
  assert.equal(await plain({}), "nobody");
});

test("200 tokens that there are not leave nothing behind", async () => {
  const own = await startGuarded(DECLARED, { bindings: SECRETS, name: "auth-bogus" });
  await tool(own.port, "add_note", { text: "before" }, bearer(WRITER));
  await own.kill();
  const before = rows(own.storage);
  const again = await startGuarded(DECLARED, { bindings: SECRETS, name: "auth-bogus", storage: own.storage });
  try {
    const tokens = Array.from({ length: 200 }, (_, i) => `bogus-token-${i}-${"z".repeat(40)}`);
    for (const token of tokens) refused(again, await tool(again.port, "add_note", { text: token }, bearer(token)), { secret: token });
    for (const token of tokens.slice(0, 20)) {
      const opened = await request(again.port, { headers: { ...initialize().headers, ...bearer(token), "mcp-session-id": token }, body: JSON.stringify(initialize().message) });
      assert.equal(opened.status, 401);
      assert.equal((await request(again.port, { method: "GET", path: "/sse", headers: { accept: "text/event-stream", ...bearer(token) } })).status, 401);
    }
  } finally {
    await again.kill();
  }
  assert.ok(before.length > 0, "the note is a row");
  assert.deepEqual(rows(own.storage), before);
});

describe("settings", () => {
  const told = async (declared, bindings, wanted) => {
    const broken = await startGuarded(declared, { bindings, name: "auth-settings" });
    try {
      for (const response of [await tool(broken.port, "whoami", {}, bearer(READER)), await request(broken.port, { method: "GET", path: "/plain/who" })]) {
        assert.equal(response.status, 500);
        assert.match(response.headers["content-type"], /^text\/plain/);
        for (const words of wanted) assert.match(response.text, words);
        for (const value of Object.values(bindings)) assert.ok(!response.text.includes(value), "no value is told");
      }
      for (const words of wanted) assert.match(broken.stderr(), words);
      assert.equal(broken.stderr().match(new RegExp(wanted[0], "g")).length, 1, "the log says it once");
    } finally {
      await broken.kill();
    }
  };

  test("that are missing are all named, with how to set them", () =>
    told(DECLARED, {}, [/the secret READER_TOKEN is not set: .*\.dev\.vars.*npx wrangler secret put READER_TOKEN/, /the secret WRITER_TOKEN is not set/]));

  test("that could be guessed are refused", () => told(DECLARED, { ...SECRETS, READER_TOKEN: "fifteen-letters" }, [/READER_TOKEN is shorter than 16 characters: .*openssl rand -hex 32/]));

  test("that no client could send are refused", () => told(DECLARED, { ...SECRETS, WRITER_TOKEN: "with some spaces in it" }, [/WRITER_TOKEN has characters that a bearer token cannot have/]));

  test("that are two people's are refused", () => told(DECLARED, { READER_TOKEN: READER, WRITER_TOKEN: READER }, [/the tokens `reader` and `writer` are the same/]));
});

test("lists show what a token may use", async () => {
  const names = async (method, kind, key, token) => message(await ask(port, method, {}, bearer(token))).result[kind].map((item) => item[key]).sort();
  assert.deepEqual(await names("tools/list", "tools", "name", READER), ["elsewhere", "list_notes", "mine", "whoami"]);
  assert.deepEqual(await names("tools/list", "tools", "name", WRITER), ["add_note", "elsewhere", "list_notes", "mine", "purge", "whoami"]);
  assert.deepEqual(await names("prompts/list", "prompts", "name", READER), ["summary"]);
  assert.deepEqual(await names("resources/list", "resources", "uri", READER), ["notes://all"]);
  assert.deepEqual(await names("resources/list", "resources", "uri", WRITER), ["notes://all", "notes://secret"]);
});
