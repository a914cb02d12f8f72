// The clients that people use, against the reference agent: connect, list, call, read, get.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { inspector, modernClient, Remote, sse, streamable } from "../lib/clients.mjs";
import { text } from "../lib/mcp.mjs";
import { agent } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";

let worker;
before(async () => {
  worker = await startWorker(agent("counter"), { name: "clients" });
});
after(() => worker?.kill());

const TOOLS = ["add", "value", "greet"];
const RESOURCES = ["counter://value", "counter://about"];
const ABOUT = "A counter that every client shares and that survives restarts.";

/** What every client of the SDKs must be able to do. Adds `a` and checks that the counter moved by it. */
async function everything(client, a) {
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map((t) => t.name), TOOLS);
  const add = tools.find((t) => t.name === "add");
  assert.equal(add.description, "Add to the counter, stored in the agent.");
  assert.deepEqual(add.inputSchema.required, ["a"]);
  assert.equal(add.inputSchema.additionalProperties, false);
  assert.deepEqual(add.inputSchema.properties.a, { type: "integer", minimum: -1000000, maximum: 1000000, description: "How much to add" });

  const { resources } = await client.listResources();
  assert.deepEqual(resources.map((r) => r.uri), RESOURCES);
  const { prompts } = await client.listPrompts();
  assert.deepEqual(prompts.map((p) => p.name), ["report"]);
  assert.deepEqual(prompts[0].arguments.map((a) => [a.name, a.required ?? false]), [["tone", false]]);

  const counter = async () => Number((await client.readResource({ uri: "counter://value" })).contents[0].text);
  const start = await counter();
  assert.ok(Number.isSafeInteger(start));
  const added = await client.callTool({ name: "add", arguments: { a } });
  assert.equal(added.isError ?? false, false, JSON.stringify(added));
  assert.equal(text(added), `now ${start + a}`);
  assert.equal(await counter(), start + a);

  const value = await client.callTool({ name: "value", arguments: {} });
  assert.equal(JSON.parse(text(value)).counter, start + a);

  const hello = await client.callTool({ name: "greet", arguments: { name: "Ada", style: "warm" } });
  assert.match(text(hello), /Ada/);
  const plain = await client.callTool({ name: "greet", arguments: { name: "Ada" } });
  assert.match(text(plain), /Ada/);
  assert.notEqual(text(plain), text(hello), "the default of `style` is not `warm`");

  const about = await client.readResource({ uri: "counter://about" });
  assert.equal(about.contents[0].text, ABOUT);
  assert.equal(about.contents[0].uri, "counter://about");

  const prompt = await client.getPrompt({ name: "report", arguments: { tone: "full" } });
  assert.equal(prompt.messages.length, 1);
  assert.equal(prompt.messages[0].role, "user");
  assert.equal(prompt.messages[0].content.text, `The counter stands at ${start + a}. Write a full report about it.`);
  const byDefault = await client.getPrompt({ name: "report" });
  assert.match(byDefault.messages[0].content.text, /a short report/);
  return value;
}

/** Errors, as a client sees them. */
async function refusals(client, { resourceCode, inputErrorsAreResults = true }) {
  await assert.rejects(client.callTool({ name: "nosuch", arguments: {} }), (e) => e.code === -32602 && /nosuch/.test(e.message));
  await assert.rejects(client.readResource({ uri: "counter://nosuch" }), (e) => e.code === resourceCode);
  await assert.rejects(client.getPrompt({ name: "nosuch" }), (e) => e.code === -32602);
  await assert.rejects(client.getPrompt({ name: "report", arguments: { tone: "loud" } }), (e) => e.code === -32602 && /\/tone/.test(e.message));
  const bad = () => client.callTool({ name: "add", arguments: { a: 1000001 } });
  if (inputErrorsAreResults) {
    const result = await bad();
    assert.equal(result.isError, true);
    assert.match(text(result), /\/a\b/);
  } else {
    await assert.rejects(bad(), (e) => e.code === -32602 && /\/a\b/.test(e.message));
  }
}

