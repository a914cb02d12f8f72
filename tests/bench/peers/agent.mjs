// The peer McpAgent (npm `agents`): an object for each session, on Streamable HTTP and on HTTP+SSE. The counter is the agent's own state.

import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { McpAgent } from "agents/mcp";
import { register } from "./declaration.mjs";

export class Agent extends McpAgent {
  server = new McpServer({ name: "counter", version: "1.0.0" });
  initialState = { counter: 1 };

  async init() {
    const counter = {
      value: () => this.state.counter,
      add: (a) => {
        this.setState({ counter: this.state.counter + a });
        return this.state.counter;
      },
    };
    register(this.server, counter, Number(this.env.TOOLS));
  }
}

const http = Agent.serve("/mcp", { binding: "AGENT" });
const sse = Agent.serveSSE("/sse", { binding: "AGENT" });

export default {
  fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    return (pathname.startsWith("/sse") ? sse : http).fetch(request, env, ctx);
  },
};
