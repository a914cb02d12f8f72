// Derived by `mcp-gen sync`. The token that the provider of sign-ins gave for a grant, for handlers that ask it something: change the
// declaration instead.
//
// It is in the object of the grant, encrypted with a key that follows from the Worker's sealing key, ends with the grant, and is refreshed there, once
// at a time: a refresh token that works once would be lost to two that use it.
import declared from "./declared.json";
import { Busy } from "./lines.mjs";
import { derived } from "./secret.mjs";
import { shardOfUser } from "./store.mjs";
import { refresh, UpstreamError } from "./upstream.mjs";

// So long before its end a token is refreshed, so that it lasts for what it is wanted for.
const EARLY_MS = 60_000;

/** Whether there is a provider whose tokens are kept. */
export const kept = declared.upstream.provider !== "password";

/** Where a grant's token is: the object, and what to ask it for. */
export function vaultOf(user, grant) {
  return [shardOfUser(user), `${user}:${grant}`];
}

/** Keeps the tokens `{ access, refresh, expires, … }` of a grant that was just made. */
export async function keep(env, user, grant, tokens) {
  const [name, place] = vaultOf(user, grant);
  const value = await sealed(env, place, tokens);
  if (!(await env.AGENT.getByName(name).oauth("lock", place, value))) throw new Error("the grant ended before its upstream token was kept");
}

/** In the object: keeps what `keep` sealed. */
export function lock(shard, place, value) {
  const grant = `grant:${place}`;
  if (declared.store !== "kv") return shard.attach("vault", grant, "", value, null);
  // The grant is in the KV namespace then, and lasts no longer than this.
  return shard.attach("vault", grant, "", value, Date.now() + (declared.lifetimes.refresh + 600) * 1000, false);
}

/** In the object, as JSON for Rust: `{"token":…,"type":"Bearer","expires":…}`, or why there is none, `{"error":…}`. */
export async function upstream(shard, lines, env, place) {
  try {
    return await lines.wait(`upstream ${place}`, () => fresh(shard, env, place));
  } catch (error) {
    if (!(error instanceof UpstreamError || error instanceof Busy)) throw error;
    console.warn(`upstream: ${error.message}`);
    return none(error.message);
  }
}

const none = (words) => JSON.stringify({ error: words });

async function fresh(shard, env, place) {
  const grant = `grant:${place}`;
  const value = shard.attached("vault", grant, "");
  if (value === undefined) return none("it is not there any more: sign in again");
  let tokens = await opened(env, place, value);
  if (tokens === undefined) return none("it was sealed with another key (MCP_SESSION_KEY): sign in again");
  if (tokens.expires !== undefined && tokens.expires - EARLY_MS <= Date.now()) {
    try {
      tokens = await refresh(env, declared, tokens);
    } catch (error) {
      if (tokens.expires > Date.now()) return told(tokens); // it is good for what is left
      if (error.refused) shard.detach("vault", grant, "");
      throw error;
    }
    lock(shard, place, await sealed(env, place, tokens));
  }
  return told(tokens);
}

function told({ access, expires }) {
  return JSON.stringify({ token: access, type: "Bearer", expires: expires ?? null });
}

async function key(env) {
  const bytes = Uint8Array.from((await derived(env, "upstream tokens")).match(/../g), (byte) => Number.parseInt(byte, 16));
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

// What is sealed for one grant opens for no other.
const bound = (iv, place) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(place) });

async function sealed(env, place, tokens) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bytes = await crypto.subtle.encrypt(bound(iv, place), await key(env), new TextEncoder().encode(JSON.stringify(tokens)));
  return btoa(String.fromCharCode(...iv, ...new Uint8Array(bytes)));
}

async function opened(env, place, value) {
  const bytes = Uint8Array.from(atob(value), (char) => char.charCodeAt(0));
  try {
    const plain = await crypto.subtle.decrypt(bound(bytes.subarray(0, 12), place), await key(env), bytes.subarray(12));
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return undefined;
  }
}
