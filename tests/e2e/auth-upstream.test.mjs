// Sign-in with a provider: GitHub's way and OpenID Connect, with one that is honest, one that lies, and a real one.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startHub } from "../lib/hub.mjs";
import { ADA, startIdentity, startLiar } from "../lib/identity.mjs";
import { allowed, Client, guardedSignIn, HUB_SECRETS, isNotice, OIDC_SECRETS, opened, signedIn, startSignIn, tokens, withHub, withIdentity } from "../lib/signin.mjs";
import { load } from "../lib/tools.mjs";
import { plain, Visitor } from "../lib/visitor.mjs";

describe("GitHub", () => {
  let hub, server, client;
  before(async () => {
    hub = await startHub();
    const upstream = withHub(hub, { scopes: ["read:user", "user:email"], claims: { name: "login", kind: "type" } });
    server = await startSignIn(guardedSignIn(upstream, { claims: ["kind", "missing"] }), { name: "signin-github", bindings: HUB_SECRETS });
    client = await Client.register(server);
  });
  after(async () => {
    await server?.kill();
    hub?.close();
  });

  test("the number of the account, its primary verified email, and claims under our names; the token is for nobody but the Worker", async () => {
    hub.lasts = undefined;
    const { access_token, ...reply } = await signedIn(client, new Visitor(), hub);
    const asked = hub.authorizations.at(-1);
    assert.equal(asked.scope, "read:user user:email");
    assert.equal(asked.redirect_uri, `${server.url}/callback`);
    assert.equal(asked.code_challenge_method, "S256");
    const { props, upstream } = await server.knows(access_token);
    assert.deepEqual(props, { iss: hub.url, sub: "583231", claims: { sub: "583231", name: "octocat", email: "octocat@example.com", kind: "User" } });
    const { token } = JSON.parse(upstream);
    assert.ok(hub.live(token));
    assert.ok(!JSON.stringify({ access_token, ...reply, props }).includes(token));
    assert.doesNotMatch(server.worker.stderr(), /gho_|the secret of the hub/);
  });

  test("an email that is not verified, or not to be had, is not there", async () => {
    hub.emails[1].verified = false;
    try {
      const { access_token } = await signedIn(client, new Visitor(), hub);
      assert.equal((await server.knows(access_token)).props.claims.email, undefined);
    } finally {
      hub.emails[1].verified = true;
    }
  });

  test("a token that ends is refreshed when it is wanted, once for many who want it", async () => {
    hub.lasts = 30; // less than the minute before the end in which it is refreshed
    const { access_token } = await signedIn(client, new Visitor(), hub);
    hub.lasts = 3600;
    const before = hub.refreshed;
    const answers = await Promise.all(Array.from({ length: 10 }, () => server.knows(access_token)));
    assert.equal(hub.refreshed, before + 1);
    const given = new Set(answers.map(({ upstream }) => JSON.parse(upstream).token));
    assert.equal(given.size, 1);
    assert.ok(hub.live([...given][0]));
    hub.lasts = undefined;
  });

  test("state fixation: the callback belongs to the browser that began", async () => {
    const attacker = new Visitor();
    const visited = await visitedHub(attacker);
    assert.equal(new URL(visited.location).pathname, "/callback");
    // The victim is given the attacker's link.
    isNotice(await new Visitor().get(visited.location), 400, /not started in this browser/);
    // And has a sign-in of their own under way.
    const victim = new Visitor();
    const own = await visitedHub(victim);
    const { verifier } = client;
    isNotice(await victim.get(visited.location), 400, /not started in this browser/);
    // Their own code with the attacker's state is no better.
    const mixed = new URL(own.location);
    mixed.searchParams.set("state", new URL(visited.location).searchParams.get("state"));
    isNotice(await victim.get(mixed.href), 400, /not started in this browser/);
    isNotice(await victim.get(server.page("/callback?code=x")), 400, /Missing state/);
    // A handle of the consent page is no state.
    const page = await opened(client, victim);
    isNotice(await victim.get(server.page(`/callback?code=x&state=${page.form.handle}`)), 400, /This sign-in is over/);
    await tokens(client, await victim.get(own.location), verifier);
    isNotice(await victim.get(own.location), 400, /This sign-in is over/);
  });

  async function visitedHub(visitor) {
    return visitor.follow(await allowed(visitor, await opened(client, visitor)), [hub.url]);
  }

  test("who declines there is sent back with that", async () => {
    for (const [decision, error] of [["access_denied", "access_denied"], ["redirect_uri_mismatch", "server_error"]]) {
      hub.decision = decision;
      const visitor = new Visitor();
      const answer = await visitor.get((await visitedHub(visitor)).location);
      hub.decision = "allow";
      assert.deepEqual(Object.fromEntries(new URL(answer.location).searchParams), { error, state: "a state", iss: server.url });
    }
  });

  const broken = {
    "answers no JSON": ["/login/oauth/access_token", (response) => response.end("<html>"), /answered no JSON/],
    "refuses": ["/login/oauth/access_token", (response) => response.writeHead(401).end('{"error":"unauthorized gho_secret"}'), /answers 401, no token/],
    "redirects elsewhere": ["/api/v3/user", (response) => response.writeHead(302, { location: `${"http://127.0.0.1:1"}/` }).end(), /answered no JSON/],
    "is too long": ["/api/v3/user", (response) => response.end(JSON.stringify("x".repeat(2 << 20))), /answered more than 1048576 bytes/],
    "says nobody": ["/api/v3/user", (response) => response.end('{"login":"octocat"}'), /answers 200 and no account/],
    "breaks off": ["/api/v3/user", (response) => response.socket.destroy(), /could not be reached/],
  };
  for (const [what, [path, answer, logged]] of Object.entries(broken)) {
    test(`a provider that ${what}: a page, with a way back`, async () => {
      const visitor = new Visitor();
      const { location } = await visitedHub(visitor);
      hub.broken = { path, answer };
      const page = await visitor.get(location);
      hub.broken = undefined;
      isNotice(page, 502, /Signing in with GitHub did not work/);
      const [, back] = /<a class="button" href="([^"]+)"/.exec(page.text);
      assert.deepEqual(Object.fromEntries(new URL(plain(back)).searchParams), { error: "server_error", state: "a state", iss: server.url });
      assert.match(server.worker.stderr(), logged);
      assert.doesNotMatch(server.worker.stderr(), /gho_/);
    });
  }

  test("consent is remembered where it was given, for what was allowed, and never for a program of this computer", async () => {
    const redirect = "https://notes.example/cb";
    const far = await Client.register(server, { redirect });
    const visitor = new Visitor();
    const page = await opened(far, visitor);
    assert.match(page.text, /Do not ask again in this browser for 30 days/);
    await visitor.follow(await allowed(visitor, page, { remember: "yes" }), [server.url, hub.url]);
    const again = (parameters, who = visitor, which = far) => who.get(server.page(which.url(parameters)));
    const straight = await again({ scope: "notes:read" });
    assert.equal(straight.status, 302, "the page is left out");
    await tokens(far, await visitor.follow(straight, [server.url, hub.url]));
    assert.equal((await again({}, new Visitor())).status, 200, "another browser");
    assert.equal((await again({ resource: `${server.url}/sse` })).status, 200, "for something else");
    const other = await Client.register(server, { redirect });
    assert.equal((await again({}, visitor, other)).status, 200, "another client");

    const less = await Client.register(server, { redirect });
    const narrow = new Visitor();
    await allowed(narrow, await opened(less, narrow, { scope: "notes:read" }), { remember: "yes" });
    assert.equal((await again({ scope: "notes:read" }, narrow, less)).status, 302);
    assert.equal((await again({ scope: "notes:read notes:write" }, narrow, less)).status, 200, "more than was allowed");

    const here = new Visitor();
    const near = await opened(client, here);
    assert.doesNotMatch(near.text, /Do not ask again/);
    await allowed(here, near, { remember: "yes" });
    assert.equal((await again({}, here, client)).status, 200);
  });
});

