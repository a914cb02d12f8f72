// Derived by `mcp-gen sync`. The paths of MCP, the metadata that names the issuer of tokens, and the challenges that name the
// metadata: change the declaration instead.
import declared from "./declared.json";

const WELL_KNOWN = "/.well-known/oauth-protected-resource";
// A page of any origin may read what has no secret in it, and learn from it where to sign in.
const OPEN = { "access-control-allow-origin": "*" };

/** The path of a URL as the request has it. */
export function pathOf(url) {
  const from = url.indexOf("/", 8);
  if (from < 0) return "/";
  const query = url.indexOf("?", from);
  return query < 0 ? url.slice(from) : url.slice(from, query);
}

/**
 * The endpoint of MCP that a path belongs to, or null: `/sse/message` belongs to `/sse`. What follows the state may do what MCP may, with the
 * same tokens.
 */
export function endpointOf(path) {
  const { mcp, sse, sync } = declared;
  if (path === mcp || (sync !== undefined && path.startsWith(sync))) return mcp;
  return sse !== null && (path === sse || path.startsWith(`${sse}/`)) ? sse : null;
}

// The well-known name goes between the host and the path, of which a lone `/` is left out (RFC 9728, section 3.1).
const wellKnown = (endpoint) => (endpoint === "/" ? WELL_KNOWN : WELL_KNOWN + endpoint);

/** What `origin` is to the issuer and to clients: its endpoints of MCP as resources (RFC 9728). */
export class Resources {
  #origin;
  #metadata = new Map();

  /** `issuers`: who gives tokens for them. */
  constructor(origin, issuers) {
    this.#origin = origin;
    const endpoints = declared.sse === null ? [declared.mcp] : [declared.mcp, declared.sse];
    for (const endpoint of endpoints) {
      this.#metadata.set(wellKnown(endpoint), JSON.stringify({
        resource: origin + endpoint,
        authorization_servers: issuers,
        // What everybody needs. What else a tool needs is said when it is called, so that nobody is asked for more than that.
        scopes_supported: declared.required.length > 0 ? declared.required : undefined,
        bearer_methods_supported: ["header"],
        resource_name: declared.name,
      }));
    }
    // Where a client that knows the host alone looks.
    this.#metadata.set(WELL_KNOWN, this.#metadata.get(wellKnown(declared.mcp)));
  }

  /** The identifiers of the endpoints: what a token may be for. */
  get identifiers() {
    return declared.sse === null ? [this.#origin + declared.mcp] : [this.#origin + declared.mcp, this.#origin + declared.sse];
  }

  /** The answer to a request for the metadata, or null if it is for something else. */
  answer(method, path) {
    const metadata = this.#metadata.get(path);
    if (metadata === undefined) return null;
    const headers = { ...OPEN, "cache-control": "public, max-age=3600" };
    switch (method) {
      case "GET":
        return new Response(metadata, { headers: { ...headers, "content-type": "application/json" } });
      case "HEAD":
        return new Response(null, { headers: { ...headers, "content-type": "application/json" } });
      case "OPTIONS":
        // Clients name the version of MCP in a header, which a browser asks for first.
        return new Response(null, { status: 204, headers: { ...OPEN, "access-control-allow-methods": "GET, HEAD", "access-control-allow-headers": "*", "access-control-max-age": "86400" } });
      default:
        return new Response(null, { status: 405, headers: { ...OPEN, allow: "GET, HEAD, OPTIONS" } });
    }
  }

  /** What a challenge for this endpoint says beside its error. */
  pointer(endpoint) {
    return `resource_metadata="${this.#origin}${wellKnown(endpoint)}"`;
  }

  /** The answer with the pointer in its challenge, and on a 401 with the scopes that everybody needs. Any other answer as it is. */
  challenged(response, endpoint) {
    const { status } = response;
    if (status !== 401 && status !== 403) return response;
    const challenge = response.headers.get("www-authenticate");
    if (challenge === null) return response;
    const parts = [challenge === "Bearer" ? `Bearer ${this.pointer(endpoint)}` : `${challenge}, ${this.pointer(endpoint)}`];
    if (status === 401 && declared.required.length > 0) parts.push(`scope="${declared.required.join(" ")}"`);
    // The headers of an answer that was fetched cannot be changed.
    const changed = new Response(response.body, response);
    changed.headers.set("www-authenticate", parts.join(", "));
    return changed;
  }
}

/** An answer that Rust is not asked for. There is no secret in it, so a page may read it. */
export function plainly(status, text, headers = {}) {
  const shown = { ...OPEN, "access-control-expose-headers": "WWW-Authenticate, Retry-After", "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  return new Response(`${text}\n`, { status, headers: { ...shown, ...headers } });
}
