// The peer createMcpHandler (npm `agents`): no session, a server made for each request. The counter is in an object that it calls, as its makers advise.

import { DurableObject, env } from "cloudflare:workers";
import { McpServer } from "@modelcontextprotocol/server";
import { createMcpHandler } from "agents/mcp/server";
import { register } from "./declaration.mjs";

export class Counter extends DurableObject {
  value() {
    return this.ctx.storage.kv.get("counter") ?? 1;
  }

  add(a) {
    const counter = this.value() + a;
    this.ctx.storage.kv.put("counter", counter);
    return counter;
  }
}

function createServer() {
  const server = new McpServer({ name: "counter", version: "1.0.0" });
  register(server, env.COUNTER.getByName("server"), Number(env.TOOLS));
  return server;
}

const handler = createMcpHandler(createServer, { route: "/mcp" });

export default { fetch: (request, env, ctx) => handler(request, env, ctx) };
