// A small server of the test's own with GitHub's endpoints, as GitHub Enterprise Server has them, and GitHub's manners: wrong codes are answered with
// 200, a code works once and for whoever has its verifier, and an expiring token comes with a refresh token that works once.

import { createHash, randomUUID } from "node:crypto";
import http from "node:http";

export const HUB_CLIENT = { id: "Iv1.hub", secret: "the secret of the hub's application" };

/** Starts it. What it says and does can be changed: `account`, `emails`, `lasts` (seconds of a token), `decision` and `broken`. */
export async function startHub() {
  const codes = new Map();
  const tokens = new Map(); // of each access token its scopes
  const refreshes = new Set();
  const hub = {
    account: { id: 583231, login: "octocat", name: "The Octocat", email: "public@example.com", type: "User" },
    emails: [
      { email: "old@example.com", primary: false, verified: true },
      { email: "octocat@example.com", primary: true, verified: true },
    ],
    lasts: undefined,
    decision: "allow",
    broken: undefined,
    authorizations: [], // the parameters of each visit
    refreshed: 0,
    live: (token) => tokens.has(token),
    repositories: [], // of the account, as GitHub lists them
    starred: [],
  };

  const issued = (scope) => {
    const token = `gho_${randomUUID()}`;
    tokens.set(token, scope);
    const reply = { access_token: token, token_type: "bearer", scope };
    if (hub.lasts === undefined) return reply;
    const refresh = `ghr_${randomUUID()}`;
    refreshes.add(refresh);
    return { ...reply, expires_in: hub.lasts, refresh_token: refresh, refresh_token_expires_in: 15_897_600 };
  };

  const exchanged = (form) => {
    if (form.get("client_id") !== HUB_CLIENT.id || form.get("client_secret") !== HUB_CLIENT.secret) return { error: "incorrect_client_credentials" };
    if (form.get("grant_type") === "refresh_token") {
      if (!refreshes.delete(form.get("refresh_token"))) return { error: "bad_refresh_token" };
      hub.refreshed += 1;
      return issued("read:user");
    }
    const known = codes.get(form.get("code"));
    codes.delete(form.get("code"));
    const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
    if (known === undefined || known.redirect_uri !== form.get("redirect_uri") || known.code_challenge !== challenge) return { error: "bad_verification_code" };
    return issued(known.scope);
  };

  const routes = {
    "/login/oauth/authorize": (_, url) => {
      const asked = Object.fromEntries(url.searchParams);
      hub.authorizations.push(asked);
      const back = new URL(asked.redirect_uri);
      back.searchParams.set("state", asked.state);
      if (hub.decision === "allow") {
        const code = randomUUID();
        codes.set(code, asked);
        back.searchParams.set("code", code);
      } else {
        back.searchParams.set("error", hub.decision);
      }
      return [302, "", { location: back.href }];
    },
    "/login/oauth/access_token": (form) => [200, JSON.stringify(exchanged(form))],
    "/api/v3/user": (_, __, scope) => (scope === undefined ? [401, "{}"] : [200, JSON.stringify(hub.account)]),
    "/api/v3/user/emails": (_, __, scope) => (scope?.includes("user:email") ? [200, JSON.stringify(hub.emails)] : [404, '{"message":"Not Found"}']),
  };

  // What an application asks for with the token.
  const used = (method, path, scope) => {
    if (scope === undefined) return [401, "{}"];
    if (method === "GET" && path === `/api/v3/users/${hub.account.login}/repos`) return [200, JSON.stringify(hub.repositories)];
    const [, repository] = /^\/api\/v3\/user\/starred\/(.+)$/.exec(path) ?? [];
    if (method !== "PUT" || repository === undefined) return undefined;
    hub.starred.push(repository);
    return [204, ""];
  };

  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url, hub.url);
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += part;
    const scope = tokens.get(request.headers.authorization?.replace(/^Bearer /, ""));
    if (hub.broken?.path === url.pathname) return hub.broken.answer(response);
    const [status, text, headers = { "content-type": "application/json" }] = routes[url.pathname]?.(new URLSearchParams(body), url, scope) ?? used(request.method, url.pathname, scope) ?? [404, "{}"];
    response.writeHead(status, headers).end(text);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  hub.url = `http://127.0.0.1:${server.address().port}`;
  hub.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return hub;
}
