// The reference agent with `[auth]`, behind the main of a mode, and how its client gets a token.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { authProject, DECLARED } from "../lib/authproject.mjs";
import { Issuer } from "../lib/issuer.mjs";
import { Client, PASSWORD } from "../lib/oauth.mjs";
import { startProxy } from "../lib/proxy.mjs";
import { agent } from "../lib/tools.mjs";

const SECRET = randomBytes(32).toString("hex");
const COMMON = { name: "Counter", mcp: "/mcp", sse: "/sse", required: [], scopes: [], claims: [] };

/** For each mode: what is declared, the Worker's secrets, and `signIn(port)`, which promises a token. */
const MODES = {
  async bearer() {
    const bearer = [{ name: "bench", token: { secret: "BENCH_TOKEN" }, subject: "bench", scopes: [], claims: {} }];
    return { declared: { ...COMMON, mode: "bearer", bearer }, bindings: { BENCH_TOKEN: SECRET }, signIn: async () => SECRET };
  },

  async resource() {
    const issuer = await Issuer.start();
    const PUBLIC_URL = "https://mcp.example.com";
    const resource = { issuer: issuer.url, audience: [], jwks: null, algorithms: ["RS256"], skew: 30, scope_claim: "scope" };
    return { declared: { ...COMMON, mode: "resource", resource }, bindings: { PUBLIC_URL }, signIn: () => issuer.token({ aud: `${PUBLIC_URL}/mcp` }), end: () => issuer.close() };
  },

  async oauth() {
    // What is signed in at has a public URL before the Worker has a port.
    const door = await startProxy(0);
    return {
      declared: { ...DECLARED, ...COMMON, mode: "oauth" },
      bindings: { PUBLIC_URL: door.url, MCP_PASSWORD: PASSWORD },
      async signIn(port) {
        door.target(port);
        const client = await Client.register({ url: door.url, port: Number(new URL(door.url).port) });
        return (await client.signIn({ scope: undefined }, { scopes: [] })).access_token;
      },
      end: () => door.close(),
    };
  },
};

// What the main says, and what it says to remember less.
const LESS = {
  row: [[/(RECENT_MS\d*) = \S+;/g, "$1 = 0;"]],
  nothing: [[/(RECENT_MS\d*) = \S+;/g, "$1 = 0;"], [/ known(?:: known\d+)?, (?=until: Math)/g, " "]],
};

/** The project of a mode. */
export async function locked({ mode, remembers }) {
  const { declared, ...rest } = await MODES[mode]();
  const project = await authProject(agent("counter-auth"), { declared, flags: [] });
  for (const [said, less] of LESS[remembers] ?? []) {
    const [main] = project.modules;
    assert.equal(main.text.match(said)?.length, 1, `the main says ${said} once`);
    main.text = main.text.replace(said, less);
  }
  return { ...project, ...rest, local: true };
}
