// The official conformance suites against `examples/everything` with `[auth] mode = "oauth"`: its authorization server by the suite for those, at every
// version that the suite knows, and all that a server has to do behind a token, which a proxy adds.

import http from "node:http";
import { authProject, DECLARED } from "./lib/authproject.mjs";
import { startBearerProxy } from "./lib/bearer-proxy.mjs";
import { passes, REQUIREMENTS } from "./lib/conformance.mjs";
import { Client, letIn, PASSWORD, startAuth } from "./lib/oauth.mjs";
import { agent, scratch } from "./lib/tools.mjs";
import { formOf, Visitor } from "./lib/visitor.mjs";

const VERSIONS = ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];

const home = scratch("conformance-auth");
const declared = { ...DECLARED, name: "Everything", required: [], scopes: [], claims: [] };
const server = await startAuth(await authProject(agent("everything-auth"), { declared }), { name: "everything-auth" });

/** A port that was free a moment ago: the suite wants one by number. */
async function freePort() {
  const probe = http.createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** What a person does with the address that the suite prints: sign in, allow, and be sent back to it. */
async function visit(url) {
  const visitor = new Visitor();
  const page = await visitor.get(url);
  const { action, handle } = formOf(page);
  const answer = await visitor.post(action, [["handle", handle], ["decision", "allow"], ["password", PASSWORD]]);
  if (answer.location === null) throw new Error(`Allow is answered ${answer.status}: ${answer.text}`);
  await visitor.get(answer.location);
}

async function authorization(version) {
  const port = await freePort();
  const client = await Client.register(server, { redirect: `http://127.0.0.1:${port}/callback` });
  const args = ["authorization", "--client-id", client.id, "--resource", client.resource, "--port", String(port), "--spec-version", version];
  const suite = { package: "conformance-alpha", name: `authorization-${version}`, args, scenarios: 2 };
  let visited;
  const passed = await passes(suite, server.url, home, (log) => {
    const [, url] = /^(http\S+\/authorize\?\S+)\n/m.exec(log) ?? [];
    if (url !== undefined) visited ??= visit(url).catch((error) => console.log(`FAILED the visit to the page: ${error.message}`));
  });
  await visited;
  return passed;
}

let passed = true;
for (const version of VERSIONS) passed = (await authorization(version)) && passed;

const client = await Client.register(server);
const { access_token: token } = await client.signIn({ scope: undefined }, { scopes: [] });
if (await letIn(server, `${token}x`)) throw new Error("whoever asks is let in: what follows would say nothing");
const proxy = await startBearerProxy(server.worker.port, token);
for (const suite of REQUIREMENTS) passed = (await passes(suite, `${proxy.url}/mcp`, home)) && passed;
proxy.close();
await server.kill();
if (!passed) console.log(`what the checks say: ${home}\nthe Worker's log:\n${server.worker.stderr().slice(-10_000)}`);
process.exit(passed ? 0 : 1);
