// The peer createMcpHandler again, with tools that ask and a resource that is listened to, as `tests/agents/interactive` has them. Its state between two requests
// is signed, as its makers show it. It tells of changes in its own isolate only.

import { env } from "cloudflare:workers";
import { acceptedContent, createRequestStateCodec, inputRequired, McpServer } from "@modelcontextprotocol/server";
import { createMcpHandler } from "agents/mcp/server";
import { z } from "zod";
import { Counter } from "./counter.mjs";

export { Counter };

const TOTAL = "hotel://total";
const codec = createRequestStateCodec({ key: "a key of thirty-two bytes or more" });

const guest = z.object({
  name: z.string().min(1).max(20).describe("The name on the door"),
  nights: z.number().int().min(1).max(14).default(1),
  room: z.enum(["small", "large"]),
  breakfast: z.boolean().default(false),
  rate: z.number().min(0).optional(),
});
const amount = z.object({ amount: z.number().int().min(-1000).max(1000) });

const forms = {
  guest: {
    type: "object",
    properties: {
      name: { type: "string", minLength: 1, maxLength: 20, description: "The name on the door" },
      nights: { type: "integer", minimum: 1, maximum: 14, default: 1 },
      room: { type: "string", enum: ["small", "large"] },
      breakfast: { type: "boolean", default: false },
      rate: { type: "number", minimum: 0 },
    },
    required: ["name", "room"],
  },
  amount: { type: "object", properties: { amount: { type: "integer", minimum: -1000, maximum: 1000 } }, required: ["amount"] },
};

const text = (value) => ({ content: [{ type: "text", text: String(value) }] });

/** A tool that asks one question, and answers with what `answer` makes of it. */
function asks(server, name, key, message, schema, answer) {
  server.registerTool(name, { description: "Asks.", inputSchema: z.object({}) }, async (_, context) => {
    const given = acceptedContent(context.mcpReq.inputResponses, key, schema);
    if (given) return text(await answer(given));
    const inputRequests = { [key]: inputRequired.elicit({ message, requestedSchema: forms[key] }) };
    return inputRequired({ inputRequests, requestState: await codec.mint({ name }, context) });
  });
}

function createServer() {
  const options = { capabilities: { resources: { subscribe: true } }, requestState: { verify: codec.verify } };
  const server = new McpServer({ name: "interactive", version: "1.0.0" }, options);
  const counter = env.COUNTER.getByName("server");
  asks(server, "insist", "guest", "Who stays?", guest, ({ name }) => name);
  asks(server, "add_asked", "amount", "How much?", amount, (given) => counter.add(given.amount));
  server.registerTool(
    "add",
    { description: "Adds to the total.", inputSchema: z.object({ amount: z.number().int() }), outputSchema: z.object({ total: z.number().int() }) },
    async (given) => {
      const total = { total: await counter.add(given.amount) };
      handler.notify.resourceUpdated(TOTAL);
      return { ...text(JSON.stringify(total)), structuredContent: total };
    },
  );
  server.registerResource("total", TOTAL, {}, async () => ({ contents: [{ uri: TOTAL, text: String(await counter.value()) }] }));
  return server;
}

const handler = createMcpHandler(createServer, { route: "/mcp" });

export default { fetch: (request, env, ctx) => handler(request, env, ctx) };
