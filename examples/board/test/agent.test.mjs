// Builds the Worker as wrangler.jsonc says, starts it in workerd on a free port and asks what comes in. It is yours: sync never touches it.
//
// A token is somebody else's to give, so that handlers are not called here: tools are tested best as functions, in src/lib.rs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createTestHarness } from "wrangler";

const server = createTestHarness({
  root: fileURLToPath(new URL("..", import.meta.url)),
  workers: [{
    configPath: "wrangler.jsonc",
    vars: {
      "PUBLIC_URL": "http://localhost:8787",
    },
  }],
});

before(async () => {
  await server.listen().catch((error) => {
    // What the build command said: the compiler's errors are there.
    console.error(error.cause?.output?.stderr ?? "");
    throw error;
  });
});

after(() => server.close());

test("lets in nobody without a token", async () => {
  const answer = await server.fetch("http://localhost:8787/mcp", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
  });
  assert.equal(answer.status, 401, await answer.text());
  assert.match(answer.headers.get("www-authenticate"), /^Bearer/);
  assert.ok(answer.headers.get("www-authenticate").includes('resource_metadata="http://localhost:8787/'));
});

test("says where a token comes from", async () => {
  const answer = await server.fetch("http://localhost:8787/.well-known/oauth-protected-resource/mcp");
  assert.equal(answer.status, 200);
  const { resource, authorization_servers: servers } = await answer.json();
  assert.equal(resource, "http://localhost:8787/mcp");
  assert.equal(servers.length, 1);
});

test("is the authorization server that it names", async () => {
  const answer = await server.fetch("http://localhost:8787/.well-known/oauth-authorization-server");
  assert.equal(answer.status, 200);
  const { issuer, code_challenge_methods_supported: methods } = await answer.json();
  assert.equal(issuer, "http://localhost:8787");
  assert.ok(methods.includes("S256"));
});