describe("@modelcontextprotocol/sdk 1.x", () => {
  test("Streamable HTTP", async () => {
    const client = await streamable(worker.url);
    try {
      assert.deepEqual(client.getServerVersion().name, "counter");
      assert.match(client.getInstructions(), /`add`/);
      await client.ping();
      const value = await everything(client, 5);
      assert.equal(typeof value.structuredContent.counter, "number");
      await refusals(client, { resourceCode: -32002 });
      // A light session: nothing to end, and the client is told so with a 405 that it takes as an answer.
      await client.transport.terminateSession();
    } finally {
      await client.close();
    }
  });

  test("HTTP+SSE", async () => {
    const client = await sse(worker.url);
    try {
      assert.deepEqual(client.getServerVersion().name, "counter");
      await client.ping();
      await everything(client, 7);
      await refusals(client, { resourceCode: -32002 });
    } finally {
      await client.close();
    }
  });

  test("both at once share the counter", async () => {
    const [a, b] = await Promise.all([streamable(worker.url), sse(worker.url)]);
    try {
      const value = async (client) => JSON.parse(text(await client.callTool({ name: "value", arguments: {} }))).counter;
      const start = await value(a);
      await Promise.all([a, b, a, b].map((client) => client.callTool({ name: "add", arguments: { a: 1 } })));
      assert.equal(await value(a), start + 4);
      assert.equal(await value(b), start + 4);
    } finally {
      await Promise.all([a.close(), b.close()]);
    }
  });
});

describe("@modelcontextprotocol/client 2.x", () => {
  test("2026-07-28, pinned", async () => {
    const client = await modernClient(worker.url);
    try {
      assert.equal(client.getNegotiatedProtocolVersion(), "2026-07-28");
      const value = await everything(client, 11);
      assert.equal(typeof value.structuredContent.counter, "number");
      await refusals(client, { resourceCode: -32602 });
    } finally {
      await client.close();
    }
  });

  test("negotiates 2026-07-28 by itself", async () => {
    const client = await modernClient(worker.url, "auto");
    try {
      assert.equal(client.getNegotiatedProtocolVersion(), "2026-07-28");
      await client.listTools();
    } finally {
      await client.close();
    }
  });

  test("the legacy handshake", async () => {
    const client = await modernClient(worker.url, "legacy");
    try {
      assert.equal(client.getNegotiatedProtocolVersion(), "2025-11-25");
      await everything(client, 13);
    } finally {
      await client.close();
    }
  });
});

describe("mcp-remote over stdio", () => {
  for (const [path, args] of [["/mcp", ["--transport", "http-only"]], ["/sse", ["--transport", "sse-only"]], ["/mcp", []]]) {
    test(`${path} ${args.join(" ")}`, async () => {
      const remote = await Remote.start(`${worker.url}${path}`, args);
      try {
        assert.equal(remote.initialized.result.serverInfo.name, "counter");
        const { result: list } = await remote.send("tools/list", {});
        assert.deepEqual(list.tools.map((t) => t.name), TOOLS);
        const { result: before } = await remote.send("resources/read", { uri: "counter://value" });
        const { result: added } = await remote.send("tools/call", { name: "add", arguments: { a: 2 } });
        assert.equal(text(added), `now ${Number(before.contents[0].text) + 2}`);
        const { result: prompt } = await remote.send("prompts/get", { name: "report", arguments: {} });
        assert.match(prompt.messages[0].content.text, /short report/);
        const { error } = await remote.send("tools/call", { name: "nosuch", arguments: {} });
        assert.equal(error.code, -32602);
      } finally {
        await remote.close();
      }
    });
  }
});

describe("the Inspector in CLI mode", () => {
  const ask = async (transport, ...args) => {
    const path = transport === "sse" ? "/sse" : "/mcp";
    const result = await inspector(`${worker.url}${path}`, ["--transport", transport, ...args]);
    assert.equal(result.code, 0, `${result.stdout}\n${result.stderr}`);
    return JSON.parse(result.stdout);
  };

  for (const transport of ["http", "sse"]) {
    test(transport, async () => {
      const { tools } = await ask(transport, "--method", "tools/list");
      assert.deepEqual(tools.map((t) => t.name), TOOLS);
      const { resources } = await ask(transport, "--method", "resources/list");
      assert.deepEqual(resources.map((r) => r.uri), RESOURCES);
      const before = await ask(transport, "--method", "resources/read", "--uri", "counter://value");
      const added = await ask(transport, "--method", "tools/call", "--tool-name", "add", "--tool-arg", "a=3");
      assert.equal(text(added), `now ${Number(before.contents[0].text) + 3}`);
      const prompt = await ask(transport, "--method", "prompts/get", "--prompt-name", "report", "--prompt-args", "tone=full");
      assert.match(prompt.messages[0].content.text, /full report/);
    });
  }

  test("finds no fault in the tools' schemas", async () => {
    const result = await inspector(`${worker.url}/mcp`, ["--transport", "http", "--method", "tools/list", "--strict"]);
    assert.equal(result.code, 0, `${result.stdout}\n${result.stderr}`);
  });

  test("says which tool is unknown, and fails", async () => {
    const result = await inspector(`${worker.url}/mcp`, ["--transport", "http", "--method", "tools/call", "--tool-name", "nosuch"]);
    assert.notEqual(result.code, 0);
    assert.match(result.stdout + result.stderr, /nosuch/);
  });
});
