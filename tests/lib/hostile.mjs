// The table of hostile requests, hostile.json: one line a request, with the status and the JSON-RPC error code that answer it. protocol/tests/table.rs
// plays the same lines against the engine alone.
//
// `{ name, transport: "http" | "sse", version?, request, status, code, kept? }`. `code` is an error's code, "result" for an answer without one, null where
// no message answers; of HTTP+SSE it is that of the POST's body, or of the event that answers a 202. `kept` has what differs where sessions are kept.
// `request`: `method`, `path`, `headers` (null takes a default away), `body` | `bodyBase64` | `generate` (texts, and [text, times]), `chunked`;
// `token`: "good", "none", "tampered", "cut", "longer", "long", "expired", "foreign", "other" (of the other transport); `handshake: false`.
// `$META`, `$tool` and `$prompt` in a body stand for a good `_meta` of 2026-07-28, a tool and a prompt of the agent.

import { readFileSync } from "node:fs";
import { modernMeta } from "./mcp.mjs";

const table = JSON.parse(readFileSync(new URL("hostile.json", import.meta.url), "utf8"));

/** The lines. */
export const rows = table.rows;

/** The key under which the table's `expired` token was good once; a server must have it for the table to mean anything. */
export const KEY = Buffer.alloc(32, 7).toString("base64");

/** The token of a line; `good` and `other` are those of a session on this transport and on the other. */
export function token({ transport, request }, good, other) {
  const at = good.length >> 1;
  const made = {
    good,
    none: undefined,
    tampered: good.slice(0, at) + (good[at] === "A" ? "B" : "A") + good.slice(at + 1),
    cut: good.slice(0, -4),
    longer: `${good}AAAA`,
    long: "A".repeat(10_000),
    expired: table.expired,
    foreign: table.foreign[transport],
    other,
  };
  const name = request.token ?? "good";
  if (!(name in made)) throw new Error(`what is the token \`${name}\`?`);
  return made[name];
}

/** The body of a line: a Buffer, or an async iterable to be sent in chunks. */
export function body({ request }, names) {
  const { bodyBase64, generate, chunked } = request;
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, "base64");
  const pieces = generate ?? (request.body === undefined ? [] : [request.body]);
  if (pieces.length === 0) return undefined;
  const text = pieces.map((piece) => (Array.isArray(piece) ? piece[0].repeat(piece[1]) : piece)).join("");
  const filled = Object.entries({ $META: `"_meta":${JSON.stringify(modernMeta())}`, ...names }).reduce((all, [name, value]) => all.replaceAll(name, value), text);
  const bytes = Buffer.from(filled);
  if (!chunked) return bytes;
  return (async function* () {
    for (let at = 0; at < bytes.length; at += 0x10000) yield bytes.subarray(at, at + 0x10000);
  })();
}
