// Derived by `mcp-gen sync`. The token endpoint, in the object that owns the grant: change the declaration instead.
//
// One request at a time is served for a grant, and only who has a credential that the grant knows waits in its line. A refresh that is sent
// again within 30 seconds, since its answer was lost or since two windows share a token, gets the same answer again. Who comes later with a
// refresh token that was used up has stolen it, or it was stolen from them: the grant ends (RFC 9700, 4.14.2).
import { Busy } from "./lines.mjs";
import { server } from "./server.mjs";
import { Refused, shardOfUser, Store } from "./store.mjs";

const AGAIN_MS = 30_000;
const CREDENTIAL = /^([^:]{1,256}):([\w-]{16}):[\w-]{32}$/;

const encoder = new TextEncoder();

/** The code or token that a form to the token endpoint is about: `{ secret, user, grant }`. */
export function credentialOf(form) {
  const type = form.get("grant_type");
  const name = { authorization_code: "code", refresh_token: "refresh_token" }[type] ?? (type ? undefined : "token");
  const secret = form.get(name);
  const [, user, id] = CREDENTIAL.exec(secret ?? "") ?? [];
  return user === undefined ? undefined : { secret, user, grant: `grant:${user}:${id}`, shard: shardOfUser(user), refresh: name === "refresh_token", revoke: name === "token" };
}

/** What ends a request in the middle, when the library has made all its checks and goes to write. */
class Answer extends Error {
  constructor(status, body, headers = {}) {
    super(body);
    this.reply = [status, headers, body];
  }
}

const JSON_HEADERS = { "content-type": "application/json", "cache-control": "no-store", pragma: "no-cache" };

const refusal = (code, description, status = 400, headers = {}) =>
  new Answer(status, JSON.stringify({ error: code, error_description: description }), { ...JSON_HEADERS, ...headers });
const reused = () => refusal("invalid_grant", "The refresh token was used before: the grant is revoked, sign in again");

/** Answers `[status, headers, body]`. `reach` is how this object finds the others, and itself. */
export async function redeem(shard, lines, reach, request) {
  const credential = credentialOf(new URLSearchParams(request[2]));
  const id = await hash(credential.secret);
  try {
    if (!shard.knows(credential.grant, id)) return await serve(new Store(reach), request);
    return await lines.wait(credential.grant, () => redeemed(shard, reach, request, credential, id));
  } catch (error) {
    if (error instanceof Answer) return error.reply;
    if (error instanceof Busy) return refusal("temporarily_unavailable", "Too many requests at once", 429, { "retry-after": "5" }).reply;
    if (error instanceof Refused) return refused(shard, error, credential).reply;
    throw error;
  }
}

async function serve(store, [url, headers, body]) {
  const response = await server.fetch(new Request(url, { method: "POST", headers, body }), { OAUTH_KV: store }, {});
  return [response.status, Object.fromEntries(response.headers), await response.text()];
}

// What was read was gone, or not the same any more, when the answer to it was written.
function refused(shard, { why, kind }, { grant, revoke }) {
  if (why === "limited") return refusal("temporarily_unavailable", "Too many requests: try again in a minute", 429, { "retry-after": "60" });
  if (kind === "client-assertion-jti") return refusal("invalid_client", "Client authentication failed", 401);
  if (revoke) return new Answer(200, ""); // what is gone is revoked
  if (shard.get(grant) === null) return refusal("invalid_grant", "The grant was revoked");
  return refusal("temporarily_unavailable", "Try again", 503, { "retry-after": "1" });
}

async function redeemed(shard, reach, request, credential, id) {
  const { grant, secret, refresh, revoke } = credential;
  const form = new URLSearchParams(request[2]);
  const retired = shard.retired(grant, id);
  const late = retired !== undefined && Date.now() >= retired + AGAIN_MS;
  if (!refresh) {
    const reply = await serve(new Store(reach), request);
    // Whoever revokes a token that was used up wants the same as with the one in its place.
    if (revoke && reply[0] === 200 && retired !== undefined && isOf(shard, grant, form, request[1])) shard.delete(grant, null);
    return reply;
  }
  const asked = await hash(`${form.get("scope") ?? ""}\n${form.getAll("resource").join(" ")}`);
  const name = `:${id}:${asked}`;
  const before = retired === undefined || late ? undefined : await opened(secret, shard.attached("reply", grant, name));
  const store = new Refreshing(reach, grant, (next) => {
    if (late) throw reused();
    if (before !== undefined) throw new Answer(200, before, JSON_HEADERS);
    const wanted = (form.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
    if (!wanted.every((scope) => next.scope.includes(scope))) throw refusal("invalid_scope", "A refresh cannot ask for more than was granted");
  });
  let reply;
  try {
    reply = await serve(store, request);
  } catch (error) {
    if (error instanceof Answer && late) shard.delete(grant, null);
    throw error;
  }
  if (reply[0] === 200) {
    shard.attach("reply", grant, name, await sealed(secret, reply[2]), Date.now() + AGAIN_MS);
    return reply;
  }
  // The client is who it says, but the token is older than the library remembers.
  if (!reply[2].includes('"invalid_grant"') || retired === undefined || !isOf(shard, grant, form, request[1])) return reply;
  if (before !== undefined) return [200, { ...reply[1], ...JSON_HEADERS }, before];
  if (!late) return reply;
  shard.delete(grant, null);
  return [reply[0], reply[1], reused().message];
}

// A store that asks before it rotates the grant: the library has made all its checks by then, of the client too.
class Refreshing extends Store {
  #grant;
  #before;

  constructor(reach, grant, before) {
    super(reach);
    this.#grant = grant;
    this.#before = before;
  }

  async put(key, value, options) {
    if (key === this.#grant) this.#before(JSON.parse(value));
    return super.put(key, value, options);
  }
}

// Whether the client is the grant's. The library has made sure that it is who it says.
function isOf(shard, grant, form, headers) {
  const row = shard.get(grant);
  return row !== null && JSON.parse(row[0]).clientId === clientOf(form, headers);
}

function clientOf(form, headers) {
  const [, basic] = /^basic +(\S+)$/i.exec(headers.authorization ?? "") ?? [];
  if (basic !== undefined) return decodeURIComponent(atob(basic).split(":")[0].replaceAll("+", " "));
  const assertion = form.get("client_assertion");
  if (form.has("client_id") || !assertion) return form.get("client_id");
  return JSON.parse(atob(assertion.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).iss;
}

async function hash(text) {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A reply has tokens in it: only who has the refresh token that it was for can read it.
async function replyKey(secret) {
  const material = await crypto.subtle.digest("SHA-256", encoder.encode(`mcp-agent reply\n${secret}`));
  return crypto.subtle.importKey("raw", material, "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function sealed(secret, text) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bytes = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await replyKey(secret), encoder.encode(text)));
  return btoa(String.fromCharCode(...iv, ...bytes));
}

async function opened(secret, value) {
  if (value === undefined) return undefined;
  const bytes = Uint8Array.from(atob(value), (char) => char.charCodeAt(0));
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.subarray(0, 12) }, await replyKey(secret), bytes.subarray(12));
  return new TextDecoder().decode(plain);
}
