// Somebody with a token who speaks MCP of one era by hand, and remembers every byte that came back.

import { request } from "./http.mjs";
import { message, modernRequest } from "./mcp.mjs";
import { listen, send } from "./rounds.mjs";
import { openStream } from "./sse.mjs";

const JSON_HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };

/** The eras, and the transport of those that have sessions. */
export const ERAS = ["2026-07-28", "2025-11-25", "2025-03-26", "sse"];

export class Member {
  heard = "";
  #id = 0;

  constructor(port, era, token) {
    Object.assign(this, { port, era, token, own: { authorization: `Bearer ${token}` } });
  }

  /** Begins a session, where the era has them. `headers` go along with everything that it sends. */
  static async join(port, era, token, headers = {}) {
    const member = new Member(port, era, token);
    Object.assign(member.own, headers);
    await member.begin();
    return member;
  }

  async begin() {
    if (this.era === "2026-07-28") return;
    if (this.era === "sse") {
      this.stream = await openStream(this.port, { path: "/sse", headers: this.own });
      this.path = (await this.stream.next()).data;
    }
    const version = this.era === "sse" ? "2024-11-05" : this.era;
    const opened = await this.ask("initialize", { protocolVersion: version, capabilities: { elicitation: {} }, clientInfo: { name: "e2e", version: "1.0.0" } });
    if (opened.result === undefined) throw new Error(`no session: ${JSON.stringify(opened)}`);
  }

  /** The same session in the hands of this token. */
  stolen(token) {
    const thief = new Member(this.port, this.era, token);
    return Object.assign(thief, { session: this.session, path: this.path });
  }

  close() {
    this.stream?.close();
  }

  /** Sends a request: the response, `{ status }` beside it. An answer that comes on the stream of HTTP+SSE is waited for. */
  async ask(method, params = {}) {
    if (this.era === "2026-07-28") {
      const { headers, message: sent, path } = modernRequest(method, params);
      return this.#read(await request(this.port, { path, headers: { ...headers, ...this.own }, body: JSON.stringify(sent) }));
    }
    const id = ++this.#id;
    const session = this.session === undefined ? {} : { "mcp-session-id": this.session, "mcp-protocol-version": this.era };
    const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    const response = await request(this.port, { path: this.path ?? "/mcp", headers: { ...JSON_HEADERS, ...this.own, ...session }, body });
    this.session ??= response.headers["mcp-session-id"];
    if (response.status !== 202 || this.stream === undefined) return this.#read(response);
    const item = await this.stream.next(({ data }) => data !== undefined && JSON.parse(data).id === id);
    this.heard += item.data;
    return { status: 202, ...JSON.parse(item.data) };
  }

  #read(response) {
    this.heard += `${JSON.stringify(response.headers)}${response.text}`;
    const json = response.text === "" ? {} : message(response);
    return { status: response.status, ...json };
  }

  call(name, args = {}, more = {}) {
    return this.ask("tools/call", { name, arguments: args, ...more });
  }

  /** The text that a tool answers. */
  async text(name, args) {
    const told = await this.call(name, args);
    if (told.result === undefined) throw new Error(`${name}: ${JSON.stringify(told)}`);
    return told.result.content[0].text;
  }

  /** A request of 2026-07-28 of a client that can do everything (`lib/rounds.mjs`). */
  async round(method, params, more = {}) {
    const sent = await send(this.port, method, params, more, { headers: this.own });
    this.heard += JSON.stringify(sent);
    return sent;
  }

  /** Listens to resources (2026-07-28). */
  listen(uris) {
    return listen(this.port, { resourceSubscriptions: uris }, { headers: this.own });
  }

  /** A plain request. */
  async get(path) {
    const response = await request(this.port, { method: "GET", path, headers: this.own });
    this.heard += response.text;
    return response;
  }
}
