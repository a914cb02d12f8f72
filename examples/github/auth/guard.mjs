// Derived by `mcp-gen sync`. Takes the credentials out of a request, has them checked, and hands the request on with who asks: change the
// declaration instead.
import entry, { fetchAs } from "../entry.mjs";
import { Malformed, Refused, Unavailable } from "./failures.mjs";
import { endpointOf, pathOf, plainly } from "./front.mjs";

// Of the header. A token that a client can send everywhere is smaller: many servers take 8 KiB of headers and no more.
const MAX_HEADER = 8 * 1024;
// For how long it is not asked again whether a token is good, and of how many tokens anything is remembered.
const RECENT_MS = 10_000;
const RECENT = 500;

/**
 * The Worker of a mode.
 *
 * - `header`: where the credentials are, and `token`: what takes them out of it.
 * - `check(token, endpoint, known)`: promises `{ who, until, known }`, the line for Rust and when the token ends, in milliseconds. It throws `Refused` or
 *   `Unavailable`. `endpoint` is that of MCP which is asked, null beside MCP; `known` is what it promised the last time, if that is remembered.
 * - `refusal`: of `Settings`; without all settings nothing is let in.
 * - `resources`: with metadata, or null.
 * - `counts(request)`: whether the credentials are the sender's own, where a browser has them sent by itself.
 */
export function guard({ header, token, check, refusal, resources = null, counts = null }) {
  if (refusal !== null) return { fetch: refusal, scheduled: (controller, env) => entry.scheduled(controller, env) };

  // What was good a moment ago, by the header's value. Whoever reads this memory reads the secrets too; and a comparison of strings in a hash
  // table with a seed of its own tells nothing by its time. What was refused is not kept: it could be made up without end.
  const recent = new Map();

  function remember(value, endpoint, { who, until, known }) {
    const now = Date.now();
    if (until <= now) return;
    // The newest are the last.
    recent.delete(value);
    if (recent.size >= RECENT) recent.delete(recent.keys().next().value);
    recent.set(value, { who, endpoint, known, until: Math.min(until, now + RECENT_MS) });
  }

  async function whoAsks(value, endpoint) {
    if (value === null) return "";
    try {
      if (value.length > MAX_HEADER) throw new Malformed(`the ${header} header is larger than ${MAX_HEADER} bytes`);
      const presented = token(value);
      if (presented === null) return "";
      const good = await check(presented, endpoint, recent.get(value)?.known);
      remember(value, endpoint, good);
      return good.who;
    } catch (error) {
      // Beside MCP a header may well be for the handler, which decides.
      if (endpoint === null && !(error instanceof Unavailable)) return "";
      if (!(error instanceof Refused)) throw error;
      recent.delete(value);
      console.warn(`mcp-agent: 401: ${error.message}`);
      return `!${error.message}`;
    }
  }

  async function serve(request, env, value) {
    const { method } = request;
    const path = pathOf(request.url);
    const metadata = resources === null ? null : resources.answer(method, path);
    if (metadata !== null) return metadata;
    const endpoint = endpointOf(path);
    // A browser asks this before it sends credentials.
    if (method === "OPTIONS") return fetchAs(request, env, "");
    let who;
    try {
      who = await whoAsks(value, endpoint);
    } catch (error) {
      return failed(error, endpoint);
    }
    const response = await fetchAs(request, env, who);
    return resources === null || endpoint === null ? response : resources.challenged(response, endpoint);
  }

  function failed(error, endpoint) {
    if (error instanceof Malformed) {
      console.warn(`mcp-agent: 400: ${error.message}`);
      const pointer = resources === null ? "" : `, ${resources.pointer(endpoint)}`;
      const challenge = `Bearer error="invalid_request", error_description="${error.message}"${pointer}`;
      return plainly(400, error.message, { "www-authenticate": challenge });
    }
    // It says what is wrong with whom; whatever else was thrown might hold the token.
    console.error(`mcp-agent: 503: ${error instanceof Unavailable ? error.message : `checking a token failed: ${error?.name}`}`);
    return plainly(503, "whether the token is good cannot be known now: try again", { "retry-after": "5" });
  }

  return {
    fetch(request, env) {
      const value = counts === null || counts(request) ? request.headers.get(header) : null;
      // Most requests. What it costs to look further is seen in the load.
      if (value !== null) {
        const known = recent.get(value);
        if (known !== undefined && known.until > Date.now() && request.method === "POST" && known.endpoint === endpointOf(pathOf(request.url))) {
          const answered = fetchAs(request, env, known.who);
          return resources === null || known.endpoint === null ? answered : challengedLater(answered, known.endpoint);
        }
      }
      return serve(request, env, value);
    },
    scheduled: (controller, env) => entry.scheduled(controller, env),
  };

  async function challengedLater(answered, endpoint) {
    return resources.challenged(await answered, endpoint);
  }
}
