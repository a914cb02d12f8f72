// The upstream's token: beside its grant, encrypted, refreshed once at a time, and gone with the grant.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { bearer, tool } from "../lib/guarded.mjs";
import { startHub } from "../lib/hub.mjs";
import { message } from "../lib/mcp.mjs";
import { rows } from "../lib/rows.mjs";
import { Client, HUB_SECRETS, signedIn, guardedSignIn, startSignIn, withHub } from "../lib/signin.mjs";
import { Visitor } from "../lib/visitor.mjs";

let hub, server, client;
before(async () => {
  hub = await startHub();
  server = await startSignIn(guardedSignIn(withHub(hub)), { name: "vault", bindings: { ...HUB_SECRETS, HUB: hub.url } });
  client = await Client.register(server);
});
after(async () => {
  await server?.kill();
  hub?.close();
});
beforeEach(() => Object.assign(hub, { lasts: 3600, broken: undefined }));

const signIn = () => signedIn(client, new Visitor(), hub);
const upstream = async ({ access_token }) => (await server.knows(access_token)).upstream;
const kinds = async () => {
  await server.restart();
  return rows(server.worker.storage).filter(({ table }) => table === "mcp_oauth").map(({ row }) => row.split(":")[0]);
};

test("it is stored encrypted, and outlives SIGKILL", async () => {
  const tokens = await signIn();
  const { token, type, expires } = JSON.parse(await upstream(tokens));
  assert.ok(hub.live(token));
  assert.equal(type, "Bearer");
  assert.ok(Math.abs(expires - Date.now() - 3_600_000) < 60_000);
  await server.restart();
  const stored = rows(server.worker.storage).map(({ row }) => row).join("\n");
  assert.ok(stored.includes("vault:"), "it is in the object");
  for (const secret of [token, token.slice(4), "ghr_"]) assert.ok(!stored.includes(secret), "it is stored as it is");
  assert.equal(JSON.parse(await upstream(tokens)).token, token);
});

test("it stays over refreshes of the client's tokens", async () => {
  const tokens = await signIn();
  const { json } = await client.refresh(tokens.refresh_token);
  assert.equal(await upstream(json), await upstream(tokens));
});

test("fifty who want one that ends: it is refreshed once, and its refresh token is not wasted", async () => {
  hub.lasts = 30; // less than the minute before its end in which it is refreshed
  const tokens = await signIn();
  const before = hub.refreshed;
  hub.lasts = 3600;
  const answers = await Promise.all(Array.from({ length: 50 }, () => upstream(tokens)));
  assert.equal(new Set(answers).size, 1);
  assert.equal(hub.refreshed, before + 1);
  await server.restart();
  assert.equal(await upstream(tokens), answers[0], "the new one was kept before it was given");
});

test("one that the provider does not refresh any more is gone, with words that tell it", async () => {
  hub.lasts = 1;
  const tokens = await signIn();
  hub.broken = { path: "/login/oauth/access_token", answer: (response) => response.writeHead(200, { "content-type": "application/json" }).end('{"error":"bad_refresh_token"}') };
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assert.match(JSON.parse(await upstream(tokens)).error, /^the token endpoint of .* answers 200, bad_refresh_token/);
  hub.broken = undefined;
  assert.match(JSON.parse(await upstream(tokens)).error, /sign in again/);
});

test("while the provider is down, one is given for what is left of it", async () => {
  hub.lasts = 2;
  const tokens = await signIn();
  hub.lasts = 3600;
  hub.broken = { path: "/login/oauth/access_token", answer: (response) => response.writeHead(503).end("down") };
  const old = JSON.parse(await upstream(tokens)).token;
  await new Promise((resolve) => setTimeout(resolve, 2100));
  assert.match(JSON.parse(await upstream(tokens)).error, /^the token endpoint of .* answered no JSON/);
  hub.broken = undefined;
  const { token } = JSON.parse(await upstream(tokens));
  assert.ok(token !== old && hub.live(token));
});

test("a handler asks the provider with it, as the caller; where there is none, it hears why", async () => {
  hub.lasts = 1;
  const tokens = await signIn();
  const ask = async () => {
    const { result } = message(await tool(server.port, "elsewhere", {}, bearer(tokens.access_token)));
    return [result.isError ?? false, result.content[0].text];
  };
  hub.lasts = 3600;
  const refreshed = hub.refreshed;
  const answers = await Promise.all(Array.from({ length: 10 }, ask));
  assert.deepEqual(answers, Array.from({ length: 10 }, () => [false, "octocat"]));
  assert.equal(hub.refreshed, refreshed + 1);
  // Without the row: what is left when the provider has refused to refresh it.
  hub.lasts = 1;
  const others = await signIn();
  Object.assign(tokens, others);
  hub.broken = { path: "/login/oauth/access_token", answer: (response) => response.writeHead(200, { "content-type": "application/json" }).end('{"error":"bad_refresh_token"}') };
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const [failed, words] = await ask();
  assert.equal(failed, true);
  assert.match(words, /^the token of your sign-in cannot be used: the token endpoint of .* answers 200, bad_refresh_token/);
  assert.deepEqual(await ask(), [true, "the token of your sign-in cannot be used: it is not there any more: sign in again"]);
});

test("who did not sign in through a provider has none", async () => {
  const other = await startSignIn(guardedSignIn(), { name: "vault-none" });
  try {
    const { access_token } = await (await Client.register(other)).signIn();
    const { result } = message(await tool(other.port, "elsewhere", {}, bearer(access_token)));
    assert.equal(result.isError, true);
    assert.match(result.content[0].text, /^there is no token of a sign-in/);
  } finally {
    await other.kill();
  }
});

test("it ends with its grant", async () => {
  const tokens = await signIn(); // which ended the grant before it
  const before = await kinds();
  assert.equal(before.filter((kind) => kind === "vault").length, 1);
  assert.equal((await client.revoke(tokens.refresh_token)).status, 200);
  const left = await kinds();
  for (const kind of ["vault", "grant", "token", "reply", "retired"]) assert.ok(!left.includes(kind), `${kind} is left`);
});
