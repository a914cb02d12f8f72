// What the authorization server refuses, each with the error of its RFC, and what it keeps of it: nothing.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { authProject, DECLARED } from "../lib/authproject.mjs";
import { request } from "../lib/http.mjs";
import { Client, letIn, pkce, register, REDIRECT, startAuth } from "../lib/oauth.mjs";
import { rows } from "../lib/rows.mjs";
import { agent } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";

let project, server, client;
before(async () => {
  project = await authProject(agent("guarded"));
  server = await startAuth(project, { name: "auth-attacks" });
  client = await Client.register(server);
});
after(() => server?.kill());

const get = (path, headers = {}) => request(server.port, { method: "GET", path, headers });
const asked = (parameters, who = client) => get(who.url(parameters));

/** It is told to the browser alone: the client, or where it wants to be called, is not to be trusted. */
function isShown(answer, status = 400) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers.location, undefined);
}

/** It is told to the client, where it is registered. */
function isSentBack(answer, error) {
  assert.equal(answer.status, 302, answer.text);
  const { origin, pathname, searchParams } = new URL(answer.headers.location);
  assert.equal(origin + pathname, REDIRECT);
  assert.equal(searchParams.get("error"), error);
  assert.equal(searchParams.get("state"), "a state");
  assert.equal(searchParams.get("iss"), server.url);
  assert.equal(searchParams.get("code"), null);
}

function isRefused(answer, status, error) {
  assert.deepEqual([answer.status, answer.json.error], [status, error], answer.text);
  assert.match(answer.headers["cache-control"], /no-store/);
}

describe("where a code is sent", () => {
  for (const redirect_uri of [
    "https://evil.example/callback",
    "http://127.0.0.1:33418/other",
    "http://127.0.0.1:33418/callback/../other",
    "http://127.0.0.1:33418/callback?x=1",
    "http://127.0.0.1:33418/callback#x",
    "http://127.0.0.1.evil.example:33418/callback",
    "http://127.0.0.1:33418@evil.example/callback",
    "https://127.0.0.1:33418/callback",
    "http://localhost:33418/callback",
    "http://127.0.0.2:33418/callback",
    "javascript:alert(1)",
    "",
    undefined,
  ]) {
    test(`not to ${redirect_uri}`, async () => isShown(await asked({ redirect_uri })));
  }

  test("to another port of this computer: it is chosen anew each time (RFC 8252, 7.3)", async () => {
    assert.equal((await asked({ redirect_uri: "http://127.0.0.1:1/callback" })).status, 200);
  });

  test("but to no other port of a host that is not", async () => {
    const web = await Client.register(server, { redirect: "https://app.example/callback" });
    assert.equal((await asked({}, web)).status, 200);
    isShown(await asked({ redirect_uri: "https://app.example:8443/callback" }, web));
  });

  test("not to who was never registered", async () => isShown(await asked({ client_id: "nobody" })));

  for (const redirect of ["http://app.example/callback", "javascript:alert(1)//https://app.example", "data:text/html,x", "https://app.example/callback#x", "https://a:b@app.example/", "callback"]) {
    test(`nobody registers ${redirect}`, async () => {
      const answer = await register(server, { redirect_uris: [redirect], token_endpoint_auth_method: "none" });
      isRefused(answer, 400, "invalid_client_metadata");
    });
  }
});

describe("PKCE", () => {
  test("is not to be left out", async () => isSentBack(await asked({ code_challenge: undefined, code_challenge_method: undefined }), "invalid_request"));
  test("nor by a client that has a secret", async () => {
    const confidential = await Client.register(server, { token_endpoint_auth_method: "client_secret_post" });
    isSentBack(await asked({ code_challenge: undefined, code_challenge_method: undefined }, confidential), "invalid_request");
  });
  test("is not to be plain", async () => isSentBack(await asked({ code_challenge_method: "plain" }), "invalid_request"));
  test("nor plain without a word", async () => isSentBack(await asked({ code_challenge_method: undefined }), "invalid_request"));
  test("needs its verifier", async () => isRefused(await client.redeem(await client.code(), { code_verifier: undefined }), 400, "invalid_request"));
  test("needs the right verifier", async () => isRefused(await client.redeem(await client.code(), { code_verifier: pkce().verifier }), 400, "invalid_grant"));
});

