// Derived by `mcp-gen sync`. The endpoints of the authorization server that clients call, up to the library: change the declaration instead.
import declared from "./declared.json";
import { credentialOf } from "./redeem.mjs";
import { PATHS, server, storeOf } from "./server.mjs";
import { Refused } from "./store.mjs";

// Of a form or a registration: what is real has a tenth of it.
const MAX_BODY = 16 << 10;

/** Answers the token endpoint, registration and the metadata. `url` is the public one. */
export async function endpoint(request, env, url) {
  try {
    if (request.method !== "POST") return await served(request, env, url, null);
    const body = await text(request);
    if (body === null) return json(request, 413, "invalid_request", `The body is larger than ${MAX_BODY} bytes`);
    if (url.pathname !== PATHS.token) return await served(request, env, url, body);
    // Read once, here: the library has another parser, and what that takes for another token would get by the object of its grant.
    const form = new URLSearchParams(body);
    const credential = declared.store === "object" ? credentialOf(form) : undefined;
    if (credential === undefined) return await served(request, env, url, form.toString());
    const [status, headers, reply] = await env.AGENT.getByName(credential.shard).oauth("redeem", url.href, headersOf(request), form.toString());
    return shared(request, new Response(reply, { status, headers }));
  } catch (error) {
    if (error instanceof Refused && error.why === "limited") return json(request, 429, "temporarily_unavailable", "Too many requests: try again in a minute", { "retry-after": "60" });
    if (error instanceof Refused && error.kind === "client-assertion-jti") return json(request, 401, "invalid_client", "Client authentication failed");
    console.error(`oauth: ${error?.stack ?? error}`);
    return json(request, 500, "server_error", "Something went wrong");
  }
}

function served(request, env, url, body) {
  return server.fetch(new Request(url, { method: request.method, headers: headersOf(request), body }), { OAUTH_KV: storeOf(env) }, {});
}

// What the library looks at.
function headersOf({ headers }) {
  const kept = {};
  for (const name of ["content-type", "authorization", "origin"]) {
    if (headers.has(name)) kept[name] = headers.get(name);
  }
  return kept;
}

async function text(request) {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY) return null;
  const decoder = new TextDecoder();
  let all = "";
  for await (const part of request.body ?? []) {
    all += decoder.decode(part, { stream: true });
    if (all.length > MAX_BODY) return null;
  }
  return all + decoder.decode();
}

function json(request, status, error, description, headers = {}) {
  return shared(request, Response.json({ error, error_description: description }, { status, headers: { "cache-control": "no-store", ...headers } }));
}

// A page of any origin may be a client: what it has to send is no cookie.
function shared({ headers }, response) {
  const origin = headers.get("origin");
  if (origin !== null && !response.headers.has("access-control-allow-origin")) {
    response.headers.set("access-control-allow-origin", origin);
    response.headers.set("access-control-expose-headers", "WWW-Authenticate, Retry-After");
    response.headers.append("vary", "Origin");
  }
  return response;
}
