// Derived by `mcp-gen sync`. Who asks, as one line for Rust: change the declaration instead.
import declared from "./declared.json";
import { Refused } from "./failures.mjs";

// Of the line, in bytes. It goes along with every request, and into what is stored of a session or a task.
const LIMIT = 16 * 1024;
// Of a claim: what Rust reads without a stack of its own.
const DEPTH = 32;
const ALWAYS = ["sub", "name", "email"];

const encoder = new TextEncoder();

/**
 * The line. `iss` and `sub` are who it is; `client`, `scopes`, `vault` are of the token. Of `claims` only what the declaration names goes on.
 * What Rust could not take is refused.
 */
export function principal({ iss, sub, client, scopes, claims, vault }) {
  if (typeof sub !== "string" || sub === "") throw new Refused("the token names no subject");
  const kept = new Map([["sub", sub]]);
  for (const name of [...ALWAYS, ...declared.claims]) {
    if (!kept.has(name) && Object.hasOwn(claims, name) && claims[name] !== undefined) kept.set(name, claims[name]);
  }
  const line = JSON.stringify({
    iss,
    sub,
    client: typeof client === "string" && client !== "" ? client : undefined,
    scopes: [...new Set(scopes)],
    claims: Object.fromEntries(whole(kept)),
    vault,
  }, wellFormed);
  if (encoder.encode(line).byteLength > LIMIT) throw new Refused("the claims of the token are too large");
  return line;
}

function whole(claims) {
  for (const value of claims.values()) {
    if (depth(value) > DEPTH) throw new Refused("the claims of the token are nested too deeply");
  }
  return claims;
}

function depth(value, above = 0) {
  if (value === null || typeof value !== "object" || above > DEPTH) return above;
  return Object.values(value).reduce((deepest, inner) => Math.max(deepest, depth(inner, above + 1)), above + 1);
}

// Half a character is no text in Rust, and two subjects must not become one by making it whole.
function wellFormed(key, value) {
  if (!key.isWellFormed() || (typeof value === "string" && !value.isWellFormed())) throw new Refused("the token has text that is no Unicode");
  return value;
}

/** The scopes in a claim: a list, or one text with spaces between. */
export function scopesOf(value) {
  const list = typeof value === "string" ? value.split(" ") : Array.isArray(value) ? value : [];
  return list.filter((scope) => typeof scope === "string" && scope !== "");
}
