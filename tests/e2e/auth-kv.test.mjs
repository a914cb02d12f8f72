// `tokens.store = "kv"`: the same flow with the rows in a KV namespace, for who wants them there. It has no test of races: it has them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { authProject, DECLARED } from "../lib/authproject.mjs";
import { startHub } from "../lib/hub.mjs";
import { request } from "../lib/http.mjs";
import { startKv } from "../lib/kv.mjs";
import { Client, letIn, startAuth } from "../lib/oauth.mjs";
import { rows } from "../lib/rows.mjs";
import { HUB_SECRETS, signedIn, guardedSignIn, startSignIn, withHub } from "../lib/signin.mjs";
import { agent } from "../lib/tools.mjs";
import { Visitor } from "../lib/visitor.mjs";
import { startWorker } from "../lib/workerd.mjs";

let kv, hub;
before(async () => {
  [kv, hub] = await Promise.all([startKv(), startHub()]);
});
after(() => {
  kv?.close();
  hub?.close();
});

test("sign-in, refresh, a code that comes again, revocation", async () => {
  const server = await startAuth(await authProject(agent("guarded"), { declared: { ...DECLARED, store: "kv" } }), { name: "auth-kv", kv: { name: "OAUTH_KV", port: kv.port } });
  try {
    const client = await Client.register(server);
    const code = await client.code();
    const tokens = (await client.redeem(code)).json;
    assert.equal(await letIn(server, tokens.access_token), true);
    const { json } = await client.refresh(tokens.refresh_token);
    assert.equal(await letIn(server, json.access_token), true);
    assert.deepEqual([...new Set([...kv.rows.keys()].map((name) => name.split(":")[0]))].sort(), ["client", "grant", "token"]);
    assert.equal((await client.revoke(json.refresh_token)).status, 200);
    assert.equal((await client.refresh(json.refresh_token)).status, 400);
    assert.deepEqual([...kv.rows.keys()].map((name) => name.split(":")[0]), ["client"]);
    const again = await client.code();
    assert.equal((await client.redeem(again)).status, 200);
    assert.equal((await client.redeem(again)).status, 400);
    assert.ok(rows(server.worker.storage).every(({ table }) => table !== "mcp_oauth"), "nothing of it is in an object");
  } finally {
    await server.kill();
  }
});

test("the upstream's token is in an object all the same", async () => {
  const server = await startSignIn(guardedSignIn(withHub(hub), { store: "kv" }), { name: "auth-kv-vault", bindings: HUB_SECRETS, kv: { name: "OAUTH_KV", port: kv.port } });
  try {
    hub.lasts = 30;
    const { access_token } = await signedIn(await Client.register(server), new Visitor(), hub);
    hub.lasts = 3600;
    const { upstream } = await server.knows(access_token);
    assert.ok(hub.live(JSON.parse(upstream).token), upstream);
    assert.equal((await server.knows(access_token)).upstream, upstream, "and was kept when it was refreshed");
  } finally {
    await server.kill();
  }
});

test("without the namespace, every request is told how to make one", async () => {
  const worker = await startWorker(await authProject(agent("guarded"), { declared: { ...DECLARED, store: "kv" } }), { name: "auth-kv-unset", bindings: { PUBLIC_URL: "http://127.0.0.1:1", MCP_PASSWORD: "x" } });
  try {
    const { status, text } = await request(worker.port, { method: "GET" });
    assert.equal(status, 500);
    assert.match(text, /OAUTH_KV is not bound: run `npx wrangler kv namespace create OAUTH_KV`/);
  } finally {
    await worker.kill();
  }
});
