// Derived by `mcp-gen sync`. Signing in with GitHub, which has OAuth but no OpenID Connect: change the declaration instead.
//
// `issuer` names a GitHub Enterprise Server. Who somebody is, is the number of the account: its login can be given to somebody else.

import { ask, askForTokens, reachable, tokensOf, UpstreamError } from "./reach.mjs";

function endpoints(issuer) {
  const base = reachable(issuer, "`issuer`").href.replace(/\/$/, "");
  const api = base === "https://github.com" ? "https://api.github.com" : `${base}/api/v3`;
  return { authorize: `${base}/login/oauth/authorize`, token: `${base}/login/oauth/access_token`, user: `${api}/user`, emails: `${api}/user/emails` };
}

/** Where the browser goes. */
export function begin({ issuer, scopes }, client, { redirect, state, challenge }) {
  const url = new URL(endpoints(issuer).authorize);
  url.search = new URLSearchParams({
    client_id: client.id,
    redirect_uri: redirect,
    scope: scopes.join(" "),
    state,
    code_challenge: challenge,
    code_challenge_method: "S256",
  });
  return url.href;
}

/** What the code is good for: the account's facts, and tokens. */
export async function finish({ issuer }, client, { code, redirect, verifier }) {
  const at = endpoints(issuer);
  const reply = await askForTokens(at.token, { grant_type: "authorization_code", code, redirect_uri: redirect, code_verifier: verifier }, client);
  const headers = { authorization: `Bearer ${reply.access_token}`, accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" };
  const { status, reply: user } = await ask(at.user, { headers }, "the user endpoint");
  if (status !== 200 || !Number.isSafeInteger(user?.id)) throw new UpstreamError(`the user endpoint of ${new URL(at.user).host} answers ${status} and no account`);
  const facts = { ...user, sub: String(user.id), name: user.name ?? user.login, email: await email(at.emails, headers) };
  return { facts, tokens: tokensOf(reply) };
}

// The one on the profile need not be the account's. The list says which are, if the scope `user:email` was given.
async function email(url, headers) {
  const { status, reply } = await ask(url, { headers }, "the list of emails");
  if (status !== 200 || !Array.isArray(reply)) return undefined;
  return reply.find(({ primary, verified }) => primary === true && verified === true)?.email;
}

export async function refresh({ issuer }, client, tokens) {
  const fields = { grant_type: "refresh_token", refresh_token: tokens.refresh };
  return tokensOf(await askForTokens(endpoints(issuer).token, fields, client), tokens);
}
