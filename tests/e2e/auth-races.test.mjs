// The token store without races: what is used once is used once, however many come at once. Each access to the store takes 15 ms here, between what is
// read and what is written of it: without that, races hide.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { authProject } from "../lib/authproject.mjs";
import { request } from "../lib/http.mjs";
import { Client, letIn, PASSWORD, startAuth } from "../lib/oauth.mjs";
import { agent } from "../lib/tools.mjs";

const SLOW = `
const wait = () => new Promise((resolve) => setTimeout(resolve, 15));
for (const verb of ["get", "list"]) {
  const real = Store.prototype[verb];
  Store.prototype[verb] = async function (...all) {
    const found = await real.apply(this, all);
    await wait();
    return found;
  };
}
for (const verb of ["put", "delete"]) {
  const real = Store.prototype[verb];
  Store.prototype[verb] = async function (...all) {
    await wait();
    return real.apply(this, all);
  };
}
`;
// The grant of a refresh ends, by another way into the store, just before a row of this kind is written.
const ends = (kind) => `
import { env } from "cloudflare:workers";
const put = Store.prototype.put;
const refreshed = new Set();
Store.prototype.put = async function (key, value, ...rest) {
  const grant = "grant:" + key.split(":").slice(1, 3).join(":");
  if (key === grant && JSON.parse(value).previousRefreshTokenId) refreshed.add(grant);
  if (key.startsWith("${kind}:") && refreshed.has(grant)) await Store.of(env).delete(grant);
  return put.call(this, key, value, ...rest);
};
`;
const later = (seconds) => `${SLOW}const clock = Date.now; Date.now = () => clock() + ${seconds * 1000};`;

const times = (count, make) => Promise.all(Array.from({ length: count }, (_, i) => make(i)));
const statuses = (answers) => Object.fromEntries([...Map.groupBy(answers, ({ status }) => status)].map(([status, all]) => [status, all.length]));

let server, client, project;
before(async () => {
  project = await authProject(agent("guarded"), { extra: SLOW });
  server = await startAuth(project, { name: "races" });
  client = await Client.register(server);
});
after(() => server?.kill());

/** None of these tokens is good for anything. They were never let in before, so nothing of them is remembered. */
async function allDead(tokens) {
  for (const { access_token } of tokens) assert.equal(await letIn(server, access_token), false, "an access token lives");
  // The newest first: an old one would end the grant.
  for (const { refresh_token } of tokens.toReversed()) assert.equal((await client.refresh(refresh_token)).status, 400, "a refresh token lives");
}

describe("a code", () => {
  test("fifty redemptions: one is answered with tokens, and those are revoked", async () => {
    const code = await client.code();
    const answers = await times(50, () => client.redeem(code));
    assert.deepEqual(statuses(answers), { 200: 1, 400: 49 });
    for (const { json } of answers.filter(({ status }) => status === 400)) assert.equal(json.error, "invalid_grant");
    await allDead(answers.filter(({ status }) => status === 200).map(({ json }) => json));
  });

  test("fifty redemptions with a wrong verifier take nothing from the right one", async () => {
    const code = await client.code();
    const { verifier } = client;
    const answers = await times(50, (i) => client.redeem(code, { code_verifier: i === 25 ? verifier : "wrong".repeat(10) }));
    assert.equal(answers[25].status, 200, answers[25].text);
    assert.deepEqual(statuses(answers), { 200: 1, 400: 49 });
  });
});

describe("a refresh token", () => {
  test("fifty refreshes: one rotation and fifty equal answers, whose token is good", async () => {
    const { refresh_token } = await client.signIn();
    const answers = await times(50, () => client.refresh(refresh_token));
    assert.deepEqual(statuses(answers), { 200: 50 });
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1, "the answers differ");
    assert.notEqual(answers[0].json.refresh_token, refresh_token);
    assert.equal(await letIn(server, answers[0].json.access_token), true);
    assert.equal((await client.refresh(answers[0].json.refresh_token)).status, 200);
  });

  test("the same answer comes again when the next token was used already", async () => {
    const { refresh_token } = await client.signIn();
    const first = await client.refresh(refresh_token);
    const second = await client.refresh(first.json.refresh_token);
    assert.equal((await client.refresh(refresh_token)).text, first.text);
    assert.equal((await client.refresh(first.json.refresh_token)).text, second.text);
    assert.equal((await client.refresh(second.json.refresh_token)).status, 200);
  });

  test("who asks with it for something else gets another answer, and no more than was granted", async () => {
    const { refresh_token } = await client.signIn();
    const [all, less] = [await client.refresh(refresh_token), await client.refresh(refresh_token, { scope: "notes:read" })];
    assert.equal(all.json.scope, "notes:read notes:write");
    assert.equal(less.json.scope, "notes:read");
    assert.notEqual(all.json.access_token, less.json.access_token);
  });

  test("the answer is for its client alone", async () => {
    const other = await Client.register(server);
    const { refresh_token } = await client.signIn();
    const first = await client.refresh(refresh_token);
    const theirs = await other.refresh(refresh_token);
    assert.deepEqual([theirs.status, theirs.json.error], [400, "invalid_grant"]);
    assert.equal((await client.refresh(refresh_token)).text, first.text, "the grant lives");
  });

  test("used again after half a minute it ends the grant", async () => {
    const tokens = [await client.signIn()];
    for (let i = 0; i < 2; i++) tokens.push((await client.refresh(tokens[i].refresh_token)).json);
    const spared = await Client.register(server).then((one) => one.signIn());
    await server.restart(await authProject(agent("guarded"), { extra: later(31) }));
    const stolen = await client.refresh(tokens[0].refresh_token);
    assert.deepEqual([stolen.status, stolen.json.error], [400, "invalid_grant"]);
    await allDead(tokens);
    assert.equal(await letIn(server, spared.access_token), true, "another grant ended too");
    await server.restart();
  });

  test("used again, it gets nothing by a form that can be read in two ways", async () => {
    const first = await client.signIn();
    const next = (await client.refresh(first.refresh_token)).json;
    await server.restart(await authProject(agent("guarded"), { extra: later(31) }));
    // What some take for the mark of a query, and others for the beginning of a name.
    const body = `?grant_type=none&grant_type=refresh_token&refresh_token=${first.refresh_token}&client_id=${client.id}`;
    const stolen = await request(server.port, { path: "/oauth/token", headers: { "content-type": "application/x-www-form-urlencoded" }, body });
    assert.deepEqual([stolen.status, stolen.json.error], [400, "invalid_request"]);
    assert.equal((await client.refresh(next.refresh_token)).status, 200);
    await server.restart();
  });

  test("one that was rotated a moment too long ago ends the grant, though the next one was never used", async () => {
    const first = await client.signIn();
    const next = (await client.refresh(first.refresh_token)).json;
    await server.restart(await authProject(agent("guarded"), { extra: later(31) }));
    assert.equal((await client.refresh(first.refresh_token)).status, 400);
    await allDead([first, next]);
    await server.restart();
  });
});

