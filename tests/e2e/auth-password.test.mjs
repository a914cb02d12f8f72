// Sign-in with a password, by hand: the page, and guesses. `auth-consent` has a browser.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { request } from "../lib/http.mjs";
import { PASSWORD, REDIRECT } from "../lib/oauth.mjs";
import { shiftClock } from "../lib/project.mjs";
import { allowed, Client, guardedSignIn, isNotice, opened, startSignIn, tokens } from "../lib/signin.mjs";
import { formOf, plain, Visitor } from "../lib/visitor.mjs";

describe("password", () => {
  let server, client;
  before(async () => {
    server = await startSignIn(guardedSignIn(), { name: "signin-password" });
    client = await Client.register(server, { client_name: "Notes on the desk" });
  });
  after(() => server?.kill());

  test("signs in, with the scopes that are left ticked and those that are always needed", async () => {
    const visitor = new Visitor();
    const page = await opened(client, visitor);
    assert.deepEqual(page.form.scopes, [
      { scope: "notes:read", ticked: true, needed: true },
      { scope: "notes:write", ticked: true, needed: false },
    ]);
    const answer = await visitor.post(page.form.action, { handle: page.form.handle, decision: "allow", password: PASSWORD });
    assert.equal(answer.status, 302);
    const back = new URL(answer.location);
    assert.equal(back.origin + back.pathname, REDIRECT);
    assert.equal(back.searchParams.get("state"), "a state");
    assert.equal(back.searchParams.get("iss"), server.url);
    const { access_token, scope } = await tokens(client, answer);
    assert.equal(scope, "notes:read");
    const { props } = await server.knows(access_token);
    assert.deepEqual(props, { iss: "password", sub: "owner", claims: { sub: "owner" } });
    assert.deepEqual(visitor.cookies, [], "nothing is left in the browser");
  });

  test("scopes that nobody declared are not granted, whatever the form says", async () => {
    const visitor = new Visitor();
    const page = await opened(client, visitor, { scope: "notes:read" });
    const fields = [["handle", page.form.handle], ["decision", "allow"], ["password", PASSWORD], ["scope", "admin"], ["scope", "notes:read"]];
    const { scope } = await tokens(client, await visitor.post(page.form.action, fields));
    assert.equal(scope, "notes:read");
  });

  test("Deny tells the client, and ends the handle", async () => {
    const visitor = new Visitor();
    const page = await opened(client, visitor);
    const answer = await allowed(visitor, page, { decision: "deny" });
    const { origin, pathname, searchParams } = new URL(answer.location);
    assert.equal(origin + pathname, REDIRECT);
    assert.deepEqual(Object.fromEntries(searchParams), { error: "access_denied", state: "a state", iss: server.url });
    isNotice(await allowed(visitor, page, { password: PASSWORD }), 400, /This sign-in is over/);
  });

  test("a browser gets a page that goes on, so that no form-action stands between", async () => {
    const visitor = new Visitor();
    const answer = await allowed(visitor, await opened(client, visitor), { password: PASSWORD }, { accept: "text/html,*/*;q=0.8" });
    assert.equal(answer.status, 200);
    assert.equal(answer.location, null);
    const [, url] = /<meta http-equiv="refresh" content="0;url=([^"]+)">/.exec(answer.text);
    assert.equal(new URL(plain(url)).origin, new URL(REDIRECT).origin);
    await tokens(client, { location: plain(url) });
  });

  test("the handle works once", async () => {
    const visitor = new Visitor();
    const page = await opened(client, visitor);
    const cookies = page.headers.getSetCookie().map((set) => set.split(";")[0]).join("; ");
    assert.equal((await allowed(visitor, page, { password: PASSWORD })).status, 302);
    // The browser has dropped its cookie; who kept it gets no further.
    isNotice(await allowed(new Visitor(), page, { password: PASSWORD }, { cookie: cookies }), 400, /expired or was already used/);
  });

  test("fifty approvals at once: one", async () => {
    const visitor = new Visitor();
    const page = await opened(client, visitor);
    const answers = await Promise.all(Array.from({ length: 50 }, () => allowed(visitor, page, { password: PASSWORD })));
    assert.equal(answers.filter(({ status }) => status === 302).length, 1);
    for (const answer of answers.filter(({ status }) => status !== 302)) isNotice(answer, 400, /This sign-in is over/);
  });

  test("a wrong password does not burn the handle, and keeps what was ticked", async () => {
    const visitor = new Visitor();
    const page = await opened(client, visitor);
    const wrong = await visitor.post(page.form.action, { handle: page.form.handle, decision: "allow", password: "swordfish" });
    assert.equal(wrong.status, 403);
    assert.match(wrong.text, /role="alert">This is not the password/);
    assert.doesNotMatch(wrong.text, /swordfish/);
    const form = formOf(wrong);
    assert.equal(form.handle, page.form.handle);
    assert.deepEqual(form.scopes.map(({ ticked }) => ticked), [true, false]);
    const { scope } = await tokens(client, await allowed(visitor, { form }, { password: PASSWORD }));
    assert.equal(scope, "notes:read");
  });

  test("the log tells of a wrong one, and holds neither it nor the right one", () => {
    const log = server.worker.stderr();
    assert.match(log, /sign-in: a wrong password/);
    assert.match(log, /sign-in: 400: invalid_request: This authorization expired or was already used/);
    assert.doesNotMatch(log, /swordfish|correct horse/);
  });
});

