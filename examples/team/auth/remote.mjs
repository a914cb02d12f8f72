// Derived by `mcp-gen sync`. What is fetched from an issuer of tokens, within bounds: change the declaration instead.
import { Unavailable } from "./failures.mjs";
import { isSecure } from "./settings.mjs";

// Of an answer, in bytes, and until its end.
const MAX = 256 * 1024;
const MS = 5000;

/** The JSON that a URL itself answers with 200, in time and not too large: a redirect could lead anywhere. Throws `Unavailable`. */
export async function fetchJson(url) {
  if (!URL.canParse(url)) throw new Unavailable("the issuer names a place that is no URL");
  const place = new URL(url);
  const where = place.origin + place.pathname;
  if (!isSecure(place)) throw new Unavailable(`${where} is not asked: it is not https`);
  let text;
  try {
    const response = await fetch(place, { redirect: "manual", headers: { accept: "application/json" }, signal: AbortSignal.timeout(MS) });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Unavailable(`${where} answers ${response.status}`);
    }
    text = await read(response.body, where);
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    throw new Unavailable(`${where} does not answer: ${error.name === "TimeoutError" ? `nothing came for ${MS} ms` : error.message}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Unavailable(`${where} answers no JSON`);
  }
}

async function read(body, where) {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MAX) throw new Unavailable(`${where} answers more than ${MAX} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * The metadata of an issuer: where a client of MCP looks for it, in that order (MCP 2026-07-28, authorization server metadata discovery).
 * What names another issuer is not its own. Throws `Unavailable`.
 */
export async function discover(issuer) {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  const places = [`${origin}/.well-known/oauth-authorization-server${path}`, `${origin}/.well-known/openid-configuration${path}`];
  if (path !== "") places.push(`${origin}${path}/.well-known/openid-configuration`);
  const reasons = [];
  for (const place of places) {
    try {
      const metadata = await fetchJson(place);
      if (metadata?.issuer === issuer) return metadata;
      reasons.push(`${place} is of the issuer ${JSON.stringify(metadata?.issuer ?? null).slice(0, 200)}, which is not the declared ${issuer} to the letter`);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      reasons.push(error.message);
    }
  }
  throw new Unavailable(`the issuer ${issuer} has no metadata: ${reasons.join("; ")}`);
}
