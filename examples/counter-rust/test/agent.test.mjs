// Builds the Worker as wrangler.jsonc says, starts it in workerd on a free port and talks to it with the official SDK.
// It is yours: sync never touches it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { createTestHarness } from "wrangler";

const server = createTestHarness({
  root: fileURLToPath(new URL("..", import.meta.url)),
  workers: [{ configPath: "wrangler.jsonc" }],
});
const client = new Client({ name: "agent-test", version: "1.0.0" });

before(async () => {
  const { url } = await server.listen().catch((error) => {
    // What the build command said: the compiler's errors are there.
    console.error(error.cause?.output?.stderr ?? "");
    throw error;
  });
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", url)));
});

after(async () => {
  await client.close();
  await server.close();
});

test("says who it is", () => {
  assert.equal(client.getServerVersion().name, "counter-rust");
});

test("lists add and calls it", async () => {
  const { tools } = await client.listTools();
  assert.ok(tools.some((tool) => tool.name === "add"));
  const answer = await client.callTool({ name: "add", arguments: { a: 1 } });
  const text = answer.content.map((part) => part.text ?? "").join("\n");
  assert.ok(!answer.isError, text);
  assert.notEqual(text, "");
});

test("keeps its state when the object is evicted", async () => {
  const read = async () => (await client.readResource({ uri: "counter://value" })).contents[0].text;
  const value = await read();
  assert.notEqual(value, undefined);
  const worker = server.getWorker();
  for (const id of await worker.listDurableObjectIds("AGENT")) await worker.evictDurableObject("AGENT", { id });
  assert.equal(await read(), value);
});
