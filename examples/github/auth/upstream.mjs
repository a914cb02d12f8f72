// Derived by `mcp-gen sync`. Who signs people in, and what is kept of what it says: change the declaration instead.

import * as github from "./github.mjs";
import * as oidc from "./oidc.mjs";
import { providerOf } from "./providers.mjs";
import { UpstreamError } from "./reach.mjs";
import { Settings } from "./settings.mjs";

export { UpstreamError };

/** The most that the claims of somebody may be, in characters of JSON. */
const MAX_CLAIMS = 8 << 10;

const wayOf = ({ provider }) => (provider === "github" ? github : oidc);

function clientOf(env, { client_id, client_secret }) {
  const settings = new Settings(env);
  const id = settings.value(client_id);
  return client_secret === null || client_secret === undefined ? { id } : { id, secret: settings.value(client_secret) };
}

/** What the provider is called on the page. */
export function titleOf({ upstream }) {
  return providerOf(upstream).title;
}

/** What has to be remembered until the browser is back: it is known to nobody who only sees the URLs. */
export function secrets() {
  return { verifier: random(), nonce: random() };
}

/** Where the browser goes to sign in. */
export async function begin(env, { upstream }, { state, verifier, nonce }) {
  const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  return wayOf(upstream).begin(providerOf(upstream), clientOf(env, upstream), { redirect: callback(env), state, challenge, nonce });
}

/** Who came back, `{ iss, sub, claims }`, and the provider's tokens. */
export async function finish(env, declared, parameters, { verifier, nonce }) {
  const { upstream } = declared;
  const code = parameters.get("code");
  if (code === null || code === "") throw new UpstreamError("the provider's answer has no code");
  const about = { code, redirect: callback(env), verifier, nonce, from: parameters.get("iss"), wanted: Object.values(names(declared)) };
  const provider = providerOf(upstream);
  const { facts, tokens } = await wayOf(upstream).finish(provider, clientOf(env, upstream), about);
  return { person: { iss: provider.issuer, ...person(declared, facts) }, tokens };
}

/** Fresh tokens for old ones. An `UpstreamError` that is `refused` says that there will be none any more. */
export async function refresh(env, { upstream }, tokens) {
  if (tokens.refresh === undefined) throw new UpstreamError("the provider gave no refresh token", { refused: true });
  return wayOf(upstream).refresh(providerOf(upstream), clientOf(env, upstream), tokens);
}

// `sub`, `name`, `email` and what the declaration names, under our names, and nothing else.
function person(declared, facts) {
  const claims = {};
  for (const [ours, theirs] of Object.entries(names(declared))) {
    if (Object.hasOwn(facts, theirs) && facts[theirs] !== null && facts[theirs] !== undefined) claims[ours] = facts[theirs];
  }
  if (typeof claims.sub === "number") claims.sub = String(claims.sub);
  if (typeof claims.sub !== "string" || claims.sub === "") throw new UpstreamError("the provider does not say who signed in");
  if (JSON.stringify(claims).length > MAX_CLAIMS) throw new UpstreamError("the provider says too much about who signed in");
  return { sub: claims.sub, claims };
}

// Our names of claims, and the provider's.
function names({ claims, upstream }) {
  const ours = new Set(["sub", "name", "email", ...claims]);
  return Object.fromEntries([...ours].map((name) => [name, upstream.claims?.[name] ?? name]));
}

function callback(env) {
  return `${new URL(env.PUBLIC_URL).origin}/callback`;
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
