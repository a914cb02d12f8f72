// `mode = "resource"`: JWTs of an issuer that is somewhere else, which here is a real endpoint of keys on this machine.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { bearer, challenge, kept, refused, startGuarded, tool, whoIs } from "../lib/guarded.mjs";
import { request } from "../lib/http.mjs";
import { now } from "../lib/issuer.mjs";
import { message } from "../lib/mcp.mjs";
import { declared, PUBLIC, READ, together } from "../lib/resource.mjs";
import { eventually } from "../lib/wait.mjs";

const POINTER = `${PUBLIC}/.well-known/oauth-protected-resource`;

let issuer, worker, port, both;
before(async () => {
  both = await together();
  ({ issuer, worker, port } = both);
  await issuer.add("curve", "ES256");
  await issuer.add("edwards", "EdDSA");
  await issuer.add("long", "RS512");
});
after(() => both?.end());

describe("where to get a token is said", () => {
  for (const [path, resource] of [["/mcp", "/mcp"], ["/sse", "/sse"], ["", "/mcp"]]) {
    test(`in the metadata at the well-known place${path && ` of ${path}`}, to any page`, async () => {
      const response = await request(port, { method: "GET", path: `/.well-known/oauth-protected-resource${path}`, headers: { origin: "https://anywhere.example" } });
      assert.equal(response.status, 200, response.text);
      assert.equal(response.headers["content-type"], "application/json");
      assert.equal(response.headers["access-control-allow-origin"], "*");
      assert.deepEqual(response.json, {
        resource: PUBLIC + resource,
        authorization_servers: [issuer.url],
        scopes_supported: ["notes:read"],
        bearer_methods_supported: ["header"],
        resource_name: "guarded",
      });
    });
  }

  test("which may be asked for with the version of MCP in a header, and not be written to", async () => {
    const headers = { origin: "https://anywhere.example", "access-control-request-method": "GET", "access-control-request-headers": "mcp-protocol-version" };
    const path = "/.well-known/oauth-protected-resource/mcp";
    const preflight = await request(port, { method: "OPTIONS", path, headers });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers["access-control-allow-origin"], "*");
    assert.equal(preflight.headers["access-control-allow-headers"], "*");
    assert.equal((await request(port, { path, body: "{}" })).status, 405);
    assert.equal((await request(port, { method: "HEAD", path })).status, 200);
    assert.equal((await request(port, { method: "GET", path, headers: bearer(await issuer.token(READ)) })).status, 200);
  });

  test("in the challenge to who has no token: where the metadata is, and which scopes are needed", async () => {
    assert.deepEqual(challenge(await tool(port, "whoami")), { scheme: "Bearer", resource_metadata: `${POINTER}/mcp`, scope: "notes:read" });
    for (const [method, path] of [["GET", "/sse"], ["POST", "/sse"]]) {
      const response = await request(port, { method, path, headers: { accept: "text/event-stream" } });
      assert.equal(response.status, 401);
      assert.deepEqual(challenge(response), { scheme: "Bearer", resource_metadata: `${POINTER}/sse`, scope: "notes:read" });
    }
  });

  test("to who has a bad one, beside the error", async () => {
    const rest = refused(worker, await tool(port, "whoami", {}, bearer("of-nothing")), { says: /no JWT/ });
    assert.deepEqual(rest, { resource_metadata: `${POINTER}/mcp`, scope: "notes:read" });
  });

  test("to who needs more scopes: which, all at once, when the token is seen first and when it is known", async () => {
    const token = await issuer.token(READ);
    for (let times = 0; times < 3; times++) {
      const response = await tool(port, "add_note", { text: "milk" }, bearer(token));
      assert.equal(response.status, 403);
      const { error, scope, resource_metadata } = challenge(response);
      assert.deepEqual({ error, resource_metadata }, { error: "insufficient_scope", resource_metadata: `${POINTER}/mcp` });
      assert.deepEqual(scope.split(" ").sort(), ["notes:read", "notes:write"]);
    }
    const more = await issuer.token({ ...READ, scope: "notes:read notes:write" });
    assert.ok(message(await tool(port, "add_note", { text: "milk" }, bearer(more))).result);
  });
});

