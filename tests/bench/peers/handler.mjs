// The peer createMcpHandler (npm `agents`): no session, a server made for each request. The counter is in an object that it calls, as its makers advise.

import { env } from "cloudflare:workers";
import { McpServer } from "@modelcontextprotocol/server";
import { createMcpHandler } from "agents/mcp/server";
import { Counter } from "./counter.mjs";
import { register } from "./declaration.mjs";

export { Counter };

function createServer() {
  const server = new McpServer({ name: "counter", version: "1.0.0" });
  register(server, env.COUNTER.getByName("server"), Number(env.TOOLS));
  return server;
}

const handler = createMcpHandler(createServer, { route: "/mcp" });

export default { fetch: (request, env, ctx) => handler(request, env, ctx) };