describe("OpenID Connect", () => {
  let liar, server, client;
  before(async () => {
    liar = await startLiar();
    server = await startSignIn(guardedSignIn(withIdentity(liar)), { name: "signin-oidc", bindings: OIDC_SECRETS });
    client = await Client.register(server);
  });
  after(async () => {
    await server?.kill();
    liar?.close();
  });

  const back = async () => {
    const visitor = new Visitor();
    return visitor.follow(await allowed(visitor, await opened(client, visitor)), [server.url, liar.url]);
  };

  test("an honest provider", async () => {
    const { access_token } = await tokens(client, await back());
    const { props, upstream } = await server.knows(access_token);
    assert.deepEqual(props, { iss: liar.url, sub: "mallory", claims: { sub: "mallory", name: "Mallory", email: "mallory@example.com" } });
    assert.equal(JSON.parse(upstream).token, "an access token");
  });

  const now = () => Math.floor(Date.now() / 1000);
  const lies = {
    "another nonce": [({ sign }, claims) => sign({ ...claims, nonce: "of another sign-in" }), /is of another sign-in/],
    "no nonce": [({ sign }, { nonce, ...claims }) => sign(claims), /is of another sign-in/],
    "another audience": [({ sign }, claims) => sign({ ...claims, aud: "somebody-else" }), /ERR_JWT_CLAIM_VALIDATION_FAILED/],
    "several audiences without who asked": [({ sign }, claims) => sign({ ...claims, aud: [claims.aud, "somebody-else"] }), /for another application/],
    "who asked is another": [({ sign }, claims) => sign({ ...claims, azp: "somebody-else" }), /for another application/],
    "another issuer": [({ sign }, claims) => sign({ ...claims, iss: "https://id.example.com" }), /ERR_JWT_CLAIM_VALIDATION_FAILED/],
    "expired": [({ sign }, claims) => sign({ ...claims, exp: now() - 60 }), /ERR_JWT_EXPIRED/],
    "without an end": [({ sign }, { exp, ...claims }) => sign(claims), /ERR_JWT_CLAIM_VALIDATION_FAILED/],
    "not yet valid": [({ sign }, claims) => sign({ ...claims, nbf: now() + 600 }), /ERR_JWT_CLAIM_VALIDATION_FAILED/],
    "without a subject": [({ sign }, { sub, ...claims }) => sign(claims), /ERR_JWT_CLAIM_VALIDATION_FAILED/],
    "an empty subject": [({ sign }, claims) => sign({ ...claims, sub: "" }), /does not say who/],
    "alg none": [(_, claims) => `${part({ alg: "none" })}.${part(claims)}.`, /ERR_JOSE_ALG_NOT_ALLOWED/],
    "HS256 with the public key": [async ({ publicKey, sign }, claims) => {
      const { exportSPKI } = load("jose");
      return sign(claims, { alg: "HS256" }, new TextEncoder().encode(await exportSPKI(publicKey)));
    }, /ERR_JOSE_ALG_NOT_ALLOWED/],
    "a key of somebody else": [async ({ sign }, claims) => {
      const { privateKey } = await load("jose").generateKeyPair("RS256");
      return sign(claims, {}, privateKey);
    }, /ERR_JWS_SIGNATURE_VERIFICATION_FAILED/],
    "a key that nobody knows": [({ sign }, claims) => sign(claims, { kid: "two" }), /ERR_JWKS_NO_MATCHING_KEY/],
    "changed": [async ({ sign }, claims) => {
      const [head, , signature] = (await sign(claims)).split(".");
      return `${head}.${part({ ...claims, sub: "admin" })}.${signature}`;
    }, /ERR_JWS_SIGNATURE_VERIFICATION_FAILED/],
    "none at all": [() => undefined, /gave no ID token/],
    "no token": [() => "nonsense", /is no good/],
  };
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  for (const [what, [token, logged]] of Object.entries(lies)) {
    test(`an ID token: ${what}`, async () => {
      const honest = liar.token;
      liar.token = (claims, keys) => token(keys, claims);
      const from = server.worker.stderr().length;
      const page = await back();
      liar.token = honest;
      isNotice(page, 502, /Signing in with localhost:\d+ did not work/);
      assert.match(server.worker.stderr().slice(from), logged);
    });
  }

  test("an answer of another issuer, mixed in", async () => {
    liar.back = { iss: "https://id.example.com" };
    isNotice(await back(), 502, /did not work/);
    liar.back = { iss: liar.url };
    await tokens(client, await back());
    liar.back = {};
  });

  test("user info about somebody else", async () => {
    liar.userinfo = { sub: "admin" };
    isNotice(await back(), 502, /did not work/);
    liar.userinfo = {};
  });

  test("an email that is not verified is not there", async () => {
    liar.userinfo = { email_verified: false };
    const { access_token } = await tokens(client, await back());
    assert.equal((await server.knows(access_token)).props.claims.email, undefined);
    liar.userinfo = {};
  });

  for (const [what, configuration, logged] of [
    ["another issuer", { issuer: "https://id.example.com" }, /of another issuer than declared/],
    ["a place without https", { token_endpoint: "http://id.example.com/token" }, /`token_endpoint` of localhost:\d+ is not https/],
    ["no keys", { jwks_uri: undefined }, /`jwks_uri` of localhost:\d+ is no URL/],
  ]) {
    test(`a configuration with ${what}`, async () => {
      liar.configuration = configuration;
      const fresh = await startSignIn(guardedSignIn(withIdentity(liar)), { name: "signin-misled", bindings: OIDC_SECRETS });
      try {
        const visitor = new Visitor();
        const own = await Client.register(fresh);
        isNotice(await allowed(visitor, await opened(own, visitor)), 502, /does not work at the moment/);
        assert.match(fresh.worker.stderr(), logged);
      } finally {
        liar.configuration = {};
        await fresh.kill();
      }
    });
  }
});

