// The page that asks for consent, and what people try against it, by hand.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { DECLARED } from "../lib/authproject.mjs";
import { request } from "../lib/http.mjs";
import { PASSWORD, REDIRECT, register } from "../lib/oauth.mjs";
import { allowed, Client, guardedSignIn, heading, isNotice, opened, startSignIn, tokens } from "../lib/signin.mjs";
import { tools } from "../lib/tools.mjs";
import { plain, Visitor } from "../lib/visitor.mjs";

describe("attacks on the page", () => {
  let server;
  before(async () => {
    server = await startSignIn(guardedSignIn(), { name: "signin-attacks" });
  });
  after(() => server?.kill());

  test("its headers", async () => {
    const client = await Client.register(server);
    const page = await opened(client, new Visitor());
    const policy = page.headers.get("content-security-policy");
    assert.match(policy, /^default-src 'none'; style-src 'sha256-[\w+/]+='; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/);
    const expected = { "x-frame-options": "DENY", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store", "content-type": "text/html; charset=utf-8" };
    for (const [name, value] of Object.entries(expected)) assert.equal(page.headers.get(name), value, name);
    assert.doesNotMatch(page.text, /<script|\son\w+=|style=/i);
    for (const cookie of page.headers.getSetCookie()) assert.match(cookie, /HttpOnly; SameSite=Lax/);
  });

  const names = [
    ["HTML", `<img src=x onerror=alert(1)>"'><script>alert(2)</script>`, `<img src=x onerror=alert(1)>"'><script>alert(2)</script>`],
    ["a hole of the template", "{{ form }}{{ client }}", "{{ form }}{{ client }}"],
    ["text that runs backwards", "Claude \u202egro.live\u202c\u2066 Code", "Claude gro.live Code"],
    ["what cannot be seen", "Cla\u200bu\u00adde\u{e0041}\u3164\ufeff \u2060Code\u0007", "Claude Code"],
    ["towers of accents", `Z${"\u0301\u0302\u0303\u0304".repeat(50)}algo`, "Z\u0301\u0302\u0303algo".normalize("NFC")],
    ["lines", "Acme\r\n\r\nThis application was verified by Acme", "Acme This application was verified by Acme"],
  ];
  for (const [what, name, shown] of names) {
    test(`a client's name with ${what}`, async () => {
      const client = await Client.register(server, { client_name: name });
      const page = await opened(client, new Visitor());
      assert.equal(heading(page), `Let ${shown} use Guarded?`);
      assert.doesNotMatch(page.text.replace(/<style>[\s\S]*<\/style>/, ""), /<img|<script/);
      assert.equal(page.text.match(/<form/g).length, 1);
    });
  }

  test("a client's name that is long, or nothing at all", async () => {
    const long = await opened(await Client.register(server, { client_name: "Notes ".repeat(100) }), new Visitor());
    assert.match(heading(long), /^Let Notes (Notes )*Notes… use Guarded\?$/);
    assert.ok(heading(long).length < 90);
    const client = await Client.register(server, { client_name: "\u200b\u202e" });
    assert.equal(heading(await opened(client, new Visitor())), `Let ${client.id} use Guarded?`);
  });

  test("a logo is never in the page, `javascript:` is no logo at all", async () => {
    const refused = await register(server, { redirect_uris: [REDIRECT], client_name: "Logo", logo_uri: "javascript:alert(1)" });
    assert.equal(refused.status, 400);
    assert.equal(refused.json.error, "invalid_client_metadata");
    const page = await opened(await Client.register(server, { logo_uri: "https://evil.example/track.png", client_uri: "https://evil.example/" }), new Visitor());
    assert.doesNotMatch(page.text, /evil\.example|<img/);
  });

  test("where the access goes, and that it is a program of this computer", async () => {
    const here = await opened(await Client.register(server), new Visitor());
    assert.match(here.text, /<b>127\.0\.0\.1:33418<\/b>/);
    assert.match(here.text, /This lets in a program on your computer/);
    assert.match(here.text, /nobody has checked its name/);
    const there = await opened(await Client.register(server, { redirect: "https://аpple.example/cb" }), new Visitor());
    assert.match(there.text, /<b>xn--pple-43d\.example<\/b>/, "letters that look like others are told apart");
    assert.doesNotMatch(there.text, /program on your computer/);
  });

  // A document of a client has to be on the internet, so this page is made without one.
  test("a client that a site tells about: the site, which is known, before the name, which is not", async () => {
    const { consentPage } = await import(pathToFileURL(join(tools.repo, "templates/project/auth/consent.mjs")));
    const about = {
      clientId: "https://evil.example/claude.ai/client.json",
      clientName: "Claude",
      clientDomain: "evil.example",
      redirectUri: "http://[::1]:4000/callback",
      scope: ["notes:read"],
    };
    const page = await consentPage(DECLARED, about, "a handle", "/authorize?a=b", { next: "GitHub", days: 0 });
    const text = await page.text();
    assert.match(text, /<dd><b>evil\.example<\/b> <small>The name is what this site says\.<\/small><\/dd>/);
    assert.match(text, /<b>\[::1\]:4000<\/b>/);
    assert.match(text, /This lets in a program on your computer/);
    assert.doesNotMatch(text, /Do not ask again|claude\.ai/);
  });

  const redirects = {
    "an unregistered one": "https://evil.example/cb",
    "another path": "http://127.0.0.1:33418/other",
    "a longer one": `${REDIRECT}/../../evil`,
    "another scheme": "https://127.0.0.1:33418/callback",
    "a name for the address": "http://localhost:33418/callback",
    "a user in it": "http://127.0.0.1:33418@evil.example/callback",
    "without a scheme": "//evil.example",
    "javascript:": "javascript:alert(1)",
    "none": undefined,
  };
  for (const [what, redirect_uri] of Object.entries(redirects)) {
    test(`open redirect: ${what}`, async () => {
      const client = await Client.register(server);
      isNotice(await new Visitor().get(server.page(client.url({ redirect_uri }))), 400, /cannot sign in here/);
    });
  }

  test("a loopback address may have another port, and nothing else", async () => {
    const client = await Client.register(server);
    const page = await opened(client, new Visitor(), { redirect_uri: "http://127.0.0.1:50000/callback" });
    assert.match(page.text, /<b>127\.0\.0\.1:50000<\/b>/);
  });

  test("an unknown client", async () => {
    isNotice(await new Visitor().get(server.page(new Client(server, "nobody", REDIRECT).url())), 400, /cannot sign in here/);
  });

  for (const [what, change, error] of [
    ["no PKCE", { code_challenge: undefined, code_challenge_method: undefined }, "invalid_request"],
    ["`plain` PKCE", { code_challenge_method: "plain" }, "invalid_request"],
    ["tokens in the address", { response_type: "token" }, "unsupported_response_type"],
    ["a resource that is not here", { resource: "https://elsewhere.example/mcp" }, "invalid_target"],
    ["scopes that are none", { scope: "root admin" }, "invalid_scope"],
  ]) {
    test(`told to the client: ${what}`, async () => {
      const client = await Client.register(server);
      const answer = await new Visitor().get(server.page(client.url(change)));
      assert.equal(answer.status, 302, answer.text);
      const { origin, searchParams } = new URL(answer.location);
      assert.equal(origin, new URL(REDIRECT).origin);
      assert.deepEqual([searchParams.get("error"), searchParams.get("state"), searchParams.get("iss")], [error, "a state", server.url]);
    });
  }

  test("CSRF: a form of another site, or of another browser", async () => {
    const client = await Client.register(server);
    const visitor = new Visitor();
    const page = await opened(client, visitor);
    const right = { password: PASSWORD };
    isNotice(await allowed(new Visitor(), page, right), 400, /not started in this browser/);
    const attacker = new Visitor();
    const own = await opened(client, attacker);
    // The victim's browser with the attacker's handle.
    isNotice(await allowed(visitor, own, right), 400, /not started in this browser/);
    isNotice(await allowed(visitor, page, right, { "sec-fetch-site": "cross-site", origin: "null" }), 403, /came from another site/);
    isNotice(await allowed(visitor, page, right, { "sec-fetch-site": "same-site" }), 403, /came from another site/);
    isNotice(await allowed(visitor, page, right, { origin: "https://evil.example" }), 403, /came from another site/);
    isNotice(await allowed(visitor, page, { ...right, handle: "" }), 400, /This sign-in is over/);
    // None of that has used it up, and a GET approves nothing.
    const [path] = page.form.action.split("?");
    assert.equal((await visitor.get(`${path}?${new URLSearchParams({ handle: page.form.handle, decision: "allow", ...right })}`)).status, 400);
    await tokens(client, await allowed(visitor, page, right, { "sec-fetch-site": "same-origin", origin: "null" }), page.verifier);
  });

  test("what comes is bounded", async () => {
    const client = await Client.register(server);
    const visitor = new Visitor();
    const page = await opened(client, visitor);
    isNotice(await allowed(visitor, page, { more: "x".repeat(20_000) }), 400, /cannot be read/);
    isNotice(await allowed(visitor, page, {}, { "content-type": "text/plain" }), 400, /cannot be read/);
    isNotice(await visitor.get(server.page(client.url({ state: "x".repeat(9000) }))), 414, /too long/);
    for (const method of ["PUT", "DELETE", "OPTIONS"]) {
      const answer = await request(server.port, { method, path: "/authorize" });
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.allow, "GET, POST");
    }
    isNotice(await visitor.get(server.page("/callback?code=a&state=b")), 404, /nothing here/);
  });

  test("a template of one's own: its holes are filled once, its styles are let in", async () => {
    const consent = `<!doctype html><title>{{ server }}</title><style>\r\nb { color: red }\r\n</style><h1>{{ client }}</h1><i title="{{client}}">{{ redirect_host }}</i>{{ notes }}{{ form }}{{ nothing }}`;
    const own = await startSignIn(guardedSignIn({}, { consent }), { name: "signin-template" });
    try {
      const client = await Client.register(own, { client_name: `"><script>{{ form }}` });
      const visitor = new Visitor();
      const page = await opened(client, visitor);
      assert.match(page.text, /<h1>&#34;&#62;&#60;script&#62;\{\{ form \}\}<\/h1>/);
      assert.match(page.text, /<i title="&#34;&#62;&#60;script&#62;\{\{ form \}\}">127\.0\.0\.1:33418<\/i>/);
      const hash = createHash("sha256").update("\nb { color: red }\n").digest("base64");
      assert.ok(page.headers.get("content-security-policy").includes(`style-src 'sha256-${hash}'`));
      await tokens(client, await allowed(visitor, page, { password: PASSWORD }));
    } finally {
      await own.kill();
    }
  });
});
