// Derived by `mcp-gen sync`. Asking the provider that signs people in: change the declaration instead.
//
// It is asked over https, for so long and so much, and never follows a redirect to somewhere else. What goes wrong is told in words without what
// was sent or answered: that is secret.

import { isLoopback } from "./cookies.mjs";

const LIMIT_MS = 10_000;
const LIMIT_BYTES = 1 << 20;

/** The provider did not do what was asked. `refused`: it says that what it once gave is no good any more. */
export class UpstreamError extends Error {
  constructor(message, { refused = false } = {}) {
    super(message);
    this.name = "UpstreamError";
    this.refused = refused;
  }
}

/** A URL that may be asked: https, or this computer while things are tried. */
export function reachable(text, what) {
  let url;
  try {
    url = new URL(text);
  } catch {
    throw new UpstreamError(`${what} is no URL`);
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url))) throw new UpstreamError(`${what} is not https`);
  return url;
}

/** Asks, and answers `{ status, reply }`, the reply being what the JSON says. */
export async function ask(url, init, what) {
  const signal = AbortSignal.timeout(LIMIT_MS);
  try {
    const headers = { accept: "application/json", "user-agent": "mcp-agent", ...init.headers };
    const response = await fetch(url, { ...init, headers, signal, redirect: "manual" });
    return { status: response.status, reply: JSON.parse(await read(response.body)) };
  } catch (error) {
    throw new UpstreamError(`${what} of ${new URL(url).host} ${reason(error, signal)}`);
  }
}

function reason(error, signal) {
  if (signal.aborted) return "did not answer in time";
  if (error instanceof SyntaxError) return "answered no JSON";
  return error instanceof RangeError ? `answered more than ${LIMIT_BYTES} bytes` : "could not be reached";
}

async function read(body) {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const part of body ?? []) {
    size += part.byteLength;
    if (size > LIMIT_BYTES) throw new RangeError();
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}

/** POSTs to a token endpoint (RFC 6749) and answers the reply. */
export async function askForTokens(url, fields, { id, secret, basic }, what = "the token endpoint") {
  const body = new URLSearchParams(fields);
  const headers = {};
  if (secret !== undefined && basic) headers.authorization = `Basic ${btoa(`${encoded(id)}:${encoded(secret)}`)}`;
  else body.set("client_id", id);
  if (secret !== undefined && !basic) body.set("client_secret", secret);
  const { status, reply } = await ask(url, { method: "POST", body, headers }, what);
  // GitHub says that something is wrong with a status of 200.
  if (status === 200 && typeof reply?.access_token === "string" && /^bearer$/i.test(reply.token_type ?? "bearer")) return reply;
  const code = /^[\w-]{1,64}$/.test(reply?.error) ? reply.error : "no token";
  throw new UpstreamError(`${what} of ${new URL(url).host} answers ${status}, ${code}`, { refused: code === "invalid_grant" || code === "bad_refresh_token" });
}

// RFC 6749, 2.3.1: as in a form.
function encoded(text) {
  return new URLSearchParams({ "": text }).toString().slice(1);
}

/** What is kept of a reply. When it ends, in milliseconds since 1970, is absent if nobody said. */
export function tokensOf(reply, before = {}) {
  const tokens = { access: reply.access_token };
  const refresh = reply.refresh_token ?? before.refresh;
  if (typeof refresh === "string") tokens.refresh = refresh;
  const lasts = Number(reply.expires_in);
  if (Number.isFinite(lasts) && lasts > 0) tokens.expires = Date.now() + lasts * 1000;
  const scope = reply.scope ?? before.scope;
  if (typeof scope === "string") tokens.scope = scope;
  return tokens;
}