describe("a token is good", () => {
  const good = (claims, options) => async () => assert.match(await whoIs(port, bearer(await issuer.token({ ...READ, ...claims }, options))), / sub=ada /);

  for (const [kid, alg] of [["first", "RS256"], ["curve", "ES256"], ["edwards", "EdDSA"]]) test(`signed by ${alg}`, good({}, { kid }));
  test("signed by EdDSA under its other name", good({}, { kid: "edwards", header: { alg: "Ed25519" } }));
  for (const typ of ["at+jwt", "application/at+jwt", "JWT", "AT+JWT", undefined]) test(`of the type ${typ}`, good({}, { header: { typ } }));
  test("for the other endpoint of the same server", good({ aud: `${PUBLIC}/sse` }));
  test("for several audiences", good({ aud: ["https://other.example", `${PUBLIC}/mcp`] }));
  test("that expired less ago than clocks may differ", good({ exp: now() - 10 }));
  test("that begins within what clocks may differ", good({ nbf: now() + 10 }));
  test("whatever else it says", good({ iat: now() + 1000, jti: "x", crit: "claim", "": { "": [] }, constructor: "x", toString: 1 }));

  test("and says who it is; of the claims only those that are declared go on", async () => {
    const token = await issuer.token({ ...READ, scope: "notes:read openid", groups: ["staff"], email: "ada@example.com", undeclared: "kept back", client_id: "inspector" });
    for (let times = 0; times < 2; times++) {
      assert.equal(await whoIs(port, bearer(token)), `iss=${issuer.url} sub=ada client=inspector scopes=notes:read+openid groups=staff email=ada@example.com undeclared=none`);
    }
    kept(worker, token);
  });

  for (const [title, claims, scopes] of [
    ["scp as a list", { scope: undefined, scp: ["notes:read", "b", 7, "", "b"] }, "notes:read+b"],
    ["scp as a text", { scope: undefined, scp: "notes:read b" }, "notes:read+b"],
    ["scope as a list", { scope: ["notes:read", "b"] }, "notes:read+b"],
    ["scope before scp", { scp: "notes:write" }, "notes:read"],
  ]) {
    test(`and its scopes are in ${title}`, async () => assert.match(await whoIs(port, bearer(await issuer.token({ ...READ, ...claims }))), new RegExp(` scopes=${scopes.replace("+", "\\+")} `)));
  }

  test("and its client may be in azp", async () => assert.match(await whoIs(port, bearer(await issuer.token({ ...READ, azp: "web" }))), / client=web /));

  test("but for no more than its scopes", async () => {
    for (const claims of [{ scope: undefined }, { scope: "" }, { scope: 7 }, { scope: "notes:reader" }]) {
      const response = await tool(port, "list_notes", {}, bearer(await issuer.token({ ...READ, ...claims })));
      assert.equal(response.status, 403);
      assert.equal(challenge(response).error, "insufficient_scope");
    }
  });
});

