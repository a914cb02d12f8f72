// Derived by `mcp-gen sync`. The token store as the authorization server sees it: change the declaration instead.
//
// @cloudflare/workers-oauth-provider keeps its data in KV, whose reads and writes race: of fifty redemptions of one code, fifty win.
// This has the interface of a KV namespace, and its rows are in objects. It is made fresh for each request and remembers what that
// request has read: a row is written only if it is still the one that was read, a key that was never read is only inserted, and what is
// used once must still be there to be deleted.
import { AuthorizationError } from "@cloudflare/workers-oauth-provider";

const SHARDS = 16;

// The object of a row: what belongs to a grant is with its user, so that a grant ends at one place; anything else goes by its key.
// There are 32 of them, whatever anybody sends.
export function shardOf(key) {
  const [kind, user] = key.split(":", 2);
  return kind === "grant" || kind === "token" ? shardOfUser(user) : `oauth:key-${slot(key)}`;
}

export function shardOfUser(user) {
  return `oauth:user-${slot(user)}`;
}

// FNV-1a.
function slot(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % SHARDS;
}

// What an object refuses to write: `changed` since it was read, an `orphan` without a grant, `limited` by what a minute may bring, `large`.
export class Refused extends Error {
  constructor(why, key) {
    super(`the token store refused a row of ${key.slice(0, key.indexOf(":"))}: ${why}`); // no more of the key: it may be hostile
    this.why = why;
    this.kind = key.slice(0, key.indexOf(":"));
  }
}

// Of the objects that were asked.
const ids = new Map();

export class Store {
  #reach;
  #seen = new Map(); // the version of each row that was read, 0 if there was none

  // `reach(name)` is the object of this name, or what stands for it.
  constructor(reach) {
    this.#reach = reach;
  }

  static of({ AGENT }) {
    return new Store((name) => {
      // A name is hashed once.
      let id = ids.get(name);
      if (id === undefined) ids.set(name, (id = AGENT.idFromName(name)));
      return AGENT.get(id);
    });
  }

  async #ask(key, verb, ...rest) {
    return this.#reach(shardOf(key)).oauth(verb, key, ...rest);
  }

  async get(key, { type = "text" } = {}) {
    const row = await this.#ask(key, "get");
    this.#seen.set(key, row === null ? 0 : row[1]);
    if (row === null) return null;
    return type === "json" ? JSON.parse(row[0]) : row[0];
  }

  async put(key, value, { expiration, expirationTtl, metadata } = {}) {
    const expires = expirationTtl === undefined ? expiration && expiration * 1000 : Date.now() + expirationTtl * 1000;
    const told = await this.#ask(key, "put", value, expires ?? null, metadata ?? null, this.#seen.get(key) ?? 0);
    if (typeof told === "string") throw new Refused(told, key);
    this.#seen.set(key, told);
  }

  async delete(key) {
    // Whatever was written to a grant meanwhile, its end wins.
    const ends = key.startsWith("grant:") || key.startsWith("token:");
    const told = await this.#ask(key, "delete", ends ? null : (this.#seen.get(key) ?? null));
    this.#seen.set(key, 0);
    if (told === "") return;
    if (!key.startsWith("transaction:")) throw new Refused(told, key);
    // Somebody else was faster with the same page.
    throw new AuthorizationError("invalid_request", { description: "This authorization was already used; start again" });
  }

  // Only what is of one user: `grant:<user>:…` and `token:<user>:…`.
  async list({ prefix, limit, cursor }) {
    if (!/^(grant|token):[^:]+:/.test(prefix)) throw new Error("the token store lists what is of one user, nothing else");
    return this.#ask(prefix, "list", limit ?? 1000, cursor ?? "");
  }

  // A client that somebody signed in with has come to stay. What has a document about itself is not kept at all.
  async keep(clientId) {
    if (clientId.startsWith("https:")) return;
    await this.#ask(`client:${clientId}`, "keep");
  }
}
