// Derived by `mcp-gen sync`. The authorization server, as the declaration wants it: change the declaration instead.
import { env } from "cloudflare:workers";
import { AuthorizationError, OAuthAuthorizationServer } from "@cloudflare/workers-oauth-provider";
import declared from "./declared.json";
import { Settings } from "./settings.mjs";
import { Store } from "./store.mjs";

const DAY = 86_400;

export const PATHS = {
  authorize: "/authorize",
  callback: "/callback",
  token: "/oauth/token",
  register: "/oauth/register",
  metadata: "/.well-known/oauth-authorization-server",
};

const { lifetimes, registration, upstream } = declared;
const settings = new Settings(env);
export const issuer = settings.publicUrl();
for (const value of [upstream.client_id, upstream.client_secret, upstream.password]) {
  if (value !== null && value !== undefined) settings.value(value);
}
if (declared.store === "kv" && env.OAUTH_KV === undefined) {
  settings.problem('the KV namespace OAUTH_KV is not bound: run `npx wrangler kv namespace create OAUTH_KV` and add it to "kv_namespaces" of wrangler.jsonc, or declare `[auth.tokens] store = "object"`');
}

/** What to answer whatever comes with while something is not set; null when all is well. */
export const refusal = settings.refusal();

// What a token can be for: an endpoint, or the whole server where a client names none, as those of 2025-03-26 do.
const resources = [issuer, ...[declared.mcp, declared.sse].filter((path) => path !== null).map((path) => `${issuer}${path}`)];

const catalogue = new Set([...declared.required, ...declared.scopes.map(([scope]) => scope)]);

export const server = refusal !== null ? null : new OAuthAuthorizationServer({
  issuer,
  resources,
  defaultResource: issuer,
  authorizeEndpoint: `${issuer}${PATHS.authorize}`,
  tokenEndpoint: `${issuer}${PATHS.token}`,
  clientRegistrationEndpoint: registration.dcr ? `${issuer}${PATHS.register}` : undefined,
  clientIdMetadataDocumentEnabled: registration.cimd,
  scopesSupported: [...catalogue],
  accessTokenTTL: lifetimes.access,
  refreshTokenTTL: lifetimes.refresh,
  // It is renewed when a token is asked for in its second half: so no registration ends before a grant that was made with it.
  clientRegistrationTTL: Math.max(90 * DAY, 2 * lifetimes.refresh),
  // Which check failed, and nothing that came from outside.
  onError: ({ status, code, internal }) => console.warn(`oauth: ${status} ${code} (${internal.category}: ${internal.reason})`),
});

/** What the library calls KV, fresh for one request. */
export function storeOf(env) {
  return declared.store === "kv" ? env.OAUTH_KV : Store.of(env);
}

/**
 * The library's helpers for `/authorize` and `/callback`, for one request. Beyond the library: PKCE is wanted of every client, scopes are those
 * of the declaration, with the ones that every access needs always among them, and `completeAuthorization` answers the `grant` too.
 */
export function api(env) {
  const kv = storeOf(env);
  const oauth = server.getOAuthApi({ OAUTH_KV: kv });
  const { parseAuthRequest, completeAuthorization } = oauth;
  oauth.parseAuthRequest = async (request) => asked(await parseAuthRequest.call(oauth, request));
  oauth.completeAuthorization = async (options) => {
    const done = await completeAuthorization.call(oauth, options);
    // A client that registered itself, and with which somebody signs in, has come to stay.
    await kv.keep?.(options.request.clientId);
    const [, grant] = new URL(done.redirectTo).searchParams.get("code").split(":");
    return { ...done, grant };
  };
  return oauth;
}

function asked(request) {
  const refuse = (code, description) => {
    const { redirectUri, state } = request;
    throw new AuthorizationError(code, { description, redirectUri, state: state || undefined, issuer });
  };
  if (!request.codeChallenge) refuse("invalid_request", "PKCE is required: send code_challenge, with code_challenge_method=S256");
  const known = request.scope.filter((scope) => catalogue.has(scope));
  // `offline_access` asks for a refresh token, which everybody gets.
  if (known.length === 0 && request.scope.some((scope) => scope !== "offline_access")) refuse("invalid_scope", "this server has none of these scopes");
  return { ...request, scope: [...new Set([...declared.required, ...known])] };
}
