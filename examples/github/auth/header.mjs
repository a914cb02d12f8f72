// Derived by `mcp-gen sync`. The token in an `Authorization` header (RFC 6750, section 2.1): change the declaration instead.
import { Malformed } from "./failures.mjs";

// With the colon that the tokens of @cloudflare/workers-oauth-provider have.
const TOKEN = /^[A-Za-z0-9\-._~+/:]+=*$/;

/** Whether a client can send this as a token. */
export const isToken = (text) => TOKEN.test(text);

/**
 * The token; null if there are credentials of another kind, which nobody here asked for. Several headers arrive as one with commas between,
 * and a token has none. A token in the URL or in the body is not looked for.
 */
export function bearerToken(header) {
  const space = header.indexOf(" ");
  const scheme = space < 0 ? header : header.slice(0, space);
  if (scheme.toLowerCase() !== "bearer") {
    if (/, *bearer /i.test(header)) throw new Malformed("there is more than one Authorization header");
    return null;
  }
  const token = space < 0 ? "" : header.slice(space).trim();
  if (token === "") throw new Malformed("the Authorization header has no token");
  if (token.includes(",")) throw new Malformed("there is more than one Authorization header");
  if (!isToken(token)) throw new Malformed("the token has characters that no token has");
  return token;
}
