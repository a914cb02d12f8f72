// `mode = "oauth"` with programs that sign in by themselves: they print an address, a person visits it, and the program goes on.

import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { authProject } from "../lib/authproject.mjs";
import { inspector, Remote } from "../lib/clients.mjs";
import { Client, letIn, PASSWORD, startAuth } from "../lib/oauth.mjs";
import { agent, scratch } from "../lib/tools.mjs";
import { Reader } from "../lib/visitor.mjs";
import { eventually } from "../lib/wait.mjs";

let server;
before(async () => {
  server = await startAuth(await authProject(agent("guarded")), { name: "auth-programs" });
});
after(() => server?.kill());

/** A port that was free a moment ago, for programs that cannot choose one. It is below those that connections are given by chance, so that it stays free. */
async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const socket = net.createServer().listen(port, "127.0.0.1");
    if (!(await once(socket, "listening").catch(() => false))) continue;
    socket.close();
    await once(socket, "close");
    return port;
  }
}

const text = ({ content, isError }) => {
  assert.ok(!isError, JSON.stringify(content));
  return content[0].text;
};

/** Ends an access token as if its hour were over, and waits until it is not taken any more. */
async function spoil({ access_token }, client, path) {
  assert.equal((await new Client(server, client).revoke(access_token)).status, 200);
  await eventually(20_000, "the token is refused", async () => !(await letIn(server, access_token, path)));
}

const json = (file) => JSON.parse(readFileSync(file, "utf8"));

// Most of the time is spent waiting until what was remembered of a token is forgotten, so they wait together.
describe("mcp-remote", { concurrency: true }, () => {
  for (const path of ["/mcp", "/sse"]) {
    test(`signs in for ${path}, calls, keeps its tokens, and refreshes them`, async () => {
      const home = scratch("auth-remote");
      const args = [String(await freePort()), "--transport", path === "/sse" ? "sse-only" : "http-only"];
      const call = async () => {
        const reader = new Reader(PASSWORD);
        const remote = await Remote.start(`${server.url}${path}`, args, { home, said: reader.said });
        try {
          await reader.done();
          const { result } = await remote.send("tools/call", { name: "whoami", arguments: {} });
          assert.match(text(result), new RegExp(`^iss=${server.url} sub=owner client=\\S+ scopes=notes:read`));
          return reader.visits.length;
        } finally {
          await remote.close();
        }
      };
      const kept = (name) => json(join(home, readdirSync(home, { recursive: true }).find((file) => file.endsWith(name))));
      assert.equal(await call(), 1);
      assert.equal(await call(), 0, "its tokens are kept");
      const before = kept("_tokens.json");
      await spoil(before, kept("_client_info.json").client_id, path);
      assert.equal(await call(), 0, "they are refreshed");
      assert.notEqual(kept("_tokens.json").refresh_token, before.refresh_token);
    });
  }
});

describe("the Inspector", { concurrency: true }, () => {
  // Asked for more scopes while it holds a refresh token, it refreshes instead, as the SDK within it does (typescript-sdk #2255).
  for (const [path, transport, era] of [["/mcp", "http", "legacy"], ["/mcp", "http", "modern"], ["/sse", "sse", "legacy"]]) {
    test(`signs in for ${path} in the ${era} era, calls, keeps its tokens, and refreshes them`, async () => {
      const home = scratch("auth-inspector");
      const callback = `http://127.0.0.1:${await freePort()}/oauth/callback`;
      // The scopes of each sign-in that a call took.
      const call = async () => {
        const reader = new Reader(PASSWORD);
        const args = ["--transport", transport, "--protocol-era", era, "--callback-url", callback, "--format", "json", "--method", "tools/call", "--tool-name", "whoami"];
        const { code, stdout, stderr } = await inspector(`${server.url}${path}`, args, { home, said: reader.said });
        await reader.done();
        assert.equal(code, 0, stderr);
        const { result = JSON.parse(stdout) } = JSON.parse(stdout);
        assert.match(text(result), /sub=owner client=\S+ scopes=notes:read /);
        return reader.visits.map(({ searchParams }) => searchParams.get("scope"));
      };
      const tokens = () => JSON.parse(Object.entries(json(join(home, ".mcp-inspector/secrets.json")).secrets).find(([name]) => name.includes(":tokens:"))[1]);
      assert.deepEqual(await call(), ["notes:read"]);
      assert.deepEqual(await call(), [], "its tokens are kept");
      const before = tokens();
      const known = json(join(home, ".mcp-inspector/storage/oauth.json")).servers[server.url + path];
      await spoil(before, known.byIssuer[server.url].clientInformation.client_id, path);
      assert.deepEqual(await call(), [], "they are refreshed");
      assert.notEqual(tokens().refresh_token, before.refresh_token);
    });
  }
});
