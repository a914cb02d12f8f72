// MCP by hand: one POST a message, every header in sight. The SDKs' clients are in clients.mjs.

import assert from "node:assert/strict";
import { request } from "./http.mjs";
import { validateResponse } from "./schema.mjs";
import { openStream } from "./sse.mjs";

export const MODERN = "2026-07-28";
export const LEGACY = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

const JSON_TYPES = { "content-type": "application/json", accept: "application/json, text/event-stream" };
let ids = 0;

/** An id that no request of this process has had. */
export const newId = () => ++ids;

/** The one JSON-RPC message of a response, whether it came as JSON or as a stream. */
export function message(response) {
  if (!/^text\/event-stream/.test(response.headers["content-type"] ?? "")) return response.json;
  const messages = response.text.split(/\r?\n\r?\n/).flatMap((block) => {
    const data = block.split(/\r?\n/).filter((l) => l.startsWith("data:")).map((l) => l.slice(5).trimStart()).join("\n");
    return data === "" ? [] : [JSON.parse(data)];
  }).filter((m) => m.result !== undefined || m.error !== undefined);
  assert.equal(messages.length, 1, `one response on the stream: ${response.text}`);
  return messages[0];
}

/** `_meta` of a 2026-07-28 request. */
export function modernMeta(version = MODERN) {
  return {
    "io.modelcontextprotocol/protocolVersion": version,
    "io.modelcontextprotocol/clientInfo": { name: "e2e", version: "1.0.0" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
}

const named = (method, params) => (method.startsWith("tasks/") ? params.taskId : { "tools/call": params.name, "prompts/get": params.name, "resources/read": params.uri }[method]);

/** A header value as the specification wants it: plain ASCII, or the base64 sentinel. */
export const headerValue = (text) =>
  /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text)
    ? text
    : `=?base64?${Buffer.from(text).toString("base64")}?=`;

/** The parts of a 2026-07-28 request, for tests that bend one of them. */
export function modernRequest(method, params = {}, { path = "/mcp", id = ++ids } = {}) {
  const name = named(method, params);
  return {
    path,
    headers: {
      ...JSON_TYPES,
      "mcp-protocol-version": MODERN,
      "mcp-method": method,
      ...(name === undefined ? {} : { "mcp-name": headerValue(name) }),
    },
    message: { jsonrpc: "2.0", id, method, params: { ...params, _meta: modernMeta() } },
  };
}

/** A 2026-07-28 request: `{ status, headers, message }`. */
export async function modern(port, method, params = {}, options = {}) {
  const { path, headers, message: sent } = modernRequest(method, params, options);
  const response = await request(port, { path, headers: { ...headers, ...options.headers }, body: JSON.stringify(sent) }, options.limit);
  const answer = message(response);
  assert.equal(answer.id, sent.id, "the response carries the request's id");
  validateResponse(MODERN, method, answer);
  return { status: response.status, headers: response.headers, message: answer };
}

/** A legacy session on Streamable HTTP: `initialize` and `initialized` are done. */
export class Session {
  static async open(port, version = "2025-11-25", { path = "/mcp", capabilities = {} } = {}) {
    const sent = {
      jsonrpc: "2.0",
      id: ++ids,
      method: "initialize",
      params: { protocolVersion: version, capabilities, clientInfo: { name: "e2e", version: "1.0.0" } },
    };
    const response = await request(port, { path, headers: JSON_TYPES, body: JSON.stringify(sent) });
    assert.equal(response.status, 200, response.text);
    const answer = message(response);
    assert.equal(answer.id, sent.id);
    assert.ok(answer.result, `initialize: ${response.text}`);
    const session = new Session();
    Object.assign(session, { port, path, id: response.headers["mcp-session-id"], version: answer.result.protocolVersion, initialized: answer.result });
    validateResponse(session.version, "initialize", answer);
    const done = await session.post({ jsonrpc: "2.0", method: "notifications/initialized" });
    assert.equal(done.status, 202, done.text);
    assert.equal(done.text, "");
    return session;
  }

  get headers() {
    return {
      ...JSON_TYPES,
      ...(this.id ? { "mcp-session-id": this.id } : {}),
      ...(this.version >= "2025-06-18" ? { "mcp-protocol-version": this.version } : {}),
    };
  }

  /** Posts anything: an object is sent as JSON, a string or Buffer as it is. Answers the raw response. */
  post(body, { headers = {}, limit } = {}) {
    const text = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const all = Object.fromEntries(Object.entries({ ...this.headers, ...headers }).filter(([, value]) => value !== undefined));
    return request(this.port, { path: this.path, headers: all, body: text }, limit);
  }

  /** A request: `{ status, headers, message }`. */
  async send(method, params, options = {}) {
    const sent = { jsonrpc: "2.0", id: ++ids, method, ...(params === undefined ? {} : { params }) };
    const response = await this.post(sent, options);
    const answer = message(response);
    assert.equal(answer.id, sent.id, `the response carries the request's id: ${response.text}`);
    validateResponse(this.version, method, answer);
    return { status: response.status, headers: response.headers, message: answer };
  }

  /** DELETE: the client is done with the session. */
  end() {
    const { "content-type": _, accept: __, ...headers } = this.headers;
    return request(this.port, { method: "DELETE", path: this.path, headers });
  }

  /** A tool's result; fails on a JSON-RPC error. */
  async call(name, args, options) {
    const { message: answer } = await this.send("tools/call", { name, ...(args === undefined ? {} : { arguments: args }) }, options);
    assert.ok(answer.result, `tools/call ${name}: ${JSON.stringify(answer)}`);
    return answer.result;
  }
}

/** A client of HTTP+SSE (2024-11-05): the stream, the path to post to, and `send` that waits for the answer on the stream. */
export class SseSession {
  static async open(port, { path = "/sse", version = "2024-11-05", handshake = true, capabilities = {} } = {}) {
    const stream = await openStream(port, { path });
    assert.equal(stream.status, 200);
    assert.match(stream.headers["content-type"], /^text\/event-stream/);
    const first = await stream.next();
    assert.equal(first.event, "endpoint", `the first event names the endpoint: ${JSON.stringify(first)}`);
    const session = new SseSession();
    Object.assign(session, { port, stream, endpoint: first.data, version });
    if (handshake) {
      const answer = await session.send("initialize", { protocolVersion: version, capabilities, clientInfo: { name: "e2e", version: "1.0.0" } });
      assert.ok(answer.result, JSON.stringify(answer));
      session.version = answer.result.protocolVersion;
      const done = await session.post({ jsonrpc: "2.0", method: "notifications/initialized" });
      assert.equal(done.status, 202, done.text);
    }
    return session;
  }

  post(body, { headers = {}, limit } = {}) {
    const text = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return request(this.port, { path: this.endpoint, headers: { "content-type": "application/json", ...headers }, body: text }, limit);
  }

  /** A request; its response comes over the stream. */
  async send(method, params, { limit = 10_000 } = {}) {
    const sent = { jsonrpc: "2.0", id: ++ids, method, ...(params === undefined ? {} : { params }) };
    const accepted = await this.post(sent);
    assert.equal(accepted.status, 202, `${accepted.status} ${accepted.text}`);
    const event = await this.stream.next((item) => item.data !== undefined && JSON.parse(item.data).id === sent.id, limit);
    assert.equal(event.event, "message");
    const answer = JSON.parse(event.data);
    validateResponse(this.version, method, answer);
    return answer;
  }

  async call(name, args) {
    const answer = await this.send("tools/call", { name, ...(args === undefined ? {} : { arguments: args }) });
    assert.ok(answer.result, `tools/call ${name}: ${JSON.stringify(answer)}`);
    return answer.result;
  }

  close() {
    this.stream.close();
  }
}

/** The text of a result's only content. */
export function text(result) {
  assert.equal(result.content?.length, 1, JSON.stringify(result));
  assert.equal(result.content[0].type, "text");
  return result.content[0].text;
}
