// What every peer serves: the tools of `examples/counter`, or as many tools as the variable TOOLS says (`../many.mjs` makes an agent of ours with those).

import { z } from "zod";
import { greeting, manyTools, repeat } from "../many.mjs";

const text = (value) => ({ content: [{ type: "text", text: value }] });

/** Registers the tools. `counter` is `{ add(a), value() }`, wherever the peer keeps its state. Both of the SDK's generations take this. */
export function register(server, counter, count) {
  if (count > 0) return registerMany(server, count);
  server.registerTool(
    "add",
    {
      title: "Add",
      description: "Add to the counter, stored in the agent.",
      inputSchema: z.object({ a: z.number().int().min(-1_000_000).max(1_000_000).describe("How much to add") }),
    },
    async ({ a }) => text(`now ${await counter.add(a)}`),
  );
  server.registerTool(
    "value",
    {
      title: "Value",
      description: "What the counter stands at.",
      inputSchema: z.object({}),
      outputSchema: z.object({ counter: z.number().int().describe("What the counter stands at") }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async () => {
      const value = { counter: await counter.value() };
      return { ...text(JSON.stringify(value)), structuredContent: value };
    },
  );
  server.registerTool(
    "greet",
    {
      title: "Greet",
      description: "Greet somebody, without touching the counter.",
      inputSchema: z.object({
        name: z.string().min(1).max(100).describe("Whom to greet"),
        style: z.enum(["plain", "warm"]).default("plain").describe("How to say it"),
      }),
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ name, style }) => text(greeting(name, style)),
  );
}

function registerMany(server, count) {
  for (const { name, description } of manyTools(count)) {
    const inputSchema = z.object({
      text: z.string().min(1).max(200).describe("What to repeat"),
      times: z.number().int().min(1).max(9).default(1).describe("How often"),
    });
    server.registerTool(name, { description, inputSchema, annotations: { readOnlyHint: true } }, async ({ text: it, times }) => text(repeat(it, times)));
  }
}