test("fifty approvals of one page: one code", async () => {
  const page = await client.consent();
  const answers = await times(50, () => client.allow(page));
  assert.deepEqual(statuses(answers), { 302: 1, 400: 49 });
  const { searchParams } = new URL(answers.find(({ status }) => status === 302).headers.location);
  assert.equal((await client.redeem(searchParams.get("code"))).status, 200);
});

test("a wrong password does not use up the page", async () => {
  const page = await client.consent();
  assert.equal((await client.allow(page, { password: "wrong" })).status, 403);
  assert.equal((await client.allow(page, { password: PASSWORD })).status, 302);
});

describe("no token outlives", () => {
  for (const after of [0, 10, 25, 40, 60, 90]) {
    test(`a revocation against seven refreshes, ${after} ms behind them`, async () => {
      const tokens = await client.signIn();
      const refreshes = times(7, () => client.refresh(tokens.refresh_token));
      await new Promise((resolve) => setTimeout(resolve, after));
      assert.equal((await client.revoke(tokens.refresh_token)).status, 200);
      const answers = await refreshes;
      await allDead([tokens, ...answers.filter(({ status }) => status === 200).map(({ json }) => json)]);
    });
  }

  test("a revocation against a chain of refreshes", async () => {
    const tokens = [await client.signIn()];
    const revoked = new Promise((resolve) => setTimeout(resolve, 200)).then(() => client.revoke(tokens[0].refresh_token));
    for (;;) {
      const answer = await client.refresh(tokens.at(-1).refresh_token);
      if (answer.status !== 200) break;
      tokens.push(answer.json);
      assert.ok(tokens.length < 500, "the chain goes on though it was revoked");
    }
    assert.equal((await revoked).status, 200);
    await allDead(tokens);
  });

  test("the next sign-in of the same client, against a chain of refreshes", async () => {
    for (let round = 0; round < 3; round++) {
      const tokens = [await client.signIn()];
      let over = false;
      const code = client.code().finally(() => (over = true));
      while (!over) {
        const answer = await client.refresh(tokens.at(-1).refresh_token);
        if (answer.status !== 200) break;
        tokens.push(answer.json);
      }
      const { verifier } = client;
      assert.equal((await client.redeem(await code, { code_verifier: verifier })).status, 200);
      await allDead(tokens);
    }
  });

  for (const kind of ["grant", "token"]) {
    test(`the end of its grant just before the ${kind} of a refresh is written`, async () => {
      const tokens = await client.signIn();
      await server.restart(await authProject(agent("guarded"), { extra: ends(kind) }));
      const answer = await client.refresh(tokens.refresh_token);
      assert.deepEqual([answer.status, answer.json.error], [400, "invalid_grant"]);
      await server.restart();
      await allDead([tokens]);
    });
  }
});

test("SIGKILL behind an answer loses nothing of it", async () => {
  for (let round = 0; round < 3; round++) {
    const code = await client.code();
    await server.restart();
    const { json } = await client.redeem(code);
    await server.restart();
    assert.equal(await letIn(server, json.access_token), true);
    const refreshed = await client.refresh(json.refresh_token);
    await server.restart();
    assert.equal(await letIn(server, refreshed.json.access_token), true);
    assert.equal((await client.refresh(json.refresh_token)).text, refreshed.text, "the same answer, once more");
    const next = await client.refresh(refreshed.json.refresh_token);
    assert.equal(next.status, 200);
    await server.restart();
    assert.equal((await client.revoke(next.json.refresh_token)).status, 200);
    await server.restart();
    await allDead([json, refreshed.json, next.json]);
  }
});
