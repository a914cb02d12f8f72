// `mode = "access"`: Cloudflare Access stands before the Worker. What the Worker fetches at the team's URL is answered by the issuer of the tests.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { challenge, refused, startGuarded, tool, whoIs } from "../lib/guarded.mjs";
import { request } from "../lib/http.mjs";
import { Issuer, now } from "../lib/issuer.mjs";

const TEAM = "https://acme.cloudflareaccess.com";
const AUD = "4714c1358e65fe4b408ad6d432a5f878f08194bdb4752441fd56faefa9b2b6f2";
const DECLARED = { mode: "access", required: [], access: { team: "acme", audience: { secret: "ACCESS_AUD" } } };
const ADA = { aud: [AUD], sub: "7335d417-61da-459d-899c-0a01c76a2f94", email: "ada@example.com", type: "app", identity_nonce: "x", country: "GB", groups: ["staff"] };

let issuer, worker, port;
before(async () => {
  issuer = await Issuer.start({ as: TEAM });
  worker = await startGuarded(DECLARED, { bindings: { ACCESS_AUD: AUD }, outside: issuer.port });
  port = worker.port;
});
after(async () => {
  await worker?.kill();
  issuer?.close();
});

const assertion = (token) => ({ "cf-access-jwt-assertion": token });
const typed = { header: { typ: "JWT" } };

test("a person is who Access says; the keys are those of the team", async () => {
  assert.equal(
    await whoIs(port, assertion(await issuer.token(ADA, typed))),
    `iss=${TEAM} sub=${ADA.sub} client=none scopes= groups=staff email=ada@example.com undeclared=none`,
  );
  assert.deepEqual(issuer.hits, ["acme.cloudflareaccess.com/cdn-cgi/access/certs"]);
});

test("a service token has its own name", async () => {
  const service = { aud: [AUD], sub: "", common_name: "e367826f93b8d71185e03fe518aff3b4.access", type: "app" };
  assert.match(await whoIs(port, assertion(await issuer.token(service, typed))), / sub=e367826f93b8d71185e03fe518aff3b4\.access client=e367826f93b8d71185e03fe518aff3b4\.access /);
  const nameless = await issuer.token({ ...service, common_name: undefined }, typed);
  refused(worker, await tool(port, "whoami", {}, assertion(nameless)), { says: /no subject/, secret: nameless });
  const strange = await issuer.token({ ...service, common_name: ["a"] }, typed);
  refused(worker, await tool(port, "whoami", {}, assertion(strange)), { says: /no subject/, secret: strange });
  // A person's token is not a service's, whatever is in it.
  assert.match(await whoIs(port, assertion(await issuer.token({ ...ADA, common_name: "root.access" }, typed))), new RegExp(` sub=${ADA.sub} client=none `));
});

test("without the header there is nobody: not by the cookie, which other pages send along, nor by a bearer token", async () => {
  const token = await issuer.token(ADA, typed);
  for (const headers of [{}, { cookie: `CF_Authorization=${token}` }, { authorization: `Bearer ${token}` }, { "cf-access-token": token }]) {
    const response = await tool(port, "whoami", {}, headers);
    assert.equal(response.status, 401);
    assert.deepEqual(challenge(response), { scheme: "Bearer" });
  }
  const well = await request(port, { method: "GET", path: "/.well-known/oauth-protected-resource/mcp" });
  assert.equal(well.status, 404, "there is no issuer to ask for a token");
});

test("beside MCP, what a page of another site has a browser send is nobody's", async () => {
  const own = assertion(await issuer.token(ADA, typed));
  const plain = async (method, headers) => (await request(port, { method, path: "/plain/who", headers: { ...own, ...headers }, body: method === "POST" ? "x" : undefined })).text;
  const [same, other] = ["same-origin", "cross-site"].map((site) => ({ "sec-fetch-site": site }));
  const ada = await plain("POST", same);
  assert.match(ada, new RegExp(ADA.sub));
  for (const headers of [{}, { origin: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}` }]) assert.equal(await plain("POST", headers), ada);
  for (const headers of [other, { "sec-fetch-site": "same-site" }, { origin: "https://evil.example" }, { origin: "null" }]) {
    assert.equal(await plain("POST", headers), "nobody", JSON.stringify(headers));
    assert.equal(await plain("DELETE", headers), "nobody", JSON.stringify(headers));
  }
  assert.equal(await plain("GET", other), ada, "a link leads here");
});

describe("an assertion is refused", () => {
  const attacks = {
    "of another application": [/another audience/, () => issuer.token({ ...ADA, aud: ["another"] }, typed)],
    "of another team": [/another issuer/, () => issuer.token({ ...ADA, iss: "https://evil.cloudflareaccess.com" }, typed)],
    "that has expired": [/expired/, () => issuer.token({ ...ADA, exp: now() - 60 }, typed)],
    "that is not valid yet": [/not valid yet/, () => issuer.token({ ...ADA, nbf: now() + 60 }, typed)],
    "with alg none": [/not allowed/, async () => issuer.unsigned(ADA)],
    "with HS256 and the public key": [/not allowed/, () => issuer.hmac(ADA)],
    "of another key": [/not allowed/, () => issuer.forged(ADA)],
    "that is two": [/no JWT/, async () => `${await issuer.token(ADA, typed)}, ${await issuer.token(ADA, typed)}`],
    "that is nothing": [/no JWT/, async () => "nothing-at-all-in-it"],
  };
  for (const [title, [says, make]] of Object.entries(attacks)) {
    test(title, async () => {
      const token = await make();
      assert.deepEqual(refused(worker, await tool(port, "whoami", {}, assertion(token)), { says, secret: token }), {});
    });
  }

  test("of 10 KB", async () => {
    const token = await issuer.token({ ...ADA, padding: "x".repeat(8000) }, typed);
    refused(worker, await tool(port, "whoami", {}, assertion(token)), { status: 400, error: "invalid_request", says: /cf-access-jwt-assertion header is larger/, secret: token });
  });
});

test("the audience is a secret that must be set", async () => {
  const broken = await startGuarded(DECLARED, { name: "auth-settings" });
  try {
    const response = await tool(broken.port, "whoami", {}, assertion("x"));
    assert.equal(response.status, 500);
    assert.match(response.text, /the secret ACCESS_AUD is not set: .*npx wrangler secret put ACCESS_AUD/);
  } finally {
    await broken.kill();
  }
});
