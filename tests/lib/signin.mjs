// Sign-in as the tests look at it: a Worker whose store can be asked what a token stands for, and ways through its pages.

import assert from "node:assert/strict";
import { authProject, DECLARED } from "./authproject.mjs";
import { HUB_CLIENT } from "./hub.mjs";
import { OIDC_CLIENT } from "./identity.mjs";
import { Client, startAuth } from "./oauth.mjs";
import { agent } from "./tools.mjs";
import { formOf, plain } from "./visitor.mjs";

// What the Worker knows of a token that no client is told.
const WINDOW = `
import { server, storeOf } from "./server.mjs";
import { vaultOf } from "./vault.mjs";
const { fetch: inner } = worker;
worker.fetch = async (request, env, ctx) => {
  const token = request.headers.get("test-token");
  if (token === null) return inner(request, env, ctx);
  const found = await server.validateToken(new URL(env.PUBLIC_URL).origin + "/mcp", token, { OAUTH_KV: storeOf(env) });
  const [user, grant] = token.split(":");
  const [name, place] = vaultOf(user, grant);
  return Response.json({ scope: found.scope, props: found.props, upstream: await env.AGENT.getByName(name).act("upstream", place) });
};
`;

/** A built agent with `[auth.upstream]` and more of its declaration changed. */
export function signInProject(folder, upstream = {}, declared = {}) {
  return authProject(folder, { declared: { ...DECLARED, ...declared, upstream: { ...DECLARED.upstream, ...upstream } }, extra: WINDOW });
}

export const withHub = (hub, more) => ({ provider: "github", issuer: hub.url, client_id: { secret: "ID" }, client_secret: { secret: "SECRET" }, password: null, ...more });
export const HUB_SECRETS = { ID: HUB_CLIENT.id, SECRET: HUB_CLIENT.secret };
export const withIdentity = ({ url }, more) => ({ provider: "oidc", issuer: url, client_id: { secret: "ID" }, client_secret: { secret: "SECRET" }, password: null, ...more });
export const OIDC_SECRETS = { ID: OIDC_CLIENT.id, SECRET: OIDC_CLIENT.secret };

/** Runs it where providers of this machine can be asked. */
export async function startSignIn(project, options) {
  const server = await startAuth(await project, { local: true, ...options });
  server.page = (path) => new URL(path, server.url).href;
  /** What the Worker knows of a token. */
  server.knows = async (token) => (await fetch(server.page("/"), { headers: { "test-token": token } })).json();
  return server;
}

/** Opens the consent page of a client. */
export async function opened(client, visitor, parameters) {
  const answer = await visitor.get(client.server.page(client.url(parameters)));
  if (answer.status !== 200) throw new Error(`/authorize answers ${answer.status}: ${answer.location ?? answer.text}`);
  return { ...answer, form: formOf(answer), verifier: client.verifier };
}

/** Presses Allow with everything ticked, and with other `fields`. */
export function allowed(visitor, { form }, fields = {}, headers) {
  const all = [["handle", form.handle], ["decision", "allow"], ...form.scopes.filter(({ ticked, needed }) => ticked && !needed).map(({ scope }) => ["scope", scope])];
  for (const [name, value] of Object.entries(fields)) {
    const at = all.findIndex(([known]) => known === name);
    if (at >= 0) all[at] = [name, value];
    else all.push([name, value]);
  }
  return visitor.post(form.action, all, headers);
}

/** From the consent page through the provider, back to the client: its tokens. */
export async function signedIn(client, visitor, provider, parameters) {
  const answer = await visitor.follow(await allowed(visitor, await opened(client, visitor, parameters)), [client.server.url, provider.url]);
  return tokens(client, answer);
}

/** What the code in a redirect to the client is good for; the `verifier` is the last one, unless it is said. */
export async function tokens(client, answer, verifier = client.verifier) {
  const code = answer.location && new URL(answer.location).searchParams.get("code");
  if (!code) throw new Error(`no code: ${answer.status} ${answer.location ?? answer.text}`);
  const reply = await client.redeem(code, { code_verifier: verifier });
  if (reply.status !== 200) throw new Error(`the code is answered ${reply.status}: ${reply.text}`);
  return reply.json;
}

/** The agent behind `mode = "oauth"`, with what differs of `[auth.upstream]` and of the rest of the declaration. */
export const guardedSignIn = (upstream, declared) => signInProject(agent("guarded"), upstream, declared);

export const heading = ({ text }) => plain((/<h1>([\s\S]*?)<\/h1>/.exec(text)?.[1] ?? "").replaceAll(/<[^>]*>/g, ""));

/** Wants a page that says what is wrong, and goes nowhere. */
export function isNotice(answer, status, words) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.location, null);
  assert.match(answer.headers.get("content-type"), /^text\/html/);
  assert.doesNotMatch(answer.text, /http-equiv="refresh"/);
  assert.match(plain(answer.text), words);
}

export { Client };