describe("a code", () => {
  test("is good once, and takes its tokens with it if it comes again", async () => {
    const code = await client.code();
    const { json } = await client.redeem(code);
    isRefused(await client.redeem(code), 400, "invalid_grant");
    assert.equal(await letIn(server, json.access_token), false);
    isRefused(await client.refresh(json.refresh_token), 400, "invalid_grant");
  });

  test("is good for its client alone", async () => {
    const other = await Client.register(server);
    const code = await client.code();
    const { verifier } = client;
    isRefused(await other.redeem(code, { code_verifier: verifier }), 400, "invalid_grant");
    assert.equal((await client.redeem(code)).status, 200, "the client itself gets its tokens");
  });

  test("is good for where it was sent alone", async () => {
    isRefused(await client.redeem(await client.code(), { redirect_uri: "http://127.0.0.1:1/callback" }), 400, "invalid_grant");
  });

  test("is good for what was asked for alone", async () => {
    isRefused(await client.redeem(await client.code(), { resource: `${server.url}/sse` }), 400, "invalid_target");
  });

  test("of another making is none", async () => {
    for (const code of ["x", "a:b:c", `${"u".repeat(43)}:${"g".repeat(16)}:${"s".repeat(32)}`, `:${"g".repeat(16)}:${"s".repeat(32)}`]) {
      isRefused(await client.redeem(code), 400, "invalid_grant");
    }
  });
});

describe("a token", () => {
  test("for /mcp is refused at /sse, and the other way round", async () => {
    const tokens = await client.signIn();
    assert.deepEqual([await letIn(server, tokens.access_token), await letIn(server, tokens.access_token, "/sse")], [true, false]);
    client.resource = `${server.url}/sse`;
    const others = await client.signIn();
    client.resource = `${server.url}/mcp`;
    assert.equal(await letIn(server, others.access_token), false);
  });

  test("that names no endpoint is for both, for clients that cannot name one", async () => {
    const tokens = await client.signIn({ resource: undefined });
    assert.equal(tokens.resource, server.url);
    assert.equal(await letIn(server, tokens.access_token), true);
  });

  test("for something else is not given", async () => isSentBack(await asked({ resource: "https://other.example/mcp" }), "invalid_target"));

  test("has no more scopes than the declaration", async () => {
    isSentBack(await asked({ scope: "admin" }), "invalid_scope");
    assert.equal((await client.signIn({ scope: "notes:read admin" }, { scopes: ["notes:read", "admin"] })).scope, "notes:read");
  });

  test("gets no more scopes by a refresh", async () => {
    const tokens = await client.signIn({}, { scopes: ["notes:read"] });
    assert.equal(tokens.scope, "notes:read");
    isRefused(await client.refresh(tokens.refresh_token, { scope: "notes:write" }), 400, "invalid_scope");
    isRefused(await client.refresh(tokens.refresh_token, { scope: "notes:read notes:write" }), 400, "invalid_scope");
    assert.equal((await client.refresh(tokens.refresh_token)).json.scope, "notes:read");
  });

  test("is refreshed by its client alone, and for nothing else", async () => {
    const other = await Client.register(server);
    const tokens = await client.signIn();
    isRefused(await other.refresh(tokens.refresh_token), 400, "invalid_grant");
    isRefused(await client.refresh(tokens.refresh_token, { resource: `${server.url}/sse` }), 400, "invalid_target");
    isRefused(await client.refresh(tokens.access_token), 400, "invalid_grant");
  });

  test("is revoked by its client alone", async () => {
    const other = await Client.register(server);
    const tokens = await client.signIn();
    for (const token of [tokens.access_token, tokens.refresh_token]) assert.equal((await other.revoke(token)).status, 200);
    assert.equal(await letIn(server, tokens.access_token), true);
  });

  test("of access is revoked alone, one of refresh with all that came from it", async () => {
    const tokens = await client.signIn();
    const next = (await client.refresh(tokens.refresh_token)).json;
    assert.equal((await client.revoke(next.access_token)).status, 200);
    assert.deepEqual([await letIn(server, next.access_token), await letIn(server, tokens.access_token)], [false, true]);
    assert.equal((await client.revoke(next.refresh_token, { token_type_hint: "refresh_token" })).status, 200);
    isRefused(await client.refresh(next.refresh_token), 400, "invalid_grant");
    isRefused(await client.refresh(tokens.refresh_token), 400, "invalid_grant");
  });

  test("of a client with a secret wants the secret", async () => {
    const answer = await register(server, { redirect_uris: [REDIRECT], token_endpoint_auth_method: "client_secret_basic" });
    const confidential = new Client(server, answer.json.client_id, REDIRECT);
    const code = await confidential.code();
    isRefused(await confidential.redeem(code), 401, "invalid_client");
    isRefused(await confidential.redeem(code, { client_secret: "wrong" }), 401, "invalid_client");
    const basic = (secret) => ({ authorization: `Basic ${Buffer.from(`${confidential.id}:${secret}`).toString("base64")}` });
    const fields = { grant_type: "authorization_code", code, redirect_uri: REDIRECT, code_verifier: confidential.verifier, client_id: undefined };
    isRefused(await confidential.token(fields, basic("wrong")), 401, "invalid_client");
    assert.equal((await confidential.token(fields, basic(answer.json.client_secret))).status, 200);
  });
});