describe("guesses", () => {
  test("after five wrong ones nobody may try, over restarts, twice as long each time", async () => {
    const made = await guardedSignIn();
    const server = await startSignIn(made, { name: "signin-guesses" });
    let later;
    try {
      const client = await Client.register(server);
      const visitor = new Visitor();
      const page = await opened(client, visitor);
      const answers = await Promise.all(Array.from({ length: 25 }, (_, turn) => allowed(visitor, page, { password: `guess ${turn}` })));
      const count = (status) => answers.filter((answer) => answer.status === status).length;
      assert.deepEqual([count(403), count(429)], [4, 21], "the fifth has to wait already");
      const limited = await allowed(visitor, page, { password: PASSWORD });
      assert.equal(limited.status, 429, "even the right one");
      const wait = Number(limited.headers.get("retry-after"));
      assert.ok(wait > 50 && wait <= 60, `${wait} s`);
      assert.match(limited.text, /Too many wrong passwords\. Try again in \d+ seconds/);
      await server.restart();
      assert.equal((await allowed(visitor, page, { password: PASSWORD })).status, 429, "the count is not lost with the Worker");

      const { storage } = server.worker;
      await server.kill();
      later = await startSignIn(shiftClock(made, 61_000), { name: "signin-guesses", storage });
      const late = new Visitor();
      const again = await opened(new Client(later, client.id, REDIRECT), late);
      const sixth = await allowed(late, again, { password: "guess 26" });
      assert.equal(sixth.status, 429);
      const longer = Number(sixth.headers.get("retry-after"));
      assert.ok(longer > 110 && longer <= 120, `${longer} s`);
      await later.kill();

      later = await startSignIn(shiftClock(made, 190_000), { name: "signin-guesses", storage });
      const last = new Visitor();
      const client3 = new Client(later, client.id, REDIRECT);
      await tokens(client3, await allowed(last, await opened(client3, last), { password: PASSWORD }));
      // The right one has wiped the slate.
      assert.equal((await allowed(last, await opened(client3, last), { password: "guess 27" })).status, 403);
    } finally {
      await server.kill().catch(() => {});
      await later?.kill();
    }
  });

  for (const production of [false, true]) {
    test(`on the internet: ${production ? "stated, so allowed" : "refused, with the key that says so"}`, async () => {
      const server = await startSignIn(guardedSignIn({ production }), { name: "signin-production", bindings: { PUBLIC_URL: "https://mcp.example.com" } });
      try {
        const host = { host: "mcp.example.com", "content-type": "application/json" };
        const metadata = { redirect_uris: [REDIRECT], token_endpoint_auth_method: "none", client_name: "Far away" };
        const { json } = await request(server.port, { path: "/oauth/register", headers: host, body: JSON.stringify(metadata) });
        const path = new Client(server, json.client_id, REDIRECT).url({ resource: "https://mcp.example.com/mcp" });
        const page = await request(server.port, { method: "GET", path, headers: { host: host.host } });
        if (production) {
          assert.equal(page.status, 200);
          assert.match(page.headers["set-cookie"][0], /^__Host-oauth-consent-\w+=\w+; Path=\/; Secure; HttpOnly; SameSite=Lax/);
          // A cookie without the prefix, as a neighbouring host could set it, counts for nothing.
          const [cookie] = page.headers["set-cookie"][0].split(";");
          const form = formOf({ text: page.text, url: "https://mcp.example.com" });
          const body = new URLSearchParams({ handle: form.handle, decision: "allow", password: PASSWORD }).toString();
          const headers = { host: host.host, "content-type": "application/x-www-form-urlencoded" };
          const tossed = await request(server.port, { path, headers: { ...headers, cookie: cookie.replace("__Host-", "local-") }, body });
          assert.equal(tossed.status, 400);
          assert.match(tossed.text, /not started in this browser/);
          assert.equal((await request(server.port, { path, headers: { ...headers, cookie }, body })).status, 302);
        } else {
          assert.equal(page.status, 503);
          assert.match(plain(page.text), /`production = true`/);
          assert.match(server.worker.stderr(), /production = true/);
        }
      } finally {
        await server.kill();
      }
    });
  }
});
