// A client of the authorization server by hand, browser included: each step alone, so that a test can leave one out, do it twice, or fifty times at once.

import { createHash, randomBytes } from "node:crypto";
import { request } from "./http.mjs";
import { startProxy } from "./proxy.mjs";
import { startWorker } from "./workerd.mjs";

export const PASSWORD = "correct horse battery staple";
export const REDIRECT = "http://127.0.0.1:33418/callback";

/** Runs a project at a public URL that stays over restarts. */
export async function startAuth(project, { name, bindings = {}, ...options } = {}) {
  const door = await startProxy(0);
  const given = { PUBLIC_URL: door.url, MCP_PASSWORD: PASSWORD, ...bindings };
  const server = { url: door.url, port: Number(new URL(door.url).port), worker: await startWorker(project, { name, bindings: given, ...options }) };
  door.target(server.worker.port);
  // SIGKILL, then the same storage, and another project if one is given.
  server.restart = async (next = project) => {
    door.cut();
    await server.worker.kill();
    server.worker = await startWorker(next, { name, bindings: given, ...options, storage: server.worker.storage });
    door.target(server.worker.port);
  };
  server.cut = () => door.cut();
  server.kill = async () => {
    await server.worker.kill();
    door.close();
  };
  return server;
}

const form = (fields) => new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== undefined)).toString();
const FORM = { "content-type": "application/x-www-form-urlencoded" };

export function pkce() {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** A client that has registered itself; `port` is read at each request. */
export class Client {
  constructor(server, id, redirect) {
    Object.assign(this, { server, id, redirect, resource: `${server.url}/mcp` });
  }

  static async register(server, { redirect = REDIRECT, ...metadata } = {}) {
    const answer = await register(server, { redirect_uris: [redirect], token_endpoint_auth_method: "none", client_name: "By hand", ...metadata });
    if (answer.status !== 201) throw new Error(`registration answers ${answer.status}: ${answer.text}`);
    return new Client(server, answer.json.client_id, redirect);
  }

  /** What the application sends a browser to. `undefined` leaves a parameter out. */
  url(parameters = {}) {
    const { verifier, challenge } = pkce();
    this.verifier = verifier;
    const all = {
      response_type: "code",
      client_id: this.id,
      redirect_uri: this.redirect,
      scope: "notes:read notes:write",
      state: "a state",
      code_challenge: challenge,
      code_challenge_method: "S256",
      resource: this.resource,
      ...parameters,
    };
    return `/authorize?${form(all)}`;
  }

  /** The page that asks: `{ path, handle, cookie }`. */
  async consent(parameters) {
    const path = this.url(parameters);
    const answer = await request(this.server.port, { method: "GET", path });
    if (answer.status !== 200) throw new Error(`/authorize answers ${answer.status} ${answer.headers.location ?? answer.text}`);
    const [, handle] = /name="handle" value="([^"]+)"/.exec(answer.text) ?? [];
    const cookie = (answer.headers["set-cookie"] ?? []).map((set) => set.split(";")[0]).join("; ");
    return { path, handle, cookie };
  }

  /** The answer to Allow. */
  allow({ path, handle, cookie }, { scopes = ["notes:read", "notes:write"], password = PASSWORD } = {}) {
    const body = new URLSearchParams([["handle", handle], ["decision", "allow"], ["password", password], ...scopes.map((scope) => ["scope", scope])]);
    return request(this.server.port, { path, headers: { ...FORM, cookie }, body: body.toString() });
  }

  /** A code. */
  async code(parameters, consent) {
    const answer = await this.allow(await this.consent(parameters), consent);
    if (answer.status !== 302) throw new Error(`Allow is answered ${answer.status}: ${answer.text}`);
    const url = new URL(answer.headers.location);
    if (!url.searchParams.has("code")) throw new Error(`Allow led to ${url}`);
    return url.searchParams.get("code");
  }

  token(fields, headers = {}) {
    return request(this.server.port, { path: "/oauth/token", headers: { ...FORM, ...headers }, body: form({ client_id: this.id, ...fields }) });
  }

  redeem(code, fields = {}) {
    return this.token({ grant_type: "authorization_code", code, redirect_uri: this.redirect, code_verifier: this.verifier, ...fields });
  }

  refresh(refresh_token, fields = {}) {
    return this.token({ grant_type: "refresh_token", refresh_token, ...fields });
  }

  revoke(token, fields = {}) {
    return this.token({ token, ...fields });
  }

  /** Tokens of a new grant. */
  async signIn(parameters, consent) {
    const answer = await this.redeem(await this.code(parameters, consent));
    if (answer.status !== 200) throw new Error(`the code is answered ${answer.status}: ${answer.text}`);
    return answer.json;
  }
}

export function register(server, metadata) {
  return request(server.port, { path: "/oauth/register", headers: { "content-type": "application/json" }, body: JSON.stringify(metadata) });
}

/** Whether a token is let in, asked with a request of 2026-07-28. */
export async function letIn(server, token, path = "/mcp") {
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/list",
    authorization: `Bearer ${token}`,
  };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientInfo": { name: "by hand", version: "1" }, "io.modelcontextprotocol/clientCapabilities": {} } } });
  const answer = await request(server.port, { path, headers, body });
  // Whoever is let in is told that `/sse` is no place to POST to.
  if (path === "/sse" && answer.status === 405) return true;
  if (answer.status !== 200 && answer.status !== 401) throw new Error(`a call is answered ${answer.status}: ${answer.text}`);
  return answer.status === 200;
}
