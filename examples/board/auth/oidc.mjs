// Derived by `mcp-gen sync`. Signing in with OpenID Connect: change the declaration instead.
//
// The provider is found by its issuer. What it says about somebody counts when the ID token is signed by its keys, for this client, for this
// sign-in (the nonce) and for now.

import { createRemoteJWKSet, jwtVerify } from "jose";
import { ask, askForTokens, reachable, tokensOf, UpstreamError } from "./reach.mjs";

const KNOWN_MS = 60 * 60_000;
const SKEW_S = 30;
// Signatures that only the provider can make. HS256 is not among them, nor `none`.
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];

const known = new Map();

async function discovered(issuer) {
  const found = known.get(issuer);
  if (found !== undefined && Date.now() < found.until) return found;
  const base = reachable(issuer, "`issuer`").href.replace(/\/$/, "");
  const { status, reply } = await ask(`${base}/.well-known/openid-configuration`, {}, "the configuration");
  if (status !== 200) throw new UpstreamError(`the configuration of ${new URL(base).host} answers ${status}: is \`issuer\` right?`);
  if (typeof reply?.issuer !== "string" || reply.issuer.replace(/\/$/, "") !== base) {
    throw new UpstreamError(`the configuration of ${new URL(base).host} is of another issuer than declared`);
  }
  for (const name of ["authorization_endpoint", "token_endpoint", "jwks_uri"]) reachable(reply[name], `\`${name}\` of ${new URL(base).host}`);
  const keys = createRemoteJWKSet(new URL(reply.jwks_uri), { timeoutDuration: 10_000, cooldownDuration: 30_000, cacheMaxAge: KNOWN_MS });
  const provider = { ...reply, keys, until: Date.now() + KNOWN_MS };
  known.set(issuer, provider);
  return provider;
}

function authenticated(client, provider) {
  const methods = provider.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return { ...client, basic: !methods.includes("client_secret_post") };
}

/** Where the browser goes. */
export async function begin({ issuer, scopes, parameters }, client, { redirect, state, challenge, nonce }) {
  const provider = await discovered(issuer);
  const url = new URL(provider.authorization_endpoint);
  const all = {
    ...parameters,
    response_type: "code",
    client_id: client.id,
    redirect_uri: redirect,
    scope: [...new Set(["openid", ...scopes])].join(" "),
    state,
    nonce,
  };
  // Who has never heard of PKCE has to leave these alone.
  if (provider.code_challenge_methods_supported?.includes("S256") ?? true) Object.assign(all, { code_challenge: challenge, code_challenge_method: "S256" });
  for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
  return url.href;
}

/** What the code is good for: what the provider says about somebody, and tokens. */
export async function finish({ issuer }, client, { code, redirect, verifier, nonce, from, wanted }) {
  const provider = await discovered(issuer);
  // RFC 9207: an answer of somebody else's, mixed in.
  if (from === null ? provider.authorization_response_iss_parameter_supported === true : from !== provider.issuer) {
    throw new UpstreamError(`the answer is not one of ${new URL(provider.issuer).host}`);
  }
  const fields = { grant_type: "authorization_code", code, redirect_uri: redirect, code_verifier: verifier };
  const reply = await askForTokens(provider.token_endpoint, fields, authenticated(client, provider));
  const said = await verified(provider, client, reply.id_token, nonce);
  return { facts: await completed(provider, said, reply.access_token, wanted), tokens: tokensOf(reply) };
}

async function verified(provider, client, token, nonce) {
  const { host } = new URL(provider.issuer);
  if (typeof token !== "string") throw new UpstreamError(`the token endpoint of ${host} gave no ID token`);
  const supported = provider.id_token_signing_alg_values_supported ?? ["RS256"];
  const algorithms = ALGORITHMS.filter((name) => supported.includes(name));
  let claims;
  try {
    const options = { issuer: provider.issuer, audience: client.id, algorithms, clockTolerance: SKEW_S, requiredClaims: ["sub", "iat", "exp"] };
    ({ payload: claims } = await jwtVerify(token, provider.keys, options));
  } catch (error) {
    // The code alone (`ERR_JWT_EXPIRED`): the words may quote the token.
    throw new UpstreamError(`the ID token of ${host} is no good: ${error.code ?? "it cannot be read"}`);
  }
  if (claims.nonce !== nonce) throw new UpstreamError(`the ID token of ${host} is of another sign-in`);
  // OpenID Connect Core, 3.1.3.7: for several audiences, it says which one asked.
  if (claims.azp === undefined ? Array.isArray(claims.aud) && claims.aud.length > 1 : claims.azp !== client.id) {
    throw new UpstreamError(`the ID token of ${host} is for another application`);
  }
  if (typeof claims.sub !== "string" || claims.sub === "") throw new UpstreamError(`the ID token of ${host} does not say who`);
  return claims;
}

// Many providers keep the ID token small and tell the rest at another endpoint, which has to speak of the same person.
async function completed(provider, claims, accessToken, wanted) {
  if (provider.userinfo_endpoint === undefined || wanted.every((name) => Object.hasOwn(claims, name))) return trusted(claims);
  const url = reachable(provider.userinfo_endpoint, "`userinfo_endpoint`");
  const { status, reply } = await ask(url, { headers: { authorization: `Bearer ${accessToken}` } }, "the user info");
  if (status !== 200 || reply?.sub !== claims.sub) throw new UpstreamError(`the user info of ${url.host} answers ${status}, and not about who signed in`);
  return trusted({ ...reply, ...claims });
}

function trusted({ email, ...claims }) {
  return claims.email_verified === false || claims.email_verified === "false" ? claims : { ...claims, email };
}

export async function refresh({ issuer }, client, tokens) {
  const provider = await discovered(issuer);
  const fields = { grant_type: "refresh_token", refresh_token: tokens.refresh };
  return tokensOf(await askForTokens(provider.token_endpoint, fields, authenticated(client, provider)), tokens);
}