describe("the Authorization header", () => {
  const call = (authorization) => request(server.port, { headers: { authorization, "content-type": "application/json", accept: "application/json, text/event-stream" }, body: "{}" });

  test("of 10 KB is refused", async () => {
    const { status, headers } = await call(`Bearer ${"a".repeat(10_000)}`);
    assert.equal(status, 400);
    assert.match(headers["www-authenticate"], /^Bearer error="invalid_request"/);
  });

  test("with a token that is none is refused, and told where to get one", async () => {
    for (const token of ["x", "a:b:c", `${"u".repeat(43)}:${"g".repeat(16)}:${"s".repeat(32)}`]) {
      const { status, headers } = await call(`Bearer ${token}`);
      assert.equal(status, 401);
      const challenge = headers["www-authenticate"];
      assert.match(challenge, /^Bearer error="invalid_token"/);
      assert.ok(challenge.includes(`resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp"`), challenge);
    }
  });
});

describe("the endpoints", () => {
  const form = (body, headers = {}) => request(server.port, { path: "/oauth/token", headers: { "content-type": "application/x-www-form-urlencoded", ...headers }, body });

  test("take forms that are what they should be", async () => {
    isRefused(await get("/oauth/token"), 405, "invalid_request");
    isRefused(await form("{}", { "content-type": "application/json" }), 400, "invalid_request");
    isRefused(await form(`grant_type=password&client_id=${client.id}`), 400, "unsupported_grant_type");
    isRefused(await form("grant_type=refresh_token&refresh_token=x"), 401, "invalid_client");
    isRefused(await form(`client_id=${client.id}&grant_type=refresh_token&refresh_token=x&refresh_token=y`), 400, "invalid_request");
    isRefused(await form(`client_id=${client.id}&x=${"x".repeat(20_000)}`), 413, "invalid_request");
  });

  test("take no registration that is too large", async () => {
    isRefused(await register(server, { redirect_uris: [REDIRECT], client_name: "x".repeat(20_000) }), 413, "invalid_request");
  });

  test("can be read by the pages of others, which have no cookie of a user", async () => {
    const origin = "https://app.example";
    for (const path of ["/oauth/token", "/oauth/register", "/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource/mcp"]) {
      const { status, headers } = await request(server.port, { method: "OPTIONS", path, headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type, mcp-protocol-version" } });
      assert.equal(status, 204, path);
      assert.ok([origin, "*"].includes(headers["access-control-allow-origin"]), path);
      assert.equal(headers["access-control-allow-credentials"], undefined);
    }
    const refused = await form("client_id=x&grant_type=refresh_token&refresh_token=x", { origin });
    assert.equal(refused.headers["access-control-allow-origin"], origin);
    const tokens = await client.signIn();
    const { headers, status } = await client.token({ grant_type: "refresh_token", refresh_token: tokens.refresh_token }, { origin });
    assert.deepEqual([status, headers["access-control-allow-origin"]], [200, origin]);
  });

  test("are at the public URL alone", async () => {
    const { status, text } = await request(server.worker.port, { method: "GET", path: "/.well-known/oauth-authorization-server" });
    assert.equal(status, 421);
    assert.ok(text.includes(`PUBLIC_URL is ${server.url}`), text);
  });
});

describe("what is kept", () => {
  const tokenRows = async () => {
    await server.restart(); // nothing is on its way to the disk any more
    return rows(server.worker.storage).filter(({ table }) => table === "mcp_oauth");
  };

  test("of 200 tokens, codes and clients that are none: nothing", async () => {
    const before = await tokenRows();
    for (let i = 0; i < 200; i++) {
      const bogus = `${String(i).padEnd(43, "u")}:${"g".repeat(16)}:${"s".repeat(32)}`;
      assert.equal(await letIn(server, bogus), false);
      assert.equal((await client.redeem(bogus)).status, 400);
      isShown(await asked({ client_id: `nobody${i}` }));
    }
    assert.equal((await tokenRows()).length, before.length);
  });

  test("of what is secret: nothing that could be used", async () => {
    const code = await client.code();
    const { verifier } = client;
    const tokens = (await client.redeem(code)).json;
    const next = (await client.refresh(tokens.refresh_token)).json;
    const kept = (await tokenRows()).map(({ row }) => row).join("\n");
    const log = server.worker.stderr();
    for (const secret of [code, verifier, tokens.access_token, tokens.refresh_token, next.access_token, next.refresh_token]) {
      const last = secret.split(":").at(-1);
      assert.ok(!kept.includes(last), "a secret is stored as it is");
      assert.ok(!log.includes(last), "a secret is in the log");
    }
  });

  test("in the log: why, each time, and nothing that was sent", async () => {
    const from = server.worker.stderr().length;
    const code = await client.code();
    isRefused(await client.redeem(code, { code_verifier: "v".repeat(43) }), 400, "invalid_grant");
    await client.redeem(code);
    isRefused(await client.redeem(code), 400, "invalid_grant");
    isRefused(await client.token({ grant_type: "refresh_token", refresh_token: "x" }), 400, "invalid_grant");
    isRefused(await register(server, { redirect_uris: ["http://app.example/secret-path"], token_endpoint_auth_method: "none" }), 400, "invalid_client_metadata");
    isSentBack(await asked({ code_challenge_method: "plain" }), "invalid_request");
    isSentBack(await asked({ resource: "https://secret.example/mcp" }), "invalid_target");
    isShown(await asked({ redirect_uri: "https://secret.example/callback" }));
    isShown(await asked({ client_id: "secret-client" }));
    assert.equal(await letIn(server, `${"u".repeat(43)}:${"g".repeat(16)}:${"s".repeat(32)}`), false);
    const log = server.worker.stderr().slice(from);
    assert.equal(log.match(/^oauth: 400 invalid_grant \(/gm)?.length, 3, log);
    for (const words of [/^oauth: 400 invalid_client_metadata \(/m, /told to the client: invalid_request: /, /told to the client: invalid_target: /, /sign-in: 400: .*[Rr]edirect/, /sign-in: 400: .*client/i, /401: the token is unknown/]) {
      assert.match(log, words);
    }
    for (const sent of ["secret", "vvvvv", "uuuuu", code.split(":").at(-1)]) assert.ok(!log.includes(sent), `${sent} is in ${log}`);
  });

  test("of clients: those of a minute, no more", async () => {
    const fresh = await startAuth(project, { name: "auth-flood" });
    try {
      const answers = [];
      for (let i = 0; i < 60; i++) answers.push(...(await Promise.all(Array.from({ length: 20 }, () => register(fresh, { redirect_uris: [REDIRECT], token_endpoint_auth_method: "none" })))));
      const refused = answers.filter(({ status }) => status === 429);
      assert.ok(refused.length > 300, `${refused.length} of ${answers.length} were refused`);
      assert.equal(refused[0].json.error, "temporarily_unavailable");
      assert.equal(refused[0].headers["retry-after"], "60");
      assert.ok(answers.filter(({ status }) => status === 201).length <= 2 * 16 * 30); // at most two minutes' worth
    } finally {
      await fresh.kill();
    }
  });
});

// The same Worker so many hours later, which sweeps when it is asked for `/sweep`.
const sweeping = (hours) => authProject(agent("guarded"), {
  extra: `const clock = Date.now; Date.now = () => clock() + ${hours * 3600_000};
const { fetch } = worker;
Agent.prototype.sweep = function () { return this.alarm(); };
worker.fetch = async (request, env, ctx) => {
  if (!request.url.endsWith("/sweep")) return fetch(request, env, ctx);
  for (let i = 0; i < 16; i++) for (const kind of ["user", "key"]) await env.AGENT.getByName("oauth:" + kind + "-" + i).sweep();
  return new Response("swept");
};`,
});

test("what has expired is not good for anything, and goes", async () => {
  const fresh = await startAuth(project, { name: "auth-sweep" });
  const kinds = async (hours) => {
    await fresh.restart(await sweeping(hours));
    assert.equal((await request(fresh.port, { method: "GET", path: "/sweep" })).text, "swept");
    await fresh.restart(await sweeping(hours));
    return rows(fresh.worker.storage).filter(({ table }) => table === "mcp_oauth").map(({ row }) => row.split(":")[0]).sort();
  };
  try {
    const [unused, used] = [await Client.register(fresh), await Client.register(fresh)];
    const tokens = await used.signIn();
    await used.refresh(tokens.refresh_token);
    await unused.consent();
    assert.deepEqual(await kinds(0), ["client", "client", "grant", "reply", "retired", "token", "token", "transaction"]);
    assert.deepEqual(await kinds(23), ["client", "client", "grant", "retired"]);
    assert.equal(await letIn(fresh, tokens.access_token), false);
    // Nobody ever signed in with the one.
    assert.deepEqual(await kinds(25), ["client", "grant", "retired"]);
    assert.equal((await request(fresh.port, { method: "GET", path: unused.url() })).status, 400);
    assert.equal((await request(fresh.port, { method: "GET", path: used.url() })).status, 200);
    assert.deepEqual(await kinds(31 * 24), ["client"]);
    assert.deepEqual(await kinds(91 * 24), []);
  } finally {
    await fresh.kill();
  }
});

test("without PUBLIC_URL or a secret, every request is told what to set, by name", async () => {
  const worker = await startWorker(project, { name: "auth-unset", bindings: {} });
  try {
    for (const path of ["/mcp", "/authorize", "/oauth/token", "/.well-known/oauth-authorization-server"]) {
      const { status, text } = await request(worker.port, { method: "GET", path });
      assert.equal(status, 500);
      assert.match(text, /PUBLIC_URL is not set/);
      assert.match(text, /MCP_PASSWORD is not set/);
    }
    assert.match(worker.stderr(), /PUBLIC_URL is not set/);
  } finally {
    await worker.kill();
  }
});

test("registration can be switched off", async () => {
  const closed = await startAuth(await authProject(agent("guarded"), { declared: { ...DECLARED, registration: { cimd: true, dcr: false } } }), { name: "auth-closed" });
  try {
    const { json } = await request(closed.port, { method: "GET", path: "/.well-known/oauth-authorization-server" });
    assert.equal(json.registration_endpoint, undefined);
    assert.notEqual((await register(closed, { redirect_uris: [REDIRECT] })).status, 201);
  } finally {
    await closed.kill();
  }
});