describe("a token is refused", () => {
  const attacks = {
    "of another audience": [/another audience/, () => issuer.token({ ...READ, aud: "https://other.example/mcp" })],
    "for a path beneath": [/another audience/, () => issuer.token({ ...READ, aud: `${PUBLIC}/mcp/` })],
    "for the host alone": [/another audience/, () => issuer.token({ ...READ, aud: PUBLIC })],
    "of no audience": [/another audience/, () => issuer.token({ ...READ, aud: undefined })],
    "whose audience is none": [/another audience/, () => issuer.token({ ...READ, aud: [[`${PUBLIC}/mcp`]] })],
    "of another issuer": [/another issuer/, () => issuer.token({ ...READ, iss: "https://other.example/" })],
    "of the issuer without its slash": [/another issuer/, () => issuer.token({ ...READ, iss: issuer.url.slice(0, -1) })],
    "of no issuer": [/another issuer/, () => issuer.token({ ...READ, iss: undefined })],
    "that has expired": [/expired/, () => issuer.token({ ...READ, exp: now() - 31 })],
    "that never expires": [/expiry/, () => issuer.token({ ...READ, exp: undefined })],
    "whose expiry is a text": [/expiry/, () => issuer.token({ ...READ, exp: "2099-01-01" })],
    "that is not valid yet": [/not valid yet/, () => issuer.token({ ...READ, nbf: now() + 60 })],
    "of no subject": [/no subject/, () => issuer.token({ ...READ, sub: undefined })],
    "of an empty subject": [/no subject/, () => issuer.token({ ...READ, sub: "" })],
    "whose subject is a list": [/no subject/, () => issuer.token({ ...READ, sub: ["ada"] })],
    "whose subject is half a character": [/no Unicode/, () => issuer.token({ ...READ, sub: "\ud83d" })],
    "whose claims are nested too deeply": [/too deeply/, () => issuer.token({ ...READ, groups: JSON.parse("[".repeat(200) + "]".repeat(200)) })],
    "of another type": [/another type/, () => issuer.token(READ, { header: { typ: "secevent+jwt" } })],
    "of an ID token's type": [/another type/, () => issuer.token(READ, { header: { typ: "id_token+jwt" } })],
    "of a type that is no text": [/./, () => issuer.token(READ, { header: { typ: ["at+jwt"] } })],
    "that must be understood in a way that it is not": [/no JWT/, () => issuer.token(READ, { header: { crit: ["exp"], exp: 1 } }).catch(() => critical())],
    "with alg none": [/not allowed/, async () => issuer.unsigned(READ)],
    "with HS256 and the public key in PEM": [/not allowed/, () => issuer.hmac(READ)],
    "with HS256 and the public key as it is published": [/not allowed/, () => issuer.hmac(READ, { pem: false })],
    "with HS512 and the public key": [/not allowed/, () => issuer.hmac(READ, { alg: "HS512" })],
    "signed in a way that is not declared": [/not allowed/, () => issuer.token(READ, { kid: "long" })],
    "of a key that says it is another": [/wrong signature/, () => issuer.forged(READ, { kid: "curve" })],
    "of a key that brings itself along": [/wrong signature/, () => issuer.forged(READ, { kid: "curve", header: { jwk: { kty: "EC" }, jku: `${issuer.origin}/elsewhere/keys`, x5u: issuer.origin } })],
    "of an unknown key": [/unknown key/, () => issuer.forged(READ, { kid: "of nobody" })],
    "whose algorithm is not that of its key": [/unknown key/, () => issuer.forged(READ, { kid: "first" })],
    "that was changed": [/wrong signature/, async () => changed(await issuer.token(READ), 1)],
    "whose signature was changed": [/wrong signature/, async () => changed(await issuer.token(READ), 2)],
    "without its signature": [/wrong signature/, async () => `${(await issuer.token(READ)).split(".").slice(0, 2).join(".")}.`],
    "that is no JWT": [/no JWT/, async () => "c2VjcmV0LXRva2Vu.bm90aGluZw"],
    "that is encrypted": [/no JWT/, async () => `${part({ alg: "dir", enc: "A128GCM" })}..${part("iv-of-twelve")}.${part("nothing at all")}.${part("sixteen letters!")}`],
  };

  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const critical = () => `${part({ alg: "RS256", kid: "first", crit: ["x"], x: 1 })}.${part({ iss: issuer.url, sub: "ada", exp: now() + 60, ...READ })}.${"A".repeat(342)}`;

  /** With another character in the middle of one of its parts: of the claims, a digit of a subject. */
  function changed(token, which) {
    const parts = token.split(".");
    if (which === 1) parts[1] = part({ ...JSON.parse(Buffer.from(parts[1], "base64url")), sub: "eve" });
    else parts[2] = parts[2].slice(0, 20) + (parts[2][20] === "A" ? "B" : "A") + parts[2].slice(21);
    return parts.join(".");
  }

  for (const [title, [says, make]] of Object.entries(attacks)) {
    test(title, async () => {
      const token = await make();
      for (let times = 0; times < 2; times++) {
        const rest = refused(worker, await tool(port, "whoami", {}, bearer(token)), { says, secret: token });
        assert.deepEqual(rest, { resource_metadata: `${POINTER}/mcp`, scope: "notes:read" });
      }
    });
  }

  test("of 10 KB, before anybody looks at it", async () => {
    const token = await issuer.token({ ...READ, padding: "x".repeat(8000) });
    assert.ok(token.length > 10_000);
    const rest = refused(worker, await tool(port, "whoami", {}, bearer(token)), { status: 400, error: "invalid_request", says: /larger/, secret: token });
    assert.deepEqual(rest, { resource_metadata: `${POINTER}/mcp` });
  });
});

