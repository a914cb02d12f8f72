// Builds the Worker as wrangler.jsonc says, starts it in workerd on a free port and talks to it with the official SDK.
// The suite has a scenario for every item (`cargo xtask test --only conformance`); here is what it does not look at.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import * as types from "@modelcontextprotocol/sdk/types.js";
import { createTestHarness } from "wrangler";

const server = createTestHarness({
  root: fileURLToPath(new URL("..", import.meta.url)),
  workers: [{ configPath: "wrangler.jsonc" }],
});
const clients = [];
let url;

/** A client of its own session. */
async function connect(capabilities = {}) {
  const client = new Client({ name: "agent-test", version: "1.0.0" }, { capabilities });
  clients.push(client);
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", url)));
  return client;
}

const text = (answer) => answer.content.map((part) => part.text ?? "").join("\n");
const soon = (promise) => Promise.race([promise, new Promise((_, late) => setTimeout(() => late(new Error("not within 10 s")), 10_000).unref())]);

before(async () => {
  ({ url } = await server.listen().catch((error) => {
    // What the build command said: the compiler's errors are there.
    console.error(error.cause?.output?.stderr ?? "");
    throw error;
  }));
});

after(async () => {
  for (const client of clients) await client.close();
  await server.close();
});

test("what a person fills in reaches the handler, and so does that they declined", async () => {
  const client = await connect({ elicitation: { form: {} } });
  const answers = [
    { action: "accept", content: { username: "ada", email: "ada@example.com" } },
    { action: "decline" },
  ];
  const forms = [];
  client.setRequestHandler(types.ElicitRequestSchema, async ({ params }) => {
    forms.push(params);
    return answers.shift();
  });
  const ask = () => client.callTool({ name: "test_elicitation", arguments: { message: "Who are you?" } });
  assert.equal(text(await ask()), 'User response: action=accept, content={"email":"ada@example.com","username":"ada"}');
  assert.equal(text(await ask()), "User response: action=decline, content={}");
  assert.equal(forms.length, 2);
  assert.equal(forms[0].message, "Who are you?");
  assert.deepEqual(forms[0].requestedSchema.required, ["username", "email"]);
});

test("what the client's model says reaches the handler", async () => {
  const client = await connect({ sampling: {} });
  client.setRequestHandler(types.CreateMessageRequestSchema, async ({ params }) => ({
    role: "assistant",
    model: "test",
    content: { type: "text", text: `You said: ${params.messages[0].content.text}` },
  }));
  const answer = await client.callTool({ name: "test_sampling", arguments: { prompt: "Hello" } });
  assert.equal(text(answer), "LLM response: You said: Hello");
});

test("what is asked side by side is asked of everybody, and one question may follow from another", async () => {
  const client = await connect({ elicitation: { form: {} }, sampling: {}, roots: {} });
  const asked = [];
  client.setRequestHandler(types.ElicitRequestSchema, async ({ params }) => {
    asked.push(params.message);
    return { action: "accept", content: { name: "Ada", color: "blue" } };
  });
  client.setRequestHandler(types.CreateMessageRequestSchema, async () => ({ role: "assistant", model: "test", content: { type: "text", text: "Welcome" } }));
  client.setRequestHandler(types.ListRootsRequestSchema, async () => ({ roots: [{ uri: "file:///home" }] }));
  const call = async (name) => text(await client.callTool({ name }));
  assert.equal(await call("test_input_required_result_multiple_inputs"), "Welcome Ada, with file:///home");
  assert.equal(await call("test_input_required_result_multi_round"), "Ada likes blue");
  assert.deepEqual(asked.slice(1), ["Step 1: What is your name?", "Step 2: What is your favorite color, Ada?"]);
});

test("a client that knows no tasks waits for what would be one, and hears how far it is", async () => {
  const client = await connect({ elicitation: { form: {} } });
  client.setRequestHandler(types.ElicitRequestSchema, async () => ({ action: "accept", content: { confirm: true } }));
  const heard = [];
  const onprogress = ({ message }) => heard.push(message);
  const computed = await client.callTool({ name: "slow_compute", arguments: { seconds: 1, label: "pi" } }, undefined, { onprogress });
  assert.equal(text(computed), "Computed pi for 1 s");
  assert.deepEqual(heard, ["second 1"]);
  assert.equal(text(await client.callTool({ name: "confirm_delete", arguments: { filename: "a.txt" } })), "Deleted a.txt");
});

test("a client that cannot ask anybody is told what it lacks", async () => {
  const client = await connect();
  const call = client.callTool({ name: "test_elicitation", arguments: { message: "Who are you?" } });
  await assert.rejects(call, { code: -32021 });
});

test("progress and logs come while it runs, and logs only from the level on that was asked for", async () => {
  const client = await connect();
  const logs = [];
  client.setNotificationHandler(types.LoggingMessageNotificationSchema, ({ params }) => logs.push(params.data));
  const steps = [];
  await client.callTool({ name: "test_tool_with_progress" }, undefined, { onprogress: ({ progress }) => steps.push(progress) });
  assert.deepEqual(steps, [0, 50, 100]);
  await client.setLoggingLevel("info");
  await client.callTool({ name: "test_tool_with_logging" });
  assert.deepEqual(logs, ["Tool execution started", "Tool processing data", "Tool execution completed"]);
  await client.setLoggingLevel("error");
  await client.callTool({ name: "test_tool_with_logging" });
  assert.equal(logs.length, 3);
});

test("the SDK's client comes back for a result when the Worker has hung up", async () => {
  const client = await connect();
  const answer = await client.callTool({ name: "test_reconnection" });
  assert.match(text(answer), /completed successfully/);
});

test("who subscribed hears of a change that somebody else made, and the change outlives the object", async () => {
  const [watcher, writer] = [await connect(), await connect()];
  const uri = "test://watched-resource";
  const heard = new Promise((resolve) => watcher.setNotificationHandler(types.ResourceUpdatedNotificationSchema, ({ params }) => resolve(params.uri)));
  await watcher.subscribeResource({ uri });
  await writer.callTool({ name: "set_watched_resource", arguments: { text: "news" } });
  assert.equal(await soon(heard), uri);
  const read = async () => (await watcher.readResource({ uri })).contents[0].text;
  assert.equal(await read(), "news");
  const worker = server.getWorker();
  for (const id of await worker.listDurableObjectIds("AGENT")) await worker.evictDurableObject("AGENT", { id });
  assert.equal(await read(), "news");
});

test("values are suggested while somebody types", async () => {
  const client = await connect();
  const suggest = async (ref, name, value) => (await client.complete({ ref, argument: { name, value } })).completion.values;
  assert.deepEqual(await suggest({ type: "ref/prompt", name: "test_prompt_with_arguments" }, "arg1", "par"), ["paris", "park", "party"]);
  assert.deepEqual(await suggest({ type: "ref/resource", uri: "test://template/{id}/data" }, "id", "12"), ["123", "124"]);
});

test("arguments are checked against the file that clients get byte for byte", async () => {
  const client = await connect();
  const tell = (args) => client.callTool({ name: "json_schema_2020_12_tool", arguments: args });
  assert.match(text(await tell({ contactMethod: "phone", phone: "1" })), /^JSON Schema 2020-12 tool called with: \{/);
  const wrong = await tell({ contactMethod: "phone", email: "a" });
  assert.ok(wrong.isError);
  assert.match(text(wrong), /phone: is required/);
});