describe("a real provider", () => {
  test("sign-in, claims of the user info, and a refresh with rotation", async () => {
    const identity = await startIdentity();
    const upstream = withIdentity(identity, { scopes: ["openid", "profile", "email", "offline_access"], claims: { nick: "nickname" } });
    const server = await startSignIn(guardedSignIn(upstream, { claims: ["groups", "nick"] }), { name: "signin-real", bindings: OIDC_SECRETS });
    try {
      identity.serve(`${server.url}/callback`);
      const client = await Client.register(server);
      const visitor = new Visitor();
      const origins = [server.url, identity.url];
      let page = await visitor.follow(await allowed(visitor, await opened(client, visitor)), origins);
      // Its own pages: who you are, then whether it may.
      for (const fields of [{ prompt: "login", login: "ada", password: "any" }, { prompt: "consent" }]) {
        const [, action] = /<form[^>]* action="([^"]+)"/.exec(page.text);
        page = await visitor.follow(await visitor.post(new URL(action, page.url).href, fields), origins);
      }
      const { access_token } = await tokens(client, page);
      const { props, upstream: first } = await server.knows(access_token);
      assert.deepEqual(props, { iss: identity.url, sub: "ada", claims: { sub: "ada", name: ADA.name, email: ADA.email, groups: ADA.groups, nick: ADA.nickname } });
      // The token ends in half a minute, so each time that it is wanted there is a fresh one, from a refresh token that works once.
      const fresh = JSON.parse(first);
      const { upstream: second } = await server.knows(access_token);
      assert.notEqual(JSON.parse(second).token, fresh.token);
      const me = await fetch(`${identity.url}/me`, { headers: { authorization: `Bearer ${JSON.parse(second).token}` } });
      assert.equal((await me.json()).sub, "ada");
    } finally {
      await server.kill();
      identity.close();
    }
  });
});