test("what is no MCP is for its handler, with or without somebody", async () => {
  const plain = async (headers) => (await request(port, { method: "GET", path: "/plain/who", headers })).text;
  assert.match(await plain(bearer(await issuer.token(READ))), / sub=ada /);
  for (const authorization of ["Bearer of-nothing", "Bearer", `Bearer ${await issuer.hmac(READ)}`]) assert.equal(await plain({ authorization }), "nobody");
});

test("a token that is known is good until it expires, and not longer", async () => {
  const { issuer, worker, port, end } = await together({ changes: { skew: 0 } });
  try {
    const token = await issuer.token({ ...READ, exp: now() + 3 });
    await whoIs(port, bearer(token));
    await eventually(5000, "it expires", async () => (await tool(port, "whoami", {}, bearer(token))).status === 401);
    assert.ok(Date.now() / 1000 >= JSON.parse(Buffer.from(token.split(".")[1], "base64url")).exp - 1);
    refused(worker, await tool(port, "whoami", {}, bearer(token)), { says: /expired/, secret: token });
  } finally {
    await end();
  }
});

describe("settings", () => {
  for (const [value, words] of [
    [undefined, /the variable PUBLIC_URL is not set: write PUBLIC_URL=http:\/\/localhost:8787 into \.dev\.vars/],
    ["mcp.example.com", /PUBLIC_URL is no absolute URL/],
    ["http://mcp.example.com", /PUBLIC_URL must begin with https:/],
    ["https://mcp.example.com/mcp", /PUBLIC_URL must be an origin, .*write https:\/\/mcp\.example\.com/],
    ["https://mcp.example.com/?a=b", /PUBLIC_URL must be an origin/],
    ["https://me:secret@mcp.example.com", /PUBLIC_URL must be an origin/],
  ]) {
    test(`PUBLIC_URL ${value}`, async () => {
      const broken = await startGuarded(declared(issuer), { bindings: value === undefined ? {} : { PUBLIC_URL: value }, name: "auth-settings" });
      try {
        for (const path of ["/mcp", "/.well-known/oauth-protected-resource"]) {
          const response = await request(broken.port, { method: "GET", path });
          assert.equal(response.status, 500);
          assert.match(response.text, words);
          assert.ok(!response.text.includes("secret@"));
        }
        assert.match(broken.stderr(), words);
      } finally {
        await broken.kill();
      }
    });
  }

  test("an issuer that could be anybody on the way is refused", async () => {
    const broken = await startGuarded(declared({ url: "http://id.example.com/" }), { bindings: { PUBLIC_URL: PUBLIC }, name: "auth-settings" });
    try {
      assert.match((await tool(broken.port, "whoami")).text, /the issuer is no URL that begins with https:/);
    } finally {
      await broken.kill();
    }
  });
});
